/*
 * What `check` works through: a task for each variant of each scenario, and what is said of it when
 * it was played.
 */
#ifndef SEAM_CLI_TASK_H
#define SEAM_CLI_TASK_H

#include <stdbool.h>
#include <stddef.h>

#include "capture/buffer.h"
#include "cli/play.h"

struct subject {
	const char *path;
	struct scenario_file *file;
	char *folder; /* of its own within the scratch, so that names cannot meet; NULL */
	struct play_options play;
};

enum task_state {
	TASK_WAITING,
	TASK_PLAYING,
	TASK_PLAYED,
};

/* One variant of one scenario. */
struct task {
	const struct subject *subject;
	size_t variant;
	struct play play;
	enum task_state state;
	bool again; /* this is its second try */
	struct err err;
};

/* This machine's kernel lacks what it asks for: neither passed nor failed. */
bool task_skipped(const struct task *task);
/* It could not be played, or its recording cannot be believed. */
bool task_broken(const struct task *task);
/* That, or an expectation of it failed or was decided by a race. */
bool task_failed(const struct task *task);

/* A line for each expectation and fault, under a heading; with json an object a line. */
void task_tell(struct buffer *out, const struct task *task, bool json);

#endif
