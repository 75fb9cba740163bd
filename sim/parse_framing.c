/*
 * `framing`, of the scenario and of an endpoint, and the steps that use it:
 *
 *	framing: {kind: length, bytes: 4, order: little, writes: separate}
 *	- {send_message: 100 B, claims: 200 B}
 *	- {recv_message: 1024, until: eof}
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "sim/parsing.h"
#include "sim/scalar.h"
#include "sim/schema.h"

#define KIND(kind) (1u << FRAMING_##kind)
#define ANY_KIND   ((1u << FRAMING_KIND_COUNT) - 1)
/* Those whose header has a form of its own. */
#define BINARY     (KIND(LENGTH) | KIND(JSON))

static int read_bytes(struct parsing *parsing, const struct node *node, struct framing *framing)
{
	uint64_t bytes;

	if (scalar_number(node, "bytes", 1, 8, &bytes, parsing->err))
		return -1;
	if (bytes & (bytes - 1))
		return node_error(node, parsing->err,
		                  "`bytes` cannot be `%s`: a binary header has 1, 2, 4 or 8",
		                  node->text);
	framing->bytes = (unsigned)bytes;
	return 0;
}

static int read_order(struct parsing *parsing, const struct node *node, struct framing *framing)
{
	static const char *const names[] = { "little", "big" };
	int chosen = parse_choose(node, "order", names, 2, parsing->err);

	framing->big = chosen == 1;
	return chosen < 0 ? -1 : 0;
}

static int read_signed(struct parsing *parsing, const struct node *node, struct framing *framing)
{
	return scalar_switch(node, "signed", &framing->is_signed, parsing->err);
}

static int read_counts(struct parsing *parsing, const struct node *node, struct framing *framing)
{
	static const char *const names[] = { "body", "all" };
	int chosen = parse_choose(node, "counts", names, 2, parsing->err);

	framing->counts_header = chosen == 1;
	return chosen < 0 ? -1 : 0;
}

static int read_size(struct parsing *parsing, const struct node *node, struct framing *framing)
{
	if (scalar_size(node, "size", true, SCENARIO_ROOM_MAX, &framing->size, parsing->err))
		return -1;
	return framing->size ? 0
	                     : node_error(node, parsing->err,
	                                  "`size` cannot be `%s`: it is at least 1 B", node->text);
}

static int read_delimiter(struct parsing *parsing, const struct node *node, struct framing *framing)
{
	struct payload payload = { 0 };

	if (payload_parse(parsing, node, "delimiter", &payload))
		return -1;
	if (!payload.bytes || !payload.length || payload.length > FRAMING_DELIMITER_MAX) {
		free(payload.bytes);
		return node_error(
			node, parsing->err,
			"`delimiter` takes 1 to %d bytes, `\"\\r\\n\"` or `{hex: \"00\"}`",
			FRAMING_DELIMITER_MAX);
	}
	memcpy(framing->delimiter, payload.bytes, payload.length);
	framing->delimiter_length = (unsigned)payload.length;
	free(payload.bytes);
	return 0;
}

static int read_escape(struct parsing *parsing, const struct node *node, struct framing *framing)
{
	if (node_is(node, "none")) {
		framing->escape = -1;
		return 0;
	}
	if (node->kind != NODE_SCALAR || !node->quoted || node->length != 1)
		return node_error(node, parsing->err,
		                  "`escape` takes one byte in quotes, `\"\\\\\"`, or none");
	framing->escape = (uint8_t)node->text[0];
	return 0;
}

static int read_ready(struct parsing *parsing, const struct node *node, struct framing *framing)
{
	return scalar_switch(node, "ready", &framing->ready, parsing->err);
}

static int read_limit(struct parsing *parsing, const struct node *node, struct framing *framing)
{
	return scalar_size(node, "limit", true, SCENARIO_RECORDING_MAX, &framing->limit,
	                   parsing->err);
}

static int read_writes(struct parsing *parsing, const struct node *node, struct framing *framing)
{
	int chosen = parse_choose(node, "writes", framing_writes_names, FRAMING_WRITES_COUNT,
	                          parsing->err);

	framing->writes = (enum framing_writes)chosen;
	return chosen < 0 ? -1 : 0;
}

static int read_reader(struct parsing *parsing, const struct node *node, struct framing *framing)
{
	int chosen = parse_choose(node, "reader", framing_reader_names, FRAMING_READER_COUNT,
	                          parsing->err);

	framing->reader = (enum framing_reader)chosen;
	return chosen < 0 ? -1 : 0;
}

static const struct {
	const char *name;
	unsigned kinds; /* that have a use for it */
	int (*read)(struct parsing *parsing, const struct node *node, struct framing *framing);
} keys[] = {
	{ "bytes", BINARY, read_bytes },
	{ "order", BINARY, read_order },
	{ "signed", BINARY, read_signed },
	{ "counts", KIND(LENGTH), read_counts },
	{ "size", KIND(FIXED) | KIND(HTTP_CHUNKED), read_size },
	{ "delimiter", KIND(DELIMITER) | KIND(LENGTH_TEXT), read_delimiter },
	{ "escape", KIND(DELIMITER), read_escape },
	{ "ready", KIND(LENGTH_TEXT), read_ready },
	{ "limit", ANY_KIND, read_limit },
	{ "writes", ANY_KIND, read_writes },
	{ "reader", ANY_KIND, read_reader },
};

/* What no framing can be, whatever its keys are alone. */
static int check(struct parsing *parsing, const struct node *node, const struct framing *framing)
{
	if (framing->kind == FRAMING_DELIMITER && framing->escape >= 0 &&
	    memchr(framing->delimiter, framing->escape, framing->delimiter_length))
		return node_error(node, parsing->err,
		                  "`escape` is a byte of the `delimiter`: choose another");
	if (framing->kind == FRAMING_LENGTH_TEXT && framing->ready &&
	    framing->writes != FRAMING_SEPARATE)
		return node_error(node, parsing->err,
		                  "`ready` waits between the length and the data, which cannot be "
		                  "one write: choose `writes: separate`, or `ready: 0`");
	return 0;
}

int parse_framing(struct parsing *parsing, const struct node *node, const char *whose,
                  struct framing *framing, struct buffer *not_applied)
{
	const struct node *kind;

	if (schema_check(&schema_framing, node, "framing", parsing->err))
		return -1;
	kind = node_get(node, "kind");
	if (kind) {
		enum framing_writes writes = framing->writes;
		enum framing_reader reader = framing->reader;
		int chosen = parse_choose(kind, "kind", framing_kind_names, FRAMING_KIND_COUNT,
		                          parsing->err);

		if (chosen < 0)
			return -1;
		*framing = framing_of((enum framing_kind)chosen);
		framing->writes = writes;
		framing->reader = reader;
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const struct node *value = node_get(node, keys[i].name);
		struct framing ignored = *framing;
		bool applies = keys[i].kinds & 1u << framing->kind;

		if (!value)
			continue;
		if (keys[i].read(parsing, value, applies ? framing : &ignored))
			return -1;
		if (!applies && not_applied)
			buffer_format(not_applied, "%sframing.%s: no key of a %s framing\n", whose,
			              keys[i].name, framing_kind_names[framing->kind]);
	}
	return check(parsing, node, framing);
}

/* ---- steps ---- */

bool parse_is_message(const char *name)
{
	return !strcmp(name, "send_message") || !strcmp(name, "recv_message");
}

static int check_length(struct parsing *parsing, const struct node *node,
                        const struct framing *framing, const struct step *step)
{
	struct err range = { 0 };

	if (step->claimed != step->payloads->length && !framing_has_length(framing))
		return node_error(node, parsing->err,
		                  "`claims` is what a header says, and a %s framing says no length",
		                  framing_kind_names[framing->kind]);
	if (framing_fits(framing, step->claimed, &range) ||
	    framing_fits(framing, step->payloads->length, &range))
		return node_error(node, parsing->err, "%s", range.text);
	return 0;
}

static int read_sent(struct parsing *parsing, const struct node *value, const struct node *map,
                     const struct framing *framing, struct step *step)
{
	const struct node *claims = map ? node_get(map, "claims") : NULL;

	step->call = CALL_SEND;
	step->payloads = mem_alloc(1, sizeof(*step->payloads));
	step->payload_count = 1;
	if (payload_parse(parsing, value, "send_message", step->payloads) ||
	    parse_arguments(parsing, map, ARGUMENT_SIZE | ARGUMENT_CLAIMS, step))
		return -1;
	if (!claims)
		step->claimed = step->payloads->length;
	return check_length(parsing, claims ? claims : value, framing, step);
}

static int read_received(struct parsing *parsing, const struct node *value, const struct node *map,
                         struct step *step)
{
	step->call = CALL_RECV;
	if (scalar_size(value, "recv_message", true, SCENARIO_ROOM_MAX, &step->size, parsing->err))
		return -1;
	if (!step->size)
		return node_error(
			value, parsing->err,
			"`recv_message` cannot be `%s`: each recv has room for 1 B at least",
			value->text);
	if (parse_arguments(parsing, map, ARGUMENT_UNTIL, step))
		return -1;
	if (step->until == UNTIL_BYTES)
		return node_error(node_get(map, "until"), parsing->err,
		                  "`recv_message` takes `until: eof` only; so many messages are "
		                  "`times`");
	return 0;
}

int parse_message(struct parsing *parsing, const char *name, const struct node *at,
                  const struct node *value, const struct node *map, struct step *step)
{
	const struct scenario_endpoint *self = &parsing->scenario->endpoints[parsing->endpoint];
	bool sends = !strcmp(name, "send_message");

	step->is_message = true;
	if (!value || (value->kind == NODE_SCALAR && !value->length && !value->quoted))
		return node_error(at, parsing->err, "`%s` needs an argument: %s", name,
		                  sends ? "`send_message: 100 B` or `send_message: \"text\"`"
		                        : "`recv_message: 1024`");
	if (!self->framed)
		return node_error(at, parsing->err,
		                  "`%s` needs `framing`, at the top or of the endpoint: `framing: "
		                  "{kind: length, bytes: 4}`",
		                  name);
	return sends ? read_sent(parsing, value, map, &self->framing, step)
	             : read_received(parsing, value, map, step);
}
