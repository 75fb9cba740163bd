#!/bin/sh
# seam show --at and --step: what is refused, what is printed, and what a person at a terminal is
# asked.
# usage: step.sh SEAM
set -u

seam=$1
golden=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/seam-step-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0
unset COLUMNS
nagle=$golden/nagle.pcapng
udp=$golden/udp.pcapng

fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}

# says CODE WORDS ARGUMENTS…: seam show exits so, and standard error holds WORDS.
says() {
	code=$1 words=$2
	shift 2
	"$seam" show "$@" >out 2>err </dev/null
	got=$?
	[ "$got" = "$code" ] || fail "show $*: exit $got, not $code: $(cat err)"
	if [ -z "$words" ]; then
		[ -s err ] && fail "show $*: said $(cat err)"
	else
		grep -qF -- "$words" err || fail "show $*: '$words' is not in: $(cat err)"
	fi
}

# holds WORDS: the last output does.
holds() {
	grep -qF -- "$1" out || fail "'$1' is not in: $(cat out)"
}

says 2 "a time has a unit" --at 14 "$nagle"
says 2 "choose one" --at 14ms --step "$nagle"
says 2 "without --json" --at 14ms --json "$nagle"
says 2 "without --json" --step --summary "$nagle"
says 2 "needs a recording" --step

# ---- a moment
says 0 "" --at 1.2ms "$nagle"
holds "── nagle: at 1.200 ms ──"
holds "         last 1.000 ms · client: write C, 10 B"
holds "         next 1.500 ms · client: write D, 10 B"
holds "client → server  40 B, 10 B unacknowledged"
holds "      waiting                BBBBBBBBBBBBBBBCCCCCCCCCCCCCCC                  20 B  BC"
holds "         read AAAAAAAAAAAAAAA                                                10 B  A"
holds "  not written                                              DDDDDDDDDDDDDDD   10 B  D"
says 0 "" --at 0 "$nagle"
holds "waiting AAAAAAAAAAAAAAA "
says 0 "" --at=-3ms "$nagle"
holds "at -3.000 ms"
holds "not written AAA"
says 0 "" --at 1min "$nagle" "$udp"
holds "40 B  A–D"
holds "lost                                             BBBB"
[ "$(grep -c '^── ' out)" = 2 ] || fail "not a heading a recording: $(cat out)"
"$seam" show --ascii --width 60 --at 2505us "$nagle" >out
LC_ALL=C grep -q '[^ -~]' out && fail "--ascii is not: $(cat out)"
[ "$(awk '{ if (length > most) most = length } END { print most }' out)" -le 60 ] ||
	fail "wider than --width: $(cat out)"

# ---- every step
says 0 "" --step "$nagle" "$udp"
steps=$(grep -c '^── ' out)
holds "step 1 of $steps ──"
holds "step $steps of $steps ──"
holds "── 0.005 ms · nagle · client: segment 1 leaves, 10 B ──"
holds "── 0.220 ms · udp · server: read of C ──"
grep '^── ' out | sed 's/── \(-*[0-9.]*\) .*/\1/' >moments
sort -nc moments || fail "steps are out of order"
# A reader that goes away is no error, and nothing more is made.
{ "$seam" show --step "$nagle" 2>err; echo $? >code; } | true
[ "$(cat code)" = 0 ] || fail "--step to a closed pipe: exit $(cat code)"
[ -s err ] && fail "--step to a closed pipe: $(cat err)"

# ---- a person at a terminal
if command -v script >/dev/null; then
	printf '\nn\np\n1.2ms\n\np\np\nwhat\n0\np\n-1s\np\n1min\nn\nq\n' |
		script -qec "$seam show --step --no-color $nagle" /dev/null >typed
	tr -d '\r' <typed | sed 's/^Enter: next.* > //' >out
	grep -n '^── \|^there is\|^that was\|^what' out | sed 's/^[0-9]*://; s/ ──*\(.*\)$/\1/' >seen
	for words in "step 1 of 16" "step 2 of 16" "step 3 of 16" "── nagle: at 1.200 ms" "step 9 of 16" \
		"step 8 of 16" "there is no event before" "that was the last event" "what: "; do
		grep -qF -- "$words" out || fail "'$words' is not in what was asked: $(cat seen)"
	done
	# Ctrl-D ends it as q does.
	printf '\004' | script -qec "$seam show --step --no-color $nagle; echo left \$?" /dev/null >typed
	grep -q "left 0" typed || fail "Ctrl-D: $(cat typed)"
fi

[ "$failures" = 0 ] || echo "$failures failed"
[ "$failures" = 0 ]
