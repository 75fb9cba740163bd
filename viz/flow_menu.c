#include "viz/flow_menu.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "capture/escape.h"
#include "capture/quantity.h"

static const char *const headings[] = {
	[FLOW_NUMBER] = "flow", [FLOW_ENDS] = "ends",         [FLOW_PACKETS] = "packets",
	[FLOW_BYTES] = "bytes", [FLOW_WAIT] = "longest wait",
};
static_assert(sizeof(headings) / sizeof(*headings) == FLOW_COLUMN_COUNT, "one for each");

const char *flow_menu_heading(enum flow_column column)
{
	return headings[column];
}

static void say_ends(struct buffer *out, const struct ledger_flow *flow)
{
	char a[ADDRESS_TEXT], b[ADDRESS_TEXT];

	address_text(a, &flow->a);
	address_text(b, &flow->b);
	buffer_format(out, "%s ", trace_transport_text(flow->transport));
	escape_terminal(out, a, strlen(a));
	buffer_text(out, " → ");
	escape_terminal(out, b, strlen(b));
}

static void say_bytes(struct buffer *out, const struct ledger_flow *flow)
{
	char there[QUANTITY_TEXT], back[QUANTITY_TEXT];

	quantity_bytes(there, flow->directions[0].bytes);
	quantity_bytes(back, flow->directions[1].bytes);
	if (flow->directions[0].bytes && flow->directions[1].bytes)
		buffer_format(out, "%s + %s", there, back);
	else
		buffer_text(out, flow->directions[1].bytes ? back : there);
}

/* When it ended is counted as in the list of the terminal: since the capture's first packet. */
static void say_wait(struct buffer *out, const struct flow_menu *menu, const struct flow_rank *rank)
{
	const struct trace *trace = menu->ledger->trace;
	char took[QUANTITY_TEXT], at[QUANTITY_TEXT];

	if (!rank->waited) {
		buffer_text(out, "-");
		return;
	}
	buffer_format(out, "%s %s, at %s", stall_text(rank->worst.kind),
	              quantity_time(took, rank->worst.to_ns - rank->worst.from_ns),
	              quantity_time(at, rank->worst.to_ns - trace->packets[0].time_ns));
}

void flow_menu_cell(struct buffer *out, const struct flow_menu *menu, size_t row,
                    enum flow_column column)
{
	const struct flow_rank *rank = &menu->ranks[row];
	const struct ledger_flow *flow = &menu->ledger->flows[rank->flow];

	switch (column) {
	case FLOW_NUMBER: buffer_format(out, "%" PRIu32, rank->flow); break;
	case FLOW_ENDS: say_ends(out, flow); break;
	case FLOW_PACKETS: buffer_format(out, "%" PRIu64, flow->packets); break;
	case FLOW_BYTES: say_bytes(out, flow); break;
	case FLOW_WAIT: say_wait(out, menu, rank); break;
	case FLOW_COLUMN_COUNT: break;
	}
}

size_t flow_menu_shown(const struct flow_menu *menu)
{
	for (size_t i = 0; i < menu->count; i++)
		if (menu->ranks[i].flow == menu->shown)
			return i;
	return 0;
}
