#include "cli/preview.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/ledger.h"
#include "capture/mem.h"
#include "cli/output.h"
#include "viz/flow_list.h"

#define BEGINNING (256 << 10)

static bool is_output(const struct stat *file)
{
	struct stat output;

	return !fstat(STDOUT_FILENO, &output) && S_ISREG(output.st_mode) &&
	       output.st_dev == file->st_dev && output.st_ino == file->st_ino;
}

/* The first bytes of a large file, to be freed; NULL. */
static uint8_t *read_beginning(const char *path, size_t *length, uint64_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	uint8_t *bytes = NULL;
	struct stat stat;
	ssize_t got = 0;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &stat) && S_ISREG(stat.st_mode) && stat.st_size >= PREVIEW_LEAST &&
	    !is_output(&stat)) {
		bytes = mem_alloc(BEGINNING, 1);
		got = pread(fd, bytes, BEGINNING, 0);
		*size = (uint64_t)stat.st_size;
	}
	close(fd);
	*length = got > 0 ? (size_t)got : 0;
	return bytes;
}

static int print_heading(const char *path, uint64_t size, const struct trace *trace,
                         const struct text_options *options, bool *printed, struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct buffer out = { 0 };
	struct ledger ledger;
	int result = 0;

	ledger_build(&ledger, trace);
	if (trace->foreign && ledger.flow_count) {
		flow_list_beginning(&out, &ledger, slash ? slash + 1 : path, size, options);
		result = output_buffer(&out, err);
		*printed = !result;
	}
	ledger_finish(&ledger);
	buffer_finish(&out);
	return result;
}

int preview_print(const char *path, const struct text_options *options, bool *printed,
                  struct err *err)
{
	struct err ignored = { 0 };
	struct trace trace;
	uint64_t size = 0;
	size_t length = 0;
	uint8_t *bytes = NULL;
	int result = 0;

	*printed = false;
	if (strcmp(path, "-") != 0)
		bytes = read_beginning(path, &length, &size);
	if (bytes && length && !trace_read(bytes, length, path, &trace, &ignored)) {
		result = print_heading(path, size, &trace, options, printed, err);
		trace_close(&trace);
	}
	free(bytes);
	return result;
}
