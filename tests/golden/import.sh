#!/bin/sh
# A log of strace and a capture of lo, as they were recorded, joined and shown: import/talk.txt.
# usage: import.sh SEAM
set -u
seam=$1
golden=$(cd "$(dirname "$0")" && pwd)/import
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset COLUMNS
"$seam" import --strace "$golden/talk.strace" --pcap "$golden/talk.pcap" -o talk.pcapng >said || exit 1
{ head -n 1 said && "$seam" show talk.pcapng --width 120; } >out || exit 1
[ "${SEAM_UPDATE:-}" = 1 ] && cp out "$golden/talk.txt"
diff -u "$golden/talk.txt" out
