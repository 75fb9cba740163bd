#!/bin/sh
# The man page formats without a warning and knows every command and option that --help shows.
# usage: man.sh SEAM
set -eu

seam=$1
page=$(dirname "$0")/../../cli/seam.1
failures=0

fail() {
	echo "FAIL: $*"
	failures=1
}

if command -v groff >/dev/null; then
	warnings=$(groff -mdoc -Tutf8 -ww -z "$page" 2>&1)
	[ -z "$warnings" ] || fail "$warnings"
else
	echo "man: groff is not installed; the page is not formatted"
fi

commands=$("$seam" --help | sed -n 's/^  \([a-z][a-z]*\)  *.*/\1/p')
[ -n "$commands" ] || fail "--help lists no commands"
for command in $commands; do
	section=$(awk -v name="$command" '/^\.S[sh] / { inside = $1 == ".Ss" && $3 == name } inside' "$page")
	[ -n "$section" ] || fail "$command has no section"
	for option in $("$seam" "$command" --help | sed -n 's/^  .*--\([a-z-]*\).*/\1/p'); do
		[ "$option" = help ] && continue
		case $section in
		*"Fl -$option"*) ;;
		*) fail "$command --$option is not in its section" ;;
		esac
	done
done
exit "$failures"
