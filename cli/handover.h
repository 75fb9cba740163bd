/*
 * A recording handed over to Wireshark: exported into a folder of its own that is also the
 * configuration Wireshark starts with, so that nobody's own is touched, and both gone when it is
 * closed.
 */
#ifndef SEAM_CLI_HANDOVER_H
#define SEAM_CLI_HANDOVER_H

#include "capture/buffer.h"
#include "capture/err.h"
#include "capture/ledger.h"
#include "viz/wireshark.h"

/*
 * Opens Wireshark with the recording and blocks until it is closed. path is what the ledger's trace
 * was read from: its name is shown in Wireshark. ERR_MACHINE where Wireshark is not installed, with
 * what to do instead, or cannot be started.
 */
int handover_open(const struct ledger *ledger, const struct wireshark_options *options,
                  const char *path, struct err *err);

/*
 * The same from a program that goes on: starts `seam wireshark PATH` beside it. Does not block.
 * ERR_MACHINE as above; what goes wrong later nobody hears.
 */
int handover_start(const char *path, struct err *err);

/* Appends the line of a shell that does it by hand. ERR_INPUT for a path that no line can show. */
int handover_print(struct buffer *out, const struct wireshark_options *options, const char *path,
                   struct err *err);

#endif
