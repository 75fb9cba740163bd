#include "cli/shelf.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"

/* ---- one file ---- */

struct shelf_stamp shelf_stamp(const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0)
		return (struct shelf_stamp){ 0 };
	return (struct shelf_stamp){ .there = true,
		                     .device = status.st_dev,
		                     .inode = status.st_ino,
		                     .size = status.st_size,
		                     .changed = status.st_mtim };
}

bool shelf_stamp_equal(const struct shelf_stamp *a, const struct shelf_stamp *b)
{
	return a->there == b->there && a->device == b->device && a->inode == b->inode &&
	       a->size == b->size && a->changed.tv_sec == b->changed.tv_sec &&
	       a->changed.tv_nsec == b->changed.tv_nsec;
}

static bool is_newer(const struct shelf_stamp *a, const struct shelf_stamp *b)
{
	if (a->changed.tv_sec != b->changed.tv_sec)
		return a->changed.tv_sec > b->changed.tv_sec;
	return a->changed.tv_nsec > b->changed.tv_nsec;
}

/* Where an item is now: a run that goes on is newer than the last one's recording. */
static const char *place_of(const struct shelf_item *item, struct shelf_stamp *stamp)
{
	struct shelf_stamp partial = { 0 };

	if (item->inflow) {
		struct inflow_state state = inflow_state(item->inflow);

		*stamp = (struct shelf_stamp){ .there = state.size || state.ended,
			                       .size = (off_t)state.size,
			                       .inode = state.ended };
		return item->path;
	}
	*stamp = shelf_stamp(item->path);
	if (item->partial)
		partial = shelf_stamp(item->partial);
	if (!partial.there || (stamp->there && !is_newer(&partial, stamp)))
		return item->path;
	*stamp = partial;
	return item->partial;
}

const char *shelf_place(const struct shelf_item *item)
{
	struct shelf_stamp ignored;

	return place_of(item, &ignored);
}

bool shelf_changed(const struct shelf_item *item)
{
	struct shelf_stamp now;

	if (!strcmp(item->path, "-"))
		return false;
	place_of(item, &now);
	return !shelf_stamp_equal(&now, &item->seen);
}

/* ---- which there are ---- */

unsigned shelf_add(struct shelf *shelf, const char *path, bool grows)
{
	static const char ending[] = ".pcapng";
	struct buffer partial = { 0 };
	size_t length = strlen(path), tail = strlen(ending);
	struct shelf_item *item;

	if (length > tail && !strcmp(path + (length - tail), ending))
		length -= tail;
	buffer_add(&partial, path, length);
	buffer_text(&partial, ".partial");
	if (!grows)
		buffer_finish(&partial);
	shelf->items =
		mem_grow(shelf->items, &shelf->capacity, shelf->count, sizeof(*shelf->items));
	item = &shelf->items[shelf->count++];
	*item = (struct shelf_item){ .id = ++shelf->next_id,
		                     .path = mem_text(path),
		                     .partial = partial.bytes,
		                     .flow = SHELF_WORST };
	return item->id;
}

unsigned shelf_add_inflow(struct shelf *shelf, struct inflow *inflow)
{
	unsigned id = shelf_add(shelf, "-", false);

	shelf_find(shelf, id)->inflow = inflow;
	return id;
}

void shelf_choose(struct shelf *shelf, unsigned id, uint32_t flow)
{
	struct shelf_item *item = shelf_find(shelf, id);

	if (!item)
		return;
	item->rechosen = item->copy && item->copy->whole && item->copy->flow != flow;
	item->flow = flow;
}

static void item_finish(struct shelf_item *item)
{
	shelf_copy_let_go(item->copy);
	free(item->path);
	free(item->partial);
}

struct shelf_item *shelf_find(struct shelf *shelf, unsigned id)
{
	for (size_t i = 0; i < shelf->count; i++) {
		if (shelf->items[i].id == id)
			return &shelf->items[i];
	}
	return NULL;
}

void shelf_drop(struct shelf *shelf, unsigned id)
{
	struct shelf_item *item = shelf_find(shelf, id);

	if (!item)
		return;
	shelf->dropped |= item->copy != NULL;
	item_finish(item);
	shelf->count--;
	memmove(item, item + 1, (size_t)(shelf->items + shelf->count - item) * sizeof(*item));
}

/* One of before that grows and is called so goes over to the shelf. */
static bool keep(struct shelf *shelf, struct shelf *before, const char *path)
{
	for (size_t i = 0; i < before->count; i++) {
		if (!before->items[i].partial || strcmp(before->items[i].path, path) != 0)
			continue;
		shelf->items = mem_grow(shelf->items, &shelf->capacity, shelf->count,
		                        sizeof(*shelf->items));
		shelf->items[shelf->count++] = before->items[i];
		before->count--;
		memmove(&before->items[i], &before->items[i + 1],
		        (before->count - i) * sizeof(*before->items));
		return true;
	}
	return false;
}

void shelf_set_growing(struct shelf *shelf, char *const *paths, size_t count)
{
	struct shelf before = *shelf;

	shelf->items = NULL;
	shelf->count = shelf->capacity = 0;
	for (size_t i = 0; i < count; i++) {
		if (!keep(shelf, &before, paths[i]))
			shelf_add(shelf, paths[i], true);
	}
	for (size_t i = 0; i < before.count; i++) {
		struct shelf_item *old = &before.items[i];

		if (old->partial) {
			shelf->dropped |= old->copy != NULL;
			item_finish(old);
			continue;
		}
		shelf->items = mem_grow(shelf->items, &shelf->capacity, shelf->count,
		                        sizeof(*shelf->items));
		shelf->items[shelf->count++] = *old;
	}
	free(before.items);
}

/* ---- what is to be read ---- */

/* Whether it is to be read, and where it is, as it is now. */
static bool is_new(struct shelf_item *item, bool only_growing, const char **place,
                   struct shelf_stamp *now)
{
	bool standard = !strcmp(item->path, "-");

	*place = place_of(item, now);
	if ((item->partial || item->inflow) && !now->there)
		return false;
	if (item->inflow && item->whole_only && !inflow_state(item->inflow).ended)
		return false;
	if (!item->tried)
		return true;
	if (item->inflow)
		return !shelf_stamp_equal(now, &item->seen);
	if (standard || (only_growing && !item->partial))
		return false;
	return !shelf_stamp_equal(now, &item->seen);
}

static bool plan_item(struct shelf_job *job, struct shelf_item *item, bool only_growing)
{
	struct shelf_stamp now;
	struct shelf_entry *entry;
	const char *place;
	bool asked = is_new(item, only_growing, &place, &now);

	job->entries = mem_grow(job->entries, &job->capacity, job->count, sizeof(*job->entries));
	entry = &job->entries[job->count++];
	*entry = (struct shelf_entry){ .id = item->id,
		                       .path = mem_text(item->path),
		                       .place = mem_text(place),
		                       .asked = asked,
		                       .grows = item->partial != NULL,
		                       .growing = (item->partial && place == item->partial) ||
		                                  (item->inflow && !now.inode),
		                       .first = asked && !item->tried,
		                       .size = now.there ? (uint64_t)now.size : 0,
		                       .inflow = item->inflow,
		                       .flow = item->flow,
		                       .chosen = !asked && item->rechosen,
		                       .copy = shelf_copy_hold(item->copy) };
	item->rechosen = false;
	if (!asked)
		return entry->chosen;
	item->tried = true;
	item->seen = now;
	return true;
}

struct shelf_job *shelf_plan(struct shelf *shelf, bool only_growing)
{
	struct shelf_job *job = mem_alloc(1, sizeof(*job));
	bool any = shelf->dropped;

	job->filter = shelf->filter;
	job->renew = shelf->dropped;
	for (size_t i = 0; i < shelf->count; i++)
		any |= plan_item(job, &shelf->items[i], only_growing);
	if (!any) {
		shelf_job_free(job);
		return NULL;
	}
	shelf->dropped = false;
	return job;
}

bool shelf_take(struct shelf *shelf, struct shelf_job *job)
{
	struct shelf_sight *before = shelf->sight;

	assert(atomic_load(&job->stage) == SHELF_READY);
	for (size_t i = 0; i < job->count; i++) {
		struct shelf_item *item = shelf_find(shelf, job->entries[i].id);

		if (item)
			item->whole_only |= job->entries[i].whole_only;
	}
	if (!job->sight)
		return false;
	for (size_t i = 0; i < job->count; i++) {
		struct shelf_entry *entry = &job->entries[i];
		struct shelf_item *item = shelf_find(shelf, entry->id);
		struct shelf_copy *copy;

		if (!entry->was_read)
			continue;
		if (!item) {
			/* It went meanwhile: what was made has it, and must be made anew. */
			shelf->dropped = true;
			continue;
		}
		copy = item->copy;
		item->copy = entry->copy;
		entry->copy = copy;
	}
	shelf->sight = job->sight;
	job->sight = before;
	return true;
}

void shelf_finish(struct shelf *shelf)
{
	shelf_sight_free(shelf->sight);
	for (size_t i = 0; i < shelf->count; i++)
		item_finish(&shelf->items[i]);
	free(shelf->items);
	*shelf = (struct shelf){ 0 };
}
