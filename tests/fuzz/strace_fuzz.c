/*
 * Any bytes read as an strace log: what comes out is in order and within bounds.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "capture/strace.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_call(const struct strace_log *log, size_t index)
{
	const struct call *call = log->calls + index;

	assert(call->serial == index && call->name < CALL_NAME_COUNT);
	assert(call->endpoint < log->endpoint_count);
	assert(call->socket == CALL_NO_SOCKET || call->socket < log->socket_count);
	assert(call->made == CALL_NO_SOCKET || call->made < log->socket_count);
	assert(call->begin_ns >= 0 && call->begin_ns <= TRACE_TIME_MAX);
	assert(!index || call->begin_ns >= call[-1].begin_ns);
	assert(!call->ended || (call->end_ns >= call->begin_ns && call->end_ns <= TRACE_TIME_MAX));
	assert(call->payload_length <= CALL_PAYLOAD_MAX);
	assert(!call->payload_length || call->payload);
	assert(call->offset >= -1 && call->result >= -1);
	for (uint32_t i = 0, sum = 0; i < call->payload_length; i++)
		assert((sum += call->payload[i]) <= 255 * CALL_PAYLOAD_MAX);
	assert(!call->detail || strlen(call->detail) < 4096);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct strace_log log;
	struct err err = { 0 };
	char *copy = malloc(size ? size : 1);

	if (!copy)
		return 0;
	memcpy(copy, bytes, size);
	if (strace_read(copy, size, "log", &log, &err)) {
		assert(err.kind == ERR_INPUT && *err.text);
		assert(!log.calls && !log.sockets && !log.endpoints);
	} else {
		assert(log.call_count && log.endpoint_count && log.passed_over <= log.lines);
		for (size_t i = 0; i < log.call_count; i++)
			check_call(&log, i);
		for (size_t i = 0; i < log.endpoint_count; i++)
			assert(log.endpoints[i].name);
		strace_finish(&log);
	}
	free(copy);
	return 0;
}
