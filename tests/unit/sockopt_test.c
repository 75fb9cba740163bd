#include "sim/sockopt.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/scenario.h"

static struct setting setting_of(const char *name, int64_t value)
{
	struct setting setting = { .option = sockopt_find(name), .value = value };

	assert_true(setting.option >= 0);
	return setting;
}

static int read_back(int fd, int level, int number)
{
	int value = -1;
	socklen_t length = sizeof(value);

	assert_int_equal(getsockopt(fd, level, number, &value, &length), 0);
	return value;
}

static void every_name_is_there_once(void **state)
{
	static const char *const wanted[] = {
		"TCP_NODELAY",    "TCP_CORK",          "TCP_QUICKACK",     "TCP_MAXSEG",
		"TCP_CONGESTION", "TCP_NOTSENT_LOWAT", "TCP_WINDOW_CLAMP", "TCP_DELACK_MAX_US",
		"TCP_RTO_MIN_US", "TCP_USER_TIMEOUT",  "SO_SNDBUF",        "SO_RCVBUF",
		"SO_RCVLOWAT",    "SO_REUSEADDR",      "SO_REUSEPORT",     "SO_LINGER",
		"SO_KEEPALIVE",   "SO_RCVTIMEO",       "SO_BROADCAST",     "UDP_CORK",
		"UDP_SEGMENT",    "UDP_GRO",           "IP_MTU_DISCOVER",  "IP_ADD_MEMBERSHIP",
		"IP_RECVERR",     "IPV6_V6ONLY",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		assert_true(sockopt_find(wanted[i]) >= 0);
	for (size_t i = 0; i < sockopt_count; i++) {
		assert_int_equal(sockopt_find(sockopt_table[i].name), i);
		assert_int_not_equal(sockopt_table[i].transports, 0);
	}
	assert_int_equal(sockopt_find("TCP_NODELAYS"), -1);
}

static void numbers_and_switches_reach_the_kernel(void **state)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct setting nodelay = setting_of("TCP_NODELAY", 1);
	struct setting timeout = setting_of("TCP_USER_TIMEOUT", 1234);
	struct setting discover = setting_of("IP_MTU_DISCOVER", IP_PMTUDISC_DO);

	(void)state;
	assert_int_equal(sockopt_apply(fd, &nodelay), 0);
	assert_int_equal(read_back(fd, IPPROTO_TCP, TCP_NODELAY), 1);
	assert_int_equal(sockopt_apply(fd, &timeout), 0);
	assert_int_equal(read_back(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 1234);
	assert_int_equal(sockopt_apply(fd, &discover), 0);
	assert_int_equal(read_back(fd, IPPROTO_IP, IP_MTU_DISCOVER), IP_PMTUDISC_DO);
	close(fd);
}

static void times_lingers_and_names_reach_the_kernel(void **state)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct setting timeout = setting_of("SO_RCVTIMEO", 1500000);
	struct setting linger = setting_of("SO_LINGER", 0);
	struct setting off = setting_of("SO_LINGER", SOCKOPT_LINGER_OFF);
	struct setting congestion = setting_of("TCP_CONGESTION", 0);
	struct linger got;
	struct timeval time;
	char name[16] = "", reno[] = "reno";
	socklen_t length = sizeof(time);

	(void)state;
	assert_int_equal(sockopt_apply(fd, &timeout), 0);
	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, &length), 0);
	assert_int_equal(time.tv_sec, 1);
	assert_in_range(time.tv_usec, 500000, 509999); /* in jiffies */
	length = sizeof(got);
	assert_int_equal(sockopt_apply(fd, &linger), 0);
	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_LINGER, &got, &length), 0);
	assert_int_equal(got.l_onoff, 1);
	assert_int_equal(got.l_linger, 0);
	assert_int_equal(sockopt_apply(fd, &off), 0);
	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_LINGER, &got, &length), 0);
	assert_int_equal(got.l_onoff, 0);
	congestion.text = reno;
	length = sizeof(name);
	assert_int_equal(sockopt_apply(fd, &congestion), 0);
	assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &length), 0);
	assert_string_equal(name, "reno");
	close(fd);
}

static void a_group_is_joined_on_lo_once(void **state)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct setting join = setting_of("IP_ADD_MEMBERSHIP", 0);
	struct setting interface = setting_of("IP_MULTICAST_IF", 0);
	char group[] = "239.1.2.3", lo[] = "lo", nonsense[] = "nonsense";

	(void)state;
	join.text = nonsense;
	assert_int_equal(sockopt_apply(fd, &join), -1);
	assert_int_equal(errno, EINVAL);
	join.text = group;
	assert_int_equal(sockopt_apply(fd, &join), 0);
	assert_int_equal(sockopt_apply(fd, &join), -1);
	assert_int_equal(errno, EADDRINUSE);
	interface.text = lo;
	assert_int_equal(sockopt_apply(fd, &interface), 0);
	close(fd);
}

static void an_option_of_another_transport_is_refused_by_the_kernel(void **state)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct setting nodelay = setting_of("TCP_NODELAY", 1);

	(void)state;
	assert_int_equal(sockopt_apply(fd, &nodelay), -1);
	assert_int_equal(errno, ENOPROTOOPT);
	close(fd);
}

static void settings_are_described_as_they_are_written(void **state)
{
	static const struct {
		const char *name;
		int64_t value;
		const char *text;
	} cases[] = {
		{ "TCP_NODELAY", 1, "TCP_NODELAY=1" },
		{ "SO_SNDBUF", 4096, "SO_SNDBUF=4096 B" },
		{ "TCP_USER_TIMEOUT", 500, "TCP_USER_TIMEOUT=500 ms" },
		{ "SO_LINGER", SOCKOPT_LINGER_OFF, "SO_LINGER=off" },
		{ "IP_MTU_DISCOVER", IP_PMTUDISC_DO, "IP_MTU_DISCOVER=IP_PMTUDISC_DO" },
		{ "IPV6_MTU_DISCOVER", IP_PMTUDISC_DO, "IPV6_MTU_DISCOVER=IPV6_PMTUDISC_DO" },
	};
	struct buffer out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct setting setting = setting_of(cases[i].name, cases[i].value);

		buffer_clear(&out);
		sockopt_describe(&out, &setting);
		assert_string_equal(out.bytes, cases[i].text);
	}
	buffer_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_is_there_once),
		cmocka_unit_test(numbers_and_switches_reach_the_kernel),
		cmocka_unit_test(times_lingers_and_names_reach_the_kernel),
		cmocka_unit_test(a_group_is_joined_on_lo_once),
		cmocka_unit_test(an_option_of_another_transport_is_refused_by_the_kernel),
		cmocka_unit_test(settings_are_described_as_they_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
