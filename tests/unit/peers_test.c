/* Who may talk to whom over a wire, and which address each has there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture/address.h"
#include "sim/link.h"
#include "sim/parse.h"

static int parse(const char *text, struct scenario *scenario, struct err *err)
{
	struct scenario_file *file = scenario_file_read(text, strlen(text), "x.yaml", NULL, 0, err);
	int result = file ? scenario_file_resolve(file, 0, scenario, err) : -1;

	scenario_file_destroy(file);
	return result;
}

static void refused(const char *text, const char *message)
{
	struct scenario scenario = { 0 };
	struct err err = { 0 };

	assert_int_equal(parse(text, &scenario, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, message);
}

static void clients_of_a_wire_do_not_reach_each_other(void **state)
{
	(void)state;
	refused("link: {delay: 1ms}\n"
	        "server: {port: 1, script: [recv: 9]}\n"
	        "endpoints:\n"
	        "  bob: {script: [{connect: carol}]}\n"
	        "  carol: {port: 2, host: client, script: [recv: 9]}\n",
	        "x.yaml:4:18: `bob` and `carol` are both on the client's side of the wire, and "
	        "clients do not reach each other; `host: server` puts one on the other side");
}

static void who_shares_the_server_would_bypass_the_wire(void **state)
{
	(void)state;
	refused("link: {delay: 1ms}\n"
	        "server: {port: 1, script: [recv: 9]}\n"
	        "endpoints:\n"
	        "  bob: {host: server, script: [{times: 2, script: [{connect: server}]}]}\n",
	        "x.yaml:4:52: `bob` and `server` share the server's host, so what they send each "
	        "other would not pass the wire; `host: client` puts one on the other side");
}

static void on_a_loopback_everybody_reaches_everybody(void **state)
{
	struct scenario scenario = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(parse("server: {port: 1, script: [recv: 9]}\n"
	                       "endpoints: {bob: {host: server, script: [{connect: server}]}}\n",
	                       &scenario, &err),
	                 0);
	scenario_finish(&scenario);
}

static void has_address(const struct scenario *scenario, const char *name, const char *expected)
{
	struct address address = link_address(scenario, (size_t)scenario_endpoint(scenario, name));
	char text[ADDRESS_TEXT];

	assert_string_equal(address_text(text, &address), expected);
}

static void each_client_has_an_address_and_servers_share_one(void **state)
{
	static const char text[] = "link: {delay: 1ms}\n"
				   "endpoints:\n"
				   "  bob: {script: [{connect: server}]}\n"
				   "  other: {port: 2, script: []}\n"
				   "  carol: {script: [{connect: server}]}\n"
				   "client: {script: [{connect: server}]}\n"
				   "server: {port: 1, script: [recv: 9]}\n";
	struct scenario scenario = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(parse(text, &scenario, &err), 0);
	has_address(&scenario, "client", "10.0.0.1:0");
	has_address(&scenario, "server", "10.0.0.2:0");
	has_address(&scenario, "other", "10.0.0.2:0");
	has_address(&scenario, "bob", "10.0.0.3:0");
	has_address(&scenario, "carol", "10.0.0.4:0");
	scenario.family = 6;
	has_address(&scenario, "carol", "[fd00::4]:0");
	scenario_finish(&scenario);
}

static void without_one_called_client_the_first_is_host_1(void **state)
{
	static const char text[] = "link: {delay: 1ms}\n"
				   "server: {port: 1, script: [recv: 9]}\n"
				   "endpoints:\n"
				   "  bob: {script: [{connect: server}]}\n"
				   "  carol: {script: [{connect: server}]}\n";
	struct scenario scenario = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(parse(text, &scenario, &err), 0);
	has_address(&scenario, "bob", "10.0.0.1:0");
	has_address(&scenario, "carol", "10.0.0.3:0");
	scenario_finish(&scenario);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clients_of_a_wire_do_not_reach_each_other),
		cmocka_unit_test(who_shares_the_server_would_bypass_the_wire),
		cmocka_unit_test(on_a_loopback_everybody_reaches_everybody),
		cmocka_unit_test(each_client_has_an_address_and_servers_share_one),
		cmocka_unit_test(without_one_called_client_the_first_is_host_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
