#include "cli/relay.h"

#include <limits.h>

#include "cli/worker.h"

void relay_begin(struct relay *relay, struct target *target)
{
	*relay = (struct relay){ .target = target, .worker = worker_create() };
}

static void write_block(void *context)
{
	struct relay *relay = context;

	relay->result =
		target_add(relay->target, relay->block.bytes, relay->block.length, &relay->err);
}

static int settle(struct relay *relay, struct err *err)
{
	while (!worker_wait(relay->worker, INT_MAX))
		;
	if (relay->result)
		*err = relay->err;
	return relay->result;
}

int relay_add(void *context, const char *bytes, size_t length, struct err *err)
{
	struct relay *relay = context;

	if (settle(relay, err))
		return -1;
	buffer_clear(&relay->block);
	buffer_add(&relay->block, bytes, length);
	worker_do(relay->worker, write_block, relay);
	return 0;
}

int relay_end(struct relay *relay, struct err *err)
{
	int result = settle(relay, err);

	worker_finish(relay->worker, INT_MAX);
	relay->worker = NULL;
	buffer_finish(&relay->block);
	return result;
}
