/* What a reader of the export is told before the first packet. */
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "viz/wireshark_parts.h"

#define LINKTYPE_ETHERNET 1
#define SNAP_LENGTH       262144

static const char *const sides[] = { "client", "server", "both" };

const char *wireshark_tap_text(enum wireshark_tap tap)
{
	return sides[tap];
}

bool wireshark_tap_parse(const char *text, enum wireshark_tap *tap)
{
	for (unsigned i = 0; i < WIRESHARK_TAP_COUNT; i++) {
		if (!strcmp(text, sides[i])) {
			*tap = (enum wireshark_tap)i;
			return true;
		}
	}
	return false;
}

bool wireshark_is_wire(const struct trace *trace)
{
	return !trace->foreign && trace->interface_count > 1;
}

enum wireshark_tap wireshark_side(const struct trace *trace, size_t interface)
{
	const char *name = trace->interfaces[interface].name;

	if (!strcmp(name, sides[WIRESHARK_TAP_CLIENT]))
		return WIRESHARK_TAP_CLIENT;
	if (!strcmp(name, sides[WIRESHARK_TAP_SERVER]))
		return WIRESHARK_TAP_SERVER;
	return interface ? WIRESHARK_TAP_SERVER : WIRESHARK_TAP_CLIENT;
}

static void add_line(struct buffer *out, const char *name, const char *text)
{
	if (text && *text)
		buffer_format(out, "%s%s\n", name, text);
}

static const char *tap_sentence(const struct trace *trace, enum wireshark_tap tap)
{
	static const char *const said[] = {
		"As the client's end of the wire saw it: what the server sent stands at its "
		"arrival, and what was lost on the way to the client is not there.\n",
		"As the server's end of the wire saw it: what the client sent stands at its "
		"arrival, and what was lost on the way to the server is not there.\n",
		"Both ends of the wire: every packet that arrived is there twice.\n",
	};

	return wireshark_is_wire(trace) ? said[tap] : "";
}

/* The scenario and what was in force, for the section's comment. */
static void describe(struct buffer *out, const struct trace *trace,
                     const struct wireshark_options *options)
{
	const struct trace_about *about = &trace->about;

	add_line(out, "", about->title);
	add_line(out, "scenario: ", about->scenario);
	add_line(out, "variant: ", about->variant);
	if (!options->no_payload)
		add_line(out, "set: ", about->overrides);
	add_line(out, "link: ", about->link);
	add_line(out, "engine: ", about->engine);
	add_line(out, "kernel: ", about->kernel);
	add_line(out, "where: ", about->tier);
	add_line(out, "in force: ", about->options);
	buffer_text(out, tap_sentence(trace, options->tap));
	if (options->no_payload)
		buffer_text(out, "Without payload: a byte is the letter of its write, '.' that of "
		                 "none that is known.\n");
	else if (about->text && *about->text)
		buffer_format(out, "\n%s", about->text);
}

static void describe_interface(struct buffer *out, const struct trace *trace, size_t interface)
{
	const char *link = trace->about.link;

	if (wireshark_is_wire(trace))
		buffer_format(out, "the %s's end of the wire",
		              sides[wireshark_side(trace, interface)]);
	else if (!trace->foreign)
		buffer_text(out, "both ends: packets pass here once");
	if (out->length && link && *link)
		buffer_format(out, "; %s", link);
}

static void add_interfaces(struct buffer *out, const struct trace *trace, const bool *taps)
{
	struct buffer text = { 0 };

	for (size_t i = 0; i < trace->interface_count; i++) {
		const struct trace_interface *interface = &trace->interfaces[i];

		buffer_clear(&text);
		describe_interface(&text, trace, i);
		if (taps[i])
			pcapng_write_interface(out, interface->name, text.bytes,
			                       interface->link_type, interface->snap_length);
	}
	/* libpcap opens no file without an interface; UNIX sockets have none. */
	if (!trace->interface_count)
		pcapng_write_interface(out, "none", "nothing was captured", LINKTYPE_ETHERNET,
		                       SNAP_LENGTH);
	buffer_finish(&text);
}

/* ---- names ---- */

struct names {
	struct pcapng_name *list;
	size_t count, capacity;
};

/* A name that a hosts file could have. */
static bool is_plain(const char *name)
{
	return *name && !name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                                   "0123456789-_.")];
}

static void add_name(struct names *names, const struct trace *trace, const struct address *address,
                     uint16_t endpoint)
{
	struct pcapng_name name = { .address = *address };

	if (endpoint >= trace->endpoint_count || !is_plain(trace->endpoints[endpoint].name) ||
	    address_is_any(address) ||
	    (address->family != ADDRESS_IPV4 && address->family != ADDRESS_IPV6))
		return;
	name.name = trace->endpoints[endpoint].name;
	name.address.port = 0;
	names->list = mem_grow(names->list, &names->capacity, names->count, sizeof(name));
	names->list[names->count++] = name;
}

static int by_address(const void *one, const void *two)
{
	const struct pcapng_name *a = one, *b = two;
	int order = memcmp(&a->address, &b->address, sizeof(a->address));

	return order ? order : strcmp(a->name, b->name);
}

/* Each address once; not one that several endpoints share. */
static void settle_names(struct names *names)
{
	size_t kept = 0, to;

	if (names->count)
		qsort(names->list, names->count, sizeof(*names->list), by_address);
	for (size_t from = 0; from < names->count; from = to) {
		bool same = true;

		for (to = from + 1; to < names->count && address_equal(&names->list[from].address,
		                                                       &names->list[to].address);
		     to++)
			same &= !strcmp(names->list[from].name, names->list[to].name);
		if (same)
			names->list[kept++] = names->list[from];
	}
	names->count = kept;
}

static void add_names(struct buffer *out, const struct ledger *ledger)
{
	const struct trace *trace = ledger->trace;
	struct names names = { 0 };

	if (!wireshark_is_wire(trace) && !trace->about.wire.known)
		return;
	for (size_t i = 0; i < ledger->flow_count; i++) {
		const struct ledger_flow *flow = &ledger->flows[i];

		add_name(&names, trace, &flow->a, flow->a_endpoint);
		add_name(&names, trace, &flow->b, flow->b_endpoint);
	}
	settle_names(&names);
	if (names.count)
		pcapng_write_names(out, names.list, names.count);
	free(names.list);
}

void wireshark_add_section(struct buffer *out, const struct ledger *ledger, const bool *taps,
                           const struct wireshark_options *options)
{
	struct buffer comment = { 0 };

	if (!ledger->trace->foreign)
		describe(&comment, ledger->trace, options);
	pcapng_write_section(out, "seam", comment.bytes);
	add_interfaces(out, ledger->trace, taps);
	add_names(out, ledger);
	buffer_finish(&comment);
}
