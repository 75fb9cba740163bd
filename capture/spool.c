#include "capture/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int spool_begin(struct spool *spool, int from, struct err *err)
{
	const char *folder = getenv("TMPDIR");
	int flags = fcntl(from, F_GETFL);

	if (!folder || !*folder)
		folder = "/tmp";
	*spool = (struct spool){ .from = from, .file = -1 };
	spool->file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (spool->file < 0)
		return err_machine(err,
		                   "cannot keep what comes through the pipe in %s: %s: set TMPDIR",
		                   folder, strerror(errno));
	if (flags >= 0)
		fcntl(from, F_SETFL, flags | O_NONBLOCK);
	return 0;
}

static int keep(struct spool *spool, const char *part, size_t length, struct err *err)
{
	while (length) {
		ssize_t done = write(spool->file, part, length);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_machine(err, "cannot keep what comes through the pipe: %s",
			                   strerror(errno));
		spool->size += (uint64_t)done;
		part += done;
		length -= (size_t)done;
	}
	return 0;
}

int64_t spool_take(struct spool *spool, uint64_t most, struct err *err)
{
	uint64_t taken = 0;
	char part[65536];

	while (taken < most && !spool->ended) {
		size_t room = most - taken < sizeof(part) ? (size_t)(most - taken) : sizeof(part);
		ssize_t got = read(spool->from, part, room);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			break;
		if (got < 0)
			return err_input(err, "cannot read the pipe: %s", strerror(errno));
		spool->ended = !got;
		if (spool->size + (uint64_t)got > SPOOL_MOST)
			return err_input(err, "more than 16 GiB came through the pipe: write it "
			                      "to a file, and cut that with editcap");
		if (keep(spool, part, (size_t)got, err) < 0)
			return -1;
		taken += (uint64_t)got;
	}
	return (int64_t)taken;
}

int spool_open(const struct spool *spool, const char *name, struct trace *trace, struct err *err)
{
	return trace_open_descriptor(spool->file, name, trace, err);
}

void spool_finish(struct spool *spool)
{
	if (spool->file >= 0)
		close(spool->file);
	spool->file = -1;
}
