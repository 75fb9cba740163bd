#include "cli/save.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/buffer.h"
#include "capture/mem.h"

/* Before a long run, not after it. */
static int folder_allowed(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash - path) : 0;
	char *folder = slash ? mem_copy(path, length ? length : 1) : mem_text(".");
	int result = 0;

	if (access(folder, F_OK))
		result = err_machine(err, "cannot write %s: there is no folder %s; make it first",
		                     path, folder);
	else if (access(folder, W_OK | X_OK))
		result = err_machine(
			err,
			"cannot write %s: the folder %s may not be written to; name a file elsewhere",
			path, folder);
	free(folder);
	return result;
}

int save_allowed(const char *path, bool force, struct err *err)
{
	struct stat status;

	if (!*path)
		return err_input(err, "the name of the output is empty");
	if (path[strlen(path) - 1] == '/')
		return err_input(err, "%s is a folder; name a file in it", path);
	if (stat(path, &status))
		return folder_allowed(path, err);
	if (S_ISDIR(status.st_mode))
		return err_input(err, "%s is a folder; name a file in it", path);
	if (S_ISREG(status.st_mode) && !force)
		return err_input(err, "%s is already there; --force overwrites it", path);
	return 0;
}

static int write_all(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t written = write(fd, bytes, length);

		if (written < 0 && errno != EINTR)
			return -1;
		if (written > 0) {
			bytes += written;
			length -= (size_t)written;
		}
	}
	return 0;
}

static int failed(const char *path, int error, struct err *err)
{
	if (error == EEXIST)
		return err_input(err, "%s is already there; --force overwrites it", path);
	return err_machine(err, "cannot write %s: %s%s", path, strerror(error),
	                   error == EACCES || error == EROFS || error == ENOENT
	                           ? "; choose another folder"
	                           : "");
}

/* To its final name; without force EEXIST where a file came up meanwhile. */
static int settle(const char *temporary, const char *path, bool force)
{
	if (force)
		return rename(temporary, path);
	if (!renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	/* A file system without that flag (NFS): link(2) refuses as well, in two steps. */
	if (link(temporary, path))
		return -1;
	return unlink(temporary);
}

/* A new file; one of that name was left by a process of this number that was killed. */
static int create(const char *path)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
	int fd = open(path, flags, 0666);

	if (fd < 0 && errno == EEXIST && !unlink(path))
		fd = open(path, flags, 0666);
	return fd;
}

/* "FOLDER/.seam-PID" */
static char *temporary_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct buffer temporary = { 0 };

	buffer_add(&temporary, path, slash ? (size_t)(slash + 1 - path) : 0);
	buffer_format(&temporary, ".seam-%ld", (long)getpid());
	return temporary.bytes;
}

static void let_go(struct save *save)
{
	free(save->real);
	free(save->temporary);
	*save = (struct save){ .fd = -1 };
}

int save_begin(struct save *save, const char *path, bool force, struct err *err)
{
	struct stat status;
	int error;

	*save = (struct save){ .path = path, .fd = -1, .force = force };
	if (save_allowed(path, force, err))
		return -1;
	if (!stat(path, &status) && !S_ISREG(status.st_mode)) {
		save->fd = open(path, O_WRONLY | O_CLOEXEC);
	} else {
		save->real = realpath(path, NULL);
		save->real = save->real ? save->real : mem_text(path);
		save->temporary = temporary_of(save->real);
		save->fd = create(save->temporary);
	}
	if (save->fd >= 0)
		return 0;
	error = errno;
	let_go(save);
	return failed(path, error, err);
}

int save_add(struct save *save, const void *bytes, size_t length, struct err *err)
{
	if (!save->error && write_all(save->fd, bytes, length))
		save->error = errno;
	/* Nobody reads the pipe any more: that is no failure, but the end. */
	return save->error && save->error != EPIPE ? failed(save->path, save->error, err) : 0;
}

int save_end(struct save *save, bool keep, struct err *err)
{
	const char *path = save->path;
	int error = save->error;

	if (close(save->fd) && !error)
		error = errno;
	if (save->temporary) {
		if (keep && !error && settle(save->temporary, save->real, save->force))
			error = errno;
		if (!keep || error)
			unlink(save->temporary);
	} else if (error == EPIPE) {
		error = 0;
	}
	let_go(save);
	return keep && error ? failed(path, error, err) : 0;
}

int save_file(const char *path, const void *bytes, size_t length, bool force, struct err *err)
{
	struct save save;

	if (save_begin(&save, path, force, err))
		return -1;
	save_add(&save, bytes, length, err);
	return save_end(&save, true, err);
}
