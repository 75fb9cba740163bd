#include "viz/layers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>

#define ETHERNET_HEADER 14

static void add(struct details_layer layers[DETAILS_LAYERS_MOST], uint32_t *count, const char *name,
                uint32_t bytes)
{
	if (bytes && *count < DETAILS_LAYERS_MOST)
		layers[(*count)++] = (struct details_layer){ name, bytes };
}

static const char *transport_name(const struct packet_view *view)
{
	switch (view->protocol) {
	case PACKET_TCP: return "TCP";
	case PACKET_UDP: return "UDP";
	case PACKET_FRAGMENT: return "fragment";
	case PACKET_OTHER: break;
	}
	return "other";
}

uint32_t layers_find(const struct packet_view *view, uint32_t length,
                     struct details_layer layers[DETAILS_LAYERS_MOST])
{
	uint32_t count = 0, ethernet = length < ETHERNET_HEADER ? length : ETHERNET_HEADER;

	if (!view->ip_version || view->ip_at > length || view->transport_at < view->ip_at ||
	    view->transport_at > length) {
		if (view->link_type != LINK_ETHERNET)
			ethernet = 0;
		add(layers, &count, "Ethernet", ethernet);
		add(layers, &count, "other", length - ethernet);
		return count;
	}
	add(layers, &count, packet_link_text(view->link_type), view->ip_at);
	add(layers, &count, view->ip_version == 4 ? "IPv4" : "IPv6",
	    view->transport_at - view->ip_at);
	if (view->protocol == PACKET_OTHER || view->payload_at < view->transport_at ||
	    view->payload_at > length) {
		add(layers, &count, "other", length - view->transport_at);
		return count;
	}
	uint32_t rest = length - view->payload_at;
	uint32_t payload = view->payload_length < rest ? view->payload_length : rest;
	add(layers, &count, transport_name(view), view->payload_at - view->transport_at);
	add(layers, &count, "payload", payload);
	add(layers, &count, "padding", rest - payload);
	return count;
}

static void add_mac(struct buffer *out, const uint8_t *mac)
{
	for (int i = 0; i < 6; i++)
		buffer_format(out, "%s%02x", i ? ":" : "", mac[i]);
}

void layers_ethernet(struct buffer *out, const struct packet_view *view, const uint8_t *bytes,
                     uint32_t captured)
{
	if (captured < 12 || view->link_type != LINK_ETHERNET)
		return;
	add_mac(out, bytes + 6);
	buffer_text(out, " → ");
	add_mac(out, bytes);
	if (view->vlan)
		buffer_format(out, ", VLAN %u", view->vlan);
}

static void add_host(struct buffer *out, const struct address *address)
{
	char text[INET6_ADDRSTRLEN] = "-";

	if (address->family == ADDRESS_IPV4)
		inet_ntop(AF_INET, address->bytes, text, sizeof(text));
	else if (address->family == ADDRESS_IPV6)
		inet_ntop(AF_INET6, address->bytes, text, sizeof(text));
	buffer_text(out, text);
}

void layers_hosts(struct buffer *out, const struct packet_view *view)
{
	add_host(out, &view->source);
	buffer_text(out, " → ");
	add_host(out, &view->destination);
}

void layers_ip(struct buffer *out, const struct packet_view *view)
{
	if (view->ip_version == 4)
		buffer_format(out, "id 0x%04x, ttl %u", view->ip_id, view->ttl);
	else
		buffer_format(out, "hop limit %u", view->ttl);
	if (view->more_fragments || view->fragment_at)
		buffer_format(out, ", fragment at %u%s", view->fragment_at,
		              view->more_fragments ? ", more follow" : ", the last");
}

void layers_ports(struct buffer *out, const struct packet_view *view)
{
	buffer_format(out, "%u → %u", view->source.port, view->destination.port);
}

static const struct {
	uint8_t bit;
	const char *name;
} names[] = {
	{ PACKET_SYN, "SYN" }, { PACKET_FIN, "FIN" }, { PACKET_RST, "RST" }, { PACKET_PSH, "PSH" },
	{ PACKET_ACK, "ACK" }, { PACKET_URG, "URG" }, { PACKET_ECE, "ECE" }, { PACKET_CWR, "CWR" },
};

void layers_flags(struct buffer *out, uint8_t flags)
{
	const char *gap = "";

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!(flags & names[i].bit))
			continue;
		buffer_format(out, "%s%s", gap, names[i].name);
		gap = " ";
	}
	if (!flags)
		buffer_text(out, "none");
}
