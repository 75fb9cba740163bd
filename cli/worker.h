/*
 * A thread that does what takes long, one thing after the other, while another thread goes on. What
 * it is given belongs to it until it is done, and is then taken back as a whole: nothing else is
 * shared, so nothing else is locked.
 */
#ifndef SEAM_CLI_WORKER_H
#define SEAM_CLI_WORKER_H

#include <stdbool.h>
#include <stddef.h>

struct worker;

typedef void worker_task(void *context);

/* NULL where the system has no thread left to give; the functions below accept that NULL, and then
 * what is to be done is done at once. Signals are left to the other threads. */
struct worker *worker_create(void);

/* After each task, in the thread of the worker; NULL: nobody, and no call is under way any more
 * when this returns. */
void worker_set_wake(struct worker *worker, void (*wake)(void *context), void *context);

/* In the order given. Everything done before is seen by the task. */
void worker_do(struct worker *worker, worker_task *task, void *context);

/* True once nothing is left to do, and all that was done is seen by the caller; waits for it up to
 * ms. */
bool worker_wait(struct worker *worker, int ms);

/*
 * Does what is left and ends it, if that takes no more than ms; true then. Else it is left to
 * itself, until the process ends: what its tasks were given must stay.
 */
bool worker_finish(struct worker *worker, int ms);

#endif
