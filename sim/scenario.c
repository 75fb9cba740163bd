#include "sim/scenario.h"

#include <stdlib.h>
#include <string.h>

#include "sim/expect.h"

static void finish_settings(struct setting *settings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(settings[i].text);
	free(settings);
}

static void finish_script(struct step *script, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct step *step = &script[i];

		free(step->as);
		free(step->on);
		free(step->note);
		for (size_t k = 0; k < step->payload_count; k++)
			free(step->payloads[k].bytes);
		free(step->payloads);
		finish_settings(step->settings, step->setting_count);
		free(step->signal);
		for (size_t k = 0; k < step->wait_count; k++)
			free(step->waits[k]);
		free(step->waits);
		finish_script(step->script, step->script_count);
	}
	free(script);
}

void scenario_finish(struct scenario *scenario)
{
	free(scenario->file);
	free(scenario->folder);
	free(scenario->name);
	free(scenario->variant);
	free(scenario->title);
	free(scenario->about);
	for (size_t i = 0; i < scenario->see_count; i++)
		free(scenario->see[i]);
	free(scenario->see);
	for (int way = 0; way < 2; way++)
		free(scenario->link.ways[way].drop);
	for (size_t i = 0; i < scenario->sysctl_count; i++) {
		free(scenario->sysctls[i].key);
		free(scenario->sysctls[i].value);
	}
	free(scenario->sysctls);
	for (size_t i = 0; i < scenario->endpoint_count; i++) {
		free(scenario->endpoints[i].name);
		finish_settings(scenario->endpoints[i].settings,
		                scenario->endpoints[i].setting_count);
		finish_script(scenario->endpoints[i].script, scenario->endpoints[i].script_count);
	}
	free(scenario->endpoints);
	free(scenario->not_applied);
	expect_destroy(scenario->expectations, scenario->expectation_count);
	*scenario = (struct scenario){ 0 };
}

int scenario_endpoint(const struct scenario *scenario, const char *name)
{
	for (size_t i = 0; i < scenario->endpoint_count; i++) {
		if (!strcmp(scenario->endpoints[i].name, name))
			return (int)i;
	}
	return SCENARIO_NOBODY;
}
