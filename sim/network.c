#include "sim/network.h"

#include <stdlib.h>

#include "sim/link.h"

#define QUIET_NS 2000000 /* many round trips of lo */

static int add_tap(struct network *network, enum sandbox_tier tier, const char *device,
                   const char *name, struct err *err)
{
	size_t at = network->tap_count;

	if (tap_open(&network->taps[at], network->scenario, tier, device, (uint32_t)at, name,
	             &network->interfaces[at], err) != 0)
		return -1;
	network->tap_count++;
	return 0;
}

/* The one that the calling thread is in. */
static void add_host(struct network *network, const char *name)
{
	counters_open(&network->hosts[network->host_count++], name);
}

/* Two hosts, a tap at each, and the link between them. */
static int open_wire(struct network *network, enum sandbox_tier tier, struct err *err)
{
	const struct scenario *scenario = network->scenario;
	const struct scenario_link *link = &scenario->link;
	const struct wire_options options = { .mtu = link->mtu,
		                              .ipv6 = scenario->family == 6,
		                              .no_ipv4 = scenario->family == 6 };
	const struct forward_options forward = { .client_port = WIRE_MIDDLE_CLIENT_PORT,
		                                 .server_port = WIRE_MIDDLE_SERVER_PORT,
		                                 .directions = { link->ways[FORWARD_UP],
		                                                 link->ways[FORWARD_DOWN] },
		                                 .seed = link->seed,
		                                 .mtu = link->mtu };

	if (wire_open(&network->wire, &options, err) != 0)
		return -1;
	if (wire_enter_client(&network->wire, err) != 0 || link_configure(scenario, err) != 0 ||
	    qdisc_install(&link->qdiscs[FORWARD_UP], WIRE_CLIENT_PORT, err) != 0 ||
	    add_tap(network, tier, WIRE_CLIENT_PORT, "client", err) != 0)
		return -1;
	add_host(network, "client");
	if (wire_enter_server(&network->wire, err) != 0 || link_configure(scenario, err) != 0 ||
	    qdisc_install(&link->qdiscs[FORWARD_DOWN], WIRE_SERVER_PORT, err) != 0 ||
	    add_tap(network, tier, WIRE_SERVER_PORT, "server", err) != 0)
		return -1;
	add_host(network, "server");
	if (wire_enter_middle(&network->wire, err) != 0)
		return -1;
	network->forward = forward_open(&forward, err);
	return network->forward ? 0 : -1;
}

int network_open(struct network *network, const struct scenario *scenario, enum sandbox_tier tier,
                 struct err *err)
{
	*network = (struct network){ .scenario = scenario };
	if (scenario->link.wire)
		return open_wire(network, tier, err);
	if (tier != SANDBOX_HOST && link_configure(scenario, err) != 0)
		return -1;
	if (trace_transport_is_unix(scenario->transport))
		return 0;
	/* A host's own counters tell of everybody's traffic. */
	if (tier != SANDBOX_HOST)
		add_host(network, "lo");
	return add_tap(network, tier, "lo", "lo", err);
}

int network_enter(const struct network *network, size_t endpoint, struct err *err)
{
	if (!network->forward)
		return 0;
	return network->scenario->endpoints[endpoint].server_side
	               ? wire_enter_server(&network->wire, err)
	               : wire_enter_client(&network->wire, err);
}

const struct counters_host *network_host(const struct network *network, size_t endpoint)
{
	size_t side = network->host_count > 1 && network->scenario->endpoints[endpoint].server_side;

	return network->host_count ? &network->hosts[side] : NULL;
}

void network_count(struct network *network)
{
	for (size_t i = 0; i < network->host_count; i++)
		counters_begin(&network->hosts[i]);
}

void network_add_counters(const struct network *network, struct recording *recording,
                          int64_t time_ns)
{
	for (size_t i = 0; i < network->host_count; i++) {
		struct counters rose = { 0 };

		counters_since(&network->hosts[i], &rose);
		counters_record(&rose, network->hosts[i].name, TRACE_END, recording, time_ns);
		counters_finish(&rose);
	}
}

int64_t network_quiet_ns(const struct network *network)
{
	const struct scenario_link *link = &network->scenario->link;
	const struct impairment *up = &link->ways[FORWARD_UP], *down = &link->ways[FORWARD_DOWN];

	/* Both ways of a round trip, and the handshake's last ACK. */
	return QUIET_NS + 2 * (up->delay_ns + up->jitter_ns) + down->delay_ns + down->jitter_ns;
}

size_t network_polls(const struct network *network, struct pollfd *polls)
{
	for (size_t i = 0; i < network->tap_count; i++)
		polls[i] =
			(struct pollfd){ .fd = sniff_fd(network->taps[i].sniff), .events = POLLIN };
	return network->tap_count;
}

static void take_events(struct network *network, struct recording *recording)
{
	forward_take(network->forward, &network->events);
	for (size_t i = 0; i < network->events.count; i++)
		recording_add_event(recording, &network->events.events[i]);
}

int network_take(struct network *network, struct recording *recording, struct err *err)
{
	for (size_t i = 0; i < network->tap_count; i++) {
		if (tap_take(&network->taps[i], recording, err) != 0)
			return -1;
	}
	if (!network->forward)
		return 0;
	take_events(network, recording);
	struct pollfd ended = { .fd = forward_fd(network->forward), .events = POLLIN };

	return poll(&ended, 1, 0) > 0 ? forward_stop(network->forward, err) : 0;
}

bool network_under_way(const struct network *network)
{
	return network->forward && forward_under_way(network->forward) > 0;
}

int network_settled(struct network *network, bool *settled, struct err *err)
{
	*settled = true;
	for (size_t i = 0; i < network->tap_count && *settled; i++) {
		if (tap_settled(&network->taps[i], settled, err) != 0)
			return -1;
	}
	return 0;
}

int network_add_statistics(struct network *network, struct recording *recording, struct err *err)
{
	for (size_t i = 0; i < network->tap_count; i++) {
		if (tap_add_statistics(&network->taps[i], recording, err) != 0)
			return -1;
	}
	return 0;
}

int network_finish(struct network *network, struct recording *recording, struct trace_wire *wire,
                   struct err *err)
{
	struct forward_statistics statistics;
	int result;

	if (!network->forward)
		return 0;
	result = forward_stop(network->forward, err);
	take_events(network, recording);
	free(network->events.events);
	network->events = (struct forward_events){ 0 };
	statistics = forward_statistics(network->forward);
	for (int i = 0; i < FORWARD_DIRECTION_COUNT; i++)
		wire->packets[i] = (int64_t)statistics.packets[i];
	wire->missed = (int64_t)statistics.missed;
	wire->late_median_ns = statistics.late_median_ns;
	wire->late_p99_ns = statistics.late_p99_ns;
	wire->late_max_ns = statistics.late_max_ns;
	return result;
}
