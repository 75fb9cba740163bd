/*
 * One expectation while it is judged: each key gets from facts.h what was, compares it with what
 * was asked for, and says what was in the form in which it was asked for. Used by expect_judge()
 * alone.
 */
#ifndef SEAM_SIM_TRIAL_H
#define SEAM_SIM_TRIAL_H

#include "sim/expect_value.h"
#include "sim/facts.h"

struct trial {
	const struct scenario *scenario;
	const struct ledger *ledger;
	const struct expectation *expected;
	int endpoint; /* whom it is about: index into trace->endpoints, FACTS_ALL or FACTS_NOBODY */
	bool passed;
	struct buffer actual, remark; /* remark stays empty where nothing is to be said */
};

/* What facts.h gives as a list. */
typedef void trial_facts(struct facts *facts, const struct ledger *ledger, int endpoint);

/* Index into trace->endpoints of one of the scenario's; FACTS_NOBODY. */
int trial_endpoint(const struct trial *trial, int endpoint);
/* The name of one of the trace's; "nobody". */
const char *trial_endpoint_name(const struct trial *trial, int endpoint);

/* Each sets passed and appends to actual. */
void trial_count(struct trial *trial, uint64_t count);
void trial_list(struct trial *trial, trial_facts *collect);
void trial_boundaries(struct trial *trial);
void trial_hold(struct trial *trial);
void trial_messages(struct trial *trial);
void trial_first_fin(struct trial *trial);
void trial_time_wait(struct trial *trial);
void trial_calls(struct trial *trial); /* pending, errors */

#endif
