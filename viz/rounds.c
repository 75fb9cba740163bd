#include "viz/rounds.h"

#include <stdlib.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/axis.h"
#include "viz/cells.h"

#define NAME_WIDTH 13

/* Where each turn of the endpoint that wrote first begins. */
static struct round *find_turns(const struct timeline_group *group, uint32_t lane, size_t *count)
{
	struct round *rounds = NULL;
	size_t capacity = 0;
	uint32_t turn = 0;

	*count = 0;
	for (size_t i = 0; i < group->write_count; i++) {
		const struct timeline_write *write = &group->writes[i];

		if (write->lane != lane || (*count && write->turn == turn))
			continue;
		rounds = mem_grow(rounds, &capacity, *count, sizeof(*rounds));
		if (*count)
			rounds[*count - 1].next_ns = write->begin_ns;
		rounds[(*count)++] = (struct round){ write->begin_ns, INT64_MAX, -1 };
		turn = write->turn;
	}
	return rounds;
}

/* Ends each round at its own endpoint's last read; false if one has none, or no answer. */
static bool measure(const struct timeline_group *group, uint32_t lane, struct round *rounds,
                    size_t count)
{
	size_t read = 0, write = 0;

	for (size_t i = 0; i < count; i++) {
		bool answered = false;

		for (; write < group->write_count &&
		       group->writes[write].begin_ns < rounds[i].next_ns;
		     write++)
			answered = answered || group->writes[write].lane != lane;
		for (; read < group->read_count && group->reads[read].end_ns < rounds[i].next_ns;
		     read++)
			if (group->reads[read].lane == lane)
				rounds[i].length_ns = group->reads[read].end_ns - rounds[i].from_ns;
		if (!answered || rounds[i].length_ns < 0)
			return false;
	}
	return true;
}

struct round *rounds_find(const struct timeline_group *group, size_t *count)
{
	struct round *rounds;

	*count = 0;
	if (!group->write_count)
		return NULL;
	rounds = find_turns(group, group->writes[0].lane, count);
	if (*count < 2 || !measure(group, group->writes[0].lane, rounds, *count)) {
		free(rounds);
		*count = 0;
		return NULL;
	}
	return rounds;
}

size_t rounds_slowest(const struct round *rounds, size_t count)
{
	size_t slowest = 0;

	for (size_t i = 1; i < count; i++)
		if (rounds[i].length_ns > rounds[slowest].length_ns)
			slowest = i;
	return slowest;
}

bool rounds_differ(const struct round *rounds, size_t count)
{
	int64_t slowest_ns = rounds[rounds_slowest(rounds, count)].length_ns;

	return slowest_ns - rounds[0].length_ns > rounds[0].length_ns / 2;
}

/* The unit of all lists: that in which the longest round has at most three digits before the dot.
 */
static int64_t unit_of(int64_t longest_ns, const char **name)
{
	int64_t step = 1;

	while (step < 1000000000 && longest_ns >= step * 1000)
		step *= 1000;
	return axis_unit(step, name);
}

static void list_row(struct buffer *out, const struct timeline_group *group,
                     const struct round *rounds, size_t count, int64_t unit_ns,
                     const struct text_options *options)
{
	struct label name = { .count = 0 };
	struct buffer line = { 0 };
	int column = NAME_WIDTH;
	size_t i;

	label_foreign(&name, group->name, NAME_WIDTH);
	buffer_fill(&line, ' ', (size_t)(NAME_WIDTH - name.width));
	for (int g = 0; g < name.count; g++)
		buffer_text(&line, name.glyphs[g].bytes);
	for (i = 0; i < count; i++) {
		struct label cell = { .count = 0 };
		/* Room for "  … of 1000000, slowest 999.9" behind it, unless it is the last. */
		int after = i + 1 < count ? 30 : 0;

		label_format(&cell, "  %5.1f", (double)rounds[i].length_ns / (double)unit_ns);
		if (column + cell.width + after > options->width)
			break;
		column += cell.width;
		buffer_format(&line, "  %5.1f", (double)rounds[i].length_ns / (double)unit_ns);
	}
	if (i < count)
		buffer_format(&line, "  … of %zu, slowest %.1f", count,
		              (double)rounds[rounds_slowest(rounds, count)].length_ns /
		                      (double)unit_ns);
	cells_print_text(out, line.bytes, options->ascii);
	buffer_char(out, '\n');
	buffer_finish(&line);
}

void rounds_list(struct buffer *out, const struct timeline *timeline,
                 const struct text_options *options)
{
	struct round **rounds = mem_alloc(timeline->group_count, sizeof(*rounds));
	size_t *counts = mem_alloc(timeline->group_count, sizeof(*counts));
	int64_t longest_ns = 0;
	const char *unit;

	for (size_t i = 0; i < timeline->group_count; i++) {
		rounds[i] = rounds_find(&timeline->groups[i], &counts[i]);
		if (!counts[i])
			continue;
		int64_t slowest_ns = rounds[i][rounds_slowest(rounds[i], counts[i])].length_ns;
		longest_ns = slowest_ns > longest_ns ? slowest_ns : longest_ns;
	}
	if (longest_ns) {
		int64_t unit_ns = unit_of(longest_ns, &unit);
		struct buffer heading = { 0 };

		buffer_format(&heading, "   each round, %s\n", unit);
		cells_print_text(out, heading.bytes, options->ascii);
		buffer_finish(&heading);
		for (size_t i = 0; i < timeline->group_count; i++)
			if (counts[i])
				list_row(out, &timeline->groups[i], rounds[i], counts[i], unit_ns,
				         options);
		buffer_char(out, '\n');
	}
	for (size_t i = 0; i < timeline->group_count; i++)
		free(rounds[i]);
	free(rounds);
	free(counts);
}
