/*
 * A sender's queueing discipline: tc(8)'s words, "tbf rate 10mbit burst 5kb latency 50ms", or a
 * mapping of the same names with values as the rest of a scenario has them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/buffer.h"
#include "capture/mem.h"
#include "sim/parsing.h"
#include "sim/scalar.h"
#include "sim/schema.h"
#include "sim/wire_hosts.h"

#define WORDS_MAX      16
#define LATENCY_MAX_NS 60000000000
#define LIMIT_MAX      (1u << 30)
#define FRAME_HEADER   14 /* Ethernet: a device's MTU does not count it, tbf does */

/* ---- tc's words ---- */

/* tc's units mean the same as ours, but are spelled otherwise: its kb is 1024 bytes. */
static void respell(struct buffer *out, const char *word)
{
	static const char *const units[][2] = {
		{ "kbit", "kbit/s" }, { "mbit", "Mbit/s" }, { "gbit", "Gbit/s" },
		{ "bit", "bit/s" },   { "kb", "KiB" },      { "k", "KiB" },
		{ "mb", "MiB" },      { "m", "MiB" },       { "b", "B" },
	};
	size_t digits = strspn(word, "0123456789.");

	for (unsigned i = 0; digits && i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(word + digits, units[i][0]))
			continue;
		buffer_format(out, "%.*s%s", (int)digits, word, units[i][1]);
		return;
	}
	buffer_text(out, word);
}

/* Adds key: word to a map, at the place of the text that they were in. */
static void add_word(struct node *map, const char *key, const char *word)
{
	struct buffer text = { 0 };
	struct node *value = mem_alloc(1, sizeof(*value));
	char *name = mem_text(key);

	respell(&text, word);
	*value = (struct node){ .kind = NODE_SCALAR,
		                .file = map->file,
		                .line = map->line,
		                .column = map->column,
		                .text = text.bytes,
		                .length = text.length };
	node_set(map, &(struct node_entry){ .key = name,
	                                    .key_line = map->line,
	                                    .key_column = map->column,
	                                    .value = value });
	free(name);
}

/* The mapping that text stands for, to be destroyed; NULL with err. */
static struct node *split_words(const struct node *text, struct err *err)
{
	struct node *map = mem_alloc(1, sizeof(*map));
	char *copy = mem_text(text->text), *rest = NULL, *key, *word;

	*map = (struct node){
		.kind = NODE_MAP, .file = text->file, .line = text->line, .column = text->column
	};
	add_word(map, "kind", strtok_r(copy, " ", &rest));
	while ((key = strtok_r(NULL, " ", &rest)) && map->entry_count < WORDS_MAX) {
		word = strtok_r(NULL, " ", &rest);
		if (!word || node_get(map, key)) {
			node_error(text, err,
			           word ? "`qdisc` says `%.40s` twice"
			                : "`qdisc` ends behind `%.40s`, whose value is missing",
			           key);
			node_destroy(map);
			map = NULL;
			break;
		}
		add_word(map, key, word);
	}
	free(copy);
	return map;
}

/* ---- the mapping ---- */

/* Which keys a kind has, and which of them it needs. */
static const struct {
	const char *takes[4], *needs[2];
} kind_keys[QDISC_KIND_COUNT] = {
	[QDISC_TBF] = { { "rate", "burst", "latency", "limit" }, { "rate", "burst" } },
	[QDISC_PFIFO] = { { "limit" }, { NULL } },
	[QDISC_BFIFO] = { { "limit" }, { NULL } },
};

static int read_kind(struct parsing *parsing, const struct node *map, struct qdisc *qdisc)
{
	const struct node *node = node_get(map, "kind");
	char shown[NODE_SHOWN];

	if (!node)
		return node_error(map, parsing->err,
		                  "`qdisc` needs a `kind`: `{kind: tbf, rate: 10Mbit/s, burst: 5 "
		                  "KiB, latency: 50ms}`");
	for (int kind = 0; kind < QDISC_KIND_COUNT; kind++) {
		if (node_is(node, qdisc_kind_text((enum qdisc_kind)kind))) {
			qdisc->kind = (enum qdisc_kind)kind;
			return 0;
		}
	}
	return node_error(node, parsing->err,
	                  "`qdisc` cannot be of the kind %s; known are none tbf pfifo bfifo fq "
	                  "fq_codel%s",
	                  node_shown(shown, node),
	                  node_is(node, "netem") ? "; what netem does is said by `delay`, `loss` "
	                                           "and the other keys of `link`"
	                                         : "");
}

static bool takes(enum qdisc_kind kind, const char *key)
{
	for (unsigned i = 0; i < 4 && kind_keys[kind].takes[i]; i++) {
		if (!strcmp(kind_keys[kind].takes[i], key))
			return true;
	}
	return !strcmp(key, "kind");
}

static int check_keys(struct parsing *parsing, const struct node *map, enum qdisc_kind kind)
{
	for (size_t i = 0; i < map->entry_count; i++) {
		if (!takes(kind, map->entries[i].key))
			return node_key_error(map, i, parsing->err,
			                      "a `qdisc` of the kind %s has no `%.40s`",
			                      qdisc_kind_text(kind), map->entries[i].key);
	}
	for (unsigned i = 0; i < 2 && kind_keys[kind].needs[i]; i++) {
		if (!node_get(map, kind_keys[kind].needs[i]))
			return node_error(map, parsing->err,
			                  "a `qdisc` of the kind %s needs `%s`: \"tbf rate 10mbit "
			                  "burst 5kb latency 50ms\"",
			                  qdisc_kind_text(kind), kind_keys[kind].needs[i]);
	}
	return 0;
}

/* tbf's: how long a packet may wait, as the bytes that then wait. */
static int read_latency(struct parsing *parsing, const struct node *node, struct qdisc *qdisc)
{
	int64_t ns;
	double bytes;

	if (scalar_time(node, "latency", LATENCY_MAX_NS, &ns, parsing->err))
		return -1;
	bytes = (double)qdisc->rate_bits / 8 * (double)ns / 1e9 + qdisc->burst_bytes;
	if (bytes > LIMIT_MAX)
		return scalar_refuse(node, "latency", "more than 1 GiB would wait at that rate",
		                     parsing->err);
	qdisc->limit = (uint32_t)bytes;
	return 0;
}

static uint64_t full_frame(const struct parsing *parsing)
{
	uint32_t mtu = parsing->scenario->link.mtu;

	return (mtu ? mtu : WIRE_MTU) + FRAME_HEADER;
}

static int read_limit(struct parsing *parsing, const struct node *node, struct qdisc *qdisc)
{
	char shown[NODE_SHOWN];
	uint64_t limit;
	int result = qdisc->kind == QDISC_PFIFO
	                     ? scalar_number(node, "limit", 1, LIMIT_MAX, &limit, parsing->err)
	                     : scalar_size(node, "limit", true, LIMIT_MAX, &limit, parsing->err);

	if (result)
		return -1;
	if (!limit)
		return scalar_refuse(node, "limit", "nothing could wait", parsing->err);
	if (qdisc->kind != QDISC_PFIFO && limit < full_frame(parsing))
		return node_error(
			node, parsing->err,
			"`limit` cannot be %s: a full frame has %d B here, and one that "
			"does not fit is dropped; choose at least that, or a smaller `mtu`",
			node_shown(shown, node), (int)full_frame(parsing));
	qdisc->limit = (uint32_t)limit;
	return 0;
}

static int read_tbf(struct parsing *parsing, const struct node *map, struct qdisc *qdisc)
{
	const struct node *burst = node_get(map, "burst"), *latency = node_get(map, "latency");
	uint64_t bytes, frame = full_frame(parsing);
	char shown[NODE_SHOWN];

	if (scalar_rate(node_get(map, "rate"), "rate", &qdisc->rate_bits, parsing->err) ||
	    parse_check_rate(parsing, node_get(map, "rate"), qdisc->rate_bits) ||
	    scalar_size(burst, "burst", true, LIMIT_MAX, &bytes, parsing->err))
		return -1;
	if (qdisc->rate_bits < 8)
		return scalar_refuse(node_get(map, "rate"), "rate",
		                     "the kernel counts in bytes: the least is 8bit/s",
		                     parsing->err);
	if (bytes < frame)
		return node_error(
			burst, parsing->err,
			"`burst` cannot be %s: tbf drops what is larger, and a full frame "
			"has %d B here; choose at least that, or a smaller `mtu`",
			node_shown(shown, burst), (int)frame);
	qdisc->burst_bytes = (uint32_t)bytes;
	if (!latency == !node_get(map, "limit"))
		return node_error(
			map, parsing->err,
			"a `qdisc` of the kind tbf needs either `latency` or `limit`: how "
			"long packets may wait, or how many bytes of them");
	return latency ? read_latency(parsing, latency, qdisc) : 0;
}

static int read_map(struct parsing *parsing, const struct node *map, struct qdisc *qdisc)
{
	const struct node *limit = node_get(map, "limit");

	/* The kind first: what follows netem is no key of ours, and that is not the point. */
	if ((node_get(map, "kind") && read_kind(parsing, map, qdisc)) ||
	    schema_check(&schema_qdisc, map, "qdisc", parsing->err) ||
	    read_kind(parsing, map, qdisc) || check_keys(parsing, map, qdisc->kind))
		return -1;
	if (qdisc->kind == QDISC_TBF && read_tbf(parsing, map, qdisc))
		return -1;
	return limit ? read_limit(parsing, limit, qdisc) : 0;
}

int parse_qdisc(struct parsing *parsing, const struct node *node, struct qdisc *qdisc)
{
	struct node *words;
	int result;

	*qdisc = (struct qdisc){ 0 };
	if (node->kind == NODE_LIST)
		return node_error(node, parsing->err,
		                  "`qdisc` is tc's words, \"tbf rate 10mbit burst 5kb latency "
		                  "50ms\", or a mapping of them, not a list");
	if (node->kind == NODE_MAP)
		return read_map(parsing, node, qdisc);
	if (scalar_words(node, "qdisc", parsing->err))
		return -1;
	if (node->text[strspn(node->text, " ")] == '\0')
		return scalar_refuse(node, "qdisc", "it names no kind", parsing->err);
	words = split_words(node, parsing->err);
	if (!words)
		return -1;
	result = read_map(parsing, words, qdisc);
	node_destroy(words);
	return result;
}
