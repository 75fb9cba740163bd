/* A PNG holds exactly the picture, and nothing half-written stands under its name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "picture_fixture.h"
#include "viz/png.h"

#define WIDTH  123
#define HEIGHT 77

static uint8_t pixels[WIDTH * HEIGHT * 4];
static const struct raster_image image = { WIDTH, HEIGHT, pixels };

static void fill(void)
{
	uint32_t noise = 1;

	for (size_t i = 0; i < sizeof(pixels); i++) {
		noise = noise * 1664525 + 1013904223;
		pixels[i] = (uint8_t)(noise >> 24);
	}
}

static size_t files_in(const char *folder)
{
	DIR *dir = opendir(folder);
	size_t count = 0;

	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir));)
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

static void a_png_reads_back_as_it_was_drawn(void **state)
{
	char folder[] = "/tmp/seam-png-XXXXXX", path[64];
	int width, height;
	struct err err = { 0 };
	struct stat status;
	uint8_t *back;

	(void)state;
	fill();
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/a.png", folder);
	assert_int_equal(png_write(path, &image, &err), 0);
	/* Replacing an existing file leaves one file. */
	assert_int_equal(png_write(path, &image, &err), 0);
	assert_int_equal(files_in(folder), 1);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0600, 0600);
	back = picture_fixture_load(path, &width, &height);
	assert_non_null(back);
	assert_int_equal(width, WIDTH);
	assert_int_equal(height, HEIGHT);
	for (size_t i = 0; i < WIDTH * HEIGHT; i++)
		assert_memory_equal(back + i * 3, pixels + i * 4, 3);
	free(back);
	unlink(path);
	rmdir(folder);
}

static void a_missing_folder_is_one_sentence(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_int_equal(png_write("/tmp/seam-no-such-folder/a.png", &image, &err), -1);
	assert_int_equal(err.kind, ERR_MACHINE);
	assert_non_null(strstr(err.text, "/tmp/seam-no-such-folder/a.png"));
	assert_non_null(strstr(err.text, "make its folder first"));
}

/* A limit on the size of files stands for a full disk: write(2) fails the same way. */
static void a_failed_write_leaves_nothing_behind(void **state)
{
	char folder[] = "/tmp/seam-png-XXXXXX", path[64];
	struct rlimit before, small;
	struct err err = { 0 };
	int result;

	(void)state;
	fill();
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/a.png", folder);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 1000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	result = png_write(path, &image, &err);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_int_equal(result, -1);
	assert_int_equal(err.kind, ERR_MACHINE);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(files_in(folder), 0);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_png_reads_back_as_it_was_drawn),
		cmocka_unit_test(a_missing_folder_is_one_sentence),
		cmocka_unit_test(a_failed_write_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
