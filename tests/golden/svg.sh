#!/bin/sh
# Every recording as SVG: well-formed, the same twice, every text of a known width, every reference
# defined, and what a reader looks for in it as text.
# usage: svg.sh SEAM
set -u

seam=$1
golden=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/seam-svg-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}

if ! "$seam" export "$golden/nagle.pcapng" -o font.png 2>err; then
	grep -q font err && echo "svg: no font is installed" && exit 77
fi

for recording in "$golden"/*.pcapng; do
	name=$(basename "$recording" .pcapng)
	for look in "" --light "--scale 3 --width 900"; do
		# shellcheck disable=SC2086
		"$seam" export "$recording" -o one.svg --force $look 2>err ||
			fail "$name $look: $(cat err)"
		# shellcheck disable=SC2086
		"$seam" export "$recording" -o - --format svg $look >two.svg 2>/dev/null
		cmp -s one.svg two.svg || fail "$name $look: two files differ"
		if command -v xmllint >/dev/null; then
			xmllint --noout --nonet one.svg || fail "$name $look: not well-formed"
		fi
		[ "$(grep -c '<text ' one.svg)" = "$(grep -c '<text .* textLength="[0-9.]*" .*</text>$' one.svg)" ] ||
			fail "$name $look: a text without its width, or over lines"
		[ "$(grep -c '^<g ' one.svg)" = "$(grep -c '^</g>' one.svg)" ] || fail "$name $look: groups"
		for id in $(sed -n 's/.*url(#\([a-z0-9]*\)).*/\1/p' one.svg | sort -u); do
			[ "$(grep -c "id=\"$id\"" one.svg)" = 1 ] || fail "$name $look: $id is not defined once"
		done
		LC_ALL=C grep -q '[[:cntrl:]]' one.svg && fail "$name $look: a control byte"
	done
done

"$seam" export "$golden/nagle.pcapng" -o nagle.svg --width 1280
for words in '<title>Four small writes</title>' 'width="1280"' '>nagle</text>' '>ack of A</text>' \
	'>30 B wait 2.0 ms</text>' 'fill="#14171c"' 'fill="#db640e"' 'fill="url(#h0)"' \
	'clip-path="url(#c0)"'; do
	grep -qF -- "$words" nagle.svg || fail "'$words' is not in nagle.svg"
done
"$seam" export "$golden/nagle.pcapng" -o nagle-light.svg --light
grep -qF 'height="100%" fill="#ffffff"' nagle-light.svg || fail "--light is not"

[ "$failures" = 0 ] || echo "$failures failed"
[ "$failures" = 0 ]
