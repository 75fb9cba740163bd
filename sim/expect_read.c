#include "sim/expect_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "sim/expect_scalar.h"
#include "sim/scalar.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

char *expect_no_endpoint(char out[EXPECT_REASON], const struct scenario *scenario, const char *name)
{
	const char **names = mem_alloc(scenario->endpoint_count, sizeof(*names));
	const char *nearest;
	int length;

	for (size_t i = 0; i < scenario->endpoint_count; i++)
		names[i] = scenario->endpoints[i].name;
	nearest = node_nearest(name, names, scenario->endpoint_count);
	length = snprintf(out, EXPECT_REASON, "no endpoint is called `%.64s`: ", name);
	if (nearest)
		snprintf(out + length, EXPECT_REASON - (size_t)length, "did you mean `%.64s`?",
		         nearest);
	for (size_t i = 0; i < scenario->endpoint_count && !nearest && length < EXPECT_REASON; i++)
		length += snprintf(out + length, EXPECT_REASON - (size_t)length, "%s%.64s",
		                   i ? ", " : "there are ", names[i]);
	free(names);
	return out;
}

int expect_wrong(const struct node *node, const char *what, struct err *err)
{
	char shown[NODE_SHOWN];

	return node_error(node, err, "%s, not %s", what, node_shown(shown, node));
}

bool expect_is_plain(const struct node *node)
{
	return node->kind == NODE_SCALAR && !node->quoted && !node->block && node->length;
}

static int refuse(const struct node *node, const char *why, struct err *err)
{
	char shown[NODE_SHOWN];

	return node_error(node, err, "%s cannot be expected: %s", node_shown(shown, node), why);
}

static int read_range(const struct node *node, struct expect_range *range, struct err *err)
{
	const char *why;

	if (!expect_is_plain(node))
		return expect_wrong(node, "a count is `3` or a range `3..5`, `3..`, `..5`", err);
	why = expect_read_counts(node->text, range);
	return why ? refuse(node, why, err) : 0;
}

/* ---- segments reads writes datagrams ---- */

static int add_sizes(const struct node *node, bool bare, struct expectation *expectation,
                     struct err *err)
{
	struct sizes_run run;
	const char *why;

	if (!expect_is_plain(node))
		return expect_wrong(node, "a list of sizes holds sizes like `10 B` or `20× 10 B`",
		                    err);
	why = expect_read_run(node->text, bare, &run);
	if (why)
		return refuse(node, why, err);
	size_t count = expectation->size_count;
	if (!run.count)
		return 0;
	if (count && expectation->sizes[count - 1].size == run.size) {
		expectation->sizes[count - 1].count += run.count;
		return 0;
	}
	expectation->sizes = mem_grow(expectation->sizes, &expectation->size_capacity,
	                              expectation->size_count, sizeof(run));
	expectation->sizes[expectation->size_count++] = run;
	return 0;
}

/* A list is sizes; so is a scalar with a unit, or "20× 10 B". What is left counts. */
static int read_sizes(const struct node *node, struct expectation *expectation, struct err *err)
{
	expectation->is_sizes = true;
	if (node->kind == NODE_LIST) {
		for (size_t i = 0; i < node->item_count; i++) {
			if (add_sizes(node->items[i], true, expectation, err))
				return -1;
		}
		return 0;
	}
	if (!expect_is_plain(node))
		return expect_wrong(
			node, "this takes a count `3`, a range `3..5`, or sizes `[10 B, 190 B]`",
			err);
	if (expect_is_run(node->text))
		return add_sizes(node, false, expectation, err);
	expectation->is_sizes = false;
	return read_range(node, &expectation->range, err);
}

/* ---- boundaries ---- */

#define BOUNDARY_FORMS "kept, lost, how many are kept (`1`, `0..3`), {kept: 1} or {lost: 2}"

static int read_boundary(const struct node *node, struct expect_boundary *boundary, struct err *err)
{
	if (boundary->wish != WISH_NOT_ASKED)
		return node_error(node, err,
		                  "`wire` and `segments` are the same: write one of them");
	if (node_is(node, "kept")) {
		boundary->wish = WISH_ALL_KEPT;
		return 0;
	}
	if (node_is(node, "lost")) {
		boundary->wish = WISH_SOME_LOST;
		return 0;
	}
	boundary->wish = WISH_KEPT;
	if (node->kind == NODE_SCALAR && node->length && strchr("0123456789.", node->text[0]))
		return read_range(node, &boundary->range, err);
	if (node->kind == NODE_MAP && node->entry_count == 1) {
		const struct node_entry *entry = node->entries;

		if (!strcmp(entry->key, "lost"))
			boundary->wish = WISH_LOST;
		if (!strcmp(entry->key, "lost") || !strcmp(entry->key, "kept"))
			return read_range(entry->value, &boundary->range, err);
	}
	return expect_wrong(node, "boundaries are " BOUNDARY_FORMS, err);
}

static int read_boundaries(const struct node *node, struct expectation *expectation,
                           struct err *err)
{
	static const char *const names[] = { "segments", "wire", "reads" };

	if (node_is(node, "kept")) {
		expectation->in_segments.wish = WISH_ALL_KEPT;
		expectation->in_reads.wish = WISH_ALL_KEPT;
		return 0;
	}
	if (node_is(node, "lost")) {
		expectation->in_reads.wish = WISH_SOME_LOST;
		return 0;
	}
	if (node->kind != NODE_MAP || !node->entry_count)
		return expect_wrong(node,
		                    "boundaries take kept, lost, or {segments: 1, reads: 0..3}",
		                    err);
	for (size_t i = 0; i < node->entry_count; i++) {
		const char *key = node->entries[i].key;
		const char *nearest = node_nearest(key, names, COUNT(names));
		bool reads = !strcmp(key, "reads");

		if (!reads && strcmp(key, "segments") && strcmp(key, "wire"))
			return node_key_error(
				node, i, err,
				"boundaries are kept or lost in `segments` (or `wire`) "
				"and in `reads`, not in `%s`%s%s%s",
				key, nearest ? ": did you mean `" : "", nearest ? nearest : "",
				nearest ? "`?" : "");
		if (read_boundary(node->entries[i].value,
		                  reads ? &expectation->in_reads : &expectation->in_segments, err))
			return -1;
	}
	return 0;
}

/* ---- hold ---- */

static int read_time(const struct node *node, struct expect_range *ns, struct err *err)
{
	const char *why;

	if (!expect_is_plain(node))
		return expect_wrong(node,
		                    "a time of a hold is a range `35ms..`, `..5ms`, `1ms..2ms`",
		                    err);
	why = expect_read_times(node->text, ns);
	return why ? refuse(node, why, err) : 0;
}

static int read_reason(const struct node *node, enum hold_reason *reason, struct err *err)
{
	const char *names[HOLD_REASON_COUNT - 1];
	char shown[NODE_SHOWN];
	const char *nearest = NULL;

	for (int i = HOLD_ANY + 1; i < HOLD_REASON_COUNT; i++) {
		names[i - 1] = hold_reason_text((enum hold_reason)i);
		if (node_is(node, names[i - 1])) {
			*reason = (enum hold_reason)i;
			return 0;
		}
	}
	if (node->kind == NODE_SCALAR)
		nearest = node_nearest(node->text, names, COUNT(names));
	node_shown(shown, node);
	if (nearest)
		return node_error(node, err, "no hold has the reason %s: did you mean `%s`?", shown,
		                  nearest);
	return node_error(node, err,
	                  "no hold has the reason %s: there are nagle, cork, more, eor, cwnd, "
	                  "rwnd, sndbuf, tsq, pacing, autocork, probe",
	                  shown);
}

static int read_hold_key(const struct node *node, size_t at, struct expectation *expectation,
                         struct err *err)
{
	static const char *const names[] = { "time", "reason", "count" };
	const char *key = node->entries[at].key;
	const struct node *value = node->entries[at].value;

	if (!strcmp(key, "time"))
		return read_time(value, &expectation->hold_ns, err);
	if (!strcmp(key, "reason"))
		return read_reason(value, &expectation->reason, err);
	if (!strcmp(key, "count"))
		return read_range(value, &expectation->range, err);
	const char *nearest = node_nearest(key, names, COUNT(names));
	return node_key_error(node, at, err,
	                      "a hold has `time`, `reason` and `count`, no `%s`%s%s%s", key,
	                      nearest ? ": did you mean `" : "", nearest ? nearest : "",
	                      nearest ? "`?" : "");
}

static int read_hold(const struct node *node, struct expectation *expectation, struct err *err)
{
	expectation->hold_ns = (struct expect_range){ 0, EXPECT_NO_LIMIT };
	expectation->range = (struct expect_range){ 1, EXPECT_NO_LIMIT };
	if (node->kind == NODE_SCALAR) {
		expectation->every_hold = true;
		return read_time(node, &expectation->hold_ns, err);
	}
	if (node->kind != NODE_MAP || !node->entry_count)
		return expect_wrong(
			node,
			"a hold takes a time like `..5ms`, or {time: 35ms.., reason: nagle, "
			"count: 4}",
			err);
	for (size_t i = 0; i < node->entry_count; i++) {
		if (read_hold_key(node, i, expectation, err))
			return -1;
	}
	return 0;
}

/* ---- messages ---- */

static int read_messages(const struct node *node, struct expectation *expectation, struct err *err)
{
	const char *names[EXPECT_MESSAGE_COUNT];

	for (unsigned i = 0; i < EXPECT_MESSAGE_COUNT; i++)
		names[i] = expect_message_text(i);
	if (node->kind != NODE_MAP || !node->entry_count)
		return expect_wrong(node, "messages take how many came how, {whole: 2, garbled: 1}",
		                    err);
	for (size_t i = 0; i < node->entry_count; i++) {
		const char *key = node->entries[i].key;
		unsigned which = 0;

		while (which < EXPECT_MESSAGE_COUNT && strcmp(key, names[which]))
			which++;
		if (which == EXPECT_MESSAGE_COUNT) {
			const char *nearest = node_nearest(key, names, EXPECT_MESSAGE_COUNT);

			return node_key_error(node, i, err,
			                      "messages are whole, merged, split, garbled or sent, "
			                      "not `%s`%s%s%s",
			                      key, nearest ? ": did you mean `" : "",
			                      nearest ? nearest : "", nearest ? "`?" : "");
		}
		if (read_range(node->entries[i].value, &expectation->messages[which], err))
			return -1;
		expectation->messages_asked |= 1u << which;
	}
	return 0;
}

/* ---- unread first_fin time_wait repeatable ---- */

static int read_unread(const struct node *node, struct expectation *expectation, struct err *err)
{
	struct expect_range *range = &expectation->range;

	if (scalar_size(node, "unread", true, UINT64_MAX, &range->least, err))
		return -1;
	range->most = range->least;
	return 0;
}

static int read_who(const struct node *node, const struct scenario *scenario, int *who,
                    struct err *err)
{
	char reason[EXPECT_REASON];

	if (!expect_is_plain(node))
		return expect_wrong(node, "this takes the name of an endpoint", err);
	*who = scenario_endpoint(scenario, node->text);
	if (*who == SCENARIO_NOBODY)
		return node_error(node, err, "%s",
		                  expect_no_endpoint(reason, scenario, node->text));
	return 0;
}

static int read_share(const struct node *node, struct expectation *expectation, struct err *err)
{
	const char *why;

	if (!expect_is_plain(node))
		return expect_wrong(node, "`repeatable` takes a share of all runs like `95%`", err);
	why = expect_read_share(node->text, &expectation->range.least);
	expectation->range.most = EXPECT_WHOLE;
	return why ? refuse(node, why, err) : 0;
}

int expect_read(const struct node *node, const struct scenario *scenario,
                struct expectation *expectation, struct err *err)
{
	switch (expectation->key) {
	case EXPECT_SEGMENTS:
	case EXPECT_READS:
	case EXPECT_WRITES:
	case EXPECT_DATAGRAMS: return read_sizes(node, expectation, err);
	case EXPECT_BOUNDARIES: return read_boundaries(node, expectation, err);
	case EXPECT_HOLD: return read_hold(node, expectation, err);
	case EXPECT_TRUNCATED:
	case EXPECT_SPLIT_CHARACTERS:
	case EXPECT_FRAGMENTS:
	case EXPECT_LOST: return read_range(node, &expectation->range, err);
	case EXPECT_MESSAGES: return read_messages(node, expectation, err);
	case EXPECT_UNREAD: return read_unread(node, expectation, err);
	case EXPECT_FIRST_FIN:
	case EXPECT_TIME_WAIT: return read_who(node, scenario, &expectation->who, err);
	case EXPECT_PENDING: return expect_read_pending(node, scenario, expectation, err);
	case EXPECT_ERRORS: return expect_read_errors(node, scenario, expectation, err);
	case EXPECT_REPEATABLE: return read_share(node, expectation, err);
	case EXPECT_KEY_COUNT: break;
	}
	return 0;
}
