/*
 * What tests of the ledger share: short calls for traces of one flow, and checks of what must hold
 * for every ledger.
 */
#ifndef SEAM_TESTS_LEDGER_FIXTURE_H
#define SEAM_TESTS_LEDGER_FIXTURE_H

#include "capture/ledger.h"
#include "trace_fixture.h"

struct built {
	struct fixture *fixture;
	struct ledger ledger;
	struct ledger_direction *ab, *ba; /* of the first flow */
};

/* Ends the fixture, builds its ledger and checks its invariants. */
void ledger_of(struct built *built, struct fixture *fixture);
void ledger_done(struct built *built);

/* States add up, ranges are in order and within bounds, boundaries and fates agree; aborts through
 * cmocka if not. */
void ledger_check(const struct ledger *ledger);

/* A call with a detail or flags: fixture_usual_call() with these set, recorded. */
void ledger_option(struct fixture *fixture, uint16_t endpoint, int64_t at_ns, const char *detail);
void ledger_send(struct fixture *fixture, uint16_t endpoint, int64_t at_ns, uint32_t flags,
                 int64_t length);
void ledger_recv(struct fixture *fixture, uint16_t endpoint, int64_t at_ns, int64_t asked,
                 int64_t result, int64_t stamp_ns);
/* bind, close, …: a call without bytes that succeeds. */
void ledger_call(struct fixture *fixture, uint16_t endpoint, enum call_name name, int64_t at_ns,
                 bool implied);

#endif
