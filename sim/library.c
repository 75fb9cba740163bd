#include "sim/library.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/buffer.h"
#include "capture/mem.h"
#include "sim/node.h"

static bool ends_in(const char *text, const char *end)
{
	size_t length = strlen(text), other = strlen(end);

	return length > other && !strcmp(text + length - other, end);
}

static bool is_folder(const char *path)
{
	struct stat status;

	return !stat(path, &status) && S_ISDIR(status.st_mode);
}

/* Takes path. */
static void add(struct library *library, char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash + 1;

	library->entries = mem_grow(library->entries, &library->capacity, library->count,
	                            sizeof(*library->entries));
	library->entries[library->count++] = (struct library_entry){
		.name = mem_copy(base, strlen(base) - strlen(".yaml")),
		.path = path,
		.within = path + strlen(library->folder) + 1,
	};
}

/* Takes path; a folder is walked, a scenario added. */
static int consider(struct library *library, char *path, unsigned depth, struct err *err);

static int walk(struct library *library, const char *folder, unsigned depth, struct err *err)
{
	DIR *entries = opendir(folder);
	struct dirent *entry;
	int result = 0;

	if (!entries)
		return err_machine(err, "cannot list the scenarios in %s: %s", folder,
		                   strerror(errno));
	while (!result && (entry = readdir(entries))) {
		struct buffer path = { 0 };

		if (entry->d_name[0] == '.')
			continue;
		buffer_format(&path, "%s/%s", folder, entry->d_name);
		result = consider(library, path.bytes, depth, err);
	}
	closedir(entries);
	return result;
}

static int consider(struct library *library, char *path, unsigned depth, struct err *err)
{
	struct stat status;
	int result = 0;

	if (!stat(path, &status) && S_ISREG(status.st_mode) && ends_in(path, ".yaml")) {
		add(library, path);
		return 0;
	}
	if (is_folder(path) && depth < LIBRARY_DEPTH_MAX)
		result = walk(library, path, depth + 1, err);
	free(path);
	return result;
}

static int by_path(const void *left, const void *right)
{
	const struct library_entry *a = left, *b = right;

	return strcmp(a->path, b->path);
}

int library_open(struct library *library, const char *const *folders, size_t count, struct err *err)
{
	*library = (struct library){ 0 };
	for (size_t i = 0; i < count && !library->folder; i++) {
		if (folders[i] && is_folder(folders[i]))
			library->folder = mem_text(folders[i]);
	}
	if (!library->folder)
		return err_machine(err, "the scenarios that ship with seam are not there; set "
		                        "SEAM_SCENARIOS to their folder, or name a file");
	if (walk(library, library->folder, 0, err)) {
		library_finish(library);
		return -1;
	}
	if (library->count)
		qsort(library->entries, library->count, sizeof(*library->entries), by_path);
	return 0;
}

void library_finish(struct library *library)
{
	for (size_t i = 0; i < library->count; i++) {
		free(library->entries[i].name);
		free(library->entries[i].path);
	}
	free(library->entries);
	free(library->folder);
	*library = (struct library){ 0 };
}

static const char *nearest(const struct library *library, const char *text)
{
	const char **names = mem_alloc(library->count + 1, sizeof(*names));
	const char *found;

	for (size_t i = 0; i < library->count; i++)
		names[i] = library->entries[i].name;
	found = node_nearest(text, names, library->count);
	free(names);
	return found;
}

/* Whether a file here is called so, but for its ending. */
static bool is_beside(const char *text)
{
	struct buffer path = { 0 };
	bool there;

	buffer_format(&path, "%s.yaml", text);
	there = !access(path.bytes, F_OK) && !is_folder(path.bytes);
	buffer_finish(&path);
	return there;
}

const char *library_find(const struct library *library, const char *text, struct err *err)
{
	bool is_path = strchr(text, '/') || ends_in(text, ".yaml") || ends_in(text, ".yml");
	const char *name;

	for (size_t i = 0; i < library->count && !is_path; i++) {
		if (!strcmp(library->entries[i].name, text))
			return library->entries[i].path;
	}
	if (!access(text, F_OK) && !is_folder(text))
		return text;
	if (is_path) {
		err_input(err, "cannot open the scenario %s: %s", text,
		          is_folder(text) ? "it is a folder; name a file in it" : strerror(errno));
		return NULL;
	}
	name = nearest(library, text);
	if (is_beside(text))
		err_input(err,
		          "there is no scenario %s among those that ship; did you mean the file "
		          "%s.yaml?",
		          text, text);
	else if (name)
		err_input(err, "there is no scenario %s; did you mean %s?", text, name);
	else
		err_input(err,
		          "there is no scenario %s; seam list shows their names, and a path "
		          "to a .yaml file will do",
		          text);
	return NULL;
}
