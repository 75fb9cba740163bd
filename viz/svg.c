#include "viz/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"

#define REPLACEMENT 0xfffd

/* The areas and stripes that are used, each once: by them the commands refer to the definitions. */
struct svg {
	struct buffer *out;
	const struct scene *scene;
	struct scene_command *clips, *hatches;
	size_t clip_count, clip_capacity, hatch_count, hatch_capacity;
	bool clipped; /* a group is open */
};

/* ---- values ---- */

/* In hundredths, without a locale's comma: "12", "0.5", "-3.25". */
static void add_number(struct buffer *out, double value)
{
	long long hundredths = llround(value * 100);
	unsigned long long size = hundredths < 0 ? 0ULL - (unsigned long long)hundredths
	                                         : (unsigned long long)hundredths;

	buffer_format(out, "%s%llu", hundredths < 0 ? "-" : "", size / 100);
	if (size % 100)
		buffer_format(out, size % 10 ? ".%02llu" : ".%llu",
		              size % 10 ? size % 100 : size % 100 / 10);
}

/* ' name="12.5"' */
static void add_attribute(struct buffer *out, const char *name, double value)
{
	buffer_format(out, " %s=\"", name);
	add_number(out, value);
	buffer_char(out, '"');
}

static void add_paint(struct buffer *out, const char *name, uint32_t colour, uint8_t alpha)
{
	buffer_format(out, " %s=\"#%06x\"", name, (unsigned)(colour & 0xffffff));
	if (alpha == 255)
		return;
	buffer_format(out, " %s-opacity=\"", name);
	add_number(out, alpha / 255.0);
	buffer_char(out, '"');
}

/* XML 1.0, production 2: what a document may hold. */
static bool is_allowed(unsigned code)
{
	return code == '\t' || (code >= 0x20 && code <= 0xd7ff) ||
	       (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

static void add_code(struct buffer *out, unsigned code)
{
	if (code < 0x80) {
		buffer_char(out, (char)code);
		return;
	}
	if (code < 0x800) {
		buffer_char(out, (char)(0xc0 | code >> 6));
	} else {
		if (code < 0x10000) {
			buffer_char(out, (char)(0xe0 | code >> 12));
		} else {
			buffer_char(out, (char)(0xf0 | code >> 18));
			buffer_char(out, (char)(0x80 | (code >> 12 & 0x3f)));
		}
		buffer_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
	}
	buffer_char(out, (char)(0x80 | (code & 0x3f)));
}

static void add_escaped(struct buffer *out, const char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		unsigned code = font_next(text, length, &at);

		if (code == '&')
			buffer_text(out, "&amp;");
		else if (code == '<')
			buffer_text(out, "&lt;");
		else if (code == '>')
			buffer_text(out, "&gt;");
		else
			add_code(out, is_allowed(code) ? code : REPLACEMENT);
	}
}

static void add_box(struct buffer *out, double x, double y, double w, double h)
{
	add_attribute(out, "x", x);
	add_attribute(out, "y", y);
	add_attribute(out, "width", fmax(w, 0));
	add_attribute(out, "height", fmax(h, 0));
}

/* Whole pixels, as raster.c rounds them. */
static void add_whole(struct buffer *out, const struct scene_command *command)
{
	double x = round(command->x), y = round(command->y);

	add_box(out, x, y, round(command->x + command->w) - x, round(command->y + command->h) - y);
}

static void add_points(struct buffer *out, const double (*points)[2], size_t count)
{
	buffer_text(out, "<polygon points=\"");
	for (size_t i = 0; i < count; i++) {
		if (i)
			buffer_char(out, ' ');
		add_number(out, points[i][0]);
		buffer_char(out, ',');
		add_number(out, points[i][1]);
	}
	buffer_char(out, '"');
}

/* ---- definitions ---- */

static bool same_hatch(const struct scene_command *a, const struct scene_command *b)
{
	return a->colour == b->colour && a->other == b->other && a->detail == b->detail;
}

static bool same_clip(const struct scene_command *a, const struct scene_command *b)
{
	return a->x == b->x && a->y == b->y && a->w == b->w && a->h == b->h;
}

/* Their number in the list, count if they are not in it yet. The newest are asked first: pictures
 * have few, and use the same for a while. */
static size_t find(const struct scene_command *list, size_t count, const struct scene_command *like,
                   bool (*same)(const struct scene_command *a, const struct scene_command *b))
{
	for (size_t i = count; i-- > 0;)
		if (same(&list[i], like))
			return i;
	return count;
}

static void collect(struct svg *svg)
{
	for (size_t i = 0; i < svg->scene->count; i++) {
		const struct scene_command *command = &svg->scene->commands[i];

		if (command->kind == SCENE_HATCH &&
		    find(svg->hatches, svg->hatch_count, command, same_hatch) == svg->hatch_count) {
			svg->hatches = mem_grow(svg->hatches, &svg->hatch_capacity,
			                        svg->hatch_count, sizeof(*svg->hatches));
			svg->hatches[svg->hatch_count++] = *command;
		}
		if (command->kind == SCENE_CLIP && command->w > 0 &&
		    find(svg->clips, svg->clip_count, command, same_clip) == svg->clip_count) {
			svg->clips = mem_grow(svg->clips, &svg->clip_capacity, svg->clip_count,
			                      sizeof(*svg->clips));
			svg->clips[svg->clip_count++] = *command;
		}
	}
}

/* Stripes where x + y is in the middle half of a period: in a square tile of one period they are
 * two bands across, the second from the next period. */
static void define_hatch(struct buffer *out, const struct scene_command *hatch, size_t index)
{
	double p = fmax(round(hatch->detail), 2), from = p / 4, to = 3 * p / 4;
	const double first[4][2] = { { from, 0 }, { to, 0 }, { 0, to }, { 0, from } };
	const double second[4][2] = { { p, from }, { p, to }, { to, p }, { from, p } };

	buffer_format(out, "<pattern id=\"h%zu\" patternUnits=\"userSpaceOnUse\"", index);
	add_attribute(out, "width", p);
	add_attribute(out, "height", p);
	buffer_text(out, "><rect");
	add_box(out, 0, 0, p, p);
	add_paint(out, "fill", hatch->other, 255);
	buffer_text(out, "/>");
	add_points(out, first, 4);
	add_paint(out, "fill", hatch->colour, 255);
	buffer_text(out, "/>");
	add_points(out, second, 4);
	add_paint(out, "fill", hatch->colour, 255);
	buffer_text(out, "/></pattern>\n");
}

static void define(struct svg *svg)
{
	if (!svg->clip_count && !svg->hatch_count)
		return;
	buffer_text(svg->out, "<defs>\n");
	for (size_t i = 0; i < svg->clip_count; i++) {
		buffer_format(svg->out, "<clipPath id=\"c%zu\"><rect", i);
		add_whole(svg->out, &svg->clips[i]);
		buffer_text(svg->out, "/></clipPath>\n");
	}
	for (size_t i = 0; i < svg->hatch_count; i++)
		define_hatch(svg->out, &svg->hatches[i], i);
	buffer_text(svg->out, "</defs>\n");
}

/* ---- commands ---- */

static void add_rect(struct buffer *out, const struct scene_command *command)
{
	buffer_text(out, "<rect");
	add_whole(out, command);
	add_paint(out, "fill", command->colour, command->alpha);
	buffer_text(out, "/>\n");
}

static void add_hatch(const struct svg *svg, const struct scene_command *command)
{
	size_t index = find(svg->hatches, svg->hatch_count, command, same_hatch);

	buffer_text(svg->out, "<rect");
	add_whole(svg->out, command);
	buffer_format(svg->out, " fill=\"url(#h%zu)\"/>\n", index);
}

/* A stroke lies on the middle of its line, the border inside of the edge. */
static void add_round(struct buffer *out, const struct scene_command *command)
{
	double border = fmax(command->border, 0), w = command->w, h = command->h;
	double radius = fmin(command->detail, fmin(w, h) / 2);
	bool thin = border > 0 && (w <= 2 * border || h <= 2 * border);

	if (thin)
		border = 0;
	buffer_text(out, "<rect");
	add_box(out, command->x + border / 2, command->y + border / 2, w - border, h - border);
	add_attribute(out, "rx", fmax(radius - border / 2, 0));
	add_paint(out, "fill", thin ? command->other : command->colour, command->alpha);
	if (border > 0) {
		add_paint(out, "stroke", command->other, command->alpha);
		add_attribute(out, "stroke-width", border);
	}
	buffer_text(out, "/>\n");
}

static void add_band(struct buffer *out, const struct scene_command *command)
{
	double x = command->x, y = command->y, w = command->w, h = command->h;
	double skew = command->detail;
	const double points[4][2] = {
		{ x, y }, { x + w, y }, { x + w + skew, y + h }, { x + skew, y + h }
	};

	add_points(out, points, 4);
	add_paint(out, "fill", command->colour, command->alpha);
	buffer_text(out, "/>\n");
}

static void add_line(struct buffer *out, const struct scene_command *command)
{
	if (command->w == command->x && command->h == command->y)
		return;
	buffer_text(out, "<line");
	add_attribute(out, "x1", command->x);
	add_attribute(out, "y1", command->y);
	add_attribute(out, "x2", command->w);
	add_attribute(out, "y2", command->h);
	add_paint(out, "stroke", command->colour, command->alpha);
	add_attribute(out, "stroke-width", command->detail);
	if (command->border >= 1)
		add_attribute(out, "stroke-dasharray", command->border);
	buffer_text(out, "/>\n");
}

static void add_arrow(struct buffer *out, const struct scene_command *command)
{
	double length = hypot(command->w, command->h), size = command->detail;

	if (!(length > 0))
		return;
	double ux = command->w / length, uy = command->h / length, half = size * 0.4;
	double x = command->x - ux * size, y = command->y - uy * size;
	const double points[3][2] = { { command->x, command->y },
		                      { x - uy * half, y + ux * half },
		                      { x + uy * half, y - ux * half } };

	add_points(out, points, 3);
	add_paint(out, "fill", command->colour, command->alpha);
	buffer_text(out, "/>\n");
}

/* XML joins blanks at the ends and beside each other, unless it is told not to. */
static bool has_blanks(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] == ' ' && (!i || i + 1 == length || text[i + 1] == ' '))
			return true;
	return false;
}

static void add_text(const struct svg *svg, const struct scene_command *command)
{
	const char *text = svg->scene->texts.bytes + command->text;
	struct buffer *out = svg->out;

	if (!command->length)
		return;
	buffer_text(out, "<text");
	add_attribute(out, "x", command->x);
	add_attribute(out, "y", round(command->y));
	add_attribute(out, "font-size", command->detail);
	if (command->face == FONT_BOLD)
		buffer_text(out, " font-weight=\"bold\"");
	if (command->face == FONT_MONO)
		buffer_text(out, " font-family=\"DejaVu Sans Mono, monospace\"");
	add_paint(out, "fill", command->colour, command->alpha);
	if (command->w > 0) {
		add_attribute(out, "textLength", command->w);
		buffer_text(out, " lengthAdjust=\"spacingAndGlyphs\"");
	}
	if (has_blanks(text, command->length))
		buffer_text(out, " xml:space=\"preserve\"");
	buffer_char(out, '>');
	add_escaped(out, text, command->length);
	buffer_text(out, "</text>\n");
}

static void set_clip(struct svg *svg, const struct scene_command *command)
{
	if (svg->clipped)
		buffer_text(svg->out, "</g>\n");
	svg->clipped = command->w > 0;
	if (svg->clipped)
		buffer_format(svg->out, "<g clip-path=\"url(#c%zu)\">\n",
		              find(svg->clips, svg->clip_count, command, same_clip));
}

static void add(struct svg *svg, const struct scene_command *command)
{
	switch ((enum scene_kind)command->kind) {
	case SCENE_RECT: add_rect(svg->out, command); break;
	case SCENE_HATCH: add_hatch(svg, command); break;
	case SCENE_ROUND: add_round(svg->out, command); break;
	case SCENE_BAND: add_band(svg->out, command); break;
	case SCENE_LINE: add_line(svg->out, command); break;
	case SCENE_ARROW: add_arrow(svg->out, command); break;
	case SCENE_TEXT: add_text(svg, command); break;
	case SCENE_CLIP: set_clip(svg, command); break;
	}
}

void svg_encode(struct buffer *out, const struct scene *scene, const char *title)
{
	const struct scene_command all = { .kind = SCENE_CLIP };
	struct svg svg = { .out = out, .scene = scene };

	collect(&svg);
	buffer_format(out,
	              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	              "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%d\" "
	              "height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\"DejaVu Sans, Verdana, "
	              "sans-serif\">\n",
	              scene->width, scene->height, scene->width, scene->height);
	if (title) {
		buffer_text(out, "<title>");
		add_escaped(out, title, strlen(title));
		buffer_text(out, "</title>\n");
	}
	define(&svg);
	buffer_text(out, "<rect width=\"100%\" height=\"100%\"");
	add_paint(out, "fill", scene->background, 255);
	buffer_text(out, "/>\n");
	for (size_t i = 0; i < scene->count; i++)
		add(&svg, &scene->commands[i]);
	set_clip(&svg, &all);
	buffer_text(out, "</svg>\n");
	free(svg.clips);
	free(svg.hatches);
}
