/*
 * One line of an strace log: who made which call when, and what stands between its parentheses and
 * behind them. Slices point into the line; nothing is allocated.
 *
 *   4711  1700000000.123456 sendto(3<TCP:[10.0.0.1:4000->10.0.0.2:80]>, "ab", 2, 0, NULL, 0) = 2
 * <0.000021> [pid  4712] 1700000000.123470 recvfrom(4,  <unfinished ...> 4712<nginx>
 * 1700000000.163470 <... recvfrom resumed>"ab", 1024, 0, NULL, NULL) = 2 <0.039990> 4711
 * 1700000000.163500 --- SIGCHLD {si_signo=SIGCHLD, …} --- 4711  1700000000.163600 +++ exited with 0
 * +++
 */
#ifndef SEAM_CAPTURE_STRACE_LINE_H
#define SEAM_CAPTURE_STRACE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slice {
	const char *at;
	size_t length;
};

bool slice_is(struct slice slice, const char *text);
bool slice_starts(struct slice slice, const char *text);
/* Behind the first place where text stands; length 0 and at NULL where it stands nowhere. */
struct slice slice_behind(struct slice slice, const char *text);
/* A decimal, octal or hexadecimal number at the start, as strace prints them; false if there is
 * none. Beyond 64 bits it is held there. */
bool slice_number(struct slice slice, int64_t *number);

enum strace_line_kind {
	STRACE_CALL,       /* rest: its arguments, ")", its result */
	STRACE_UNFINISHED, /* rest: the arguments so far */
	STRACE_RESUMED,    /* rest: the other arguments, ")", its result */
	STRACE_EXIT,       /* the process (thread) is gone */
	STRACE_OTHER,      /* signals, strace's own remarks, the output of a program */
};

/* How the log tells the time. */
enum strace_clock {
	STRACE_NO_TIME,
	STRACE_ABSOLUTE,    /* -ttt, --timestamps=unix */
	STRACE_TIME_OF_DAY, /* -t, -tt */
	STRACE_RELATIVE,    /* -r */
};

struct strace_line {
	enum strace_line_kind kind;
	int64_t pid;          /* 0: the log has none */
	struct slice command; /* -Y's name of the process; empty */
	enum strace_clock clock;
	int64_t time_ns;       /* with STRACE_ABSOLUTE */
	int64_t resolution_ns; /* of time_ns: the true time is less than that behind it */
	struct slice name;     /* of the call */
	struct slice rest;
};

/* text is one line without its newline. */
void strace_line_parse(struct slice text, struct strace_line *line);

#define STRACE_ARGUMENTS 8

/* What stands between the parentheses of a call and behind them. */
struct strace_parts {
	struct slice arguments[STRACE_ARGUMENTS]; /* those behind are left out */
	size_t argument_count;
	bool returned;       /* false: "= ?", killed in it */
	int64_t result;      /* -1 on error */
	struct slice error;  /* "EAGAIN"; empty */
	struct slice made;   /* "5<TCP:[…]>": the result with its decoration */
	int64_t duration_ns; /* -1: without -T */
	int64_t resolution_ns;
};

/* False where it has no end: not a call, or cut. */
bool strace_parts_parse(struct slice rest, struct strace_parts *parts);

/*
 * Cuts the first of a list's items (up to a comma outside of strings and brackets) off *list; false
 * when it is empty. Blanks around it are left out.
 */
bool strace_next_item(struct slice *list, struct slice *item);

#endif
