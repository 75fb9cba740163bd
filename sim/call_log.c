#include "sim/call_log.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"

#define SLOTS 64 /* of a chunk; chunks that were recorded are freed, so memory stays bounded */

/* begin is written before the slot is published, end before ended is set: nobody reads what is
 * being written. */
struct call_slot {
	struct call begin, end;
	atomic_bool ended;
};

struct chunk {
	struct call_slot slots[SLOTS];
	atomic_uint published;
	_Atomic(struct chunk *) next;
};

struct call_log {
	struct chunk *tail; /* the endpoint appends here */
	struct chunk *head; /* the recorder reads here */
	unsigned taken;     /* slots of head that were handed out as ended */
	bool begun_taken;   /* slot `taken` was handed out as begun */
};

struct call_log *call_log_create(void)
{
	struct call_log *log = mem_alloc(1, sizeof(*log));

	log->head = log->tail = mem_alloc(1, sizeof(struct chunk));
	return log;
}

static void keep_texts(struct call *call)
{
	call->payload = call->payload_length
	                        ? (uint8_t *)mem_copy(call->payload, call->payload_length)
	                        : NULL;
	call->detail = mem_text(call->detail);
	call->note = mem_text(call->note);
}

static void drop_texts(struct call *call)
{
	free((void *)call->payload);
	free((char *)call->detail);
	free((char *)call->note);
}

static void drop_slot(struct call_slot *slot)
{
	drop_texts(&slot->begin);
	if (atomic_load(&slot->ended))
		drop_texts(&slot->end);
}

void call_log_destroy(struct call_log *log)
{
	struct chunk *next;

	if (!log)
		return;
	for (struct chunk *chunk = log->head; chunk; chunk = next) {
		for (unsigned i = 0; i < atomic_load(&chunk->published); i++)
			drop_slot(&chunk->slots[i]);
		next = atomic_load(&chunk->next);
		free(chunk);
	}
	free(log);
}

struct call_slot *call_log_begin(struct call_log *log, const struct call *call)
{
	struct chunk *chunk = log->tail;
	unsigned at = atomic_load_explicit(&chunk->published, memory_order_relaxed);

	if (at == SLOTS) {
		log->tail = mem_alloc(1, sizeof(*chunk));
		atomic_store_explicit(&chunk->next, log->tail, memory_order_release);
		chunk = log->tail;
		at = 0;
	}
	struct call_slot *slot = &chunk->slots[at];

	slot->begin = *call;
	slot->begin.ended = false;
	slot->begin.end_ns = CALL_PENDING;
	keep_texts(&slot->begin);
	atomic_store_explicit(&chunk->published, at + 1, memory_order_release);
	return slot;
}

void call_log_end(struct call_slot *slot, const struct call *call)
{
	slot->end = *call;
	slot->end.ended = true;
	keep_texts(&slot->end);
	atomic_store_explicit(&slot->ended, true, memory_order_release);
}

bool call_log_take(struct call_log *log, struct call *call)
{
	struct chunk *chunk = log->head;

	if (log->taken == SLOTS) {
		struct chunk *next = atomic_load_explicit(&chunk->next, memory_order_acquire);

		if (!next)
			return false;
		for (unsigned i = 0; i < SLOTS; i++)
			drop_slot(&chunk->slots[i]);
		free(chunk);
		log->head = chunk = next;
		log->taken = 0;
	}
	if (log->taken == atomic_load_explicit(&chunk->published, memory_order_acquire))
		return false;
	struct call_slot *slot = &chunk->slots[log->taken];

	if (atomic_load_explicit(&slot->ended, memory_order_acquire)) {
		*call = slot->end;
		log->taken++;
		log->begun_taken = false;
		return true;
	}
	if (log->begun_taken)
		return false;
	*call = slot->begin;
	log->begun_taken = true;
	return true;
}
