/*
 * Logs of strace as calls: each log is spelled as strace 6.1 spells it.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "capture/strace.h"

#define CONNECTED                                                                                  \
	"7 1700000000.000100 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 3 "          \
	"<0.000010>\n"                                                                             \
	"7 1700000000.000200 connect(3, {sa_family=AF_INET, sin_port=htons(80), "                  \
	"sin_addr=inet_addr(\"10.0.0.2\")}, 16) = 0 <0.000100>\n"

static void read_log(struct strace_log *log, const char *text)
{
	struct err err = { 0 };

	if (strace_read(text, strlen(text), "LOG", log, &err))
		fail_msg("%s", err.text);
}

static void expect_refusal(const char *text, const char *words)
{
	struct strace_log log;
	struct err err = { 0 };

	assert_int_equal(strace_read(text, strlen(text), "LOG", &log, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	if (!strstr(err.text, words))
		fail_msg("\"%s\" is not in \"%s\"", words, err.text);
}

static void expect_address(const struct address *address, const char *text)
{
	char actual[ADDRESS_TEXT];

	assert_string_equal(address_text(actual, address), text);
}

static void calls_have_bytes_times_and_offsets(void **state)
{
	struct strace_log log;

	(void)state;
	read_log(&log, CONNECTED
	         "7 1700000000.000400 write(3, \"a\\n\\1\\\"\\\\\"..., 40) = 40 <0.000020>\n"
	         "7 1700000000.000500 sendto(3, \"xy\", 2, MSG_DONTWAIT|MSG_NOSIGNAL, "
	         "NULL, 0) = -1 EAGAIN (Resource temporarily unavailable) <0.000020>\n"
	         "7 1700000000.000600 read(3, \"ok\", 4096) = 2 <0.000030>\n");
	assert_int_equal(log.call_count, 5);
	assert_int_equal(log.calls[2].name, CALL_SEND);
	assert_int_equal(log.calls[2].result, 40);
	assert_int_equal(log.calls[2].begin_ns, INT64_C(1700000000000400000));
	assert_int_equal(log.calls[2].end_ns, INT64_C(1700000000000420000));
	assert_int_equal(log.latest_ns[2], INT64_C(1700000000000500000));
	assert_int_equal(log.calls[2].payload_length, 5);
	assert_memory_equal(log.calls[2].payload, "a\n\1\"\\", 5);
	assert_int_equal(log.calls[3].error, EAGAIN);
	assert_int_equal(log.calls[3].result, -1);
	assert_int_equal(log.calls[3].offset, 40);
	assert_int_equal(log.calls[3].flags, MSG_DONTWAIT | MSG_NOSIGNAL);
	assert_int_equal(log.calls[4].name, CALL_RECV);
	assert_int_equal(log.calls[4].offset, 0);
	assert_int_equal(log.calls[4].asked, 4096);
	assert_int_equal(log.latest_ns[4], INT64_MAX);
	expect_address(&log.calls[4].remote, "10.0.0.2:80");
	assert_int_equal(log.resolution_ns, 1000);
	strace_finish(&log);
}

static void a_call_on_two_lines_is_one(void **state)
{
	struct strace_log log;

	(void)state;
	read_log(&log, CONNECTED "7 1700000000.000400 recvfrom(3,  <unfinished ...>\n"
	                         "8 1700000000.000450 --- SIGUSR1 {si_signo=SIGUSR1} ---\n"
	                         "7 1700000000.040000 <... recvfrom resumed>\"hello\", 1024, 0, "
	                         "NULL, NULL) = 5 <0.039500>\n"
	                         "7 1700000000.050000 recvfrom(3,  <unfinished ...>\n"
	                         "7 1700000000.055000 <... recvfrom resumed> <unfinished ...>) "
	                         "= ?\n"
	                         "7 1700000000.060000 +++ killed by SIGKILL +++\n");
	assert_int_equal(log.call_count, 4);
	assert_int_equal(log.calls[2].payload_length, 5);
	assert_int_equal(log.calls[2].end_ns, INT64_C(1700000000039900000));
	assert_int_equal(log.latest_ns[2], INT64_C(1700000000040000000));
	assert_false(log.calls[3].ended);
	assert_true(log.calls[3].end_ns == CALL_PENDING);
	strace_finish(&log);
}

static void decorations_name_sockets_that_the_log_never_made(void **state)
{
	struct strace_log log;

	(void)state;
	read_log(&log, "7 1700000000.000100123 write(5<TCPv6:[[::ffff:10.0.0.1]:4000->[::ffff:10."
	               "0.0.2]:80]>, \"a\", 1) = 1 <0.000010>\n"
	               "8 1700000000.000200123 write(6<TCPv6:[[::ffff:10.0.0.1]:4000->[::ffff:10."
	               "0.0.2]:80]>, \"b\", 1) = 1 <0.000010>\n"
	               "8 1700000000.000300123 write(2</dev/pts/0<char 136:0>>, \"c\", 1) = 1 "
	               "<0.000010>\n");
	assert_int_equal(log.call_count, 2);
	assert_int_equal(log.socket_count, 1);
	assert_int_equal(log.endpoint_count, 2);
	assert_false(log.sockets[0].whole);
	expect_address(&log.sockets[0].local, "10.0.0.1:4000");
	expect_address(&log.sockets[0].remote, "10.0.0.2:80");
	assert_int_equal(log.calls[1].offset, 1);
	assert_int_equal(log.passed_over, 1);
	assert_int_equal(log.resolution_ns, 0);
	strace_finish(&log);
}

static void children_inherit_and_threads_share_descriptors(void **state)
{
	struct strace_log log;

	(void)state;
	read_log(
		&log,
		"7 1700000000.000001 execve(\"/usr/bin/curl\", [\"curl\"], 0x7f /* 3 vars */) = 0 "
		"<0.0001>\n" CONNECTED
		"7 1700000000.000300 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD "
		"<unfinished ...>\n"
		"8 1700000000.000310 write(3, \"a\", 1) = 1 <0.000010>\n"
		"7 1700000000.000320 <... clone resumed>) = 8 <0.000020>\n"
		"7 1700000000.000330 clone(child_stack=0x7, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD) "
		"= 9 <0.000020>\n"
		"9 1700000000.000400 dup(3) = 4 <0.000010>\n"
		"7 1700000000.000500 write(4, \"b\", 1) = 1 <0.000010>\n"
		"7 1700000000.000600 close(3) = 0 <0.000010>\n"
		"7 1700000000.000700 write(3, \"c\", 1) = -1 EBADF (Bad file descriptor) <0.000010>\n"
		"8 1700000000.000800 write(3, \"d\", 1) = 1 <0.000010>\n"
		"8 1700000000.000900 write(4, \"e\", 1) = -1 EBADF (Bad file descriptor) "
		"<0.000010>\n");
	assert_int_equal(log.socket_count, 1);
	assert_int_equal(log.endpoint_count, 2);
	assert_string_equal(log.endpoints[0].name, "curl 7");
	assert_string_equal(log.endpoints[1].name, "curl 8");
	assert_int_equal(log.call_count, 6);
	assert_int_equal(log.calls[2].endpoint, 1);
	assert_int_equal(log.calls[3].endpoint, 0);
	assert_int_equal(log.calls[3].offset, 1);
	assert_int_equal(log.calls[4].name, CALL_CLOSE);
	assert_memory_equal(log.calls[5].payload, "d", 1);
	strace_finish(&log);
}

/* On a terminal the first process has no pid until it has a child. */
static void a_process_without_a_pid_is_the_first_that_gets_one(void **state)
{
	struct strace_log log;

	(void)state;
	read_log(&log, "1700000000.000100 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3 <0.000010>\n"
	               "[pid     7] 1700000000.000200 clone(child_stack=NULL, flags=SIGCHLD "
	               "<unfinished ...>\n"
	               "[pid     8] 1700000000.000300 shutdown(3, SHUT_RD) = 0 <0.000010>\n"
	               "1700000000.000350 shutdown(3, SHUT_RD) = 0 <0.000010>\n"
	               "[pid     7] 1700000000.000400 <... clone resumed>) = 8 <0.000010>\n"
	               "[pid     7] 1700000000.000500 shutdown(3, SHUT_WR) = 0 <0.000010>\n");
	assert_int_equal(log.calls[0].endpoint, log.calls[log.call_count - 1].endpoint);
	assert_string_equal(log.endpoints[log.calls[0].endpoint].name, "process 7");
	strace_finish(&log);
}

static void accepted_sockets_know_both_ends(void **state)
{
	struct strace_log log;

	(void)state;
	read_log(&log,
	         "1700000000.000100 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3 <0.000010>\n"
	         "1700000000.000200 bind(3, {sa_family=AF_INET, sin_port=htons(9000), "
	         "sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0 <0.000010>\n"
	         "1700000000.000300 listen(3, 5)   = 0 <0.000010>\n"
	         "1700000000.000400 accept4(3, {sa_family=AF_INET, sin_port=htons(4000), "
	         "sin_addr=inet_addr(\"127.0.0.1\")}, [16], SOCK_CLOEXEC) = 4 <0.500000>\n"
	         "1700000000.600400 shutdown(4, SHUT_WR) = 0 <0.000010>\n"
	         "1700000000.600500 setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4) = 0 <0.000010>\n");
	assert_int_equal(log.socket_count, 2);
	assert_int_equal(log.calls[3].name, CALL_ACCEPT);
	assert_int_equal(log.calls[3].made, 1);
	assert_int_equal(log.calls[3].socket, 0);
	expect_address(&log.sockets[1].local, "127.0.0.1:9000");
	expect_address(&log.sockets[1].remote, "127.0.0.1:4000");
	assert_string_equal(log.calls[4].detail, "SHUT_WR");
	assert_string_equal(log.calls[5].detail, "TCP_NODELAY=1");
	assert_string_equal(log.endpoints[0].name, "process");
	assert_true(log.endpoints[0].server_side);
	strace_finish(&log);
}

static void several_messages_of_one_call_are_several_calls(void **state)
{
	struct strace_log log;

	(void)state;
	read_log(
		&log,
		"7 1700000000.000100 socket(AF_INET, SOCK_DGRAM, IPPROTO_IP) = 3 <0.000010>\n"
		"7 1700000000.000200 sendmmsg(3, [{msg_hdr={msg_name={sa_family=AF_INET, "
		"sin_port=htons(53), sin_addr=inet_addr(\"10.0.0.2\")}, msg_namelen=16, "
		"msg_iov=[{iov_base=\"ab\", iov_len=2}, {iov_base=\"c\", iov_len=1}], msg_iovlen=2, "
		"msg_controllen=0, msg_flags=0}, msg_len=3}, {msg_hdr={msg_iov=[{iov_base=\"d\", "
		"iov_len=1}]}, msg_len=1}], 2, 0) = 2 <0.000010>\n");
	assert_int_equal(log.call_count, 3);
	assert_int_equal(log.calls[1].result, 3);
	assert_int_equal(log.calls[1].asked, 3);
	assert_memory_equal(log.calls[1].payload, "abc", 3);
	expect_address(&log.calls[1].remote, "10.0.0.2:53");
	assert_int_equal(log.calls[2].result, 1);
	assert_int_equal(log.calls[2].offset, 3);
	strace_finish(&log);
}

static void what_helps_is_said_where_a_log_does_not_do(void **state)
{
	(void)state;
	expect_refusal("", "is no log of strace");
	expect_refusal("hello\nworld\n", "is no log of strace");
	expect_refusal("7 12:00:00.000100 close(3) = 0 <0.000010>\n", "line 1 of LOG has a time "
	                                                              "without its day");
	expect_refusal("7 0.000100 close(3) = 0 <0.000010>\n", "since the line before (-r)");
	expect_refusal("close(3) = 0\n", "no time");
	expect_refusal("7 1700000000.000100 close(3) = 0\n", "-T");
	expect_refusal("7 1700000000.000100 close(3) = 0 <0.000010>\n", "no call on a TCP or UDP");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_have_bytes_times_and_offsets),
		cmocka_unit_test(a_call_on_two_lines_is_one),
		cmocka_unit_test(decorations_name_sockets_that_the_log_never_made),
		cmocka_unit_test(children_inherit_and_threads_share_descriptors),
		cmocka_unit_test(a_process_without_a_pid_is_the_first_that_gets_one),
		cmocka_unit_test(accepted_sockets_know_both_ends),
		cmocka_unit_test(several_messages_of_one_call_are_several_calls),
		cmocka_unit_test(what_helps_is_said_where_a_log_does_not_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
