/*
 * A settled recording is written anew out of the trace of the partial one.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/recording_blocks.h"
#include "capture/recording_rows.h"

#define WRITE_BYTES (1u << 20)

static int flush_full(struct recording *out, struct err *err)
{
	if (out->fd < 0 || out->pending.length < WRITE_BYTES)
		return 0;
	return recording_flush(out, err);
}

/* Packets and rows, merged; *last_ns gets the time shown for the last of them. */
static int add_all(struct recording *out, const struct trace *trace,
                   const struct recording_row *rows, size_t row_count, int64_t *last_ns,
                   struct err *err)
{
	size_t row = 0, at = 0;

	while (row < row_count || at < trace->packet_count) {
		const struct packet *packet = &trace->packets[at];

		if (at == trace->packet_count ||
		    (row < row_count && rows[row].shown_ns <= packet->time_ns)) {
			*last_ns = rows[row].shown_ns;
			recording_add_row(out, trace, &rows[row++]);
		} else {
			*last_ns = packet->time_ns;
			recording_add_packet(out, packet->interface, packet->time_ns,
			                     trace->bytes + packet->at, packet->captured,
			                     packet->length, packet->direction);
			at++;
		}
		if (flush_full(out, err) < 0)
			return -1;
	}
	return 0;
}

static int64_t first_time(const struct trace *trace, const struct recording_row *rows,
                          size_t row_count)
{
	int64_t first = trace->begun_ns;

	if (row_count && rows[0].shown_ns < first)
		first = rows[0].shown_ns;
	if (trace->packet_count && trace->packets[0].time_ns < first)
		first = trace->packets[0].time_ns;
	return first;
}

static int write_settled(struct recording *out, const struct trace *trace, struct err *err)
{
	size_t row_count;
	struct recording_row *rows = recording_rows(trace, &row_count);
	int64_t last_ns = first_time(trace, rows, row_count);
	int result;

	recording_add_header_at(out, &trace->about, trace->endpoints, trace->endpoint_count,
	                        trace->interfaces, trace->interface_count, last_ns);
	result = add_all(out, trace, rows, row_count, &last_ns, err);
	/* Rounded up: a Journal block's time must not step back behind the last packet. */
	recording_add_moment(out, trace, TRACE_END, last_ns + 999);
	for (size_t i = 0; i < trace->interface_count; i++) {
		if (trace->interfaces[i].has_statistics)
			recording_add_statistics(out, (uint32_t)i, last_ns,
			                         trace->interfaces[i].received,
			                         trace->interfaces[i].dropped);
	}
	if (trace->ended_ns < last_ns + 999)
		last_ns += 999;
	else
		last_ns = trace->ended_ns;
	if (trace->complete)
		recording_add_end_at(out, &trace->about, last_ns);
	if (!result && out->fd >= 0)
		result = recording_flush(out, err);
	free(rows);
	return result;
}

void recording_add_trace(struct recording *recording, const struct trace *trace)
{
	struct err err = { 0 };

	assert(recording->fd < 0);
	write_settled(recording, trace, &err);
}

static int refuse(const struct recording_names *names, const char *what, struct err *err)
{
	return err_machine(err,
	                   "cannot %s %s: %s: free some space there or make it writable; what was "
	                   "recorded is in %s, which every command opens",
	                   what, names->settling, strerror(errno), names->partial);
}

/* Writes the whole of the trace to names->settling and makes sure that it is on the disk. */
static int write_file(const struct recording_names *names, const struct trace *trace,
                      struct err *err)
{
	int fd = open(names->settling, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	struct recording out;
	struct err cause = { 0 };
	int result;

	if (fd < 0)
		return refuse(names, "create", err);
	recording_begin(&out, fd, UINT64_MAX);
	result = write_settled(&out, trace, &cause);
	if (result < 0)
		err_machine(err, "%s; what was recorded is in %s, which every command opens",
		            cause.text, names->partial);
	else if (fsync(fd) < 0)
		result = refuse(names, "write", err);
	recording_finish(&out);
	if (close(fd) < 0 && !result)
		result = refuse(names, "write", err);
	if (result < 0)
		unlink(names->settling);
	return result;
}

int recording_settle(const struct recording_names *names, const char **path, struct err *err)
{
	struct trace trace;
	const char *target;
	int result;

	*path = NULL;
	if (trace_open(names->partial, &trace, err) < 0) {
		/* Cut before its first Seam block there is nothing in it to keep. */
		if (err->kind != ERR_INPUT || access(names->partial, R_OK) < 0)
			return -1;
		recording_discard(names);
		*err = (struct err){ 0 };
		return 0;
	}
	target = trace.complete ? names->final : names->incomplete;
	result = write_file(names, &trace, err);
	trace_close(&trace);
	/* A full disk cut it, and has no room for another copy: it keeps the order it came in. */
	if (result < 0 && target == names->incomplete && rename(names->partial, target) == 0) {
		*err = (struct err){ 0 };
		*path = target;
		return 0;
	}
	if (result < 0)
		return -1;
	if (rename(names->settling, target) < 0) {
		refuse(names, "rename", err);
		unlink(names->settling);
		return -1;
	}
	unlink(names->partial);
	/* What an interrupted run of this name left: recording_create() let nobody come here
	 * without force. */
	if (target == names->final)
		unlink(names->incomplete);
	*path = target;
	return 0;
}
