#include "capture/progress.h"

#include <stddef.h>

/* Nothing else is handed over by these: no order is needed. */
bool progress_tell(struct progress *progress, uint64_t done)
{
	if (!progress)
		return true;
	atomic_store_explicit(&progress->done, done, memory_order_relaxed);
	return progress_goes_on(progress);
}

bool progress_goes_on(const struct progress *progress)
{
	return !progress || !atomic_load_explicit(&progress->stopped, memory_order_relaxed);
}

void progress_stop(struct progress *progress)
{
	atomic_store_explicit(&progress->stopped, true, memory_order_relaxed);
}
