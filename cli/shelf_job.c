#include "cli/shelf_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/filter.h"
#include "capture/flow_trace.h"
#include "capture/mem.h"
#include "cli/picture.h"
#include "viz/flow_rank.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !strcmp(path, "-") ? "standard input" : slash ? slash + 1 : path;
}

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
	shelf_copy_let_go(copy->whole);
	free(copy->ranks);
	free(copy);
}

static struct shelf_copy *copy_create(void)
{
	struct shelf_copy *copy = mem_alloc(1, sizeof(*copy));

	atomic_init(&copy->holders, 1);
	return copy;
}

static int read_file(struct shelf_job *job, struct shelf_entry *entry, struct shelf_copy *copy)
{
	if (entry->inflow)
		return inflow_open(entry->inflow, &copy->trace, &entry->err);
	if (!strcmp(entry->place, "-"))
		return trace_open(entry->place, &copy->trace, &entry->err);
	if (held_file_open(&copy->file, entry->place, &entry->err) != 0)
		return -1;
	return trace_read_telling(copy->file.bytes, copy->file.size, entry->place, &job->progress,
	                          &copy->trace, &entry->err);
}

/* A capture needs a flow that can be drawn, of the packets that the filter leaves. */
static int take_flows(struct shelf_entry *entry, struct shelf_copy *copy)
{
	size_t count = copy->ledger.flow_count;
	const char *name = base_name(entry->path);

	if (!count)
		return err_input(&entry->err, "%s has no TCP or UDP packet that could be drawn",
		                 name);
	copy->ranks = flow_rank(&copy->ledger);
	if (entry->flow == SHELF_WORST || entry->flow < count)
		return 0;
	entry->unfit = true;
	return err_input(&entry->err, "--flow %u: %s has %zu %s", entry->flow, name, count,
	                 count == 1 ? "flow, number 0" : "flows, numbered from 0");
}

/* All of the file; NULL if it cannot be read. */
static struct shelf_copy *copy_read(struct shelf_job *job, struct shelf_entry *entry)
{
	struct shelf_copy *copy = copy_create();
	int result;

	atomic_store(&job->stage, SHELF_READING);
	result = read_file(job, entry, copy);
	if (result == 0 && job->filter && copy->trace.foreign) {
		result = filter_trace(&copy->trace, job->filter, &entry->err);
		entry->unfit = result != 0;
	}
	if (result == 0 && entry->inflow && entry->growing && !copy->trace.foreign) {
		entry->whole_only = true;
		result = err_input(&entry->err, "it is a recording: its end is waited for");
	}
	if (result == 0) {
		atomic_store(&job->stage, SHELF_ACCOUNTING);
		ledger_build(&copy->ledger, &copy->trace);
	}
	if (result == 0 && copy->trace.foreign)
		result = take_flows(entry, copy);
	if (result == 0)
		return copy;
	shelf_copy_let_go(copy);
	return NULL;
}

/* Beside other captures, which may have a flow of that number too. */
static void name_apart(struct trace *trace, uint32_t flow)
{
	struct buffer name = { 0 };

	buffer_format(&name, "flow %u %s", flow, trace->about.scenario);
	trace->about.variant = arena_text(&trace->texts, name.bytes, name.length);
	buffer_finish(&name);
}

/* A flow of a capture, which it holds. */
static struct shelf_copy *copy_flow(struct shelf_copy *whole, const struct shelf_entry *entry,
                                    bool several)
{
	struct shelf_copy *copy = copy_create();

	copy->whole = whole;
	copy->flow = entry->flow == SHELF_WORST ? whole->ranks[0].flow : entry->flow;
	flow_trace(&copy->trace, &whole->ledger, copy->flow);
	flow_trace_name(&copy->trace, base_name(entry->path), copy->flow);
	if (several)
		name_apart(&copy->trace, copy->flow);
	ledger_build(&copy->ledger, &copy->trace);
	message_judge(&copy->trace, &copy->ledger);
	return copy;
}

static void entry_read(struct shelf_job *job, struct shelf_entry *entry)
{
	struct shelf_copy *copy =
		entry->chosen ? shelf_copy_hold(entry->copy->whole) : copy_read(job, entry);

	if (!copy)
		return;
	if (copy->trace.foreign)
		copy = copy_flow(copy, entry, job->count > 1);
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
	free(sight->menus);
	waits_finish(&sight->waits);
	buffer_finish(&sight->title);
	free(sight);
}

static void add(struct shelf_sight *sight, const struct shelf_entry *entry)
{
	const struct shelf_copy *whole = entry->copy->whole;

	if (whole)
		sight->menus[sight->count] =
			(struct flow_menu){ .name = entry->copy->trace.about.scenario,
			                    .ledger = &whole->ledger,
			                    .ranks = whole->ranks,
			                    .count = whole->ledger.flow_count,
			                    .shown = entry->copy->flow,
			                    .growing = entry->growing };
	sight->copies[sight->count] = shelf_copy_hold(entry->copy);
	sight->ledgers[sight->count] = &entry->copy->ledger;
	sight->ids[sight->count] = entry->id;
	buffer_format(&sight->title, "%s%s", sight->count ? ", " : "", base_name(entry->path));
	if (whole && whole->ledger.flow_count > 1)
		buffer_format(&sight->title, " flow %u", entry->copy->flow);
	sight->count++;
}

/* Both are of one scenario, whose variants a shell sorts by name, and a was run after b. */
static bool was_run_after(const struct shelf_entry *a, const struct shelf_entry *b)
{
	const struct trace *one = &a->copy->trace, *other = &b->copy->trace;

	return !a->grows && !b->grows && !one->foreign && !other->foreign && one->about.scenario &&
	       other->about.scenario && !strcmp(one->about.scenario, other->about.scenario) &&
	       one->begun_ns > other->begun_ns;
}

/* Those that can be shown, neighbours of one scenario in the order in which they were run. */
static const struct shelf_entry **in_order(const struct shelf_job *job, size_t *count)
{
	const struct shelf_entry **order =
		mem_alloc(job->count, sizeof(const struct shelf_entry *));

	*count = 0;
	for (size_t i = 0; i < job->count; i++) {
		size_t at = *count;

		if (!job->entries[i].copy)
			continue;
		for (; at && was_run_after(order[at - 1], &job->entries[i]); at--)
			order[at] = order[at - 1];
		order[at] = &job->entries[i];
		++*count;
	}
	return order;
}

/* What comes through a pipe is said to come still. */
static void say_growing(struct shelf_sight *sight)
{
	struct trust *trust = &sight->trust;
	size_t packets = 0;

	for (size_t i = 0; i < sight->count; i++)
		packets +=
			sight->menus[i].growing ? sight->menus[i].ledger->trace->packet_count : 0;
	if (!packets || trust->count == TRUST_CHECKS)
		return;
	snprintf(trust->texts[trust->count], sizeof(trust->texts[0]),
	         "more is coming: %zu packets so far", packets);
	trust->checks[trust->count] =
		(struct scene_check){ .text = trust->texts[trust->count], .verdict = SCENE_DOUBT };
	trust->count++;
}

static struct shelf_sight *sight_create(struct shelf_job *job)
{
	struct shelf_sight *sight = mem_alloc(1, sizeof(*sight));
	const struct shelf_entry **order;
	size_t count;

	sight->copies = mem_alloc(job->count, sizeof(struct shelf_copy *));
	sight->ledgers = mem_alloc(job->count, sizeof(*sight->ledgers));
	sight->ids = mem_alloc(job->count, sizeof(*sight->ids));
	sight->menus = mem_alloc(job->count, sizeof(*sight->menus));
	order = in_order(job, &count);
	for (size_t i = 0; i < count; i++)
		add(sight, order[i]);
	free(order);
	buffer_text(&sight->title, sight->count ? " – Seam" : "Seam");
	atomic_store(&job->stage, SHELF_LAYING_OUT);
	picture_timeline(&sight->timeline, sight->ledgers, sight->count);
	if (sight->count)
		trust_judge(&sight->trust, sight->ledgers, sight->count);
	say_growing(sight);
	atomic_store(&job->stage, SHELF_STEPS);
	item_steps_build(&sight->steps, &sight->timeline);
	waits_build(&sight->waits, &sight->timeline);
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
		if (!job->entries[i].asked && !job->entries[i].chosen)
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
