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

# A run whose sends were late, because its process was stopped in the middle, is played once more.
cat >steady.yaml <<'EOF'
server: {port: 9000, script: [{recv: 1024, until: eof}]}
client: {sockopt: {TCP_NODELAY: 1}, script: [{send: 10 B, times: 6, every: 100ms}]}
EOF
# hinder PID TRIES: stops that many children of it, one after the other, for 150 ms each,
# so that one of the sends, 100 ms apart, is late.
hinder() {
	last=
	for _ in $(seq "$2"); do
		child=
		for _ in $(seq 300); do
			child=$(pgrep -P "$1" | tail -n 1)
			[ -n "$child" ] && [ "$child" != "$last" ] && break
			child=
			sleep 0.01
		done
		[ -n "$child" ] || {
			fail "there was no try to hinder"
			return
		}
		last=$child
		sleep 0.3
		kill -STOP "$child"
		sleep 0.15
		kill -CONT "$child"
	done
}
# A busy machine may be late in the second try too, of its own accord: then all of it once more.
for _ in 1 2 3 4 5; do
	"$seam" run steady.yaml --force >out 2>err &
	pid=$!
	hinder $pid 1
	wait $pid || fail "exit $? of a run that was tried twice"
	[ -s err ] && fail "said while it ran: $(cat err)"
	grep -q "do not trust" out || break
done
expect_text out "this is the second try; in the first the machine was busy"
[ "$(echo steady*)" = "steady.pcapng steady.yaml" ] || fail "kept: $(ls)"

"$seam" run steady.yaml --force >out 2>err &
pid=$!
hinder $pid 2
wait $pid || fail "exit $? of a run that was late twice"
expect_text out "but:        steady: the machine was busy"
expect_text out "do not trust the times. That was the second try"
expect_text out "do not trust the times"

# What was late twice is counted apart. The second run is prepared before the first one is judged, so
# both are hindered, and then the first of the second tries.
for _ in 1 2 3 4 5; do
	"$seam" run steady.yaml --force --repeat 2 --json >out 2>err &
	pid=$!
	hinder $pid 3
	wait $pid || fail "exit $? of repeated runs"
	grep -qF '"not_believed": 2' out || break
done
expect_text out '"runs": 1, "not_believed": 1, "played_twice": 2'
rm steady*.pcapng

# An interrupt shows what was counted until then, and keeps nothing unfinished of it.
"$seam" run steady.yaml --repeat 50 >out 2>err &
pid=$!
sleep 2.5
kill -TERM $pid
wait $pid && fail "exit 0 of what was interrupted"
expect_text out "steady: "
expect_text out " of reads"
expect_text err "interrupted"
sleep 0.3
ls ./*.partial ./*.incomplete.pcapng 2>/dev/null && fail "an unfinished one of many was kept"
finish
