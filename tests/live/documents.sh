#!/bin/sh
# Every scenario that the documents show runs and holds.
. "$(dirname "$0")/lib.sh"
skip_without python3

python3 - "$SEAM_SOURCE_DIR/README.md" "$SEAM_SOURCE_DIR/scenarios/FORMAT.md" <<'EOF'
import os, re, sys
count = 0
for path in sys.argv[1:]:
    for block in re.findall(r"^```yaml\n(.*?)^```", open(path).read(), re.S | re.M):
        count += 1
        open("%s-%d.yaml" % (os.path.basename(path)[:-3].lower(), count), "w").write(block)
sys.exit(0 if count >= 2 else 1)
EOF
[ $? = 0 ] || fail "the documents show too few scenarios"
for file in *.yaml; do
	expect_exit 0 "$seam" check "$file"
	[ "$failures" = 0 ] || cat out
done
finish
