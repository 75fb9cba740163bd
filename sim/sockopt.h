/*
 * The socket options that a scenario may name: one table of their real names, levels, numbers and
 * the kind of their value.
 */
#ifndef SEAM_SIM_SOCKOPT_H
#define SEAM_SIM_SOCKOPT_H

#include <stdbool.h>
#include <stddef.h>

#include "capture/buffer.h"
#include "capture/trace.h"

struct setting;

enum sockopt_value {
	SOCKOPT_SWITCH,       /* 0 or 1 */
	SOCKOPT_NUMBER,       /* an int */
	SOCKOPT_SIZE,         /* bytes, an int */
	SOCKOPT_MICROSECONDS, /* a time, an int of µs */
	SOCKOPT_MILLISECONDS, /* a time, an int of ms */
	SOCKOPT_SECONDS,      /* a time, an int of s */
	SOCKOPT_TIMEVAL,      /* a time, a struct timeval */
	SOCKOPT_LINGER,       /* a time, a struct linger; "off" */
	SOCKOPT_NAME,         /* a string: a congestion control */
	SOCKOPT_GROUP,        /* a multicast group, joined on lo */
	SOCKOPT_CHOICE,       /* one of a few names: IP_PMTUDISC_DO … */
};

struct sockopt {
	const char *name; /* "TCP_NODELAY" */
	int level, number;
	enum sockopt_value value;
	unsigned transports; /* bit 1u << enum trace_transport */
	int family;          /* 4 or 6 if it belongs to one, else 0 */
	bool before_bind;    /* set before bind or connect; TCP_QUICKACK not, see KERNEL facts in
	                        sockopt.c */
};

extern const struct sockopt sockopt_table[];
extern const size_t sockopt_count;

/* Index into the table, or -1. */
int sockopt_find(const char *name);

/* setsockopt(2) on fd; 0, or -1 with errno. */
int sockopt_apply(int fd, const struct setting *setting);
/* "TCP_NODELAY=1", as a call's detail. */
void sockopt_describe(struct buffer *out, const struct setting *setting);

#endif
