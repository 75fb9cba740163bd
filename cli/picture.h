/*
 * What run, show and export draw of recordings, with what only cli/ can join: the race margins of
 * sim/, and whether each recording may be believed.
 */
#ifndef SEAM_CLI_PICTURE_H
#define SEAM_CLI_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "capture/buffer.h"
#include "capture/err.h"
#include "capture/ledger.h"
#include "viz/summary.h"
#include "viz/text.h"

/*
 * The whole text: title, timelines, rulers, table and closing lines. closing may be NULL; its
 * repeatable line is filled in here.
 */
void picture_text(struct buffer *out, const struct ledger *const *ledgers, size_t count,
                  const struct text_options *options, const struct summary_closing *closing);

/* A line a flow. */
void picture_summary(struct buffer *out, const struct ledger *const *ledgers, size_t count,
                     const struct text_options *options);

struct picture_options {
	int width;    /* logical pixels; 0: the usual */
	double scale; /* pixels to a logical one; 0: 1 */
	bool light;
};
/* Appends a whole PNG file. -1 with err where there is no font, or the picture would be too large.
 */
int picture_png(struct buffer *out, const struct ledger *const *ledgers, size_t count,
                const struct picture_options *options, struct err *err);
/* The same picture as SVG. -1 with err where there is no font to measure text by. */
int picture_svg(struct buffer *out, const struct ledger *const *ledgers, size_t count,
                const struct picture_options *options, struct err *err);

/* Appends the recording's JSON, on one line unless pretty. */
void picture_json(struct buffer *out, const struct ledger *ledger, bool pretty);

#endif
