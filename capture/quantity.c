#include "capture/quantity.h"

#include <inttypes.h>
#include <stdio.h>

char *quantity_bytes(char out[QUANTITY_TEXT], uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	uint64_t unit = 1024;
	unsigned at = 0;

	if (bytes < 100000) {
		snprintf(out, QUANTITY_TEXT, "%" PRIu64 " B", bytes);
		return out;
	}
	while (at < 5 && bytes / unit >= 1024) {
		unit *= 1024;
		at++;
	}
	if (bytes % unit == 0)
		snprintf(out, QUANTITY_TEXT, "%" PRIu64 " %s", bytes / unit, units[at]);
	else
		snprintf(out, QUANTITY_TEXT, "%.1f %s", (double)bytes / (double)unit, units[at]);
	return out;
}

char *quantity_time(char out[QUANTITY_TEXT], int64_t ns)
{
	static const struct {
		double ns;
		const char *name;
	} units[] = { { 1, "ns" }, { 1e3, "µs" }, { 1e6, "ms" }, { 1e9, "s" }, { 60e9, "min" } };
	double magnitude = ns < 0 ? -(double)ns : (double)ns;
	unsigned at = 0;

	/* 999.5 of a unit would print as 1000: take the next unit there. */
	while (at < 3 && magnitude >= 999.5 * units[at].ns)
		at++;
	if (at == 3 && magnitude >= 600e9)
		at = 4;
	double value = (double)ns / units[at].ns;
	double shown = magnitude / units[at].ns;
	int decimals = at == 0 || shown >= 99.95 ? 0 : shown >= 9.995 ? 1 : shown >= 1 ? 1 : 2;

	if (at == 3 && shown < 9.995)
		decimals = 2;
	snprintf(out, QUANTITY_TEXT, "%.*f %s", decimals, value, units[at].name);
	return out;
}
