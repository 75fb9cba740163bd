/*
 * What the program says and where: standard output, standard error, exit codes, and what is known
 * of the terminal. The only place that writes to either.
 */
#ifndef SEAM_CLI_OUTPUT_H
#define SEAM_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "capture/buffer.h"
#include "capture/err.h"

enum exit_code {
	EXIT_DONE,        /* done */
	EXIT_EXPECTATION, /* an expectation failed */
	EXIT_INPUT,       /* wrong usage or bad input */
	EXIT_MACHINE,     /* this machine cannot */
};

/* The exit code that an error asks for. */
enum exit_code output_exit(const struct err *err);

/* "seam: TEXT" on standard error, control bytes escaped; returns output_exit(err). */
enum exit_code output_error(const struct err *err);
/* "seam: …" on standard error for what the user should know and the command goes on with. */
void output_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Writes to standard output. A reader that has gone away (EPIPE) has had what it wanted: that is 0
 * too, and what else comes is dropped. -1 with err for a full disk or a closed descriptor. Blocks.
 */
int output_print(const void *bytes, size_t length, struct err *err);
int output_buffer(const struct buffer *buffer, struct err *err);
/* Whether somebody still reads it: what takes long to make is not made for nobody. */
bool output_wanted(void);

/*
 * To be called first: keeps descriptors 0, 1 and 2 from being taken by files that are opened later,
 * and makes a closed pipe an error of write(2) instead of a signal.
 */
void output_begin(void);

/* Whether standard output takes colour: a terminal that is not "dumb", and NO_COLOR not set. */
bool output_colour(void);
/*
 * What to type for this program: as it was called if that was by a path ("build/release/seam"),
 * else its name. Lent for ever.
 */
const char *output_program(void);

/* Columns: COLUMNS, else the terminal's, else otherwise. */
int output_width(int otherwise);

#endif
