#include "sim/port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* 4 MiB hold 30 ms of full frames at 1 Gbit/s while the link waits for a processor. */
#define RING_BYTES  (4u << 20)
#define BLOCK_BYTES (256u << 10)

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

static const char *map(struct port *port, uint32_t mtu)
{
	struct tpacket_req request = { .tp_block_size = BLOCK_BYTES,
		                       .tp_block_nr = RING_BYTES / BLOCK_BYTES };

	port->frame_bytes = frame_bytes_for(mtu);
	port->frame_count = (unsigned)(RING_BYTES / port->frame_bytes);
	request.tp_frame_size = (unsigned)port->frame_bytes;
	request.tp_frame_nr = port->frame_count;
	if (set(port->fd, PACKET_VERSION, TPACKET_V2) != 0)
		return "PACKET_VERSION";
	if (setsockopt(port->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request)) != 0)
		return "PACKET_RX_RING";
	void *ring = mmap(NULL, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
	                  port->fd, 0);

	if (ring == MAP_FAILED)
		return "mmap";
	port->ring = ring;
	port->ring_bytes = RING_BYTES;
	return NULL;
}

/* The step that failed, with errno; NULL if all went well. */
static const char *prepare(struct port *port, const char *device, uint32_t mtu)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET,
		                       .sll_protocol = htons(ETH_P_ALL),
		                       .sll_ifindex = (int)if_nametoindex(device) };

	if (!address.sll_ifindex)
		return "if_nametoindex";
	/* Of no protocol until it is bound: else it would see all devices in between. */
	port->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (port->fd < 0)
		return "socket";
	if (set(port->fd, PACKET_IGNORE_OUTGOING, 1) != 0)
		return "PACKET_IGNORE_OUTGOING";
	const char *step = map(port, mtu);

	if (step)
		return step;
	return bind(port->fd, (struct sockaddr *)&address, sizeof(address)) == 0 ? NULL : "bind";
}

int port_open(struct port *port, const char *device, uint32_t mtu, struct err *err)
{
	*port = (struct port){ .fd = -1 };
	const char *step = prepare(port, device, mtu);

	if (!step)
		return 0;
	err_machine(err,
	            "the link cannot open its port %s: %s: %s; `seam doctor` says what this "
	            "machine allows",
	            device, step, strerror(errno));
	port_close(port);
	return -1;
}

void port_close(struct port *port)
{
	if (port->ring)
		munmap(port->ring, port->ring_bytes);
	if (port->fd >= 0)
		close(port->fd);
	*port = (struct port){ .fd = -1 };
}

static struct tpacket2_hdr *header_at(const struct port *port, unsigned index)
{
	return (struct tpacket2_hdr *)(void *)(port->ring + index * port->frame_bytes);
}

bool port_next(struct port *port, struct port_frame *frame)
{
	struct tpacket2_hdr *header = header_at(port, port->next);

	if (!(__atomic_load_n(&header->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
		return false;
	*frame = (struct port_frame){ .bytes = (uint8_t *)header + header->tp_mac,
		                      .captured = header->tp_snaplen,
		                      .length = header->tp_len,
		                      .time_ns = (int64_t)header->tp_sec * 1000000000 +
		                                 header->tp_nsec };
	return true;
}

void port_release(struct port *port)
{
	__atomic_store_n(&header_at(port, port->next)->tp_status, TP_STATUS_KERNEL,
	                 __ATOMIC_RELEASE);
	port->next = (port->next + 1) % port->frame_count;
}

int port_send(const struct port *port, const uint8_t *bytes, uint32_t length)
{
	return send(port->fd, bytes, length, 0) == (ssize_t)length ? 0 : -1;
}

uint64_t port_missed(const struct port *port)
{
	struct tpacket_stats stats;
	socklen_t length = sizeof(stats);

	if (getsockopt(port->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &length) != 0)
		return 0;
	return stats.tp_drops;
}
