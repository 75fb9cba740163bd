#!/bin/sh
# The kernel's own counters of a run, TCP_INFO, and both at a note that stands alone.
. "$(dirname "$0")/lib.sh"
skip_without python3

# judge NAME CONDITION: of the JSON of NAME.pcapng, as r.
judge() {
	"$seam" show "$1.pcapng" --json >json || fail "show $1"
	python3 - "$2" <<'PY' || fail "$1: $2"
import json, sys
r = json.loads(open("json").readline())
at_end = lambda host, name: r.get("counters", {}).get(host, {}).get(name, 0)
raise SystemExit(0 if eval(sys.argv[1]) else 1)
PY
}

# A stall is a delayed ACK of the server's kernel; a quiet exchange has none.
cat >stall.yaml <<'YAML'
link: {delay: 2ms}
server: {port: 9000, script: [{times: 4, script: [{recv: 1024, until: 104 B}, {send: 200 B}]}]}
client:
  script:
    - {times: 2, script: [{send: 4 B}, {send: 100 B}, {recv: 200 B}]}
    - note: half way
    - {times: 2, script: [{send: 4 B}, {send: 100 B}, {recv: 200 B}]}
YAML
"$seam" run stall.yaml >out 2>err || fail "the run"
expect_text out "kernel counters"
grep -Eq 'server: [0-9]+ delayed ACK' out || fail "no delayed ACK in the summary: $(cat out)"
judge stall 'at_end("server", "TcpExtDelayedACKs") >= 2'
judge stall 'at_end("client", "TcpActiveOpens") == 1 and at_end("server", "TcpPassiveOpens") == 1'
judge stall 'all(3000 < s["tcp"]["rtt_us"] < 200000 for s in r["sockets"] if s["tcp_state"] != "LISTEN")'
judge stall 'not any("tcp" in s for s in r["sockets"] if s["tcp_state"] == "LISTEN")'
# The mark is of its moment: half of what was counted at the end, of the client's host alone.
judge stall '[m["note"] for m in r["marks"]] == ["half way"]'
judge stall 'list(r["marks"][0]["counters"]) == ["client"]'
judge stall '0 < r["marks"][0]["counters"]["client"]["TcpOutSegs"] < at_end("client", "TcpOutSegs")'
judge stall 'len(r["marks"][0]["sockets"]) == 1 and r["marks"][0]["sockets"][0]["tcp"]["cwnd"] > 0'
expect_exit 0 "$seam" show stall.pcapng --details
expect_text out "at the note of client"
expect_text out "TcpExtDelayedACKs"

# A lone exchange that ends at once has nothing to tell.
cat >quiet.yaml <<'YAML'
server: {port: 9000, script: [{recv: 10}, {send: 10 B}, {recv: 1024}]}
client: {script: [{send: 10 B}, {recv: 10 B}, close]}
YAML
expect_exit 0 "$seam" run quiet.yaml
grep -q 'kernel counters' out && fail "a quiet run has counters: $(cat out)"
judge quiet 'at_end("lo", "TcpExtDelayedACKs") == 0 and at_end("lo", "TcpOutSegs") > 0'

# Many notes: the first thousand are measured, and the recording says so.
cat >many.yaml <<'YAML'
server: {port: 9000, script: [{recv: 10}]}
client: {script: [{note: again, times: 1200}, {send: 10 B}]}
YAML
expect_exit 0 "$seam" run many.yaml --quiet
judge many 'len(r["marks"]) == 1000'
judge many 'any("last 200 notes of client" in line for line in r["options"])'

# UNIX sockets have no packets and no counters.
cat >unix.yaml <<'YAML'
transport: unix-stream
server: {port: 9000, script: [{recv: 10}]}
client: {script: [{send: 10 B}, {note: sent}]}
YAML
expect_exit 0 "$seam" run unix.yaml --quiet
judge unix '"counters" not in r and "marks" not in r'

# A datagram that finds the buffer full is counted where it was dropped.
cat >full.yaml <<'YAML'
transport: udp
server: {port: 9000, sockopt: {SO_RCVBUF: 4096}, script: [{recv: 1024, at: 50ms}]}
client: {script: [{send: 1000 B, times: 50}]}
YAML
expect_exit 0 "$seam" run full.yaml
expect_text out "dropped at a full receive buffer"
finish
