#include "cli/interrupt.h"

#include <signal.h>
#include <stdint.h>
#include <time.h>

#define SAME_NS 500000000 /* timeout(1) sends one signal twice, to the process and to its group */

/* Written by the handler: the variables that cannot be passed to it. */
volatile int interrupt_came;
static volatile int64_t came_ns;

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The first lets the command end in good order; one more, when that takes too long, ends it. */
static void on_signal(int number)
{
	if (!interrupt_came) {
		interrupt_came = number;
		came_ns = now_ns();
	} else if (now_ns() - came_ns > SAME_NS) {
		signal(number, SIG_DFL);
		raise(number);
	}
}

void interrupt_catch(void)
{
	/* No SA_RESTART: a wait for the run must return. */
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

void interrupt_pass_on(void)
{
	if (!interrupt_came)
		return;
	signal(interrupt_came, SIG_DFL);
	raise(interrupt_came);
}
