/*
 * How long the steps of ten million items take, a search through them, the longest tick of that
 * search in a window, and a key that steps over them where they are folded: arrivals in the order
 * of departure, a little out of it, and thoroughly out of it.
 *
 *   items_bench [--json]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture/mem.h"
#include "viz/search.h"
#include "viz/view.h"

#define WRITES   3000000u
#define SEGMENTS 4000000u
#define ACKS     2000000u
#define READS    1000000u
#define ITEMS    (WRITES + SEGMENTS + ACKS + READS)

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void make(struct timeline_group *group, int64_t jitter_ns)
{
	unsigned random = 7;

	for (uint32_t i = 0; i < WRITES; i++)
		group->writes[i] = (struct timeline_write){ .begin_ns = i * INT64_C(1000),
			                                    .end_ns = i * INT64_C(1000) + 500,
			                                    .write = i,
			                                    .number = i,
			                                    .from = i * UINT64_C(100),
			                                    .to = i * UINT64_C(100) + 100 };
	for (uint32_t i = 0; i < SEGMENTS; i++) {
		random = random * 1103515245 + 12345;
		int64_t late_ns = jitter_ns ? (random >> 8) % jitter_ns : 0;

		group->segments[i] = (struct timeline_segment){ .sent_ns = i * INT64_C(750),
			                                        .arrived_ns = i * INT64_C(750) +
			                                                      10000000 + late_ns,
			                                        .from = i * UINT64_C(75),
			                                        .to = i * UINT64_C(75) + 75,
			                                        .segment = i };
	}
	for (uint32_t i = 0; i < ACKS; i++)
		group->acks[i].arrived_ns = i * INT64_C(1500) + 20000000;
	for (uint32_t i = 0; i < READS; i++)
		group->reads[i].end_ns = i * INT64_C(3000) + 11000000;
}

struct keys {
	double step_s, tick_s;
};

static double apply(struct view *view, const struct view_model *model, struct view_input input)
{
	double begin = seconds();

	view_apply(view, model, &input);
	return seconds() - begin;
}

/* The slowest of the keys that step past the first group, and the slowest slice of a search. */
static struct keys press_keys(const struct timeline *timeline, const struct item_steps *steps)
{
	static const uint8_t stepping[] = { VIEW_KEY_RIGHT, VIEW_KEY_END, VIEW_KEY_HOME,
		                            VIEW_KEY_TAB,   VIEW_KEY_TAB, VIEW_KEY_LEFT };
	static struct view view;
	const struct view_model model = { .timeline = timeline, .steps = steps };
	struct keys keys = { 0 };
	double took;

	view_init(&view, timeline, 1600, 900);
	view_fold(&view, 0, true);
	for (size_t i = 0; i < sizeof(stepping); i++) {
		took = apply(&view, &model,
		             (struct view_input){ .kind = VIEW_KEY, .key = stepping[i] });
		keys.step_s = took > keys.step_s ? took : keys.step_s;
	}
	if (view.selected.group != 1)
		abort();
	strcpy(view.search, "len>1000");
	keys.tick_s =
		apply(&view, &model,
	              (struct view_input){
			      .kind = VIEW_KEY, .key = VIEW_KEY_CHARACTER, .character = 'n' });
	while (view.hunt.going_on) {
		took = apply(&view, &model, (struct view_input){ .kind = VIEW_TICK });
		keys.tick_s = took > keys.tick_s ? took : keys.tick_s;
	}
	return keys;
}

static void measure(const struct timeline *timeline, double *build_s, double *search_s,
                    struct keys *keys, size_t *count)
{
	struct search search;
	struct item_steps steps;
	struct err err;
	double begin = seconds();

	item_steps_build(&steps, timeline);
	*build_s = seconds() - begin;
	*count = steps.count;
	if (search_parse("len>1000", &search, &err))
		abort();
	begin = seconds();
	if (search_next(&search, timeline, &steps, (struct item){ 0 }, false).kind != ITEM_NONE)
		abort();
	*search_s = seconds() - begin;
	*keys = press_keys(timeline, &steps);
	item_steps_finish(&steps);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int64_t jitter_ns;
	} cases[] = { { "in order", 0 }, { "jitter 1 us", 1000 }, { "jitter 1 s", 1000000000 } };
	bool json = argc > 1 && !strcmp(argv[1], "--json");
	struct timeline_group group = {
		.writes = mem_alloc(WRITES, sizeof(*group.writes)),
		.segments = mem_alloc(SEGMENTS, sizeof(*group.segments)),
		.acks = mem_alloc(ACKS, sizeof(*group.acks)),
		.reads = mem_alloc(READS, sizeof(*group.reads)),
		.write_count = WRITES,
		.segment_count = SEGMENTS,
		.ack_count = ACKS,
		.read_count = READS,
	};
	struct timeline_read few[2] = { { .end_ns = 0 }, { .end_ns = 2999999000 } };
	struct timeline_group groups[2] = { [1] = { .reads = few, .read_count = 2 } };
	struct timeline timeline = { .groups = groups, .group_count = 2 };

	groups[0] = group;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		double build_s, search_s;
		struct keys keys;
		size_t count;

		make(&group, cases[i].jitter_ns);
		measure(&timeline, &build_s, &search_s, &keys, &count);
		printf(json ? "{\"items\": %u, \"arrivals\": \"%s\", \"steps\": %zu, "
		              "\"seconds\": %.3f, \"search_seconds\": %.3f, \"key_us\": %.0f, "
		              "\"tick_ms\": %.1f}\n"
		            : "steps  %u items, arrivals %-12s %zu steps  %.3f s, search %.3f s, "
		              "key over a folded group %.0f us, tick of a search %.1f ms\n",
		       ITEMS, cases[i].name, count, build_s, search_s, keys.step_s * 1e6,
		       keys.tick_s * 1e3);
	}
	free(group.writes);
	free(group.segments);
	free(group.acks);
	free(group.reads);
	return 0;
}
