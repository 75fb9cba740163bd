#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <linux/tcp.h>
#include <string.h>

#include "sim/counters.h"
#include "sim/tcp_info.h"

static const char before_text[] = "TcpExt: SyncookiesSent DelayedACKs TCPLossProbes\n"
				  "TcpExt: 0 2 7\n"
				  "IpExt: InOctets\n"
				  "IpExt: 100\n"
				  "Tcp: RtoMin MaxConn CurrEstab RetransSegs\n"
				  "Tcp: 200 -1 0 4\n";

static struct counters parse(const char *text)
{
	struct counters counters = { 0 };

	counters_parse(&counters, text, strlen(text));
	return counters;
}

static int64_t value_of(const struct counters *counters, const char *name)
{
	for (size_t i = 0; i < counters->count; i++) {
		if (!strcmp(counters->list[i].name, name))
			return counters->list[i].value;
	}
	return INT64_MIN;
}

static void each_name_gets_the_number_below_it(void **state)
{
	struct counters counters = parse(before_text);

	(void)state;
	assert_int_equal(counters.count, 8);
	assert_int_equal(value_of(&counters, "TcpExtSyncookiesSent"), 0);
	assert_int_equal(value_of(&counters, "TcpExtDelayedACKs"), 2);
	assert_int_equal(value_of(&counters, "TcpExtTCPLossProbes"), 7);
	assert_int_equal(value_of(&counters, "IpExtInOctets"), 100);
	assert_int_equal(value_of(&counters, "TcpMaxConn"), -1);
	assert_int_equal(value_of(&counters, "TcpRetransSegs"), 4);
	counters_finish(&counters);
}

static void lines_that_do_not_agree_are_passed_over(void **state)
{
	static const char *const bad[] = {
		"",
		"\n\n",
		"TcpExt: A B\n",
		"TcpExt: A B\nTcpExt: 1\n",
		"TcpExt: A\nTcpExt: 1 2\n",
		"TcpExt: A B\nIpExt: 1 2\n",
		"TcpExt: A\nTcpExt: x\n",
		"TcpExt: A\nTcpExt: 1x\n",
		"TcpExt: A\nTcpExt: -\n",
		"TcpExt: A\nTcpExt: 99999999999999999999\n",
		"TcpExt A\nTcpExt 1\n",
		": A\n: 1\n",
		"no group here\nnor here\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct counters counters = parse(bad[i]);

		assert_int_equal(counters.count, 0);
		counters_finish(&counters);
	}
}

static void what_follows_a_bad_line_is_read(void **state)
{
	struct counters counters = parse("junk\nUdp: A B\nTcp: RetransSegs\nTcp: 3\nTcp: 4\n"
	                                 "IpExt: InOctets\nIpExt:  5");

	(void)state;
	assert_int_equal(counters.count, 2);
	assert_int_equal(value_of(&counters, "TcpRetransSegs"), 3);
	assert_int_equal(value_of(&counters, "IpExtInOctets"), 5);
	counters_finish(&counters);
}

static void only_what_rose_is_told_and_by_how_much(void **state)
{
	struct counters before = parse(before_text), rose = { 0 };
	struct counters after = parse("TcpExt: SyncookiesSent DelayedACKs TCPLossProbes TCPNew\n"
	                              "TcpExt: 0 5 6 2\n"
	                              "IpExt: InOctets\n"
	                              "IpExt: 100\n"
	                              "IcmpMsg: InType3\n"
	                              "IcmpMsg: 1\n"
	                              "Tcp: RtoMin MaxConn CurrEstab RetransSegs\n"
	                              "Tcp: 300 5 1 5\n");

	(void)state;
	counters_compare(&before, &after, &rose);
	counters_finish(&before);
	counters_finish(&after);
	assert_int_equal(rose.count, 4);
	assert_int_equal(value_of(&rose, "TcpExtDelayedACKs"), 3);
	assert_int_equal(value_of(&rose, "TcpExtTCPNew"), 2);
	assert_int_equal(value_of(&rose, "IcmpMsgInType3"), 1);
	assert_int_equal(value_of(&rose, "TcpRetransSegs"), 1);
	counters_finish(&rose);
}

static void a_kernel_that_says_less_leaves_the_rest_unknown(void **state)
{
	struct tcp_info info = { .tcpi_rtt = 20100,
		                 .tcpi_rttvar = 5,
		                 .tcpi_snd_cwnd = 10,
		                 .tcpi_snd_ssthresh = 0x7fffffff,
		                 .tcpi_total_retrans = 1,
		                 .tcpi_min_rtt = UINT32_MAX,
		                 .tcpi_bytes_retrans = 100 };
	struct trace_tcp tcp = tcp_info_read(&info, sizeof(info));

	(void)state;
	assert_int_equal(tcp.rtt_us, 20100);
	assert_int_equal(tcp.rttvar_us, 5);
	assert_int_equal(tcp.min_rtt_us, -1);
	assert_int_equal(tcp.cwnd, 10);
	assert_int_equal(tcp.ssthresh, -1);
	assert_int_equal(tcp.retransmits, 1);
	assert_int_equal(tcp.bytes_retransmitted, 100);
	tcp = tcp_info_read(&info, offsetof(struct tcp_info, tcpi_bytes_retrans) + 7);
	assert_int_equal(tcp.retransmits, 1);
	assert_int_equal(tcp.bytes_retransmitted, -1);
	assert_int_equal(tcp.dsack_duplicates, -1);
	tcp = tcp_info_read(&info, 0);
	assert_int_equal(tcp.rtt_us, -1);
	assert_int_equal(tcp.sndbuf_limited_us, -1);
}

static void this_machines_own_counters_are_read(void **state)
{
	struct counters_host host;
	struct counters rose = { 0 };

	(void)state;
	counters_open(&host, "lo");
	if (host.netstat < 0 || host.snmp < 0) {
		counters_close(&host);
		skip();
	}
	counters_begin(&host);
	assert_true(host.begun.count > 50);
	assert_true(value_of(&host.begun, "TcpExtDelayedACKs") >= 0);
	assert_true(value_of(&host.begun, "TcpRetransSegs") >= 0);
	/* As if nothing had been counted before: what it has is what rose. */
	counters_finish(&host.begun);
	counters_since(&host, &rose);
	assert_int_equal(value_of(&rose, "TcpRtoMin"), INT64_MIN);
	for (size_t i = 0; i < rose.count; i++)
		assert_true(rose.list[i].value > 0);
	counters_finish(&rose);
	counters_close(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_name_gets_the_number_below_it),
		cmocka_unit_test(lines_that_do_not_agree_are_passed_over),
		cmocka_unit_test(what_follows_a_bad_line_is_read),
		cmocka_unit_test(only_what_rose_is_told_and_by_how_much),
		cmocka_unit_test(a_kernel_that_says_less_leaves_the_rest_unknown),
		cmocka_unit_test(this_machines_own_counters_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
