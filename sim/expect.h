/*
 * Expectations: what a scenario says must come of it, and whether a ledger bears it out. Parsing
 * fills the struct; judging is pure.
 */
#ifndef SEAM_SIM_EXPECT_H
#define SEAM_SIM_EXPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/ledger.h"
#include "sim/node.h"
#include "sim/scenario.h"

enum expect_key {
	EXPECT_SEGMENTS,
	EXPECT_READS,
	EXPECT_WRITES,
	EXPECT_DATAGRAMS,
	EXPECT_BOUNDARIES,
	EXPECT_HOLD,
	EXPECT_TRUNCATED,
	EXPECT_SPLIT_CHARACTERS,
	EXPECT_FRAGMENTS,
	EXPECT_LOST,
	EXPECT_UNREAD,
	EXPECT_FIRST_FIN,
	EXPECT_TIME_WAIT,
	EXPECT_PENDING,
	EXPECT_ERRORS,
	EXPECT_KEY_COUNT,
};

/* One key of `expect`, its value as written; expect.c knows how it is kept. */
struct expectation;

/* Reads the map node `expect` into a new array. Endpoint names are checked against scenario. */
int expect_parse(const struct node *node, const struct scenario *scenario,
                 struct expectation **expectations, size_t *count, struct err *err);
void expect_destroy(struct expectation *expectations, size_t count);

enum verdict {
	VERDICT_PASSED,
	VERDICT_FAILED,
	VERDICT_INCONCLUSIVE, /* a close race decided it: not passed, not failed */
	VERDICT_NOT_JUDGED,   /* a reason, before reasons exist; the rest of it passed */
};

/* What came of one expectation; texts are to be freed by expect_results_destroy(). */
struct expect_result {
	enum verdict verdict;
	struct place place;
	char *name;     /* "client.segments" */
	char *expected; /* "[10 B, 190 B]", as the summary prints sizes */
	char *actual;   /* "[10 B × 18, 20 B]", in the same form */
	char *remark;   /* why inconclusive, or what was not judged; NULL */
};

/* Judges all of scenario's expectations; *results has one for each, in order. */
void expect_judge(const struct scenario *scenario, const struct ledger *ledger,
                  struct expect_result **results, size_t *count);
void expect_results_destroy(struct expect_result *results, size_t count);

#endif
