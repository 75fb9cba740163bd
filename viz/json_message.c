#include "viz/json_message.h"

#include "capture/message.h"
#include "viz/moment.h"

static void write_message(struct json_writer *writer, const struct trace *trace,
                          const struct trace_message *message, int64_t zero_ns)
{
	json_object_row(writer, NULL);
	json_text(writer, "endpoint", trace->endpoints[message->endpoint].name);
	json_switch(writer, "sent", message->sent);
	if (message->flow != UINT32_MAX) {
		json_count(writer, "flow", message->flow);
		json_count(writer, "direction", message->direction);
	}
	json_number(writer, "begin_ns", moment_since(zero_ns, message->begin_ns));
	json_number(writer, "end_ns", moment_since(zero_ns, message->end_ns));
	json_count(writer, "first_call", message->first_call);
	json_count(writer, "last_call", message->last_call);
	json_count(writer, "from", message->stream_at);
	json_count(writer, "to", message->stream_at + (message->to - message->from));
	json_count(writer, "body_from", message->stream_at + (message->body_from - message->from));
	json_count(writer, "body_to", message->stream_at + (message->body_to - message->from));
	if (!message->sent) {
		json_text(writer, "verdict",
		          message_verdict_text((enum message_verdict)message->verdict));
		if (message->of != UINT32_MAX)
			json_count(writer, "message", message->of);
		json_count(writer, "spans", message->spans);
	}
	if (message->finding)
		json_text(writer, "finding", message->finding);
	if (message->verdict == MESSAGE_GARBLED)
		json_count(writer, "wrong_at",
		           message->stream_at + (message->wrong_at - message->from));
	json_end(writer);
}

void json_write_messages(struct json_writer *writer, const struct trace *trace, int64_t zero_ns)
{
	if (!trace->message_count)
		return;
	json_array(writer, "messages");
	for (size_t i = 0; i < trace->message_count; i++)
		write_message(writer, trace, &trace->messages[i], zero_ns);
	json_end(writer);
}
