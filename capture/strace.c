/*
 * Line by line: what a process began and another line ends is put together, whole calls are taken
 * apart in strace_calls.c.
 */
#include "capture/strace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/buffer.h"
#include "capture/mem.h"
#include "capture/strace_calls.h"

#define SAMPLES 4096 /* of what strace takes */

/* Of one log while it is read. */
struct reading {
	struct strace_reader reader;
	const char *name;
	struct err *err;
	struct buffer joined; /* the arguments of a call from its two lines */
	bool timed;           /* some call has a duration */
	uint64_t calls;       /* lines of calls, whatever calls */
	size_t open_call;     /* from here on calls wait for the next line to have ended */
	int64_t *samples;     /* of time between a call's end as it says and as it is known */
	size_t sample_count, sample_capacity;
};

static int refuse_clock(struct reading *reading, const struct strace_line *line)
{
	static const char *const what[] = {
		[STRACE_NO_TIME] = "no time",
		[STRACE_TIME_OF_DAY] = "a time without its day (-t or -tt)",
		[STRACE_RELATIVE] = "a time since the line before (-r)",
	};

	return err_input(reading->err,
	                 "line %" PRIu64 " of %s has %s: run strace again with -ttt, as in  "
	                 "strace -f -ttt -T -yy …",
	                 reading->reader.line, reading->name, what[line->clock]);
}

static int64_t later(int64_t time_ns, int64_t duration_ns)
{
	return time_ns > TRACE_TIME_MAX - duration_ns ? TRACE_TIME_MAX : time_ns + duration_ns;
}

/* A call that has returned. line is the one that says so. */
static bool take_whole(struct reading *reading, const struct strace_line *line, uint32_t process,
                       const struct strace_begun *begun, struct slice rest)
{
	struct strace_parts parts;
	struct strace_call call = { .name = line->name,
		                    .parts = &parts,
		                    .process = process,
		                    .begin_ns = begun->time_ns,
		                    .begin_line = begun->line };

	if (!strace_parts_parse(rest, &parts))
		return false;
	reading->timed |= parts.duration_ns >= 0;
	call.end_ns = parts.duration_ns >= 0         ? later(begun->time_ns, parts.duration_ns)
	              : line->kind == STRACE_RESUMED ? line->time_ns
	                                             : begun->time_ns;
	/* A log that was put together, or a clock that was set back. */
	if (call.end_ns < call.begin_ns)
		call.end_ns = call.begin_ns;
	/* Killed within it: it never returned. */
	if (!parts.returned && !slice_starts(parts.error, "ERESTART"))
		call.end_ns = CALL_PENDING;
	return strace_take_call(&reading->reader, &call);
}

static struct slice join(struct reading *reading, struct slice one, struct slice two)
{
	buffer_clear(&reading->joined);
	if (one.length)
		buffer_add(&reading->joined, one.at, one.length);
	if (two.length)
		buffer_add(&reading->joined, two.at, two.length);
	return (struct slice){ reading->joined.bytes, reading->joined.length };
}

static void add_sample(struct reading *reading, int64_t sample_ns)
{
	if (sample_ns < 0 || reading->sample_count == SAMPLES)
		return;
	reading->samples = mem_grow(reading->samples, &reading->sample_capacity,
	                            reading->sample_count, sizeof(*reading->samples));
	reading->samples[reading->sample_count++] = sample_ns;
}

/* The calls of the lines so far have ended, as the time of this one shows. */
static void close_calls(struct reading *reading, int64_t time_ns)
{
	struct strace_log *log = reading->reader.log;

	for (; reading->open_call < log->call_count; reading->open_call++)
		if (log->calls[reading->open_call].ended)
			log->latest_ns[reading->open_call] = time_ns;
}

static bool is_of(struct slice one, struct slice two)
{
	return one.length == two.length && !memcmp(one.at, two.at, one.length);
}

static bool resume(struct reading *reading, const struct strace_line *line, uint32_t process)
{
	struct strace_log *log = reading->reader.log;
	struct strace_begun *there = &reading->reader.sockets.processes[process].begun;
	struct strace_begun begun = *there;

	there->there = false;
	if (!begun.there || !is_of(begun.name, line->name))
		return false;
	if (!take_whole(reading, line, process, &begun, join(reading, begun.arguments, line->rest)))
		return false;
	/* It is stamped when the call has returned. */
	if (log->call_count > reading->open_call) {
		if (log->calls[log->call_count - 1].ended)
			add_sample(reading, line->time_ns - log->calls[log->call_count - 1].end_ns);
		close_calls(reading, line->time_ns);
	}
	return true;
}

/* What a process had begun and never came back from. */
static bool give_up(struct reading *reading, uint32_t process)
{
	struct strace_begun *there = &reading->reader.sockets.processes[process].begun;
	struct strace_begun begun = *there;
	struct strace_parts parts;
	struct slice end = { ") = ?", 5 };
	struct strace_call call = { .name = begun.name,
		                    .parts = &parts,
		                    .process = process,
		                    .begin_ns = begun.time_ns,
		                    .end_ns = CALL_PENDING,
		                    .begin_line = begun.line };

	there->there = false;
	return begun.there && strace_parts_parse(join(reading, begun.arguments, end), &parts) &&
	       strace_take_call(&reading->reader, &call);
}

static void name_process(struct reading *reading, uint32_t process, struct slice command)
{
	struct strace_sockets *sockets = &reading->reader.sockets;
	struct strace_table *table = sockets->tables + sockets->processes[process].table;

	/* Of threads the first names it: others may call themselves what they like. */
	if (command.length &&
	    (!table->name || strlen(table->name) != command.length ||
	     memcmp(table->name, command.at, command.length) != 0) &&
	    table->pid == sockets->processes[process].pid)
		table->name = arena_text(&reading->reader.log->texts, command.at, command.length);
}

/* Whether the line was understood. */
static bool take_call_line(struct reading *reading, const struct strace_line *line)
{
	bool returns = line->kind == STRACE_RESUMED && strace_is_fork(line->name);
	uint32_t process = strace_process_of(&reading->reader.sockets, line->pid, returns,
	                                     reading->reader.line);
	struct strace_begun begun = { .there = true,
		                      .name = line->name,
		                      .arguments = line->rest,
		                      .time_ns = line->time_ns,
		                      .line = reading->reader.line };

	name_process(reading, process, line->command);
	if (line->resolution_ns > reading->reader.log->resolution_ns)
		reading->reader.log->resolution_ns = line->resolution_ns;
	switch (line->kind) {
	case STRACE_CALL:
		give_up(reading, process);
		return take_whole(reading, line, process, &begun, line->rest);
	case STRACE_UNFINISHED:
		give_up(reading, process);
		reading->reader.sockets.processes[process].begun = begun;
		return true;
	case STRACE_RESUMED: return resume(reading, line, process);
	case STRACE_EXIT:
		give_up(reading, process);
		strace_process_gone(&reading->reader.sockets, process);
		return true;
	case STRACE_OTHER: break;
	}
	return false;
}

static int take_line(struct reading *reading, struct slice text)
{
	struct strace_log *log = reading->reader.log;
	struct strace_line line;

	log->lines = ++reading->reader.line;
	strace_line_parse(text, &line);
	if (line.kind == STRACE_OTHER ||
	    (line.kind == STRACE_EXIT && line.clock != STRACE_ABSOLUTE)) {
		log->passed_over++;
		return 0;
	}
	/* What a program prints may look like a call; what follows a time is one. */
	if (line.clock != STRACE_ABSOLUTE) {
		struct strace_parts parts;

		if (!reading->calls && line.kind == STRACE_CALL &&
		    strace_parts_parse(line.rest, &parts))
			return refuse_clock(reading, &line);
		log->passed_over++;
		return 0;
	}
	reading->calls += line.kind != STRACE_EXIT;
	close_calls(reading, line.time_ns);
	log->passed_over += !take_call_line(reading, &line);
	return 0;
}

static int take_lines(struct reading *reading, const char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		const char *end = memchr(text + at, '\n', length - at);
		size_t size = end ? (size_t)(end - text) - at : length - at;

		if (take_line(reading, (struct slice){ text + at, size }))
			return -1;
		at += size + 1;
	}
	for (uint32_t i = 0; i < reading->reader.sockets.process_count; i++)
		give_up(reading, i);
	return 0;
}

/* ---- what is made of it at the end ---- */

static int by_begin(const void *one, const void *two)
{
	const struct call *a = one, *b = two;

	if (a->begin_ns != b->begin_ns)
		return a->begin_ns < b->begin_ns ? -1 : 1;
	return (a->serial > b->serial) - (a->serial < b->serial);
}

static void order_calls(struct strace_log *log)
{
	int64_t *latest_ns;

	for (size_t i = 0; i < log->call_count; i++)
		log->calls[i].serial = (uint32_t)i;
	if (!log->call_count)
		return;
	qsort(log->calls, log->call_count, sizeof(*log->calls), by_begin);
	latest_ns = mem_alloc(log->call_count, sizeof(*latest_ns));
	for (size_t i = 0; i < log->call_count; i++) {
		latest_ns[i] = log->latest_ns[log->calls[i].serial];
		log->calls[i].serial = (uint32_t)i;
	}
	free(log->latest_ns);
	log->latest_ns = latest_ns;
}

static int by_size(const void *one, const void *two)
{
	const int64_t *a = one, *b = two;

	return (*a > *b) - (*a < *b);
}

/*
 * From calls that took two lines: between the end that the first line and -T give and the stamp of
 * the second is what strace took to spell the first. With few of those it is not known; then what
 * it was measured to take on a busy machine, with -yy.
 */
static int64_t spelling(struct reading *reading)
{
	if (reading->sample_count < 4)
		return 100000;
	qsort(reading->samples, reading->sample_count, sizeof(*reading->samples), by_size);
	return reading->samples[reading->sample_count * 9 / 10];
}

/* What a socket's calls say late (getsockname behind connect) is true of those before. */
static void spread_addresses(const struct strace_log *log, struct call *call)
{
	const struct strace_socket *socket =
		log->sockets + (call->made == CALL_NO_SOCKET ? call->socket : call->made);
	bool unbound = socket->transport == TRANSPORT_UDP || call->name == CALL_CONNECT ||
	               call->name == CALL_SOCKET || socket->listening;

	if (call->name != CALL_BIND || !call->local.port)
		call->local = socket->local;
	if (!unbound)
		call->remote = socket->remote;
}

static void number_calls(struct strace_log *log)
{
	uint64_t *written = mem_alloc(log->socket_count, sizeof(*written));
	uint64_t *read = mem_alloc(log->socket_count, sizeof(*read));
	uint32_t message = 0;

	for (size_t i = 0; i < log->call_count; i++) {
		struct call *call = log->calls + i;
		uint64_t *count;

		if (call->socket == CALL_NO_SOCKET)
			continue;
		spread_addresses(log, call);
		if (call_is_write(call->name))
			call->message = message++;
		else if (!call_is_read(call->name))
			continue;
		count = (call_is_write(call->name) ? written : read) + call->socket;
		call->offset = (int64_t)(*count & INT64_MAX);
		if (call->ended && call->result > 0 && !(call->flags & 2 /* MSG_PEEK */))
			*count += (uint64_t)call->result;
	}
	free(written);
	free(read);
}

static void name_endpoints(struct strace_log *log, const struct strace_sockets *sockets)
{
	struct buffer name = { 0 };

	log->endpoints = mem_alloc(log->endpoint_count, sizeof(*log->endpoints));
	for (size_t i = 0; i < sockets->table_count; i++) {
		const struct strace_table *table = sockets->tables + i;

		if (table->endpoint == UINT16_MAX)
			continue;
		buffer_clear(&name);
		buffer_text(&name, table->name ? table->name : "process");
		if (table->pid)
			buffer_format(&name, " %" PRIi64, table->pid);
		log->endpoints[table->endpoint].name =
			arena_text(&log->texts, name.bytes, name.length);
	}
	for (size_t i = 0; i < log->socket_count; i++)
		if ((log->sockets[i].listening || log->sockets[i].accepted) &&
		    log->sockets[i].endpoint != UINT16_MAX)
			log->endpoints[log->sockets[i].endpoint].server_side = true;
	buffer_finish(&name);
}

static int judge(const struct reading *reading)
{
	const struct strace_log *log = reading->reader.log;

	if (!reading->calls)
		return err_input(reading->err,
		                 "%s is no log of strace: none of its %" PRIu64
		                 " lines is a call with its time, as strace -f -ttt -T -yy -o FILE "
		                 "COMMAND writes them",
		                 reading->name, log->lines);
	if (!reading->timed)
		return err_input(reading->err,
		                 "%s does not say how long its calls took: run strace again with "
		                 "-T, as in  strace -f -ttt -T -yy …",
		                 reading->name);
	if (!log->call_count)
		return err_input(reading->err,
		                 "%s has no call on a TCP or UDP socket: trace network, read and "
		                 "write (-e trace=%%network,read,write,readv,writev,sendfile,close)"
		                 ", children too (-f), and name sockets (-yy)",
		                 reading->name);
	return 0;
}

int strace_read(const char *text, size_t length, const char *name, struct strace_log *log,
                struct err *err)
{
	struct reading reading = { .reader = { .log = log }, .name = name, .err = err };
	int result;

	*log = (struct strace_log){ 0 };
	result = take_lines(&reading, text, length);
	if (!result)
		result = judge(&reading);
	log->sockets = reading.reader.sockets.list;
	log->socket_count = reading.reader.sockets.count;
	reading.reader.sockets.list = NULL;
	if (!result) {
		log->spelling_ns = spelling(&reading);
		order_calls(log);
		number_calls(log);
		name_endpoints(log, &reading.reader.sockets);
	}
	strace_sockets_finish(&reading.reader.sockets);
	buffer_finish(&reading.joined);
	free(reading.samples);
	if (result)
		strace_finish(log);
	return result;
}

void strace_finish(struct strace_log *log)
{
	free(log->calls);
	free(log->latest_ns);
	free(log->sockets);
	free(log->endpoints);
	arena_finish(&log->texts);
	*log = (struct strace_log){ 0 };
}
