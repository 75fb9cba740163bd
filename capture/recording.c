/*
 * The child's side. The pending buffer holds whole blocks only, so that a flush which fails can
 * tell where the last whole one in the file ends.
 */
#include "capture/recording.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture/journal.h"
#include "capture/journal_counter.h"
#include "capture/pcapng.h"
#include "capture/quantity.h"
#include "capture/recording_blocks.h"

#define LINKTYPE_ETHERNET 1

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

void recording_begin(struct recording *recording, int fd, uint64_t limit)
{
	*recording = (struct recording){ .fd = fd, .limit = limit };
}

static void add_entry(struct recording *recording)
{
	pcapng_write_journal(&recording->pending, recording->entry.bytes, recording->entry.length);
}

void recording_add_header_at(struct recording *recording, const struct trace_about *about,
                             const struct trace_endpoint *endpoints, size_t endpoint_count,
                             const struct trace_interface *interfaces, size_t interface_count,
                             int64_t now_ns)
{
	pcapng_write_section(&recording->pending, "seam", NULL);
	for (size_t i = 0; i < interface_count; i++)
		pcapng_write_interface(&recording->pending, interfaces[i].name, NULL,
		                       interfaces[i].link_type, interfaces[i].snap_length);
	/* libpcap opens no file without an interface; UNIX sockets have none. */
	if (!interface_count)
		pcapng_write_interface(&recording->pending, "none", "nothing was captured",
		                       LINKTYPE_ETHERNET, 262144);
	journal_write_about(&recording->entry, about, endpoints, endpoint_count, now_ns);
	add_entry(recording);
}

void recording_add_header(struct recording *recording, const struct trace_about *about,
                          const struct trace_endpoint *endpoints, size_t endpoint_count,
                          const struct trace_interface *interfaces, size_t interface_count)
{
	recording_add_header_at(recording, about, endpoints, endpoint_count, interfaces,
	                        interface_count, now());
}

void recording_add_packet(struct recording *recording, uint32_t interface, int64_t time_ns,
                          const uint8_t *bytes, uint32_t captured, uint32_t length,
                          uint8_t direction)
{
	pcapng_write_packet(&recording->pending, interface, time_ns, bytes, captured, length,
	                    direction, NULL);
}

void recording_add_call(struct recording *recording, const struct call *call, const char *endpoint)
{
	journal_write_call(&recording->entry, call, endpoint);
	add_entry(recording);
}

void recording_add_socket(struct recording *recording, const struct trace_socket *socket,
                          const char *endpoint)
{
	journal_write_socket(&recording->entry, socket, endpoint);
	add_entry(recording);
}

void recording_add_mark(struct recording *recording, const struct trace_mark *mark,
                        const char *endpoint, int64_t time_ns)
{
	journal_write_mark(&recording->entry, mark, endpoint, time_ns);
	add_entry(recording);
}

void recording_add_counters(struct recording *recording, const struct trace_counter *counters,
                            size_t count, int64_t time_ns)
{
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from + 1; to < count && counters[to].mark == counters[from].mark &&
		                    !strcmp(counters[to].host, counters[from].host);)
			to++;
		journal_write_counters(&recording->entry, counters + from, to - from, time_ns);
		add_entry(recording);
	}
}

void recording_add_event(struct recording *recording, const struct link_event *event)
{
	journal_write_event(&recording->entry, event);
	add_entry(recording);
}

void recording_add_message(struct recording *recording, const struct trace_message *message,
                           const char *endpoint)
{
	journal_write_message(&recording->entry, message, endpoint);
	add_entry(recording);
}

void recording_add_statistics(struct recording *recording, uint32_t interface, int64_t time_ns,
                              uint64_t received, uint64_t dropped)
{
	pcapng_write_statistics(&recording->pending, interface, time_ns, received, dropped);
}

void recording_add_end_at(struct recording *recording, const struct trace_about *about,
                          int64_t now_ns)
{
	journal_write_end(&recording->entry, about, now_ns);
	add_entry(recording);
}

void recording_add_end(struct recording *recording, const struct trace_about *about)
{
	recording_add_end_at(recording, about, now());
}

/* The end of the last whole block within the first length pending bytes. */
static size_t whole_blocks(const struct recording *recording, size_t length)
{
	struct pcapng_reader reader = {
		.bytes = (const uint8_t *)recording->pending.bytes,
		.size = recording->pending.length,
	};
	struct pcapng_block block;
	size_t whole = 0;

	/* What follows the first section block does not begin with one: walk by length alone. */
	while (reader.size - whole >= 12) {
		block.length = pcapng_u32(&reader, reader.bytes + whole + 4);
		if (whole + block.length > length)
			break;
		whole += block.length;
	}
	return whole;
}

static size_t write_all(int fd, const char *bytes, size_t length)
{
	size_t done = 0;

	while (done < length) {
		ssize_t count = write(fd, bytes + done, length - done);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			break;
		done += (size_t)count;
	}
	return done;
}

static int refuse_limit(const struct recording *recording, struct err *err)
{
	char limit[QUANTITY_TEXT];

	return err_machine(err,
	                   "the recording has reached its limit of %s: send less, or raise the "
	                   "limit with --limit",
	                   quantity_bytes(limit, recording->limit));
}

static const char *cure(int error)
{
	if (error == ENOSPC || error == EDQUOT)
		return "free some space there, or choose another folder with --out";
	if (error == EFBIG)
		return "raise the limit on the size of files (ulimit -f)";
	return "choose another folder with --out";
}

int recording_flush(struct recording *recording, struct err *err)
{
	size_t length = recording->pending.length, allowed = length, done;
	uint64_t room =
		recording->limit > recording->written ? recording->limit - recording->written : 0;

	if (length > room)
		allowed = whole_blocks(recording, (size_t)room);
	errno = 0;
	done = write_all(recording->fd, recording->pending.bytes, allowed);
	int error = errno;
	if (done < allowed)
		done = whole_blocks(recording, done);
	recording->written += done;
	/* Also without an error to report: the reader of a cut file need not know why. */
	if (done < allowed && ftruncate(recording->fd, (off_t)recording->written) == 0)
		lseek(recording->fd, (off_t)recording->written, SEEK_SET);
	buffer_clear(&recording->pending);
	if (done < allowed)
		return err_machine(err, "cannot write the recording: %s: %s", strerror(error),
		                   cure(error));
	return allowed < length ? refuse_limit(recording, err) : 0;
}

void recording_finish(struct recording *recording)
{
	buffer_finish(&recording->pending);
	buffer_finish(&recording->entry);
}
