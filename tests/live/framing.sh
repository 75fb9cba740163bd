#!/bin/sh
# Every framing carries every message whole, in one write or in several, over streams and datagrams; what
# a reader does wrong, and what a header says wrongly, is found where it is.
. "$(dirname "$0")/lib.sh"

{
	cat <<'YAML'
framing: {kind: length}
server:
  port: 9000
  script:
    - {recv_message: 100, until: eof, except: [udp, unix_dgram]}
    - {recv_message: 9000, times: 6, only: [udp, unix_dgram]}
client:
  script:
    - {send_message: 10 B, times: 3}
    - {send_message: 5000 B}
    - {send_message: "a\nb\\c\r\n"}
    - {send_message: ""}
expect: {server.messages: {whole: 6, merged: 0, split: 0, garbled: 0, sent: 6}, errors: none}
variants:
  udp: {transport: udp, framing.writes: joined}
  unix_dgram: {transport: unix-dgram, framing.writes: joined, framing.kind: none}
  unix_stream: {transport: unix-stream, framing: {bytes: 8, order: big, counts: all}}
  escaped: {framing: {kind: delimiter, delimiter: "\r\n", escape: "\\"}}
  digits: {framing: {kind: length-text, ready: 0}}
  fixed: {framing: {kind: fixed, size: 5000 B}}
YAML
	for kind in length varint json dns http-length http-chunked tls; do
		for writes in separate joined writev; do
			echo "  $(echo $kind | tr - _)_$writes: {framing: {kind: $kind, writes: $writes}}"
		done
	done
} >framing.yaml
expect_exit 0 "$seam" check framing.yaml
expect_text out "27 variants"

cat >wrong.yaml <<'YAML'
framing: {kind: length}
server:
  port: 9000
  script:
    - {recv_message: 1000, until: eof}
client:
  script:
    - {send_message: 10 B}
    - {send_message: 10 B, claims: 20 B}
expect: {errors: none, server.messages: {whole: 1, garbled: 1}}
variants:
  short: {}
  absurd: {framing.limit: 15 B}
  no_header: {client.framing.kind: none, expect: {server.messages: {whole: 0}}, client.script: [{send_message: "GET /"}]}
  plain:
    framing.kind: none
    link: {delay: 10ms}
    client.script: [{send_message: 10 B, times: 20, every: 500us}]
    server.script: [{recv_message: 1000, until: eof}]
    expect: {server.messages: {whole: 1, garbled: 0, merged: 1, sent: 20}}
YAML
expect_exit 0 "$seam" check wrong.yaml
expect_exit 0 "$seam" run wrong.yaml
expect_text out "2 messages sent, 2 decoded: 1 whole, 1 garbled"
expect_text out "server, byte 28: the stream ends after 10 B of a body of 20 B"
expect_text out "server, byte 14: the header says 20 B, more than 15 B"
expect_text out "server, byte 0: the header says 542393671 B, more than 64 MiB"
expect_text out "20 messages sent, 2 decoded: 1 whole, 1 merged (of 19)"

# A recording keeps its messages when it is written again.
expect_exit 0 "$seam" export wrong-plain.pcapng -o again.json
grep -q '"verdict": "merged"' again.json || fail "the JSON says nothing of messages"

# What cannot be framed is refused with its range before anything runs.
cat >range.yaml <<'YAML'
framing: {kind: length}
server: {port: 9000, script: [{recv_message: 1024}]}
client: {script: [{send_message: 10 B, claims: 1111111111111}]}
YAML
expect_exit 2 "$seam" run range.yaml
expect_text err "range.yaml:3:48: a length of 1111111111111 is out of range: a signed header of 4 bytes holds -2147483648..2147483647"
[ ! -e range.pcapng ] || fail "something ran"
finish
