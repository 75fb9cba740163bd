#!/bin/sh
# A write that waits for room makes the next one late, which says nothing of the machine.
. "$(dirname "$0")/lib.sh"

cat >block.yaml <<'YAML'
server: {port: 9000, script: [{recv: 65536, at: 100ms, until: eof}]}
client: {sockopt: {SO_SNDBUF: 8192}, script: [{send: 64 KiB, times: 4, every: 1ms}]}
YAML
expect_exit 0 "$seam" run block.yaml --json
python3 - <<'PY' || fail "a write that waited for room counts against the machine: $(cat out)"
import json
run = json.load(open("out"))
calls = [c for c in run["calls"] if c["name"] == "send"]
longest = max(c["end_ns"] - c["begin_ns"] for c in calls)
assert longest > 50_000_000, longest            # one of them waited
late = run["checks"]["late_sends_max_ns"]
assert late < 50_000_000, late                  # and those behind it were due when it had returned
PY
