/*
 * Expectations: what a scenario says must come of it, and whether a ledger bears it out. Parsing
 * fills the struct; judging is pure.
 *
 * Whom a key without an endpoint is about: segments, writes, datagrams and hold the only endpoint
 * that sends, reads and unread the only one that reads; where there are several it is failed, and
 * actual asks for a name. Boundaries, truncated, split_characters, fragments, lost and messages
 * then cover all endpoints; messages of an endpoint are those that it decoded. A boundary is lost
 * where it is not kept, also because no read reached it. A hold asked for with a lower bound only
 * ("15ms..") must be there at least once.
 *
 * Races. Where an ACK and a write came closer than RACE_CLOSE_NS (race.h) and each order has
 * another outcome, a failure of segments, reads, writes, boundaries or hold is inconclusive: the
 * next run may pass. What passed is inconclusive only if a swap could fail it: exact sizes, an
 * exact number or `kept`, where the swap would change which bytes share a segment; a hold only
 * within bounds as narrow as the race. A range, `lost`, and all other keys keep their verdict, so a
 * scenario that asserts what is certain passes on a loopback too.
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
	EXPECT_MESSAGES,
	EXPECT_UNREAD,
	EXPECT_FIRST_FIN,
	EXPECT_TIME_WAIT,
	EXPECT_PENDING,
	EXPECT_ERRORS,
	EXPECT_REPEATABLE, /* of several runs: expect_judge_share() */
	EXPECT_KEY_COUNT,
};

/* One key of `expect` and its value; expect_value.h knows how it is kept. */
struct expectation;

/*
 * Reads the map node `expect` into a new array. Endpoint names are checked against scenario, which
 * needs no more than its endpoints then. On error nothing is to be freed.
 */
int expect_parse(const struct node *node, const struct scenario *scenario,
                 struct expectation **expectations, size_t *count, struct err *err);
void expect_destroy(struct expectation *expectations, size_t count);

enum verdict {
	VERDICT_PASSED,
	VERDICT_FAILED,
	VERDICT_INCONCLUSIVE, /* a close race decided it: not passed, not failed */
	VERDICT_NOT_JUDGED,   /* a reason, before reasons exist, and the rest of it passed; or what
	                         one   run cannot show */
};

/* What came of one expectation; texts are to be freed by expect_results_destroy(). */
struct expect_result {
	enum verdict verdict;
	struct place place;
	char *name;     /* "client.segments" */
	char *expected; /* "[10 B, 190 B]", as the summary prints sizes */
	char *actual;   /* "[18× 10 B, 20 B]", in the same form; boundaries and holds in words */
	bool is_share;  /* actual is worth telling of a passed one too: "20/20 {10, 190 B}" */
	char *remark;   /* why inconclusive, what was not judged, where long lists part; NULL */
};

/*
 * Judges all of scenario's expectations; *results has one for each, in order, and behind them a
 * failed one for each call that failed or never returned without a word on it (sim/surprise.h).
 */
void expect_judge(const struct scenario *scenario, const struct ledger *ledger,
                  struct expect_result **results, size_t *count);
/* Whether the scenario states how repeatable it is: one run then leaves that unjudged. */
bool expect_wants_share(const struct scenario *scenario);
/*
 * Judges `repeatable` among the results of expect_judge() anew: most of runs had the same list of
 * segments, which list shows. Nothing is judged where runs is less than 2, and where less than half
 * of those asked for could be believed it is inconclusive.
 */
void expect_judge_share(const struct scenario *scenario, uint64_t most, uint64_t runs,
                        uint64_t asked, const char *list, struct expect_result *results);
void expect_results_destroy(struct expect_result *results, size_t count);

#endif
