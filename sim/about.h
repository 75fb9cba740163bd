/*
 * What a recording says of the run that made it, before it plays: scenario, engine, kernel, link
 * and the options in force.
 */
#ifndef SEAM_SIM_ABOUT_H
#define SEAM_SIM_ABOUT_H

#include <sys/utsname.h>

#include "capture/buffer.h"
#include "capture/trace.h"
#include "sim/run.h"

struct about {
	struct trace_about trace; /* its texts are lent by scenario, source and the fields below */
	struct buffer link, options;
	struct utsname kernel;
};

void about_init(struct about *about, const struct scenario *scenario,
                const struct run_source *source, enum sandbox_tier tier);
void about_finish(struct about *about);

#endif
