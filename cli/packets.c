#include "cli/packets.h"

#include <string.h>

#include "cli/output.h"
#include "cli/save.h"

static int take_for_file(void *context, const char *bytes, size_t length, struct err *err)
{
	return save_add(context, bytes, length, err);
}

static int take_for_output(void *context, const char *bytes, size_t length, struct err *err)
{
	(void)context;
	return output_print(bytes, length, err);
}

int packets_write(const struct ledger *ledger, const struct wireshark_options *options,
                  const char *path, bool force, struct err *err)
{
	struct wireshark_sink sink = { take_for_output, NULL };
	struct err unsaved = { 0 };
	struct save save;
	int result;

	if (!strcmp(path, "-"))
		return wireshark_export(ledger, options, &sink, err);
	if (save_begin(&save, path, force, err))
		return -1;
	sink = (struct wireshark_sink){ take_for_file, &save };
	result = wireshark_export(ledger, options, &sink, err);
	if (save_end(&save, !result, result ? &unsaved : err))
		result = -1;
	return result;
}
