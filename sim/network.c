#include "sim/network.h"

#include <stdlib.h>

#include "sim/clock.h"
#include "sim/link.h"
#include "sim/plan.h"

#define LINK_END_MS 50
#define QUIET_NS    2000000 /* many round trips of lo */
#define ROOM_LEAST  ((size_t)1 << 20)
#define ROOM_USUAL  ((size_t)8 << 20)
#define ROOM_MOST   ((size_t)64 << 20)
#define PACKET_ROOM 256 /* of one with few bytes */
/* While the link waits for a processor: 2048 frames, or 16384 of a script that sends much, which is
 * 60 ms of 250,000 packets/s. */
#define RING_SMALL  (4u << 20)
#define RING_LARGE  (32u << 20)

/* Interfaces of a wire's recording. */
enum {
	CLIENT,
	SERVER,
};

static int add_tap(struct network *network, enum sandbox_tier tier, const struct tap_place *place,
                   struct err *err)
{
	if (tap_open(&network->taps[network->tap_count], network->scenario, tier, place,
	             &network->interfaces[place->interface], err) != 0)
		return -1;
	network->tap_count++;
	return 0;
}

/* The one that the calling thread is in. */
static void add_host(struct network *network, const char *name)
{
	counters_open(&network->hosts[network->host_count++], name);
}

/* A client's host is named for its endpoint, the only one for its side. */
static const char *client_name(const struct network *network, size_t client)
{
	const struct scenario *scenario = network->scenario;

	for (size_t i = 0; network->wire.client_count > 1 && i < scenario->endpoint_count; i++) {
		if (!scenario->endpoints[i].server_side && link_client(scenario, i) == client)
			return scenario->endpoints[i].name;
	}
	return "client";
}

/* The settings of the host that the calling thread is in, a tap at its port, and its counters. */
static int open_host(struct network *network, enum sandbox_tier tier, enum forward_direction way,
                     const struct tap_place *place, const char *name, struct err *err)
{
	const struct scenario *scenario = network->scenario;

	if (link_configure(scenario, err) != 0 ||
	    qdisc_install(&scenario->link.qdiscs[way], place->device, err) != 0 ||
	    add_tap(network, tier, place, err) != 0)
		return -1;
	add_host(network, name);
	return 0;
}

/* A tap at each host, the clients' all into one interface. */
static int open_hosts(struct network *network, enum sandbox_tier tier, struct err *err)
{
	size_t clients = network->wire.client_count;

	network->interfaces[CLIENT].name = (char *)"client";
	network->interfaces[SERVER].name = (char *)"server";
	network->interface_count = 2;
	for (size_t i = 0; i < clients; i++) {
		const struct tap_place place = {
			.device = wire_client_port(network->client_ports[i], i),
			.interface = CLIENT,
			.host = wire_client_host(i),
			.shared_by = clients,
		};

		if (wire_enter_client(&network->wire, i, err) != 0 ||
		    open_host(network, tier, FORWARD_UP, &place, client_name(network, i), err) != 0)
			return -1;
	}
	const struct tap_place place = { .device = WIRE_SERVER_PORT,
		                         .interface = SERVER,
		                         .host = WIRE_SERVER_HOST };

	if (wire_enter_server(&network->wire, err) != 0)
		return -1;
	return open_host(network, tier, FORWARD_DOWN, &place, "server", err);
}

/* Of one direction: as much as the scenario can have under way, within limits. */
static size_t room_bytes(const struct scenario *scenario)
{
	struct plan plan = plan_of(scenario);

	if (plan.bytes > ROOM_MOST || plan.writes > ROOM_MOST / PACKET_ROOM)
		return ROOM_MOST;
	/* Each byte again, for what is sent again, and for the headers of each packet. */
	size_t room = (size_t)(2 * plan.bytes + plan.writes * PACKET_ROOM) + ROOM_LEAST;

	return room < ROOM_MOST ? room : ROOM_MOST;
}

static int open_forward(struct network *network, struct err *err)
{
	const struct scenario_link *link = &network->scenario->link;
	char ports[WIRE_CLIENT_MAX][WIRE_PORT_NAME];
	struct forward_client clients[WIRE_CLIENT_MAX];
	size_t room = room_bytes(network->scenario);
	const struct forward_options options = {
		.clients = clients,
		.client_count = network->wire.client_count,
		.server_port = WIRE_MIDDLE_SERVER_PORT,
		.directions = { link->ways[FORWARD_UP], link->ways[FORWARD_DOWN] },
		.seed = link->seed,
		.mtu = link->mtu,
		.room_bytes = room,
		.ring_bytes = room < ROOM_USUAL ? RING_SMALL : RING_LARGE,
	};

	for (size_t i = 0; i < network->wire.client_count; i++)
		clients[i] = (struct forward_client){ wire_middle_client_port(ports[i], i),
			                              wire_client_host(i) };
	if (wire_enter_middle(&network->wire, err) != 0)
		return -1;
	network->forward = forward_open(&options, err);
	return network->forward ? 0 : -1;
}

static int open_wire(struct network *network, enum sandbox_tier tier, struct err *err)
{
	const struct scenario *scenario = network->scenario;
	struct wire_options options = { .mtu = scenario->link.mtu,
		                        .ipv6 = scenario->family == 6,
		                        .no_ipv4 = scenario->family == 6 };

	for (size_t i = 0; i < scenario->endpoint_count; i++)
		options.clients += !scenario->endpoints[i].server_side;
	if (wire_open(&network->wire, &options, err) != 0 || open_hosts(network, tier, err) != 0)
		return -1;
	return open_forward(network, err);
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
	network->interfaces[0].name = (char *)"lo";
	network->interface_count = 1;
	/* A host's own counters tell of everybody's traffic. */
	if (tier != SANDBOX_HOST)
		add_host(network, "lo");
	return add_tap(network, tier, &(struct tap_place){ .device = "lo" }, err);
}

int network_enter(const struct network *network, size_t endpoint, struct err *err)
{
	if (!network->forward)
		return 0;
	return network->scenario->endpoints[endpoint].server_side
	               ? wire_enter_server(&network->wire, err)
	               : wire_enter_client(&network->wire, link_client(network->scenario, endpoint),
	                                   err);
}

const struct counters_host *network_host(const struct network *network, size_t endpoint)
{
	const struct scenario *scenario = network->scenario;
	size_t at = 0;

	if (!network->host_count)
		return NULL;
	if (network->forward)
		at = scenario->endpoints[endpoint].server_side ? network->host_count - 1
		                                               : link_client(scenario, endpoint);
	return &network->hosts[at];
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
	return QUIET_NS + link_handshake_ns(network->scenario);
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
	int result = 0;

	for (size_t i = 0; i < network->tap_count && !result; i++)
		result = tap_take(&network->taps[i], recording, err);
	if (!network->forward)
		return result;
	take_events(network, recording);
	struct pollfd ended = { .fd = forward_fd(network->forward), .events = POLLIN };

	/* What took a tap's device away takes the link's port away, too: it says more. */
	return poll(&ended, 1, result ? LINK_END_MS : 0) > 0 ? forward_stop(network->forward, err)
	                                                     : result;
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
	uint64_t passed[NETWORK_INTERFACES] = { 0 }, lost[NETWORK_INTERFACES] = { 0 };

	for (size_t i = 0; i < network->tap_count; i++) {
		uint32_t at = network->taps[i].place.interface;

		if (tap_count(&network->taps[i], &passed[at], &lost[at], err) != 0)
			return -1;
	}
	for (uint32_t i = 0; i < network->interface_count; i++)
		recording_add_statistics(recording, i, clock_realtime_ns(), passed[i], lost[i]);
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
