/*
 * Text broken into lines of a terminal's width: at its blanks, and inside a word only where the
 * word is wider than a line. What goes on does so under the begin. Texts are escaped.
 */
#ifndef SEAM_VIZ_WRAP_H
#define SEAM_VIZ_WRAP_H

#include "capture/buffer.h"
#include "viz/text.h"

/* column is where out's line ends, indent where the next begin. width of options: at least indent
 * and one. */
struct wrap {
	struct buffer *out;
	const struct text_options *options;
	int indent, column;
};

/* Kept together on one line where a line holds it, else broken at its blanks; `between` stands
 * before it unless it begins a line. */
void wrap_part(struct wrap *wrap, const char *text, const char *between);
/* Word by word. */
void wrap_words(struct wrap *wrap, const char *text);

/*
 * "   repeatable: yes. No ack came closer …": begins a closing line, with its name.
 */
struct wrap wrap_begin(struct buffer *out, const char *name, const struct text_options *options);
/* All of one: name, the words of the text, newline. */
void wrap_line(struct buffer *out, const char *name, const char *text,
               const struct text_options *options);

#endif
