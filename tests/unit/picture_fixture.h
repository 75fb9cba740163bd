/*
 * Recordings that never were, for tests of pictures: a simple sender makes the ledger of a given
 * number of writes, with or without a delay, and timeline_build() lays it out.
 */
#ifndef SEAM_TESTS_PICTURE_FIXTURE_H
#define SEAM_TESTS_PICTURE_FIXTURE_H

#include "viz/timeline.h"

enum picture_sender {
	PICTURE_NAGLE,   /* one segment in flight */
	PICTURE_NODELAY, /* ten segments in flight */
	PICTURE_UDP,
	PICTURE_UNIX,
};

struct picture_case {
	const char *variant;
	enum picture_sender sender;
	size_t writes;
	uint32_t size;
	int64_t gap_ns;   /* between the begins of two writes */
	int64_t delay_ns; /* each way; 0: loopback */
	bool merge_reads; /* one read takes what has arrived in the meantime */
};

struct picture_fixture {
	struct trace *traces;
	struct ledger *ledgers;
	struct timeline timeline;
	size_t count;
};

void picture_fixture_build(struct picture_fixture *fixture, const struct picture_case *cases,
                           size_t count);
void picture_fixture_finish(struct picture_fixture *fixture);

/*
 * What the simple sender never does: three endpoints, both directions, a lost datagram and its
 * repetition, a truncated read, a refused connect, a call that never returned, a note, names that
 * must be escaped or that DejaVu cannot write.
 */
void picture_fixture_odd(struct picture_fixture *fixture);

/* nagle, nodelay and udp with so many writes of 10 B. */
void picture_fixture_three(struct picture_fixture *fixture, size_t writes, int64_t gap_ns,
                           int64_t delay_ns);

/* The pixels of a PNG file, three bytes each, to be freed; NULL if it cannot be read. */
uint8_t *picture_fixture_load(const char *path, int *width, int *height);

#endif
