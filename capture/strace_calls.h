/*
 * One whole call of an strace log: what it says of sockets, and, where it is a call on one, the
 * struct call of it.
 */
#ifndef SEAM_CAPTURE_STRACE_CALLS_H
#define SEAM_CAPTURE_STRACE_CALLS_H

#include "capture/strace_sockets.h"

/* What is being read. */
struct strace_reader {
	struct strace_log *log;
	struct strace_sockets sockets;
	size_t call_capacity, latest_capacity;
	uint64_t line; /* from 1 */
};

struct strace_call {
	struct slice name;
	const struct strace_parts *parts;
	uint32_t process;
	int64_t begin_ns, end_ns; /* CALL_PENDING: it never returned */
	uint64_t begin_line;
};

/* False where the call is none of ours: of a file, of a name not understood. */
bool strace_take_call(struct strace_reader *reader, const struct strace_call *call);

#endif
