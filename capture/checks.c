#include "capture/checks.h"

#include <inttypes.h>
#include <stdlib.h>

#include "capture/link_account.h"
#include "capture/mem.h"
#include "capture/quantity.h"

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void look_at_writes(const struct trace *trace, struct checks *checks)
{
	int64_t *late = mem_alloc(trace->call_count, sizeof(*late));
	size_t count = 0;

	for (size_t i = 0; i < trace->call_count; i++) {
		const struct call *call = &trace->calls[i];

		if (call_is_write((enum call_name)call->name) && call->late_ns >= 0)
			late[count++] = call->late_ns;
	}
	if (count) {
		qsort(late, count, sizeof(*late), by_value);
		checks->late_median_ns = late[count / 2];
		checks->late_max_ns = late[count - 1];
	}
	free(late);
}

static void look_at_link(const struct trace *trace, struct checks *checks)
{
	const struct trace_wire *wire = &trace->about.wire;

	checks->link_dropped = link_account_faults(trace);
	checks->link_asked = link_account_losses(trace);
	checks->wire = wire->known;
	checks->link_late_median_ns = wire->known ? wire->late_median_ns : -1;
	checks->link_late_p99_ns = wire->known ? wire->late_p99_ns : -1;
	checks->link_late_max_ns = wire->known ? wire->late_max_ns : -1;
}

struct checks checks_of(const struct ledger *ledger)
{
	const struct trace *trace = ledger->trace;
	struct checks checks = { .accounted = ledger->accounted,
		                 .clock_step_ns = trace->about.clock_step_ns,
		                 .late_max_ns = -1,
		                 .late_median_ns = -1,
		                 .complete = trace->complete || trace->foreign,
		                 .time_limit_hit = trace->about.time_limit_hit };

	for (size_t i = 0; i < trace->interface_count; i++)
		checks.capture_dropped += trace->interfaces[i].dropped;
	look_at_link(trace, &checks);
	look_at_writes(trace, &checks);
	return checks;
}

bool checks_believable(const struct checks *checks)
{
	return !checks->capture_dropped && !checks->link_dropped && checks->accounted &&
	       checks->complete && checks->clock_step_ns <= CHECKS_CLOCK_STEP_NS;
}

bool checks_passed(const struct checks *checks)
{
	return checks_believable(checks) && checks->late_max_ns <= CHECKS_LATE_NS &&
	       checks->link_late_max_ns <= CHECKS_LATE_NS;
}

void checks_faults(struct buffer *out, const struct checks *checks, const struct ledger *ledger)
{
	char time[QUANTITY_TEXT];

	if (!checks->complete)
		buffer_text(
			out,
			"the run did not come to its end: what follows is what was recorded until then\n");
	if (checks->capture_dropped)
		buffer_format(out,
		              "the capture lost %" PRIu64
		              " packets: the wire may have carried more than is shown\n",
		              checks->capture_dropped);
	if (checks->link_dropped)
		buffer_format(out,
		              "the link lost %" PRIu64
		              " packets that it was to carry: more came at once than Seam "
		              "forwards here\n",
		              checks->link_dropped);
	if (!checks->accounted)
		buffer_format(out, "not every byte is accounted for: %s\n",
		              ledger->doubt ? ledger->doubt : "evidence is missing");
	if (checks->clock_step_ns > CHECKS_CLOCK_STEP_NS)
		buffer_format(
			out,
			"the clock was set during the run, by %s: times before and after do not compare\n",
			quantity_time(time, checks->clock_step_ns));
	if (checks->late_max_ns > CHECKS_LATE_NS)
		buffer_format(out, "the machine was busy: a write came %s after its time\n",
		              quantity_time(time, checks->late_max_ns));
	if (checks->link_late_max_ns > CHECKS_LATE_NS)
		buffer_format(out,
		              "the machine was busy: the link sent a packet %s after its time\n",
		              quantity_time(time, checks->link_late_max_ns));
}

void checks_describe(struct buffer *out, const struct checks *checks, const struct ledger *ledger)
{
	char time[QUANTITY_TEXT];

	if (checks->time_limit_hit)
		buffer_format(out,
		              "the run was ended at its time limit of %s; calls may be pending\n",
		              quantity_time(time, ledger->trace->about.time_limit_ns));
	checks_faults(out, checks, ledger);
}
