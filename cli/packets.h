/*
 * A recording exported for Wireshark into a file or to standard output, as it is made: it may be
 * larger than memory.
 */
#ifndef SEAM_CLI_PACKETS_H
#define SEAM_CLI_PACKETS_H

#include <stdbool.h>

#include "capture/err.h"
#include "capture/ledger.h"
#include "viz/wireshark.h"

/* path "-": standard output. The rules of save.h; that it is no input the caller has asked. */
int packets_write(const struct ledger *ledger, const struct wireshark_options *options,
                  const char *path, bool force, struct err *err);

#endif
