#!/bin/sh
# The directions of DESIGN.md's folders: who may include whom, and which folder may call which library.
set -u
cd "$(dirname "$0")/.."
failed=0

# refuse FOLDER PATTERN WHY: no file of FOLDER may have an #include that matches PATTERN.
refuse() {
	[ -d "$1" ] || { echo "includes: there is no folder $1" >&2; failed=1; return; }
	found=$(grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($2)" --include='*.c' --include='*.h' "$1")
	[ -z "$found" ] && return
	printf '%s\nincludes: %s\n' "$found" "$3" >&2
	failed=1
}

refuse capture '(sim|viz|cli)/' 'capture/ knows the record and nothing above it'
refuse sim '(viz|cli)/' 'sim/ makes traffic and draws nothing'
refuse viz '(sim|cli)/' 'viz/ shows traces and makes none'
for folder in capture sim viz; do
	refuse $folder 'cli/' 'cli/ is included by nobody'
done
for folder in sim viz cli; do
	refuse $folder 'pcap' 'libpcap is called only in capture/'
done
for folder in capture viz cli; do
	refuse $folder 'libfyaml' 'libfyaml is called only in sim/'
done
for folder in capture sim cli; do
	refuse $folder '(SDL|stb)' 'SDL and stb are called only in viz/'
done
for folder in capture sim viz; do
	refuse $folder 'seccomp' 'libseccomp is called only in cli/'
done

# Only cli/ prints and exits (mem.c: out of memory; the child of a run: _exit).
prints=$(grep -rnE '\b(printf|puts|putchar|perror|exit)\(' --include='*.c' capture sim viz |
	grep -vE 'snprintf|capture/mem.c|_exit\(')
if [ -n "$prints" ]; then
	printf '%s\nincludes: only cli/ prints and exits\n' "$prints" >&2
	failed=1
fi
exit $failed
