#include "golden_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/buffer.h"

#define DIFFERENT_MAX 12 /* lines shown */

static void read_whole(const char *path, struct buffer *text)
{
	FILE *file = fopen(path, "rb");
	char part[4096];
	size_t got;

	buffer_text(text, "");
	if (!file)
		return;
	while ((got = fread(part, 1, sizeof(part), file)) > 0)
		buffer_add(text, part, got);
	fclose(file);
}

static void write_whole(const char *path, const char *text)
{
	FILE *file = fopen(path, "wb");

	if (!file || fputs(text, file) < 0 || fclose(file))
		fail_msg("cannot write %s", path);
}

/* Line by line: what was expected after "-", what was drawn after "+". */
static void print_difference(const char *expected, const char *text)
{
	int shown = 0;

	for (int line = 1; (*expected || *text) && shown < DIFFERENT_MAX; line++) {
		size_t a = strcspn(expected, "\n"), b = strcspn(text, "\n");

		if (a != b || memcmp(expected, text, a) != 0) {
			fprintf(stderr, "line %d\n-%.*s\n+%.*s\n", line, (int)a, expected, (int)b,
			        text);
			shown++;
		}
		expected += a + (expected[a] == '\n');
		text += b + (text[b] == '\n');
	}
}

void golden_compare(const char *name, const char *text)
{
	const char *update = getenv("SEAM_UPDATE_GOLDEN");
	struct buffer expected = { 0 };
	char path[1024];

	snprintf(path, sizeof(path), "%s/golden/%s.txt", SEAM_TESTS_DIR, name);
	if (update && *update == '1') {
		write_whole(path, text);
		return;
	}
	read_whole(path, &expected);
	bool equal = !strcmp(expected.bytes, text);
	if (!equal)
		print_difference(expected.bytes, text);
	buffer_finish(&expected);
	if (!equal)
		fail_msg("%s differs; if the new one is right: SEAM_UPDATE_GOLDEN=1", path);
}
