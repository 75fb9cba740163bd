/*
 * What the parser refuses, and in which words: each row is a scenario, or a step of one, and its
 * message.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/parse.h"

struct refusal {
	const char *text, *message;
};

static void refused(const char *text, const char *override, const char *message)
{
	struct err err = { 0 };
	const char *const overrides[] = { override };
	struct scenario_file *file =
		scenario_file_read(text, strlen(text), "x.yaml", overrides, override != NULL, &err);

	if (file)
		fail_msg("accepted: %s", text);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, message);
}

static void steps_are_refused_with_what_is_allowed(void **state)
{
	static const struct refusal refusals[] = {
		{ "send: 10", "x.yaml:4:13: `send: 10`: bytes or text? write `10 B` or `\"10\"`" },
		{ "send: -5", "x.yaml:4:13: `send` cannot be `-5`: it cannot be negative; if it is "
		              "text, quote it" },
		{ "send: 010 B", "x.yaml:4:13: `send` cannot be `010 B`: a leading zero means "
		                 "octal to some readers: leave it out; if it is text, quote it" },
		{ "send: 0x10", "x.yaml:4:13: `send` cannot be `0x10`: hexadecimal is not read: "
		                "write it in decimal; if it is text, quote it" },
		{ "send: 1e3", "x.yaml:4:13: `send` cannot be `1e3`: an exponent is not read: "
		               "write the digits in full; if it is text, quote it" },
		{ "send: 1_000 B", "x.yaml:4:13: `send` cannot be `1_000 B`: underscores are not "
		                   "read: leave them out; if it is text, quote it" },
		{ "send: 10 KB", "x.yaml:4:13: `send` cannot be `10 KB`: its unit is one of B, KiB "
		                 "(1024 B), MiB, GiB; if it is text, quote it" },
		{ "send: 1.5 KiB",
		  "x.yaml:4:13: `send` cannot be `1.5 KiB`: a size is a whole number with its "
		  "unit: `1536 B` for `1.5 KiB`; if it is text, quote it" },
		{ "send: hello", "x.yaml:4:13: `hello` is text, and text is always quoted: quote "
		                 "it; a size is `10 B`" },
		{ "send: #1", "x.yaml:4:7: `send` has nothing to write (to YAML, `#` begins a "
		              "remark): if it is text, quote it; nothing at all is `0 B`" },
		{ "send: !x", "x.yaml:4:13: `!` begins a YAML tag, and a scenario has no tags; if "
		              "it is text, quote it" },
		{ "send: *x", "x.yaml:4:13: `*` begins a YAML alias, and a scenario has no "
		              "aliases; write the value out, or quote it if it is text" },
		{ "send: 10 apples",
		  "x.yaml:4:13: `send` cannot be `10 apples`: a size is a number and its unit: `10 "
		  "B`, `4 KiB`, `1 MiB`; if it is text, quote it" },
		{ "send: 2 GiB", "x.yaml:4:13: `send` cannot be `2 GiB`: the most is 1 GiB" },
		{ "send: 99999999999999999999 B",
		  "x.yaml:4:13: `send` cannot be `99999999999999999999 B`: it is too large to mean "
		  "anything; if it is text, quote it" },
		{ "send: |", "x.yaml:4:15: a block of text: text to send is always quoted, quote "
		             "it (\"\\n\" is a line's end)" },
		{ "send: [1 B]",
		  "x.yaml:4:13: `send` takes one payload; `writev` and `sendmsg` take a list" },
		{ "send: {hex: \"0a f\"}", "x.yaml:4:19: `hex` takes pairs of hexadecimal digits, "
		                           "`\"0a ff\"`; character 4 begins none" },
		{ "send: {hex: \"zz\"}", "x.yaml:4:19: `hex` takes pairs of hexadecimal digits, "
		                         "`\"0a ff\"`; character 1 begins none" },
		{ "send: {hax: \"00\"}", "x.yaml:4:13: bytes that are not plain are `send: {hex: "
		                         "\"0a ff\"}` or `send: {file: NAME}`, with that one key" },
		{ "send: {file: x}", "x.yaml:4:20: `file` is not read for a scenario that comes "
		                     "without its folder, out of a recording or a pipe" },
		{ "send: 9 B, size: 10",
		  "x.yaml:4:22: this is not YAML: invalid nested block mapping on the same line" },
		{ "{send: 9 B, size: 10}",
		  "x.yaml:4:25: `size` repeats a text up to it; `send` has a size already" },
		{ "{send: \"\", size: 10}",
		  "x.yaml:4:24: `size` repeats a text up to it, and this one is empty" },
		{ "{send: \"ab\", size: 100 MiB}",
		  "x.yaml:4:26: `size` cannot be `100 MiB`: the most is 64 MiB" },
		{ "{send: \"ab\", until: eof}", "x.yaml:4:20: `until` does not go with `send`; it "
		                                "belongs to `recv`, `recvfrom`" },
		{ "{send: \"ab\", flags: MSG_PEEK}",
		  "x.yaml:4:27: `MSG_PEEK` does not go with `send`; it is for reads" },
		{ "{send: \"ab\", flags: MSG_MOER}",
		  "x.yaml:4:27: `flags` cannot be `MSG_MOER`; did you mean `MSG_MORE`? Allowed are "
		  "MSG_MORE MSG_EOR MSG_OOB MSG_DONTWAIT" },
		{ "{send: \"ab\", flags: []}",
		  "x.yaml:4:27: `flags` takes one or a list, not an empty list" },
		{ "{send: \"ab\", times: 0}",
		  "x.yaml:4:27: `times` cannot be `0`: allowed is 1 to 10000000" },
		{ "{send: \"ab\", times: -1}",
		  "x.yaml:4:27: `times` cannot be `-1`: it cannot be negative" },
		{ "{send: \"ab\", times: 10000001}",
		  "x.yaml:4:27: `times` cannot be `10000001`: allowed is 1 to 10000000" },
		{ "{send: \"ab\", times: 99999999999999999999}",
		  "x.yaml:4:27: `times` cannot be `99999999999999999999`: it is too large to mean "
		  "anything" },
		{ "{send: \"ab\", times: 2, every: 10}",
		  "x.yaml:4:37: `every` cannot be `10`: a time has a unit: `500us`, `10ms`, "
		  "`1.5s`" },
		{ "{send: \"ab\", times: 2, every: 10 fortnights}",
		  "x.yaml:4:37: `every` cannot be `10 fortnights`: a time has a unit: `500us`, "
		  "`10ms`, `1.5s`" },
		{ "{send: \"ab\", every: 10ms}", "x.yaml:4:27: `every` needs `times`: how often?" },
		{ "{send: \"ab\", at: -1ms}",
		  "x.yaml:4:24: `at` cannot be `-1ms`: it cannot be negative" },
		{ "{send: \"ab\", at: 2000min}",
		  "x.yaml:4:24: `at` cannot be `2000min`: the most is 60.0 min" },
		{ "{send: \"ab\", at: 1.0000000001s}",
		  "x.yaml:4:24: `at` cannot be `1.0000000001s`: it is finer than a nanosecond" },
		{ "{send: \"ab\", at: \"10ms\"}",
		  "x.yaml:4:24: `at` takes a time like `10ms` or `1.5s`, and \"10ms\" is text: "
		  "write it without quotes" },
		{ "{send: \"ab\", fails: EWHATEVER}",
		  "x.yaml:4:27: `fails` takes a name of errno(3), `EADDRINUSE`, not `EWHATEVER`" },
		{ "{send: \"ab\", as: x}", "x.yaml:4:24: `as` names the socket that `socket` or "
		                           "`accept` makes; `send` makes none" },
		{ "{send: \"ab\", on: x}", "x.yaml:4:7: `on: x` names a socket that no step of "
		                           "`client` makes; name one with `{accept: , as: x}`" },
		{ "{send: \"ab\", on: on}",
		  "x.yaml:4:24: `on` cannot be `on`: on off yes no y n true false null mean "
		  "something else to YAML: choose another name" },
		{ "{send: \"ab\", note: \"\"}",
		  "x.yaml:4:26: `note` takes a text, not an empty one" },
		{ "{send: \"ab\", only: a}",
		  "x.yaml:4:26: `only` names a variant, and this scenario has none" },
		{ "{send: \"ab\", recv: 1}", "x.yaml:4:20: a step makes one call, and this one has "
		                             "`send` and `recv`: make them two steps" },
		{ "{send: \"ab\", script: []}", "x.yaml:4:8: a step is a call or a `script`, not "
		                                "both: put `send` into the script" },
		{ "{script: []}", "x.yaml:4:16: `script` has no step to repeat" },
		{ "{script: [close], note: x}",
		  "x.yaml:4:25: `note` does not go with `script`; put it on a step of it" },
		{ "{script: close}",
		  "x.yaml:4:16: `script` is a list of steps, `[recv: 1024, close]`, not `close`" },
		{ "{script: [close], times: 10000000}",
		  "x.yaml:4:7: more than 10 million calls, all `times` multiplied: that is the "
		  "most that a scenario may make" },
		{ "{times: 10000, script: [{times: 10000, script: [close]}]}",
		  "x.yaml:4:7: more than 10 million calls, all `times` multiplied: that is the "
		  "most that a scenario may make" },
		{ "{times: 3}",
		  "x.yaml:4:7: a step has a call, a `script` or a `note`, and this one has none" },
		{ "{until: eof, note: x}",
		  "x.yaml:4:8: `until` is an argument, and this step has no call" },
		{ "{}",
		  "x.yaml:4:7: a step has a call, a `script` or a `note`, and this one has none" },
		{ "[]",
		  "x.yaml:4:7: a step is a call, not a list; a list of steps is `script: [...]`" },
		{ "recv", "x.yaml:4:7: `recv` needs an argument: `recv: 1024`" },
		{ "recv: -1", "x.yaml:4:13: `recv` cannot be `-1`: it cannot be negative" },
		{ "recv: 1 TiB", "x.yaml:4:13: `recv` cannot be `1 TiB`: a size is a number and "
		                 "its unit: `10 B`, `4 KiB`, `1 MiB`" },
		{ "{recv: 1024, until: 0}",
		  "x.yaml:4:27: `until` cannot be `0`: it is at least 1 B" },
		{ "{recv: 0, until: eof}",
		  "x.yaml:4:24: `until` never comes with a room of 0 bytes" },
		{ "{recv: 1024, until: soon}",
		  "x.yaml:4:27: `until` cannot be `soon`: it must begin with a number; or `eof`" },
		{ "send",
		  "x.yaml:4:7: `send` needs an argument: `send: 10 B` or `send: \"text\"`" },
		{ "sendto: 9 B",
		  "x.yaml:4:7: `sendto` needs `to`: `to: server`, or `to: sender` for an answer" },
		{ "{sendto: 9 B, to: sevrer}",
		  "x.yaml:4:25: `to` cannot be `sevrer`; did you mean `server`? Allowed are server "
		  "client sender, or an address and port, `127.0.0.1:9000`" },
		{ "{sendto: 9 B, to: client}",
		  "x.yaml:4:7: `client` cannot be reached: it has no `port` and binds none; an "
		  "answer goes `to: sender`" },
		{ "{sendto: 9 B, to: \"[::1]:99\"}",
		  "x.yaml:4:25: `to` names an address of another family than the scenario's; an "
		  "endpoint's name always fits" },
		{ "connect: nobody", "x.yaml:4:16: `connect` cannot be `nobody`; allowed are "
		                     "server client, or an address and port, `127.0.0.1:9000`" },
		{ "connect: client", "x.yaml:4:7: `client` cannot be reached: it has no `port` and "
		                     "binds none; give it a `port`" },
		{ "accept: 3", "x.yaml:4:15: `accept` takes no argument: `- accept`" },
		{ "bind: 70000", "x.yaml:4:13: `bind` cannot be `70000`: allowed is 0 to 65535" },
		{ "listen: -1", "x.yaml:4:15: `listen` cannot be `-1`: it cannot be negative" },
		{ "shutdown", "x.yaml:4:7: `shutdown` needs an argument: `shutdown: SHUT_WR`" },
		{ "shutdown: SHUT_WT",
		  "x.yaml:4:17: `shutdown` cannot be `SHUT_WT`; did you mean `SHUT_WR`? Allowed "
		  "are SHUT_RD SHUT_WR SHUT_RDWR read write both" },
		{ "poll: POLLINN", "x.yaml:4:13: `poll` cannot be `POLLINN`; did you mean "
		                   "`POLLIN`? Allowed are POLLIN POLLOUT POLLPRI POLLRDHUP" },
		{ "{poll: POLLIN, timeout: 3}", "x.yaml:4:31: `timeout` cannot be `3`: a time has "
		                                "a unit: `500us`, `10ms`, `1.5s`" },
		{ "sleep: 10", "x.yaml:4:14: `sleep` cannot be `10`: a time has a unit: `500us`, "
		               "`10ms`, `1.5s`" },
		{ "signal: client", "x.yaml:4:15: `signal` cannot be `client`: an endpoint of that "
		                    "name raises it when its script ends; choose another name" },
		{ "signal: Go", "x.yaml:4:15: `signal` cannot be `Go`: a name is made of a-z, 0-9 "
		                "and _, and begins with a letter" },
		{ "wait: []", "x.yaml:4:13: `wait` takes one or a list, not an empty list" },
		{ "wait: no", "x.yaml:4:13: `wait` cannot be `no`: on off yes no y n true false "
		              "null mean something else to YAML: choose another name" },
		{ "setsockopt: {TCP_NODELY: 1}",
		  "x.yaml:4:20: no socket option `TCP_NODELY`; did you mean `TCP_NODELAY`?" },
		{ "setsockopt: {SO_WHATEVER: 1}",
		  "x.yaml:4:20: no socket option `SO_WHATEVER`; known are TCP_NODELAY TCP_CORK "
		  "TCP_QUICKACK TCP_MAXSEG TCP_CONGESTION TCP_NOTSENT_LOWAT TCP_WINDOW_CLAMP "
		  "TCP_DELACK_MAX_US TCP_RTO_MIN_US TCP_USER_TIMEOUT TCP_KEEPIDLE TCP_KEEPINTVL "
		  "TCP_KEEPCNT TCP_SYNCNT TCP_LINGER2 TCP_DEFER_ACCEPT TCP_THIN_LINEAR_TIMEOUTS "
		  "SO_SNDBUF SO_RCVBUF SO_RCVLOWAT SO_REUSEADDR SO_REUSEPORT SO_LINGER "
		  "SO_KEEPALIVE SO_RCVTIMEO SO_SNDTIMEO SO_BROADCAST SO_OOBINLINE UDP_CORK "
		  "UDP_SEGMENT UDP_GRO IP_MTU_DISCOVER IP_RECVERR IP_TTL IP_TOS IP_ADD_MEMBERSHIP "
		  "IP_MULTICAST_IF IP_MULTICAST_TTL IP_MULTICAST_LOOP IPV6_V6ONLY "
		  "IPV6_MTU_DISCOVER IPV6_RECVERR IPV6_UNICAST_HOPS IPV6_ADD_MEMBERSHIP "
		  "IPV6_MULTICAST_IF" },
		{ "setsockopt: {TCP_NODELAY: 2}",
		  "x.yaml:4:33: `TCP_NODELAY` cannot be `2`: it is a switch: 1 or 0 (or on, off, "
		  "true, false, yes, no)" },
		{ "setsockopt: {TCP_NODELAY: \"1\"}",
		  "x.yaml:4:33: `TCP_NODELAY` takes a switch: 1 or 0 (or on, off, true, false, "
		  "yes, no), and \"1\" is text: write it without quotes" },
		{ "setsockopt: {SO_SNDBUF: 99 GiB}",
		  "x.yaml:4:31: `SO_SNDBUF` cannot be `99 GiB`: the most is 2.0 GiB" },
		{ "setsockopt: {SO_RCVTIMEO: 5}", "x.yaml:4:33: `SO_RCVTIMEO` cannot be `5`: a "
		                                  "time has a unit: `500us`, `10ms`, `1.5s`" },
		{ "setsockopt: {SO_LINGER: 1.5s}",
		  "x.yaml:4:31: `SO_LINGER` cannot be `1.5s`: the kernel takes whole seconds" },
		{ "setsockopt: {TCP_USER_TIMEOUT: 1us}",
		  "x.yaml:4:38: `TCP_USER_TIMEOUT` cannot be `1us`: the kernel takes whole ms" },
		{ "setsockopt: {IP_MTU_DISCOVER: 2}",
		  "x.yaml:4:37: `IP_MTU_DISCOVER` takes one of IP_PMTUDISC_DONT, IP_PMTUDISC_WANT, "
		  "IP_PMTUDISC_DO, IP_PMTUDISC_PROBE, IP_PMTUDISC_INTERFACE, IP_PMTUDISC_OMIT, not "
		  "`2`" },
		{ "setsockopt: {IP_ADD_MEMBERSHIP: 10.0.0.1}",
		  "x.yaml:4:39: `IP_ADD_MEMBERSHIP` takes a multicast group like `239.1.2.3`, not "
		  "`10.0.0.1`" },
		{ "setsockopt: {IP_MULTICAST_IF: eth0}",
		  "x.yaml:4:37: `IP_MULTICAST_IF` takes `lo`, the only interface of a loopback" },
		{ "setsockopt: TCP_NODELAY", "x.yaml:4:19: `setsockopt` takes a mapping of "
		                             "options, `{TCP_NODELAY: 1}`, not `TCP_NODELAY`" },
		{ "setsockopt: {}", "x.yaml:4:19: `setsockopt` takes a mapping of options, "
		                    "`{TCP_NODELAY: 1}`, not an empty one" },
		{ "send_message: 10 B",
		  "x.yaml:4:7: `send_message` needs `framing`, at the top or of the endpoint: "
		  "`framing: {kind: length, bytes: 4}`" },
		{ "recv_message",
		  "x.yaml:4:7: `recv_message` needs an argument: `recv_message: 1024`" },
		{ "{send: 1 B, claims: 2 B}",
		  "x.yaml:4:19: `claims` does not go with `send`; it belongs to `send_message`" },
		{ "writev: 10 B",
		  "x.yaml:4:15: `writev` takes a list of payloads: `writev: [\"HEAD\", 100 B]`" },
		{ "writev: []",
		  "x.yaml:4:15: `writev` takes a list of payloads: `writev: [\"HEAD\", 100 B]`" },
		{ "writev: [\"a\", 10]",
		  "x.yaml:4:21: `writev: 10`: bytes or text? write `10 B` or `\"10\"`" },
		{ "socket: tpc", "x.yaml:4:15: `socket` cannot be `tpc`; did you mean `tcp`? "
		                 "Allowed are tcp udp unix-stream unix-dgram unix-seqpacket" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		char text[1000];

		snprintf(text, sizeof(text),
		         "server: {port: 9000, script: []}\nclient:\n  script:\n    - %s",
		         refusals[i].text);
		refused(text, NULL, refusals[i].message);
	}
}

static void keys_of_a_wire_are_refused_with_the_cure(void **state)
{
	static const struct refusal refusals[] = {
		{ "link: {delay: 2 hours}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: `delay` cannot be `2 hours`: a time has a unit: `500us`, `10ms`, `1.5s`" },
		{ "link: {delay: 11s}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: `delay` cannot be `11s`: the most is 10.0 s" },
		{ "link: {delay: -1ms}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: `delay` cannot be `-1ms`: it cannot be negative" },
		{ "link: {jitter: 3}\nserver: {port: 1, script: []}",
		  "x.yaml:1:16: `jitter` cannot be `3`: a time has a unit: `500us`, `10ms`, `1.5s`" },
		{ "link: {jitter: often}\nserver: {port: 1, script: []}",
		  "x.yaml:1:16: `jitter` cannot be `often`: it must begin with a number" },
		{ "link: {loss: 150%}\nserver: {port: 1, script: []}",
		  "x.yaml:1:14: `loss` cannot be `150%`: a share is 0% to 100%" },
		{ "link: {loss: 0.03}\nserver: {port: 1, script: []}",
		  "x.yaml:1:14: `loss` cannot be `0.03`: a share has a percent sign: `3%`, `0.5%`" },
		{ "link: {loss: -1%}\nserver: {port: 1, script: []}",
		  "x.yaml:1:14: `loss` cannot be `-1%`: it cannot be negative" },
		{ "link: {corrupt: \"3%\"}\nserver: {port: 1, script: []}",
		  "x.yaml:1:17: `corrupt` takes a share like `3%`, and \"3%\" is text: write it without quotes" },
		{ "link: {rate: 0Mbit/s}\nserver: {port: 1, script: []}",
		  "x.yaml:1:14: `rate` cannot be `0Mbit/s`: nothing would ever arrive; leave it out for no limit" },
		{ "link: {rate: 10}\nserver: {port: 1, script: []}",
		  "x.yaml:1:14: `rate` cannot be `10`: a rate is in bit/s, kbit/s, Mbit/s or Gbit/s: `500kbit/s`, `10Mbit/s`" },
		{ "link: {rate: 10mbit}\nserver: {port: 1, script: []}",
		  "x.yaml:1:14: `rate` cannot be `10mbit`: a rate is in bit/s, kbit/s, Mbit/s or Gbit/s: `500kbit/s`, `10Mbit/s`" },
		{ "link: {rate: 2000Gbit/s}\nserver: {port: 1, script: []}",
		  "x.yaml:1:14: `rate` cannot be `2000Gbit/s`: a link here is at most 1000 Gbit/s" },
		{ "link: {rate: 400bit/s}\nserver: {port: 1, script: []}",
		  "x.yaml:1:14: `rate` cannot be `400bit/s`: one frame of 1514 B would take longer than the time limit of 30.0 s; choose a higher rate, or a smaller `mtu`" },
		{ "link: {rate: 1Mbit/s, queue: 0 packets}\nserver: {port: 1, script: []}",
		  "x.yaml:1:30: `queue` cannot be `0 packets`: it holds at least `1 packet`; leave it out for no limit" },
		{ "link: {rate: 1Mbit/s, queue: 0 B}\nserver: {port: 1, script: []}",
		  "x.yaml:1:30: `queue` cannot be `0 B`: it holds at least `1 packet`; leave it out for no limit" },
		{ "link: {rate: 1Mbit/s, queue: 20}\nserver: {port: 1, script: []}",
		  "x.yaml:1:30: `queue` cannot be `20`: packets or bytes? `20 packets` or `30 KiB`" },
		{ "link: {rate: 1Mbit/s, queue: 30 KB}\nserver: {port: 1, script: []}",
		  "x.yaml:1:30: `queue` cannot be `30 KB`: its unit is one of B, KiB (1024 B), MiB, GiB" },
		{ "link: {queue: 20 packets}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: a `queue` needs a `rate`: without one nothing waits; add `rate: 10Mbit/s`" },
		{ "link: {queue: 20 packets, rate: none}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: a `queue` needs a `rate`: without one nothing waits; add `rate: 10Mbit/s`" },
		{ "link: {rate: 1Mbit/s, up: {rate: none, queue: 9 packets}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:47: a `queue` needs a `rate`: without one nothing waits; add `rate: 10Mbit/s`" },
		{ "link: {drop: 0}\nserver: {port: 1, script: []}",
		  "x.yaml:1:14: `drop` cannot be `0`: allowed is 1 to 1000000000" },
		{ "link: {drop: [3, 7, 3]}\nserver: {port: 1, script: []}",
		  "x.yaml:1:14: `drop` lists 3 twice: each packet is dropped once, and what is sent again has a number of its own" },
		{ "link: {drop: [-1]}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: `drop` cannot be `-1`: it cannot be negative" },
		{ "link: {drop: 3%}\nserver: {port: 1, script: []}",
		  "x.yaml:1:14: `drop` cannot be `3%`: a whole number is digits and nothing else" },
		{ "link: {drop: {}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:14: `drop` takes a number, not a mapping" },
		{ "link: {seed: 0x1}\nserver: {port: 1, script: []}",
		  "x.yaml:1:14: `seed` cannot be `0x1`: hexadecimal is not read: write it in decimal" },
		{ "link: {seed: 99999999999999999999}\nserver: {port: 1, script: []}",
		  "x.yaml:1:14: `seed` cannot be `99999999999999999999`: it is too large to mean anything" },
		{ "link: {mtu: 65536, type: wire}\nserver: {port: 1, script: []}",
		  "x.yaml:1:13: `mtu` cannot be `65536`: the most is 65535 B" },
		{ "link: {delay: 1ms, mtu: 67}\nserver: {port: 1, script: []}",
		  "x.yaml:1:25: `mtu` cannot be `67`: IPv4 needs at least 68 B" },
		{ "family: ipv6\nlink: {mtu: 1279, loss: 1%}\nserver: {port: 1, script: []}",
		  "x.yaml:2:13: `mtu` cannot be `1279`: IPv6 needs at least 1280 B" },
		{ "link: {type: loopback, loss: 3%}\nserver: {port: 1, script: []}",
		  "x.yaml:1:30: a loopback has no `loss`: leave `type` out, or choose `type: wire`" },
		{ "link: {type: loopback, qdisc: pfifo}\nserver: {port: 1, script: []}",
		  "x.yaml:1:31: a loopback has no `qdisc`: leave `type` out, or choose `type: wire`" },
		{ "link: {type: loopback, down: {drop: 1}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:30: a loopback has no `down`: leave `type` out, or choose `type: wire`" },
		{ "link: {up: 3ms}\nserver: {port: 1, script: []}",
		  "x.yaml:1:12: `up` is a mapping, not `3ms`" },
		{ "link: {up: {mtu: 1500}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:13: there is no key `mtu` in a direction of `link`; allowed are delay jitter rate queue loss drop duplicate reorder corrupt qdisc" },
		{ "link: {down: {seed: 1}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: there is no key `seed` in a direction of `link`; allowed are delay jitter rate queue loss drop duplicate reorder corrupt qdisc" },
		{ "link: {qdisc: netem}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: `qdisc` cannot be of the kind `netem`; known are none tbf pfifo bfifo fq fq_codel; what netem does is said by `delay`, `loss` and the other keys of `link`" },
		{ "link: {qdisc: htb}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: `qdisc` cannot be of the kind `htb`; known are none tbf pfifo bfifo fq fq_codel" },
		{ "link: {qdisc: \" \"}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: `qdisc` cannot be \" \": it names no kind" },
		{ "link: {qdisc: tbf}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: a `qdisc` of the kind tbf needs `rate`: \"tbf rate 10mbit burst 5kb latency 50ms\"" },
		{ "link: {qdisc: \"tbf rate 10mbit burst 2kb\"}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: a `qdisc` of the kind tbf needs either `latency` or `limit`: how long packets may wait, or how many bytes of them" },
		{ "link: {qdisc: \"tbf rate 10mbit burst 1kb latency 50ms\"}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: `burst` cannot be `1KiB`: tbf drops what is larger, and a full frame has 1514 B here; choose at least that, or a smaller `mtu`" },
		{ "link: {qdisc: \"tbf rate 10mbit burst 5kb latency\"}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: `qdisc` ends behind `latency`, whose value is missing" },
		{ "link: {qdisc: \"tbf rate 10mbit rate 5mbit\"}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: `qdisc` says `rate` twice" },
		{ "link: {qdisc: \"tbf rate 10mbits burst 5kb latency 1ms\"}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: `rate` cannot be `10mbits`: a rate is in bit/s, kbit/s, Mbit/s or Gbit/s: `500kbit/s`, `10Mbit/s`" },
		{ "link: {qdisc: \"tbf rate 10mbit burst 5kb latency 1ms peakrate 1mbit\"}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: there is no key `peakrate` in `qdisc`; allowed are kind rate burst latency limit" },
		{ "link: {qdisc: \"tbf rate 400bit burst 5kb latency 1ms\"}\nserver: {port: 1, "
		  "script: []}",
		  "x.yaml:1:15: `rate` cannot be `400bit/s`: one frame of 1514 B would take longer "
		  "than the time limit of 30.0 s; choose a higher rate, or a smaller `mtu`" },
		{ "link: {qdisc: \"pfifo latency 5ms\"}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: a `qdisc` of the kind pfifo has no `latency`" },
		{ "link: {qdisc: {rate: 1Mbit/s}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: `qdisc` needs a `kind`: `{kind: tbf, rate: 10Mbit/s, burst: 5 KiB, latency: 50ms}`" },
		{ "link: {qdisc: {kind: pfifo, limit: 0}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:36: `limit` cannot be `0`: allowed is 1 to 1073741824" },
		{ "link: {qdisc: [pfifo]}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: `qdisc` is tc's words, \"tbf rate 10mbit burst 5kb latency 50ms\", or a mapping of them, not a list" },
		{ "variants: {a: {link.up.mtu: 1500}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:16: there is no key `mtu` in a direction of `link`; allowed are delay jitter rate queue loss drop duplicate reorder corrupt qdisc" },
		{ "variants: {a: {link.qdisc.depth: 5}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:16: there is no key `depth` in `qdisc`; allowed are kind rate burst latency limit" },
		{ "link: {type: loopback}\nvariants: {a: {link.drop: [3]}}\nserver: {port: 1, script: []}",
		  "x.yaml:2:27: a loopback has no `drop`: leave `type` out, or choose `type: wire`" },
		{ "variants: {a: {link.drop.x: 3}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:16: the path `link.drop.x` goes on behind `drop`, which holds no keys; it can only be replaced whole" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		refused(refusals[i].text, NULL, refusals[i].message);
}

static void scenarios_are_refused_with_what_is_allowed(void **state)
{
	static const struct refusal refusals[] = {
		{ "- a", "x.yaml:1:1: a scenario is a mapping with keys like `server` and "
		         "`client`, not a list" },
		{ "hello", "x.yaml:1:1: a scenario is a mapping with keys like `server` and "
		           "`client`, not `hello`" },
		{ "title: x", "x.yaml:1:1: nobody takes part: a scenario has `server` and "
		              "`client`, each with a `script`, or further `endpoints`" },
		{ "sever: {}",
		  "x.yaml:1:1: there is no key `sever` in a scenario; did you mean "
		  "`server`? Allowed are title about see transport family link sysctl framing "
		  "server client endpoints expect time_limit variants" },
		{ "server: 5", "x.yaml:1:9: `server` is a mapping, not `5`" },
		{ "server: {port: 9000}", "x.yaml:1:9: `server` has no `script`: a list of steps, "
		                          "`[]` if it does nothing" },
		{ "server: {port: 9000, scrpt: []}",
		  "x.yaml:1:22: there is no key `scrpt` in an endpoint; did you mean `script`? "
		  "Allowed are port script sockopt framing host" },
		{ "server: {port: 0, script: []}",
		  "x.yaml:1:16: `port` cannot be `0`: allowed is 1 to 65535" },
		{ "server: {port: 65536, script: []}",
		  "x.yaml:1:16: `port` cannot be `65536`: allowed is 1 to 65535" },
		{ "server: {port: -1, script: []}",
		  "x.yaml:1:16: `port` cannot be `-1`: it cannot be negative" },
		{ "server: {script: []}", "x.yaml:1:1: `server` connects, but to whom? no endpoint "
		                          "has a `port`; name one with `- connect: NAME`" },
		{ "server: {script: [close], host: client}",
		  "x.yaml:1:33: `host` is for further endpoints; `server` is on its own side" },
		{ "client: {script: []}\nendpoints: {a: {port: 1, script: []}, b: {port: 2, "
		  "script: []}}",
		  "x.yaml:1:1: `client` connects, but to whom? several endpoints have a `port`; "
		  "name one with `- connect: NAME`" },
		{ "client: {script: []}\nendpoints: 5",
		  "x.yaml:2:12: `endpoints` is a mapping of names, not `5`" },
		{ "endpoints: {server: {port: 1, script: []}}",
		  "x.yaml:1:13: `server` is no further endpoint: it stands at the top of the "
		  "scenario" },
		{ "endpoints: {Alice: {port: 1, script: []}}",
		  "x.yaml:1:13: no endpoint can be called `Alice`: a name is made of a-z, 0-9 and "
		  "_, and begins with a letter" },
		{ "endpoints: {sender: {port: 1, script: []}}",
		  "x.yaml:1:13: no endpoint can be called `sender`: `to: sender` means whoever "
		  "sent what was read last" },
		{ "endpoints: {a: {port: 1, script: [], host: middle}}",
		  "x.yaml:1:44: `host` cannot be `middle`; allowed are server client" },
		{ "transport: unix-dgram\nendpoints: {a_name_too_long_x: {port: 1, script: []}}",
		  "x.yaml:2:13: `a_name_too_long_x` is the name of a UNIX socket, too, and longer "
		  "than 15 characters: choose a shorter one" },
		{ "endpoints: {yes: {port: 1, script: []}}",
		  "x.yaml:1:13: no endpoint can be called `yes`: on off yes no y n true false null "
		  "mean something else to YAML: choose another name" },
		{ "title: \"\"\nserver: {port: 1, script: []}",
		  "x.yaml:1:8: `title` takes a text, not an empty one" },
		{ "title: {en: a, zh: b}\nserver: {port: 1, script: []}",
		  "x.yaml:1:8: not yet: `title` in several languages; write one text" },
		{ "see: tcp(7)\nserver: {port: 1, script: []}",
		  "x.yaml:1:6: `see` is a list, `[RFC 896, tcp(7)]`, not `tcp(7)`" },
		{ "transport: tpc\nserver: {port: 1, script: []}",
		  "x.yaml:1:12: `transport` cannot be `tpc`; allowed are tcp udp unix-stream "
		  "unix-dgram unix-seqpacket" },
		{ "family: 6\nserver: {port: 1, script: []}",
		  "x.yaml:1:9: `family` cannot be `6`; allowed are ipv4 ipv6" },
		{ "transport: unix-stream\nfamily: ipv6\nserver: {port: 1, script: []}",
		  "x.yaml:2:9: UNIX sockets have no address family: leave `family` out" },
		{ "transport: unix-stream\nlink: {mtu: 1500}\nserver: {port: 1, script: []}",
		  "x.yaml:2:7: UNIX sockets have no link: leave `link` out, or choose `transport: "
		  "tcp` or `udp`" },
		{ "link: {delay: 10ms, type: loopback}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: a loopback has no `delay`: leave `type` out, or choose `type: wire`" },
		{ "link: {delay: 10ms, offload: on}\nserver: {port: 1, script: []}",
		  "x.yaml:1:30: a wire has no `offload`: its ports carry what a cable would; leave "
		  "`offload` out, or `type: wire` and all that makes a wire (`delay`, `loss`, …)" },
		{ "link: {delay: 10}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: `delay` cannot be `10`: a time has a unit: `500us`, `10ms`, `1.5s`" },
		{ "link: {type: wier}\nserver: {port: 1, script: []}",
		  "x.yaml:1:14: `type` cannot be `wier`; allowed are loopback wire" },
		{ "link: {mtu: 67}\nserver: {port: 1, script: []}",
		  "x.yaml:1:13: `mtu` cannot be `67`: IPv4 needs at least 68 B" },
		{ "link: {mtu: 87}\nserver: {port: 1, script: []}",
		  "x.yaml:1:13: `mtu` cannot be `87` with TCP: Linux makes no segments under 88 B, "
		  "headers included, so that IP would cut each into fragments, which are not "
		  "accounted for; choose at least 88 B, or `transport: udp`" },
		{ "link: {qdisc: netem delay 10ms}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: `qdisc` cannot be of the kind `netem`; known are none tbf pfifo "
		  "bfifo fq fq_codel; what netem does is said by `delay`, `loss` and the other keys "
		  "of `link`" },
		{ "link: {qdisc: tbf rate 1mbit burst 2kb limit 20b}\nserver: {port: 1, script: []}",
		  "x.yaml:1:15: `limit` cannot be `20B`: a full frame has 1514 B here, and one that "
		  "does not fit is dropped; choose at least that, or a smaller `mtu`" },
		{ "family: ipv6\nlink: {mtu: 1000}\nserver: {port: 1, script: []}",
		  "x.yaml:2:13: `mtu` cannot be `1000`: IPv6 needs at least 1280 B" },
		{ "link: {mtu: 70000}\nserver: {port: 1, script: []}",
		  "x.yaml:1:13: `mtu` cannot be `70000`: the most is 65536 B" },
		{ "link: {offload: maybe}\nserver: {port: 1, script: []}",
		  "x.yaml:1:17: `offload` cannot be `maybe`: it is a switch: 1 or 0 (or on, off, "
		  "true, false, yes, no)" },
		{ "link: fast\nserver: {port: 1, script: []}",
		  "x.yaml:1:7: `link` is a mapping, not `fast`" },
		{ "link: {mtuu: 1}\nserver: {port: 1, script: []}",
		  "x.yaml:1:8: there is no key `mtuu` in `link`; did you mean `mtu`? Allowed are "
		  "mtu offload type seed up down delay jitter rate queue loss drop duplicate "
		  "reorder corrupt qdisc" },
		{ "framing: {kind: lenght}\nserver: {port: 1, script: []}",
		  "x.yaml:1:17: `kind` cannot be `lenght`; did you mean `length`? Allowed are none "
		  "fixed delimiter length varint length-text json dns http-length http-chunked "
		  "tls" },
		{ "framing: {kind: length, bytes: 3}\nserver: {port: 1, script: []}",
		  "x.yaml:1:32: `bytes` cannot be `3`: a binary header has 1, 2, 4 or 8" },
		{ "framing: {kind: delimiter, delimiter: \"\"}\nserver: {port: 1, script: []}",
		  "x.yaml:1:39: `delimiter` takes 1 to 16 bytes, `\"\\r\\n\"` or `{hex: \"00\"}`" },
		{ "framing: {kind: delimiter, escape: \"\\n\"}\nserver: {port: 1, script: []}",
		  "x.yaml:1:10: `escape` is a byte of the `delimiter`: choose another" },
		{ "framing: {kind: length-text, writes: joined}\nserver: {port: 1, script: []}",
		  "x.yaml:1:10: `ready` waits between the length and the data, which cannot be one "
		  "write: choose `writes: separate`, or `ready: 0`" },
		{ "framing: {kind: length}\nserver: {port: 1, script: [{send_message: 1 B, claims: "
		  "2147483648 B}]}",
		  "x.yaml:2:56: a length of 2147483648 is out of range: a signed header of 4 bytes "
		  "holds -2147483648..2147483647; take more `bytes`, or send less" },
		{ "framing: {kind: none}\nserver: {port: 1, script: [{send_message: 1 B, claims: 2 B}]}",
		  "x.yaml:2:56: `claims` is what a header says, and a none framing says no length" },
		{ "framing: {kind: dns}\nserver: {port: 1, script: [{recv_message: 9, until: 5 B}]}",
		  "x.yaml:2:53: `recv_message` takes `until: eof` only; so many messages are "
		  "`times`" },
		{ "server: {port: 1, script: [], framing: {kinds: 1}}",
		  "x.yaml:1:41: there is no key `kinds` in `framing`; did you mean `kind`? Allowed "
		  "are kind bytes order signed counts size delimiter escape ready limit writes "
		  "reader" },
		{ "sysctl: {\"../../kernel/hostname\": x}\nserver: {port: 1, script: []}",
		  "x.yaml:1:10: no sysctl `../../kernel/hostname`: its name is made of a-z, 0-9 "
		  "and _, and is looked up in net.ipv4 only" },
		{ "sysctl: {net.ipv4.tcp_rmem: 1}\nserver: {port: 1, script: []}",
		  "x.yaml:1:10: a sysctl is written without `net.ipv4.`: `tcp_rmem`" },
		{ "sysctl: {tcp_rmem: \"\"}\nserver: {port: 1, script: []}",
		  "x.yaml:1:20: `tcp_rmem` takes a text, not an empty one" },
		{ "sysctl: {tcp_rmem: \"1\\n2\"}\nserver: {port: 1, script: []}",
		  "x.yaml:1:20: the value of a sysctl is one line of at most 256 bytes" },
		{ "sysctl: tcp_rmem\nserver: {port: 1, script: []}",
		  "x.yaml:1:9: `sysctl` is a mapping, `{tcp_autocorking: 0}`, not `tcp_rmem`" },
		{ "time_limit: 31s\nserver: {port: 1, script: []}",
		  "x.yaml:1:13: `time_limit` cannot be `31s`: a scenario may ask for 30s at most; "
		  "`--timeout` allows more" },
		{ "time_limit: 0s\nserver: {port: 1, script: []}",
		  "x.yaml:1:13: `time_limit` cannot be `0s`: nothing would run" },
		{ "time_limit: 30\nserver: {port: 1, script: []}",
		  "x.yaml:1:13: `time_limit` cannot be `30`: a time has a unit: `500us`, `10ms`, "
		  "`1.5s`" },
		{ "expect: none\nserver: {port: 1, script: []}",
		  "x.yaml:1:9: `expect` is a mapping, `{segments: [10 B, 190 B]}`, not `none`" },
		{ "expect: {segmants: 1}\nserver: {port: 1, script: []}",
		  "x.yaml:1:10: nothing to expect is called `segmants`: did you mean `segments`?" },
		{ "variants: 5\nserver: {port: 1, script: []}",
		  "x.yaml:1:11: `variants` is a mapping of names, `{plain: {}}`, not `5`" },
		{ "variants: {}\nserver: {port: 1, script: []}",
		  "x.yaml:1:11: `variants` is a mapping of names, `{plain: {}}`, not an empty "
		  "one" },
		{ "variants: {a: }\nserver: {port: 1, script: []}",
		  "x.yaml:1:12: the variant `a` is a mapping of what it changes, not nothing; `{}` "
		  "is the scenario itself" },
		{ "variants: {no: {}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:12: no variant can be called `no`: on off yes no y n true false null "
		  "mean something else to YAML: choose another name" },
		{ "variants: {A: {}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:12: no variant can be called `A`: a name is made of a-z, 0-9 and _, "
		  "and begins with a letter" },
		{ "variants: {a: {sever.port: 1}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:16: there is no key `sever` in a scenario; did you mean `server`? "
		  "Allowed are title about see transport family link sysctl framing server client "
		  "endpoints expect time_limit variants" },
		{ "variants: {a: {server.sockpt.TCP_NODELAY: 1}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:16: there is no key `sockpt` in an endpoint; did you mean `sockopt`? "
		  "Allowed are port script sockopt framing host" },
		{ "variants: {a: {server.sockopt.TCP_NODELY: 1}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:16: no socket option `TCP_NODELY`; did you mean `TCP_NODELAY`?" },
		{ "variants: {a: {client.sockopt.TCP_NODELAY: 1}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:16: the path `client.sockopt.TCP_NODELAY` goes through `client`, and "
		  "the scenario has no endpoint of that name" },
		{ "variants: {a: {endpoints.agian.sockopt.TCP_NODELAY: 1}}\nserver: {port: 1, "
		  "script: []}\nendpoints: {again: {script: []}}",
		  "x.yaml:1:16: the path `endpoints.agian.sockopt.TCP_NODELAY` goes through "
		  "`agian`, and the scenario has no endpoint of that name; did you mean `again`?" },
		{ "variants: {a: {server.port.x: 1}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:16: the path `server.port.x` goes on behind `port`, which holds no "
		  "keys; it can only be replaced whole" },
		{ "variants: {a: {server.script.0.send: 1 B}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:16: the path `server.script.0.send` goes on behind `script`, which "
		  "holds no keys; it can only be replaced whole" },
		{ "variants: {a: {variants.b: {}}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:16: a variant cannot change `variants`" },
		{ "variants: {a: {variants: {}}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:16: a variant cannot change `variants`" },
		{ "variants: {a: {framing.raeder: one_recv}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:16: there is no key `raeder` in `framing`; did you mean `reader`? "
		  "Allowed are kind bytes order signed counts size delimiter escape ready limit "
		  "writes reader" },
		{ "variants: {a: {.port: 1}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:16: there is no key `` in a scenario; allowed are title about see "
		  "transport family link sysctl framing server client endpoints expect time_limit "
		  "variants" },
		{ "variants: {a: {server..port: 1}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:16: there is no key `` in an endpoint; allowed are port script sockopt "
		  "framing host" },
		{ "variants: {a: {server.: 1}}\nserver: {port: 1, script: []}",
		  "x.yaml:1:16: there is no key `` in an endpoint; allowed are port script sockopt "
		  "framing host" },
		{ "variants: {a: {}}\nserver: {port: 1, script: [{close: , only: b}]}",
		  "x.yaml:2:44: `only` names `b`, which is no variant; the variants are a" },
		{ "variants: {a: {}}\nserver: {port: 1, script: [{close: , except: [a, [b]]}]}",
		  "x.yaml:2:50: `except` names a list, which is no variant; the variants are a" },
		{ "server: {port: 1, script: [], sockopt: {TCP_NODELAY: 7}}",
		  "x.yaml:1:54: `TCP_NODELAY` cannot be `7`: it is a switch: 1 or 0 (or on, off, "
		  "true, false, yes, no)" },
		{ "server.port: 5\nserver: {port: 1, script: []}",
		  "x.yaml:1:1: there is no key `server.port` in a scenario; allowed are title "
		  "about see transport family link sysctl framing server client endpoints expect "
		  "time_limit variants" },
		{ "server: {port: 1, script: []}\nserver: {port: 1, script: []}",
		  "x.yaml:2:1: the key server is already in line 1; a mapping has each key once" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		refused(refusals[i].text, NULL, refusals[i].message);
}

static void set_is_refused_with_its_own_text_as_the_place(void **state)
{
	static const struct refusal refusals[] = {
		{ "client.port=80", "--set client.port=80: the path `client.port` goes through "
		                    "`client`, and the scenario has no endpoint of that name" },
		{ "client", "--set client: this is KEY=VALUE, with dotted keys as in a variant: "
		            "client.sockopt.TCP_NODELAY=1" },
		{ "=5", "--set =5: this is KEY=VALUE, with dotted keys as in a variant: "
		        "client.sockopt.TCP_NODELAY=1" },
		{ "client.port=", "--set client.port=: this is KEY=VALUE, with dotted keys as in a "
		                  "variant: client.sockopt.TCP_NODELAY=1" },
		{ "server.prt=5", "--set server.prt=5: there is no key `prt` in an endpoint; did "
		                  "you mean `port`? Allowed are port script sockopt framing host" },
		{ "server.port=x",
		  "--set server.port=x: `port` cannot be `x`: it must begin with a number" },
		{ "server.port=[1", "--set server.port=[1:2:1: this is not YAML: flow sequence "
		                    "without a closing bracket" },
		{ "server.port.x=5",
		  "--set server.port.x=5: the path `server.port.x` goes on behind `port`, which "
		  "holds no keys; it can only be replaced whole" },
		{ "variants.a.title=x",
		  "--set variants.a.title=x: a variant cannot change `variants`" },
		{ "title=*x", "--set title=*x:1:1: `*` begins a YAML alias, and a scenario has no "
		              "aliases; write the value out, or quote it if it is text" },
		{ "framing.bytes=5",
		  "--set framing.bytes=5: `bytes` cannot be `5`: a binary header "
		  "has 1, 2, 4 or 8" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		refused("server: {port: 1, script: []}", refusals[i].text, refusals[i].message);
}

static void what_a_script_is_made_of_is_told_with_the_nearest(void **state)
{
	static const char all[] =
		"alls are socket bind listen accept connect send sendto sendmsg writev sendfile "
		"recv recvfrom setsockopt shutdown close poll sleep signal wait send_message recv_message; beside one go "
		"times every at script only except fails as on note, and its own size flags to "
		"until timeout claims";
	static const struct refusal refusals[] = {
		{ "sned: 9 B", "`sned` is no call and no key of a step; did you mean `send`? C" },
		{ "{send: 9 B, tims: 3}",
		  "`tims` is no call and no key of a step; did you mean `times`? C" },
		{ "hello", "`hello` is no call; c" },
		{ "\"send\"", "\"send\" is no call; did you mean `send`? C" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		char text[200], message[700];

		snprintf(text, sizeof(text), "server: {port: 1, script: [%s]}", refusals[i].text);
		snprintf(message, sizeof(message), "x.yaml:1:%d: %s%s", i == 1 ? 40 : 28,
		         refusals[i].message, all);
		refused(text, NULL, message);
	}
}

static void control_bytes_of_a_scenario_never_reach_a_terminal(void **state)
{
	(void)state;
	refused("\"\\e[2Jx\": 1", NULL,
	        "x.yaml:1:1: there is no key `\\x1b[2Jx` in a scenario; allowed are title about "
	        "see transport family link sysctl framing server client endpoints expect time_limit "
	        "variants");
	refused("server: {port: 1, script: [{send: 1 B, fails: \"\\e]0;x\\a\"}]}", NULL,
	        "x.yaml:1:47: `fails` takes a name of errno(3), `EADDRINUSE`, not "
	        "\"\\x1b]0;x\\x07\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_are_refused_with_what_is_allowed),
		cmocka_unit_test(scenarios_are_refused_with_what_is_allowed),
		cmocka_unit_test(keys_of_a_wire_are_refused_with_the_cure),
		cmocka_unit_test(set_is_refused_with_its_own_text_as_the_place),
		cmocka_unit_test(what_a_script_is_made_of_is_told_with_the_nearest),
		cmocka_unit_test(control_bytes_of_a_scenario_never_reach_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
