#include "cli/shelf.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/mem.h"
#include "cli/picture.h"

/* A larger one is mapped instead of read: one that is cut short while it is looked at would end us,
 * but to hold a copy would cost more than that is worth. */
#define READ_MOST (256 << 20)

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

static int read_file(const char *path, size_t size, uint8_t **bytes, size_t *length,
                     struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 1;

	if (fd < 0)
		return err_input(err, "cannot open %s: %s", path, strerror(errno));
	*bytes = mem_alloc(size + 1, 1);
	*length = 0;
	while (*length < size && got > 0) {
		do
			got = read(fd, *bytes + *length, size - *length);
		while (got < 0 && errno == EINTR);
		*length += got > 0 ? (size_t)got : 0;
	}
	close(fd);
	if (got >= 0)
		return 0;
	free(*bytes);
	*bytes = NULL;
	return err_input(err, "cannot read %s: %s", path, strerror(errno));
}

static void copy_destroy(struct shelf_copy *copy)
{
	if (!copy)
		return;
	ledger_finish(&copy->ledger);
	trace_close(&copy->trace);
	free(copy->bytes);
	free(copy);
}

static struct shelf_copy *copy_read(const char *path, const struct shelf_stamp *stamp,
                                    struct err *err)
{
	struct shelf_copy *copy = mem_alloc(1, sizeof(*copy));
	size_t length = 0;
	int result;

	if (!strcmp(path, "-") || !stamp->there || stamp->size > READ_MOST) {
		result = trace_open(path, &copy->trace, err);
	} else {
		result = read_file(path, (size_t)stamp->size, &copy->bytes, &length, err);
		if (result == 0)
			result = trace_read(copy->bytes, length, path, &copy->trace, err);
	}
	if (result != 0) {
		free(copy->bytes);
		free(copy);
		return NULL;
	}
	ledger_build(&copy->ledger, &copy->trace);
	return copy;
}

/* ---- all of them ---- */

void shelf_add(struct shelf *shelf, const char *path, bool grows)
{
	static const char ending[] = ".pcapng";
	struct buffer partial = { 0 };
	size_t length = strlen(path);
	struct shelf_item *item;

	if (length > strlen(ending) && !strcmp(path + length - strlen(ending), ending))
		length -= strlen(ending);
	buffer_add(&partial, path, length);
	buffer_text(&partial, ".partial");
	if (!grows)
		buffer_finish(&partial);
	shelf->items =
		mem_grow(shelf->items, &shelf->capacity, shelf->count, sizeof(*shelf->items));
	item = &shelf->items[shelf->count++];
	*item = (struct shelf_item){ .path = mem_text(path), .partial = partial.bytes };
}

static void item_finish(struct shelf_item *item)
{
	copy_destroy(item->copy);
	free(item->path);
	free(item->partial);
}

void shelf_drop_last(struct shelf *shelf)
{
	assert(shelf->count && !shelf->items[shelf->count - 1].copy);
	item_finish(&shelf->items[--shelf->count]);
}

static void retire(struct shelf *shelf, struct shelf_copy *copy)
{
	struct shelf_past *past = &shelf->past;

	if (!copy)
		return;
	past->copies =
		mem_grow(past->copies, &past->capacity, past->count, sizeof(struct shelf_copy *));
	past->copies[past->count++] = copy;
}

void shelf_set_growing(struct shelf *shelf, char *const *paths, size_t count)
{
	struct shelf before = *shelf;

	shelf->items = NULL;
	shelf->count = shelf->capacity = 0;
	for (size_t i = 0; i < count; i++) {
		shelf_add(shelf, paths[i], true);
		for (size_t k = 0; k < before.count; k++) {
			struct shelf_item *old = &before.items[k];

			if (!old->partial || !old->copy || strcmp(old->path, paths[i]) != 0)
				continue;
			shelf->items[i].copy = old->copy;
			shelf->items[i].seen = old->seen;
			old->copy = NULL;
		}
	}
	for (size_t k = 0; k < before.count; k++) {
		struct shelf_item *old = &before.items[k];

		if (old->partial) {
			shelf->dropped |= old->copy != NULL;
			retire(shelf, old->copy);
			old->copy = NULL;
			item_finish(old);
			continue;
		}
		shelf->items = mem_grow(shelf->items, &shelf->capacity, shelf->count,
		                        sizeof(*shelf->items));
		shelf->items[shelf->count++] = *old;
	}
	free(before.items);
}

static void sight_destroy(struct shelf_sight *sight)
{
	if (!sight)
		return;
	timeline_finish(&sight->timeline);
	free(sight->ledgers);
	free(sight->items);
	buffer_finish(&sight->title);
	free(sight);
}

static void write_title(struct shelf_sight *sight, const struct shelf *shelf, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *path = shelf->items[sight->items[i]].path;
		const char *slash = strrchr(path, '/');

		buffer_format(&sight->title, "%s%s", i ? ", " : "", slash ? slash + 1 : path);
	}
	buffer_text(&sight->title, count ? " – Seam" : "Seam");
}

static struct shelf_sight *sight_create(const struct shelf *shelf)
{
	struct shelf_sight *sight = mem_alloc(1, sizeof(*sight));
	size_t count = 0;

	sight->ledgers = mem_alloc(shelf->count, sizeof(*sight->ledgers));
	sight->items = mem_alloc(shelf->count, sizeof(*sight->items));
	for (size_t i = 0; i < shelf->count; i++) {
		if (!shelf->items[i].copy)
			continue;
		sight->items[count] = i;
		sight->ledgers[count++] = &shelf->items[i].copy->ledger;
	}
	picture_timeline(&sight->timeline, sight->ledgers, count);
	if (count)
		trust_judge(&sight->trust, sight->ledgers, count);
	write_title(sight, shelf, count);
	return sight;
}

static bool look_at(struct shelf *shelf, struct shelf_item *item, struct err *err)
{
	bool was_tried = item->seen.there || item->copy;
	struct shelf_copy *copy;
	struct err why = { 0 };
	struct shelf_stamp now;
	const char *path = place_of(item, &now);

	if (was_tried && (!strcmp(item->path, "-") || shelf_stamp_equal(&now, &item->seen)))
		return false;
	if (item->partial && !now.there)
		return false;
	item->seen = now;
	copy = copy_read(path, &now, &why);
	if (!copy) {
		/* The first bytes of one that is being written are no recording yet. */
		if (path != item->partial && !err->kind)
			*err = why;
		return false;
	}
	retire(shelf, item->copy);
	item->copy = copy;
	return true;
}

bool shelf_look(struct shelf *shelf, bool only_growing, struct err *err)
{
	bool new = !shelf->sight || shelf->dropped;

	assert(!shelf->past.sight);
	for (size_t i = 0; i < shelf->count; i++) {
		if (shelf->items[i].partial || !only_growing)
			new |= look_at(shelf, &shelf->items[i], err);
	}
	if (!new)
		return false;
	shelf->dropped = false;
	shelf->past.sight = shelf->sight;
	shelf->sight = sight_create(shelf);
	return true;
}

void shelf_forget(struct shelf *shelf)
{
	sight_destroy(shelf->past.sight);
	for (size_t i = 0; i < shelf->past.count; i++)
		copy_destroy(shelf->past.copies[i]);
	free(shelf->past.copies);
	shelf->past = (struct shelf_past){ 0 };
}

void shelf_finish(struct shelf *shelf)
{
	shelf_forget(shelf);
	sight_destroy(shelf->sight);
	for (size_t i = 0; i < shelf->count; i++)
		item_finish(&shelf->items[i]);
	free(shelf->items);
	*shelf = (struct shelf){ 0 };
}
