#!/bin/sh
# Recordings made now, exported for Wireshark and compared with what seam itself says of them.
. "$(dirname "$0")/lib.sh"
skip_without tshark python3

cp -R "$SEAM_SOURCE_DIR/viz/wireshark" profile
check=$SEAM_SOURCE_DIR/tests/golden/wireshark_check.py
"$seam" run "$SEAM_SOURCE_DIR/scenarios/nagle.yaml" --variant nagle --variant udp --quiet || fail "nagle"
"$seam" run "$SEAM_SOURCE_DIR/scenarios/nagle-loopback.yaml" --variant nagle --quiet || fail "nagle-loopback"
"$seam" run "$SEAM_SOURCE_DIR/scenarios/lost-segment.yaml" --variant lost --variant udp --quiet || fail "lost-segment"
for recording in nagle-nagle nagle-udp nagle-loopback-nagle lost-segment-lost lost-segment-udp; do
	for tap in client server both; do
		expect_exit 0 "$seam" export $recording.pcapng --tap $tap -o $recording-$tap.pcapng
		python3 "$check" "$seam" "$work/profile" $recording.pcapng $recording-$tap.pcapng $tap || fail "$recording, $tap"
	done
done
# Names of hosts, the tap's description, the scenario.
tshark -r nagle-nagle-client.pcapng -N n -T fields -e ip.src_host 2>/dev/null | grep -q '^client' || fail "no names"
expect_exit 0 capinfos -k -I nagle-nagle-client.pcapng
expect_text out "the client's end of the wire"
expect_text out "Small writes stick together"

# What was sent is not in what is attached to a report; what is said about it is.
cat >secret.yaml <<'END'
title: A secret
link: {delay: 2ms, mtu: 1500}
server: {port: 9000, script: [{recv: 4096, until: 3052 B}]}
client:
  script:
    - {send: "hunter2-password"}
    - {send: "correct horse battery staple", note: "a note that stays"}
    - {send: "hunter2-password", size: 3008 B}
variants: {tcp: {}, udp: {transport: udp}}
END
"$seam" run secret.yaml --quiet || fail "secret"
for variant in tcp udp; do
	for form in pcapng pcap; do
		expect_exit 0 "$seam" export secret-$variant.pcapng --tap both --no-payload -o bare-$variant.$form
		grep -aqE 'hunter2|horse' bare-$variant.$form && fail "$variant: the secret is in the .$form"
	done
	grep -aq 'a note that stays' bare-$variant.pcapng || fail "$variant: the note is gone"
	"$seam" show --json secret-$variant.pcapng >with
	"$seam" show --json bare-$variant.pcapng >without
	cmp -s with without || fail "$variant: another ledger without payload"
done
finish
