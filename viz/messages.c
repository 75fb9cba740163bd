#include "viz/messages.h"

#include <inttypes.h>

#include "capture/message.h"
#include "viz/cells.h"
#include "viz/wrap.h"

#define NAME_WIDTH 13 /* as wide as the gutter */
#define GAP        3
#define FINDINGS   3 /* told of each group */

static void add_name(struct buffer *out, const char *name, const struct text_options *options)
{
	struct label label = { .count = 0 };

	label_foreign(&label, name, NAME_WIDTH);
	buffer_fill(out, ' ', (size_t)(NAME_WIDTH - label.width));
	for (int i = 0; i < label.count; i++)
		cells_print_text(out, label.glyphs[i].bytes, options->ascii);
	buffer_fill(out, ' ', GAP);
}

static void add_line(struct buffer *out, const char *text, bool goes_on,
                     const struct text_options *options)
{
	struct wrap wrap = { out, options, NAME_WIDTH + GAP, NAME_WIDTH + GAP };

	if (goes_on)
		buffer_fill(out, ' ', NAME_WIDTH + GAP);
	wrap_words(&wrap, text);
	buffer_char(out, '\n');
}

static void add_findings(struct buffer *out, const struct trace *trace,
                         const struct text_options *options)
{
	size_t told = 0;

	for (size_t i = 0; i < trace->message_count && told < FINDINGS; i++) {
		const struct trace_message *message = &trace->messages[i];
		struct buffer text = { 0 };

		if (message->sent || message->verdict != MESSAGE_GARBLED)
			continue;
		buffer_format(&text, "%s, byte %" PRIu64 ": ",
		              trace->endpoints[message->endpoint].name, message->wrong_at);
		if (message->finding)
			buffer_text(&text, message->finding);
		else if (message->wrong_at == message->from)
			buffer_text(&text, "a header was read where none was sent");
		else
			buffer_format(&text, "%" PRIu64 " B were taken for a whole header",
			              message->body_from - message->from);
		add_line(out, text.bytes, true, options);
		buffer_finish(&text);
		told++;
	}
}

void messages_summary(struct buffer *out, const struct timeline *timeline,
                      const struct text_options *options)
{
	bool any = false;

	for (size_t i = 0; i < timeline->group_count; i++) {
		const struct trace *trace = timeline->groups[i].trace;
		struct message_counts counts = { 0 };
		struct buffer text = { 0 };

		if (!trace->message_count)
			continue;
		if (!any)
			buffer_text(out, "\n   messages\n");
		any = true;
		for (size_t k = 0; k < trace->message_count; k++)
			message_add(&counts, &trace->messages[k]);
		message_describe(&text, &counts);
		add_name(out, timeline->groups[i].name, options);
		add_line(out, text.bytes, false, options);
		add_findings(out, trace, options);
		buffer_finish(&text);
	}
}
