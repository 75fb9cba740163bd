#include "viz/json_writer.h"

#include <assert.h>
#include <string.h>

#include "capture/escape.h"

static void new_line(struct json_writer *writer)
{
	buffer_char(writer->out, '\n');
	buffer_fill(writer->out, ' ', 2 * (size_t)writer->depth);
}

/* The comma, the layout and the key in front of a member. */
static void begin_member(struct json_writer *writer, const char *key)
{
	if (writer->depth) {
		bool *has_members = &writer->has_members[writer->depth - 1];

		if (*has_members)
			buffer_char(writer->out, ',');
		if (writer->pretty && !writer->rows)
			new_line(writer);
		else if (*has_members)
			buffer_char(writer->out, ' ');
		*has_members = true;
	}
	if (key) {
		buffer_char(writer->out, '"');
		buffer_text(writer->out, key);
		buffer_text(writer->out, "\": ");
	}
}

static void begin(struct json_writer *writer, const char *key, char opening, char closing, bool row)
{
	assert(writer->depth < JSON_DEPTH_MAX);
	begin_member(writer, key);
	buffer_char(writer->out, opening);
	writer->has_members[writer->depth] = false;
	writer->closing[writer->depth] = closing;
	writer->depth++;
	if (row || writer->rows)
		writer->rows++;
}

void json_object(struct json_writer *writer, const char *key)
{
	begin(writer, key, '{', '}', false);
}

void json_array(struct json_writer *writer, const char *key)
{
	begin(writer, key, '[', ']', false);
}

void json_object_row(struct json_writer *writer, const char *key)
{
	begin(writer, key, '{', '}', true);
}

void json_array_row(struct json_writer *writer, const char *key)
{
	begin(writer, key, '[', ']', true);
}

void json_end(struct json_writer *writer)
{
	assert(writer->depth);
	writer->depth--;
	if (writer->pretty && !writer->rows && writer->has_members[writer->depth])
		new_line(writer);
	if (writer->rows)
		writer->rows--;
	buffer_char(writer->out, writer->closing[writer->depth]);
	if (!writer->depth)
		buffer_char(writer->out, '\n');
}

/* Most of a long recording's JSON is numbers. */
static void digits(struct buffer *out, uint64_t value)
{
	char text[20];
	size_t at = sizeof(text);

	do
		text[--at] = (char)('0' + value % 10);
	while (value /= 10);
	buffer_add(out, text + at, sizeof(text) - at);
}

void json_number(struct json_writer *writer, const char *key, int64_t value)
{
	begin_member(writer, key);
	if (value < 0)
		buffer_char(writer->out, '-');
	digits(writer->out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void json_count(struct json_writer *writer, const char *key, uint64_t value)
{
	begin_member(writer, key);
	digits(writer->out, value);
}

void json_switch(struct json_writer *writer, const char *key, bool value)
{
	begin_member(writer, key);
	buffer_text(writer->out, value ? "true" : "false");
}

void json_text(struct json_writer *writer, const char *key, const char *text)
{
	if (text)
		json_bytes(writer, key, text, strlen(text));
}

void json_bytes(struct json_writer *writer, const char *key, const void *bytes, size_t length)
{
	begin_member(writer, key);
	escape_json(writer->out, bytes, length);
}
