#!/bin/sh
# After 200 runs over a wire nothing is left of them: no namespace, device, process, thread or descriptor.
. "$(dirname "$0")/lib.sh"
runs=200

cat >short.yaml <<'EOF'
link: {delay: 100us}
server: {port: 9000, script: [{recv: 100, until: 10 B}]}
client: {script: [{send: 10 B}]}
EOF

# Threads of all processes that have inherited this mark from here, ours alone.
export SEAM_LEFTOVERS="$$.$(date +%N)"
threads() {
	for environ in /proc/[0-9]*/environ; do
		[ "$(readlink "${environ%environ}exe" 2>/dev/null)" = "$real" ] || continue
		tr '\0' '\n' <"$environ" 2>/dev/null | grep -qx "SEAM_LEFTOVERS=$SEAM_LEFTOVERS" &&
			ls "${environ%environ}task"
	done 2>/dev/null | wc -l
}
real=$(readlink -f "$seam")
links_before=$(ls /sys/class/net)

# Each run makes three network namespaces. Twenty runs' may be there at a time, since the kernel takes them down behind
# the run; were one of each run left, the sixtieth would be refused.
cat >limited.sh <<'EOF'
echo 60 >/proc/sys/user/max_net_namespaces || exit 77
exec "$@"
EOF
unshare -Ur sh limited.sh "$seam" run short.yaml --repeat $runs -q >out 2>err &
run=$!

# The process that repeats, looked at from outside while it does.
while kill -0 $run 2>/dev/null; do
	descriptors=$(ls /proc/$run/fd 2>/dev/null | wc -l)
	[ "$descriptors" -gt 0 ] && echo "$descriptors $(ls /proc/$run/task 2>/dev/null | wc -l)" >>samples
	sleep 0.1
done
wait $run || fail "$runs runs end with $?: $(cat err)"

most() { cut -d ' ' -f "$1" | sort -n | tail -n 1; }
least() { cut -d ' ' -f "$1" | sort -n | head -n 1; }
[ "$(wc -l <samples)" -ge 20 ] || fail "$runs runs left time for $(wc -l <samples) looks only"
# How many runs overlap when it is looked at differs; one descriptor left of each would be over a hundred.
third=$(($(wc -l <samples) / 3))
early=$(head -n $third samples | least 1)
late=$(tail -n $third samples | least 1)
[ "$late" -le $((early + runs / 10)) ] || fail "descriptors grew from $early to $late"
[ "$(most 2 <samples)" = 1 ] || fail "the repeating process has had $(most 2 <samples) threads"
echo "descriptors: at least $early at first, $late at last, at most $(most 1 <samples)"

# A child still closes its capture for 30 ms.
for _ in $(seq 50); do
	[ "$(threads)" = 0 ] && break
	sleep 0.1
done
[ "$(threads)" = 0 ] || fail "$(threads) threads of seam are left"
[ "$(ls /sys/class/net)" = "$links_before" ] || fail "a device is left on the host: $(ls /sys/class/net)"
finish
