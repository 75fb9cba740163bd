#!/bin/sh
# What a link is told to do to packets it does, it says so in the recording, and a seed repeats it.
. "$(dirname "$0")/lib.sh"
skip_without python3

# say FILE PYTHON: an expression over r, the recording's JSON; prints it.
say() {
	"$seam" show --json "$1" | python3 -c "
import json, sys
r = json.loads(sys.stdin.readline())
data = [s for f in r['flows'] for d in f['directions'] for s in d['segments']]
events = r.get('events', [])
print(repr(($2)))"
}

is() {
	got=$(say "$1" "$2")
	[ "$got" = "$3" ] || fail "$1: $2 is $got instead of $3"
}

cat >link.yaml <<'EOF2'
link: {delay: 5ms, mtu: 1500, seed: 7}
server: {port: 9000, script: [{recv: 65536, until: 4000 B, only: tcp}, {sleep: 60ms}]}
client: {sockopt: {TCP_NODELAY: 1}, script: [{send: 100 B, times: 40, every: 500us}]}
variants: {udp: {transport: udp}, tcp: {}}
EOF2

# By number.
expect_exit 0 "$seam" run link.yaml --set 'link.up.drop=[3, 7]' --force
expect_text out "dropped 2 of 40 packets from client to server: data packets 3 and 7"
is link-udp.pcapng '[(e["kind"], e["data_number"]) for e in events]' "[('listed loss', 3), ('listed loss', 7)]"
is link-udp.pcapng '[i + 1 for i, s in enumerate(data) if s.get("lost")]' "[3, 7]"
is link-udp.pcapng 'r["checks"]["link_dropped"], r["checks"]["bytes_accounted"]' "(0, True)"
is link-tcp.pcapng '[(e["kind"], e["data_number"]) for e in events]' "[('listed loss', 3), ('listed loss', 7)]"
is link-tcp.pcapng '{s["from"] for s in data if s.get("lost")} <= {s["from"] for s in data if s["retransmission"]}' True

# One that never comes is remarked upon.
expect_exit 0 "$seam" run link.yaml --variant udp --set 'link.up.drop=[3, 99]' --force
expect_text out "99"

# By chance, the same each time for the same seed, and not for another.
for way in loss duplicate reorder corrupt; do
	for seed in 7 7 8; do
		expect_exit 0 "$seam" run link.yaml --variant udp --set link.up.$way=25% --set link.seed=$seed --force -q
		say link-udp.pcapng '[(e["kind"], e["data_number"]) for e in events]' >>$way.$seed
	done
	[ "$(sort -u $way.7 | wc -l)" = 1 ] || fail "$way: one seed, several outcomes: $(cat $way.7)"
	[ "$(head -n 1 $way.7)" != "$(cat $way.8)" ] || fail "$way: two seeds, one outcome: $(cat $way.8)"
	[ "$(head -n 1 $way.7)" != "[]" ] || fail "$way: nothing happened in 40 packets of 25 %"
done

# Every drop of a full queue is an event: what left either arrived or has one.
expect_exit 0 "$seam" run link.yaml --variant udp --set link.up.rate=200kbit/s --set 'link.up.queue=4 packets' --force
expect_text out "queue full"
is link-udp.pcapng 'all((e["kind"]) == "queue full" for e in events) and len(events) == sum(bool(s.get("lost")) for s in data) > 0' True
is link-udp.pcapng 'r["checks"]["link_dropped"], r["checks"]["capture_dropped"]' "(0, 0)"

# Packets that still travel when all scripts have ended arrive all the same: over a long way, and out of a slow queue.
cat >late.yaml <<'EOF2'
transport: udp
server: {port: 9000, script: [{sleep: 1ms}]}
client: {script: [{send: 1000 B, times: 10}]}
variants: {far: {link: {delay: 300ms}}, slow: {link: {delay: 1ms, rate: 100kbit/s}}}
EOF2
expect_exit 0 "$seam" run late.yaml --force
for variant in far slow; do
	is late-$variant.pcapng 'len([s for s in data if "arrived_ns" in s]), events' "(10, [])"
done

# A way so long that nothing would be written within the limit is refused at once.
expect_exit 2 "$seam" run late.yaml --variant far --set link.delay=6s --force
expect_text err "--timeout"

# Damaged packets never reach the reader, and TCP sends them again.
expect_exit 0 "$seam" run link.yaml --variant tcp --set link.up.corrupt=20% --force
is link-tcp.pcapng 'sum(len(x["reads"]) and sum(y["to"] - y["from"] for y in x["reads"]) for f in r["flows"] for x in f["directions"])' 4000
is link-tcp.pcapng 'len(r["flows"]), {e["kind"] for e in events}' "(1, {'corruption'})"
is link-tcp.pcapng 'r["counters"]["server"]["TcpInCsumErrors"] == len([e for e in events if e["from"] == "client"])' True
finish
