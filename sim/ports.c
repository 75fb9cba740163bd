#include "sim/ports.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define BLOCK_BYTES  (256u << 10)
#define FRAMES_LEAST 256 /* of the largest frames */

static int set(int fd, int option, int value)
{
	return setsockopt(fd, SOL_PACKET, option, &value, sizeof(value));
}

static size_t frame_bytes_for(uint32_t mtu)
{
	size_t needed = TPACKET2_HDRLEN + ETH_HLEN + 16 + mtu, bytes = 2048;

	while (bytes < needed)
		bytes *= 2;
	return bytes;
}

static const char *map(struct ports *ports, const struct ports_options *options)
{
	size_t bytes = options->ring_bytes ? options->ring_bytes : PORTS_RING_BYTES;

	ports->frame_bytes = frame_bytes_for(options->mtu);
	if (bytes < FRAMES_LEAST * ports->frame_bytes)
		bytes = FRAMES_LEAST * ports->frame_bytes;
	struct tpacket_req request = { .tp_block_size = BLOCK_BYTES,
		                       .tp_block_nr = (unsigned)(bytes / BLOCK_BYTES) };

	bytes = (size_t)request.tp_block_nr * BLOCK_BYTES;
	ports->frame_count = (unsigned)(bytes / ports->frame_bytes);
	request.tp_frame_size = (unsigned)ports->frame_bytes;
	request.tp_frame_nr = ports->frame_count;
	if (set(ports->fd, PACKET_VERSION, TPACKET_V2) != 0)
		return "PACKET_VERSION";
	if (setsockopt(ports->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request)) != 0)
		return "PACKET_RX_RING";
	void *ring =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ports->fd, 0);

	if (ring == MAP_FAILED)
		return "mmap";
	ports->ring = ring;
	ports->ring_bytes = bytes;
	return NULL;
}

/* The step that failed, with errno; NULL if all went well. Bound to no device: frames of several
 * come into one ring in their order. */
static const char *prepare(struct ports *ports, const struct ports_options *options)
{
	const struct sockaddr_ll any = { .sll_family = AF_PACKET,
		                         .sll_protocol = htons(ETH_P_ALL) };

	assert(options->count <= PORTS_MAX);
	for (; ports->count < options->count; ports->count++) {
		ports->devices[ports->count] = (int)if_nametoindex(options->devices[ports->count]);
		if (!ports->devices[ports->count])
			return "if_nametoindex";
	}
	/* Of no protocol until its ring is there: else frames would wait outside of it. */
	ports->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (ports->fd < 0)
		return "socket";
	if (set(ports->fd, PACKET_IGNORE_OUTGOING, 1) != 0)
		return "PACKET_IGNORE_OUTGOING";
	const char *step = map(ports, options);

	if (step)
		return step;
	return bind(ports->fd, (const struct sockaddr *)&any, sizeof(any)) == 0 ? NULL : "bind";
}

int ports_open(struct ports *ports, const struct ports_options *options, struct err *err)
{
	*ports = (struct ports){ .fd = -1 };
	const char *step = prepare(ports, options);

	if (!step)
		return 0;
	err_machine(err,
	            "the link cannot open its port %s: %s: %s; `seam doctor` says what this "
	            "machine allows",
	            ports->count < options->count ? options->devices[ports->count] : "socket", step,
	            strerror(errno));
	ports_close(ports);
	return -1;
}

void ports_close(struct ports *ports)
{
	if (ports->ring)
		munmap(ports->ring, ports->ring_bytes);
	if (ports->fd >= 0)
		close(ports->fd);
	*ports = (struct ports){ .fd = -1 };
}

/* ---- frames ---- */

static struct tpacket2_hdr *next_header(struct ports *ports)
{
	unsigned next = atomic_load_explicit(&ports->next, memory_order_relaxed);

	return (struct tpacket2_hdr *)(void *)(ports->ring + next * ports->frame_bytes);
}

bool ports_waiting(struct ports *ports)
{
	return __atomic_load_n(&next_header(ports)->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER;
}

static size_t port_of(const struct ports *ports, const struct tpacket2_hdr *header)
{
	const struct sockaddr_ll *from =
		(const struct sockaddr_ll *)(const void *)((const uint8_t *)header +
	                                                   TPACKET_ALIGN(sizeof(*header)));
	size_t port = 0;

	while (port < ports->count && ports->devices[port] != from->sll_ifindex)
		port++;
	return port;
}

bool ports_next(struct ports *ports, struct port_frame *frame)
{
	struct tpacket2_hdr *header = next_header(ports);

	if (!ports_waiting(ports))
		return false;
	*frame = (struct port_frame){ .bytes = (uint8_t *)header + header->tp_mac,
		                      .captured = header->tp_snaplen,
		                      .length = header->tp_len,
		                      .time_ns = (int64_t)header->tp_sec * 1000000000 +
		                                 header->tp_nsec,
		                      .port = port_of(ports, header) };
	return true;
}

void ports_release(struct ports *ports)
{
	struct tpacket2_hdr *header = next_header(ports);
	unsigned next = atomic_load_explicit(&ports->next, memory_order_relaxed);

	atomic_store(&ports->next, (next + 1) % ports->frame_count);
	__atomic_store_n(&header->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
}

int ports_send(const struct ports *ports, size_t port, const uint8_t *bytes, uint32_t length)
{
	const struct sockaddr_ll to = { .sll_family = AF_PACKET,
		                        .sll_ifindex = ports->devices[port] };

	return sendto(ports->fd, bytes, length, 0, (const struct sockaddr *)&to, sizeof(to)) ==
	                       (ssize_t)length
	               ? 0
	               : -1;
}

/* ---- losses ---- */

uint64_t ports_missed(const struct ports *ports)
{
	struct tpacket_stats stats;
	socklen_t length = sizeof(stats);

	if (getsockopt(ports->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &length) != 0)
		return 0;
	return stats.tp_drops;
}

static bool is_ours(const struct ports *ports, const char *device)
{
	int index = (int)if_nametoindex(device);

	for (size_t i = 0; i < ports->count; i++) {
		if (index && ports->devices[i] == index)
			return true;
	}
	return false;
}

/*
 * A veth hands frames to the far device's processor through a backlog of netdev_max_backlog frames
 * (netif_rx). What finds it full counts as dropped when received, by the far device, and when sent,
 * by the near one.
 */
uint64_t ports_dropped(const struct ports *ports)
{
	FILE *file = fopen("/proc/thread-self/net/dev", "re");
	unsigned long long received, sent, dropped = 0;
	char line[512], name[IFNAMSIZ];

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, " %15[^: ]: %*u %*u %*u %llu %*u %*u %*u %*u %*u %*u %*u %llu",
		           name, &received, &sent) == 3 &&
		    is_ours(ports, name))
			dropped += received + sent;
	}
	if (file)
		fclose(file);
	return dropped;
}
