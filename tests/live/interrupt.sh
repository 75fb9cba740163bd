#!/bin/sh
# However a run ends, nothing is left behind but a recording that opens.
. "$(dirname "$0")/lib.sh"

cat >long.yaml <<'EOF'
server: {port: 9000, script: [{recv: 1024, until: eof}]}
client: {script: [{send: 10 B, times: 1000, every: 20ms}]}
EOF

# Waits until no process of the run is left; 5 s.
gone() {
	for _ in $(seq 100); do
		pgrep -f 'run long.yaml' >/dev/null || return 0
		sleep 0.05
	done
	return 1
}

# Ctrl-C: what was recorded until then is kept under a name that says so.
"$seam" run long.yaml >out 2>err &
pid=$!
sleep 0.7
kill -INT $pid
wait $pid
code=$?
# A shell starts background jobs with SIGINT ignored; then SIGTERM must do the same.
[ $code -gt 128 ] || fail "exit $code after an interrupt"
expect_text err "interrupted"
[ -s long.incomplete.pcapng ] || fail "nothing was kept: $(ls)"
[ -e long.pcapng ] && fail "an interrupted run has the name of a finished one"
[ -e long.partial ] && fail "the partial file was left"
expect_exit 0 "$seam" show long.incomplete.pcapng
expect_text out "writes"
gone || fail "a process is left after an interrupt"

rm -f long.incomplete.pcapng

# timeout(1) signals the process and then its group: one interrupt, not two.
mkdir twice
timeout -s INT 1 "$seam" run long.yaml --repeat 9 --out twice -q >out 2>err
ls twice | grep -q partial && fail "two signals at once left $(ls twice)"
gone || fail "a process is left after two signals at once"

# SIGKILL of the parent takes the child with it; NAME.partial opens.
"$seam" run long.yaml >out 2>err &
pid=$!
sleep 0.7
kill -KILL $pid
wait $pid 2>/dev/null
gone || fail "a process is left after SIGKILL"
[ -s long.partial ] || fail "no partial recording: $(ls)"
expect_exit 0 "$seam" show long.partial
expect_text out "writes"
finish
