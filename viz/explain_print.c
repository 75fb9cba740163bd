/* Sentences as paragraphs with their moments in the margin, and as JSON. See explain.h. */
#include <string.h>

#include "capture/quantity.h"
#include "viz/cells.h"
#include "viz/explain.h"
#include "viz/json.h"
#include "viz/json_writer.h"
#include "viz/moment.h"
#include "viz/wrap.h"

#define MARGIN 10 /* columns of a moment */
#define GAP    2

void explain_text(struct buffer *out, const struct explain *explain,
                  const struct text_options *asked)
{
	const struct text_options options = text_options_checked(asked);

	for (size_t i = 0; i < explain->count; i++) {
		const struct explain_item *item = &explain->items[i];
		struct wrap wrap = { out, &options, MARGIN + GAP, MARGIN + GAP };
		char moment[QUANTITY_TEXT] = "";
		int width;

		if (!item->total)
			quantity_time(moment, item->at_ns);
		width = cells_width(moment, strlen(moment));
		buffer_fill(out, ' ', (size_t)(width < MARGIN ? MARGIN - width : 0));
		cells_print_text(out, moment, options.ascii);
		buffer_fill(out, ' ', GAP);
		wrap_words(&wrap, item->text);
		buffer_char(out, '\n');
	}
}

static void write_packet(struct json_writer *writer, const char *key, const struct trace *trace,
                         uint32_t packet)
{
	uint32_t frame = packet == LEDGER_NONE ? 0 : trace_frame(trace, packet);

	if (frame)
		json_count(writer, key, frame);
}

static void write_item(struct json_writer *writer, const struct explain *explain,
                       const struct explain_item *item)
{
	json_object_row(writer, NULL);
	json_text(writer, "kind", explain_kind_text(item->kind));
	json_text(writer, "cause", explain_cause_text(item->cause));
	if (item->guessed)
		json_switch(writer, "guessed", true);
	if (item->flow != LEDGER_NONE) {
		json_count(writer, "flow", item->flow);
		json_count(writer, "direction", item->direction);
	}
	if (!item->total)
		json_number(writer, "at_ns", item->at_ns);
	if (item->took_ns)
		json_number(writer, "took_ns", item->took_ns);
	write_packet(writer, "since_frame", explain->trace, item->since);
	write_packet(writer, "frame", explain->trace, item->packet);
	if (item->to > item->from) {
		json_count(writer, "from", item->from);
		json_count(writer, "to", item->to);
	}
	json_text(writer, "text", item->text);
	json_end(writer);
}

void explain_json(struct buffer *out, const struct explain *explain, const char *name)
{
	struct json_writer writer = { .out = out };
	char moment[MOMENT_TEXT];

	json_object(&writer, NULL);
	json_number(&writer, "format", TRACE_FORMAT);
	json_text(&writer, "name", name);
	if (explain->trace->foreign)
		json_switch(&writer, "capture", true);
	json_text(&writer, "zero", moment_text(moment, explain->zero_ns));
	json_array(&writer, "items");
	for (size_t i = 0; i < explain->count; i++)
		write_item(&writer, explain, &explain->items[i]);
	json_end(&writer);
	json_end(&writer);
}
