#!/bin/sh
# A wire of its own: its delay, its exact drops, its silence, and nothing left behind.
. "$(dirname "$0")/lib.sh"
probe=$SEAM_BUILD_DIR/tests/wire_probe

# value NAME: what the probe printed after it, in whole units.
value() {
	sed -n "s/^$1 \([0-9]*\).*/\1/p" out
}

# at_least NAME LEAST, at_most NAME MOST
at_least() {
	got=$(value "$1")
	[ "${got:-0}" -ge "$2" ] || fail "$1 is ${got:-missing}, not at least $2"
}
at_most() {
	got=$(value "$1")
	[ "${got:-999999999}" -le "$2" ] || fail "$1 is ${got:-missing}, not at most $2"
}

links_before=$(ls /sys/class/net)

# A busy machine is late by some ms; early it may never be.
expect_exit 0 "$probe" echo 10 40
at_least round_trip_least_us 20000
at_most one_way_error_median_us 5000
expect_text out "missed 0"
descriptors=$(value next_fd)
at_most next_fd 8

expect_exit 0 "$probe" drops
expect_text out "up 1 2 4 5 6 8 9 10"
expect_text out "down 1 3 4 5 6 7 8 9 10"
expect_text out "event up listed loss 3"
expect_text out "event up listed loss 7"
expect_text out "event down listed loss 2"
[ "$(grep -c '^event' out)" = 3 ] || fail "other events than the three drops"
[ "$(value next_fd)" = "$descriptors" ] || fail "a descriptor is left open"

expect_exit 0 "$probe" tcp 16
expect_text out "bytes 16777216"

expect_exit 0 "$probe" quiet
expect_text out "frames 0"

expect_exit 0 "$probe" break
expect_text out "ended 1"
expect_text out "said the link broke down"

[ "$(ls /sys/class/net)" = "$links_before" ] || fail "a device is left on the host"
for exe in /proc/[0-9]*/exe; do
	[ "$(readlink "$exe" 2>/dev/null)" = "$(readlink -f "$probe")" ] && fail "$exe still runs"
done
finish
