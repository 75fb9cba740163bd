/*
 * The colours of the writes stay apart for every eye: the difference of any two by CIEDE2000
 * (Sharma, Wu, Dalal 2005), as seen by normal eyes and by protanopes, deuteranopes and tritanopes,
 * simulated by the matrices of Machado, Oliveira and Fernandes (2009) at full severity.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>

#include "viz/names.h"

#define PI 3.14159265358979323846

struct lab {
	double l, a, b;
};

static const double normal[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
static const double protan[3][3] = {
	{ 0.152286, 1.052583, -0.204868 },
	{ 0.114503, 0.786281, 0.099216 },
	{ -0.003882, -0.048116, 1.051998 },
};
static const double deutan[3][3] = {
	{ 0.367322, 0.860646, -0.227968 },
	{ 0.280085, 0.672501, 0.047413 },
	{ -0.011820, 0.042940, 0.968881 },
};
static const double tritan[3][3] = {
	{ 1.255528, -0.076749, -0.178779 },
	{ -0.078411, 0.930809, 0.147602 },
	{ 0.004733, 0.691367, 0.303900 },
};

static double linear(uint32_t channel)
{
	double value = channel / 255.0;

	return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double curve(double value)
{
	return value > 216.0 / 24389 ? cbrt(value) : (24389.0 / 27 * value + 16) / 116;
}

/* A colour as an eye sees it, under D65. */
static struct lab lab_of(uint32_t colour, const double eye[3][3])
{
	double rgb[3], seen[3], x, y, z;

	for (int i = 0; i < 3; i++)
		rgb[i] = linear(colour >> (16 - 8 * i) & 0xff);
	for (int i = 0; i < 3; i++)
		seen[i] =
			fmin(fmax(eye[i][0] * rgb[0] + eye[i][1] * rgb[1] + eye[i][2] * rgb[2], 0),
		             1);
	x = curve((0.4124564 * seen[0] + 0.3575761 * seen[1] + 0.1804375 * seen[2]) / 0.95047);
	y = curve(0.2126729 * seen[0] + 0.7151522 * seen[1] + 0.0721750 * seen[2]);
	z = curve((0.0193339 * seen[0] + 0.1191920 * seen[1] + 0.9503041 * seen[2]) / 1.08883);
	return (struct lab){ 116 * y - 16, 500 * (x - y), 200 * (y - z) };
}

static double degrees(double y, double x)
{
	double angle = x == 0 && y == 0 ? 0 : atan2(y, x) * 180 / PI;

	return angle < 0 ? angle + 360 : angle;
}

static double cosine(double angle)
{
	return cos(angle * PI / 180);
}

static double seventh(double chroma)
{
	return sqrt(pow(chroma, 7) / (pow(chroma, 7) + pow(25, 7)));
}

static double difference(struct lab one, struct lab two)
{
	double g = 1.5 - 0.5 * seventh((hypot(one.a, one.b) + hypot(two.a, two.b)) / 2);
	double c1 = hypot(one.a * g, one.b), c2 = hypot(two.a * g, two.b), c = (c1 + c2) / 2;
	double h1 = degrees(one.b, one.a * g), h2 = degrees(two.b, two.a * g), turn = h2 - h1;
	double h = (h1 + h2) / 2, l = (one.l + two.l) / 2, t, sl, sc, sh, rt, dl, dc, dh;

	if (c1 * c2 == 0) {
		turn = 0;
		h = h1 + h2;
	} else if (fabs(turn) > 180) {
		turn += turn > 0 ? -360 : 360;
		h += h1 + h2 < 360 ? 180 : -180;
	}
	t = 1 - 0.17 * cosine(h - 30) + 0.24 * cosine(2 * h) + 0.32 * cosine(3 * h + 6) -
	    0.20 * cosine(4 * h - 63);
	sl = 1 + 0.015 * (l - 50) * (l - 50) / sqrt(20 + (l - 50) * (l - 50));
	sc = 1 + 0.045 * c;
	sh = 1 + 0.015 * c * t;
	rt = -2 * seventh(c) * sin(60 * exp(-pow((h - 275) / 25, 2)) * PI / 180);
	dl = (two.l - one.l) / sl;
	dc = (c2 - c1) / sc;
	dh = 2 * sqrt(c1 * c2) * sin(turn / 2 * PI / 180) / sh;
	return sqrt(dl * dl + dc * dc + dh * dh + rt * dc * dh);
}

static void differences_are_those_of_the_published_pairs(void **state)
{
	/* Of the test data of Sharma, Wu and Dalal: pairs 1, 7, 17 and 25. */
	static const struct {
		struct lab one, two;
		double difference;
	} pairs[] = {
		{ { 50, 2.6772, -79.7751 }, { 50, 0, -82.7485 }, 2.0425 },
		{ { 50, 0, 0 }, { 50, -1, 2 }, 2.3669 },
		{ { 50, 2.5, 0 }, { 73, 25, -18 }, 27.1492 },
		{ { 60.2574, -34.0099, 36.2677 }, { 60.4626, -34.1751, 39.4387 }, 1.2644 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		assert_true(fabs(difference(pairs[i].one, pairs[i].two) - pairs[i].difference) <
		            0.0001);
}

/* The least difference of any two, and of two that follow each other. */
static void check(const double eye[3][3], double least, double neighbours)
{
	for (uint32_t i = 0; i < NAMES_COLOURS; i++)
		for (uint32_t k = i + 1; k <= NAMES_COLOURS; k++) {
			double apart = difference(lab_of(names_colour(i), eye),
			                          lab_of(names_colour(k), eye));

			if (k % NAMES_COLOURS == i)
				continue;
			assert_true(apart >= least);
			if (k == i + 1)
				assert_true(apart >= neighbours);
		}
}

static void colours_of_writes_are_apart(void **state)
{
	(void)state;
	check(normal, 14.75, 13);
}

static void they_are_apart_without_red(void **state)
{
	(void)state;
	check(protan, 8.95, 13);
}

static void they_are_apart_without_green(void **state)
{
	(void)state;
	check(deutan, 8.95, 13);
}

static void they_are_apart_without_blue(void **state)
{
	(void)state;
	check(tritan, 9.25, 12.95);
}

static void the_second_ten_are_underlined(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < NAMES_COLOURS; i++) {
		assert_int_equal(names_colour(i), names_colour(i + NAMES_COLOURS));
		assert_false(names_underlined(i));
		assert_true(names_underlined(i + NAMES_COLOURS));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(differences_are_those_of_the_published_pairs),
		cmocka_unit_test(colours_of_writes_are_apart),
		cmocka_unit_test(they_are_apart_without_red),
		cmocka_unit_test(they_are_apart_without_green),
		cmocka_unit_test(they_are_apart_without_blue),
		cmocka_unit_test(the_second_ten_are_underlined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
