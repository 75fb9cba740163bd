#!/bin/sh
# Every scenario that ships does what it says.
. "$(dirname "$0")/lib.sh"
SEAM_SCENARIOS=$SEAM_SOURCE_DIR/scenarios
export SEAM_SCENARIOS

expect_exit 0 "$seam" check
[ "$failures" = 0 ] || cat out
cp out shipped
expect_exit 0 "$seam" check "$SEAM_SOURCE_DIR"/tests/unit/scenarios/*.yaml
[ "$failures" = 0 ] || cat out

# Each file was played, and each variant had something to say.
for file in "$SEAM_SCENARIOS"/*.yaml; do
	expect_text shipped "$(basename "$file" .yaml)"
done
finish
