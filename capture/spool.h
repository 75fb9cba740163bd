/*
 * A capture that comes through a pipe while it is made (ssh host tcpdump -w - | seam view -): what
 * has come so far lies in a file without a name, and is opened as a trace as often as one likes.
 */
#ifndef SEAM_CAPTURE_SPOOL_H
#define SEAM_CAPTURE_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/err.h"
#include "capture/trace.h"

#define SPOOL_MOST (UINT64_C(16) << 30) /* bytes; what comes behind them is refused */

struct spool {
	int from, file; /* the pipe, lent; the file in $TMPDIR, else /tmp */
	uint64_t size;
	bool ended;
};

/* from is made nonblocking. ERR_MACHINE where no such file can be made. */
int spool_begin(struct spool *spool, int from, struct err *err);
/*
 * Takes what is there now, at most most bytes, without waiting; poll(2) from for more. Returns how
 * many came, 0 where there were none or the pipe has ended (spool->ended); -1 with err for an error
 * of the pipe or a full disk: what came before stays.
 */
int64_t spool_take(struct spool *spool, uint64_t most, struct err *err);
/* What has come so far, up to its last whole packet; as trace_open(), its warning says where it is
 * cut, which it mostly is until the pipe has ended. name is for messages. */
int spool_open(const struct spool *spool, const char *name, struct trace *trace, struct err *err);
/* Traces that were opened of it stay. */
void spool_finish(struct spool *spool);

#endif
