#include "cli/packets.h"

#include "cli/target.h"

int packets_write(const struct ledger *ledger, const struct wireshark_options *options,
                  const char *path, bool force, struct err *err)
{
	struct err unsaved = { 0 };
	struct target target;
	const struct wireshark_sink sink = { target_add, &target };
	int result;

	if (target_open(&target, path, force, err))
		return -1;
	result = wireshark_export(ledger, options, &sink, err);
	if (target_close(&target, !result, result ? &unsaved : err))
		result = -1;
	return result;
}
