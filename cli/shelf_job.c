#include "cli/shelf_job.h"

#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "cli/picture.h"

/* ---- a copy ---- */

struct shelf_copy *shelf_copy_hold(struct shelf_copy *copy)
{
	if (copy)
		atomic_fetch_add(&copy->holders, 1);
	return copy;
}

void shelf_copy_let_go(struct shelf_copy *copy)
{
	if (!copy || atomic_fetch_sub(&copy->holders, 1) > 1)
		return;
	ledger_finish(&copy->ledger);
	trace_close(&copy->trace);
	held_file_close(&copy->file);
	free(copy);
}

static struct shelf_copy *copy_read(struct shelf_job *job, struct shelf_entry *entry)
{
	struct shelf_copy *copy = mem_alloc(1, sizeof(*copy));
	int result;

	atomic_init(&copy->holders, 1);
	atomic_store(&job->stage, SHELF_READING);
	if (!strcmp(entry->place, "-")) {
		result = trace_open(entry->place, &copy->trace, &entry->err);
	} else {
		result = held_file_open(&copy->file, entry->place, &entry->err);
		if (result == 0)
			result = trace_read_telling(copy->file.bytes, copy->file.size, entry->place,
			                            &job->progress, &copy->trace, &entry->err);
	}
	if (result != 0) {
		held_file_close(&copy->file);
		free(copy);
		return NULL;
	}
	atomic_store(&job->stage, SHELF_ACCOUNTING);
	ledger_build(&copy->ledger, &copy->trace);
	message_judge(&copy->trace, &copy->ledger);
	return copy;
}

static void entry_read(struct shelf_job *job, struct shelf_entry *entry)
{
	struct shelf_copy *copy = copy_read(job, entry);

	if (!copy)
		return;
	shelf_copy_let_go(entry->copy);
	entry->copy = copy;
	entry->was_read = true;
}

/* ---- all of them ---- */

void shelf_sight_free(struct shelf_sight *sight)
{
	if (!sight)
		return;
	scene_index_free(sight->index);
	item_steps_finish(&sight->steps);
	timeline_finish(&sight->timeline);
	for (size_t i = 0; i < sight->count; i++)
		shelf_copy_let_go(sight->copies[i]);
	free(sight->copies);
	free(sight->ledgers);
	free(sight->ids);
	buffer_finish(&sight->title);
	free(sight);
}

static void add(struct shelf_sight *sight, const struct shelf_entry *entry)
{
	const char *slash = strrchr(entry->path, '/');

	sight->copies[sight->count] = shelf_copy_hold(entry->copy);
	sight->ledgers[sight->count] = &entry->copy->ledger;
	sight->ids[sight->count] = entry->id;
	buffer_format(&sight->title, "%s%s", sight->count ? ", " : "",
	              slash ? slash + 1 : entry->path);
	sight->count++;
}

static struct shelf_sight *sight_create(struct shelf_job *job)
{
	struct shelf_sight *sight = mem_alloc(1, sizeof(*sight));

	sight->copies = mem_alloc(job->count, sizeof(struct shelf_copy *));
	sight->ledgers = mem_alloc(job->count, sizeof(*sight->ledgers));
	sight->ids = mem_alloc(job->count, sizeof(*sight->ids));
	for (size_t i = 0; i < job->count; i++) {
		if (job->entries[i].copy)
			add(sight, &job->entries[i]);
	}
	buffer_text(&sight->title, sight->count ? " – Seam" : "Seam");
	atomic_store(&job->stage, SHELF_LAYING_OUT);
	picture_timeline(&sight->timeline, sight->ledgers, sight->count);
	if (sight->count)
		trust_judge(&sight->trust, sight->ledgers, sight->count);
	atomic_store(&job->stage, SHELF_STEPS);
	item_steps_build(&sight->steps, &sight->timeline);
	atomic_store(&job->stage, SHELF_INDEX);
	sight->index = scene_index_new(&sight->timeline);
	return sight;
}

/* ---- the tasks ---- */

void shelf_job_work(void *context)
{
	struct shelf_job *job = context;
	bool new = job->renew;

	for (size_t i = 0; i < job->count && progress_goes_on(&job->progress); i++) {
		if (!job->entries[i].asked)
			continue;
		progress_tell(&job->progress, 0);
		atomic_store(&job->entry, i);
		entry_read(job, &job->entries[i]);
		new |= job->entries[i].was_read;
	}
	if (new &&progress_goes_on(&job->progress))
		job->sight = sight_create(job);
	atomic_store(&job->stage, SHELF_READY);
}

void shelf_job_free(void *context)
{
	struct shelf_job *job = context;

	if (!job)
		return;
	shelf_sight_free(job->sight);
	for (size_t i = 0; i < job->count; i++) {
		shelf_copy_let_go(job->entries[i].copy);
		free(job->entries[i].path);
		free(job->entries[i].place);
	}
	free(job->entries);
	free(job);
}

uint64_t shelf_job_size(const struct shelf_job *job)
{
	uint64_t size = 0;

	for (size_t i = 0; i < job->count; i++)
		size += job->entries[i].asked ? job->entries[i].size : 0;
	return size;
}

uint64_t shelf_job_done(const struct shelf_job *job)
{
	size_t current = atomic_load(&job->entry);
	uint64_t done = 0;

	for (size_t i = 0; i < current; i++)
		done += job->entries[i].asked ? job->entries[i].size : 0;
	return done + atomic_load(&job->progress.done);
}
