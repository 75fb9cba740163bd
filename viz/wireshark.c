/*
 * Packets and rows are merged by time into whole blocks, which the sink takes a quarter of a
 * megabyte at a time: what stays in the processor's cache between being made and being written.
 */
#include "viz/wireshark.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/journal.h"
#include "capture/journal_fields.h"
#include "capture/mem.h"
#include "capture/recording_blocks.h"
#include "capture/recording_rows.h"
#include "viz/wireshark_parts.h"
#include "viz/wireshark_pcap.h"

#define SINK_BYTES (256u << 10)

struct export
{
	const struct ledger *ledger;
	const struct trace *trace;
	const struct wireshark_options *options;
	const struct wireshark_sink *sink;
	struct err *err;
	struct recording out; /* never flushed: its pending blocks are what the sink gets */
	bool *taps;           /* one an interface: it is exported */
	uint32_t *interfaces; /* their numbers in the export */
	struct recording_row *rows;
	size_t row_count;
	struct wireshark_comments *comments;
	struct wireshark_mask *mask; /* NULL: payload stays */
	struct buffer comment;
	int64_t last_ns;  /* shown for what was written last */
	bool nanoseconds; /* pcap */
};

static int hand_over(struct export *export, size_t least)
{
	struct buffer *pending = &export->out.pending;
	int result = 0;

	if (pending->length && pending->length >= least)
		result = export->sink->take(export->sink->context, pending->bytes, pending->length,
		                            export->err);
	if (pending->length >= least)
		buffer_clear(pending);
	return result;
}

/* ---- what is exported ---- */

static void choose_taps(struct export *export)
{
	const struct trace *trace = export->trace;
	bool one = wireshark_is_wire(trace) && export->options->tap != WIRESHARK_TAP_BOTH;
	uint32_t next = 0;

	export->taps = mem_alloc(trace->interface_count, sizeof(*export->taps));
	export->interfaces = mem_alloc(trace->interface_count, sizeof(*export->interfaces));
	for (size_t i = 0; i < trace->interface_count; i++) {
		export->taps[i] = !one || wireshark_side(trace, i) == export->options->tap;
		export->interfaces[i] = next;
		next += export->taps[i];
	}
}

static const uint8_t *bytes_of(const struct export *export, uint32_t packet)
{
	if (export->mask)
		return wireshark_mask_packet(export->mask, packet);
	return export->trace->bytes + export->trace->packets[packet].at;
}

/* ---- pcapng ---- */

static void add_packet(struct export *export, uint32_t index)
{
	const struct packet *packet = &export->trace->packets[index];

	buffer_clear(&export->comment);
	wireshark_comment(&export->comment, export->comments, index);
	pcapng_write_packet(&export->out.pending, export->interfaces[packet->interface],
	                    packet->time_ns, bytes_of(export, index), packet->captured,
	                    packet->length, packet->direction,
	                    export->comment.length ? export->comment.bytes : NULL);
}

/* As recording_add_row(), without payload. */
static void add_masked_row(struct export *export, const struct recording_row *row)
{
	const struct trace *trace = export->trace;
	size_t index = row->index;

	if (index < trace->call_count) {
		struct call call = wireshark_mask_call(export->mask, (uint32_t)index);

		recording_add_call(&export->out, &call, trace->endpoints[call.endpoint].name);
		if (call.name == CALL_NOTE)
			recording_add_moment(&export->out, trace, call.serial, call.begin_ns);
		return;
	}
	index -= trace->call_count;
	if (index < trace->socket_count) {
		recording_add_row(&export->out, trace, row);
		return;
	}
	struct link_event event =
		wireshark_mask_event(export->mask, (uint32_t)(index - trace->socket_count));
	recording_add_event(&export->out, &event);
}

static void add_row(struct export *export, const struct recording_row *row)
{
	size_t index = row->index;

	/* Nobody made such a call: it is what the packets look like. */
	if (index < export->trace->call_count && export->trace->calls[index].guessed)
		return;
	if (export->mask)
		add_masked_row(export, row);
	else
		recording_add_row(&export->out, export->trace, row);
	export->last_ns = row->shown_ns;
}

/* What the recording says of itself, without what may hold payload. */
static struct trace_about told_about(const struct export *export)
{
	struct trace_about about = export->trace->about;

	if (export->options->no_payload)
		about.text = about.overrides = about.path = NULL;
	return about;
}

static void add_about(struct export *export)
{
	struct recording *out = &export->out;
	const struct trace *trace = export->trace;
	struct trace_about about = told_about(export);

	journal_write_about(&out->entry, &about, trace->endpoints, trace->endpoint_count,
	                    export->last_ns);
	if (wireshark_is_wire(trace) && export->options->tap != WIRESHARK_TAP_BOTH)
		journal_add_text(&out->entry, "SEAM_TAP", wireshark_tap_text(export->options->tap));
	pcapng_write_journal(&out->pending, out->entry.bytes, out->entry.length);
}

static int64_t first_time(const struct export *export)
{
	const struct trace *trace = export->trace;
	int64_t first = trace->begun_ns ? trace->begun_ns : INT64_MAX;

	if (export->row_count && export->rows[0].shown_ns < first)
		first = export->rows[0].shown_ns;
	if (trace->packet_count && trace->packets[0].time_ns < first)
		first = trace->packets[0].time_ns;
	return first == INT64_MAX ? 0 : first;
}

static int add_all(struct export *export)
{
	const struct trace *trace = export->trace;
	size_t row = 0, at = 0;

	while (row < export->row_count || at < trace->packet_count) {
		const struct packet *packet = &trace->packets[at];

		if (at == trace->packet_count ||
		    (row < export->row_count && export->rows[row].shown_ns <= packet->time_ns)) {
			add_row(export, &export->rows[row++]);
		} else {
			if (export->taps[packet->interface]) {
				add_packet(export, (uint32_t)at);
				export->last_ns = packet->time_ns;
			}
			at++;
		}
		if (hand_over(export, SINK_BYTES))
			return -1;
	}
	return 0;
}

static void add_end(struct export *export)
{
	const struct trace *trace = export->trace;
	struct trace_about about = told_about(export);

	/* Rounded up: a Journal block's time must not step back behind the last packet. */
	recording_add_moment(&export->out, trace, TRACE_END, export->last_ns + 999);
	for (size_t i = 0; i < trace->interface_count; i++) {
		if (export->taps[i] && trace->interfaces[i].has_statistics)
			recording_add_statistics(&export->out, export->interfaces[i],
			                         export->last_ns, trace->interfaces[i].received,
			                         trace->interfaces[i].dropped);
	}
	if (export->last_ns + 999 > trace->ended_ns)
		export->last_ns += 999;
	else
		export->last_ns = trace->ended_ns;
	if (trace->complete)
		recording_add_end_at(&export->out, &about, export->last_ns);
}

static int export_pcapng(struct export *export)
{
	const struct trace *trace = export->trace;

	export->rows = recording_rows(trace, &export->row_count);
	export->comments = wireshark_comments_create(export->ledger);
	export->last_ns = first_time(export);
	wireshark_add_section(&export->out.pending, export->ledger, export->taps, export->options);
	if (!trace->foreign)
		add_about(export);
	if (add_all(export))
		return -1;
	add_end(export);
	return hand_over(export, 0);
}

/* ---- pcap ---- */

static int export_pcap(struct export *export)
{
	const struct trace *trace = export->trace;

	if (pcap_begin(&export->out.pending, trace, export->taps, &export->nanoseconds,
	               export->err))
		return -1;
	for (size_t i = 0; i < trace->packet_count; i++) {
		const struct packet *packet = &trace->packets[i];

		if (!export->taps[packet->interface])
			continue;
		pcap_write_packet(&export->out.pending, packet, bytes_of(export, (uint32_t)i),
		                  export->nanoseconds);
		if (hand_over(export, SINK_BYTES))
			return -1;
	}
	return hand_over(export, 0);
}

int wireshark_export(const struct ledger *ledger, const struct wireshark_options *options,
                     const struct wireshark_sink *sink, struct err *err)
{
	struct export export = { .ledger = ledger,
		                 .trace = ledger->trace,
		                 .options = options,
		                 .sink = sink,
		                 .err = err };
	int result;

	recording_begin(&export.out, -1, UINT64_MAX);
	choose_taps(&export);
	if (options->no_payload)
		export.mask = wireshark_mask_create(ledger);
	result = options->pcap ? export_pcap(&export) : export_pcapng(&export);
	wireshark_mask_destroy(export.mask);
	wireshark_comments_destroy(export.comments);
	recording_finish(&export.out);
	buffer_finish(&export.comment);
	free(export.rows);
	free(export.taps);
	free(export.interfaces);
	return result;
}
