#!/bin/sh
# A machine that forbids namespaces and capture gets exit 3 and the remedy.
. "$(dirname "$0")/lib.sh"
skip_without unshare setpriv

cat >hello.yaml <<'EOF'
server: {port: 9000, script: [recv: 1024]}
client: {script: [send: "hello"]}
EOF
# In a user namespace that may make no other, and without any capability.
poor() {
	unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces
		exec setpriv --inh-caps=-all --bounding-set=-all --no-new-privs "$@"' sh "$@"
}
expect_exit 3 poor "$seam" doctor
expect_text out "unshare(CLONE_NEWUSER)"
expect_text out "max_user_namespaces"
expect_text out "docker run"
expect_exit 3 poor "$seam" run hello.yaml
expect_text err "max_user_namespaces"
expect_text err "seam doctor"
[ "$(ls)" = "$(printf 'err\nhello.yaml\nout')" ] || fail "files were left: $(ls)"

# Namespaces forbidden, but root of a network namespace: the second tier.
expect_exit 0 unshare -Urn sh -c 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"' sh "$seam" run hello.yaml --json
expect_text out '"tier": "network namespace"'

# Only the right to capture: the host's lo, where nothing is configured and what needs that is refused by name.
host() {
	unshare -Urn sh -c 'ip link set lo up; echo 0 >/proc/sys/user/max_user_namespaces
		exec setpriv --inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw --bounding-set=-all,+net_raw "$@"' sh "$@"
}
if command -v ip >/dev/null 2>&1; then
	expect_exit 0 host "$seam" run hello.yaml --json --force
	expect_text out '"tier": "host loopback"'
	expect_exit 3 host "$seam" run hello.yaml --force --set link.mtu=1500
	expect_text err "link.mtu"
	expect_exit 3 host "$seam" run hello.yaml --force --set sysctl.tcp_timestamps=0
	expect_text err "sysctl"
	# Somebody else's server is not to be talked to.
	unshare -Urn sh -c 'ip link set lo up; echo 0 >/proc/sys/user/max_user_namespaces
		python3 -c "import socket, time; s = socket.socket(); s.bind((\"127.0.0.1\", 9000)); s.listen(); open(\"bound\", \"w\"); time.sleep(20)" &
		while [ ! -e bound ]; do sleep 0.05; done
		setpriv --inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw --bounding-set=-all,+net_raw "$@"
		code=$?; kill $!; exit $code' sh "$seam" run hello.yaml --force >out 2>err
	[ $? = 3 ] || fail "a port in use on the host: $(cat out err)"
	expect_text err "port 9000"
fi
finish
