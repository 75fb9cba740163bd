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
	SOCKOPT_TIMEVAL,      /* a time, a struct timeval; setting.value is µs */
	SOCKOPT_LINGER,       /* a time in s, a struct linger; "off" is SOCKOPT_LINGER_OFF */
	SOCKOPT_NAME,         /* a string in setting.text: a congestion control */
	SOCKOPT_GROUP,        /* a multicast group in setting.text, joined on lo */
	SOCKOPT_INTERFACE,    /* "lo", the only interface that there is */
	SOCKOPT_DISCOVERY,    /* one of the names of sockopt_choice() */
};
#define SOCKOPT_LINGER_OFF (-1)

struct sockopt {
	const char *name; /* "TCP_NODELAY" */
	int level, number;
	enum sockopt_value value;
	unsigned transports; /* bit 1u << enum trace_transport */
	int family;          /* 4 or 6 if it belongs to one, else 0 */
	bool before_bind;    /* set before bind or connect; TCP_QUICKACK not, see sockopt.c */
};

extern const struct sockopt sockopt_table[];
extern const size_t sockopt_count;

/* Index into the table, or -1. */
int sockopt_find(const char *name);

/* SOCKOPT_DISCOVERY: the name of a value ("IP_PMTUDISC_DO") by its index, its number in *number;
 * NULL behind the last. */
const char *sockopt_choice(const struct sockopt *option, size_t index, int64_t *number);

/* setsockopt(2) on fd; 0, or -1 with errno. */
int sockopt_apply(int fd, const struct setting *setting);
/* "TCP_NODELAY=1", as a call's detail. */
void sockopt_describe(struct buffer *out, const struct setting *setting);

#endif
