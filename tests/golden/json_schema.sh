#!/bin/sh
# What export and show print of a recording is described by viz/recording.schema.json.
# usage: json_schema.sh SEAM
set -eu

seam=$1
here=$(dirname "$0")
schema=$here/../../viz/recording.schema.json
python=/usr/bin/python3

if ! "$python" -c 'import jsonschema' 2>/dev/null; then
	echo "json_schema: python3-jsonschema is not installed"
	[ "${SEAM_MUST_WORK:-}" = 1 ] && exit 1
	exit 77
fi

for recording in "$here"/*.pcapng; do
	"$seam" show --json "$recording" 2>/dev/null
	"$seam" export "$recording" -o - --format json 2>/dev/null
done | "$python" -c '
import json, sys
import jsonschema

def refuse(constant):
    raise ValueError(constant + " is not JSON")

schema = json.load(open(sys.argv[1], encoding="utf-8"))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
lines = sys.stdin.buffer.read().decode("utf-8").splitlines(True)
assert lines and not len(lines) % 2, lines
for line in lines:
    document = json.loads(line, parse_constant=refuse)
    problems = [e.message + " at " + "/".join(map(str, e.path)) for e in validator.iter_errors(document)]
    assert not problems, problems
# A field of another type, or one that the schema does not know, is noticed.
document = json.loads(lines[0])
for change in ({"format": 2}, {"t0": 0}, {"surprise": True}, {"flows": None}):
    assert list(validator.iter_errors({**document, **change})), change
print(len(lines), "objects are as the schema says")
' "$schema"
