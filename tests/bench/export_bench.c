/*
 * The export for Wireshark beside writing the same bytes with fwrite(3): wall clock and processor
 * time of each, and of opening and accounting.
 *
 *   export_bench FILE.pcapng OUTPUT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "viz/wireshark.h"

struct clocks {
	double wall, processor;
};

static double seconds(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static struct clocks now(void)
{
	return (struct clocks){ seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID) };
}

static void print(const char *what, struct clocks since)
{
	struct clocks at = now();

	printf("%-24s %7.3f s, processor %7.3f s\n", what, at.wall - since.wall,
	       at.processor - since.processor);
}

struct file {
	FILE *stream;
	unsigned long long written;
};

static int take(void *context, const char *bytes, size_t length, struct err *err)
{
	struct file *file = context;

	file->written += length;
	if (write(fileno(file->stream), bytes, length) == (ssize_t)length)
		return 0;
	return err_machine(err, "cannot write");
}

static int drop(void *context, const char *bytes, size_t length, struct err *err)
{
	(void)context;
	(void)bytes;
	(void)length;
	(void)err;
	return 0;
}

/* As many bytes, from a megabyte of memory. */
static void write_plainly(const char *path, unsigned long long length)
{
	static char part[1 << 20];
	FILE *stream = fopen(path, "wb");

	memset(part, 'A', sizeof(part));
	for (; stream && length > sizeof(part); length -= sizeof(part))
		fwrite(part, 1, sizeof(part), stream);
	if (stream) {
		fwrite(part, 1, (size_t)length, stream);
		fclose(stream);
	}
}

int main(int argc, char **argv)
{
	struct wireshark_options options = { .tap = WIRESHARK_TAP_CLIENT };
	const struct wireshark_sink nowhere = { drop, NULL };
	struct wireshark_sink sink = { take, NULL };
	struct file file = { NULL, 0 };
	struct trace trace = { 0 };
	struct ledger ledger = { 0 };
	struct err err = { 0 };
	struct clocks since = now();

	if (argc != 3 || trace_open(argv[1], &trace, &err)) {
		fprintf(stderr, "export_bench FILE.pcapng OUTPUT: %s\n", err.text);
		return 2;
	}
	print("open", since);
	since = now();
	ledger_build(&ledger, &trace);
	print("account", since);
	for (int bare = 0; bare < 2; bare++) {
		since = now();
		if (bare)
			ledger_finish(&ledger);
		ledger.trace = &trace;
		wireshark_export(&ledger, &options, &nowhere, &err);
		print(bare ? "export, no comments" : "export to nowhere", since);
		file = (struct file){ fopen(argv[2], "wb"), 0 };
		sink.context = &file;
		since = now();
		if (!file.stream || wireshark_export(&ledger, &options, &sink, &err)) {
			fprintf(stderr, "export_bench: %s: %s\n", argv[2], err.text);
			return 2;
		}
		fclose(file.stream);
		print("export to a file", since);
		remove(argv[2]);
		since = now();
		write_plainly(argv[2], file.written);
		print("fwrite of as much", since);
		printf("%llu bytes\n", file.written);
		remove(argv[2]);
	}
	trace_close(&trace);
	return 0;
}
