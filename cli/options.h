/*
 * The options of a command: one table of rows, from which the command line is read and its help is
 * printed. Long options in GNU's manner: --name VALUE, --name=VALUE, any unambiguous beginning of a
 * name, operands anywhere among them, -- before operands that begin with a dash.
 */
#ifndef SEAM_CLI_OPTIONS_H
#define SEAM_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/buffer.h"
#include "capture/err.h"

enum option_kind {
	OPTION_SWITCH, /* value is a bool *, set to true */
	OPTION_TEXT,   /* value is a const char **: the argument, lent by argv */
	OPTION_LIST,   /* value is a struct option_list *: every argument in turn */
	OPTION_NUMBER, /* value is an int64_t *: decimal, least..most */
	OPTION_TIME,   /* value is an int64_t * of ns: 500us 10ms 1.5s 2min, more than 0 */
};

/* Zeroed is empty; free items when done, which options_parse() allocates. */
struct option_list {
	const char **items;
	size_t count, capacity;
};

struct option_row {
	const char *name;     /* without dashes */
	char letter;          /* its short form; 0 */
	const char *argument; /* "N", "FILE"; NULL for a switch */
	const char *summary;
	enum option_kind kind;
	void *value;
	int64_t least, most; /* OPTION_NUMBER */
};

/* A command as its help shows it. Ends its list of options with a zeroed row; --help is implied. */
struct usage {
	const char *name;     /* "show" */
	const char *operands; /* "REC…", "" */
	const char *summary;  /* what it does, a sentence or a few lines */
	const char *examples; /* lines; NULL */
	const struct option_row *options;
};

/*
 * Reads argv[1..argc) and moves the operands to the end: they are argv[*first..argc). *help is set
 * if --help is there, and then nothing else counts. -1 with err (ERR_INPUT) for an unknown option,
 * with the nearest one there is, or a value that is missing or not fit. Not reentrant: getopt(3).
 */
int options_parse(const struct usage *usage, int argc, char **argv, int *first, bool *help,
                  struct err *err);

/*
 * How a command begins: options_parse(), and --help answered. True if it is to go on; else *code is
 * its exit code, and what there was to say has been said.
 */
bool options_begin(const struct usage *usage, int argc, char **argv, int *first, int *code);

/* The help of a command; and printed, with the exit code of that. */
void options_help(struct buffer *out, const struct usage *usage);
int options_print_help(const struct usage *usage);

#endif
