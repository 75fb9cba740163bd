#include "folder_fixture.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void folder_begin(char folder[FOLDER_PATH])
{
	const char *base = getenv("TMPDIR");

	snprintf(folder, FOLDER_PATH, "%.200s/seam-test-XXXXXX", base && *base ? base : "/tmp");
	if (!mkdtemp(folder)) {
		perror(folder);
		abort();
	}
}

static size_t visit(const char *folder, bool and_remove)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;
	char path[FOLDER_PATH];
	size_t count = 0;

	while (directory && (entry = readdir(directory))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		count++;
		if (and_remove)
			unlink(folder_file(path, folder, entry->d_name));
	}
	if (directory)
		closedir(directory);
	return count;
}

void folder_end(const char *folder)
{
	visit(folder, true);
	rmdir(folder);
}

size_t folder_count(const char *folder)
{
	return visit(folder, false);
}

char *folder_file(char out[FOLDER_PATH], const char *folder, const char *name)
{
	if (snprintf(out, FOLDER_PATH, "%s/%s", folder, name) >= FOLDER_PATH)
		abort();
	return out;
}

bool folder_has(const char *folder, const char *name)
{
	char path[FOLDER_PATH];

	return !access(folder_file(path, folder, name), F_OK);
}

void folder_write(const char *folder, const char *name, const void *bytes, size_t length)
{
	char path[FOLDER_PATH];
	FILE *file = fopen(folder_file(path, folder, name), "wb");

	if (!file || fwrite(bytes, 1, length, file) != length || fclose(file)) {
		perror(path);
		abort();
	}
}
