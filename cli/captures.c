#include "cli/captures.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/flow_trace.h"
#include "cli/output.h"
#include "viz/flow_list.h"
#include "viz/flow_rank.h"

static const char *name_of(const struct input *input)
{
	const char *slash = strrchr(input->path, '/');

	if (!strcmp(input->path, "-"))
		return "standard input";
	return slash ? slash + 1 : input->path;
}

static bool has_foreign(const struct inputs *inputs)
{
	for (size_t i = 0; i < inputs->count; i++)
		if (inputs->items[i].trace.foreign)
			return true;
	return false;
}

int captures_open(struct inputs *inputs, char *const *paths, size_t count,
                  const struct captures *captures, struct err *err)
{
	const char *option = captures->filter                     ? "--filter"
	                     : captures->flow != CAPTURES_NO_FLOW ? "--flow"
	                     : captures->worst                    ? "--worst"
	                                                          : NULL;

	if (inputs_open_filtered(inputs, paths, count, captures->filter, err))
		return -1;
	if (!option || has_foreign(inputs))
		return 0;
	inputs_finish(inputs);
	return err_input(err, "%s is for captures of others; what seam run recorded is shown whole",
	                 option);
}

void captures_take(struct inputs *inputs, size_t index, uint32_t flow)
{
	struct input *input = &inputs->items[index];

	flow_trace(&input->flow_trace, &input->ledger, flow);
	flow_trace_name(&input->flow_trace, name_of(input), flow);
	ledger_build(&input->flow_ledger, &input->flow_trace);
	input->chosen = true;
	inputs->ledgers[index] = &input->flow_ledger;
}

int captures_choose(struct inputs *inputs, const struct captures *captures, struct err *err)
{
	for (size_t i = 0; i < inputs->count; i++) {
		struct input *input = &inputs->items[i];
		size_t flows = input->ledger.flow_count;

		if (!input->trace.foreign)
			continue;
		if (captures->flow >= 0 && (uint64_t)captures->flow >= flows)
			return err_input(err,
			                 "--flow %" PRIi64
			                 ": %s has %zu %s; seam show %s lists them",
			                 captures->flow, name_of(input), flows,
			                 flows == 1 ? "flow, number 0" : "flows", input->path);
		if (captures->flow >= 0)
			captures_take(inputs, i, (uint32_t)captures->flow);
		else if (flows == 1 && !captures->worst)
			captures_take(inputs, i, 0);
	}
	return 0;
}

bool captures_undecided(const struct input *input)
{
	return input->trace.foreign && !input->chosen;
}

int captures_need_flow(const struct inputs *inputs, const char *command, struct err *err)
{
	for (size_t i = 0; i < inputs->count; i++) {
		const struct input *input = &inputs->items[i];

		if (!captures_undecided(input))
			continue;
		if (!input->ledger.flow_count)
			return err_input(err, "%s has no TCP or UDP packet that could be drawn",
			                 name_of(input));
		return err_input(err,
		                 "%s has %zu flows, and %s draws one: choose it with --flow N; "
		                 "%s show %s lists them",
		                 name_of(input), input->ledger.flow_count, command,
		                 output_program(), input->path);
	}
	return 0;
}

uint32_t captures_worst_flow(const struct ledger *ledger)
{
	struct flow_rank *ranks = flow_rank(ledger);
	uint32_t flow = ledger->flow_count ? ranks[0].flow : LEDGER_NONE;

	free(ranks);
	return flow;
}

void captures_list(struct buffer *out, const struct input *input, const struct captures *captures,
                   bool json, const struct text_options *options)
{
	const struct ledger *ledger = &input->ledger;

	if (json) {
		flow_list_json(out, ledger, name_of(input), (size_t)captures->worst);
		return;
	}
	flow_list_heading(out, ledger, name_of(input), options);
	if (captures->worst)
		flow_list_worst(out, ledger, (size_t)captures->worst, options);
	else
		flow_list_text(out, ledger, options);
}
