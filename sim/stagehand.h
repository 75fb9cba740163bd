/*
 * The child of a run: enters the sandbox, sets up the link, opens the capture, runs an endpoint a
 * thread, and records packets and calls until all have ended or the time is up.
 */
#ifndef SEAM_SIM_STAGEHAND_H
#define SEAM_SIM_STAGEHAND_H

#include "sim/run.h"

struct stagehand_task {
	const struct scenario *scenario;
	const struct run_source *source;
	enum sandbox_tier tier;
	uint64_t recording_limit;
	int recording_fd; /* NAME.partial */
	int report_fd;    /* struct run_message go here */
	int begin_fd;     /* a byte: play; its end: the parent gave up */
	int parent;       /* its pid */
};

/* In a freshly forked, single-threaded process. Never returns. */
_Noreturn void stagehand_run(const struct stagehand_task *task);

#endif
