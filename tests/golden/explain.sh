#!/bin/sh
# The sentences of explain on the saved recordings and on a small capture, as text and as JSON.
# usage: explain.sh SEAM
set -u

seam=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/seam-explain-XXXXXX")
trap 'rm -rf "$work"' EXIT
cp "$here"/*.pcapng "$work"
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
for name in nagle udp pending counters unix small; do
	[ $name = small ] && file=small.pcap || file=$name.pcapng
	echo "--- $name"
	"$seam" explain $file --width 80 2>/dev/null
done >out
{
	echo "--- worst"
	"$seam" explain nagle.pcapng --worst 1 --width 60
	"$seam" explain small.pcap --worst 1 --ascii
	echo "--- flow"
	"$seam" explain small.pcap --flow 0
	echo "--- filter"
	"$seam" explain small.pcap --filter udp
} >>out 2>err
[ -s err ] && fail "it said $(cat err)"
if [ -n "${SEAM_GOLDEN_UPDATE:-}" ]; then
	cp out "$here/explain.txt"
fi
cmp -s out "$here/explain.txt" || fail "not as in explain.txt: $(diff out "$here/explain.txt")"
"$seam" explain nagle.pcapng unix.pcapng --ascii --width 60 | awk 'length > 60 { exit 1 }' ||
	fail "wider than asked for"

# A file made to hurt is told without a control byte.
"$seam" explain hostile.pcapng >hostile 2>&1
LC_ALL=C grep -q '[[:cntrl:]]' hostile && fail "a control byte: $(cat -v hostile)"

refused() {
	words=$1
	shift
	"$@" >out 2>err </dev/null
	code=$?
	[ $code = 2 ] || fail "$*: exit $code"
	grep -qF -- "$words" err || fail "$*: '$words' is not in $(cat err)"
}
refused "explain needs a recording" "$seam" explain
refused "--flow 7: small.pcap has 2 flows" "$seam" explain small.pcap --flow 7
refused "is for captures of others" "$seam" explain nagle.pcapng --flow 0

python=/usr/bin/python3
if "$python" -c 'import jsonschema' 2>/dev/null; then
	"$seam" explain --json nagle.pcapng udp.pcapng pending.pcapng counters.pcapng unix.pcapng hostile.pcapng small.pcap \
		2>/dev/null >lines || fail "--json: exit $?"
	"$python" - "$here/../../viz/explain.schema.json" lines <<'PYTHON' || fail "explain.schema.json"
import json, sys, jsonschema
validator = jsonschema.Draft7Validator(json.load(open(sys.argv[1], encoding="utf-8")))
documents = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
assert len(documents) == 8, len(documents)
for document in documents:
    problems = [e.message for e in validator.iter_errors(document)]
    assert not problems, problems
hold = [i for i in documents[0]["items"] if i["kind"] == "hold"]
assert [(i["cause"], i["took_ns"], i["from"], i["to"]) for i in hold] == [("nagle", 2010000, 10, 40)], hold
PYTHON
fi
[ $failures = 0 ]
