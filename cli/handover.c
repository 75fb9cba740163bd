#include "cli/handover.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/mem.h"
#include "cli/output.h"
#include "cli/packets.h"
#include "cli/process.h"
#include "cli/save.h"
#include "cli/scratch.h"

#define PROGRAM "wireshark"
#define SCRIPT  "seam.lua"

static const char *const profile_files[] = { "preferences", "colorfilters", SCRIPT };
#define PROFILE_FILES (sizeof(profile_files) / sizeof(*profile_files))

/* ---- where things are ---- */

static char *joined(const char *folder, const char *name)
{
	struct buffer path = { 0 };

	buffer_format(&path, "%s/%s", folder, name);
	return path.bytes;
}

static bool has_profile(const char *folder)
{
	char *script = joined(folder, SCRIPT);
	bool there = !access(script, R_OK);

	free(script);
	return there;
}

/* bin/seam has it in share/seam/wireshark, wherever both were moved to. To be freed; NULL. */
static char *beside_binary(void)
{
	char *self = realpath(PROCESS_SELF, NULL);
	char *slash = self ? strrchr(self, '/') : NULL;
	char *folder = NULL;

	if (slash) {
		*slash = '\0';
		folder = joined(self, "../share/seam/wireshark");
	}
	free(self);
	return folder;
}

/* The folder of the profile, to be freed; NULL with err. */
static char *find_profile(struct err *err)
{
	static const char *const folders[] = { SEAM_SOURCE_WIRESHARK, SEAM_INSTALLED_WIRESHARK };
	char *beside;

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		if (has_profile(folders[i]))
			return mem_text(folders[i]);
	}
	beside = beside_binary();
	if (beside && has_profile(beside))
		return beside;
	free(beside);
	err_machine(err,
	            "the profile for Wireshark is not at %s: install seam anew, or export and open "
	            "the file without it",
	            SEAM_INSTALLED_WIRESHARK);
	return NULL;
}

static bool is_program(const char *folder, size_t length)
{
	struct buffer path = { 0 };
	struct stat status;
	bool is;

	buffer_add(&path, length ? folder : ".", length ? length : 1);
	buffer_text(&path, "/" PROGRAM);
	is = !stat(path.bytes, &status) && S_ISREG(status.st_mode) && !access(path.bytes, X_OK);
	buffer_finish(&path);
	return is;
}

/* Before anything is exported for it. */
static int need_program(const char *path, struct err *err)
{
	const char *folder = getenv("PATH");

	while (folder && *folder) {
		size_t length = strcspn(folder, ":");

		if (is_program(folder, length))
			return 0;
		folder += length + (folder[length] == ':');
	}
	return err_machine(err,
	                   PROGRAM " is not installed: install it (Debian: apt install " PROGRAM
	                           "), or take the file to where it is: seam export %s -o "
	                           "FILE.pcapng",
	                   path);
}

/* ---- the folder ---- */

static int copy_file(const char *from, const char *to, struct err *err)
{
	struct buffer bytes = { 0 };
	FILE *file = fopen(from, "rb");
	char part[4096];
	size_t length;
	int result;

	if (!file)
		return err_machine(err, "cannot read %s: %s", from, strerror(errno));
	buffer_text(&bytes, "");
	while ((length = fread(part, 1, sizeof(part), file)) > 0)
		buffer_add(&bytes, part, length);
	fclose(file);
	result = save_file(to, bytes.bytes, bytes.length, true, err);
	buffer_finish(&bytes);
	return result;
}

static int copy_profile(const char *folder, struct err *err)
{
	char *profile = find_profile(err);
	int result = profile ? 0 : -1;

	for (size_t i = 0; i < PROFILE_FILES && !result; i++) {
		char *from = joined(profile, profile_files[i]);
		char *to = joined(folder, profile_files[i]);

		result = copy_file(from, to, err);
		free(from);
		free(to);
	}
	free(profile);
	return result;
}

/* "nagle.pcapng": what Wireshark shows as its title. */
static void base_of(struct buffer *out, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	const char *dot = strrchr(base, '.');

	if (!strcmp(path, "-"))
		base = "recording", dot = NULL;
	buffer_add(out, base, dot && dot > base ? (size_t)(dot - base) : strlen(base));
	buffer_text(out, ".pcapng");
}

static int start_and_wait(const char *folder, const char *file, struct err *err)
{
	const char *argv[] = { PROGRAM, "-X", NULL, "-r", file, NULL };
	struct buffer option = { 0 };
	int code = 0;
	pid_t child;

	buffer_format(&option, "lua_script:%s/" SCRIPT, folder);
	argv[2] = option.bytes;
	if (setenv("WIRESHARK_CONFIG_DIR", folder, 1)) {
		buffer_finish(&option);
		return err_machine(err, "cannot start " PROGRAM ": %s", strerror(errno));
	}
	child = process_start(argv, PROCESS_CHILD, NULL, err);
	buffer_finish(&option);
	if (child < 0)
		return -1;
	if (process_ended(child, true, &code) && code)
		return err_machine(err, PROGRAM " ended with %d", code);
	return 0;
}

int handover_open(const struct ledger *ledger, const struct wireshark_options *options,
                  const char *path, struct err *err)
{
	struct buffer name = { 0 };
	char *folder, *file = NULL;
	int result;

	if (need_program(path, err) || !(folder = scratch_make(err)))
		return -1;
	base_of(&name, path);
	file = joined(folder, name.bytes);
	result = copy_profile(folder, err);
	if (!result)
		result = packets_write(ledger, options, file, true, err);
	if (!result)
		result = start_and_wait(folder, file, err);
	scratch_remove(folder);
	free(folder);
	free(file);
	buffer_finish(&name);
	return result;
}

int handover_start(const char *path, struct err *err)
{
	const char *const argv[] = { PROCESS_SELF, "wireshark", "--", path, NULL };

	if (need_program(path, err))
		return -1;
	return process_start(argv, PROCESS_APART, "/dev/null", err) < 0 ? -1 : 0;
}

/* ---- by hand ---- */

/* For a shell, in single quotes. */
static void add_quoted(struct buffer *out, const char *text)
{
	buffer_char(out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buffer_text(out, "'\\''");
		else
			buffer_char(out, *text);
	}
	buffer_char(out, '\'');
}

static bool has_control(const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	}
	return false;
}

static void add_export(struct buffer *out, const struct wireshark_options *options,
                       const char *path, const char *name)
{
	add_quoted(out, output_program());
	buffer_text(out, " export ");
	if (options->tap != WIRESHARK_TAP_CLIENT)
		buffer_format(out, "--tap %s ", wireshark_tap_text(options->tap));
	buffer_text(out, options->no_payload ? "--no-payload " : "");
	buffer_text(out, "-o \"$folder\"/");
	add_quoted(out, name);
	buffer_text(out, " -- ");
	add_quoted(out, path);
}

int handover_print(struct buffer *out, const struct wireshark_options *options, const char *path,
                   struct err *err)
{
	struct buffer name = { 0 };
	char *profile;

	if (has_control(path) || !strcmp(path, "-"))
		return err_input(err, "a command line cannot show this recording; give --print a "
		                      "file with a plain name");
	profile = find_profile(err);
	if (!profile)
		return -1;
	base_of(&name, path);
	buffer_text(out, "folder=$(mktemp -d) && cp ");
	add_quoted(out, profile);
	buffer_text(out, "/* \"$folder\" && ");
	add_export(out, options, path, name.bytes);
	buffer_text(out, " && WIRESHARK_CONFIG_DIR=\"$folder\" " PROGRAM
	                 " -X lua_script:\"$folder\"/" SCRIPT " -r \"$folder\"/");
	add_quoted(out, name.bytes);
	buffer_char(out, '\n');
	buffer_finish(&name);
	free(profile);
	return 0;
}
