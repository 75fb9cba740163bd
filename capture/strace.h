/*
 * The log of `strace -f -ttt -T -yy -e trace=network,read,write,… COMMAND` as calls: what the
 * application did, from any machine on which only strace can be run. Pure: text in, calls out.
 *
 * Understood: with and without pids (-f), -t/-tt/-ttt/-r are told apart and only absolute times to
 * the microsecond taken, -T durations, unfinished/resumed pairs, signals, exits, strings with
 * escapes and cut ones ("…"...), -y/-yy decorations of descriptors, -x, --decode-fds. Calls:
 * socket bind listen accept accept4 connect send sendto sendmsg sendmmsg write writev recv recvfrom
 * recvmsg recvmmsg read readv sendfile setsockopt shutdown close dup dup2 dup3 fcntl(F_DUPFD)
 * socketpair poll/epoll_wait (as moments), fork/clone (descriptors are inherited).
 */
#ifndef SEAM_CAPTURE_STRACE_H
#define SEAM_CAPTURE_STRACE_H

#include <stddef.h>
#include <stdint.h>

#include "capture/arena.h"
#include "capture/call.h"
#include "capture/err.h"
#include "capture/trace.h"

struct strace_log {
	struct call *calls; /* by begin; times in the log's clock; sockets are numbered anew */
	size_t call_count;
	struct trace_endpoint *endpoints; /* one a process that owns a socket, "curl 4711" */
	size_t endpoint_count;
	uint64_t lines, passed_over; /* lines that are no call, or of one not understood */
	struct arena texts;
};

/* ERR_INPUT with the line where it cannot be an strace log, or has no absolute times. */
int strace_read(const char *text, size_t length, const char *name, struct strace_log *log,
                struct err *err);
void strace_finish(struct strace_log *log);

#endif
