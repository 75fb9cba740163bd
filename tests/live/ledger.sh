#!/bin/sh
# The account of what the kernel did where it is easily got wrong: late, pending, cut short, urgent.
. "$(dirname "$0")/lib.sh"
skip_without python3

# expect_state NAME JSON…: what the account of client → server says after a run of NAME.yaml.
expect_state() {
	name=$1
	shift
	"$seam" run "$name.yaml" --quiet --force >out 2>err
	"$seam" show "$name.pcapng" --json >json
	for wanted in "$@"; do
		expect_text json "$wanted"
	done
}

# The server's script has ended, and so its socket is closed, when the second ten bytes come.
cat >late.yaml <<'EOF'
server: {port: 9000, script: [{recv: 10}]}
client: {sockopt: {TCP_NODELAY: 1}, script: [{send: 10 B, times: 2, every: 20ms}]}
EOF
expect_state late '"read": 10,' '"in_flight": 0,' '"closed": 10'

# The write is still waiting when the time is up: what its socket took of it is written.
cat >pending.yaml <<'EOF'
server: {port: 9000, sockopt: {SO_RCVBUF: 4096}, script: [{recv: 10}, {wait: godot}]}
client: {sockopt: {SO_SNDBUF: 4096}, script: [{send: 1 MiB}]}
time_limit: 300ms
EOF
expect_state pending '"read": 10,' '"in_flight": 0,'
python3 - <<'EOF' || fail "a pending write is not what was acknowledged and what its socket holds"
import json
run = json.load(open("json"))
way = run["flows"][0]["directions"][0]
held = [s["unsent_bytes"] for s in run["sockets"] if s["endpoint"] == "client"][0]
state = way["state"]
raise SystemExit(not (held > 0 and state["unsent"] == held
                      and way["bytes"] == state["read"] + state["queued"] + held
                      and way["writes"][-1]["to"] == way["bytes"]))
EOF

# UDP_GRO hands over what UDP_SEGMENT sent as one; a read with too little room for it loses the rest.
cat >batch.yaml <<'EOF'
transport: udp
link: {mtu: 1500}
server: {port: 9000, sockopt: {UDP_GRO: 1}, script: [{recv: 150, at: 20ms}, {recv: 1000, times: 2}]}
client: {sockopt: {UDP_SEGMENT: 100}, script: [{send: 450 B}, {send: 350 B}, {send: 70 B}]}
time_limit: 300ms
EOF
expect_state batch '"read": 570,' '"queued": 0,' '"truncated": 300'

# Without SO_OOBINLINE the urgent byte is passed over, with it it is read.
for inline in 0 1; do
	cat >urgent.yaml <<EOF
server: {port: 9000, sockopt: {SO_OOBINLINE: $inline}, script: [{recv: 1024, at: 20ms}, {recv: 1024, until: eof}]}
client: {sockopt: {TCP_NODELAY: 1}, script: [{send: "abc", flags: MSG_OOB}, {send: "ghijkl"}]}
EOF
	expect_state urgent "\"read\": $((8 + inline))," "\"out_of_band\": $((1 - inline))," '"bytes": 9,'
done
finish
