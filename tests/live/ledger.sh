#!/bin/sh
# The account of what the kernel did where it is easily got wrong: late, pending, cut short, urgent.
. "$(dirname "$0")/lib.sh"

# expect_state NAME JSON…: what the account of client → server says after a run of NAME.yaml.
expect_state() {
	name=$1
	shift
	"$seam" run "$name.yaml" --quiet --force >out 2>err
	"$seam" show "$name.pcapng" --json >json
	for wanted in "$@"; do
		expect_text json "$wanted"
	done
}

# The server's script has ended, and so its socket is closed, when the second ten bytes come.
cat >late.yaml <<'EOF'
server: {port: 9000, script: [{recv: 10}]}
client: {sockopt: {TCP_NODELAY: 1}, script: [{send: 10 B, times: 2, every: 20ms}]}
EOF
expect_state late '"read": 10,' '"in_flight": 0,' '"closed": 10'
finish
