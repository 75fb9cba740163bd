/*
 * seam list: the scenarios that ship, in the order of the course.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/escape.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/scenarios.h"
#include "sim/parse.h"
#include "viz/json_writer.h"

#define WIDTH_OTHERWISE 100

struct list {
	bool json;
	int width;
	size_t name_width;
	const char *lesson; /* the folder of the entry before, and its length */
	size_t lesson_length;
	struct buffer out;
};

static void add_text(struct buffer *out, const char *text)
{
	escape_terminal(out, text, strlen(text));
}

static void add_json(struct list *list, const struct library_entry *entry,
                     const struct scenario_file *file)
{
	struct json_writer writer = { .out = &list->out };
	const char *about = scenario_file_about(file);

	json_object(&writer, NULL);
	json_text(&writer, "name", entry->name);
	json_text(&writer, "path", entry->path);
	json_text(&writer, "title", scenario_file_title(file));
	json_text(&writer, "about", about);
	json_array(&writer, "variants");
	for (size_t i = 0; i < scenario_file_variant_count(file); i++) {
		if (*scenario_file_variant(file, i))
			json_text(&writer, NULL, scenario_file_variant(file, i));
	}
	json_end(&writer);
	json_end(&writer);
}

/* The folder's name as a heading, where it changes. */
static void add_lesson(struct list *list, const struct library_entry *entry)
{
	const char *slash = strrchr(entry->within, '/');
	size_t length = slash ? (size_t)(slash - entry->within) : 0;

	if (list->lesson && length == list->lesson_length &&
	    !memcmp(list->lesson, entry->within, length))
		return;
	if (length) {
		buffer_text(&list->out, list->lesson ? "\n" : "");
		escape_terminal(&list->out, entry->within, length);
		buffer_char(&list->out, '\n');
	}
	list->lesson = entry->within;
	list->lesson_length = length;
}

/* Names of variants behind the gutter, wrapped at the width. They are ASCII (FORMAT of names). */
static void add_variants(struct list *list, const struct scenario_file *file)
{
	size_t gutter = list->name_width + 4, column = 0;

	for (size_t i = 0; i < scenario_file_variant_count(file); i++) {
		const char *variant = scenario_file_variant(file, i);
		size_t length = strlen(variant);

		if (!length)
			continue;
		if (!column || column + 2 + length > (size_t)list->width) {
			buffer_text(&list->out, column ? "\n" : "");
			buffer_fill(&list->out, ' ', gutter);
			column = gutter;
		} else {
			buffer_text(&list->out, "  ");
			column += 2;
		}
		add_text(&list->out, variant);
		column += length;
	}
	if (column)
		buffer_char(&list->out, '\n');
}

static void add_entry(struct list *list, const struct library_entry *entry,
                      const struct scenario_file *file)
{
	size_t length = strlen(entry->name);

	if (list->json) {
		add_json(list, entry, file);
		return;
	}
	add_lesson(list, entry);
	buffer_text(&list->out, "  ");
	add_text(&list->out, entry->name);
	buffer_fill(&list->out, ' ', list->name_width + 2 - length);
	add_text(&list->out, scenario_file_title(file));
	buffer_char(&list->out, '\n');
	add_variants(list, file);
}

/* A scenario that does not load is named on standard error; the others are listed all the same. */
static enum exit_code add_all(struct list *list, const struct library *library)
{
	enum exit_code code = EXIT_DONE;

	for (size_t i = 0; i < library->count; i++) {
		size_t length = strlen(library->entries[i].name);

		list->name_width = length > list->name_width ? length : list->name_width;
	}
	for (size_t i = 0; i < library->count; i++) {
		struct err err = { 0 };
		struct scenario_file *file =
			scenario_file_load(library->entries[i].path, NULL, 0, &err);

		if (file)
			add_entry(list, &library->entries[i], file);
		else
			code = output_error(&err);
		scenario_file_destroy(file);
	}
	if (!list->json)
		buffer_text(&list->out, library->count ? "\nseam run NAME runs one in all its "
		                                         "variants.\n"
		                                       : "no scenarios in this folder\n");
	return code;
}

int command_list(int argc, char **argv)
{
	struct list list = { .width = output_width(WIDTH_OTHERWISE) };
	const struct option_row rows[] = {
		{ .name = "json",
		  .summary = "an object a line: name, path, title, about, variants",
		  .value = &list.json },
		{ 0 },
	};
	const struct usage usage = {
		.name = "list",
		.operands = "",
		.summary = "Lists the scenarios that ship with seam, each with its variants.\n"
			   "Their names work wherever a scenario is asked for.",
		.options = rows,
	};
	struct library library = { 0 };
	struct err err = { 0 };
	enum exit_code code = EXIT_DONE;
	bool help;
	int first;

	if (options_parse(&usage, argc, argv, &first, &help, &err))
		return (int)output_error(&err);
	if (help)
		return options_print_help(&usage);
	if (first < argc)
		err_input(&err, "list takes no operand; seam run %s runs a scenario", argv[first]);
	else if (!scenarios_open(&library, &err))
		code = add_all(&list, &library);
	if (err.kind || output_buffer(&list.out, &err))
		code = output_error(&err);
	library_finish(&library);
	buffer_finish(&list.out);
	return (int)code;
}
