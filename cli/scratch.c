#include "cli/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/buffer.h"

#define PREFIX "seam-check-"

static const char *temporary(void)
{
	const char *folder = getenv("TMPDIR");

	return folder && *folder ? folder : "/tmp";
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

void scratch_remove(const char *scratch)
{
	if (scratch)
		nftw(scratch, remove_one, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Removes "seam-check-PID-…" if it is ours and its process is gone. */
static void remove_if_stale(const char *folder, const char *name)
{
	struct buffer path = { 0 };
	struct stat status;
	int pid;
	bool stale;

	if (sscanf(name, PREFIX "%d-", &pid) != 1 || pid <= 0)
		return;
	buffer_format(&path, "%s/%s", folder, name);
	stale = lstat(path.bytes, &status) == 0 && S_ISDIR(status.st_mode) &&
	        status.st_uid == geteuid() && kill(pid, 0) < 0 && errno == ESRCH;
	if (stale)
		scratch_remove(path.bytes);
	buffer_finish(&path);
}

static void remove_stale(const char *folder)
{
	DIR *entries = opendir(folder);
	struct dirent *entry;

	while (entries && (entry = readdir(entries)))
		remove_if_stale(folder, entry->d_name);
	if (entries)
		closedir(entries);
}

char *scratch_make(struct err *err)
{
	struct buffer path = { 0 };

	remove_stale(temporary());
	buffer_format(&path, "%s/" PREFIX "%d-XXXXXX", temporary(), (int)getpid());
	if (mkdtemp(path.bytes))
		return path.bytes;
	err_machine(
		err,
		"cannot make a folder for recordings, %s: %s; TMPDIR or --out DIR names another place",
		path.bytes, strerror(errno));
	buffer_finish(&path);
	return NULL;
}

char *scratch_within(const char *scratch, size_t number, struct err *err)
{
	struct buffer path = { 0 };

	buffer_format(&path, "%s/%zu", scratch, number);
	if (mkdir(path.bytes, 0700) == 0)
		return path.bytes;
	err_machine(err, "cannot make a folder for recordings, %s: %s", path.bytes,
	            strerror(errno));
	buffer_finish(&path);
	return NULL;
}
