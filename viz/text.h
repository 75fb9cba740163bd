/*
 * The picture in characters: one or several recordings as a terminal shows them, a group of rows
 * each, on one time axis. Pure: text out, nothing is printed. The rows are made by lanes.c, wire.c,
 * density.c and ruler.c; heading and table by summary.c.
 */
#ifndef SEAM_VIZ_TEXT_H
#define SEAM_VIZ_TEXT_H

#include <stdbool.h>

#include "capture/buffer.h"
#include "viz/timeline.h"

#define TEXT_WIDTH_MIN     60
#define TEXT_WIDTH_DEFAULT 100
#define TEXT_WIDTH_MAX     400

struct text_options {
	int width;     /* columns of the terminal; 0: the default, less than the least: the least */
	bool colour;   /* 24-bit SGR: writes on their colours */
	bool ascii;    /* nothing but ASCII */
	bool all_acks; /* every acknowledgement, not only those that ended a hold */
	bool details;  /* all that the kernel counted and said of its connections, behind the table
	                */
};

/*
 * Appends the title line with its conditions, the legend of what the picture shows, then each group
 * (heading, time axis, lanes, wire, byte ruler), the table and what the kernel counted. Texts of
 * files and packets are escaped. The closing lines are summary_closing().
 */
void text_render(struct buffer *out, const struct timeline *timeline,
                 const struct text_options *options);

/* Those of a terminal: the width within its limits. */
struct text_options text_options_checked(const struct text_options *options);

#endif
