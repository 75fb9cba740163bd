#!/bin/sh
# The command line: what is refused, with which exit code and sentence, and that what is refused
# leaves nothing behind.
# usage: cli.sh SEAM
set -u

seam=$1
golden=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/seam-cli-XXXXXX")
trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0
unset NO_COLOR COLUMNS SEAM_SCENARIOS

fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}

# expect CODE WORDS COMMAND…: it exits so, and standard error holds WORDS ("" = is empty).
expect() {
	code=$1 words=$2
	shift 2
	"$@" >out 2>err </dev/null
	got=$?
	[ "$got" = "$code" ] || fail "$*: exit $got, not $code: $(cat err)"
	if [ -z "$words" ]; then
		[ -s err ] && fail "$*: said $(cat err)"
	else
		grep -qF -- "$words" err || fail "$*: '$words' is not in: $(cat err)"
		[ "$(grep -vc '^seam: ' err)" = 0 ] || fail "$*: a line without 'seam: ': $(cat err)"
	fi
}

# holds WORDS: standard output of the last command does.
holds() {
	grep -qF -- "$1" out || fail "'$1' is not in: $(cat out)"
}

cp "$golden"/nagle.pcapng "$golden"/udp.pcapng .

# ---- times, sizes, what is cut, and names that nearly are one
expect 2 'from 320x200 to 16384x16384' "$seam" view nagle.pcapng --size 10x10
expect 2 'from 320x200 to 16384x16384' "$seam" view nagle.pcapng --size 0x0
expect 2 'from 320x200 to 16384x16384' "$seam" view nagle.pcapng --size 100000x100000
expect 2 'such as 1280x720' "$seam" view nagle.pcapng --size 12
expect 0 'no display' env -u DISPLAY -u WAYLAND_DISPLAY -u SDL_VIDEODRIVER "$seam" view nagle.pcapng --at 0
expect 2 '--at 14' "$seam" view nagle.pcapng --at 14
head -c 700 nagle.pcapng >begun.pcapng
expect 0 'did not come to its end' "$seam" show begun.pcapng --summary
holds 'no connection and no byte was recorded'
printf 'client: {script: []}\n' >late.yaml
expect 2 'did you mean the file late.yaml?' "$seam" check late
rm begun.pcapng late.yaml

# ---- without a command, help, version
expect 0 "" "$seam"
holds "seam run nagle"
holds "seam list"
expect 0 "" "$seam" --help
holds "  show "
expect 0 "" "$seam" --version
[ "$(wc -l <out)" = 1 ] || fail "--version says more than a line"
for command in show export list; do
	expect 0 "" "$seam" $command --help
	holds "seam $command [OPTION…]"
	expect 0 "" "$seam" $command -h
done

# ---- wrong usage is 2, with the way out
expect 2 "did you mean show?" "$seam" shwo
expect 2 "seam --help lists them" "$seam" frobnicate
expect 2 "no option -q before the command" "$seam" -q
expect 2 "needs a recording" "$seam" show
expect 2 "did you mean --json?" "$seam" show --jsn nagle.pcapng
expect 2 "has no option --frobnicate" "$seam" show --frobnicate nagle.pcapng
expect 2 "has no option -x" "$seam" show -x nagle.pcapng
expect 2 "has no option -x" "$seam" show nagle.pcapng -xyz
expect 2 "--json takes no value" "$seam" show --json=1 nagle.pcapng
expect 2 "--width needs a value" "$seam" show nagle.pcapng --width
expect 2 "a number from 60 to" "$seam" show --width wide nagle.pcapng
expect 2 "a number from 60 to" "$seam" show --width -5 nagle.pcapng
expect 2 "a number from 60 to" "$seam" show --width 99999999999999999999 nagle.pcapng
expect 2 "a number from 60 to" "$seam" show "--width= 80" nagle.pcapng
expect 2 "beginning of more than one option" "$seam" show --a nagle.pcapng
expect 2 "choose one" "$seam" show --json --summary nagle.pcapng
expect 2 "list takes no operand" "$seam" list nagle

# ---- operands: a dash, two dashes, standard input
cp nagle.pcapng ./--json
cp nagle.pcapng ./-
expect 0 "" "$seam" show --summary -- --json
holds "4 writes"
expect 2 "needs a recording" "$seam" show --json
expect 0 "" sh -c '"$1" show --summary - <nagle.pcapng' sh "$seam"
holds "4 writes"
expect 2 "only once" sh -c '"$1" show - - <nagle.pcapng' sh "$seam"
expect 0 "" "$seam" show nagle.pcapng --summary udp.pcapng --sum
[ "$(wc -l <out)" = 2 ] || fail "--summary is a line a flow: $(cat out)"
rm ./-

# ---- bad input is 2, in one sentence
expect 2 "No such file" "$seam" show not-there.pcapng
expect 2 "seam: " "$seam" show .
printf 'title: a scenario\n' >scenario.yaml
expect 2 "scenario.yaml" "$seam" show scenario.yaml
: >empty.pcapng
expect 2 "empty.pcapng" "$seam" show empty.pcapng
expect 2 "seam: " "$seam" show nagle.pcapng empty.pcapng
head -c 5000 nagle.pcapng >cut.pcapng
expect 0 "cut.pcapng" "$seam" show cut.pcapng
holds "writes"
expect 0 "cut.pcapng" "$seam" show --json cut.pcapng
holds '"complete": false'
name=$(printf 'x\033[31m.pcapng')
expect 2 'x\x1b[31m.pcapng' "$seam" show "$name"

# ---- colour and width
"$seam" show nagle.pcapng >plain
grep -q "$(printf '\033')" plain && fail "colour in a pipe"
if command -v script >/dev/null; then
	TERM=xterm script -qec "$seam show nagle.pcapng" /dev/null >colour </dev/null
	grep -q "$(printf '\033')" colour || fail "no colour on a terminal"
	TERM=xterm NO_COLOR=1 script -qec "$seam show nagle.pcapng" /dev/null >colour </dev/null
	grep -q "$(printf '\033')" colour && fail "colour in spite of NO_COLOR"
	TERM=xterm script -qec "$seam show --no-color nagle.pcapng" /dev/null >colour </dev/null
	grep -q "$(printf '\033')" colour && fail "colour in spite of --no-color"
	TERM=dumb script -qec "$seam show nagle.pcapng" /dev/null >colour </dev/null
	grep -q "$(printf '\033')" colour && fail "colour on a dumb terminal"
fi
COLUMNS=70 "$seam" show --ascii nagle.pcapng >narrow
LC_ALL=C grep -q '[^ -~]' narrow && fail "--ascii is not"
[ "$(awk '{ if (length > most) most = length } END { print most }' narrow)" -le 70 ] ||
	fail "wider than COLUMNS"
COLUMNS=nonsense "$seam" show nagle.pcapng | cmp -s - plain || fail "COLUMNS=nonsense matters"

# ---- export: every form, by name and by --format
for form in png svg json csv txt; do
	expect 0 "" "$seam" export nagle.pcapng udp.pcapng -o "all.$form"
	[ -s out ] && fail "export to a file prints"
	expect 0 "" "$seam" export nagle.pcapng udp.pcapng -o - --format $form
	cmp -s out "all.$form" || fail "-o - --format $form differs from -o all.$form"
done
[ "$(head -c 4 all.png | od -An -tx1 | tr -d ' ')" = 89504e47 ] || fail "all.png is no PNG"
head -2 all.svg | grep -q '^<svg xmlns="http://www.w3.org/2000/svg"' || fail "all.svg is no SVG"
[ "$(wc -l <all.json)" = 2 ] || fail "all.json is not a line a recording"
[ "$(wc -l <all.csv)" = 18 ] || fail "all.csv has $(wc -l <all.csv) rows"
cmp -s all.txt /dev/null && fail "all.txt is empty"
expect 0 "" "$seam" export nagle.pcapng -o UPPER.JSON
expect 0 "" "$seam" export nagle.pcapng -o pretty.json --pretty
[ "$(wc -l <pretty.json)" -gt 20 ] || fail "--pretty is not"
expect 0 "" "$seam" export nagle.pcapng -o double.png --scale 2 --light
expect 0 "" "$seam" export nagle.pcapng -o odd.name --format json
expect 2 "has no ending" "$seam" export nagle.pcapng -o noending
expect 2 "has no ending" "$seam" export nagle.pcapng -o dir.png/noending
expect 2 "no form is called .gif" "$seam" export nagle.pcapng -o x.gif
expect 2 "--format gif" "$seam" export nagle.pcapng -o x.png --format gif
expect 2 "needs --format" "$seam" export nagle.pcapng -o -
expect 2 "needs an output" "$seam" export nagle.pcapng
expect 2 "needs a recording" "$seam" export -o x.png
expect 2 "a number from 1 to 8" "$seam" export nagle.pcapng -o x.png --scale 9

# ---- an output is never one of the inputs, by whatever name, with --force or not
sum=$(cksum <nagle.pcapng)
ln -s nagle.pcapng link.json
ln nagle.pcapng hard.json
for name in nagle.pcapng ./nagle.pcapng "$work/nagle.pcapng" link.json hard.json; do
	expect 2 "is one of the recordings" "$seam" export udp.pcapng nagle.pcapng -o "$name" \
		--format json --force
done
expect 2 "is one of the recordings" sh -c '"$1" export nagle.pcapng -o - --format csv >>nagle.pcapng' \
	sh "$seam"
expect 2 "is one of the recordings" sh -c '"$1" show nagle.pcapng >>nagle.pcapng' sh "$seam"
expect 2 "is one of the recordings" sh -c '"$1" export - -o nagle.pcapng --format csv --force <nagle.pcapng' \
	sh "$seam"
[ "$(cksum <nagle.pcapng)" = "$sum" ] || fail "the recording was changed"
rm link.json hard.json

# ---- overwriting needs --force, and links are followed
echo mine >kept.json
expect 2 "--force overwrites it" "$seam" export nagle.pcapng -o kept.json
[ "$(cat kept.json)" = mine ] || fail "kept.json was overwritten"
ln -s kept.json to-kept.json
expect 0 "" "$seam" export nagle.pcapng -o to-kept.json --force
[ -L to-kept.json ] || fail "the link was replaced"
cmp -s kept.json UPPER.JSON || fail "--force did not overwrite"
mkdir folder.json
expect 2 "is a folder" "$seam" export nagle.pcapng -o folder.json --force
expect 0 "" "$seam" export nagle.pcapng -o /dev/null --format json
[ -c /dev/null ] || fail "/dev/null was replaced"

# ---- what the machine refuses is 3, and nothing is left behind
expect 3 "cannot write not/there.json" "$seam" export nagle.pcapng -o not/there.json
if [ -w /dev/full ]; then
	expect 3 "No space left" "$seam" export nagle.pcapng -o /dev/full --format json
	expect 3 "No space left" sh -c '"$1" show nagle.pcapng >/dev/full' sh "$seam"
	expect 3 "No space left" sh -c '"$1" --version >/dev/full' sh "$seam"
fi
mkdir locked
chmod a-w locked
if [ ! -w locked ]; then
	expect 3 "may not be written to" "$seam" export nagle.pcapng -o locked/x.json
fi
expect 3 "cannot write /proc/seam.json" "$seam" export nagle.pcapng -o /proc/seam.json
expect 3 "cannot write to standard output" sh -c '"$1" show nagle.pcapng >&-' sh "$seam"
expect 0 "" sh -c '"$1" export nagle.pcapng -o closed.json >&- <&-' sh "$seam"
cmp -s closed.json UPPER.JSON || fail "a closed descriptor changed the file"
[ -z "$(find . -name '.seam-*')" ] || fail "left behind: $(find . -name '.seam-*')"
ls -A locked | grep -q . && fail "left behind in locked"

# ---- a reader that goes away is no error
for arguments in --help --version "show nagle.pcapng" "export nagle.pcapng -o - --format json"; do
	# shellcheck disable=SC2086
	{ "$seam" $arguments 2>err; echo $? >code; } | true
	[ "$(cat code)" = 0 ] || fail "$arguments to a closed pipe: exit $(cat code)"
	[ -s err ] && fail "$arguments to a closed pipe: $(cat err)"
done

# ---- scenarios
mkdir -p course/1-first course/2-second
printf 'title: First\nabout: One.\nclient: {script: [{send: "x"}]}\nserver: {port: 9000, script: [{recv: 1024}]}\nvariants: {a: {}, b: {}}\n' \
	>course/1-first/one.yaml
sed 's/First/Second/' course/1-first/one.yaml >course/2-second/two.yaml
SEAM_SCENARIOS=$work/course
export SEAM_SCENARIOS
expect 0 "" "$seam" list
holds "1-first"
holds "  one  First"
holds "       a  b"
holds "  two  Second"
expect 0 "" "$seam" list --json
holds '"name": "one"'
holds '"variants": ["a", "b"]'
[ "$(wc -l <out)" = 2 ] || fail "list --json is not an object a line"
echo 'title: [' >course/bad.yaml
expect 2 "bad.yaml:" "$seam" list
holds "  one  First"
SEAM_SCENARIOS=$work/nowhere
expect 2 "SEAM_SCENARIOS" "$seam" list

[ "$failures" = 0 ] || echo "$failures failed"
[ "$failures" = 0 ]
