/*
 * What `run` prints and draws of its plays: the pictures of viz/ with what only this run knows
 * beside them, the race margin, the checks, the expectations and the files.
 */
#ifndef SEAM_CLI_REPORT_H
#define SEAM_CLI_REPORT_H

#include "cli/play.h"

struct report_options {
	int width;
	bool colour, ascii, light;
	const char *png; /* path; NULL */
};

/* The picture in characters, of all plays that were accounted. */
void report_text(struct buffer *out, const struct play *plays, size_t count,
                 const struct report_options *options);
/* Expectations that failed, checks that failed, whether it is repeatable, where the recordings are,
 * what to do next. */
void report_closing(struct buffer *out, const struct play *plays, size_t count,
                    const struct report_options *options);
/* One picture of all plays, at options->png. */
int report_png(const struct play *plays, size_t count, const struct report_options *options,
               struct err *err);

#endif
