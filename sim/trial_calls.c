/*
 * Keys about calls and how connections ended.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "sim/trial.h"

/* The trace lists the scenario's endpoints, but a recording may come from an earlier one. */
int trial_endpoint(const struct trial *trial, int endpoint)
{
	const struct trace *trace = trial->ledger->trace;
	const char *name = trial->scenario->endpoints[endpoint].name;

	for (size_t i = 0; i < trace->endpoint_count; i++) {
		if (!strcmp(trace->endpoints[i].name, name))
			return (int)i;
	}
	return FACTS_NOBODY;
}

const char *trial_endpoint_name(const struct trial *trial, int endpoint)
{
	const struct trace *trace = trial->ledger->trace;

	if (endpoint == FACTS_NOBODY)
		return "nobody";
	return endpoint >= 0 && (size_t)endpoint < trace->endpoint_count
	               ? trace->endpoints[endpoint].name
	               : "an unknown endpoint";
}

/* ---- endings ---- */

void trial_first_fin(struct trial *trial)
{
	int who = facts_first_fin(trial->ledger);

	trial->passed = who >= 0 && who == trial_endpoint(trial, trial->expected->who);
	buffer_text(&trial->actual, trial_endpoint_name(trial, who));
}

/* Each flow has its own; all must be the expected one's. */
void trial_time_wait(struct trial *trial)
{
	int wanted = trial_endpoint(trial, trial->expected->who);
	int last = FACTS_NOBODY;

	trial->passed = true;
	for (size_t i = 0; i < trial->ledger->flow_count; i++) {
		int who = facts_time_wait(&trial->ledger->flows[i]);

		if (who == FACTS_NOBODY || who == last)
			continue;
		trial->passed = trial->passed && who == wanted;
		buffer_format(&trial->actual, "%s%s", last == FACTS_NOBODY ? "" : ", ",
		              trial_endpoint_name(trial, who));
		last = who;
	}
	if (last == FACTS_NOBODY) {
		trial->passed = false;
		buffer_text(&trial->actual, "nobody");
	}
}

/* ---- calls ---- */

static bool is_asked(const struct trial *trial, const struct call *call)
{
	const struct expectation *expected = trial->expected;

	for (size_t i = 0; i < expected->call_count; i++) {
		const struct expect_call *asked = &expected->calls[i];

		if (trial_endpoint(trial, asked->endpoint) == call->endpoint &&
		    asked->call == call->name &&
		    (expected->key == EXPECT_PENDING || asked->error == call->error))
			return true;
	}
	return false;
}

static bool is_meant(enum expect_key key, const struct call *call)
{
	if (key == EXPECT_PENDING)
		return !call->ended &&
		       call->name != CALL_SLEEP; /* a script that sleeps waits for nobody */
	return call->ended && call->result < 0 && call->error;
}

/* "client.recv", "again.bind: EADDRINUSE" */
static void call_text(struct buffer *out, const struct trial *trial, const struct call *call)
{
	char name[EXPECT_ERRNO_TEXT];

	buffer_format(out, "%s.%s", trial_endpoint_name(trial, call->endpoint),
	              call_name_text((enum call_name)call->name));
	if (trial->expected->key == EXPECT_ERRORS)
		buffer_format(out, ": %s", expect_errno_text(name, call->error));
}

/* The kinds of calls that there were, each once, as text; in order of their first. */
struct kinds {
	char **texts;
	size_t count, capacity;
};

static void add_kind(struct kinds *kinds, const char *text)
{
	for (size_t i = 0; i < kinds->count; i++) {
		if (!strcmp(kinds->texts[i], text))
			return;
	}
	kinds->texts =
		mem_grow(kinds->texts, &kinds->capacity, kinds->count, sizeof(*kinds->texts));
	kinds->texts[kinds->count++] = mem_text(text);
}

void trial_calls(struct trial *trial)
{
	const struct trace *trace = trial->ledger->trace;
	bool errors = trial->expected->key == EXPECT_ERRORS;
	struct kinds kinds = { 0 };
	struct buffer text = { 0 };

	trial->passed = true;
	for (size_t i = 0; i < trace->call_count; i++) {
		const struct call *call = &trace->calls[i];

		if (!is_meant(trial->expected->key, call))
			continue;
		trial->passed = trial->passed && is_asked(trial, call);
		buffer_clear(&text);
		call_text(&text, trial, call);
		add_kind(&kinds, text.bytes);
	}
	trial->passed = trial->passed && kinds.count == trial->expected->call_count;
	buffer_text(&trial->actual, !kinds.count ? "none" : errors ? "{" : "[");
	for (size_t i = 0; i < kinds.count; i++) {
		buffer_format(&trial->actual, "%s%s", i ? ", " : "", kinds.texts[i]);
		free(kinds.texts[i]);
	}
	buffer_text(&trial->actual, !kinds.count ? "" : errors ? "}" : "]");
	free(kinds.texts);
	buffer_finish(&text);
}
