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

void trust_judge(struct trust *trust, const struct ledger *const *ledgers, size_t count)
{
	const struct ledger *where;
	struct race race = closest(ledgers, count, &where);
	bool complete = true, accounted = true;
	char margin[QUANTITY_TEXT];
	uint64_t packets = 0, dropped = 0, asked = 0;
	bool wire = count > 0, foreign = false, others = false;

	*trust = (struct trust){ 0 };
	for (size_t i = 0; i < count; i++) {
		struct checks checks = checks_of(ledgers[i]);

		complete &= checks.complete && !checks.time_limit_hit;
		accounted &= checks.accounted;
		foreign |= ledgers[i]->trace->foreign;
		others |= is_of_others(ledgers[i]->trace);
		packets += checks.capture_dropped;
		dropped += checks.link_dropped;
		asked += checks.link_asked;
		wire &= checks.wire;
	}
	if (!complete)
		add(trust, SCENE_DOUBT, "not run to its end");
	if (foreign)
		add(trust, SCENE_DOUBT, "a capture: writes are guessed");
	else if (accounted)
		add(trust, SCENE_GOOD, "every byte accounted");
	else
		add(trust, SCENE_BAD, "bytes unaccounted for");
	if (packets)
		add(trust, SCENE_BAD, "%" PRIu64 " packets lost by the capture", packets);
	if (dropped)
		add(trust, SCENE_BAD, "%" PRIu64 " packets lost by the link, unasked", dropped);
	if (!packets && !dropped && !foreign)
		add(trust, SCENE_GOOD, "%s", nothing_lost(wire, asked));
	if (!race.applicable || !complete || others)
		return;
	quantity_time(margin, race.margin_ns);
	if (race.margin_ns < RACE_CLOSE_NS || senders(ledgers, count) > 1)
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
	const struct trace_about *about = &ledger->trace->about;
	struct checks checks = checks_of(ledger);
	struct buffer lines = { 0 };
	char *rest = NULL;

	checks_describe(&lines, &checks, ledger);
	for (char *line = lines.length ? strtok_r(lines.bytes, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest))
		buffer_format(out, "%s%s%s: %s\n", about->scenario ? about->scenario : "recording",
		              about->variant && *about->variant ? "-" : "",
		              about->variant ? about->variant : "", line);
	buffer_finish(&lines);
}

void trust_doubts(struct buffer *out, const struct ledger *const *ledgers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		doubt_one(out, ledgers[i]);
}
