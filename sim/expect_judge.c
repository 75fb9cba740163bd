/*
 * Expectations against a ledger: whom each is about, how its key is judged, and whether a close
 * race takes the verdict back.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "sim/race.h"
#include "sim/split_character.h"
#include "sim/surprise.h"
#include "sim/trial.h"

/*
 * Whom a key without a name is about. Boundaries, and what is counted, are then all there are.
 * False where several could be meant; actual says so.
 */
static bool find_endpoint(struct trial *trial)
{
	const struct expectation *expected = trial->expected;
	bool reads = expected->key == EXPECT_READS || expected->key == EXPECT_UNREAD;

	if (expected->endpoint != SCENARIO_NOBODY) {
		trial->endpoint = trial_endpoint(trial, expected->endpoint);
		return true;
	}
	switch (expected->key) {
	case EXPECT_SEGMENTS:
	case EXPECT_WRITES:
	case EXPECT_DATAGRAMS:
	case EXPECT_HOLD: trial->endpoint = facts_only_sender(trial->ledger); break;
	case EXPECT_READS:
	case EXPECT_UNREAD: trial->endpoint = facts_only_reader(trial->ledger); break;
	case EXPECT_BOUNDARIES:
	case EXPECT_TRUNCATED:
	case EXPECT_SPLIT_CHARACTERS:
	case EXPECT_FRAGMENTS:
	case EXPECT_LOST:
	case EXPECT_MESSAGES:
	case EXPECT_FIRST_FIN:
	case EXPECT_TIME_WAIT:
	case EXPECT_PENDING:
	case EXPECT_ERRORS:
	case EXPECT_REPEATABLE:
	case EXPECT_KEY_COUNT: trial->endpoint = FACTS_ALL; break;
	}
	if (trial->endpoint != FACTS_SEVERAL)
		return true;
	buffer_format(&trial->actual, "several endpoints %s: name one", reads ? "read" : "send");
	return false;
}

static void judge_key(struct trial *trial)
{
	const struct ledger *ledger = trial->ledger;
	int endpoint = trial->endpoint;

	switch (trial->expected->key) {
	case EXPECT_SEGMENTS: trial_list(trial, facts_segments); break;
	case EXPECT_READS: trial_list(trial, facts_reads); break;
	case EXPECT_WRITES: trial_list(trial, facts_writes); break;
	case EXPECT_DATAGRAMS: trial_list(trial, facts_datagrams); break;
	case EXPECT_BOUNDARIES: trial_boundaries(trial); break;
	case EXPECT_HOLD: trial_hold(trial); break;
	case EXPECT_TRUNCATED: trial_count(trial, facts_truncated(ledger, endpoint)); break;
	case EXPECT_SPLIT_CHARACTERS: trial_count(trial, split_characters(ledger, endpoint)); break;
	case EXPECT_FRAGMENTS: trial_count(trial, facts_fragments(ledger, endpoint)); break;
	case EXPECT_LOST: trial_count(trial, facts_lost(ledger, endpoint)); break;
	case EXPECT_MESSAGES: trial_messages(trial); break;
	case EXPECT_UNREAD:
		trial_count(trial, facts_unread(ledger, endpoint));
		buffer_text(&trial->actual, " B");
		break;
	case EXPECT_FIRST_FIN: trial_first_fin(trial); break;
	case EXPECT_TIME_WAIT: trial_time_wait(trial); break;
	case EXPECT_PENDING:
	case EXPECT_ERRORS: trial_calls(trial); break;
	case EXPECT_REPEATABLE: break; /* by expect_judge_share() */
	case EXPECT_KEY_COUNT: break;
	}
}

/* ---- races ---- */

static bool is_exact(const struct expect_range *range)
{
	return range->least == range->most;
}

static bool is_exact_boundary(const struct expect_boundary *boundary)
{
	switch (boundary->wish) {
	case WISH_NOT_ASKED:
	case WISH_SOME_LOST: return false;
	case WISH_ALL_KEPT: return true;
	case WISH_KEPT:
	case WISH_LOST: return is_exact(&boundary->range);
	}
	return false;
}

/* So many merged or split is what the reads made of it; a framing that is read well keeps its
 * messages whole however they come. */
static bool asks_for_joined(const struct expectation *expected)
{
	static const enum message_verdict joined[] = { MESSAGE_MERGED, MESSAGE_SPLIT };

	for (size_t i = 0; i < 2; i++) {
		const struct expect_range *range = &expected->messages[joined[i]];

		if (expected->messages_asked & 1u << joined[i] && is_exact(range) && range->least)
			return true;
	}
	return false;
}

/*
 * Whether a swap of ACK and write could fail what passed. Exact sizes and exact numbers could
 * become others; a range was chosen to hold either way. A hold changes by the distance of the two
 * alone, so only what is said of holds as short as that.
 */
static bool could_fail(const struct expectation *expected)
{
	const struct expect_range *ns = &expected->hold_ns;

	switch (expected->key) {
	case EXPECT_SEGMENTS:
	case EXPECT_READS: return expected->is_sizes || is_exact(&expected->range);
	case EXPECT_BOUNDARIES:
		return is_exact_boundary(&expected->in_segments) ||
		       is_exact_boundary(&expected->in_reads);
	case EXPECT_HOLD:
		return ns->least <= RACE_CLOSE_NS &&
		       (ns->least || ns->most <= RACE_CLOSE_NS ||
		        (!expected->every_hold && is_exact(&expected->range)));
	case EXPECT_MESSAGES: return asks_for_joined(expected);
	case EXPECT_WRITES: /* their results hang on the buffer's room, which a range or list states
	                     */
	case EXPECT_DATAGRAMS:
	case EXPECT_TRUNCATED:
	case EXPECT_SPLIT_CHARACTERS:
	case EXPECT_FRAGMENTS:
	case EXPECT_LOST:
	case EXPECT_UNREAD:
	case EXPECT_FIRST_FIN:
	case EXPECT_TIME_WAIT:
	case EXPECT_PENDING:
	case EXPECT_ERRORS:
	case EXPECT_REPEATABLE:
	case EXPECT_KEY_COUNT: break;
	}
	return false;
}

/* Whether another order of ACKs and writes could pass what failed. */
static bool could_pass(enum expect_key key)
{
	return key == EXPECT_SEGMENTS || key == EXPECT_READS || key == EXPECT_WRITES ||
	       key == EXPECT_BOUNDARIES || key == EXPECT_HOLD || key == EXPECT_MESSAGES;
}

/* The closest race that the expectation hangs on. */
static struct race deciding_race(const struct trial *trial)
{
	const struct expectation *expected = trial->expected;
	bool only_sizes = trial->passed && expected->key != EXPECT_HOLD;
	uint16_t whom = trial->endpoint < 0 ? RACE_ANYBODY : (uint16_t)trial->endpoint;
	bool reads = expected->key == EXPECT_READS || expected->key == EXPECT_MESSAGES;
	uint16_t from = reads ? RACE_ANYBODY : whom;
	uint16_t to = reads ? whom : RACE_ANYBODY;

	return race_between(trial->ledger, from, to, only_sizes ? RACE_SIZES : RACE_ANYTHING);
}

static enum verdict decide(struct trial *trial)
{
	const struct expectation *expected = trial->expected;

	if (trial->passed ? could_fail(expected) : could_pass(expected->key)) {
		struct race race = deciding_race(trial);

		if (race.applicable && race.margin_ns < RACE_CLOSE_NS) {
			buffer_clear(&trial->remark);
			buffer_text(&trial->remark, "a close race: ");
			race_describe(&trial->remark, &race, trial->ledger);
			return VERDICT_INCONCLUSIVE;
		}
	}
	if (!trial->passed)
		return VERDICT_FAILED;
	if (expected->key != EXPECT_HOLD || expected->reason == HOLD_ANY)
		return VERDICT_PASSED;
	buffer_format(&trial->remark, "the reason %s is not judged: the recording does not say why",
	              hold_reason_text(expected->reason));
	return VERDICT_NOT_JUDGED;
}

/* ---- all of them ---- */

/* The text of a buffer, which it gives away. */
static char *take_text(struct buffer *buffer)
{
	char *text = mem_text(buffer->bytes ? buffer->bytes : "");

	buffer_finish(buffer);
	return text;
}

static void judge(const struct scenario *scenario, const struct ledger *ledger,
                  const struct expectation *expected, struct expect_result *result)
{
	struct trial trial = { .scenario = scenario, .ledger = ledger, .expected = expected };
	struct buffer name = { 0 }, value = { 0 };

	result->place = expected->place;
	result->verdict = VERDICT_FAILED;
	if (expected->key == EXPECT_REPEATABLE) {
		result->verdict = VERDICT_NOT_JUDGED;
		buffer_text(&trial.actual, "one run");
		buffer_text(&trial.remark, "one run does not show how repeatable it is");
	} else if (find_endpoint(&trial)) {
		judge_key(&trial);
		result->verdict = decide(&trial);
	}
	expect_name_text(&name, expected, scenario);
	expect_value_text(&value, expected, scenario);
	result->name = take_text(&name);
	result->expected = take_text(&value);
	result->actual = take_text(&trial.actual);
	result->remark = trial.remark.length ? take_text(&trial.remark) : NULL;
	buffer_finish(&trial.remark);
}

void expect_judge(const struct scenario *scenario, const struct ledger *ledger,
                  struct expect_result **results, size_t *count)
{
	*count = scenario->expectation_count;
	*results = mem_alloc(*count, sizeof(**results));
	for (size_t i = 0; i < *count; i++)
		judge(scenario, ledger, &scenario->expectations[i], &(*results)[i]);
	surprise_add(scenario, ledger, results, count);
}

bool expect_wants_share(const struct scenario *scenario)
{
	for (size_t i = 0; i < scenario->expectation_count; i++) {
		if (scenario->expectations[i].key == EXPECT_REPEATABLE)
			return true;
	}
	return false;
}

void expect_judge_share(const struct scenario *scenario, uint64_t most, uint64_t runs,
                        uint64_t asked, const char *list, struct expect_result *results)
{
	for (size_t i = 0; i < scenario->expectation_count && runs > 1; i++) {
		const struct expectation *expected = &scenario->expectations[i];
		struct buffer actual = { 0 }, remark = { 0 };

		if (expected->key != EXPECT_REPEATABLE)
			continue;
		buffer_format(&actual, "%" PRIu64 "/%" PRIu64 " %s", most, runs, list);
		free(results[i].actual);
		free(results[i].remark);
		results[i].actual = take_text(&actual);
		results[i].remark = NULL;
		results[i].is_share = true;
		results[i].verdict = expect_share_holds(expected->range.least, most, runs)
		                             ? VERDICT_PASSED
		                             : VERDICT_FAILED;
		if (2 * runs < asked) {
			buffer_format(&remark,
			              "only %" PRIu64 " of %" PRIu64
			              " runs could be believed, which is too few to say",
			              runs, asked);
			results[i].remark = take_text(&remark);
			results[i].verdict = VERDICT_INCONCLUSIVE;
		}
	}
}

void expect_results_destroy(struct expect_result *results, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(results[i].name);
		free(results[i].expected);
		free(results[i].actual);
		free(results[i].remark);
	}
	free(results);
}
