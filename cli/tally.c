#include "cli/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "capture/sizes.h"
#include "viz/cells.h"
#include "viz/json_writer.h"

#define NAME_WIDTH 26 /* columns before a list: the name, the share */

/* ---- an outcome ---- */

static void finish_outcome(struct tally_outcome *outcome)
{
	for (size_t i = 0; i < outcome->way_count; i++) {
		free(outcome->ways[i].endpoint);
		free(outcome->ways[i].peer);
		free(outcome->ways[i].sizes);
	}
	free(outcome->ways);
	free(outcome->text);
	free(outcome->recording);
}

/* Takes sizes. */
static void add_way(struct tally_outcome *outcome, size_t *capacity, const char *endpoint,
                    const char *peer, uint64_t *sizes, size_t count)
{
	if (!count) {
		free(sizes);
		return;
	}
	outcome->ways =
		mem_grow(outcome->ways, capacity, outcome->way_count, sizeof(*outcome->ways));
	outcome->ways[outcome->way_count++] = (struct tally_way){ .endpoint = mem_text(endpoint),
		                                                  .peer = mem_text(peer),
		                                                  .sizes = sizes,
		                                                  .count = count };
}

static uint64_t *segment_sizes(const struct ledger_direction *direction, size_t *count)
{
	uint64_t *sizes = mem_alloc(direction->segment_count, sizeof(*sizes));

	*count = 0;
	for (size_t i = 0; i < direction->segment_count; i++) {
		if (direction->segments[i].kind == SEGMENT_DATA)
			sizes[(*count)++] = direction->segments[i].length;
	}
	return sizes;
}

static uint64_t *read_sizes(const struct ledger_direction *direction, size_t *count)
{
	uint64_t *sizes = mem_alloc(direction->read_count, sizeof(*sizes));

	*count = direction->read_count;
	for (size_t i = 0; i < direction->read_count; i++)
		sizes[i] = direction->reads[i].length;
	return sizes;
}

static const char *name_of(const struct ledger *ledger, uint16_t endpoint)
{
	return endpoint < ledger->trace->endpoint_count ? ledger->trace->endpoints[endpoint].name
	                                                : "?";
}

static int by_peer_and_sizes(const void *a, const void *b)
{
	const struct tally_way *x = a, *y = b;
	size_t shared = x->count < y->count ? x->count : y->count;
	int order = strcmp(x->peer, y->peer);

	for (size_t i = 0; i < shared && !order; i++)
		order = (x->sizes[i] > y->sizes[i]) - (x->sizes[i] < y->sizes[i]);
	return order ? order : (x->count > y->count) - (x->count < y->count);
}

/* The ways of one endpoint, in an order of their own: that of flows, by their first packets, is a
 * race too. */
static void add_endpoint(struct tally_outcome *outcome, size_t *capacity,
                         const struct ledger *ledger, size_t endpoint, bool reads)
{
	size_t before = outcome->way_count;

	for (size_t i = 0; i < ledger->flow_count; i++) {
		for (int side = 0; side < 2; side++) {
			const struct ledger_direction *direction =
				&ledger->flows[i].directions[side];
			uint16_t own = reads ? direction->to_endpoint : direction->from_endpoint;
			uint16_t peer = reads ? direction->from_endpoint : direction->to_endpoint;
			size_t count;

			if (own != endpoint)
				continue;
			uint64_t *sizes = reads ? read_sizes(direction, &count)
			                        : segment_sizes(direction, &count);
			add_way(outcome, capacity, name_of(ledger, own), name_of(ledger, peer),
			        sizes, count);
		}
	}
	if (outcome->way_count > before)
		qsort(outcome->ways + before, outcome->way_count - before, sizeof(*outcome->ways),
		      by_peer_and_sizes);
}

/* Whether an endpoint has ways with several others: then each is named for its own. */
static bool has_peers(const struct tally_outcome *outcome, const struct tally_way *way)
{
	for (size_t i = 0; i < outcome->way_count; i++) {
		if (!strcmp(outcome->ways[i].endpoint, way->endpoint) &&
		    strcmp(outcome->ways[i].peer, way->peer) != 0)
			return true;
	}
	return false;
}

static void write_text(struct tally_outcome *outcome, bool reads)
{
	struct buffer text = { 0 };

	for (size_t i = 0; i < outcome->way_count; i++) {
		const struct tally_way *way = &outcome->ways[i];

		if (i)
			buffer_char(&text, ' ');
		if (outcome->way_count > 1)
			buffer_format(&text, "%s ", way->endpoint);
		if (has_peers(outcome, way))
			buffer_format(&text, "%s %s ", reads ? "from" : "to", way->peer);
		buffer_char(&text, '{');
		sizes_text(&text, way->sizes, way->count, SIZES_ANY_WIDTH, false);
		buffer_char(&text, '}');
	}
	if (!text.length)
		buffer_text(&text, "none");
	outcome->text = text.bytes;
}

static struct tally_outcome outcome_of(const struct ledger *ledger, bool reads)
{
	struct tally_outcome outcome = { .count = 1 };
	size_t capacity = 0;

	for (size_t i = 0; i < ledger->trace->endpoint_count; i++)
		add_endpoint(&outcome, &capacity, ledger, i, reads);
	write_text(&outcome, reads);
	return outcome;
}

/* ---- counting ---- */

static bool is_same(const struct tally_outcome *a, const struct tally_outcome *b)
{
	if (a->way_count != b->way_count)
		return false;
	for (size_t i = 0; i < a->way_count; i++) {
		const struct tally_way *x = &a->ways[i], *y = &b->ways[i];

		if (x->count != y->count || strcmp(x->endpoint, y->endpoint) != 0 ||
		    strcmp(x->peer, y->peer) != 0 ||
		    memcmp(x->sizes, y->sizes, x->count * sizeof(*x->sizes)) != 0)
			return false;
	}
	return true;
}

/* Counts the outcome, which it takes; the new one of the list, or NULL if it was there. */
static struct tally_outcome *count_outcome(struct tally_list *list, struct tally_outcome outcome)
{
	for (size_t i = 0; i < list->count; i++) {
		if (is_same(&list->outcomes[i], &outcome)) {
			list->outcomes[i].count++;
			finish_outcome(&outcome);
			return NULL;
		}
	}
	list->outcomes =
		mem_grow(list->outcomes, &list->capacity, list->count, sizeof(*list->outcomes));
	list->outcomes[list->count] = outcome;
	return &list->outcomes[list->count++];
}

bool tally_add(struct tally *tally, const struct ledger *ledger, const struct race *race,
               const char *path)
{
	struct tally_outcome *segments = count_outcome(&tally->segments, outcome_of(ledger, false));
	struct tally_outcome *reads = count_outcome(&tally->reads, outcome_of(ledger, true));
	bool kept = segments || (reads && tally->reads.count <= TALLY_READS_KEPT);

	tally->runs++;
	if (segments)
		segments->recording = mem_text(path);
	if (reads && kept)
		reads->recording = mem_text(path);
	if (race->applicable) {
		tally->margins = mem_grow(tally->margins, &tally->margin_capacity,
		                          tally->margin_count, sizeof(*tally->margins));
		tally->margins[tally->margin_count++] = race->margin_ns;
	}
	return kept;
}

/* Most frequent first; of equals, the one that came first. */
static int by_count(const void *a, const void *b)
{
	const struct tally_outcome *x = *(const struct tally_outcome *const *)a;
	const struct tally_outcome *y = *(const struct tally_outcome *const *)b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return (x > y) - (x < y);
}

/* To be freed. */
static const struct tally_outcome **sorted(const struct tally_list *list)
{
	const struct tally_outcome **outcomes = mem_alloc(list->count, sizeof(*outcomes));

	for (size_t i = 0; i < list->count; i++)
		outcomes[i] = &list->outcomes[i];
	qsort(outcomes, list->count, sizeof(*outcomes), by_count);
	return outcomes;
}

const struct tally_outcome *tally_most(const struct tally *tally)
{
	const struct tally_outcome *most = NULL;

	for (size_t i = 0; i < tally->segments.count; i++) {
		const struct tally_outcome *outcome = &tally->segments.outcomes[i];

		if (!most || outcome->count > most->count)
			most = outcome;
	}
	return most;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* False where no run had one. */
static bool margins(const struct tally *tally, int64_t *smallest, int64_t *median)
{
	size_t count = tally->margin_count;

	if (!count)
		return false;
	qsort(tally->margins, count, sizeof(*tally->margins), by_value);
	*smallest = tally->margins[0];
	*median = tally->margins[count / 2];
	return true;
}

/* ---- telling ---- */

/* Cut where the line ends, with an ellipsis. */
static void add_cut(struct buffer *out, const char *text, size_t width, bool ascii)
{
	size_t length = strlen(text), take = cells_fit(text, length, (int)width);
	struct buffer cut = { 0 };

	if (take < length)
		take = cells_fit(text, length, (int)width - 1);
	buffer_add(&cut, text, take);
	if (take < length)
		buffer_text(&cut, "…");
	cells_print_text(out, cut.bytes, ascii);
	buffer_finish(&cut);
}

static void describe_list(struct buffer *out, const struct tally_list *list, const char *name,
                          size_t runs, size_t width, bool ascii)
{
	const struct tally_outcome **outcomes = sorted(list);

	for (size_t i = 0; i < list->count; i++) {
		buffer_format(out, "%13s  %4zu/%zu  ", i ? "" : name, outcomes[i]->count, runs);
		add_cut(out, outcomes[i]->text,
		        width > 2 * NAME_WIDTH ? width - NAME_WIDTH : NAME_WIDTH, ascii);
		buffer_char(out, '\n');
	}
	free(outcomes);
}

void tally_again(struct tally *tally, const char *fault, bool doubted)
{
	tally->again++;
	tally->doubted += doubted;
	if (fault && !tally->fault)
		tally->fault = mem_text(fault);
}

static void describe_margins(struct buffer *out, const struct tally *tally)
{
	int64_t smallest, median;
	char least[QUANTITY_TEXT], middle[QUANTITY_TEXT];

	if (margins(tally, &smallest, &median))
		buffer_format(out, "%13s  smallest %s, median %s\n", "race margin",
		              quantity_time(least, smallest), quantity_time(middle, median));
}

static void describe_doubted(struct buffer *out, const struct tally *tally)
{
	if (tally->again)
		buffer_format(out, "%13s  %zu run%s%s%s\n", "played twice", tally->again,
		              tally->again == 1 ? "" : "s", tally->fault ? ": in one " : "",
		              tally->fault ? tally->fault : "");
	if (tally->doubted)
		buffer_format(
			out,
			"%13s  %zu of %zu runs, which failed a check of themselves both times "
			"and are not counted\n",
			"not believed", tally->doubted, tally->runs + tally->doubted);
}

static void describe_expected(struct buffer *out, const struct expect_result *repeatable)
{
	bool holds = repeatable->verdict == VERDICT_PASSED;

	buffer_format(out, "%13s  %s at least %s\n", "repeatable",
	              holds ? "as expected, in" : "NOT as expected, which is in",
	              repeatable->expected);
}

void tally_describe(struct buffer *out, const struct tally *tally, const char *name,
                    const struct expect_result *repeatable, size_t width, bool ascii)
{
	buffer_format(out, "\n%s: %zu run%s, %zu different list%s of segments, %zu of reads\n",
	              name, tally->runs, tally->runs == 1 ? "" : "s", tally->segments.count,
	              tally->segments.count == 1 ? "" : "s", tally->reads.count);
	describe_list(out, &tally->segments, "segments", tally->runs, width, ascii);
	describe_list(out, &tally->reads, "reads", tally->runs, width, ascii);
	if (repeatable)
		describe_expected(out, repeatable);
	describe_margins(out, tally);
	describe_doubted(out, tally);
}

static void json_ways(struct json_writer *writer, const struct tally_outcome *outcome)
{
	json_array(writer, "list");
	for (size_t i = 0; i < outcome->way_count; i++) {
		json_object(writer, NULL);
		json_text(writer, "endpoint", outcome->ways[i].endpoint);
		json_array(writer, "sizes");
		for (size_t k = 0; k < outcome->ways[i].count; k++)
			json_count(writer, NULL, outcome->ways[i].sizes[k]);
		json_end(writer);
		json_end(writer);
	}
	json_end(writer);
}

static void json_list(struct json_writer *writer, const char *key, const struct tally_list *list,
                      size_t runs)
{
	const struct tally_outcome **outcomes = sorted(list);

	json_array(writer, key);
	for (size_t i = 0; i < list->count; i++) {
		char share[32];

		json_object(writer, NULL);
		json_ways(writer, outcomes[i]);
		json_count(writer, "count", outcomes[i]->count);
		snprintf(share, sizeof(share), "%zu/%zu", outcomes[i]->count, runs);
		json_text(writer, "share", share);
		json_text(writer, "recording", outcomes[i]->recording);
		json_end(writer);
	}
	json_end(writer);
	free(outcomes);
}

void tally_json(struct buffer *out, const struct tally *tally, const char *scenario,
                const char *variant, const struct expect_result *repeatable)
{
	struct json_writer writer = { .out = out };
	int64_t smallest, median;

	json_object(&writer, NULL);
	json_text(&writer, "scenario", scenario);
	json_text(&writer, "variant", variant);
	json_count(&writer, "runs", tally->runs);
	json_count(&writer, "not_believed", tally->doubted);
	json_count(&writer, "played_twice", tally->again);
	json_list(&writer, "segments", &tally->segments, tally->runs);
	json_list(&writer, "reads", &tally->reads, tally->runs);
	if (repeatable) {
		json_object(&writer, "repeatable");
		json_text(&writer, "expected", repeatable->expected);
		json_switch(&writer, "holds", repeatable->verdict == VERDICT_PASSED);
		json_end(&writer);
	}
	if (margins(tally, &smallest, &median)) {
		json_object(&writer, "race_margin_ns");
		json_number(&writer, "smallest", smallest);
		json_number(&writer, "median", median);
		json_end(&writer);
	}
	json_end(&writer);
}

static void finish_list(struct tally_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		finish_outcome(&list->outcomes[i]);
	free(list->outcomes);
}

void tally_finish(struct tally *tally)
{
	free(tally->fault);
	finish_list(&tally->segments);
	finish_list(&tally->reads);
	free(tally->margins);
}
