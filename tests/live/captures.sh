#!/bin/sh
# A capture of others, in every form that the tools at hand write: tshark counts the same packets.
. "$(dirname "$0")/lib.sh"
skip_without tshark editcap tcpdump python3

tcpdump -r "$SEAM_SOURCE_DIR/tests/golden/nagle.pcapng" --time-stamp-precision=nano -w nano.pcap 2>/dev/null || fail "tcpdump"
for form in pcap pcapng nsecpcap modpcap nokiapcap rh6_1pcap suse6_3pcap; do
	editcap -F $form nano.pcap $form 2>/dev/null || continue
	# What has the magic of another form opens only in Wireshark, which guesses.
	tcpdump -n -r $form >/dev/null 2>&1 || continue
	theirs=$(tshark -n -r $form -Y 'tcp.len > 0' -T fields -e frame.number -e tcp.len 2>/dev/null)
	ours=$("$seam" show --json --flow 0 $form | python3 -c '
import json, sys
d = json.loads(sys.stdin.readline())
for f in d["flows"]:
    for x in f["directions"]:
        for s in x["segments"]: print("%d\t%d" % (s.get("frame", s["packet"] + 1), s["to"] - s["from"]))')
	[ "$(echo "$theirs" | cut -f2)" = "$(echo "$ours" | cut -f2)" ] || fail "$form: tshark sees $theirs, seam $ours"
done
finish
