#include "cli/companion.h"

#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "cli/process.h"

pid_t companion_open(const char *const *recordings, size_t count, bool light, struct err *err)
{
	const char **argv = mem_alloc(count + 6, sizeof(*argv));
	size_t used = 0;
	pid_t companion;

	argv[used++] = PROCESS_SELF;
	argv[used++] = "view";
	argv[used++] = "--follow";
	if (light)
		argv[used++] = "--light";
	argv[used++] = "--";
	for (size_t i = 0; i < count; i++)
		argv[used++] = recordings[i];
	companion = process_start(argv, PROCESS_CHILD, NULL, err);
	free(argv);
	return companion;
}

void companion_wait(pid_t companion)
{
	int ignored;

	process_ended(companion, true, &ignored);
}
