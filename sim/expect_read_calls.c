/*
 * Values that name calls: `pending` and `errors`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "sim/expect_read.h"
#include "sim/scalar.h"

#define ERRNO_HIGHEST 133 /* EHWPOISON, the last of Linux */

/* "again.bind" */
static bool parse_call(const char *text, const struct scenario *scenario, struct expect_call *call,
                       char reason[EXPECT_REASON])
{
	const char *names[CALL_NAME_COUNT];
	const char *dot = strrchr(text, '.');
	const char *nearest;

	if (!dot) {
		snprintf(reason, EXPECT_REASON,
		         "a call is named with its endpoint, like `client.recv`, not `%.64s`",
		         text);
		return false;
	}
	char *name = mem_copy(text, (size_t)(dot - text));
	call->endpoint = scenario_endpoint(scenario, name);
	if (call->endpoint == SCENARIO_NOBODY)
		expect_no_endpoint(reason, scenario, name);
	free(name);
	if (call->endpoint == SCENARIO_NOBODY)
		return false;
	if (call_name_parse(dot + 1, &call->call))
		return true;
	for (int i = 0; i < CALL_NAME_COUNT; i++)
		names[i] = call_name_text((enum call_name)i);
	nearest = node_nearest(dot + 1, names, CALL_NAME_COUNT);
	snprintf(reason, EXPECT_REASON, "no call is named `%.64s`%s%s%s", dot + 1,
	         nearest ? ": did you mean `" : ": write one that the script makes",
	         nearest ? nearest : "", nearest ? "`?" : "");
	return false;
}

static void add_call(struct expectation *expectation, const struct expect_call *call)
{
	expectation->calls = mem_grow(expectation->calls, &expectation->call_capacity,
	                              expectation->call_count, sizeof(*call));
	expectation->calls[expectation->call_count++] = *call;
}

int expect_read_pending(const struct node *node, const struct scenario *scenario,
                        struct expectation *expectation, struct err *err)
{
	char reason[EXPECT_REASON];
	struct expect_call call = { 0 };

	if (node_is(node, "none"))
		return 0;
	if (node->kind != NODE_LIST)
		return expect_wrong(node,
		                    "`pending` takes none, or a list of calls like [client.recv]",
		                    err);
	for (size_t i = 0; i < node->item_count; i++) {
		const struct node *item = node->items[i];

		if (!expect_is_plain(item))
			return expect_wrong(item, "a pending call is written like `client.recv`",
			                    err);
		if (!parse_call(item->text, scenario, &call, reason))
			return node_error(item, err, "%s", reason);
		add_call(expectation, &call);
	}
	return 0;
}

static int read_errno(const struct node *node, int *error, struct err *err)
{
	const char *names[ERRNO_HIGHEST];
	const char *nearest;
	char shown[NODE_SHOWN];
	size_t count = 0;

	if (!expect_is_plain(node))
		return expect_wrong(node, "an error is a name of errno(3) like ECONNRESET", err);
	*error = scalar_errno(node->text);
	if (*error)
		return 0;
	for (int i = 1; i <= ERRNO_HIGHEST; i++) {
		if (strerrorname_np(i))
			names[count++] = strerrorname_np(i);
	}
	nearest = node_nearest(node->text, names, count);
	node_shown(shown, node);
	return node_error(node, err, "no error is called %s%s%s%s", shown,
	                  nearest ? ": did you mean `"
	                          : ": write a name of errno(3) like ECONNRESET",
	                  nearest ? nearest : "", nearest ? "`?" : "");
}

int expect_read_errors(const struct node *node, const struct scenario *scenario,
                       struct expectation *expectation, struct err *err)
{
	char reason[EXPECT_REASON];
	struct expect_call call = { 0 };

	if (node_is(node, "none"))
		return 0;
	if (node->kind != NODE_MAP)
		return expect_wrong(
			node, "`errors` takes none, or a mapping like {again.bind: EADDRINUSE}",
			err);
	for (size_t i = 0; i < node->entry_count; i++) {
		if (!parse_call(node->entries[i].key, scenario, &call, reason))
			return node_key_error(node, i, err, "%s", reason);
		if (read_errno(node->entries[i].value, &call.error, err))
			return -1;
		add_call(expectation, &call);
	}
	return 0;
}
