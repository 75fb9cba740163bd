/*
 * What the endpoints of one run share: how far each has come, the moment at which all start,
 * signals, and the serial numbers. Any thread may call any function; each is short but
 * stage_wait_*(), which block.
 *
 *   SETTING_UP ──▶ LISTENING ──▶ READY ──▶ (start) PLAYING ──▶ ENDED ──▶ CLOSED
 *   sockets,       nobody connects    connected,                the script    its sockets were
 *   bind, listen   before all listen  or accepting              is over       closed too
 */
#ifndef SEAM_SIM_STAGE_H
#define SEAM_SIM_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/address.h"

enum stage_state {
	STAGE_SETTING_UP,
	STAGE_LISTENING,
	STAGE_READY,
	STAGE_ENDED,
	STAGE_CLOSED,
};

struct stage;

/* names of the endpoints, lent. NULL never: exits when out of memory. */
struct stage *stage_create(const char *const *endpoints, size_t count);
void stage_destroy(struct stage *stage);

/* The endpoint has come at least as far as state. Coming to STAGE_ENDED raises its name as a
 * signal. */
void stage_reach(struct stage *stage, size_t endpoint, enum stage_state state);
/* All endpoints have come at least as far as state. */
bool stage_all(struct stage *stage, enum stage_state state);
/* The same for all but one. */
bool stage_others(struct stage *stage, size_t endpoint, enum stage_state state);
/* Readable (poll(2)) when some endpoint has moved; stage_fd_clear() before looking. */
int stage_fd(const struct stage *stage);
void stage_fd_clear(struct stage *stage);

/* Blocks until all have come as far as state. */
void stage_wait_all(struct stage *stage, enum stage_state state);

/* at: 0 is t0 of CLOCK_MONOTONIC; releases stage_wait_start(). Once. */
void stage_start(struct stage *stage, int64_t t0_mono_ns);
/* Blocks until the start is known; returns t0. */
int64_t stage_wait_start(struct stage *stage);

/*
 * The time is up: no endpoint makes another call. One that is within a call stays there; one that
 * would begin the next never returns from stage_next_call().
 */
void stage_stop(struct stage *stage);

/* A signal stays raised. */
void stage_raise(struct stage *stage, const char *name);
/* Blocks until all names have been raised. */
void stage_wait_signals(struct stage *stage, char *const *names, size_t count);

/* Where an endpoint's newest socket is bound, for those that send to it by name; ADDRESS_NONE until
 * it is known. */
void stage_set_address(struct stage *stage, size_t endpoint, struct address address);
struct address stage_address(struct stage *stage, size_t endpoint);

/* Serial numbers over the whole run, from 0. The first blocks for ever once the stage was stopped.
 */
uint32_t stage_next_call(struct stage *stage);
uint32_t stage_next_socket(struct stage *stage);
uint32_t stage_next_message(struct stage *stage);
/* A write that failed gives its number back, if no other took one since: letters then have no gaps.
 */
void stage_return_message(struct stage *stage, uint32_t message);

#endif
