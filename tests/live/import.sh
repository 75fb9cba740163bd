#!/bin/sh
# An unmodified client and server under strace, with tcpdump on lo, become a recording in which every
# byte is accounted for. usage: import.sh SEAM
set -u
# An ordinary user captures in a network of its own. Not as root there: tcpdump would change its user.
if [ "$(id -u)" != 0 ] && [ -z "${IMPORT_APART:-}" ]; then
	IMPORT_APART=1 exec unshare -n --map-current-user --keep-caps "$0" "$@"
fi
[ -z "${IMPORT_APART:-}" ] || ip link set lo up || exit 1
seam=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

skip() {
	echo "$*"
	[ "${SEAM_MUST_WORK:-}" = 1 ] && exit 1
	exit 77
}
for tool in strace tcpdump python3 ip; do
	command -v $tool >/dev/null 2>&1 || skip "$tool is not installed"
done
strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"

cat >talk.py <<'EOF'
import os, socket, time
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(5)
port = listener.getsockname()[1]
if os.fork() == 0:
    listener.close()
    client = socket.create_connection(("127.0.0.1", port))
    for turn in range(5):
        client.send(b"x" * 10)
        time.sleep(0.003)
    client.shutdown(socket.SHUT_WR)
    while client.recv(100):
        pass
    os._exit(0)
server, _ = listener.accept()
while server.recv(1024):
    server.send(b"ok")
server.close()
os.wait()
EOF
tcpdump --immediate-mode -i lo -U -w talk.pcap tcp 2>dump &
dump=$!
waited=0
until grep -q "listening on" dump; do
	kill -0 $dump 2>/dev/null || skip "tcpdump may not capture here: $(cat dump)"
	waited=$((waited + 1))
	[ $waited -lt 100 ] || skip "tcpdump does not begin"
	sleep 0.1
done
strace -f -ttt -T -yy -s 256 -o talk.strace \
	-e trace=%network,%process,read,readv,write,writev,close,dup,dup2,dup3,fcntl "$(python3 -c 'import sys; print(sys.executable)')" talk.py
sleep 0.5
kill $dump
wait $dump

"$seam" import --strace talk.strace --pcap talk.pcap -o talk.pcapng >said || exit 1
cat said
grep -q "^joined .* calls of 2 processes with .* packets on 1 connection; the log's clock agrees" said || exit 1
"$seam" import --strace talk.strace --pcap talk.pcap -o talk.pcapng 2>/dev/null && exit 1
"$seam" show talk.pcapng --json >json || exit 1
python3 - <<'EOF'
import json
run = json.load(open("json"))
forth, back = run["flows"][0]["directions"]
assert run["engine"] == "import", run["engine"]
assert [w["to"] - w["from"] for w in forth["writes"]] == [10] * 5, forth["writes"]
assert forth["state"]["read"] == 50, forth["state"]
assert back["state"]["read"] == back["bytes"] >= 2, back["state"]
for way in (forth, back):
    for segment in way["segments"]:
        for piece in segment["writes"]:
            assert way["writes"][piece["write"]]["begin_ns"] <= segment["sent_ns"] + 1000
    for read in way["reads"]:
        last = [s for s in way["segments"] if s["from"] < read["to"] <= s["to"]][0]
        assert last["sent_ns"] <= read["end_ns"] + 1000, (last, read)
EOF
