#!/bin/sh
# What goes wrong around a run is one sentence with a remedy, the right exit code, and no half-written recording.
. "$(dirname "$0")/lib.sh"

cat >hello.yaml <<'EOF'
server: {port: 9000, script: [recv: 1024]}
client: {script: [send: "hello"]}
EOF

expect_exit 0 "$seam" run hello.yaml --quiet
[ -s hello.pcapng ] || fail "no recording"
[ -s out ] && fail "--quiet printed something"

# A recording that is there is not overwritten.
before=$(cksum <hello.pcapng)
expect_exit 2 "$seam" run hello.yaml --quiet
expect_text err "--force"
[ "$(cksum <hello.pcapng)" = "$before" ] || fail "the recording was touched"
expect_exit 0 "$seam" run hello.yaml --quiet --force

# A folder that is not there, and one that cannot be written to.
expect_exit 3 "$seam" run hello.yaml --out nowhere
expect_text err "no such folder"
if [ "$(id -u)" != 0 ]; then
	mkdir closed && chmod 500 closed
	expect_exit 3 "$seam" run hello.yaml --out closed
	expect_text err "closed"
fi

# A full disk: a file system of 16 KiB, in a mount namespace of our own.
cat >large.yaml <<'EOF'
server: {port: 9000, script: [{recv: 65536, until: eof}]}
client: {script: [{send: 10000 B, times: 100}]}
EOF
mkdir tiny
unshare -Urm sh -c 'mount -t tmpfs -o size=16k none tiny && "$1" run large.yaml --out tiny >out 2>err; echo $? >code; ls tiny >left' sh "$seam"
[ "$(cat code)" = 3 ] || fail "exit $(cat code) on a full disk: $(cat err)"
expect_text err "No space left"
grep -q '^large\.pcapng$' left && fail "a half-written recording has its final name"

# ---- over a wire, in the middle of a run ----
skip_without tshark nsenter ip
cat >wire.yaml <<'EOF'
link: {delay: 1ms}
server: {port: 9000, script: [{recv: 65536, until: eof}]}
client: {script: [{send: 5000 B, times: 4000, every: 1ms}]}
EOF

# is_whole RECORDING: seam and tshark read it, and bytes were carried.
is_whole() {
	"$seam" show "$1" >shown 2>&1 || fail "seam does not show $1: $(cat shown)"
	tshark -r "$1" -Y 'tcp.len > 0' >packets 2>tshark_err || fail "tshark does not read $1: $(cat tshark_err)"
	[ -s packets ] || fail "no packet is left in $1"
	grep -q 'cut short' tshark_err && fail "$1 ends within a block"
}

# A disk that fills up: what was recorded until then is whole.
unshare -Urm sh -c 'mount -t tmpfs -o size=1m none tiny && "$1" run wire.yaml --out tiny -q >out 2>err; echo $? >code; cp tiny/* .' sh "$seam"
[ "$(cat code)" = 3 ] || fail "exit $(cat code) on a disk that filled up: $(cat err)"
expect_text err "No space left"
expect_text err "tiny/wire.incomplete.pcapng"
is_whole wire.incomplete.pcapng

# broken COMMAND…: a run whose child meets the command, its pid behind, once packets are recorded.
broken() {
	rm -f wire.incomplete.pcapng
	"$seam" run wire.yaml -q >out 2>err &
	run=$!
	for _ in $(seq 100); do
		[ "$(stat -c %s wire.partial 2>/dev/null || echo 0)" -gt 20000 ] && break
		sleep 0.05
	done
	"$@" "$(pgrep -P "$run")" || fail "cannot break a run: $*"
	wait "$run"
	got=$?
	[ "$got" = 3 ] || fail "exit $got instead of 3 after $*: $(cat err)"
	expect_text err "wire.incomplete.pcapng"
	[ -e wire.pcapng ] && fail "a broken run has a recording of the final name"
	is_whole wire.incomplete.pcapng
}
vanishes() { nsenter -t "$2" -U -n --preserve-credentials ip link del "$1"; }
goes_down() { nsenter -t "$2" -U -n --preserve-credentials ip link set "$1" down; }

# A port of the middle is taken away, or goes down; the process is killed.
broken vanishes mA
expect_text err "the link broke down in the middle of the run"
broken goes_down mB
expect_text err "the link broke down in the middle of the run"
broken kill -9
expect_text err "was killed by signal 9"

# The time limit shows what never returned; a signal that nobody sends is such a call.
cat >never.yaml <<'EOF'
server: {port: 9000, script: [recv: 1024, wait: godot]}
client: {script: [send: "hello"]}
time_limit: 300ms
expect: {pending: [server.wait]}
EOF
expect_exit 0 "$seam" check never.yaml
expect_exit 0 "$seam" run never.yaml
expect_text out "pending"
expect_exit 1 "$seam" check hello.yaml --set 'expect.pending=[server.recv]'

# A sysctl that the kernel has not got, and one of a bad value.
expect_exit 3 "$seam" run hello.yaml --force --set sysctl.no_such_thing=1
expect_text err "no_such_thing"
expect_exit 3 "$seam" run hello.yaml --force --set sysctl.tcp_timestamps=many
expect_text err "tcp_timestamps"

# The port of two servers.
cat >port.yaml <<'EOF'
server: {port: 9000, script: [recv: 1024]}
endpoints:
  other: {port: 9000, script: [recv: 1024]}
client: {script: [send: "hello"]}
time_limit: 300ms
EOF
expect_exit 0 "$seam" run port.yaml
expect_text out "EADDRINUSE"
finish
