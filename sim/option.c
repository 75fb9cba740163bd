#include "sim/option.h"

#include <arpa/inet.h>
#include <assert.h>
#include <limits.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "capture/buffer.h"
#include "capture/mem.h"
#include "sim/scalar.h"
#include "sim/sockopt.h"

static int refuse_unknown(const struct node *map, size_t entry, struct err *err)
{
	const char **names = mem_alloc(sockopt_count, sizeof(*names));
	const char *key = map->entries[entry].key, *nearest;
	struct buffer all = { 0 };

	for (size_t i = 0; i < sockopt_count; i++) {
		names[i] = sockopt_table[i].name;
		buffer_format(&all, "%s%s", i ? " " : "", names[i]);
	}
	nearest = node_nearest(key, names, sockopt_count);
	if (nearest)
		node_key_error(map, entry, err, "no socket option `%.40s`; did you mean `%s`?", key,
		               nearest);
	else
		node_key_error(map, entry, err, "no socket option `%.40s`; known are %s", key,
		               all.bytes);
	buffer_finish(&all);
	free(names);
	return -1;
}

/* A time that must be whole in its unit. */
static int read_time(const struct node *node, const char *name, int64_t unit_ns, const char *unit,
                     int64_t most, int64_t *value, struct err *err)
{
	char shown[NODE_SHOWN];
	int64_t ns;

	if (scalar_time(node, name, INT64_MAX, &ns, err))
		return -1;
	*value = ns / unit_ns;
	if (ns % unit_ns)
		return node_error(node, err, "`%s` cannot be %s: the kernel takes whole %s", name,
		                  node_shown(shown, node), unit);
	if (*value > most)
		return node_error(node, err, "`%s` cannot be %s: the kernel has no room for it",
		                  name, node_shown(shown, node));
	return 0;
}

static int read_group(const struct node *node, const struct sockopt *option, struct err *err)
{
	struct in6_addr wide;
	struct in_addr narrow;
	char shown[NODE_SHOWN];

	if (scalar_words(node, option->name, err))
		return -1;
	if (option->family == 6 && inet_pton(AF_INET6, node->text, &wide) == 1 &&
	    IN6_IS_ADDR_MULTICAST(&wide))
		return 0;
	if (option->family == 4 && inet_pton(AF_INET, node->text, &narrow) == 1 &&
	    IN_MULTICAST(ntohl(narrow.s_addr)))
		return 0;
	return node_error(node, err, "`%s` takes a multicast group like `%s`, not %s", option->name,
	                  option->family == 6 ? "ff02::1234" : "239.1.2.3",
	                  node_shown(shown, node));
}

static int read_discovery(const struct node *node, const struct sockopt *option, int64_t *value,
                          struct err *err)
{
	struct buffer all = { 0 };
	const char *name;
	char shown[NODE_SHOWN];

	for (size_t i = 0; (name = sockopt_choice(option, i, value)); i++) {
		if (node_is(node, name)) {
			buffer_finish(&all);
			return 0;
		}
		buffer_format(&all, "%s%s", i ? ", " : "", name);
	}
	node_error(node, err, "`%s` takes one of %s, not %s", option->name, all.bytes,
	           node_shown(shown, node));
	buffer_finish(&all);
	return -1;
}

static int read_text(const struct node *node, const struct sockopt *option, struct err *err)
{
	if (option->value == SOCKOPT_GROUP)
		return read_group(node, option, err);
	if (scalar_words(node, option->name, err))
		return -1;
	if (option->value == SOCKOPT_INTERFACE && strcmp(node->text, "lo"))
		return node_error(node, err, "`%s` takes `lo`, the only interface of a loopback",
		                  option->name);
	/* TCP_CA_NAME_MAX, its NUL included. */
	if (option->value == SOCKOPT_NAME && node->length > 15)
		return node_error(node, err, "`%s` takes a name of at most 15 characters",
		                  option->name);
	return 0;
}

static int read_value(const struct node *node, const struct sockopt *option,
                      struct setting *setting, struct err *err)
{
	const char *name = option->name;
	uint64_t number = 0;
	bool on = false;
	int result = 0;

	switch (option->value) {
	case SOCKOPT_SWITCH:
		result = scalar_switch(node, name, &on, err);
		setting->value = on;
		return result;
	case SOCKOPT_NUMBER:
		result = scalar_number(node, name, 0, INT_MAX, &number, err);
		setting->value = (int64_t)number;
		return result;
	case SOCKOPT_SIZE:
		result = scalar_size(node, name, true, INT_MAX, &number, err);
		setting->value = (int64_t)number;
		return result;
	case SOCKOPT_MICROSECONDS:
		return read_time(node, name, 1000, "µs", INT_MAX, &setting->value, err);
	case SOCKOPT_TIMEVAL:
		return read_time(node, name, 1000, "µs", INT64_MAX, &setting->value, err);
	case SOCKOPT_MILLISECONDS:
		return read_time(node, name, 1000000, "ms", INT_MAX, &setting->value, err);
	case SOCKOPT_LINGER:
		if (node_is(node, "off")) {
			setting->value = SOCKOPT_LINGER_OFF;
			return 0;
		}
		/* fall through */
	case SOCKOPT_SECONDS:
		return read_time(node, name, 1000000000, "seconds", INT_MAX, &setting->value, err);
	case SOCKOPT_DISCOVERY: return read_discovery(node, option, &setting->value, err);
	case SOCKOPT_NAME:
	case SOCKOPT_GROUP:
	case SOCKOPT_INTERFACE:
		if (read_text(node, option, err))
			return -1;
		setting->text = mem_text(node->text);
		return 0;
	}
	return -1;
}

int option_parse(const struct node *node, const char *key, struct setting **settings, size_t *count,
                 struct err *err)
{
	char shown[NODE_SHOWN];

	if (node->kind != NODE_MAP || !node->entry_count)
		return node_error(node, err,
		                  "`%s` takes a mapping of options, "
		                  "`{TCP_NODELAY: 1}`, not %s",
		                  key,
		                  node->kind == NODE_MAP ? "an empty one"
		                                         : node_shown(shown, node));
	assert(!*settings && !*count);
	*settings = mem_alloc(node->entry_count, sizeof(**settings));
	for (size_t i = 0; i < node->entry_count; i++) {
		const struct node_entry *entry = &node->entries[i];
		int option = sockopt_find(entry->key);
		struct setting *setting = &(*settings)[*count];

		if (option < 0)
			return refuse_unknown(node, i, err);
		*setting = (struct setting){ .option = option,
			                     .place = { entry->key_line, entry->key_column } };
		if (read_value(entry->value, &sockopt_table[option], setting, err))
			return -1;
		++*count;
	}
	return 0;
}
