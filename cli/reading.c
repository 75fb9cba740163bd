#include "cli/reading.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "capture/buffer.h"
#include "sim/clock.h"

#define QUIET_BESIDE_MS 400 /* where a picture is there and answers meanwhile */
#define ASK_AGAIN_MS    100
#define WAIT_MOST_MS    200 /* for a worker, at the end */

/* What is said of each stage, and its share of the time that all take. */
static const struct {
	const char *doing;
	double share;
} stages[] = {
	[SHELF_WAITING] = { "waiting for what was asked before", 0 },
	[SHELF_READING] = { "its packets and calls", 0.12 },
	[SHELF_ACCOUNTING] = { "following every byte from write to read", 0.22 },
	[SHELF_LAYING_OUT] = { "laying it out in time", 0.3 },
	[SHELF_STEPS] = { "putting its events in order", 0.13 },
	[SHELF_INDEX] = { "making it quick to draw", 0.23 },
	[SHELF_READY] = { "ready", 0 },
};
static_assert(sizeof(stages) / sizeof(*stages) == SHELF_STAGE_COUNT, "words for each");

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !strcmp(path, "-") ? "standard input" : slash ? slash + 1 : path;
}

/* ---- one job after the other ---- */

static bool start(struct reading *reading)
{
	if (reading->job || !reading->wants)
		return reading->wants;
	reading->job = shelf_plan(&reading->shelf, !reading->wants_all);
	reading->job_asked = reading->wants_asked;
	reading->wants = reading->wants_all = reading->wants_asked = false;
	if (!reading->job)
		return false;
	reading->begun_ns = clock_monotonic_ns();
	worker_do(reading->worker, shelf_job_work, reading->job);
	return true;
}

bool reading_look(struct reading *reading, bool only_growing, bool asked)
{
	reading->wants = true;
	reading->wants_all |= !only_growing;
	reading->wants_asked |= asked;
	return start(reading);
}

struct shelf_job *reading_take(struct reading *reading, bool *shown)
{
	struct shelf_job *job = reading->job;

	if (!job || atomic_load(&job->stage) != SHELF_READY)
		return NULL;
	*shown = shelf_take(&reading->shelf, job);
	reading->took_ns = clock_monotonic_ns() - reading->begun_ns;
	return job;
}

bool reading_done(struct reading *reading, struct shelf_job *job)
{
	bool asked = reading->wants_asked;

	assert(job == reading->job);
	reading->job = NULL;
	/* What is old goes first: two large pictures are enough to hold. */
	worker_do(reading->worker, shelf_job_free, job);
	return start(reading) || !asked;
}

void reading_finish(struct reading *reading)
{
	if (reading->job)
		progress_stop(&reading->job->progress);
	/* A job that is not waited for keeps what it holds. */
	if (worker_finish(reading->worker, WAIT_MOST_MS))
		shelf_job_free(reading->job);
	shelf_finish(&reading->shelf);
}

/* ---- in words ---- */

/* Of one of several recordings, its stages until they are joined are that part of the whole. */
static double share_of(const struct shelf_job *job, int stage)
{
	double size = (double)shelf_job_size(job), done = (double)shelf_job_done(job), share = 0;
	double own = stages[SHELF_READING].share + stages[SHELF_ACCOUNTING].share;

	if (stage <= SHELF_ACCOUNTING) {
		const struct shelf_entry *entry = &job->entries[atomic_load(&job->entry)];
		double part = (double)atomic_load(&job->progress.done);
		double before = done - part;

		if (!(size > 0))
			return -1;
		share = stages[SHELF_READING].share * part;
		if (stage == SHELF_ACCOUNTING)
			share = stages[SHELF_READING].share * (double)entry->size;
		return (before * own + share) / size;
	}
	for (int i = 0; i < stage; i++)
		share += stages[i].share;
	return share;
}

static void say_what(struct reading *reading, int stage)
{
	const struct shelf_job *job = reading->job;
	size_t asked = 0;

	for (size_t i = 0; i < job->count; i++)
		asked += job->entries[i].asked;
	if (stage <= SHELF_ACCOUNTING || asked == 1) {
		size_t at = atomic_load(&job->entry);

		snprintf(reading->what, sizeof(reading->what), "Reading %s",
		         base_name(job->entries[at].path));
	} else {
		snprintf(reading->what, sizeof(reading->what), "Reading %zu recordings", asked);
	}
}

static void say_stage(struct reading *reading, int stage)
{
	const struct shelf_job *job = reading->job;
	const struct shelf_entry *entry = &job->entries[atomic_load(&job->entry)];
	double done = (double)atomic_load(&job->progress.done) / 1e6;

	if (stage == SHELF_READING && entry->size)
		snprintf(reading->stage, sizeof(reading->stage), "%s: %.*f of %.*f MB",
		         stages[stage].doing, entry->size < 10000000, done, entry->size < 10000000,
		         (double)entry->size / 1e6);
	else
		snprintf(reading->stage, sizeof(reading->stage), "%s", stages[stage].doing);
}

static void add_then(struct buffer *out, const char *text)
{
	buffer_format(out, "%s%s", out->length ? ", " : "then ", text);
}

/* Recordings of this job, and those that wait for the next. */
static void say_then(struct reading *reading, int stage)
{
	const struct shelf_job *job = reading->job;
	const struct shelf *shelf = &reading->shelf;
	struct buffer text = { 0 };

	if (stage <= SHELF_ACCOUNTING) {
		for (size_t i = atomic_load(&job->entry) + 1; i < job->count; i++) {
			if (job->entries[i].asked)
				add_then(&text, base_name(job->entries[i].path));
		}
	}
	for (size_t i = 0; i < shelf->count; i++) {
		if (!shelf->items[i].tried && !shelf->items[i].partial)
			add_then(&text, base_name(shelf->items[i].path));
	}
	snprintf(reading->then, sizeof(reading->then), "%s", text.length ? text.bytes : "");
	buffer_finish(&text);
}

int reading_words(struct reading *reading, struct scene_loading *loading)
{
	const struct shelf_sight *sight = reading->shelf.sight;
	bool beside = sight && sight->count;
	int64_t passed_ns = clock_monotonic_ns() - reading->begun_ns;
	int64_t quiet_ms = beside ? QUIET_BESIDE_MS : READING_QUIET_MS, passed_ms;
	int stage;

	if (!reading->job)
		return 0;
	stage = atomic_load(&reading->job->stage);
	passed_ms = passed_ns / 1000000;
	if (passed_ms < quiet_ms)
		return (int)(quiet_ms - passed_ms);
	say_what(reading, stage);
	say_stage(reading, stage);
	say_then(reading, stage);
	snprintf(reading->since, sizeof(reading->since), "%.1f s", (double)passed_ns / 1e9);
	*loading = (struct scene_loading){ .what = reading->what,
		                           .stage = reading->stage,
		                           .then = *reading->then ? reading->then : NULL,
		                           .since = reading->since,
		                           .share = share_of(reading->job, stage) };
	return ASK_AGAIN_MS;
}
