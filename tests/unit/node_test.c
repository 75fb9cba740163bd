#include "sim/node.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture/buffer.h"

static struct node *parse(const char *text)
{
	struct err err = { 0 };
	struct node *node = node_parse(text, strlen(text), "x.yaml", &err);

	if (!node)
		fail_msg("%s", err.text);
	return node;
}

static void refused_bytes(const char *text, size_t length, const char *message)
{
	struct err err = { 0 };
	struct node *node = node_parse(text, length, "x.yaml", &err);

	assert_null(node);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, message);
}

static void refused(const char *text, const char *message)
{
	refused_bytes(text, strlen(text), message);
}

static void scalars_stay_as_written(void **state)
{
	struct node *node = parse("a: on\nb: 0x10\nc: 1e3\nd: 010\ne: 10:30\nf: ~\ng: null\n");
	static const char *const texts[] = { "on", "0x10", "1e3", "010", "10:30", "~", "null" };

	(void)state;
	assert_int_equal(node->kind, NODE_MAP);
	assert_int_equal(node->entry_count, 7);
	for (size_t i = 0; i < 7; i++) {
		assert_string_equal(node->entries[i].value->text, texts[i]);
		assert_false(node->entries[i].value->quoted);
	}
	node_destroy(node);
}

static void values_know_their_place(void **state)
{
	struct node *node = parse("server:\n  script:\n    - {recv: 1024, until: eof}\n");
	struct node *script = node_get(node_get(node, "server"), "script");
	struct node *step = script->items[0];

	(void)state;
	assert_string_equal(step->file, "x.yaml");
	assert_int_equal(step->line, 3);
	assert_int_equal(step->column, 7);
	assert_int_equal(step->entries[1].key_column, 20);
	assert_int_equal(node_get(step, "until")->column, 27);
	assert_null(node_get(step, "to"));
	assert_null(node_get(script, "to"));
	node_destroy(node);
}

static void quotes_keep_bytes_and_are_told(void **state)
{
	struct node *node = parse("a: \"x\\r\\n\\x00y\"\nb: '10'\nc: >\n  folded\n  text\nd:\n");
	struct node *bytes = node_get(node, "a");

	(void)state;
	assert_true(bytes->quoted);
	assert_int_equal(bytes->length, 5);
	assert_memory_equal(bytes->text, "x\r\n\0y", 6);
	assert_true(node_get(node, "b")->quoted);
	assert_true(node_get(node, "c")->block);
	assert_string_equal(node_get(node, "c")->text, "folded text\n");
	assert_int_equal(node_get(node, "d")->length, 0);
	assert_int_equal(node_get(node, "d")->line, 6);
	assert_int_equal(node_get(node, "d")->column, 1);
	node_destroy(node);
}

static void what_a_scenario_may_not_hold_is_refused(void **state)
{
	(void)state;
	refused("", "x.yaml:1:1: empty: a scenario has at least `server` and `client`, each with a "
	            "`script`");
	refused("# only a remark\n", "x.yaml:1:1: empty: a scenario has at least `server` and "
	                             "`client`, each with a `script`");
	refused("a: &x 1\nb: 2\n", "x.yaml:1:4: `&` begins a YAML anchor, and a scenario has no "
	                           "anchors; write the value out, or quote it if it is text");
	refused("a: *x\n", "x.yaml:1:4: `*` begins a YAML alias, and a scenario has no aliases; "
	                   "write the value out, or quote it if it is text");
	refused("a: !x\n", "x.yaml:1:4: `!` begins a YAML tag, and a scenario has no tags; if it "
	                   "is text, quote it");
	refused("a: 1\nb: 2\na: 3\n",
	        "x.yaml:3:1: the key a is already in line 1; a mapping has each key once");
	refused("a: 1\n---\nb: 2\n",
	        "x.yaml:2:1: a second document begins here; a scenario file has one");
	refused("{[a]: 1}\n", "x.yaml:1:2: a key is a plain name, not a list or a mapping");
	refused("{\"\": 1}\n", "x.yaml:1:2: a mapping needs a name before the colon");
	refused("{\"a\\x00b\": 1}\n", "x.yaml:1:2: a key cannot hold a NUL byte");
	refused("hold: >= 3\n", "x.yaml:1:8: `>` opens a block of text in YAML; write a range: "
	                        "`3..` is three or more, `..5` at most five");
	refused("{hold: {time: >= 35ms}}\n",
	        "x.yaml:1:15: `>` opens a block of text in YAML; write a range: `3..` is three or "
	        "more, `..5` at most five");
	refused_bytes("a: 1\nb: \0\n", 10,
	              "x.yaml:2:4: a byte that is not UTF-8 text: save the scenario as UTF-8, and "
	              "write bytes as {hex: \"00 ff\"}");
	refused("a: \xff\n", "x.yaml:1:4: a byte that is not UTF-8 text: save the scenario as "
	                     "UTF-8, and write bytes as {hex: \"00 ff\"}");
}

static void what_is_not_yaml_is_refused_at_its_place(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_null(node_parse("a: [1, 2\nb: }", 13, "x.yaml", &err));
	assert_ptr_equal(strstr(err.text, "x.yaml:2:"), err.text);
	assert_non_null(strstr(err.text, ": this is not YAML: "));
}

static void an_alias_bomb_is_refused_at_its_first_anchor(void **state)
{
	(void)state;
	refused("a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\n",
	        "x.yaml:1:4: `&` begins a YAML anchor, and a scenario has no anchors; write the "
	        "value out, or quote it if it is text");
}

static void sixty_four_levels_are_the_most(void **state)
{
	struct buffer text = { 0 };
	struct err err = { 0 };
	struct node *node;

	(void)state;
	buffer_fill(&text, '[', 64);
	buffer_fill(&text, ']', 64);
	node = node_parse(text.bytes, text.length, "x.yaml", &err);
	if (!node)
		fail_msg("%s", err.text);
	node_destroy(node);
	buffer_clear(&text);
	buffer_fill(&text, '[', 65);
	buffer_fill(&text, ']', 65);
	assert_null(node_parse(text.bytes, text.length, "x.yaml", &err));
	assert_non_null(strstr(err.text, "nested deeper than 64 levels"));
	buffer_clear(&text);
	for (unsigned i = 0; i < 1000; i++) {
		buffer_fill(&text, ' ', i);
		buffer_text(&text, "a:\n");
	}
	assert_null(node_parse(text.bytes, text.length, "x.yaml", &err));
	assert_non_null(strstr(err.text, "nested deeper than 64 levels"));
	buffer_clear(&text);
	buffer_fill(&text, '[', 1000000);
	assert_null(node_parse(text.bytes, text.length, "x.yaml", &err));
	assert_non_null(strstr(err.text, "nested deeper than 64 levels"));
	buffer_finish(&text);
}

static void ten_mebibytes_are_the_most(void **state)
{
	struct buffer text = { 0 };
	struct err err = { 0 };
	struct node *node;

	(void)state;
	while (text.length < NODE_FILE_MAX - 1000) {
		buffer_text(&text, "- ");
		buffer_fill(&text, 'x', 997);
		buffer_char(&text, '\n');
	}
	buffer_fill(&text, '\n', NODE_FILE_MAX - text.length);
	node = node_parse(text.bytes, text.length, "x.yaml", &err);
	if (!node)
		fail_msg("%s", err.text);
	node_destroy(node);
	buffer_char(&text, '\n');
	assert_null(node_parse(text.bytes, text.length, "x.yaml", &err));
	assert_string_equal(err.text, "x.yaml: larger than 10 MiB, the most that a scenario may "
	                              "have");
	buffer_finish(&text);
}

static void what_is_left_open_is_not_looked_for_to_the_end(void **state)
{
	static const char *const openings[] = { "a: 1\n[",    "a: 1\n{",   "a: 1\n{\n",
		                                "a: 1\nb: [", "a: 1\n'x'", "a: 1\n#" };

	(void)state;
	for (size_t i = 0; i < sizeof(openings) / sizeof(*openings); i++) {
		const char *opening = openings[i] + 5;
		struct buffer text = { 0 };
		struct err err = { 0 };

		buffer_text(&text, "a: 1\n");
		while (text.length < 4u << 20)
			buffer_text(&text, opening);
		assert_null(node_parse(text.bytes, text.length, "x.yaml", &err));
		assert_int_equal(err.kind, ERR_INPUT);
		buffer_finish(&text);
	}
}

static void a_value_over_a_mebibyte_is_refused_where_it_begins(void **state)
{
	struct buffer text = { 0 };
	struct err err = { 0 };

	(void)state;
	buffer_text(&text, "title: x\nabout: ");
	buffer_fill(&text, 'x', 2u << 20);
	assert_null(node_parse(text.bytes, text.length, "x.yaml", &err));
	assert_string_equal(err.text,
	                    "x.yaml:2:1: more than 1 MiB follows without the end of a value; is a "
	                    "bracket or a quote open? Large texts go into a file, `{file: NAME}`");
	buffer_finish(&text);
}

static void a_million_values_are_the_most(void **state)
{
	struct buffer text = { 0 };
	struct err err = { 0 };

	(void)state;
	for (unsigned i = 0; i < 1000000; i++)
		buffer_text(&text, "- a\n");
	assert_null(node_parse(text.bytes, text.length, "x.yaml", &err));
	assert_string_equal(err.text, "x.yaml:1000000:3: more than 1000000 values: a scenario "
	                              "repeats with `times`, it does not spell everything out");
	buffer_finish(&text);
}

static void only_regular_files_are_read(void **state)
{
	char folder[] = "/tmp/seam-node-XXXXXX", path[80];
	struct err err = { 0 };

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/fifo", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_null(node_load(path, NULL, NULL, &err));
	assert_non_null(strstr(err.text, ": a scenario is a regular file, and this is none"));
	unlink(path);
	assert_null(node_load(path, NULL, NULL, &err));
	assert_non_null(strstr(err.text, "No such file or directory"));
	assert_null(node_load(folder, NULL, NULL, &err));
	assert_null(node_load("/dev/zero", NULL, NULL, &err));
	rmdir(folder);
}

static void a_copy_stands_alone(void **state)
{
	struct node *node = parse("a: {b: [1, \"x\"]}\n");
	struct node *copy = node_copy(node), *value = node_copy(node_get(node, "a"));

	(void)state;
	char a[] = "a", c[] = "c";
	node_set(copy, &(struct node_entry){ .key = a, .value = value });
	node_set(copy, &(struct node_entry){ .key = c, .value = node_copy(node) });
	assert_int_equal(copy->entry_count, 2);
	assert_int_equal(node->entry_count, 1);
	assert_string_equal(node_get(node_get(copy, "a"), "b")->items[1]->text, "x");
	node_destroy(copy);
	assert_string_equal(node_get(node_get(node, "a"), "b")->items[0]->text, "1");
	node_destroy(node);
}

static void the_nearest_name_is_suggested_if_it_is_near(void **state)
{
	static const char *const names[] = { "server", "client", "TCP_NODELAY", "recv", "send" };

	(void)state;
	assert_string_equal(node_nearest("sevrer", names, 5), "server");
	assert_string_equal(node_nearest("tcp_nodelay", names, 5), "TCP_NODELAY");
	assert_string_equal(node_nearest("sned", names, 5), "send");
	assert_string_equal(node_nearest("recvv", names, 5), "recv");
	assert_null(node_nearest("elephant", names, 5));
	assert_null(node_nearest("", names, 5));
	assert_null(node_nearest("x", names, 5));
}

static void messages_show_control_bytes_escaped_and_long_text_cut(void **state)
{
	struct node *node = parse("a: \"\\e[31m\"\nb: "
	                          "ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää\n");
	struct err err = { 0 };
	char shown[NODE_SHOWN];

	(void)state;
	assert_string_equal(node_shown(shown, node_get(node, "a")), "\"\\x1b[31m\"");
	node_shown(shown, node_get(node, "b"));
	assert_string_equal(shown + strlen(shown) - 6, "ä…`");
	node_error(node_get(node, "a"), &err, "found %s", node_get(node, "a")->text);
	assert_string_equal(err.text, "x.yaml:1:4: found \\x1b[31m");
	node_destroy(node);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scalars_stay_as_written),
		cmocka_unit_test(values_know_their_place),
		cmocka_unit_test(quotes_keep_bytes_and_are_told),
		cmocka_unit_test(what_a_scenario_may_not_hold_is_refused),
		cmocka_unit_test(what_is_not_yaml_is_refused_at_its_place),
		cmocka_unit_test(an_alias_bomb_is_refused_at_its_first_anchor),
		cmocka_unit_test(sixty_four_levels_are_the_most),
		cmocka_unit_test(ten_mebibytes_are_the_most),
		cmocka_unit_test(what_is_left_open_is_not_looked_for_to_the_end),
		cmocka_unit_test(a_value_over_a_mebibyte_is_refused_where_it_begins),
		cmocka_unit_test(a_million_values_are_the_most),
		cmocka_unit_test(only_regular_files_are_read),
		cmocka_unit_test(a_copy_stands_alone),
		cmocka_unit_test(the_nearest_name_is_suggested_if_it_is_near),
		cmocka_unit_test(messages_show_control_bytes_escaped_and_long_text_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
