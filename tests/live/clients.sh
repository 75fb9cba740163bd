#!/bin/sh
# Three clients of a wire: each a host with an address of its own, all seen by the tap `client`.
. "$(dirname "$0")/lib.sh"
skip_without tshark python3

cat >chat.yaml <<'EOF'
link: {delay: 2ms}
server:
  port: 9000
  script:
    - {accept: , as: a}
    - {accept: , as: b}
    - {accept: , as: c}
    - {recv: 100, on: a}
    - {recv: 100, on: b}
    - {recv: 100, on: c}
    - {send: "to one", on: a}
    - {send: "to two", on: b}
    - {send: "to three", on: c}
client: {script: [{send: "hello"}, recv: 100]}
endpoints:
  bob: {script: [{connect: server}, {send: "hello from bob"}, recv: 100]}
  carol: {script: [{connect: server}, {send: "hello from carol"}, recv: 100]}
expect: {errors: none, server.unread: 0 B}
variants:
  four: {}
  six: {family: ipv6}
EOF
expect_exit 0 "$seam" run chat.yaml -q
for variant in four six; do
	[ $variant = four ] && server=10.0.0.2 first=10.0.0 source=ip.src
	[ $variant = six ] && server=fd00::2 first=fd00: source=ipv6.src
	"$seam" show --json chat-$variant.pcapng >chat.json
	python3 - $first <<'EOF' || fail "chat-$variant: what each client sent and got is wrong"
import json, sys
chat = json.load(open("chat.json"))
assert chat["checks"]["bytes_accounted"] and chat["checks"]["complete"], chat["checks"]
segments = [s for f in chat["flows"] for d in f["directions"] for s in d["segments"]]
assert len(segments) == 6, segments
for s in segments:
    assert s["arrived_ns"] - s["sent_ns"] >= 2_000_000, s
text = json.dumps(chat)
separator = "." if sys.argv[1] == "10.0.0" else ":"
for host in "1234":
    assert sys.argv[1] + separator + host in text, host
EOF
	tshark -r chat-$variant.pcapng -Y tcp -T fields -e frame.interface_name -e frame.packet_flags_direction \
		-e $source >packets 2>tshark_err
	[ -s packets ] || fail "no packets: $(cat tshark_err)"
	# Outbound at the tap of its own side, inbound at the other.
	awk -v server="$server" '{
		own = ($1 == "server") == ($3 == server)
		outbound = $2 == 2 || $2 == "0x00000002"
		if (own != outbound) { print; bad = 1 }
	} END { exit bad }' packets >wrong || fail "chat-$variant: the direction is wrong of: $(head -n 3 wrong)"
done

# A client cannot listen for another one.
cat >peers.yaml <<'EOF'
link: {delay: 1ms}
server: {port: 1, script: [recv: 9]}
endpoints:
  bob: {script: [{connect: carol}]}
  carol: {port: 2, host: client, script: [recv: 9]}
EOF
expect_exit 2 "$seam" run peers.yaml
expect_text err "clients do not reach each other"
finish
