/*
 * How long the steps of ten million items take, and a search through them: arrivals in the order of
 * departure, a little out of it, and thoroughly out of it.
 *
 *   items_bench [--json]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture/mem.h"
#include "viz/search.h"

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

static void measure(const struct timeline *timeline, double *build_s, double *search_s,
                    size_t *count)
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
	struct timeline timeline = { .groups = &group, .group_count = 1 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		double build_s, search_s;
		size_t count;

		make(&group, cases[i].jitter_ns);
		measure(&timeline, &build_s, &search_s, &count);
		printf(json ? "{\"items\": %u, \"arrivals\": \"%s\", \"steps\": %zu, "
		              "\"seconds\": %.3f, \"search_seconds\": %.3f}\n"
		            : "steps  %u items, arrivals %-12s %zu steps  %.3f s, search %.3f s\n",
		       ITEMS, cases[i].name, count, build_s, search_s);
	}
	free(group.writes);
	free(group.segments);
	free(group.acks);
	free(group.reads);
	return 0;
}
