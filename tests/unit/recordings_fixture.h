/*
 * Small recordings that several tests read. The same bytes lie under tests/golden/ for the tests
 * that run the program; recordings_test.c keeps the two alike.
 */
#ifndef SEAM_TESTS_RECORDINGS_FIXTURE_H
#define SEAM_TESTS_RECORDINGS_FIXTURE_H

#include <stddef.h>

#include "trace_fixture.h"

/* Four writes of 10 B over TCP: the first leaves at once, the others wait 2 ms for its ACK. */
struct fixture *recordings_nagle(void);
/* Three datagrams of 10, 20 and 0 B; the second is read with room for 12. */
struct fixture *recordings_udp(void);
/* A UNIX stream: two writes, one read. */
struct fixture *recordings_unix(void);
/* A connect that fails and a recv that never returns, without a completion block. */
struct fixture *recordings_pending(void);
/* The first, with a note alone, counters of the kernel and TCP_INFO. */
struct fixture *recordings_counters(void);
/* Names, notes and details of control bytes, quotes, broken UTF-8 and formulas. */
struct fixture *recordings_hostile(void);

struct recordings_entry {
	const char *name; /* of the file under tests/golden/, without .pcapng */
	struct fixture *(*make)(void);
};
extern const struct recordings_entry recordings_table[];
extern const size_t recordings_count;

#endif
