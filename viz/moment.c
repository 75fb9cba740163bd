#include "viz/moment.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t moment_zero(const struct trace *trace)
{
	int64_t zero_ns = 0;

	if (trace->about.t0_ns)
		return trace->about.t0_ns;
	if (trace->call_count)
		zero_ns = trace->calls[0].begin_ns;
	if (trace->packet_count && (!trace->call_count || trace->packets[0].time_ns < zero_ns))
		zero_ns = trace->packets[0].time_ns;
	return zero_ns;
}

int64_t moment_since(int64_t zero_ns, int64_t ns)
{
	return (int64_t)((uint64_t)ns - (uint64_t)zero_ns);
}

char *moment_text(char out[MOMENT_TEXT], int64_t ns)
{
	int64_t fraction = ns % 1000000000;
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm tm = { 0 };

	if (fraction < 0) {
		fraction += 1000000000;
		seconds--;
	}
	gmtime_r(&seconds, &tm);
	size_t length = strftime(out, MOMENT_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + length, MOMENT_TEXT - length, ".%09dZ", (int)fraction);
	return out;
}

char *moment_clock(char out[MOMENT_TEXT], int64_t ns, int decimals)
{
	char text[MOMENT_TEXT];
	const char *clock = strchr(moment_text(text, ns), 'T') + 1;

	snprintf(out, MOMENT_TEXT, "%.*s", decimals ? 9 + decimals : 8, clock);
	return out;
}
