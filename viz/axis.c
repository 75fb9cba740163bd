#include "viz/axis.h"

#include <stddef.h>

int64_t axis_step(int64_t span, int columns, int apart)
{
	static const int64_t factors[] = { 1, 2, 5 };

	for (int64_t power = 1;; power *= 10) {
		for (size_t i = 0; i < sizeof(factors) / sizeof(*factors); i++) {
			int64_t step = factors[i] * power;

			/* As doubles: span × columns may not fit, and the last power must end it.
			 */
			if ((double)step * columns >= (double)span * apart ||
			    power > INT64_MAX / 100)
				return step;
		}
	}
}

int64_t axis_unit(int64_t step_ns, const char **name)
{
	static const struct {
		int64_t ns;
		const char *name;
	} units[] = { { 1000000000, "s" }, { 1000000, "ms" }, { 1000, "µs" }, { 1, "ns" } };
	size_t i = 0;

	while (step_ns % units[i].ns)
		i++;
	*name = units[i].name;
	return units[i].ns;
}
