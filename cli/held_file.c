#include "cli/held_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/mem.h"

#define MAPPED_MOST 256

/* ---- what is mapped: a signal's handler finds it nowhere but in a static ---- */

static struct {
	_Atomic uintptr_t from, to; /* from 0: free; 1: being filled */
} mapped[MAPPED_MOST];

/*
 * Nothing is left of the file at that address, nor behind it: zeros take the place of the rest.
 * mmap(2) is no more than its system call.
 */
static void put_zeros(int signal_number, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr;
	int before = errno;

	(void)context;
	for (size_t i = 0; i < MAPPED_MOST; i++) {
		uintptr_t from = atomic_load(&mapped[i].from), to = atomic_load(&mapped[i].to);

		if (from <= 1 || at < from || at >= to)
			continue;
		at -= at % (uintptr_t)sysconf(_SC_PAGESIZE);
		if (mmap((void *)at, to - at, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		         -1, 0) == MAP_FAILED)
			break;
		errno = before;
		return;
	}
	/* Not ours: the same access again ends us as if nobody had listened. */
	signal(signal_number, SIG_DFL);
}

static void listen_for_cuts(void)
{
	struct sigaction action = { .sa_sigaction = put_zeros, .sa_flags = SA_SIGINFO };

	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
}

static bool guard(const uint8_t *bytes, size_t size)
{
	static pthread_once_t listens = PTHREAD_ONCE_INIT;

	pthread_once(&listens, listen_for_cuts);
	for (size_t i = 0; i < MAPPED_MOST; i++) {
		uintptr_t expected = 0;

		if (!atomic_compare_exchange_strong(&mapped[i].from, &expected, 1))
			continue;
		atomic_store(&mapped[i].to, (uintptr_t)bytes + size);
		atomic_store(&mapped[i].from, (uintptr_t)bytes);
		return true;
	}
	return false;
}

static void unguard(const uint8_t *bytes)
{
	for (size_t i = 0; i < MAPPED_MOST; i++) {
		uintptr_t expected = (uintptr_t)bytes;

		if (atomic_compare_exchange_strong(&mapped[i].from, &expected, 0))
			return;
	}
}

/* ---- a file ---- */

/* False where it must be copied instead. */
static bool map(struct held_file *file, int fd, size_t size)
{
	void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (bytes == MAP_FAILED)
		return false;
	if (!guard(bytes, size)) {
		munmap(bytes, size);
		return false;
	}
	madvise(bytes, size, MADV_WILLNEED);
	*file = (struct held_file){ .bytes = bytes, .size = size, .mapped = true };
	return true;
}

static int copy(struct held_file *file, int fd, size_t size)
{
	ssize_t got = 1;

	file->bytes = mem_alloc(size + 1, 1);
	while (file->size < size && got > 0) {
		do
			got = read(fd, file->bytes + file->size, size - file->size);
		while (got < 0 && errno == EINTR);
		file->size += got > 0 ? (size_t)got : 0;
	}
	if (got >= 0)
		return 0;
	free(file->bytes);
	*file = (struct held_file){ 0 };
	return -1;
}

int held_file_open(struct held_file *file, const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), error;
	struct stat status;

	*file = (struct held_file){ 0 };
	if (fd < 0)
		return err_input(err, "cannot open %s: %s: give the path of a recording", path,
		                 strerror(errno));
	error = fstat(fd, &status) ? errno : 0;
	if (!error && !(status.st_size > HELD_COPY_MOST && map(file, fd, (size_t)status.st_size)) &&
	    copy(file, fd, (size_t)status.st_size))
		error = errno;
	close(fd);
	return error ? err_input(err, "cannot read %s: %s", path, strerror(error)) : 0;
}

void held_file_close(struct held_file *file)
{
	if (file->mapped) {
		unguard(file->bytes);
		munmap(file->bytes, file->size);
	} else {
		free(file->bytes);
	}
	*file = (struct held_file){ 0 };
}
