#include "cli/interrupt.h"

#include <signal.h>

/* Written by the handler: the one variable that cannot be passed to it. */
volatile int interrupt_came;

static void on_signal(int number)
{
	interrupt_came = number;
}

void interrupt_catch(void)
{
	/* No SA_RESTART: a wait for the run must return. */
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

void interrupt_pass_on(void)
{
	if (interrupt_came)
		raise(interrupt_came);
}
