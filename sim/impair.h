/*
 * What a link does to packets: one direction's settings, and for each packet the decision when it
 * leaves, or why it never does. Pure: packet, time and seed in, verdict out; the system calls are
 * in forward.c.
 *
 * A packet waits its turn in the queue (only a rate makes it wait), is sent at the rate, and then
 * travels for the delay and a jitter. Packets keep their order, whatever the jitter, but for those
 * that are reordered: such a one is held until the next has left.
 *
 * Chance is a function of seed, direction and packet number alone. Packets with payload are
 * numbered apart from those without (ACKs, SYNs), whose count differs from run to run: so the
 * seventh data packet meets the same fate every time.
 */
#ifndef SEAM_SIM_IMPAIR_H
#define SEAM_SIM_IMPAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A packet held to be reordered leaves after this much more time even if no other follows. */
#define IMPAIR_HOLD_NS 20000000

/* Settings of one direction; all zero forwards at once. */
struct impairment {
	int64_t delay_ns, jitter_ns; /* jitter is added: from 0 up to this, evenly */
	uint64_t rate_bits;          /* bits a second of whole frames; 0 is no limit */
	/* What may wait, beside the packet that is being sent; 0 is no limit. Without a rate
	 * nothing waits. */
	uint64_t queue_packets, queue_bytes;
	double loss, duplicate, reorder, corrupt; /* probabilities, 0 to 1 */
	uint32_t *drop; /* lent: numbers of data packets, from 1, in ascending order */
	size_t drop_count;
};

enum impair_fate {
	IMPAIR_LEAVES,
	IMPAIR_QUEUE_FULL,
	IMPAIR_LOST,   /* by chance */
	IMPAIR_LISTED, /* by its number */
	IMPAIR_FATE_COUNT,
};

struct impair_verdict {
	enum impair_fate fate;
	bool duplicated; /* a copy leaves right behind it */
	bool corrupted;  /* a bit of it is to be flipped: which, corrupt_random says */
	bool reordered;  /* held: leaves behind the next packet, or at due_ns if that comes first */
	bool releases;   /* the packet that is held leaves right behind this one */
	int64_t due_ns;  /* when it leaves */
	uint32_t corrupt_random;
	uint64_t number;      /* of this direction's packets, from 1 */
	uint64_t data_number; /* of those with payload, from 1; 0 for one without */
};

struct impair_waiting {
	int64_t begin_ns; /* of its sending: it leaves the queue */
	uint32_t length;
};

/* One direction's state. */
struct impair {
	struct impairment settings;
	uint64_t seed;
	uint64_t number, data_number;
	int64_t free_ns; /* when the packet that is being sent has been sent */
	int64_t last_due_ns;
	int64_t held_until_ns;          /* of the held packet; 0 if there is none */
	struct impair_waiting *waiting; /* a ring: `waiting_count` from `waiting_first` */
	size_t waiting_first, waiting_count, waiting_capacity;
	uint64_t waiting_bytes;
	size_t drop_next; /* index into settings.drop */
};

/* direction keeps the chances of the two directions of a link apart. settings.drop is lent until
 * impair_finish(). */
void impair_init(struct impair *impair, const struct impairment *settings, uint64_t seed,
                 unsigned direction);
void impair_finish(struct impair *impair);

/* Times must not decrease from call to call. data: the packet has payload. */
struct impair_verdict impair_packet(struct impair *impair, int64_t arrived_ns, uint32_t length,
                                    bool data);

/* "queue full", "loss", "listed": the cause of a drop; "" for IMPAIR_LEAVES. */
const char *impair_fate_text(enum impair_fate fate);

#endif
