#!/bin/sh
# Captures of others: the list of flows, the longest waits and a guessed flow, as text and as JSON;
# how they are refused.
# usage: captures.sh SEAM
set -u

seam=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/seam-captures-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0
unset NO_COLOR COLUMNS

fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}

# A handshake, two small writes of which the second waits 40 ms for the ACK of the first, a datagram
# and its answer, an ARP packet: microseconds, big endian.
python3 - <<'PYTHON' || exit 77
import struct
def tcp(back, seq, ack, flags, payload=b"", ident=0, window=1000):
    a, b = (bytes([10, 0, 0, 2]), bytes([10, 0, 0, 1])) if back else (bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2]))
    p, q = (80, 45000) if back else (45000, 80)
    body = struct.pack(">HHIIBBHHH", p, q, seq, ack, 0x50, flags, window, 0, 0) + payload
    return b"\2" * 12 + b"\x08\0" + struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), ident, 0x4000, 64, 6, 0) + a + b + body
def udp(back, payload):
    a, b = (bytes([10, 0, 0, 53]), bytes([10, 0, 0, 1])) if back else (bytes([10, 0, 0, 1]), bytes([10, 0, 0, 53]))
    p, q = (53, 5353) if back else (5353, 53)
    body = struct.pack(">HHHH", p, q, 8 + len(payload), 0) + payload
    return b"\2" * 12 + b"\x08\0" + struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 7, 0, 64, 17, 0) + a + b + body
packets = [
    (0, tcp(False, 99, 0, 2)), (50, tcp(True, 499, 100, 0x12)), (100, tcp(False, 100, 500, 0x10)),
    (200, tcp(False, 100, 500, 0x18, b"a" * 10, 1)), (40200, tcp(True, 500, 110, 0x10)),
    (40230, tcp(False, 110, 500, 0x18, b"b" * 20, 2)), (40300, tcp(True, 500, 130, 0x10)),
    (50000, udp(False, b"who?")), (52500, udp(True, b"me, of course")),
    (60000, b"\xff" * 12 + b"\x08\x06" + b"\0" * 28),
]
with open("small.pcap", "wb") as out:
    out.write(struct.pack(">IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
    for at, packet in packets:
        out.write(struct.pack(">IIII", 1700000000, at, len(packet), len(packet)) + packet)
PYTHON

{
	"$seam" show small.pcap
	echo "--- worst"
	"$seam" show small.pcap --worst 3
	echo "--- flow"
	"$seam" show small.pcap --flow 0 --width 100
	echo "--- filter"
	"$seam" show small.pcap --filter udp --summary
} >out 2>err
[ -s err ] && fail "it said $(cat err)"
if [ -n "${SEAM_GOLDEN_UPDATE:-}" ]; then
	cp out "$here/captures.txt"
fi
cmp -s out "$here/captures.txt" || fail "not as in captures.txt: $(diff out "$here/captures.txt")"

# However it is packed, it is the same.
gzip -k small.pcap
for form in small.pcap.gz; do
	"$seam" show $form 2>&1 | sed "1s/$form/small.pcap/" >packed
	"$seam" show small.pcap >plain 2>&1
	cmp -s packed plain || fail "$form: $(diff packed plain)"
done
"$seam" show - <small.pcap 2>&1 | sed '1s/standard input/small.pcap/' | cmp -s - plain || fail "from standard input"

refused() {
	words=$1
	shift
	"$@" >out 2>err </dev/null
	code=$?
	[ $code = 2 ] || fail "$*: exit $code"
	grep -qF -- "$words" err || fail "$*: '$words' is not in $(cat err)"
}
refused "--flow 7: small.pcap has 2 flows" "$seam" show small.pcap --flow 7
refused "choose it with --flow N" "$seam" export small.pcap -o x.png
refused '--filter "tpc": ' "$seam" show small.pcap --filter tpc
refused "is for captures of others" "$seam" show "$here/nagle.pcapng" --flow 0
refused "is no capture" "$seam" show "$here/captures.sh"

python=/usr/bin/python3
if "$python" -c 'import jsonschema' 2>/dev/null; then
	{
		"$seam" show small.pcap --json
		"$seam" show small.pcap --json --worst 5
	} | "$python" -c '
import json, sys, jsonschema
validator = jsonschema.Draft7Validator(json.load(open(sys.argv[1], encoding="utf-8")))
for line in sys.stdin:
    problems = [e.message for e in validator.iter_errors(json.loads(line))]
    assert not problems, problems' "$here/../../viz/capture.schema.json" || fail "capture.schema.json"
	"$seam" show small.pcap --json --flow 0 | "$python" -c '
import json, sys, jsonschema
validator = jsonschema.Draft7Validator(json.load(open(sys.argv[1], encoding="utf-8")))
document = json.loads(sys.stdin.read())
problems = [e.message for e in validator.iter_errors(document)]
assert not problems, problems
assert all(c["guessed"] for c in document["calls"])' "$here/../../viz/recording.schema.json" || fail "recording.schema.json"
fi
[ $failures = 0 ]
