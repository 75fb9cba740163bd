/*
 * Any bytes as a scenario: refused with a place, or resolved in every variant, and then within the
 * limits that the runner relies on.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sim/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 loses a buffer of a quoted text that never ends. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libfyaml";
}

static uint64_t check_script(const struct scenario *scenario, const struct step *script,
                             size_t count)
{
	uint64_t calls = 0;

	for (size_t i = 0; i < count; i++) {
		const struct step *step = &script[i];
		uint64_t inside = 1;

		assert(step->times >= 1 && step->times <= SCENARIO_CALL_MAX);
		assert(step->to >= SCENARIO_SENDER && step->to < (int)scenario->endpoint_count);
		assert(step->every_ns == SCENARIO_NO_TIME ||
		       step->every_ns <= INT64_MAX / (int64_t)step->times);
		if (step->is_script) {
			assert(step->script_count || scenario->variant[0]);
			inside = check_script(scenario, step->script, step->script_count);
		} else {
			assert(step->call <= CALL_NOTE);
			assert(!call_is_write(step->call) == !step->payload_count);
			assert(step->call != CALL_CONNECT || step->to >= 0 || step->address.family);
		}
		for (size_t k = 0; k < step->payload_count; k++)
			assert(step->payloads[k].length <= SCENARIO_WRITE_MAX);
		calls += step->times * inside;
		assert(calls <= SCENARIO_CALL_MAX);
	}
	return calls;
}

static void check(const struct scenario_file *file, size_t index)
{
	struct scenario scenario;
	struct err err = { 0 };
	int result = scenario_file_resolve(file, index, &scenario, &err);

	/* Loading has resolved each once. */
	assert(!result);
	assert(scenario.endpoint_count >= 1 && scenario.endpoint_count <= SCENARIO_ENDPOINT_MAX);
	assert(scenario.title && scenario.time_limit_ns > 0);
	for (size_t i = 0; i < scenario.endpoint_count; i++) {
		const struct scenario_endpoint *endpoint = &scenario.endpoints[i];

		assert(scenario_endpoint(&scenario, endpoint->name) == (int)i);
		check_script(&scenario, endpoint->script, endpoint->script_count);
	}
	scenario_finish(&scenario);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct err err = { 0 };
	struct scenario_file *file =
		scenario_file_read((const char *)bytes, size, "x.yaml", NULL, 0, &err);

	if (!file) {
		assert(err.kind == ERR_INPUT);
		assert(!strncmp(err.text, "x.yaml:", 7));
		for (const char *at = err.text; *at; at++)
			assert((unsigned char)*at >= 0x20);
		return 0;
	}
	for (size_t i = 0; i < scenario_file_variant_count(file); i++)
		check(file, i);
	scenario_file_destroy(file);
	return 0;
}
