#include "cli/scenarios.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* bin/seam has its scenarios in share/seam/scenarios, wherever both were moved to. */
static void beside_binary(char *out, size_t size)
{
	static const char within[] = "/../share/seam/scenarios";
	ssize_t length = readlink("/proc/self/exe", out, size);
	char *slash;

	if (length < 0 || (size_t)length + sizeof(within) > size) {
		out[0] = '\0';
		return;
	}
	out[length] = '\0';
	slash = strrchr(out, '/');
	if (slash)
		memcpy(slash, within, sizeof(within));
}

int scenarios_open(struct library *library, struct err *err)
{
	char beside[4096];
	const char *chosen = getenv("SEAM_SCENARIOS");
	const char *folders[] = { NULL, SEAM_SOURCE_SCENARIOS, SEAM_INSTALLED_SCENARIOS, beside };
	struct stat status;

	*library = (struct library){ 0 };
	if (chosen && *chosen) {
		if (stat(chosen, &status) || !S_ISDIR(status.st_mode))
			return err_input(err, "SEAM_SCENARIOS is %s, and that is no folder",
			                 chosen);
		folders[0] = chosen;
	}
	beside_binary(beside, sizeof(beside));
	return library_open(library, folders, sizeof(folders) / sizeof(*folders), err);
}
