/*
 * A run goes through a slot: prepared (its sandbox, 10–20 ms of the kernel's work), playing,
 * draining (it waits for the last packets), accounted. What disturbs a run that plays is the work
 * of others, so a slot lets one run play or drain at a time, and the next one is prepared only
 * while it drains.
 */
#include "cli/crew.h"

#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/mem.h"
#include "cli/interrupt.h"

#define WAIT_MS 100 /* a signal just before poll(2) is not slept over for longer */

struct slot {
	struct job job;
	struct play *first; /* the try before this one; NULL */
	struct err first_err;
	bool begun;
	bool waiting; /* for the others to end, to be tried again alone */
};

struct crew {
	const struct crew_orders *orders;
	struct run_machine *machine;
	struct slot slots[2 * CREW_MOST]; /* the first count are in use */
	size_t count;
	struct job ahead; /* asked for, waiting for room */
	bool has_ahead, tier_known;
};

/* ---- one job ---- */

static bool prepare(struct crew *crew, struct slot *slot)
{
	struct job *job = &slot->job;

	slot->begun = slot->waiting = false;
	job->err = (struct err){ 0 };
	job->play = play_create();
	if (play_prepare(job->play, job->file, job->variant, job->repetition, job->again ? 2 : 0,
	                 job->options, crew->machine, &job->err) == 0)
		return true;
	play_destroy(job->play);
	job->play = NULL;
	return false;
}

static void remove_slot(struct crew *crew, struct slot *slot)
{
	*slot = crew->slots[--crew->count];
}

/* The second try counts, unless it alone did not come to its end. */
static void choose(struct slot *slot)
{
	struct job *job = &slot->job;

	if (!slot->first)
		return;
	if (!job->err.kind || slot->first_err.kind) {
		if (job->play)
			job->play->first_fault = play_fault(slot->first);
		play_destroy(slot->first);
	} else {
		if (job->play && job->play->path && strcmp(job->play->path, slot->first->path) != 0)
			unlink(job->play->path);
		play_destroy(job->play);
		job->play = slot->first;
		job->err = slot->first_err;
	}
	slot->first = NULL;
}

static void hand_over(struct crew *crew, struct slot *slot)
{
	struct slot done = *slot;

	choose(&done);
	remove_slot(crew, slot);
	crew->orders->done(crew->orders->context, &done.job);
	play_destroy(done.job.play);
}

/* A run is done or has failed: it is handed over, or waits for its second try. */
static void settle(struct crew *crew, struct slot *slot)
{
	struct job *job = &slot->job;

	play_account(job->play, &job->err);
	run_reap(false);
	crew->tier_known = true;
	if (job->again || interrupt_came || !crew->orders->doubts(crew->orders->context, job)) {
		hand_over(crew, slot);
		return;
	}
	slot->first = job->play;
	slot->first_err = job->err;
	job->play = NULL;
	job->again = true;
	slot->waiting = true;
}

/* ---- all of them ---- */

struct counts {
	size_t preparing, playing, draining, waiting;
	size_t at_once; /* the least that any of them allows */
};

static struct counts count(struct crew *crew)
{
	struct counts counts = { .at_once = crew->tier_known ? CREW_MOST : 1 };

	for (size_t i = 0; i < crew->count; i++) {
		struct slot *slot = &crew->slots[i];

		if (slot->waiting) {
			counts.waiting++;
			continue;
		}
		if (slot->job.at_once < counts.at_once)
			counts.at_once = slot->job.at_once;
		if (!slot->begun)
			counts.preparing++;
		else if (run_advance(slot->job.play->run) < RUN_DRAINING)
			counts.playing++;
		else
			counts.draining++;
	}
	return counts;
}

static bool ask(struct crew *crew)
{
	if (!crew->has_ahead) {
		crew->ahead = (struct job){ 0 };
		crew->has_ahead = crew->orders->next(crew->orders->context, &crew->ahead);
	}
	return crew->has_ahead;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Prepares what there is room for; a second try only when all is quiet, and nothing beside it. */
static void prepare_more(struct crew *crew)
{
	for (;;) {
		struct counts counts = count(crew);
		struct slot *slot;

		if (counts.waiting) {
			if (crew->count > counts.waiting)
				return;
			slot = &crew->slots[0];
			slot->job.at_once = 1;
		} else {
			for (size_t i = 0; i < crew->count; i++) {
				if (crew->slots[i].job.again)
					return;
			}
			if (!ask(crew) || counts.preparing + counts.playing >=
			                          least(counts.at_once, crew->ahead.at_once))
				return;
			slot = &crew->slots[crew->count++];
			*slot = (struct slot){ .job = crew->ahead };
			crew->has_ahead = false;
		}
		if (!prepare(crew, slot))
			hand_over(crew, slot);
	}
}

/* Lets the prepared play, in order, where nothing that plays or drains stands against it. */
static void begin_more(struct crew *crew)
{
	for (size_t i = 0; i < crew->count; i++) {
		struct counts counts = count(crew);
		struct slot *slot = &crew->slots[i];

		if (slot->waiting || slot->begun)
			continue;
		if (counts.playing + counts.draining >= counts.at_once)
			return;
		slot->begun = true;
		run_begin(slot->job.play->run);
	}
}

static void wait_for_news(struct crew *crew)
{
	struct pollfd fds[2 * CREW_MOST];
	nfds_t used = 0;

	for (size_t i = 0; i < crew->count; i++) {
		if (!crew->slots[i].waiting)
			fds[used++] = (struct pollfd){ .fd = run_fd(crew->slots[i].job.play->run),
				                       .events = POLLIN };
	}
	poll(fds, used, WAIT_MS);
}

static void settle_done(struct crew *crew)
{
	for (size_t i = crew->count; i-- > 0;) {
		struct slot *slot = &crew->slots[i];

		if (!slot->waiting && run_advance(slot->job.play->run) >= RUN_DONE)
			settle(crew, slot);
	}
}

/* What is under way is ended; what only waited for a second try keeps its first. */
static void give_up(struct crew *crew)
{
	while (crew->count) {
		struct slot *slot = &crew->slots[crew->count - 1];

		if (slot->waiting) {
			slot->job.play = slot->first;
			slot->job.err = slot->first_err;
			slot->job.again = false;
			slot->first = NULL;
			hand_over(crew, slot);
		} else {
			settle(crew, slot);
		}
	}
}

void crew_play(const struct crew_orders *orders, struct run_machine *machine)
{
	struct crew *crew = mem_alloc(1, sizeof(*crew));

	*crew = (struct crew){ .orders = orders, .machine = machine };
	while (!interrupt_came) {
		prepare_more(crew);
		begin_more(crew);
		if (orders->progress)
			orders->progress(orders->context);
		if (!crew->count)
			break;
		wait_for_news(crew);
		settle_done(crew);
	}
	give_up(crew);
	free(crew);
}

bool crew_disbelieves(const struct job *job)
{
	return !job->err.kind && job->play->accounted && !checks_passed(&job->play->checks);
}

void crew_count_tries(struct tally *tally, const struct job *job)
{
	bool doubted = crew_disbelieves(job);
	char *fault = doubted ? play_fault(job->play) : NULL;
	const char *first = job->play ? job->play->first_fault : NULL;

	if (job->again || doubted)
		tally_again(tally, fault ? fault : first, doubted);
	free(fault);
}

size_t crew_cpus(void)
{
	cpu_set_t set;
	int cpus = 0;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		cpus = CPU_COUNT(&set);
	return cpus > 0 ? (size_t)cpus : 1;
}

/*
 * Measured on 2 CPUs, kernel 6.18, shared with other work (the load moves the figures more than
 * half of what is said here; the order of them stayed).
 *
 * On a loopback the two endpoints race, and runs beside them change the odds: nagle-loopback, 200
 * runs, twice each, had 14.0 and 9.9 segments on average one at a time, 15.6 and 15.3 with two,
 * 17.6 and 17.3 with four at once; 31–39 different lists, 26–31, 16–24. So one at a time.
 *
 * A wire mostly waits. nagle-wire, 25 runs of 4 variants: every list of segments was the same at 1,
 * 2, 4 and 8 at once, and the smallest race margin 9–10 ms. What changed is how many first tries
 * failed a check: of 100, 1 with two at once, 4 with four, 21 with eight. So one a CPU.
 */
size_t crew_at_once(const struct scenario *scenario)
{
	return scenario->link.wire ? least(crew_cpus(), CREW_MOST) : 1;
}
