/*
 * What a window does with a recording, without the window: reads it, and draws it at 1920 × 1080 at
 * every zoom level and many places, panning from frame to frame, with the cursor moving through it,
 * and zooming in on a point and out again. The worst frame of each is told by its place, to be
 * drawn again.
 *
 *   view_bench RECORDING [--json]
 *   view_bench RECORDING FROM_NS SPAN_NS CURSOR_NS|- [FILE.png]    that place, many times
 */
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture/ledger.h"
#include "capture/mem.h"
#include "capture/trace.h"
#include "viz/details.h"
#include "viz/font.h"
#include "viz/item.h"
#include "viz/png.h"
#include "viz/raster.h"
#include "viz/scene.h"
#include "viz/timeline.h"
#include "viz/view.h"

#define WIDTH   1920
#define HEIGHT  1080
#define PLACES  5  /* a zoom level */
#define FRAMES  12 /* panned from each place */
#define ZOOM    4.0
#define NEAREST 4000.0 /* ns in sight at last */
#define NOTCH   1.15   /* of zooming in on a point */
#define AGAIN   50     /* frames of one place */

/* A frame: what it took, and of what. */
struct frame {
	double ms, build_ms;
	double own_ms; /* of the processor: without what others took from it meanwhile */
	double from_ns, span_ns;
	int64_t cursor_ns;
	size_t commands;
};

struct stage {
	const char *name;
	double seconds, bytes;
};

struct bench {
	struct trace trace;
	struct ledger ledger;
	struct timeline timeline;
	struct item_steps steps;
	struct scene_index *index;
	struct stage stages[5];
	size_t stage_count;
	double at_s;
	size_t at_bytes;
	struct frame *frames;
	size_t frame_count, frame_capacity;

	/* What a frame is drawn with. */
	struct font *font;
	struct raster_image image;
	struct view view;
	struct view_targets targets;
	struct view_model model;
	struct details details;
	struct scene_options options;
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double own_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t heap(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void begin(struct bench *bench)
{
	bench->at_bytes = heap();
	bench->at_s = seconds();
}

static void end(struct bench *bench, const char *name)
{
	bench->stages[bench->stage_count++] =
		(struct stage){ name, seconds() - bench->at_s,
		                (double)heap() - (double)bench->at_bytes };
}

static int load(struct bench *bench, const char *path, struct err *err)
{
	const struct ledger *ledgers = &bench->ledger;

	begin(bench);
	if (trace_open(path, &bench->trace, err) != 0)
		return -1;
	end(bench, "read");
	begin(bench);
	ledger_build(&bench->ledger, &bench->trace);
	end(bench, "account");
	begin(bench);
	timeline_build(&bench->timeline, &ledgers, 1);
	end(bench, "lay out");
	begin(bench);
	item_steps_build(&bench->steps, &bench->timeline);
	end(bench, "steps");
	begin(bench);
	bench->index = scene_index_new(&bench->timeline);
	end(bench, "index");
	return 0;
}

static int by_time(const void *one, const void *two)
{
	double a = ((const struct frame *)one)->ms, b = ((const struct frame *)two)->ms;

	return (a > b) - (a < b);
}

static int by_own_time(const void *one, const void *two)
{
	double a = ((const struct frame *)one)->own_ms, b = ((const struct frame *)two)->own_ms;

	return (a > b) - (a < b);
}

/* Of the processor's time. Sorts them. */
static double own_share(struct frame *frames, size_t count, double part)
{
	size_t at = (size_t)((double)count * part);

	qsort(frames, count, sizeof(*frames), by_own_time);
	return frames[at < count ? at : count - 1].own_ms;
}

/* Sorts them. */
static const struct frame *share(struct frame *frames, size_t count, double part)
{
	size_t at = (size_t)((double)count * part);

	qsort(frames, count, sizeof(*frames), by_time);
	return &frames[at < count ? at : count - 1];
}

static void open_window(struct bench *bench)
{
	const struct details_options none = { 0 };
	struct err err = { 0 };

	bench->font = font_open(&err);
	if (!bench->font) {
		fprintf(stderr, "view_bench: %s\n", err.text);
		exit(3);
	}
	bench->model = (struct view_model){ .timeline = &bench->timeline,
		                            .steps = &bench->steps,
		                            .targets = &bench->targets };
	bench->options = (struct scene_options){ .font = bench->font,
		                                 .width = WIDTH,
		                                 .height = HEIGHT,
		                                 .scale = 1,
		                                 .view = &bench->view,
		                                 .model = &bench->model,
		                                 .targets = &bench->targets,
		                                 .layout = &bench->model.layout,
		                                 .details = &bench->details,
		                                 .index = bench->index };
	view_init(&bench->view, &bench->timeline, WIDTH, HEIGHT);
	details_build(&bench->details, &bench->timeline, bench->view.selected, &none);
}

static void close_window(struct bench *bench)
{
	details_finish(&bench->details);
	raster_finish(&bench->image);
	free(bench->targets.list);
	font_close(bench->font);
}

static void draw_frame(struct bench *bench, double from_ns, double span_ns, int64_t cursor_ns)
{
	struct view *view = &bench->view;
	struct scene scene = { 0 };
	struct err err = { 0 };
	double begin, built, own;

	view->from_ns = view->to_from_ns = from_ns;
	view->span_ns = view->to_span_ns = span_ns;
	view->cursor_ns = cursor_ns;
	own = own_seconds();
	begin = seconds();
	scene_build(&scene, &bench->timeline, &bench->options);
	built = seconds();
	if (raster_draw(&scene, &bench->image, &err) != 0)
		abort();
	bench->frames = mem_grow(bench->frames, &bench->frame_capacity, bench->frame_count,
	                         sizeof(*bench->frames));
	bench->frames[bench->frame_count++] = (struct frame){ (seconds() - begin) * 1e3,
		                                              (built - begin) * 1e3,
		                                              (own_seconds() - own) * 1e3,
		                                              from_ns,
		                                              span_ns,
		                                              cursor_ns,
		                                              scene.count };
	scene_finish(&scene);
}

static double somewhere(struct bench *bench, unsigned *random, double span_ns)
{
	*random = *random * 1103515245 + 12345;
	return fmax(0, bench->view.end_ns - span_ns) * (*random >> 8) / (1 << 24);
}

/* Frames panned by a tenth of the plot, the cursor with them where there is one. */
static void pan(struct bench *bench, double span_ns, bool cursor)
{
	unsigned random = 7;

	for (int place = 0; place < PLACES; place++) {
		double from_ns = somewhere(bench, &random, span_ns);

		for (int i = 0; i < FRAMES; i++) {
			from_ns += span_ns / 10;
			draw_frame(bench, from_ns, span_ns,
			           cursor ? (int64_t)(from_ns + span_ns / 2) : VIEW_NO_TIME);
		}
	}
}

static void pan_alone(struct bench *bench, double span_ns)
{
	pan(bench, span_ns, false);
}

static void pan_with_cursor(struct bench *bench, double span_ns)
{
	pan(bench, span_ns, true);
}

/* The picture stays, the cursor moves through it. */
static void move_cursor(struct bench *bench, double span_ns)
{
	unsigned random = 11;

	for (int place = 0; place < PLACES; place++) {
		double from_ns = somewhere(bench, &random, span_ns);

		for (int i = 0; i < FRAMES; i++)
			draw_frame(bench, from_ns, span_ns,
			           (int64_t)(from_ns + span_ns * (i + 0.5) / FRAMES));
	}
}

/* From one level to the next and back, around a point that stays where it is. */
static void zoom(struct bench *bench, double span_ns)
{
	unsigned random = 13;

	for (int place = 0; place < PLACES; place++) {
		double point_ns = somewhere(bench, &random, span_ns) + span_ns / 3;
		double least = fmax(span_ns / ZOOM, NEAREST), span = span_ns;

		for (; span > least; span /= NOTCH)
			draw_frame(bench, point_ns - span / 3, span, VIEW_NO_TIME);
		for (; span < span_ns; span *= NOTCH)
			draw_frame(bench, point_ns - span / 3, span, VIEW_NO_TIME);
	}
}

static void print_span(double span_ns)
{
	const char *unit = span_ns >= 1e9 ? "s" : span_ns >= 1e6 ? "ms" : "us";
	double one = span_ns >= 1e9 ? 1e9 : span_ns >= 1e6 ? 1e6 : 1e3;
	char text[32];

	snprintf(text, sizeof(text), "%.4g %s", span_ns / one, unit);
	printf("%-14s", text);
}

static void print_place(const struct frame *frame)
{
	printf("%.0f %.0f ", frame->from_ns, frame->span_ns);
	if (frame->cursor_ns == VIEW_NO_TIME)
		printf("-");
	else
		printf("%lld", (long long)frame->cursor_ns);
}

static void print_frames(struct frame *frames, size_t count)
{
	const struct frame *worst;

	printf("%8.1f", own_share(frames, count, 0.5));
	printf("%8.1f", own_share(frames, count, 0.99));
	printf("%8.1f", share(frames, count, 0.5)->ms);
	printf("%8.1f", share(frames, count, 0.99)->ms);
	worst = share(frames, count, 1);
	printf("%8.1f%8.1f%9zu   ", worst->ms, worst->build_ms, worst->commands);
	print_place(worst);
	printf("\n");
}

static void measure_frames(struct bench *bench, bool json)
{
	static const struct {
		const char *name;
		void (*draw)(struct bench *bench, double span_ns);
	} moves[] = { { "panning", pan_alone },
		      { "panning with a cursor", pan_with_cursor },
		      { "moving the cursor", move_cursor },
		      { "zooming in and out", zoom } };
	const double whole_ns = bench->view.span_ns;

	for (size_t i = 0; i < sizeof(moves) / sizeof(*moves); i++) {
		if (!json)
			printf("%s, ms a frame\nin sight      own median   p99  median     p99"
			       "    most   built commands   where the most was\n",
			       moves[i].name);
		for (double span = whole_ns; span > NEAREST; span /= ZOOM) {
			size_t before = bench->frame_count;

			moves[i].draw(bench, span);
			if (json)
				continue;
			print_span(span);
			print_frames(bench->frames + before, bench->frame_count - before);
		}
	}
}

/* One place many times: for a profiler, and to be looked at. */
static int draw_place(struct bench *bench, char **words, int count)
{
	struct err err = { 0 };
	double from_ns = strtod(words[0], NULL), span_ns = strtod(words[1], NULL);
	int64_t cursor_ns =
		words[2][0] == '-' && !words[2][1] ? VIEW_NO_TIME : strtoll(words[2], NULL, 10);

	for (int i = 0; i < AGAIN; i++)
		draw_frame(bench, from_ns, span_ns, cursor_ns);
	printf("own median p99  median     p99    most   built commands   where\n");
	print_frames(bench->frames, bench->frame_count);
	if (count > 3 && png_write(words[3], &bench->image, &err) != 0) {
		fprintf(stderr, "view_bench: %s\n", err.text);
		return 3;
	}
	return 0;
}

static void print_all(struct bench *bench, double packets, double took, double bytes, bool json)
{
	size_t count = bench->frame_count;
	double median = share(bench->frames, count, 0.5)->ms;
	double late = share(bench->frames, count, 0.99)->ms;
	const struct frame *most = share(bench->frames, count, 1);

	if (json) {
		printf("{\"packets\": %.0f, \"load_s\": %.3f, \"bytes_per_packet\": %.1f, "
		       "\"frames\": %zu, \"median_ms\": %.2f, \"p99_ms\": %.2f, "
		       "\"most_ms\": %.2f}\n",
		       packets, took, bytes / packets, count, median, late, most->ms);
		return;
	}
	printf("all %zu frames: median %.1f ms, p99 %.1f, most %.1f at ", count, median, late,
	       most->ms);
	print_place(most);
	printf("; of the processor's time median %.1f, p99 %.1f",
	       own_share(bench->frames, count, 0.5), own_share(bench->frames, count, 0.99));
	printf("\n");
}

int main(int argc, char **argv)
{
	struct bench bench = { 0 };
	struct err err = { 0 };
	bool json = argc == 3 && !strcmp(argv[2], "--json");
	double bytes = 0, took = 0;
	int status = 0;

	if (argc < 2 || load(&bench, argv[1], &err) != 0) {
		fprintf(stderr, "view_bench: %s\n", argc < 2 ? "which recording?" : err.text);
		return 2;
	}
	double packets = (double)bench.trace.packet_count;

	for (size_t i = 0; i < bench.stage_count; i++) {
		const struct stage *stage = &bench.stages[i];

		took += stage->seconds;
		bytes += stage->bytes;
		if (!json)
			printf("%-10s %8.3f s %8.1f bytes a packet\n", stage->name, stage->seconds,
			       stage->bytes / packets);
	}
	if (!json)
		printf("%-10s %8.3f s %8.1f bytes a packet\n", "all", took, bytes / packets);
	open_window(&bench);
	if (argc >= 5) {
		status = draw_place(&bench, argv + 2, argc - 2);
	} else {
		measure_frames(&bench, json);
		print_all(&bench, packets, took, bytes, json);
	}
	close_window(&bench);
	free(bench.frames);
	scene_index_free(bench.index);
	item_steps_finish(&bench.steps);
	timeline_finish(&bench.timeline);
	ledger_finish(&bench.ledger);
	trace_close(&bench.trace);
	return status;
}
