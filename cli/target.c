#include "cli/target.h"

#include <string.h>

#include "cli/output.h"

int target_open(struct target *target, const char *path, bool force, struct err *err)
{
	*target = (struct target){ .standard = !strcmp(path, "-") };
	return target->standard ? 0 : save_begin(&target->save, path, force, err);
}

int target_add(void *target, const char *bytes, size_t length, struct err *err)
{
	struct target *to = target;

	return to->standard ? output_print(bytes, length, err)
	                    : save_add(&to->save, bytes, length, err);
}

int target_close(struct target *target, bool keep, struct err *err)
{
	return target->standard ? 0 : save_end(&target->save, keep, err);
}
