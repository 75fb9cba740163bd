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
	struct coverage_span span;
	double sum = 0;

	coverage_begin(&coverage, points, count);
	for (int y = 0; y < SIDE; y++) {
		if (!coverage_row(&coverage, y, 0, SIDE, &span))
			continue;
		assert_true(span.first >= 0 && span.last <= SIDE && span.first < span.last);
		assert_true(span.solid >= span.first && span.solid <= span.solid_end &&
		            span.solid_end <= span.last);
		for (int x = span.first; x < span.last; x++) {
			double inside = x >= span.solid && x < span.solid_end
			                        ? 1
			                        : (double)coverage.inside[x - span.first];

			assert_true(inside >= 0);
			assert_true(inside <= 1);
			sum += inside;
		}
	}
	coverage_finish(&coverage);
	return sum;
}

static void a_whole_pixel_is_covered_wholly(void **state)
{
	const struct coverage_point points[] = { { 3, 4 }, { 4, 4 }, { 4, 5 }, { 3, 5 } };
	struct coverage coverage = { 0 };
	struct coverage_span span;

	(void)state;
	coverage_begin(&coverage, points, 4);
	assert_true(coverage_row(&coverage, 4, 0, SIDE, &span));
	assert_int_equal(span.first, 3);
	assert_int_equal(span.last, 4);
	assert_int_equal(span.solid, span.solid_end);
	assert_true(coverage.inside[0] == 1);
	assert_false(coverage_row(&coverage, 5, 0, SIDE, &span));
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

static void wide_rows_are_solid_between_their_edges(void **state)
{
	const struct coverage_point points[] = {
		{ 4.5, 0 }, { 40.5, 0 }, { 50.5, 20 }, { 14.5, 20 }
	};
	struct coverage coverage = { 0 };
	struct coverage_span span;

	(void)state;
	coverage_begin(&coverage, points, 4);
	for (int y = 0; y < 20; y++) {
		assert_true(coverage_row(&coverage, y, 0, SIDE, &span));
		assert_int_equal(span.solid, (int)ceil(4.5 + 0.5 * (y + 1)));
		assert_int_equal(span.solid_end, (int)floor(40.5 + 0.5 * y));
	}
	coverage_finish(&coverage);
}

/* Rows that are like the one before are not computed again: it must not show. */
static void an_upright_shape_is_the_same_in_every_order_of_rows(void **state)
{
	const struct coverage_point points[] = {
		{ 3.25, 0.5 }, { 9.75, 0.5 }, { 9.75, 8.5 }, { 3.25, 8.5 }
	};
	struct coverage coverage = { 0 };
	struct coverage_span span;
	static const int rows[] = { 0, 1, 2, 3, 8, 7, 6, 7, 8, 0 };

	(void)state;
	coverage_begin(&coverage, points, 4);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		float height = rows[i] == 0 || rows[i] == 8 ? 0.5f : 1;

		assert_true(coverage_row(&coverage, rows[i], 0, SIDE, &span));
		assert_int_equal(span.first, 3);
		assert_int_equal(span.last, 10);
		assert_true(fabsf(coverage.inside[0] - 0.75f * height) < 1e-6f);
		assert_true(fabsf(coverage.inside[6] - 0.75f * height) < 1e-6f);
	}
	coverage_finish(&coverage);
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
		cmocka_unit_test(wide_rows_are_solid_between_their_edges),
		cmocka_unit_test(an_upright_shape_is_the_same_in_every_order_of_rows),
		cmocka_unit_test(a_shape_without_area_covers_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
