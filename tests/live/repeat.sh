#!/bin/sh
# --repeat counts outcomes, keeps one recording of each different one, and runs leave nothing behind.
. "$(dirname "$0")/lib.sh"

cat >two.yaml <<'EOF'
server: {port: 9000, script: [{recv: 1024, at: 10ms}]}
client: {sockopt: {TCP_NODELAY: 1}, script: [{send: 10 B, times: 2}]}
EOF
expect_exit 0 "$seam" run two.yaml --repeat 50
expect_text out "50 runs, 1 different list of segments, 1 of reads"
expect_text out "50/50  {2× 10 B}"
expect_text out "50/50  {20 B}"
[ "$(ls ./*.pcapng)" = ./two-1.pcapng ] || fail "kept: $(ls)"
[ "$(ls)" = "$(printf 'err\nout\ntwo-1.pcapng\ntwo.yaml')" ] || fail "left: $(ls)"
# The last child only has its capture to close.
sleep 0.3
pgrep -f 'run two.yaml' && fail "a process is left"
finish
