/*
 * What a link is, in words, and which key made it so.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "capture/quantity.h"
#include "sim/forward.h"
#include "sim/link.h"

#define DROPS_SHOWN 6

/* One property of a direction: how it reads, and whether two directions have it alike. */
struct property {
	const char *keys[3]; /* of both directions, of the way up, of the way down */
	bool (*has)(const struct impairment *way);
	bool (*alike)(const struct impairment *a, const struct impairment *b);
	void (*describe)(const struct impairment *way, struct buffer *out);
};

/* In the largest of four units, each a thousand of the one before, that it has one of. */
static void put_scaled(struct buffer *out, double value, const char *const units[4])
{
	int unit = 0;

	for (; unit < 3 && value >= 1000; unit++)
		value /= 1000;
	buffer_format(out, "%.10g %s", value, units[unit]);
}

static void put_time(struct buffer *out, int64_t ns)
{
	static const char *const units[] = { "ns", "µs", "ms", "s" };

	put_scaled(out, (double)ns, units);
}

static void put_rate(struct buffer *out, uint64_t bits)
{
	static const char *const units[] = { "bit/s", "kbit/s", "Mbit/s", "Gbit/s" };

	put_scaled(out, (double)bits, units);
}

/* As the format writes it: no exponent, and no zeros at the end. */
static void put_number(struct buffer *out, const char *name, double percent)
{
	char digits[40];
	size_t length = (size_t)snprintf(digits, sizeof(digits), "%.12f", percent);

	while (digits[length - 1] == '0')
		length--;
	length -= digits[length - 1] == '.';
	buffer_format(out, "%s %.*s %%", name, (int)length, digits);
}

static void put_share(struct buffer *out, const char *name, double share)
{
	if (share > 0)
		put_number(out, name, share * 100);
	else
		buffer_format(out, "no %s", name);
}

/* ---- the properties ---- */

/* Of a number, whole or not, that is 0 where the direction has none of it. */
#define NUMBER(name, member)                                                                       \
	static bool has_##name(const struct impairment *way)                                       \
	{                                                                                          \
		return way->member > 0;                                                            \
	}                                                                                          \
	static bool alike_##name(const struct impairment *a, const struct impairment *b)           \
	{                                                                                          \
		return a->member >= b->member && a->member <= b->member;                           \
	}
NUMBER(delay, delay_ns)
NUMBER(jitter, jitter_ns)
NUMBER(rate, rate_bits)
NUMBER(loss, loss)
NUMBER(duplicate, duplicate)
NUMBER(reorder, reorder)
NUMBER(corrupt, corrupt)

static void describe_delay(const struct impairment *way, struct buffer *out)
{
	if (way->delay_ns)
		put_time(out, way->delay_ns);
	else
		buffer_text(out, "no delay");
}

static void describe_jitter(const struct impairment *way, struct buffer *out)
{
	buffer_text(out, way->jitter_ns ? "jitter " : "no jitter");
	if (way->jitter_ns)
		put_time(out, way->jitter_ns);
}

static void describe_rate(const struct impairment *way, struct buffer *out)
{
	if (way->rate_bits)
		put_rate(out, way->rate_bits);
	else
		buffer_text(out, "any rate");
}

static bool has_queue(const struct impairment *way)
{
	return way->queue_packets || way->queue_bytes;
}

/* Without a rate there is no queue to speak of. */
static bool alike_queue(const struct impairment *a, const struct impairment *b)
{
	return !a->rate_bits || !b->rate_bits ||
	       (a->queue_packets == b->queue_packets && a->queue_bytes == b->queue_bytes);
}

static void describe_queue(const struct impairment *way, struct buffer *out)
{
	char bytes[QUANTITY_TEXT];

	if (way->queue_packets)
		buffer_format(out, "queue %" PRIu64 " packet%s", way->queue_packets,
		              way->queue_packets == 1 ? "" : "s");
	else if (way->queue_bytes)
		buffer_format(out, "queue %s", quantity_bytes(bytes, way->queue_bytes));
	else
		buffer_text(out, "queue without limit");
}

static bool has_drop(const struct impairment *way)
{
	return way->drop_count > 0;
}

static bool alike_drop(const struct impairment *a, const struct impairment *b)
{
	return a->drop_count == b->drop_count &&
	       (!a->drop_count || !memcmp(a->drop, b->drop, a->drop_count * sizeof(*a->drop)));
}

/* "drops data packets 3, 7 and 9", or "… and 12 more". */
static void describe_drop(const struct impairment *way, struct buffer *out)
{
	size_t count = way->drop_count;
	size_t shown = count > DROPS_SHOWN ? DROPS_SHOWN - 1 : count;

	if (!count) {
		buffer_text(out, "drops none by number");
		return;
	}
	buffer_format(out, "drops data packet%s", count == 1 ? "" : "s");
	for (size_t i = 0; i < shown; i++)
		buffer_format(out, "%s %" PRIu32,
		              !i              ? ""
		              : i + 1 < count ? ","
		                              : " and",
		              way->drop[i]);
	if (shown < count)
		buffer_format(out, " and %zu more", count - shown);
}

#define KEYS(name)                                                                                 \
	{                                                                                          \
		"link." name, "link.up." name, "link.down." name                                   \
	}
#define SHARE(name)                                                                                \
	static void describe_##name(const struct impairment *way, struct buffer *out)              \
	{                                                                                          \
		put_share(out, #name, way->name);                                                  \
	}
SHARE(loss)
SHARE(duplicate)
SHARE(reorder)
SHARE(corrupt)

/* delay is the first: it is described before the MTU, all others behind it. */
static const struct property properties[] = {
	{ KEYS("delay"), has_delay, alike_delay, describe_delay },
	{ KEYS("jitter"), has_jitter, alike_jitter, describe_jitter },
	{ KEYS("rate"), has_rate, alike_rate, describe_rate },
	{ KEYS("queue"), has_queue, alike_queue, describe_queue },
	{ KEYS("loss"), has_loss, alike_loss, describe_loss },
	{ KEYS("drop"), has_drop, alike_drop, describe_drop },
	{ KEYS("duplicate"), has_duplicate, alike_duplicate, describe_duplicate },
	{ KEYS("reorder"), has_reorder, alike_reorder, describe_reorder },
	{ KEYS("corrupt"), has_corrupt, alike_corrupt, describe_corrupt },
};
#define PROPERTY_COUNT (sizeof(properties) / sizeof(*properties))

/* ---- describing ---- */

static void describe_qdisc(const struct qdisc *qdisc, const char *who, struct buffer *out)
{
	char bytes[QUANTITY_TEXT];

	if (qdisc->kind == QDISC_NONE)
		return;
	buffer_format(out, ", the %s sends through %s", who, qdisc_kind_text(qdisc->kind));
	if (qdisc->kind == QDISC_TBF) {
		buffer_char(out, ' ');
		put_rate(out, qdisc->rate_bits);
		buffer_format(out, " burst %s", quantity_bytes(bytes, qdisc->burst_bytes));
	}
	if (qdisc->limit && qdisc->kind == QDISC_PFIFO)
		buffer_format(out, " limit %" PRIu32, qdisc->limit);
	else if (qdisc->limit)
		buffer_format(out, " limit %s", quantity_bytes(bytes, qdisc->limit));
}

static bool has_chance(const struct impairment *way)
{
	return way->jitter_ns || way->loss > 0 || way->duplicate > 0 || way->reorder > 0 ||
	       way->corrupt > 0;
}

/* What of the way back is not as on the way up. */
static void describe_back(const struct impairment *up, const struct impairment *down,
                          struct buffer *out)
{
	const char *before = "; back: ";

	for (size_t i = 0; i < PROPERTY_COUNT; i++) {
		if (properties[i].alike(up, down))
			continue;
		buffer_text(out, before);
		properties[i].describe(down, out);
		before = ", ";
	}
}

static void describe_wire(const struct scenario_link *link, struct buffer *out)
{
	const struct impairment *up = &link->ways[FORWARD_UP], *down = &link->ways[FORWARD_DOWN];

	buffer_text(out, "wire");
	for (size_t i = 0; i < PROPERTY_COUNT; i++) {
		if (properties[i].has(up)) {
			buffer_text(out, ", ");
			properties[i].describe(up, out);
			if (i == 0 && properties[i].alike(up, down))
				buffer_text(out, " each way");
		}
		if (i == 0 && link->mtu)
			buffer_format(out, ", MTU %" PRIu32, link->mtu);
	}
	if (has_chance(up) || has_chance(down))
		buffer_format(out, ", seed %" PRIu64, link->seed);
	describe_qdisc(&link->qdiscs[FORWARD_UP], "client", out);
	describe_qdisc(&link->qdiscs[FORWARD_DOWN], "server", out);
	describe_back(up, down, out);
}

void link_describe(const struct scenario *scenario, struct buffer *out)
{
	const struct scenario_link *link = &scenario->link;

	if (trace_transport_is_unix(scenario->transport)) {
		buffer_text(out, "UNIX sockets");
		return;
	}
	if (link->wire) {
		describe_wire(link, out);
		return;
	}
	buffer_text(out, "loopback");
	if (link->mtu)
		buffer_format(out, ", MTU %" PRIu32, link->mtu);
	if (link->offload >= 0)
		buffer_text(out, link->offload ? ", offload on" : ", offload off");
}

/* ---- naming the key ---- */

static const char *wire_key(const struct scenario_link *link)
{
	const struct impairment *up = &link->ways[FORWARD_UP], *down = &link->ways[FORWARD_DOWN];

	for (size_t i = 0; i < PROPERTY_COUNT; i++) {
		bool upward = properties[i].has(up), downward = properties[i].has(down);

		if (upward || downward)
			return properties[i].keys[upward && downward ? 0 : upward ? 1 : 2];
	}
	if (link->qdiscs[FORWARD_UP].kind)
		return "link.qdisc";
	return link->qdiscs[FORWARD_DOWN].kind ? "link.down.qdisc" : "link.type";
}

const char *link_needs_namespace(const struct scenario *scenario)
{
	if (scenario->link.wire)
		return wire_key(&scenario->link);
	if (scenario->link.mtu)
		return "link.mtu";
	if (scenario->link.offload >= 0)
		return "link.offload";
	if (scenario->sysctl_count)
		return "sysctl";
	return NULL;
}
