/*
 * What a window does with a recording, without the window: reads it, and draws it at 1920 × 1080 at
 * every zoom level and many places, panning from frame to frame.
 *
 *   view_bench RECORDING [--json]
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
	double *frames; /* ms */
	size_t frame_count, frame_capacity;
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
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
	bench->stages[bench->stage_count++] = (struct stage){
		name, seconds() - bench->at_s, (double)heap() - (double)bench->at_bytes
	};
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

static int by_size(const void *one, const void *two)
{
	double a = *(const double *)one, b = *(const double *)two;

	return (a > b) - (a < b);
}

static double share(double *values, size_t count, double part)
{
	size_t at = (size_t)((double)count * part);

	qsort(values, count, sizeof(*values), by_size);
	return values[at < count ? at : count - 1];
}

static void frame(struct bench *bench, struct scene_options *options, struct raster_image *image)
{
	struct scene scene = { 0 };
	struct err err = { 0 };
	double from = seconds();

	scene_build(&scene, &bench->timeline, options);
	if (raster_draw(&scene, image, &err) != 0)
		abort();
	bench->frames = mem_grow(bench->frames, &bench->frame_capacity, bench->frame_count,
	                         sizeof(*bench->frames));
	bench->frames[bench->frame_count++] = (seconds() - from) * 1e3;
	scene_finish(&scene);
}

/* Frames panned by a tenth of the plot, the cursor with them where there is one. */
static void pan(struct bench *bench, double span_ns, bool cursor, struct raster_image *image,
                struct scene_options *options, struct view *view)
{
	unsigned random = 7;

	view->span_ns = view->to_span_ns = span_ns;
	for (int place = 0; place < PLACES; place++) {
		double whole = fmax(0, view->end_ns - span_ns);

		random = random * 1103515245 + 12345;
		view->from_ns = whole * (random >> 8) / (1 << 24);
		for (int i = 0; i < FRAMES; i++) {
			view->from_ns += span_ns / 10;
			view->to_from_ns = view->from_ns;
			view->cursor_ns = cursor ? (int64_t)(view->from_ns + span_ns / 2)
			                         : VIEW_NO_TIME;
			frame(bench, options, image);
		}
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

static void measure_frames(struct bench *bench, bool json)
{
	struct err err = { 0 };
	struct font *font = font_open(&err);
	struct raster_image image = { 0 };
	struct view_targets targets = { 0 };
	struct view view;
	struct details details = { 0 };
	struct view_model model = { .timeline = &bench->timeline, .steps = &bench->steps };
	struct scene_options options = { .font = font,
		                         .width = WIDTH,
		                         .height = HEIGHT,
		                         .scale = 1,
		                         .view = &view,
		                         .model = &model,
		                         .targets = &targets,
		                         .layout = &model.layout,
		                         .details = &details,
		                         .index = bench->index };

	if (!font) {
		fprintf(stderr, "view_bench: %s\n", err.text);
		exit(3);
	}
	model.targets = &targets;
	view_init(&view, &bench->timeline, WIDTH, HEIGHT);
	const struct details_options none = { 0 };
	details_build(&details, &bench->timeline, view.selected, &none);
	const double whole_ns = view.span_ns;

	for (int cursor = 0; cursor < 2; cursor++) {
		if (!json)
			printf("%s, ms a frame\nin sight        median     p99    most\n",
			       cursor ? "with a cursor" : "panning");
		for (double span = whole_ns; span > NEAREST; span /= ZOOM) {
			size_t before = bench->frame_count;

			pan(bench, span, cursor, &image, &options, &view);
			if (json)
				continue;
			double *of = bench->frames + before;
			size_t count = bench->frame_count - before;

			print_span(span);
			printf("%8.1f", share(of, count, 0.5));
			printf("%8.1f%8.1f\n", share(of, count, 0.99), share(of, count, 1));
		}
	}
	details_finish(&details);
	raster_finish(&image);
	free(targets.list);
	font_close(font);
}

int main(int argc, char **argv)
{
	struct bench bench = { 0 };
	struct err err = { 0 };
	bool json = argc == 3 && !strcmp(argv[2], "--json");
	double bytes = 0, took = 0;

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
	measure_frames(&bench, json);

	double most = share(bench.frames, bench.frame_count, 1);
	double late = share(bench.frames, bench.frame_count, 0.99);
	double median = share(bench.frames, bench.frame_count, 0.5);

	if (json)
		printf("{\"packets\": %.0f, \"load_s\": %.3f, \"bytes_per_packet\": %.1f, "
		       "\"frames\": %zu, \"median_ms\": %.2f, \"p99_ms\": %.2f, \"most_ms\": %.2f}\n",
		       packets, took, bytes / packets, bench.frame_count, median, late, most);
	else
		printf("all frames: median %.1f ms, p99 %.1f, most %.1f\n", median, late, most);
	free(bench.frames);
	scene_index_free(bench.index);
	item_steps_finish(&bench.steps);
	timeline_finish(&bench.timeline);
	ledger_finish(&bench.ledger);
	trace_close(&bench.trace);
	return 0;
}
