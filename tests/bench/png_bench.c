/* Time to draw a PNG of 1920 × 1080 pixels, from the timeline to the file: best and median of so
 * many, for pictures of 3 to 40,000 writes. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "picture_fixture.h"
#include "viz/png.h"

#define ROUNDS 9

struct times {
	double font, scene, raster, png, all;
};

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int draw_once(const struct timeline *timeline, const char *path, struct times *times,
                     struct err *err)
{
	struct scene_options options = { .width = 1920, .height = 1080 };
	struct raster_image image;
	struct scene scene;
	double start = now_ms(), fonts, built, rendered;
	int result;

	options.font = font_open(err);
	if (!options.font)
		return -1;
	fonts = now_ms();
	scene_build(&scene, timeline, &options);
	built = now_ms();
	result = raster_render(&scene, &image, err);
	rendered = now_ms();
	if (!result)
		result = png_write(path, &image, err);
	*times = (struct times){ fonts - start, built - fonts, rendered - built,
		                 now_ms() - rendered, now_ms() - start };
	raster_finish(&image);
	scene_finish(&scene);
	font_close(options.font);
	return result;
}

static int by_all(const void *left, const void *right)
{
	const struct times *a = left, *b = right;

	return a->all < b->all ? -1 : a->all > b->all;
}

int main(void)
{
	static const struct {
		size_t writes;
		int64_t gap_ns, delay_ns;
	} cases[] = {
		{ 3, 1000000, 10000000 },  { 20, 500000, 10000000 },  { 20, 25000, 0 },
		{ 40, 1000000, 10000000 }, { 400, 500000, 10000000 }, { 40000, 5000, 10000000 },
	};
	struct err err = { 0 };
	char path[] = "/tmp/seam-png-bench-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0)
		return 3;
	close(fd);
	printf("%-28s %8s %8s %8s %8s %8s %8s\n", "PNG 1920 × 1080, ms", "fonts", "layout",
	       "raster", "png", "median", "best");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct picture_fixture fixture;
		struct times times[ROUNDS];
		const struct times *median = &times[ROUNDS / 2];

		picture_fixture_three(&fixture, cases[i].writes, cases[i].gap_ns,
		                      cases[i].delay_ns);
		for (size_t round = 0; round < ROUNDS; round++)
			if (draw_once(&fixture.timeline, path, &times[round], &err)) {
				fprintf(stderr, "png_bench: %s\n", err.text);
				unlink(path);
				return 3;
			}
		qsort(times, ROUNDS, sizeof(*times), by_all);
		printf("3 × %6zu writes, %-9s %8.1f %8.1f %8.1f %8.1f %8.1f %8.1f\n",
		       cases[i].writes, cases[i].delay_ns ? "wire" : "loopback", median->font,
		       median->scene, median->raster, median->png, median->all, times[0].all);
		picture_fixture_finish(&fixture);
	}
	unlink(path);
	return 0;
}
