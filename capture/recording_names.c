#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "capture/mem.h"
#include "capture/recording.h"

#define LOCK_WAIT_MS  200
#define LOCK_PAUSE_MS 5

static char *join(const char *base, const char *ending)
{
	struct buffer path = { 0 };

	buffer_text(&path, base);
	buffer_text(&path, ending);
	return path.bytes;
}

void recording_names(struct recording_names *names, const char *base)
{
	names->final = join(base, ".pcapng");
	names->partial = join(base, ".partial");
	names->incomplete = join(base, ".incomplete.pcapng");
	names->settling = join(base, ".settling");
}

void recording_names_finish(struct recording_names *names)
{
	free(names->final);
	free(names->partial);
	free(names->incomplete);
	free(names->settling);
	*names = (struct recording_names){ 0 };
}

static int refuse_open(const char *path, int error, struct err *err)
{
	static const struct {
		int error;
		enum err_kind kind;
		const char *cure;
	} cures[] = {
		{ ENOENT, ERR_MACHINE, "make the folder first, or choose another with --out" },
		{ ENOTDIR, ERR_INPUT, "choose a folder with --out" },
		{ EISDIR, ERR_INPUT, "remove that folder, or choose another with --out" },
		{ ELOOP, ERR_INPUT, "remove that link, or choose another folder with --out" },
		{ ENAMETOOLONG, ERR_INPUT, "use shorter names" },
		{ ENOSPC, ERR_MACHINE,
		  "free some space there, or choose another folder with --out" },
		{ EDQUOT, ERR_MACHINE,
		  "free some space there, or choose another folder with --out" },
	};
	enum err_kind kind = ERR_MACHINE;
	const char *cure = "choose a folder that you may write to with --out";

	for (size_t i = 0; i < sizeof(cures) / sizeof(*cures); i++) {
		if (cures[i].error == error) {
			kind = cures[i].kind;
			cure = cures[i].cure;
		}
	}
	return (kind == ERR_INPUT ? err_input : err_machine)(err, "cannot write %s: %s: %s", path,
	                                                     strerror(error), cure);
}

static int refuse_existing(const char *path, struct err *err)
{
	return err_input(err,
	                 "%s is there already: move it away, choose another folder with --out, or "
	                 "overwrite it with --force",
	                 path);
}

static bool exists(const char *path)
{
	struct stat stat;

	return !lstat(path, &stat);
}

/* The file that fd has open is still the one of that name. */
static bool is_current(int fd, const char *path)
{
	struct stat open, named;

	return !fstat(fd, &open) && !lstat(path, &named) && open.st_ino == named.st_ino &&
	       open.st_dev == named.st_dev;
}

/*
 * The child of a run whose parent was killed holds the lock for as long as the kernel takes to end
 * it: 15-31 ms of closing its capture. So a lock that is held is asked for again for a while.
 */
static bool take_lock(int fd)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000000 };

	for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
	     waited += LOCK_PAUSE_MS) {
		if (waited >= LOCK_WAIT_MS)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

/* Opens path and locks it; the lock lives as long as any process has this descriptor. */
static int open_locked(const char *path, int *fd, struct err *err)
{
	do {
		*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (*fd < 0)
			return refuse_open(path, errno, err);
		if (!take_lock(*fd)) {
			close(*fd);
			return err_input(err,
			                 "another run is writing %s: wait for its end, or choose "
			                 "another folder with --out",
			                 path);
		}
		/* The other run ended between open and flock, and its file has another name now. */
		if (is_current(*fd, path))
			return 0;
		close(*fd);
	} while (true);
}

int recording_create(const struct recording_names *names, bool force, int *fd, struct err *err)
{
	struct stat stat;

	if (!force && exists(names->final))
		return refuse_existing(names->final, err);
	if (!force && exists(names->incomplete))
		return refuse_existing(names->incomplete, err);
	if (open_locked(names->partial, fd, err) < 0)
		return -1;
	if (!force && !fstat(*fd, &stat) && stat.st_size > 0) {
		close(*fd);
		return err_input(err,
		                 "%s is there, left by a run that was killed: look at it with seam "
		                 "show, then remove it or overwrite it with --force",
		                 names->partial);
	}
	if (ftruncate(*fd, 0) < 0) {
		int error = errno;

		close(*fd);
		return refuse_open(names->partial, error, err);
	}
	return 0;
}

void recording_discard(const struct recording_names *names)
{
	unlink(names->partial);
}
