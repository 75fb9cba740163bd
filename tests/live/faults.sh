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
