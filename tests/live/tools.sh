#!/bin/sh
# Stock tools open a recording as it is, without a warning or a negative time step, and see the same packets.
. "$(dirname "$0")/lib.sh"
skip_without tshark capinfos tcpdump python3

"$seam" run "$SEAM_SOURCE_DIR/scenarios/nagle.yaml" --variant nodelay --variant udp --quiet || fail "the run"
"$seam" run "$SEAM_SOURCE_DIR/scenarios/hello-tcp.yaml" --set family=ipv6 --variant client_closes --quiet || fail "the run over IPv6"
for recording in nagle-nodelay nagle-udp hello-tcp-client_closes; do
	expect_exit 0 tshark -n -r $recording.pcapng -T fields -e frame.number -e frame.time_delta -e _ws.malformed
	[ -s err ] && ! grep -q 'Running as user' err && fail "tshark warned about $recording: $(cat err)"
	awk '$2 < 0 { exit 1 }' out || fail "time goes backwards in $recording"
	expect_exit 0 tshark -n -r $recording.pcapng -Y '_ws.malformed or _ws.expert.severity == 8388608'
	[ -s out ] && fail "tshark finds fault with $recording: $(cat out)"
	expect_exit 0 capinfos -M $recording.pcapng
	expect_text out "nanoseconds"
	expect_exit 0 tcpdump -n -r $recording.pcapng
	"$seam" show --json $recording.pcapng >json || fail "show --json $recording"
done
# The payload of every data segment, by two readers, where they left: a wire's recording sees each twice.
tshark -n -r nagle-nodelay.pcapng -Y 'tcp.len > 0 and frame.interface_id == 0' -T fields -e tcp.len 2>/dev/null | sort -n | uniq -c >theirs
"$seam" show --json nagle-nodelay.pcapng | python3 -c '
import json, sys, collections
d = json.loads(sys.stdin.readline())
c = collections.Counter(s["to"] - s["from"] for f in d["flows"] for x in f["directions"] for s in x["segments"])
for k in sorted(c): print("%7d %d" % (c[k], k))' >ours
cmp -s theirs ours || fail "tshark sees $(cat theirs), seam $(cat ours)"
# Calls are rows.
rows=$(tshark -n -r nagle-nodelay.pcapng -Y 'systemd_journal' -T fields -e frame.number 2>/dev/null | wc -l)
[ "$rows" -ge 40 ] || fail "only $rows rows of calls in tshark"
finish
