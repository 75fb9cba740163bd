#include "sim/counters.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/mem.h"

#define FILE_MAX 65536 /* the files have 4 KB and 1.5 KB on Linux 6.18 */

/* Some bytes of a text. */
struct span {
	const char *at, *end;
};

void counters_finish(struct counters *counters)
{
	free(counters->list);
	arena_finish(&counters->names);
	*counters = (struct counters){ 0 };
}

static struct span next_line(struct span *text)
{
	const char *newline = memchr(text->at, '\n', (size_t)(text->end - text->at));
	struct span line = { text->at, newline ? newline : text->end };

	text->at = newline ? newline + 1 : text->end;
	return line;
}

/* Empty at the end of the line. */
static struct span next_word(struct span *line)
{
	struct span word;

	while (line->at < line->end && *line->at == ' ')
		line->at++;
	word.at = line->at;
	while (line->at < line->end && *line->at != ' ')
		line->at++;
	word.end = line->at;
	return word;
}

static size_t span_length(struct span span)
{
	return (size_t)(span.end - span.at);
}

/* "TcpExt:" → "TcpExt"; empty if the line does not begin so. */
static struct span take_group(struct span *line)
{
	struct span group = next_word(line);

	if (span_length(group) < 2 || group.end[-1] != ':')
		return (struct span){ group.at, group.at };
	group.end--;
	return group;
}

static bool parse_number(struct span word, int64_t *number)
{
	bool negative = word.at < word.end && *word.at == '-';
	int64_t value = 0;

	word.at += negative;
	if (word.at == word.end)
		return false;
	for (; word.at < word.end; word.at++) {
		if (*word.at < '0' || *word.at > '9')
			return false;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *word.at - '0', &value))
			return false;
	}
	*number = negative ? -value : value;
	return true;
}

/* Whether each name of a line has a number in the other. */
static bool lines_agree(struct span names, struct span values)
{
	for (;;) {
		struct span name = next_word(&names), value = next_word(&values);
		int64_t number;

		if (!span_length(name) || !span_length(value))
			return span_length(name) == span_length(value);
		if (!parse_number(value, &number))
			return false;
	}
}

static char *full_name(struct arena *names, struct span group, struct span name)
{
	size_t length = span_length(group);
	char *text = arena_text(names, group.at, length + span_length(name));

	memcpy(text + length, name.at, span_length(name));
	return text;
}

static struct counter *add(struct counters *counters)
{
	counters->list = mem_grow(counters->list, &counters->capacity, counters->count,
	                          sizeof(*counters->list));
	return &counters->list[counters->count++];
}

static void add_lines(struct counters *counters, struct span group, struct span names,
                      struct span values)
{
	struct span name;

	while (name = next_word(&names), span_length(name)) {
		struct counter *counter = add(counters);

		counter->name = full_name(&counters->names, group, name);
		parse_number(next_word(&values), &counter->value);
	}
}

void counters_parse(struct counters *counters, const char *text, size_t length)
{
	struct span rest = { text, text + length };
	struct span group = { text, text }, names = group;

	while (rest.at < rest.end) {
		struct span line = next_line(&rest);
		struct span this = take_group(&line);

		if (span_length(this) && span_length(this) == span_length(group) &&
		    !memcmp(this.at, group.at, span_length(group)) && lines_agree(names, line)) {
			add_lines(counters, group, names, line);
			group.end = group.at;
		} else {
			group = this;
			names = line;
		}
	}
}

static bool is_gauge(const char *name)
{
	static const char *const gauges[] = { "TcpCurrEstab",   "TcpMaxConn",   "TcpRtoMin",
		                              "TcpRtoMax",      "IpForwarding", "IpDefaultTTL",
		                              "TcpRtoAlgorithm" };

	for (size_t i = 0; i < sizeof(gauges) / sizeof(*gauges); i++) {
		if (!strcmp(name, gauges[i]))
			return true;
	}
	return false;
}

/* Where the last one was found the next one follows, but where a new line has come in between. */
static int64_t value_of(const struct counters *counters, const char *name, size_t *next)
{
	for (size_t i = 0; i < counters->count; i++) {
		size_t at = (*next + i) % counters->count;

		if (!strcmp(counters->list[at].name, name)) {
			*next = at + 1;
			return counters->list[at].value;
		}
	}
	return 0;
}

void counters_compare(const struct counters *before, const struct counters *after,
                      struct counters *rose)
{
	size_t next = 0;

	for (size_t i = 0; i < after->count; i++) {
		const struct counter *counter = &after->list[i];
		int64_t begun = value_of(before, counter->name, &next);

		if (counter->value > begun && begun >= 0 && !is_gauge(counter->name))
			*add(rose) = (struct counter){
				.name = arena_text(&rose->names, counter->name,
				                   strlen(counter->name)),
				.value = counter->value - begun,
			};
	}
}

void counters_open(struct counters_host *host, const char *name)
{
	*host = (struct counters_host){
		.name = name,
		.netstat = open("/proc/thread-self/net/netstat", O_RDONLY | O_CLOEXEC),
		.snmp = open("/proc/thread-self/net/snmp", O_RDONLY | O_CLOEXEC),
	};
}

void counters_close(struct counters_host *host)
{
	if (host->netstat >= 0)
		close(host->netstat);
	if (host->snmp >= 0)
		close(host->snmp);
	host->netstat = host->snmp = -1;
	counters_finish(&host->begun);
}

/* One read gets all of such a file, as of one moment: the kernel makes it as a single record. */
static void read_file(int fd, struct counters *counters)
{
	char text[FILE_MAX];
	ssize_t length = fd < 0 ? -1 : pread(fd, text, sizeof(text), 0);

	if (length > 0)
		counters_parse(counters, text, (size_t)length);
}

static void read_all(const struct counters_host *host, struct counters *counters)
{
	read_file(host->netstat, counters);
	read_file(host->snmp, counters);
}

void counters_begin(struct counters_host *host)
{
	counters_finish(&host->begun);
	read_all(host, &host->begun);
}

void counters_since(const struct counters_host *host, struct counters *rose)
{
	struct counters now = { 0 };

	read_all(host, &now);
	counters_compare(&host->begun, &now, rose);
	counters_finish(&now);
}

void counters_record(const struct counters *rose, const char *host, uint32_t mark,
                     struct recording *recording, int64_t time_ns)
{
	struct trace_counter *list = mem_alloc(rose->count, sizeof(*list));

	for (size_t i = 0; i < rose->count; i++)
		list[i] = (struct trace_counter){
			.host = (char *)(uintptr_t)host,
			.name = (char *)(uintptr_t)rose->list[i].name,
			.rose = rose->list[i].value,
			.mark = mark,
		};
	recording_add_counters(recording, list, rose->count, time_ns);
	free(list);
}
