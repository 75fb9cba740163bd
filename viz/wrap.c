#include "viz/wrap.h"

#include <string.h>

#include "capture/escape.h"
#include "viz/cells.h"

#define MARGIN 3
#define INDENT 15 /* columns of "   repeatable: " */
#define WIDEST 2  /* columns of a character */

static void next_line(struct wrap *wrap)
{
	buffer_char(wrap->out, '\n');
	buffer_fill(wrap->out, ' ', (size_t)wrap->indent);
	wrap->column = wrap->indent;
}

static void print(struct wrap *wrap, const char *text, size_t length)
{
	struct buffer piece = { 0 };

	buffer_add(&piece, text, length);
	cells_print_text(wrap->out, piece.bytes, wrap->options->ascii);
	wrap->column += cells_width(text, length);
	buffer_finish(&piece);
}

/* Cut only where it is wider than a line. */
static void add_word(struct wrap *wrap, const char *word, size_t length, const char *between)
{
	int width = cells_width(word, length), gap = cells_width(between, strlen(between));

	if (wrap->column > wrap->indent && wrap->column + gap + width > wrap->options->width)
		next_line(wrap);
	else if (wrap->column > wrap->indent && gap)
		print(wrap, between, strlen(between));
	while (length) {
		size_t fits = cells_fit(word, length, wrap->options->width - wrap->column);

		/* However narrow it is, a line holds a character. */
		if (!fits && wrap->column == wrap->indent)
			fits = cells_fit(word, length, WIDEST);
		if (fits)
			print(wrap, word, fits);
		word += fits;
		length -= fits;
		if (length)
			next_line(wrap);
	}
}

static void add_words(struct wrap *wrap, const char *text)
{
	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t length = strcspn(text, " ");

		add_word(wrap, text, length, " ");
		text += length;
	}
}

void wrap_part(struct wrap *wrap, const char *text, const char *between)
{
	struct buffer safe = { 0 };

	escape_terminal(&safe, text, strlen(text));
	if (!safe.length)
		return;
	if (cells_width(safe.bytes, safe.length) <= wrap->options->width - wrap->indent) {
		add_word(wrap, safe.bytes, safe.length, between);
	} else {
		if (wrap->column > wrap->indent)
			next_line(wrap);
		add_words(wrap, safe.bytes);
	}
	buffer_finish(&safe);
}

void wrap_words(struct wrap *wrap, const char *text)
{
	struct buffer safe = { 0 };

	escape_terminal(&safe, text, strlen(text));
	if (safe.length)
		add_words(wrap, safe.bytes);
	buffer_finish(&safe);
}

struct wrap wrap_begin(struct buffer *out, const char *name, const struct text_options *options)
{
	int width = cells_width(name, strlen(name)), indent = INDENT;

	if (MARGIN + width >= indent)
		indent = MARGIN + width + 1;
	buffer_fill(out, ' ', MARGIN);
	buffer_text(out, name);
	buffer_fill(out, ' ', (size_t)(indent - MARGIN - width));
	return (struct wrap){ out, options, indent, indent };
}

void wrap_line(struct buffer *out, const char *name, const char *text,
               const struct text_options *options)
{
	struct wrap wrap = wrap_begin(out, name, options);

	wrap_words(&wrap, text);
	buffer_char(out, '\n');
}
