#!/bin/sh
# Saved recordings exported for Wireshark: stock tools read them without a warning, and what tshark
# shows is what seam's own JSON says, with the profile and the script and without.
# usage: wireshark.sh SEAM
set -u

seam=$1
golden=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/seam-wireshark-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

for tool in tshark editcap mergecap capinfos tcpdump python3; do
	command -v "$tool" >/dev/null 2>&1 && continue
	echo "$tool is not installed"
	[ "${SEAM_MUST_WORK:-}" = 1 ] && exit 1
	exit 77
done

fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}

packets() {
	capinfos -M -c "$1" 2>/dev/null | sed -n 's/^Number of packets: *//p'
}

cp -R "$golden/../../viz/wireshark" profile
for recording in nagle udp unix pending counters hostile; do
	source=$golden/$recording.pcapng
	"$seam" export "$source" -o $recording.pcapng || fail "export $recording"
	"$seam" export "$source" -o $recording.pcap || fail "export $recording.pcap"
	"$seam" export "$source" -o - --format pcapng | cmp -s - $recording.pcapng || fail "$recording: - is another export"
	python3 "$golden/wireshark_check.py" "$seam" "$work/profile" "$source" $recording.pcapng client ||
		fail "$recording differs"
	# The same packets for every tool; rows of calls are no packets to those that know none.
	count=$(packets "$source")
	[ "$(packets $recording.pcapng)" = "$count" ] || fail "$recording: capinfos counts $(packets $recording.pcapng), not $count"
	[ "$(packets $recording.pcap)" = "$count" ] || fail "$recording.pcap: capinfos counts other than $count"
	[ "$(tcpdump -n -r $recording.pcapng 2>/dev/null | wc -l)" -ge "$count" ] || fail "$recording: tcpdump sees less"
	[ "$(tcpdump -n -r $recording.pcap 2>/dev/null | wc -l)" -ge "$count" ] || fail "$recording.pcap: tcpdump sees less"
	editcap $recording.pcapng edited.pcapng 2>err || fail "editcap $recording: $(cat err)"
	[ "$(packets edited.pcapng)" = "$count" ] || fail "$recording: editcap loses packets"
	mergecap -w merged.pcapng $recording.pcapng $recording.pcap 2>err || fail "mergecap $recording: $(cat err)"
	[ "$(packets merged.pcapng)" = $((2 * count)) ] || fail "$recording: mergecap loses packets"
	rm -f edited.pcapng merged.pcapng
done
# Comments survive editcap.
editcap nagle.pcapng edited.pcapng
for file in nagle edited; do
	tshark -n -r $file.pcapng -T fields -e frame.comment 2>/dev/null | grep . >$file.comments
done
[ -s nagle.comments ] || fail "no comments"
cmp -s nagle.comments edited.comments || fail "editcap changes comments"

# Without payload: letters and dots alone, checksums that hold, the same lengths and comments.
for recording in nagle udp counters; do
	"$seam" export "$golden/$recording.pcapng" --no-payload -o bare.pcapng --force || fail "--no-payload $recording"
	tshark -n -r bare.pcapng -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE -o ip.check_checksum:TRUE \
		-Y 'tcp.checksum.status == 0 or udp.checksum.status == 0 or ip.checksum.status == 0' 2>/dev/null | grep . &&
		fail "$recording: checksums are wrong without payload"
	tshark -n -r bare.pcapng -T fields -e tcp.payload -e udp.payload 2>/dev/null | tr -d '\t\n' |
		sed -E 's/(4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a]|2e)//g' | grep . && fail "$recording: payload is left"
	for file in $recording bare; do
		tshark -n -r $file.pcapng -Y eth -T fields -e frame.number -e frame.time_epoch -e frame.len -e frame.comment \
			>$file.fields 2>/dev/null
	done
	cmp -s $recording.fields bare.fields || fail "$recording: other packets without payload"
done

# What is refused.
refused() {
	words=$1
	shift
	"$@" >out 2>err && fail "$* is not refused"
	grep -qF -- "$words" err || fail "$*: '$words' is not in: $(cat err)"
}
cp nagle.pcapng same.pcapng
refused "choose another output" "$seam" export same.pcapng -o same.pcapng --force
refused "already there" "$seam" export same.pcapng -o nagle.pcapng
refused "client, server or both" "$seam" export same.pcapng -o x.pcapng --tap middle
refused "for .pcapng and .pcap only" "$seam" export same.pcapng -o x.json --no-payload
refused "holds one recording" "$seam" export same.pcapng nagle.pcapng -o x.pcapng
[ -e x.pcapng ] && fail "what is refused leaves a file"

# seam wireshark: with a program of that name that shows what it was started with.
mkdir bin
cat >bin/wireshark <<'END'
#!/bin/sh
echo "$@" >"$STARTED"
echo "$WIRESHARK_CONFIG_DIR" >>"$STARTED"
ls "$WIRESHARK_CONFIG_DIR" >>"$STARTED"
tshark "$@" -T fields -e frame.coloring_rule.name -e seam.pieces --color >>"$STARTED" 2>/dev/null
END
chmod +x bin/wireshark
STARTED=$work/started PATH=$work/bin:$PATH "$seam" wireshark "$golden/nagle.pcapng" >out 2>err || fail "seam wireshark: $(cat err)"
grep -q 'lua_script:.*seam.lua' started || fail "without its script: $(cat started)"
grep -q '^colorfilters$' started || fail "without its profile: $(cat started)"
grep -q '#1\[0\.\.' started || fail "without its fields: $(cat started)"
folder=$(sed -n 2p started)
[ -n "$folder" ] && [ ! -e "$folder" ] || fail "$folder is left behind"
(PATH=$work/none "$seam" wireshark "$golden/nagle.pcapng" >out 2>err)
[ $? = 3 ] || fail "without Wireshark: not exit 3"
grep -q 'seam export' err || fail "without Wireshark it does not say what to do: $(cat err)"
"$seam" wireshark --print "$golden/nagle.pcapng" >line || fail "--print"
PATH=$work/bin:$PATH STARTED=$work/started sh line 2>err || fail "the line that is printed: $(cat err)"
grep -q '#1\[0\.\.' started || fail "the line that is printed shows nothing"
rm -rf "$(sed -n 2p started)"

[ "$failures" = 0 ]
