#include "viz/raster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "viz/coverage.h"
#include "viz/theme.h"

#define CORNER      6 /* straight pieces of a round corner */
#define PERIOD_MOST 64
#define UNIT        16 /* pixels of one colour that are written singly, then copied */

/* Whole pixels, half-open. */
struct rect {
	int left, top, right, bottom;
};

struct raster {
	const struct scene *scene;
	struct raster_image *image;
	struct rect clip;
	struct coverage coverage;
};

static void blend(uint8_t *pixel, uint32_t colour, unsigned alpha)
{
	unsigned rest = 255 - alpha;

	pixel[0] = (uint8_t)(((colour >> 16 & 0xff) * alpha + pixel[0] * rest + 127) / 255);
	pixel[1] = (uint8_t)(((colour >> 8 & 0xff) * alpha + pixel[1] * rest + 127) / 255);
	pixel[2] = (uint8_t)(((colour & 0xff) * alpha + pixel[2] * rest + 127) / 255);
}

static void put(uint8_t *pixel, uint32_t colour)
{
	pixel[0] = (uint8_t)(colour >> 16);
	pixel[1] = (uint8_t)(colour >> 8);
	pixel[2] = (uint8_t)colour;
}

static uint8_t *row_of(const struct raster *raster, int y)
{
	return raster->image->pixels + (size_t)y * (size_t)raster->image->width * 4;
}

/* A pixel of the colour as it lies in memory, opaque. */
static uint32_t pixel_of(uint32_t colour)
{
	uint8_t bytes[4] = { 0, 0, 0, 255 };
	uint32_t pixel;

	put(bytes, colour);
	memcpy(&pixel, bytes, sizeof(pixel));
	return pixel;
}

/* Bytes that begin with one unit, filled with copies of it. */
static void repeat(uint8_t *bytes, size_t unit, size_t length)
{
	for (size_t done = unit; done < length; done *= 2)
		memcpy(bytes + done, bytes, done < length - done ? done : length - done);
}

/* Columns from..to of a row. */
static void fill_span(uint8_t *row, int from, int to, uint32_t colour, unsigned alpha)
{
	uint8_t *pixel = row + (ptrdiff_t)from * 4;
	uint32_t opaque = pixel_of(colour);
	int first = to - from > UNIT ? from + UNIT : to;

	if (alpha == 255) {
		for (int x = from; x < first; x++)
			memcpy(row + (ptrdiff_t)x * 4, &opaque, sizeof(opaque));
		if (first < to)
			repeat(pixel, UNIT * 4, (size_t)(to - from) * 4);
	} else if (alpha) {
		for (int x = from; x < to; x++, pixel += 4)
			blend(pixel, colour, alpha);
	}
}

static void fill_edge(const struct raster *raster, uint8_t *row, int from, int to, int first,
                      uint32_t colour, unsigned alpha)
{
	for (int x = from; x < to; x++) {
		float inside = raster->coverage.inside[x - first];
		unsigned share = (unsigned)(inside * (float)alpha + 0.5f);

		if (share >= 255)
			put(row + (ptrdiff_t)x * 4, colour);
		else if (share)
			blend(row + (ptrdiff_t)x * 4, colour, share);
	}
}

static void fill_polygon(struct raster *raster, const struct coverage_point *points, size_t count,
                         uint32_t colour, uint8_t alpha)
{
	const struct rect *clip = &raster->clip;
	struct coverage *coverage = &raster->coverage;
	struct coverage_span span;

	coverage_begin(coverage, points, count);
	if (!(coverage->top < clip->bottom) || !(coverage->bottom > clip->top))
		return;
	int top = (int)fmax(floor(coverage->top), clip->top);
	int bottom = (int)fmin(ceil(coverage->bottom), clip->bottom);

	for (int y = top; y < bottom; y++) {
		uint8_t *row = row_of(raster, y);

		if (!coverage_row(coverage, y, clip->left, clip->right, &span))
			continue;
		fill_edge(raster, row, span.first, span.solid, span.first, colour, alpha);
		fill_span(row, span.solid, span.solid_end, colour, alpha);
		fill_edge(raster, row, span.solid_end, span.last, span.first, colour, alpha);
	}
}

static struct rect common(struct rect a, struct rect b)
{
	return (struct rect){ a.left > b.left ? a.left : b.left, a.top > b.top ? a.top : b.top,
		              a.right < b.right ? a.right : b.right,
		              a.bottom < b.bottom ? a.bottom : b.bottom };
}

static bool is_empty(const struct rect *rect)
{
	return rect->left >= rect->right || rect->top >= rect->bottom;
}

static struct rect whole(const struct scene_command *command)
{
	return (struct rect){ (int)lroundf(command->x), (int)lroundf(command->y),
		              (int)lroundf(command->x + command->w),
		              (int)lroundf(command->y + command->h) };
}

static void draw_rect(struct raster *raster, const struct scene_command *command)
{
	struct rect rect = common(whole(command), raster->clip);

	for (int y = rect.top; y < rect.bottom; y++)
		fill_span(row_of(raster, y), rect.left, rect.right, command->colour,
		          command->alpha);
}

/* Half of the period is colour, half other, with soft edges, along x + y. */
static void draw_hatch(struct raster *raster, const struct scene_command *command)
{
	uint32_t shades[PERIOD_MOST];
	int period = (int)lroundf(command->detail);
	struct rect rect = common(whole(command), raster->clip);

	if (is_empty(&rect))
		return;
	period = period < 2 ? 2 : period > PERIOD_MOST ? PERIOD_MOST : period;
	for (int i = 0; i < period; i++) {
		double distance = fabs(i + 0.5 - period / 2.0); /* from the middle of colour */
		double share = fmin(fmax(period / 4.0 + 0.5 - distance, 0), 1);

		shades[i] = pixel_of(theme_mix(command->other, command->colour, share));
	}
	int width = rect.right - rect.left, first = width < period ? width : period;
	int phase = (rect.left + rect.top) % period;

	for (int y = rect.top; y < rect.bottom; y++) {
		uint8_t *row = row_of(raster, y) + (ptrdiff_t)rect.left * 4;

		for (int x = 0, shade = phase; x < first; x++) {
			memcpy(row + (ptrdiff_t)x * 4, &shades[shade], sizeof(*shades));
			shade = shade + 1 == period ? 0 : shade + 1;
		}
		if (first < width)
			repeat(row, (size_t)first * 4, (size_t)width * 4);
		phase = phase + 1 == period ? 0 : phase + 1;
	}
}

static size_t round_corners(struct coverage_point *points, double x, double y, double w, double h,
                            double radius)
{
	const double xs[4] = { x + w - radius, x + radius, x + radius, x + w - radius };
	const double ys[4] = { y + h - radius, y + h - radius, y + radius, y + radius };
	size_t count = 0;

	for (int corner = 0; corner < 4; corner++)
		for (int i = 0; i <= CORNER; i++) {
			double angle = (corner + (double)i / CORNER) * M_PI / 2;

			points[count++] =
				(struct coverage_point){ xs[corner] + radius * cos(angle),
				                         ys[corner] + radius * sin(angle) };
		}
	return count;
}

static void draw_round(struct raster *raster, const struct scene_command *command)
{
	struct coverage_point points[4 * (CORNER + 1)];
	double border = command->border, w = command->w, h = command->h;
	double radius = fmin(command->detail, fmin(w, h) / 2);
	size_t count = round_corners(points, command->x, command->y, w, h, radius);

	fill_polygon(raster, points, count, border > 0 ? command->other : command->colour,
	             command->alpha);
	if (border <= 0 || w <= 2 * border || h <= 2 * border)
		return;
	count = round_corners(points, command->x + border, command->y + border, w - 2 * border,
	                      h - 2 * border, fmax(radius - border, 0));
	fill_polygon(raster, points, count, command->colour, command->alpha);
}

static void draw_band(struct raster *raster, const struct scene_command *command)
{
	double x = command->x, y = command->y, w = command->w, h = command->h;
	double skew = command->detail;
	const struct coverage_point points[4] = {
		{ x, y }, { x + w, y }, { x + w + skew, y + h }, { x + skew, y + h }
	};

	fill_polygon(raster, points, 4, command->colour, command->alpha);
}

static void draw_piece(struct raster *raster, const struct scene_command *command, double from,
                       double to)
{
	double dx = command->w - command->x, dy = command->h - command->y;
	double length = hypot(dx, dy), half = command->detail / 2;
	double ux = dx / length, uy = dy / length;
	double x0 = command->x + ux * from, y0 = command->y + uy * from;
	double x1 = command->x + ux * to, y1 = command->y + uy * to;
	const struct coverage_point points[4] = { { x0 - uy * half, y0 + ux * half },
		                                  { x1 - uy * half, y1 + ux * half },
		                                  { x1 + uy * half, y1 - ux * half },
		                                  { x0 + uy * half, y0 - ux * half } };

	fill_polygon(raster, points, 4, command->colour, command->alpha);
}

static void draw_line(struct raster *raster, const struct scene_command *command)
{
	double length = hypot(command->w - command->x, command->h - command->y);
	double dash = command->border;

	if (length <= 0)
		return;
	if (dash < 1) {
		draw_piece(raster, command, 0, length);
		return;
	}
	for (double at = 0; at < length; at += 2 * dash)
		draw_piece(raster, command, at, fmin(at + dash, length));
}

static void draw_arrow(struct raster *raster, const struct scene_command *command)
{
	double length = hypot(command->w, command->h), size = command->detail;
	double ux = command->w / length, uy = command->h / length, half = size * 0.4;
	double x = command->x - ux * size, y = command->y - uy * size;
	const struct coverage_point points[3] = { { command->x, command->y },
		                                  { x - uy * half, y + ux * half },
		                                  { x + uy * half, y - ux * half } };

	if (length > 0)
		fill_polygon(raster, points, 3, command->colour, command->alpha);
}

static void draw_glyph(struct raster *raster, const struct font_glyph *glyph, int x, int y,
                       const struct scene_command *command)
{
	const struct rect *clip = &raster->clip;
	int left = x + glyph->left, top = y + glyph->top;
	int from = left < clip->left ? clip->left - left : 0;
	int to = left + glyph->width > clip->right ? clip->right - left : glyph->width;

	for (int row = 0; row < glyph->height; row++) {
		const uint8_t *ink = glyph->coverage + row * glyph->width;
		uint8_t *pixels;

		if (top + row < clip->top || top + row >= clip->bottom)
			continue;
		pixels = row_of(raster, top + row) + (ptrdiff_t)left * 4;
		for (int i = from; i < to; i++)
			if (ink[i])
				blend(pixels + i * 4, command->colour,
				      ink[i] * (unsigned)command->alpha / 255);
	}
}

static void draw_text(struct raster *raster, const struct scene_command *command)
{
	const char *text = raster->scene->texts.bytes + command->text;
	int y = (int)lroundf(command->y);
	double pen = command->x, advance;

	for (size_t at = 0; at < command->length;) {
		unsigned code = font_next(text, command->length, &at);
		double steps = floor(pen * FONT_PHASES + 0.5);
		int x = (int)floor(steps / FONT_PHASES);
		unsigned phase = (unsigned)(steps - (double)x * FONT_PHASES);
		const struct font_glyph *glyph = font_glyph(raster->scene->font, command->face,
		                                            command->detail, code, phase, &advance);

		if (glyph->coverage)
			draw_glyph(raster, glyph, x, y, command);
		pen += advance;
	}
}

static void set_clip(struct raster *raster, const struct scene_command *command)
{
	struct rect all = { 0, 0, raster->image->width, raster->image->height };

	raster->clip = command->w > 0 ? common(whole(command), all) : all;
	if (is_empty(&raster->clip))
		raster->clip = (struct rect){ 0, 0, 0, 0 };
}

static void draw(struct raster *raster, const struct scene_command *command)
{
	switch ((enum scene_kind)command->kind) {
	case SCENE_RECT: draw_rect(raster, command); break;
	case SCENE_HATCH: draw_hatch(raster, command); break;
	case SCENE_ROUND: draw_round(raster, command); break;
	case SCENE_BAND: draw_band(raster, command); break;
	case SCENE_LINE: draw_line(raster, command); break;
	case SCENE_ARROW: draw_arrow(raster, command); break;
	case SCENE_TEXT: draw_text(raster, command); break;
	case SCENE_CLIP: set_clip(raster, command); break;
	}
}

int raster_render(const struct scene *scene, struct raster_image *image, struct err *err)
{
	*image = (struct raster_image){ 0 };
	return raster_draw(scene, image, err);
}

static void make_room(const struct scene *scene, struct raster_image *image)
{
	if (image->pixels && image->width == scene->width && image->height == scene->height)
		return;
	raster_finish(image);
	*image = (struct raster_image){ scene->width, scene->height, NULL };
	image->pixels = mem_alloc((size_t)image->width * (size_t)image->height, 4);
}

int raster_draw(const struct scene *scene, struct raster_image *image, struct err *err)
{
	struct raster raster = { .scene = scene, .image = image };
	const struct scene_command all = { .kind = SCENE_CLIP };

	if (scene->width < 1 || scene->height < 1 || scene->width > RASTER_MOST ||
	    scene->height > RASTER_MOST)
		return err_input(err,
		                 "cannot draw a picture of %d × %d pixels: a side has 1 to %d; "
		                 "choose another width, height or scale, or fewer recordings",
		                 scene->width, scene->height, RASTER_MOST);
	make_room(scene, image);
	set_clip(&raster, &all);
	for (int y = 0; y < image->height; y++)
		fill_span(row_of(&raster, y), 0, image->width, scene->background, 255);
	for (size_t i = 0; i < scene->count; i++)
		draw(&raster, &scene->commands[i]);
	coverage_finish(&raster.coverage);
	return 0;
}

void raster_finish(struct raster_image *image)
{
	free(image->pixels);
	*image = (struct raster_image){ 0 };
}
