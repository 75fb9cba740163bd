#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture/ledger.h"
#include "recordings_fixture.h"
#include "viz/csv.h"

static struct buffer csv_of(struct fixture *fixture)
{
	struct buffer out = { 0 };
	struct ledger ledger;

	ledger_build(&ledger, fixture_end(fixture));
	csv_header(&out);
	csv_recording(&out, &ledger);
	ledger_finish(&ledger);
	fixture_destroy(fixture);
	return out;
}

/* Line n of csv, from 0, without its end, in out. */
static const char *line(const struct buffer *csv, unsigned n, char out[1024])
{
	const char *at = csv->bytes, *end;

	for (; n; n--) {
		at = strstr(at, "\r\n");
		assert_non_null(at);
		at += 2;
	}
	end = strstr(at, "\r\n");
	assert_non_null(end);
	assert_true((size_t)(end - at) < 1024);
	memcpy(out, at, (size_t)(end - at));
	out[end - at] = '\0';
	return out;
}

static void each_write_segment_and_read_is_a_row(void **state)
{
	static const char *const expected[] = {
		"recording,flow,sender,receiver,kind,index,detail,call,packet,begin_ns,end_ns,from,"
		"to,held_ns,writes",
		"small-nagle,0,client,server,write,0,send,1,,0,12000,0,10,,0:0-10",
		"small-nagle,0,client,server,write,1,send,2,,500000,512000,10,20,,1:10-20",
		"small-nagle,0,client,server,write,2,send,3,,1000000,1012000,20,30,,2:20-30",
		"small-nagle,0,client,server,write,3,send,4,,1500000,1512000,30,40,,3:30-40",
		"small-nagle,0,client,server,segment,0,data,,3,5000,5000,0,10,0,0:0-10",
		"small-nagle,0,client,server,segment,1,data,,5,2510000,2510000,10,40,2010000,"
		"1:10-20 2:20-30 3:30-40",
		"small-nagle,0,client,server,read,0,recv,0,,-1000000,30000,0,10,,0:0-10",
		"small-nagle,0,client,server,read,1,recv,5,,40000,2540000,10,40,,"
		"1:10-20 2:20-30 3:30-40",
	};
	struct buffer csv = csv_of(recordings_nagle());
	char text[1024];

	(void)state;
	for (unsigned i = 0; i < sizeof(expected) / sizeof(*expected); i++)
		assert_string_equal(line(&csv, i, text), expected[i]);
	buffer_finish(&csv);
}

/* Fields of a line, quoted ones as one. */
static unsigned fields(const char *text)
{
	unsigned count = 1;
	bool quoted = false;

	for (; *text; text++) {
		quoted ^= *text == '"';
		count += *text == ',' && !quoted;
	}
	return count;
}

static void every_line_has_the_same_columns_whatever_the_names_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < recordings_count; i++) {
		struct buffer csv = csv_of(recordings_table[i].make());
		unsigned lines = 0;
		char text[1024];

		for (const char *at = csv.bytes; (at = strstr(at, "\r\n")); at += 2)
			lines++;
		for (unsigned j = 0; j < lines; j++) {
			assert_int_equal(fields(line(&csv, j, text)), 15);
			assert_null(strpbrk(text, "\r\n\x1b"));
		}
		buffer_finish(&csv);
	}
}

static void a_name_that_looks_like_a_formula_is_disarmed(void **state)
{
	struct fixture *fixture = recordings_udp();
	struct buffer csv;
	char text[1024];

	(void)state;
	fixture_about(fixture)->scenario = (char *)(uintptr_t) "=1+1";
	fixture_about(fixture)->run = 3;
	csv = csv_of(fixture);
	line(&csv, 1, text);
	assert_memory_equal(text, "'=1+1-udp-3,0,client,", 21);
	buffer_finish(&csv);
}

static void a_write_that_never_returned_has_no_end(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct buffer csv;
	char text[1024];

	(void)state;
	fixture_handshake(fixture, -FIXTURE_MS(20));
	fixture_write(fixture, FIXTURE_CLIENT, 0, CALL_PENDING, 30, 0);
	fixture_tcp(fixture, FIXTURE_US(5), 'a', 0, PACKET_PSH | PACKET_ACK, NULL, 10);
	csv = csv_of(fixture);
	assert_string_equal(line(&csv, 1, text),
	                    "fixture,0,client,127.0.0.1:9000,write,0,send,0,,0,,0,10,,0:0-10");
	buffer_finish(&csv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_write_segment_and_read_is_a_row),
		cmocka_unit_test(every_line_has_the_same_columns_whatever_the_names_hold),
		cmocka_unit_test(a_name_that_looks_like_a_formula_is_disarmed),
		cmocka_unit_test(a_write_that_never_returned_has_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
