/*
 * A trace and its ledger filled by hand, for tests of what judges them: nothing is derived, so that
 * a test states exactly what its subject sees. Times are µs since 0. One flow, from "client" (side
 * 0) to "server" (side 1), and a third endpoint "again" that has none.
 */
#ifndef SEAM_TESTS_WORLD_FIXTURE_H
#define SEAM_TESTS_WORLD_FIXTURE_H

#include "capture/ledger.h"

#define WORLD_MAX 256

struct world {
	struct trace trace;
	struct trace_endpoint endpoints[3];
	struct trace_interface interface;
	struct packet packets[WORLD_MAX];
	struct call calls[WORLD_MAX];
	struct ledger ledger;
	struct ledger_flow flow;
	struct ledger_write writes[2][WORLD_MAX];
	struct ledger_segment segments[2][WORLD_MAX];
	struct ledger_read reads[2][WORLD_MAX];
	struct ledger_ack acks[2][WORLD_MAX];
};

/* Fills *world; nothing is to be freed. */
void world_init(struct world *world, enum trace_transport transport);

/* An ended call of an endpoint on its socket (1 client, 2 server, 3 again); lent, to be changed. */
struct call *world_call(struct world *world, uint16_t endpoint, enum call_name name,
                        int64_t begin_us, int64_t end_us, int64_t result);
/* send() of side, into its stream; and recv() of the other side out of it. */
struct call *world_write(struct world *world, int side, int64_t begin_us, int64_t end_us,
                         int64_t size);
struct call *world_read(struct world *world, int side, int64_t begin_us, int64_t end_us,
                        int64_t size);
/* The next length bytes of side's stream leave, written before; call in order of time. Lent. */
struct ledger_segment *world_segment(struct world *world, int side, int64_t sent_us,
                                     uint32_t length);
/* side learns that everything before upto arrived; its packet's index. */
uint32_t world_ack(struct world *world, int side, int64_t at_us, uint64_t upto);

#endif
