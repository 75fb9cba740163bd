/*
 * What a wire does to its packets: the keys of `link` for both directions, and those of `up` and
 * `down`, which are laid over them key by key.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "sim/forward.h"
#include "sim/parsing.h"
#include "sim/scalar.h"
#include "sim/schema.h"
#include "sim/wire_hosts.h"

#define TIME_MAX_NS  10000000000 /* of a delay, of a jitter; each way */
#define QUEUE_MAX    (1ull << 30)
#define DROP_MAX     10000
#define DROP_MOST    1000000000 /* packets are not counted further */
#define FRAME_HEADER 14         /* Ethernet */
#define NOTHING      "none"     /* takes a key back that the other direction keeps */

/* Reads a key's value into a direction. */
typedef int reader(struct parsing *parsing, const struct node *node, const char *key,
                   struct impairment *way);

static int read_delay(struct parsing *parsing, const struct node *node, const char *key,
                      struct impairment *way)
{
	return scalar_time(node, key, TIME_MAX_NS, &way->delay_ns, parsing->err);
}

static int read_jitter(struct parsing *parsing, const struct node *node, const char *key,
                       struct impairment *way)
{
	return scalar_time(node, key, TIME_MAX_NS, &way->jitter_ns, parsing->err);
}

static int read_rate(struct parsing *parsing, const struct node *node, const char *key,
                     struct impairment *way)
{
	way->rate_bits = 0;
	return node_is(node, NOTHING) ? 0 : scalar_rate(node, key, &way->rate_bits, parsing->err);
}

/* "20 packets"; *is says whether it is one at all. */
static int read_packets(struct parsing *parsing, const struct node *node, const char *key, bool *is,
                        uint64_t *packets)
{
	size_t used = 0;
	const char *unit, *wrong;

	*is = false;
	if (node->kind != NODE_SCALAR || node->quoted)
		return 0;
	wrong = scalar_read_digits(node->text, node->length, packets, &used);
	if (wrong)
		return 0;
	unit = node->text + used;
	unit += *unit == ' ';
	*is = !strcmp(unit, "packets") || !strcmp(unit, "packet");
	if (!*unit)
		return scalar_refuse(node, key, "packets or bytes? `20 packets` or `30 KiB`",
		                     parsing->err);
	if (*is && *packets > QUEUE_MAX)
		return scalar_refuse(node, key, "it is too large to mean anything", parsing->err);
	return 0;
}

static int read_queue(struct parsing *parsing, const struct node *node, const char *key,
                      struct impairment *way)
{
	bool packets;

	way->queue_packets = way->queue_bytes = 0;
	if (node_is(node, NOTHING))
		return 0;
	if (read_packets(parsing, node, key, &packets, &way->queue_packets))
		return -1;
	if (!packets) {
		way->queue_packets = 0;
		if (scalar_size(node, key, false, QUEUE_MAX, &way->queue_bytes, parsing->err))
			return -1;
	}
	if (!way->queue_packets && !way->queue_bytes)
		return scalar_refuse(node, key,
		                     "it holds at least `1 packet`; leave it out for no limit",
		                     parsing->err);
	return 0;
}

static int read_loss(struct parsing *parsing, const struct node *node, const char *key,
                     struct impairment *way)
{
	return scalar_share(node, key, &way->loss, parsing->err);
}

static int read_duplicate(struct parsing *parsing, const struct node *node, const char *key,
                          struct impairment *way)
{
	return scalar_share(node, key, &way->duplicate, parsing->err);
}

static int read_reorder(struct parsing *parsing, const struct node *node, const char *key,
                        struct impairment *way)
{
	return scalar_share(node, key, &way->reorder, parsing->err);
}

static int read_corrupt(struct parsing *parsing, const struct node *node, const char *key,
                        struct impairment *way)
{
	return scalar_share(node, key, &way->corrupt, parsing->err);
}

static int compare(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return left < right ? -1 : left > right;
}

/* In any order in the file, ascending in the scenario. */
static int read_drop(struct parsing *parsing, const struct node *node, const char *key,
                     struct impairment *way)
{
	size_t count = node->kind == NODE_LIST ? node->item_count : 1;

	if (count > DROP_MAX)
		return node_error(node, parsing->err,
		                  "`%s` lists at most %d packets; `loss` drops by chance", key,
		                  DROP_MAX);
	free(way->drop);
	way->drop = mem_alloc(count, sizeof(*way->drop));
	way->drop_count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct node *item = node->kind == NODE_LIST ? node->items[i] : node;
		uint64_t number;

		if (scalar_number(item, key, 1, DROP_MOST, &number, parsing->err))
			return -1;
		way->drop[way->drop_count++] = (uint32_t)number;
	}
	qsort(way->drop, count, sizeof(*way->drop), compare);
	for (size_t i = 1; i < count; i++) {
		if (way->drop[i] == way->drop[i - 1])
			return node_error(node, parsing->err,
			                  "`%s` lists %" PRIu32
			                  " twice: each packet is dropped once, and what is sent "
			                  "again has a number of its own",
			                  key, way->drop[i]);
	}
	return 0;
}

static const struct {
	const char *key;
	reader *read;
} keys[] = {
	{ "delay", read_delay },         { "jitter", read_jitter },   { "rate", read_rate },
	{ "queue", read_queue },         { "loss", read_loss },       { "drop", read_drop },
	{ "duplicate", read_duplicate }, { "reorder", read_reorder }, { "corrupt", read_corrupt },
};

bool parse_is_wire_key(const char *key)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (!strcmp(key, keys[i].key))
			return true;
	}
	return !strcmp(key, "qdisc") || !strcmp(key, "seed") || !strcmp(key, "up") ||
	       !strcmp(key, "down");
}

static int read_way(struct parsing *parsing, const struct node *map, struct impairment *way)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const struct node *node = node_get(map, keys[i].key);

		if (node && keys[i].read(parsing, node, keys[i].key, way))
			return -1;
	}
	return 0;
}

/* ---- what only fits together ---- */

static uint64_t full_frame(const struct scenario_link *link)
{
	return (link->mtu ? link->mtu : WIRE_MTU) + FRAME_HEADER;
}

int parse_check_rate(struct parsing *parsing, const struct node *node, uint64_t bits)
{
	const struct scenario *scenario = parsing->scenario;
	uint64_t frame = full_frame(&scenario->link);
	char limit[QUANTITY_TEXT], shown[NODE_SHOWN];

	if (!bits || (double)frame * 8 / (double)bits * 1e9 <= (double)scenario->time_limit_ns)
		return 0;
	return node_error(
		node, parsing->err,
		"`rate` cannot be %s: one frame of %" PRIu64
		" B would take longer than the time limit of %s; choose a higher rate, or a "
		"smaller `mtu`",
		node_shown(shown, node), frame, quantity_time(limit, scenario->time_limit_ns));
}

static int check_way(struct parsing *parsing, const struct node *link, const struct node *own,
                     const struct impairment *way)
{
	const struct node *rate = node_get(own, "rate"), *queue = node_get(own, "queue");

	if (!rate)
		rate = node_get(link, "rate");
	if (rate && parse_check_rate(parsing, rate, way->rate_bits))
		return -1;
	if (queue && !way->rate_bits && (way->queue_packets || way->queue_bytes))
		return node_error(queue, parsing->err,
		                  "a `queue` needs a `rate`: without one nothing waits; add "
		                  "`rate: 10Mbit/s`");
	return 0;
}

/* A queue for both directions needs a rate in one of them. */
static int check_ways(struct parsing *parsing, const struct node *link, const struct node *up,
                      const struct node *down)
{
	const struct impairment *ways = parsing->scenario->link.ways;

	if (check_way(parsing, link, up, &ways[FORWARD_UP]) ||
	    check_way(parsing, link, down, &ways[FORWARD_DOWN]))
		return -1;
	return ways[FORWARD_UP].rate_bits || ways[FORWARD_DOWN].rate_bits
	               ? 0
	               : check_way(parsing, link, link, &ways[FORWARD_UP]);
}

/* A queue that nothing waits in. */
static void clear_queue(struct impairment *way)
{
	if (!way->rate_bits)
		way->queue_packets = way->queue_bytes = 0;
}

static int read_qdiscs(struct parsing *parsing, const struct node *link, const struct node *up,
                       const struct node *down)
{
	struct qdisc *qdiscs = parsing->scenario->link.qdiscs;
	const struct node *client = node_get(up, "qdisc"), *server = node_get(down, "qdisc");

	if (!client)
		client = node_get(link, "qdisc");
	if (client && parse_qdisc(parsing, client, &qdiscs[FORWARD_UP]))
		return -1;
	return server ? parse_qdisc(parsing, server, &qdiscs[FORWARD_DOWN]) : 0;
}

int parse_wire(struct parsing *parsing, const struct node *link)
{
	static const struct node nothing = { .kind = NODE_MAP };
	const struct node *seed = node_get(link, "seed");
	const struct node *up = node_get(link, "up"), *down = node_get(link, "down");
	struct impairment *ways = parsing->scenario->link.ways;

	if ((up && schema_check(&schema_way, up, "up", parsing->err)) ||
	    (down && schema_check(&schema_way, down, "down", parsing->err)))
		return -1;
	up = up ? up : &nothing;
	down = down ? down : &nothing;
	if (read_way(parsing, link, &ways[FORWARD_UP]) ||
	    read_way(parsing, link, &ways[FORWARD_DOWN]) ||
	    read_way(parsing, up, &ways[FORWARD_UP]) ||
	    read_way(parsing, down, &ways[FORWARD_DOWN]))
		return -1;
	if (seed &&
	    scalar_number(seed, "seed", 0, UINT64_MAX, &parsing->scenario->link.seed, parsing->err))
		return -1;
	if (check_ways(parsing, link, up, down) || read_qdiscs(parsing, link, up, down))
		return -1;
	clear_queue(&ways[FORWARD_UP]);
	clear_queue(&ways[FORWARD_DOWN]);
	return 0;
}
