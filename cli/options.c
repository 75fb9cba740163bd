#include "cli/options.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "cli/output.h"
#include "sim/node.h"
#include "sim/scalar.h"

#define ROWS_MAX   32
#define HELP_VALUE 256 /* --help in getopt's terms; row i is ROW_VALUE + i */
#define ROW_VALUE  257

/* The table as getopt(3) wants it. */
struct getopt_table {
	struct option options[ROWS_MAX + 2];
	char letters[2 * ROWS_MAX + 4];
	size_t rows;
};

static void fill(struct getopt_table *table, const struct option_row *rows)
{
	size_t at = 0;

	*table = (struct getopt_table){ 0 };
	table->letters[at++] = ':'; /* a missing argument comes back as ':' */
	table->letters[at++] = 'h';
	for (; rows[table->rows].name; table->rows++) {
		const struct option_row *row = &rows[table->rows];

		assert(table->rows < ROWS_MAX);
		table->options[table->rows] =
			(struct option){ .name = row->name,
			                 .has_arg = row->kind != OPTION_SWITCH,
			                 .val = ROW_VALUE + (int)table->rows };
		if (row->letter) {
			table->letters[at++] = row->letter;
			if (row->kind != OPTION_SWITCH)
				table->letters[at++] = ':';
		}
	}
	table->options[table->rows] = (struct option){ .name = "help", .val = HELP_VALUE };
}

/* The row that getopt(3)'s value stands for; NULL if none does. */
static const struct option_row *find(const struct option_row *rows, size_t count, int value)
{
	for (size_t i = 0; i < count; i++) {
		if (value == ROW_VALUE + (int)i || (rows[i].letter && value == rows[i].letter))
			return &rows[i];
	}
	return NULL;
}

static int take_number(const struct option_row *row, const char *text, struct err *err)
{
	char *end;
	long long value;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (*end || end == text || text[0] == ' ' || text[0] == '+' || errno ||
	    value < row->least || value > row->most)
		return err_input(err, "--%s %s: a number from %" PRId64 " to %" PRId64 " is needed",
		                 row->name, text, row->least, row->most);
	*(int64_t *)row->value = value;
	return 0;
}

static int take_time(const struct option_row *row, const char *text, struct err *err)
{
	int64_t ns = 0;
	const char *wrong = scalar_read_time(text, strlen(text), &ns);

	if (wrong)
		return err_input(err, "--%s %s: %s", row->name, text, wrong);
	if (!ns)
		return err_input(err, "--%s %s: more than nothing is needed", row->name, text);
	*(int64_t *)row->value = ns;
	return 0;
}

static int take(const struct option_row *row, const char *argument, struct err *err)
{
	struct option_list *list;

	switch (row->kind) {
	case OPTION_SWITCH: *(bool *)row->value = true; return 0;
	case OPTION_TEXT: *(const char **)row->value = argument; return 0;
	case OPTION_NUMBER: return take_number(row, argument, err);
	case OPTION_TIME: return take_time(row, argument, err);
	case OPTION_LIST:
		list = row->value;
		list->items =
			mem_grow(list->items, &list->capacity, list->count, sizeof(*list->items));
		list->items[list->count++] = argument;
		return 0;
	}
	return 0;
}

/* The sentence for a long option that getopt(3) refused; name is without dashes and value. */
static int refuse_long(const struct usage *usage, const struct getopt_table *table,
                       const char *name, struct err *err)
{
	const char *names[ROWS_MAX + 1], *nearest;
	unsigned begun = 0;

	for (size_t i = 0; i <= table->rows; i++) {
		names[i] = table->options[i].name;
		begun += !strncmp(names[i], name, strlen(name));
	}
	nearest = node_nearest(name, names, table->rows + 1);
	if (begun > 1)
		return err_input(err, "--%s is the beginning of more than one option of %s", name,
		                 usage->name);
	if (nearest)
		return err_input(err, "%s has no option --%s; did you mean --%s?", usage->name,
		                 name, nearest);
	return err_input(err, "%s has no option --%s; seam %s --help shows those it has",
	                 usage->name, name, usage->name);
}

/* word is the argument that getopt(3) read last; optopt a letter, or the value of a long option. */
static int refuse(const struct usage *usage, const struct getopt_table *table, const char *word,
                  struct err *err)
{
	char *name;
	int result;

	if (optopt > 0 && optopt < HELP_VALUE)
		return err_input(err, "%s has no option -%c; seam %s --help shows those it has",
		                 usage->name, optopt, usage->name);
	name = mem_copy(word + 2, strcspn(word + 2, "="));
	result = optopt ? err_input(err, "--%s takes no value", name)
	                : refuse_long(usage, table, name, err);
	free(name);
	return result;
}

int options_parse(const struct usage *usage, int argc, char **argv, int *first, bool *help,
                  struct err *err)
{
	struct getopt_table table;

	fill(&table, usage->options);
	*help = false;
	optind = 0; /* glibc: begin anew */
	opterr = 0;
	for (;;) {
		int value = getopt_long(argc, argv, table.letters, table.options, NULL);
		const struct option_row *row = find(usage->options, table.rows, value);

		if (value == -1)
			break;
		if (value == HELP_VALUE || value == 'h') {
			*help = true;
			return 0;
		}
		if (value == ':')
			return err_input(err, "%s needs a value; seam %s --help shows which",
			                 argv[optind - 1], usage->name);
		if (!row)
			return refuse(usage, &table, argv[optind - 1], err);
		if (take(row, optarg, err))
			return -1;
	}
	*first = optind;
	return 0;
}

/* "  -o, --output FILE": the left column of a row. */
static void heading(struct buffer *out, const struct option_row *row)
{
	if (row->letter)
		buffer_format(out, "  -%c, --%s", row->letter, row->name);
	else
		buffer_format(out, "      --%s", row->name);
	if (row->argument)
		buffer_format(out, " %s", row->argument);
}

void options_help(struct buffer *out, const struct usage *usage)
{
	static const struct option_row help = { .name = "help",
		                                .letter = 'h',
		                                .summary = "this text" };
	const struct option_row *row = usage->options;

	buffer_format(out, "seam %s [OPTION…]%s%s\n\n%s\n\nOptions:\n", usage->name,
	              *usage->operands ? " " : "", usage->operands, usage->summary);
	for (;; row++) {
		const struct option_row *shown = row->name ? row : &help;
		size_t begin = out->length, width;

		heading(out, shown);
		width = out->length - begin;
		buffer_fill(out, ' ', width < 28 ? 28 - width : 2);
		buffer_format(out, "%s\n", shown->summary);
		if (!row->name)
			break;
	}
	if (usage->examples)
		buffer_format(out, "\nExamples:\n%s", usage->examples);
}

int options_print_help(const struct usage *usage)
{
	struct buffer out = { 0 };
	struct err err = { 0 };
	int code = EXIT_DONE;

	options_help(&out, usage);
	if (output_buffer(&out, &err))
		code = (int)output_error(&err);
	buffer_finish(&out);
	return code;
}

bool options_begin(const struct usage *usage, int argc, char **argv, int *first, int *code)
{
	struct err err = { 0 };
	bool help = false;

	*code = EXIT_DONE;
	if (options_parse(usage, argc, argv, first, &help, &err))
		*code = (int)output_error(&err);
	else if (help)
		*code = options_print_help(usage);
	else
		return true;
	return false;
}
