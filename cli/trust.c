#include "cli/trust.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/checks.h"
#include "capture/mem.h"
#include "capture/quantity.h"
#include "cli/output.h"
#include "sim/race.h"
#include "viz/names.h"

/* Nothing was run here: what another run would do cannot be said. */
static bool is_of_others(const struct trace *trace)
{
	return trace->foreign || (trace->about.engine && !strcmp(trace->about.engine, "import"));
}

/* The closest race of them all, and where; not applicable if none has any. */
static struct race closest(const struct ledger *const *ledgers, size_t count,
                           const struct ledger **where)
{
	struct race least = { 0 };

	for (size_t i = 0; i < count; i++) {
		struct race race = race_margin(ledgers[i]);

		if (race.applicable && (!least.applicable || race.margin_ns < least.margin_ns)) {
			least = race;
			*where = ledgers[i];
		}
	}
	return least;
}

/*
 * Endpoints on the clients' side that sent: whose packet comes first at a shared link, and whose
 * connection is accepted first, is a race that no margin measures. The most of any recording.
 */
static size_t senders(const struct ledger *const *ledgers, size_t count)
{
	size_t most = 0;

	for (size_t i = 0; i < count; i++) {
		const struct trace *trace = ledgers[i]->trace;
		bool *sent = mem_alloc(trace->endpoint_count, sizeof(*sent));
		size_t found = 0;

		for (size_t k = 0; k < 2 * ledgers[i]->flow_count; k++) {
			const struct ledger_direction *direction =
				&ledgers[i]->flows[k / 2].directions[k % 2];

			if (direction->write_count &&
			    direction->from_endpoint < trace->endpoint_count)
				sent[direction->from_endpoint] = true;
		}
		for (size_t k = 0; k < trace->endpoint_count; k++)
			found += sent[k] && !trace->endpoints[k].server_side;
		most = found > most ? found : most;
		free(sent);
	}
	return most;
}

static void add(struct trust *trust, enum scene_verdict verdict, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void add(struct trust *trust, enum scene_verdict verdict, const char *format, ...)
{
	char *text = trust->texts[trust->count];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(trust->texts[0]), format, args);
	va_end(args);
	trust->checks[trust->count++] = (struct scene_check){ .text = text, .verdict = verdict };
}

static const char *nothing_lost(bool wire, uint64_t asked)
{
	if (!wire)
		return "the capture lost nothing";
	return asked ? "nothing lost but what was asked" : "capture and link lost nothing";
}

/* "late-nagle" */
static void name_recording(struct buffer *out, const struct ledger *ledger)
{
	const struct trace_about *about = &ledger->trace->about;

	buffer_format(out, "%s%s%s", about->scenario ? about->scenario : "recording",
	              about->variant && *about->variant ? "-" : "",
	              about->variant ? about->variant : "");
}

enum doubt {
	DOUBT_END,
	DOUBT_LIMIT,
	DOUBT_BYTES,
	DOUBT_CAPTURE,
	DOUBT_LINK,
	DOUBT_CLOCK,
	DOUBT_LATE,
	DOUBT_LINK_LATE,
};

/* Checks that all is well with but for one thing. */
static struct checks only(const struct checks *all, enum doubt doubt)
{
	struct checks one = {
		.accounted = true, .complete = true, .late_max_ns = -1, .link_late_max_ns = -1
	};

	switch (doubt) {
	case DOUBT_END: one.complete = all->complete; break;
	case DOUBT_LIMIT: one.time_limit_hit = all->time_limit_hit; break;
	case DOUBT_BYTES: one.accounted = all->accounted; break;
	case DOUBT_CAPTURE: one.capture_dropped = all->capture_dropped; break;
	case DOUBT_LINK: one.link_dropped = all->link_dropped; break;
	case DOUBT_CLOCK: one.clock_step_ns = all->clock_step_ns; break;
	case DOUBT_LATE: one.late_max_ns = all->late_max_ns; break;
	case DOUBT_LINK_LATE: one.link_late_max_ns = all->link_late_max_ns; break;
	}
	return one;
}

static void cut(struct buffer *text, size_t length)
{
	text->length = length;
	text->bytes[length] = '\0';
}

/* What is to be known of that doubt, of each recording that has it: a line each, with the name of
 * the recording where there are several. */
static void explain(struct buffer *out, const struct ledger *const *ledgers, size_t count,
                    enum doubt doubt)
{
	for (size_t i = 0; i < count; i++) {
		struct checks all = checks_of(ledgers[i]), one = only(&all, doubt);
		size_t begin = out->length, said;

		if (count > 1) {
			name_recording(out, ledgers[i]);
			buffer_text(out, ": ");
		}
		said = out->length;
		checks_describe(out, &one, ledgers[i]);
		if (out->length == said)
			cut(out, begin);
		else if (ledgers[i]->trace->about.try > 1 && !checks_passed(&one))
			buffer_text(out, "that was the second try: do not trust the times\n");
	}
	if (out->length)
		cut(out, out->length - 1);
}

/* Gives the check that was added last its sentences. */
static void add_more(struct trust *trust, const struct ledger *const *ledgers, size_t count,
                     enum doubt doubt)
{
	char *more = trust->mores[trust->count - 1];
	struct buffer text = { 0 };

	explain(&text, ledgers, count, doubt);
	snprintf(more, sizeof(trust->mores[0]), "%s", text.length ? text.bytes : "");
	trust->checks[trust->count - 1].more = *more ? more : NULL;
	buffer_finish(&text);
}

/* The worst of several recordings. */
struct worst {
	bool complete, accounted, limit, wire, foreign, others, passed, again;
	uint64_t packets, dropped, asked;
	int64_t clock_ns, late_ns, link_late_ns;
};

static int64_t greater(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static struct worst worst_of(const struct ledger *const *ledgers, size_t count)
{
	struct worst worst = {
		.complete = true, .accounted = true, .wire = count > 0, .passed = true
	};

	for (size_t i = 0; i < count; i++) {
		struct checks checks = checks_of(ledgers[i]);

		worst.complete &= checks.complete;
		worst.limit |= checks.time_limit_hit;
		worst.accounted &= checks.accounted;
		worst.foreign |= ledgers[i]->trace->foreign;
		worst.others |= is_of_others(ledgers[i]->trace);
		worst.passed &= checks_passed(&checks);
		worst.again |= ledgers[i]->trace->about.try > 1;
		worst.packets += checks.capture_dropped;
		worst.dropped += checks.link_dropped;
		worst.asked += checks.link_asked;
		worst.wire &= checks.wire;
		worst.clock_ns = greater(worst.clock_ns, checks.clock_step_ns);
		worst.late_ns = greater(worst.late_ns, checks.late_max_ns);
		worst.link_late_ns = greater(worst.link_late_ns, checks.link_late_max_ns);
	}
	return worst;
}

static void judge_times(struct trust *trust, const struct worst *worst,
                        const struct ledger *const *ledgers, size_t count)
{
	char time[QUANTITY_TEXT];

	if (worst->clock_ns > CHECKS_CLOCK_STEP_NS) {
		add(trust, SCENE_BAD, "clock set by %s", quantity_time(time, worst->clock_ns));
		add_more(trust, ledgers, count, DOUBT_CLOCK);
	}
	if (worst->late_ns > CHECKS_LATE_NS) {
		add(trust, SCENE_BAD, "late: %s", quantity_time(time, worst->late_ns));
		add_more(trust, ledgers, count, DOUBT_LATE);
	}
	if (worst->link_late_ns > CHECKS_LATE_NS) {
		add(trust, SCENE_BAD, "link late: %s", quantity_time(time, worst->link_late_ns));
		add_more(trust, ledgers, count, DOUBT_LINK_LATE);
	}
	if (worst->again) {
		add(trust, worst->passed ? SCENE_NOTE : SCENE_DOUBT, "second try");
		trust->checks[trust->count - 1].more =
			worst->passed ? "a first try had failed a check of itself; this one passed"
				      : "a first try had failed a check of itself, and so did "
					"this one: do not trust the times";
	}
}

static void judge_bytes(struct trust *trust, const struct worst *worst,
                        const struct ledger *const *ledgers, size_t count)
{
	if (worst->foreign) {
		add(trust, SCENE_DOUBT, "a capture: writes are guessed");
	} else if (worst->accounted) {
		add(trust, SCENE_GOOD, "every byte accounted");
	} else {
		add(trust, SCENE_BAD, "bytes unaccounted for");
		add_more(trust, ledgers, count, DOUBT_BYTES);
	}
	if (worst->packets) {
		add(trust, SCENE_BAD, "%" PRIu64 " packets lost by the capture", worst->packets);
		add_more(trust, ledgers, count, DOUBT_CAPTURE);
	}
	if (worst->dropped) {
		add(trust, SCENE_BAD, "%" PRIu64 " packets lost by the link, unasked",
		    worst->dropped);
		add_more(trust, ledgers, count, DOUBT_LINK);
	}
	if (!worst->packets && !worst->dropped && !worst->foreign)
		add(trust, SCENE_GOOD, "%s", nothing_lost(worst->wire, worst->asked));
}

void trust_judge(struct trust *trust, const struct ledger *const *ledgers, size_t count)
{
	const struct ledger *where;
	struct race race = closest(ledgers, count, &where);
	struct worst worst = worst_of(ledgers, count);
	char margin[QUANTITY_TEXT];

	*trust = (struct trust){ .unfinished = !worst.complete };
	if (!worst.complete) {
		add(trust, SCENE_DOUBT, "not run to its end");
		add_more(trust, ledgers, count, DOUBT_END);
	}
	if (worst.limit) {
		add(trust, SCENE_DOUBT, "ended at its time limit");
		add_more(trust, ledgers, count, DOUBT_LIMIT);
	}
	judge_bytes(trust, &worst, ledgers, count);
	judge_times(trust, &worst, ledgers, count);
	if (!race.applicable || !worst.complete || worst.limit || worst.others)
		return;
	quantity_time(margin, race.margin_ns);
	if (!worst.passed)
		add(trust, SCENE_DOUBT, "race margin %s: not to be trusted", margin);
	else if (race.margin_ns < RACE_CLOSE_NS || senders(ledgers, count) > 1)
		add(trust, SCENE_DOUBT, "race margin %s: the next run may differ", margin);
	else
		add(trust, SCENE_GOOD, "race margin %s: repeatable", margin);
}

static bool has_writes(const struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->flow_count; i++) {
		if (ledger->flows[i].directions[0].write_count ||
		    ledger->flows[i].directions[1].write_count)
			return true;
	}
	return false;
}

/* "A"; a write without a letter is "a write". */
static void name_write(struct buffer *out, uint32_t message)
{
	if (message == UINT32_MAX)
		buffer_text(out, "a write");
	else
		names_write(out, message);
}

/* The newest write that the race's ACK covers. */
static uint32_t acked_message(const struct race *race, const struct ledger *ledger)
{
	const struct ledger_direction *direction =
		&ledger->flows[race->flow].directions[race->direction];
	uint32_t message = UINT32_MAX;
	uint64_t upto = 0;

	for (size_t i = 0; i < direction->ack_count; i++) {
		if (direction->acks[i].packet == race->packet)
			upto = direction->acks[i].upto;
	}
	for (size_t i = 0; i < direction->write_count && direction->writes[i].from < upto; i++)
		message = ledger->trace->calls[direction->writes[i].call].message;
	return message;
}

/* "the ack of A came 4.7 µs before write C" */
static void describe_pair(struct buffer *out, const struct race *race, const struct ledger *ledger)
{
	const struct ledger_direction *direction =
		&ledger->flows[race->flow].directions[race->direction];
	uint32_t written = ledger->trace->calls[direction->writes[race->write].call].message;
	char margin[QUANTITY_TEXT];

	quantity_time(margin, race->margin_ns);
	buffer_text(out, "the ack of ");
	name_write(out, acked_message(race, ledger));
	if (race->read != LEDGER_NONE)
		buffer_format(out, " left in a read %s from what it read, and decided over ",
		              margin);
	else
		buffer_format(out, " came %s %s ", margin, race->ack_first ? "before" : "after");
	if (written != UINT32_MAX)
		buffer_text(out, "write ");
	name_write(out, written);
}

/* What a person would type: the file if it was named from here, else the library's name. */
static const char *scenario_operand(const struct trace_about *about)
{
	if (about->path && *about->path != '/')
		return about->path;
	return about->scenario ? about->scenario : "SCENARIO";
}

/* Of a run whose times are in doubt nothing follows for the next. */
static bool say_distrust(struct buffer *out, const struct ledger *const *ledgers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct checks checks = checks_of(ledgers[i]);
		struct buffer faults = { 0 };
		bool passed = checks_passed(&checks);

		if (!passed) {
			checks_faults(&faults, &checks, ledgers[i]);
			buffer_format(out, "not known, for this run is not to be trusted: %.*s",
			              (int)strcspn(faults.bytes, "\n"), faults.bytes);
			buffer_finish(&faults);
			return true;
		}
	}
	return false;
}

void trust_repeatable(struct buffer *out, const struct ledger *const *ledgers, size_t count)
{
	const struct ledger *where;
	struct race race = closest(ledgers, count, &where);
	bool writes = false, whole = true;
	size_t clients;

	for (size_t i = 0; i < count; i++)
		whole &= ledgers[i]->trace->complete && !is_of_others(ledgers[i]->trace);
	if (!whole)
		return;
	for (size_t i = 0; i < count; i++)
		writes |= has_writes(ledgers[i]);
	if (!writes)
		return;
	if (say_distrust(out, ledgers, count))
		return;
	clients = senders(ledgers, count);
	if (clients > 1) {
		buffer_format(
			out,
			"not known: which of %zu clients is first is a race of its own. Count "
			"it: %s run %s --repeat 20",
			clients, output_program(), scenario_operand(&ledgers[0]->trace->about));
		return;
	}
	if (!race.applicable) {
		buffer_text(out, "yes. No ack decided a write's fate");
		return;
	}
	buffer_text(out, race.margin_ns >= RACE_CLOSE_NS ? "yes. Closest: " : "no, a race: ");
	describe_pair(out, &race, where);
	if (count > 1 && where->trace->about.variant && *where->trace->about.variant)
		buffer_format(out, " (%s)", where->trace->about.variant);
	if (race.margin_ns < RACE_CLOSE_NS)
		buffer_format(out, ". The next run may differ. Count it: %s run %s --repeat 20",
		              output_program(), scenario_operand(&ledgers[0]->trace->about));
}

/* Each line of what the checks found, behind the name of the recording. */
static void doubt_one(struct buffer *out, const struct ledger *ledger)
{
	struct checks checks = checks_of(ledger);
	struct buffer lines = { 0 };
	char *rest = NULL;

	checks_describe(&lines, &checks, ledger);
	for (char *line = lines.length ? strtok_r(lines.bytes, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		name_recording(out, ledger);
		buffer_format(out, ": %s\n", line);
	}
	buffer_finish(&lines);
}

void trust_doubts(struct buffer *out, const struct ledger *const *ledgers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		doubt_one(out, ledgers[i]);
}
