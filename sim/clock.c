#include "sim/clock.h"

#include <errno.h>
#include <sys/prctl.h>
#include <time.h>

#define SPIN_NS 100000

static int64_t read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clock_realtime_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_apart_ns(void)
{
	int64_t tightest = INT64_MAX, apart = 0;

	for (int i = 0; i < 8; i++) {
		int64_t before = clock_monotonic_ns(), real = clock_realtime_ns(),
			after = clock_monotonic_ns();

		if (after - before < tightest) {
			tightest = after - before;
			apart = real - before - (after - before) / 2;
		}
	}
	return apart;
}

void clock_be_exact(void)
{
	prctl(PR_SET_TIMERSLACK, 1);
}

void clock_wait_until(int64_t due_ns)
{
	int64_t wake_ns = due_ns - SPIN_NS;

	if (clock_monotonic_ns() < wake_ns) {
		struct timespec wake = { .tv_sec = wake_ns / 1000000000,
			                 .tv_nsec = wake_ns % 1000000000 };

		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, NULL) == EINTR)
			;
	}
	while (clock_monotonic_ns() < due_ns)
		;
}
