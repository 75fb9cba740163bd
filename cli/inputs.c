#include "cli/inputs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/filter.h"
#include "capture/mem.h"
#include "cli/output.h"
#include "sim/clock.h"

#define STDIN_MAX   (4ull << 30)
#define PROGRESS_NS INT64_C(200000000)

static bool is_stdin(const struct input *input)
{
	return !strcmp(input->path, "-");
}

/* How much has come, on a terminal, where a person waits for it; nothing stays of it. */
static void say_progress(size_t bytes, int64_t *said_ns)
{
	int64_t now = clock_monotonic_ns();

	if (now - *said_ns < PROGRESS_NS || !isatty(STDERR_FILENO))
		return;
	*said_ns = now;
	fprintf(stderr, "\r\033[Kreading standard input: %.1f MB", (double)bytes / 1e6);
	fflush(stderr);
}

static void unsay_progress(int64_t begun_ns, int64_t said_ns)
{
	if (said_ns != begun_ns)
		fputs("\r\033[K", stderr);
}

static int read_stdin(struct buffer *bytes, struct err *err)
{
	int64_t begun_ns = clock_monotonic_ns(), said_ns = begun_ns;
	char part[65536];

	for (;;) {
		ssize_t length = read(STDIN_FILENO, part, sizeof(part));

		if (length < 0 && errno == EINTR)
			continue;
		if (length <= 0)
			unsay_progress(begun_ns, said_ns);
		if (length < 0)
			return err_input(err, "cannot read standard input: %s", strerror(errno));
		if (!length)
			return 0;
		buffer_add(bytes, part, (size_t)length);
		say_progress(bytes->length, &said_ns);
		if (bytes->length > STDIN_MAX)
			return err_input(err, "standard input is longer than 4 GiB; name a file");
	}
}

static int open_one(struct input *input, const char *filter, bool packets_alone, struct err *err)
{
	int result;

	if (!is_stdin(input))
		result = trace_open(input->path, &input->trace, err);
	else if (!(result = read_stdin(&input->bytes, err)))
		result = trace_read((const uint8_t *)input->bytes.bytes, input->bytes.length,
		                    "standard input", &input->trace, err);
	if (result)
		return -1;
	if (input->trace.warning)
		output_note("%s: %s", is_stdin(input) ? "standard input" : input->path,
		            input->trace.warning);
	if (filter && input->trace.foreign && filter_trace(&input->trace, filter, err)) {
		trace_close(&input->trace);
		return -1;
	}
	if (packets_alone && input->trace.foreign) {
		input->ledger = (struct ledger){ .trace = &input->trace };
		return 0;
	}
	ledger_build(&input->ledger, &input->trace);
	message_judge(&input->trace, &input->ledger);
	return 0;
}

int inputs_open(struct inputs *inputs, char *const *paths, size_t count, struct err *err)
{
	return inputs_open_filtered(inputs, paths, count, NULL, false, err);
}

int inputs_open_filtered(struct inputs *inputs, char *const *paths, size_t count,
                         const char *filter, bool packets_alone, struct err *err)
{
	bool has_stdin = false;

	*inputs = (struct inputs){ 0 };
	inputs->items = mem_alloc(count, sizeof(*inputs->items));
	inputs->ledgers = mem_alloc(count, sizeof(*inputs->ledgers));
	for (size_t i = 0; i < count; i++) {
		struct input *input = &inputs->items[i];
		bool again = has_stdin;

		input->path = paths[i];
		has_stdin |= is_stdin(input);
		if (is_stdin(input) && again) {
			err_input(err, "- stands for standard input, which can be read only once");
			goto fail;
		}
		if (open_one(input, filter, packets_alone, err)) {
			buffer_finish(&input->bytes);
			goto fail;
		}
		inputs->ledgers[i] = &input->ledger;
		inputs->count++;
	}
	return 0;
fail:
	inputs_finish(inputs);
	return -1;
}

void inputs_finish(struct inputs *inputs)
{
	for (size_t i = 0; i < inputs->count; i++) {
		if (inputs->items[i].chosen) {
			ledger_finish(&inputs->items[i].flow_ledger);
			trace_close(&inputs->items[i].flow_trace);
		}
		ledger_finish(&inputs->items[i].ledger);
		trace_close(&inputs->items[i].trace);
		buffer_finish(&inputs->items[i].bytes);
	}
	free(inputs->items);
	free(inputs->ledgers);
	*inputs = (struct inputs){ 0 };
}

static bool status_of(const struct input *input, struct stat *status)
{
	return is_stdin(input) ? !fstat(STDIN_FILENO, status) : !stat(input->path, status);
}

bool inputs_include(const struct inputs *inputs, const char *path)
{
	struct stat output, input;

	if (path ? stat(path, &output) : fstat(STDOUT_FILENO, &output))
		return false;
	if (!S_ISREG(output.st_mode))
		return false;
	for (size_t i = 0; i < inputs->count; i++) {
		if (status_of(&inputs->items[i], &input) && input.st_dev == output.st_dev &&
		    input.st_ino == output.st_ino)
			return true;
	}
	return false;
}
