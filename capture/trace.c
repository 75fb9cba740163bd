#include "capture/trace.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/buffer.h"
#include "capture/packet.h"
#include "capture/trace_check.h"
#include "capture/trace_load.h"

static const char *const transports[] = {
	[TRANSPORT_TCP] = "tcp",
	[TRANSPORT_UDP] = "udp",
	[TRANSPORT_UNIX_STREAM] = "unix-stream",
	[TRANSPORT_UNIX_DGRAM] = "unix-dgram",
	[TRANSPORT_UNIX_SEQPACKET] = "unix-seqpacket",
};
static_assert(sizeof(transports) / sizeof(*transports) == TRANSPORT_COUNT, "a name for each");

const char *trace_transport_text(enum trace_transport transport)
{
	return transport < TRANSPORT_COUNT ? transports[transport] : "?";
}

bool trace_transport_parse(const char *text, enum trace_transport *transport)
{
	for (unsigned i = 0; i < TRANSPORT_COUNT; i++) {
		if (!strcmp(text, transports[i])) {
			*transport = (enum trace_transport)i;
			return true;
		}
	}
	return false;
}

bool trace_transport_is_message(enum trace_transport transport)
{
	switch (transport) {
	case TRANSPORT_UDP:
	case TRANSPORT_UNIX_DGRAM:
	case TRANSPORT_UNIX_SEQPACKET: return true;
	case TRANSPORT_TCP:
	case TRANSPORT_UNIX_STREAM:
	case TRANSPORT_COUNT: break;
	}
	return false;
}

bool trace_transport_is_unix(enum trace_transport transport)
{
	switch (transport) {
	case TRANSPORT_UNIX_STREAM:
	case TRANSPORT_UNIX_DGRAM:
	case TRANSPORT_UNIX_SEQPACKET: return true;
	case TRANSPORT_TCP:
	case TRANSPORT_UDP:
	case TRANSPORT_COUNT: break;
	}
	return false;
}

static void let_go(uint8_t *bytes, size_t size, bool mapped)
{
	if (mapped)
		munmap(bytes, size);
	else
		free(bytes);
}

/* A pipe or a terminal cannot be mapped. What cannot be a recording is not read to its end. */
static int slurp(int fd, const char *path, uint8_t **bytes, size_t *size, struct err *err)
{
	struct buffer all = { 0 };
	char piece[65536];
	ssize_t got;

	while ((got = read(fd, piece, sizeof(piece))) > 0 || (got < 0 && errno == EINTR)) {
		buffer_add(&all, piece, got > 0 ? (size_t)got : 0);
		if (all.length >= 4 && !trace_may_be((uint8_t *)all.bytes, all.length))
			break;
	}
	if (got < 0) {
		buffer_finish(&all);
		return err_input(err,
		                 "cannot read %s: %s: give the path of a recording or a capture",
		                 path, strerror(errno));
	}
	*bytes = (uint8_t *)all.bytes;
	*size = all.length;
	return 0;
}

static int load(int fd, const char *path, uint8_t **bytes, size_t *size, bool *mapped,
                struct err *err)
{
	struct stat stat;

	if (fstat(fd, &stat) < 0)
		return err_input(err, "cannot examine %s: %s", path, strerror(errno));
	*mapped = S_ISREG(stat.st_mode) && stat.st_size > 0;
	if (!*mapped)
		return slurp(fd, path, bytes, size, err);
	/* A run may still append to it: what is there now is the recording. */
	*size = (size_t)stat.st_size;
	*bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (*bytes == MAP_FAILED)
		return err_machine(err, "cannot map %s into memory: %s: close other programs", path,
		                   strerror(errno));
	madvise(*bytes, *size, MADV_SEQUENTIAL);
	return 0;
}

int trace_open_descriptor(int fd, const char *name, struct trace *trace, struct err *err)
{
	uint8_t *bytes = NULL;
	bool mapped = false;
	size_t size = 0;
	int result;

	if (load(fd, name, &bytes, &size, &mapped, err) < 0)
		return -1;
	result = trace_read(bytes, size, name, trace, err);
	/* What had to be unpacked has bytes of its own. */
	if (result < 0 || trace->owned) {
		let_go(bytes, size, mapped);
		return result;
	}
	trace->mapped = mapped;
	trace->owned = !mapped;
	return 0;
}

int trace_open(const char *path, struct trace *trace, struct err *err)
{
	int fd, result;

	if (!strcmp(path, "-"))
		return trace_open_descriptor(STDIN_FILENO, "standard input", trace, err);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_input(err,
		                 "cannot open %s: %s: give the path of a recording or a capture",
		                 path, strerror(errno));
	result = trace_open_descriptor(fd, path, trace, err);
	close(fd);
	return result;
}

#define AHEAD ((size_t)32 << 20) /* asked for at a time */

/* A fault for every 64 KiB of a mapped file costs more than all else that opening it does. */
void trace_read_ahead(const struct trace *trace, size_t at, size_t *asked)
{
	uintptr_t page, from;
	size_t length;

	if (at < *asked || trace->owned || *asked >= trace->size)
		return;
	page = (uintptr_t)sysconf(_SC_PAGESIZE);
	length = trace->size - *asked < AHEAD ? trace->size - *asked : AHEAD;
	from = (uintptr_t)(trace->bytes + *asked) & ~(page - 1);
	/* Linux 5.14; where it is not known, faults do it. */
	madvise((void *)from, length, MADV_POPULATE_READ);
	*asked += length;
}

void trace_decode(const struct trace *trace, size_t index, struct packet_view *view)
{
	const struct packet *packet = trace->packets + index;

	packet_decode_link(packet->interface < trace->interface_count
	                           ? trace->interfaces[packet->interface].link_type
	                           : LINK_ETHERNET,
	                   trace->bytes + packet->at, packet->captured, packet->length, view);
}

void trace_close(struct trace *trace)
{
	free(trace->interfaces);
	free(trace->endpoints);
	free(trace->packets);
	free(trace->calls);
	free(trace->sockets);
	free(trace->marks);
	free(trace->counters);
	free(trace->events);
	free(trace->messages);
	free(trace->other_frames);
	free(trace->frames);
	arena_finish(&trace->texts);
	if (trace->mapped || trace->owned)
		let_go((uint8_t *)(uintptr_t)trace->bytes, trace->size, trace->mapped);
	*trace = (struct trace){ 0 };
}
