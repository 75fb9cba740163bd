#include "pixels_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "picture_fixture.h"
#include "viz/png.h"
#include "viz/raster.h"

#define MEAN_MOST   1.5
#define PIXEL_MOST  48
#define PIXELS_MOST 0.02
#define BLOCK       32
#define BLOCK_MOST  24.0

static void compare(const struct raster_image *image, const uint8_t *golden, const char *name)
{
	size_t count = (size_t)image->width * (size_t)image->height, off = 0;
	double sum = 0;

	for (size_t i = 0; i < count; i++) {
		int worst = 0;

		for (size_t c = 0; c < 3; c++) {
			int difference = abs(image->pixels[i * 4 + c] - golden[i * 3 + c]);

			sum += difference;
			worst = difference > worst ? difference : worst;
		}
		off += worst > PIXEL_MOST;
	}
	if (sum / (double)(count * 3) > MEAN_MOST || (double)off > PIXELS_MOST * (double)count)
		fail_msg("%s: mean difference %.2f, %.2f %% of the pixels differ by more than %d",
		         name, sum / (double)(count * 3), 100 * (double)off / (double)count,
		         PIXEL_MOST);
}

/* The worst mean difference of a block, and where it is. */
static double worst_block(const struct raster_image *image, const uint8_t *golden, int *at_x,
                          int *at_y)
{
	double worst = 0;

	for (int y = 0; y + BLOCK <= image->height; y += BLOCK)
		for (int x = 0; x + BLOCK <= image->width; x += BLOCK) {
			double sum = 0;

			for (int i = 0; i < BLOCK * BLOCK * 3; i++) {
				size_t pixel =
					(size_t)(y + i / (BLOCK * 3)) * (size_t)image->width +
					(size_t)(x + i / 3 % BLOCK);

				sum += abs(image->pixels[pixel * 4 + (size_t)i % 3] -
				           golden[pixel * 3 + (size_t)i % 3]);
			}
			if (sum / (BLOCK * BLOCK * 3) > worst) {
				worst = sum / (BLOCK * BLOCK * 3);
				*at_x = x;
				*at_y = y;
			}
		}
	return worst;
}

void pixels_compare(const struct scene *scene, const char *name)
{
	struct raster_image image;
	struct err err = { 0 };
	int width, height, x = 0, y = 0;
	uint8_t *golden;
	double block;
	char path[512];

	assert_int_equal(raster_render(scene, &image, &err), 0);
	snprintf(path, sizeof(path), "%s/golden/%s.png", SEAM_TESTS_DIR, name);
	if (getenv("SEAM_UPDATE_GOLDEN"))
		assert_int_equal(png_write(path, &image, &err), 0);
	golden = picture_fixture_load(path, &width, &height);
	if (!golden)
		fail_msg("%s is not there: SEAM_UPDATE_GOLDEN=1 writes it", path);
	assert_int_equal(width, image.width);
	assert_int_equal(height, image.height);
	compare(&image, golden, name);
	block = worst_block(&image, golden, &x, &y);
	if (block > BLOCK_MOST)
		fail_msg("%s: another picture at %d, %d: mean difference %.1f", name, x, y, block);
	free(golden);
	raster_finish(&image);
}
