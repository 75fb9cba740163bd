#!/bin/sh
# check says yes where it holds, no where it does not, and where in the file.
. "$(dirname "$0")/lib.sh"

cat >two.yaml <<'EOF'
server:
  port: 9000
  script:
    - {recv: 1024, at: 20ms}
client:
  sockopt: {TCP_NODELAY: 1}
  script:
    - {send: 10 B, times: 2}
expect: {segments: [10 B, 10 B], reads: [20 B]}
EOF
expect_exit 0 "$seam" check two.yaml
expect_text out "2 passed, 0 failed"

expect_exit 1 "$seam" check two.yaml --set 'expect.segments=[20 B]'
expect_text out "FAILED"
expect_text out "see --set"
expect_text out "but it was [2× 10 B]"
expect_text out "1 passed, 1 failed"

expect_exit 2 "$seam" check two.yaml --variant udp
expect_text err "no variants"
expect_exit 2 "$seam" check nosuch.yaml
expect_exit 0 "$seam" check two.yaml --json
python3 -c 'import json,sys
rows=[json.loads(l) for l in open("out")]
assert [r["verdict"] for r in rows] == ["passed", "passed"], rows' || fail "the JSON of check"
# A scenario without a word on errors does not pass in silence when a call fails, or never returns.
cat >silent.yaml <<'EOF'
server: {port: 9000, script: [recv: 10]}
client:
  script:
    - setsockopt: {TCP_CONGESTION: nosuch}
EOF
expect_exit 1 "$seam" check silent.yaml --timeout 300ms
expect_text out "client.setsockopt"
expect_text out "ENOENT"
expect_text out "silent.yaml:4:1"
expect_exit 0 "$seam" check silent.yaml --set 'expect.errors={client.setsockopt: ENOENT}'
cat >silent.yaml <<'EOF'
server: {port: 9000, script: [recv: 10]}
client: {script: [{send: "hello", fails: EPIPE}]}
EOF
expect_exit 1 "$seam" check silent.yaml
expect_text out "must fail with EPIPE"
expect_text out "but it was a success"
cat >waiting.yaml <<'EOF'
server: {port: 9000, script: [sleep: 10s]}
client: {script: [send: "hello", recv: 10]}
time_limit: 300ms
EOF
expect_exit 1 "$seam" check waiting.yaml
expect_text out "client.recv"
expect_text out "still waiting at the time limit of 300 ms"
expect_exit 0 "$seam" check waiting.yaml --set 'expect.pending=[client.recv]'
# A share of all runs is counted; one run does not show it.
expect_exit 0 "$seam" check two.yaml --set 'expect.repeatable=90%'
expect_text out "repeatable         ≥ 90%: "
expect_text out "{2× 10 B}"
expect_exit 0 "$seam" check two.yaml --set 'expect.repeatable=100%' --repeat 1
expect_text out "one run does not show"
expect_exit 0 "$seam" run two.yaml --set 'expect.repeatable=90%' --repeat 10
expect_text out "as expected, in at least 90%"
rm two-*.pcapng
expect_exit 2 "$seam" check two.yaml --set 'expect.repeatable=120%'
rm silent.yaml waiting.yaml

# The end of a connection of messages is an end; a server accepts again on its listener.
cat >ends.yaml <<'EOF'
transport: unix-seqpacket
server: {port: 9000, script: [{recv: 3, until: eof}]}
client: {script: [{send: 4 B, times: 5}, close]}
expect: {reads: 5× 3 B, errors: none, pending: []}
EOF
expect_exit 0 "$seam" check ends.yaml --set 'expect.truncated=5'
cat >again.yaml <<'EOF'
server: {port: 9000, script: [accept, {recv: 10}, accept, {recv: 10}]}
client: {script: [send: "one"]}
endpoints: {other: {script: [{send: "two", at: 20ms}]}}
expect: {server.reads: [3 B, 3 B], errors: none}
EOF
expect_exit 0 "$seam" check again.yaml

# A script that makes calls without end is ended by its time limit all the same.
cat >spin.yaml <<'EOF'
transport: udp
time_limit: 200ms
server: {port: 9000, script: [{recv: 3, flags: MSG_DONTWAIT, fails: EAGAIN, times: 9000000}]}
client: {script: [sleep: 10ms]}
EOF
expect_exit 0 timeout 60 "$seam" check spin.yaml
rm ends.yaml again.yaml spin.yaml

# Two files of one name do not meet, and what a killed check left is cleared away by the next.
mkdir other && cp two.yaml other/
expect_exit 0 "$seam" check two.yaml other/two.yaml two.yaml
expect_text out "3 scenarios"
expect_exit 2 "$seam" check two.yaml other/two.yaml --out other
rm -r other
mkdir tmp && TMPDIR=$work/tmp && export TMPDIR
cat >long.yaml <<'EOF'
server: {port: 9000, script: [recv: 10]}
client: {script: [sleep: 5s]}
EOF
"$seam" check long.yaml >out 2>err &
sleep 0.5
kill -KILL $!
wait $! 2>/dev/null
[ "$(ls tmp | wc -l)" = 1 ] || fail "the check had no folder"
expect_exit 0 "$seam" check two.yaml
[ -z "$(ls tmp)" ] || fail "left in TMPDIR: $(ls tmp)"
unset TMPDIR
rm -r tmp long.yaml

# Nothing is left behind but what was there.
[ "$(ls)" = "$(printf 'err\nout\ntwo.yaml')" ] || fail "check left files: $(ls)"
# What expects nothing passes, and says that it does.
cat >mute.yaml <<'YAML'
server: {port: 9000, script: [{recv: 1024, until: 10 B}]}
client: {script: [{send: 10 B}]}
YAML
expect_exit 0 "$seam" check mute.yaml
expect_text err "mute.yaml expects nothing"
expect_exit 0 "$seam" run mute.yaml --set 'expect.reads=[11 B]' --quiet --results results
grep -q '^failed	reads: .*11 B.* expected, but it was ' results || fail "results: $(cat results)"

finish
