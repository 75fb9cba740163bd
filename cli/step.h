/*
 * Recordings at a moment, and walked through event by event, in the terminal.
 */
#ifndef SEAM_CLI_STEP_H
#define SEAM_CLI_STEP_H

#include <stddef.h>
#include <stdint.h>

#include "capture/err.h"
#include "capture/ledger.h"
#include "viz/text.h"

/* "14ms", "0", "-1.5ms" before the first write. ERR_INPUT says what is wrong with it. */
int step_read_time(const char *text, int64_t *ns, struct err *err);

/* Prints where every byte is at ns since the first write of each. */
int step_print_at(const struct ledger *const *ledgers, size_t count, int64_t ns,
                  const struct text_options *options, struct err *err);

/*
 * Walks through all events: asks what next where standard input and output are a terminal, else
 * prints each event with where the bytes of its recording are then. Blocks.
 */
int step_walk(const struct ledger *const *ledgers, size_t count, const struct text_options *options,
              struct err *err);

#endif
