/*
 * seam doctor: what this machine allows, which step it refuses with which errno, and what to
 * change.
 */
#include <stdbool.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"
#include "sim/sandbox.h"
#include "viz/json_writer.h"

static const char *const what[] = {
	[SANDBOX_USER] = "its own user and network namespaces: everything works, without root",
	[SANDBOX_ROOT] = "root with its own network namespace: everything works",
	[SANDBOX_HOST] = "capturing on the host's lo: no MTU, offload, sysctl or counters",
};

struct diagnosis {
	struct sandbox_refusal refusals[SANDBOX_TIER_COUNT];
	int tier; /* the best that works, -1 none */
	struct utsname kernel;
};

static struct diagnosis diagnose(void)
{
	struct diagnosis diagnosis = { .tier = -1 };

	uname(&diagnosis.kernel);
	for (int tier = SANDBOX_TIER_COUNT - 1; tier >= 0; tier--) {
		if (sandbox_probe((enum sandbox_tier)tier, &diagnosis.refusals[tier]) == 0)
			diagnosis.tier = tier;
	}
	return diagnosis;
}

static void add_text(struct buffer *out, const struct diagnosis *diagnosis)
{
	buffer_format(out, "kernel %s, user %u\n\n", diagnosis->kernel.release, (unsigned)getuid());
	for (int tier = 0; tier < SANDBOX_TIER_COUNT; tier++) {
		const struct sandbox_refusal *refusal = &diagnosis->refusals[tier];

		buffer_format(out, "  %-3s  %-18s %s\n", refusal->step[0] ? "no" : "yes",
		              sandbox_tier_text((enum sandbox_tier)tier), what[tier]);
		if (refusal->step[0] && (diagnosis->tier < 0 || tier < diagnosis->tier))
			buffer_format(out, "%24s refused: %s: %s\n%24s to change that: %s\n", "",
			              refusal->step, strerror(refusal->error), "", refusal->remedy);
	}
	buffer_char(out, '\n');
	if (diagnosis->tier >= 0)
		buffer_format(out, "Scenarios run here, in the tier \"%s\".\n",
		              sandbox_tier_text((enum sandbox_tier)diagnosis->tier));
	else
		buffer_text(
			out,
			"Scenarios cannot run here. In a container, this lets them:\n"
			"  docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined \\\n"
			"             --cap-add SYS_ADMIN --cap-add NET_ADMIN --cap-add NET_RAW …\n");
}

static void add_json(struct buffer *out, const struct diagnosis *diagnosis)
{
	struct json_writer writer = { .out = out };

	json_object(&writer, NULL);
	json_text(&writer, "kernel", diagnosis->kernel.release);
	if (diagnosis->tier >= 0)
		json_text(&writer, "tier", sandbox_tier_text((enum sandbox_tier)diagnosis->tier));
	json_array(&writer, "tiers");
	for (int tier = 0; tier < SANDBOX_TIER_COUNT; tier++) {
		const struct sandbox_refusal *refusal = &diagnosis->refusals[tier];

		json_object(&writer, NULL);
		json_text(&writer, "tier", sandbox_tier_text((enum sandbox_tier)tier));
		json_switch(&writer, "works", !refusal->step[0]);
		if (refusal->step[0]) {
			json_text(&writer, "step", refusal->step);
			json_text(&writer, "errno", strerrorname_np(refusal->error));
			json_text(&writer, "remedy", refusal->remedy);
		}
		json_end(&writer);
	}
	json_end(&writer);
	json_end(&writer);
}

int command_doctor(int argc, char **argv)
{
	bool json = false, help;
	const struct option_row rows[] = {
		{ .name = "json", .summary = "one JSON object", .value = &json },
		{ 0 },
	};
	const struct usage usage = {
		.name = "doctor",
		.operands = "",
		.summary =
			"Says what this machine allows: where scenarios can run, which step is refused with\n"
			"which error, and which setting changes it. Exit status 3 if none can.",
		.options = rows,
	};
	struct diagnosis diagnosis = { .tier = 0 };
	struct buffer out = { 0 };
	struct err err = { 0 };
	enum exit_code code = EXIT_DONE;
	int first;

	if (options_parse(&usage, argc, argv, &first, &help, &err))
		return (int)output_error(&err);
	if (help) {
		options_help(&out, &usage);
	} else if (first < argc) {
		err_input(&err, "doctor takes no operand");
	} else {
		diagnosis = diagnose();
		if (json)
			add_json(&out, &diagnosis);
		else
			add_text(&out, &diagnosis);
	}
	if (diagnosis.tier < 0)
		code = EXIT_MACHINE;
	if (err.kind || output_buffer(&out, &err))
		code = output_error(&err);
	buffer_finish(&out);
	return (int)code;
}
