#!/bin/sh
# A queueing discipline on the sender's side makes TCP cork by itself; where the kernel has none of the kind, the variant
# is skipped with the reason and nothing fails for it.
. "$(dirname "$0")/lib.sh"
skip_without python3

cat >cork.yaml <<'YAML'
title: Writes that wait for the device
link: {mtu: 576, qdisc: "tbf rate 1mbit burst 600b latency 500ms"}
server: {port: 9000, script: [{recv: 4096, until: 2000 B}]}
client:
  sockopt: {TCP_NODELAY: 1}
  script: [{send: 100 B, times: 20, every: 200us}]
variants:
  corked:   {expect: {segments: 2..19}}
  mapping:  {link.qdisc: {kind: tbf, rate: 1Mbit/s, burst: 600 B, limit: 64 KiB}, expect: {segments: 2..19}}
  uncorked: {sysctl.tcp_autocorking: 0, expect: {segments: 8..20}}
  none:     {link.qdisc: none, expect: {segments: 8..20}}
YAML

"$seam" run cork.yaml --variant corked --force >out 2>err
if grep -q "skipped: this kernel has no tbf" err; then
	echo "this kernel has no tbf"
	[ "${SEAM_MUST_WORK:-}" = 1 ] && exit 1
	exit 77
fi
expect_exit 0 "$seam" check cork.yaml
expect_text out "4 passed, 0 failed"
expect_exit 0 "$seam" run cork.yaml --variant corked --force
expect_text out "the client sends through tbf 1 Mbit/s burst 600 B"

# The kernel's own word for it, which no busy machine changes: it corks where it may, and never where it may not.
corked() {
	expect_exit 0 "$seam" run cork.yaml --variant "$1" --force --json
	python3 -c 'import json; print(json.loads(open("out").readline()).get("counters", {}).get("client", {}).get("TcpExtTCPAutoCorking", 0))'
}
[ "$(corked corked)" -ge 1 ] || fail "nothing was corked in a full queue"
[ "$(corked uncorked)" = 0 ] || fail "something was corked with tcp_autocorking off"

# A datagram that the sender's own queue drops never reaches the tap: it is accounted for all the same.
cat >overflow.yaml <<'YAML'
transport: udp
link: {type: wire, mtu: 576, qdisc: "tbf rate 100kbit burst 600b limit 1000b"}
server: {port: 9000, script: [{recv: 1024, times: 4}]}
client: {script: [{send: 100 B, times: 20}]}
YAML
expect_exit 0 "$seam" run overflow.yaml --force
expect_text out "lost: dropped in the sender's own queue"

# Which kind this kernel lacks differs; one that has both has nothing to skip.
for kind in fq_codel fq; do
	cat >lack.yaml <<YAML
link: {type: wire}
server: {port: 9000, script: [{recv: 1024, until: 10 B}]}
client: {script: [{send: 10 B}]}
expect: {segments: 1}
variants:
  here: {}
  lacking: {link.down.qdisc: $kind}
YAML
	"$seam" run lack.yaml --variant lacking --force >out 2>err
	got=$?
	[ "$got" = 0 ] && continue
	[ "$got" = 3 ] || fail "a run that is skipped ends with $got"
	expect_text err "seam: skipped: this kernel has no $kind"
	expect_exit 0 "$seam" run lack.yaml --force
	expect_text err "seam: lack-lacking is skipped: this kernel has no $kind"
	expect_text out "10 B"
	expect_exit 0 "$seam" check lack.yaml
	expect_text out "1 passed, 0 failed; 1 variant skipped"
	expect_text out "  skipped  this kernel has no $kind"
	expect_exit 0 "$seam" check lack.yaml --variant lacking --json
	expect_text out '"skipped": "this kernel has no'
	break
done
finish
