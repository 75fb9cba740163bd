/*
 * Captures of others among the inputs of a command: the options that choose a flow, and what is
 * said where none is chosen.
 */
#ifndef SEAM_CLI_CAPTURES_H
#define SEAM_CLI_CAPTURES_H

#include "capture/buffer.h"
#include "cli/inputs.h"
#include "cli/options.h"
#include "viz/text.h"

#define CAPTURES_NO_FLOW (-1)
#define CAPTURES_WORST   10000 /* the most that --worst takes */

struct captures {
	int64_t flow; /* CAPTURES_NO_FLOW unless it was given */
	const char *filter;
	int64_t worst; /* 0: not asked for */
};
/* How it begins. */
#define CAPTURES_INIT                                                                              \
	{                                                                                          \
		.flow = CAPTURES_NO_FLOW                                                           \
	}

/* Rows of a command's options. */
#define CAPTURES_OPTIONS(captures)                                                                 \
	{ .name = "flow",                                                                          \
	  .argument = "N",                                                                         \
	  .summary = "of a capture: this flow, by its number in the list",                         \
	  .kind = OPTION_NUMBER,                                                                   \
	  .value = &(captures)->flow,                                                              \
	  .most = UINT32_MAX - 1 },                                                                \
	{                                                                                          \
		.name = "filter", .argument = "EXPR",                                              \
		.summary = "of a capture: what libpcap lets through, \"port 80\"",                 \
		.kind = OPTION_TEXT, .value = &(captures)->filter                                  \
	}
#define CAPTURES_WORST_OPTION(captures)                                                            \
	{                                                                                          \
		.name = "worst", .argument = "N",                                                  \
		.summary = "of a capture: the N longest holds, ack waits and idle gaps",           \
		.kind = OPTION_NUMBER, .value = &(captures)->worst, .least = 1,                    \
		.most = CAPTURES_WORST                                                             \
	}

/* inputs_open() with the filter. --filter is an error where no input is a capture of others. */
int captures_open(struct inputs *inputs, char *const *paths, size_t count,
                  const struct captures *captures, struct err *err);

/*
 * Puts the chosen flow (or the only one) of each capture in its place among inputs->ledgers, as a
 * trace that every picture draws. A capture of which no flow is chosen stays as it is:
 * captures_undecided().
 */
int captures_choose(struct inputs *inputs, const struct captures *captures, struct err *err);

/* Whether it is somebody else's and waits for --flow. */
bool captures_undecided(const struct input *input);
/* An error that says so, where a command can draw only a flow. */
int captures_need_flow(const struct inputs *inputs, const char *command, struct err *err);
/* A flow worth opening where the user cannot be asked: that which waited longest; LEDGER_NONE. */
uint32_t captures_worst_flow(const struct ledger *ledger);
/* That flow of an input, which is then chosen. */
void captures_take(struct inputs *inputs, size_t input, uint32_t flow);

/* The list of an undecided capture, or with worst the waits, as text or JSON. */
void captures_list(struct buffer *out, const struct input *input, const struct captures *captures,
                   bool json, const struct text_options *options);

#endif
