#include "sim/about.h"

#include <string.h>
#include <time.h>

#include "sim/link.h"
#include "sim/sockopt.h"

static void describe_options(const struct scenario *scenario, struct buffer *out)
{
	for (size_t i = 0; i < scenario->endpoint_count; i++) {
		for (size_t k = 0; k < scenario->endpoints[i].setting_count; k++) {
			buffer_format(out, "%s ", scenario->endpoints[i].name);
			sockopt_describe(out, &scenario->endpoints[i].settings[k]);
			buffer_char(out, '\n');
		}
	}
	for (size_t i = 0; i < scenario->sysctl_count; i++)
		buffer_format(out, "sysctl net.ipv4.%s=%s\n", scenario->sysctls[i].key,
		              scenario->sysctls[i].value);
	for (const char *line = scenario->not_applied; line && *line;
	     line += strcspn(line, "\n") + 1)
		buffer_format(out, "not applied: %.*s\n", (int)strcspn(line, "\n"), line);
	if (scenario->transport == TRANSPORT_TCP)
		buffer_text(out, "default: TCP_CONGESTION=reno on every socket\n");
	if (scenario->transport == TRANSPORT_UDP)
		buffer_text(out, "default: SO_TIMESTAMPNS=1 on every socket\n");
}

/* The kernel's timer frequency, from the resolution of its coarse clock: one tick. */
static int timer_frequency(void)
{
	struct timespec tick;

	if (clock_getres(CLOCK_REALTIME_COARSE, &tick) != 0 || tick.tv_sec || !tick.tv_nsec)
		return 0;
	return (int)((1000000000 + tick.tv_nsec / 2) / tick.tv_nsec);
}

static struct trace_wire wire_of(const struct scenario_link *link)
{
	struct trace_wire wire = {
		.known = link->wire, .late_median_ns = -1, .late_p99_ns = -1, .late_max_ns = -1
	};

	for (int way = 0; link->wire && way < 2; way++) {
		wire.delay_ns[way] = link->ways[way].delay_ns;
		wire.rate_bits[way] = link->ways[way].rate_bits;
	}
	return wire;
}

void about_init(struct about *about, const struct scenario *scenario,
                const struct run_source *source, enum sandbox_tier tier)
{
	*about = (struct about){ 0 };
	uname(&about->kernel);
	link_describe(scenario, &about->link);
	describe_options(scenario, &about->options);
	about->trace = (struct trace_about){
		.scenario = scenario->name,
		.title = scenario->title,
		.text = (char *)source->text,
		.path = (char *)source->path,
		.variant = scenario->variant,
		.overrides = (char *)source->overrides,
		.engine = (char *)"kernel",
		.tier = (char *)sandbox_tier_text(tier),
		.kernel = about->kernel.release,
		.link = about->link.bytes,
		.options = about->options.bytes,
		.hz = timer_frequency(),
		.transport = scenario->transport,
		.time_limit_ns = scenario->time_limit_ns,
		.run = source->repetition,
		.try = source->try,
		.wire = wire_of(&scenario->link),
	};
}

void about_finish(struct about *about)
{
	buffer_finish(&about->link);
	buffer_finish(&about->options);
}
