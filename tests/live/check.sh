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
# Nothing is left behind but what was there.
[ "$(ls)" = "$(printf 'err\nout\ntwo.yaml')" ] || fail "check left files: $(ls)"
finish
