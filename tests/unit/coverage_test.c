/* Coverage is exact: the pixels of a shape add up to its area, whatever its slope. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>

#include "viz/coverage.h"

#define SIDE 64

static double area_of(const struct coverage_point *points, size_t count)
{
	double twice = 0;

	for (size_t i = 0; i < count; i++) {
		struct coverage_point a = points[i], b = points[(i + 1) % count];

		twice += a.x * b.y - b.x * a.y;
	}
	return fabs(twice) / 2;
}

static double covered(const struct coverage_point *points, size_t count)
{
	struct coverage coverage = { 0 };
	double sum = 0;
	int first, last;

	for (int y = 0; y < SIDE; y++) {
		if (!coverage_row(&coverage, points, count, y, 0, SIDE, &first, &last))
			continue;
		assert_true(first >= 0 && last <= SIDE && first < last);
		for (int x = first; x < last; x++) {
			assert_true(coverage.inside[x - first] >= 0);
			assert_true(coverage.inside[x - first] <= 1);
			sum += coverage.inside[x - first];
		}
	}
	coverage_finish(&coverage);
	return sum;
}

static void a_whole_pixel_is_covered_wholly(void **state)
{
	const struct coverage_point points[] = { { 3, 4 }, { 4, 4 }, { 4, 5 }, { 3, 5 } };
	struct coverage coverage = { 0 };
	int first, last;

	(void)state;
	assert_true(coverage_row(&coverage, points, 4, 4, 0, SIDE, &first, &last));
	assert_int_equal(first, 3);
	assert_int_equal(last, 4);
	assert_true(coverage.inside[0] == 1);
	assert_false(coverage_row(&coverage, points, 4, 5, 0, SIDE, &first, &last));
	coverage_finish(&coverage);
}

static void bands_of_any_slope_add_up_to_their_area(void **state)
{
	(void)state;
	for (int i = -50; i <= 50; i++)
		for (int width = 1; width < 12; width += 3) {
			double x = i < 0 ? 52.3 : 0.7, skew = i * 0.97, w = width * 0.83;
			const struct coverage_point points[] = { { x, 3.4 },
				                                 { x + w, 3.4 },
				                                 { x + w + skew, 57.8 },
				                                 { x + skew, 57.8 } };

			assert_true(fabs(covered(points, 4) - area_of(points, 4)) < 0.01);
		}
}

static void the_order_of_the_points_does_not_matter(void **state)
{
	const struct coverage_point one[] = { { 10, 5.5 }, { 30, 20 }, { 12, 40.25 } };
	const struct coverage_point two[] = { { 12, 40.25 }, { 30, 20 }, { 10, 5.5 } };

	(void)state;
	assert_true(fabs(covered(one, 3) - covered(two, 3)) < 0.001);
	assert_true(fabs(covered(one, 3) - area_of(one, 3)) < 0.01);
}

static void what_lies_outside_is_cut_off(void **state)
{
	const struct coverage_point points[] = { { -20, -5 }, { 90, -5 }, { 90, 70 }, { -20, 70 } };

	(void)state;
	assert_true(fabs(covered(points, 4) - SIDE * SIDE) < 0.01);
}

static void a_shape_without_area_covers_nothing(void **state)
{
	const struct coverage_point points[] = { { 5, 5 }, { 5, 5 }, { 5, 5 } };

	(void)state;
	assert_true(covered(points, 3) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_pixel_is_covered_wholly),
		cmocka_unit_test(bands_of_any_slope_add_up_to_their_area),
		cmocka_unit_test(the_order_of_the_points_does_not_matter),
		cmocka_unit_test(what_lies_outside_is_cut_off),
		cmocka_unit_test(a_shape_without_area_covers_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
