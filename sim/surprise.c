#include "sim/surprise.h"

#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "sim/expect_value.h"

static bool speaks_of(const struct scenario *scenario, enum expect_key key)
{
	for (size_t i = 0; i < scenario->expectation_count; i++) {
		if (scenario->expectations[i].key == key)
			return true;
	}
	return false;
}

/* Some step of that line announced a failure; if it was another, the endpoint's own note says so.
 */
static bool is_announced(const struct step *script, size_t count, const struct call *call)
{
	for (size_t i = 0; i < count; i++) {
		const struct step *step = &script[i];

		if (step->is_script ? is_announced(step->script, step->script_count, call)
		                    : step->place.line == call->step_line && step->fails)
			return true;
	}
	return false;
}

static bool has_failed(const struct scenario *scenario, const struct call *call)
{
	const struct scenario_endpoint *endpoint;

	if (!call->ended || call->result >= 0 || !call->error ||
	    call->endpoint >= scenario->endpoint_count)
		return false;
	endpoint = &scenario->endpoints[call->endpoint];
	return call->name == CALL_NOTE ||
	       !is_announced(endpoint->script, endpoint->script_count, call);
}

/* A script may sleep beyond the time limit: that is no call that waits for somebody. */
static bool never_returned(const struct trace *trace, const struct call *call)
{
	return !call->ended && call->name != CALL_SLEEP && trace->about.time_limit_hit;
}

/* "must fail with EISCONN, but it was a success" is a wish and what came of it. */
static void split_note(const char *note, char **wish, struct buffer *actual)
{
	static const char between[] = ", but it was ";
	const char *at = strstr(note, between);

	*wish = at ? mem_copy(note, (size_t)(at - note)) : mem_text(note);
	buffer_text(actual, at ? at + sizeof(between) - 1 : "otherwise");
}

static void add(struct expect_result **results, size_t *count, const struct trace *trace,
                const struct call *call)
{
	struct expect_result *result;
	struct buffer name = { 0 }, actual = { 0 };
	char limit[QUANTITY_TEXT];
	char *wish = NULL;
	size_t capacity = *count; /* room for one more each time: there are few */

	*results = mem_grow(*results, &capacity, *count, sizeof(**results));
	result = &(*results)[(*count)++];
	buffer_format(&name, "%s.%s", trace->endpoints[call->endpoint].name,
	              call_name_text((enum call_name)call->name));
	if (!call->ended)
		buffer_format(&actual, "still waiting at the time limit of %s",
		              quantity_time(limit, trace->about.time_limit_ns));
	else if (call->name == CALL_NOTE && call->note)
		split_note(call->note, &wish, &actual);
	else
		buffer_text(&actual, strerrorname_np(call->error) ? strerrorname_np(call->error)
		                                                  : "an error");
	*result = (struct expect_result){
		.verdict = VERDICT_FAILED,
		.place = { .line = call->step_line, .column = 1 },
		.name = name.bytes,
		.expected = wish ? wish : mem_text(call->ended ? "to succeed" : "to return"),
		.actual = actual.bytes
	};
}

void surprise_add(const struct scenario *scenario, const struct ledger *ledger,
                  struct expect_result **results, size_t *count)
{
	const struct trace *trace = ledger->trace;
	bool errors = !speaks_of(scenario, EXPECT_ERRORS),
	     pending = !speaks_of(scenario, EXPECT_PENDING);
	size_t added = 0;

	for (size_t i = 0; i < trace->call_count && added < SURPRISE_MOST; i++) {
		const struct call *call = &trace->calls[i];

		if ((errors && has_failed(scenario, call)) ||
		    (pending && never_returned(trace, call))) {
			add(results, count, trace, call);
			added++;
		}
	}
}
