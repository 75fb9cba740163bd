#!/bin/sh
# A real window on an X server of its own: every act is followed by what the view says of itself
# and by a look at the screen.
. "$(dirname "$0")/lib.sh"
skip_without Xvfb xdotool python3
golden=$SEAM_SOURCE_DIR/tests/golden
drop=${SEAM_BUILD_DIR:-}/tests/drop_probe
# What SDL's libraries keep until the end is not ours.
printf 'leak:libX11\nleak:libdbus\nleak:libfontconfig\nleak:libSDL2\n' >suppressions
export LSAN_OPTIONS="suppressions=$work/suppressions:print_suppressions=0"

Xvfb -displayfd 3 -screen 0 2600x1500x24 -fbdir "$work" -nolisten tcp -noreset 3>display >/dev/null 2>xvfb_err &
xvfb=$!
trap 'kill $viewer $xvfb 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
viewer=
for _ in $(seq 100); do [ -s display ] && break; sleep 0.1; done
[ -s display ] || { echo "Xvfb does not start: $(cat xvfb_err)"; exit 1; }
DISPLAY=:$(cat display)
export DISPLAY
unset WAYLAND_DISPLAY GDK_SCALE SDL_VIDEODRIVER

# see.py until FILE CONDITION: d is the file's JSON, v the view in it; waits 10 s for it.
# see.py place FILE CONDITION: prints x and y of the first place p that fits.
# see.py look WIDTH HEIGHT [PNG]: of the screen's corner, how many colours and a checksum.
# see.py colour RRGGBB X Y W H: waits 3 s until a pixel there has that colour.
cat >see.py <<'PY'
import json, struct, sys, time, zlib

def load(path):
    d = json.load(open(path))
    return d, d["view"]

def until(path, condition):
    end = time.time() + 10
    while True:
        try:
            d, v = load(path)
            if eval(condition, {"d": d, "v": v, "kind": lambda k: [p for p in v["places"] if p["kind"] == k]}):
                return 0
        except (OSError, ValueError, KeyError):
            d = None
        if time.time() > end:
            print(json.dumps({k: x for k, x in d["view"].items() if k != "places"}) if d else "no JSON")
            return 1
        time.sleep(0.03)

def place(path, condition):
    d, v = load(path)
    for p in v["places"]:
        name = p.get("item", {}).get("address", "")
        if eval(condition, {"p": p, "v": v, "name": name}):
            print(p["x"], p["y"])
            return 0
    return 1

def look(width, height, png=None):
    raw = open("Xvfb_screen0", "rb").read()
    head = struct.unpack(">25I", raw[:100])
    start, line = head[0] + head[19] * 12, head[12]
    rows = [raw[start + y * line:start + y * line + width * 4] for y in range(height)]
    pixels = set()
    for row in rows:
        pixels.update(row[i:i + 3] for i in range(0, len(row), 4))
    if png:
        data = b"".join(b"\0" + bytes(c for i in range(0, len(r), 4) for c in (r[i + 2], r[i + 1], r[i])) for r in rows)
        chunk = lambda k, b: struct.pack(">I", len(b)) + k + b + struct.pack(">I", zlib.crc32(k + b))
        open(png, "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(data, 1)) + chunk(b"IEND", b""))
    print(len(pixels), zlib.crc32(b"".join(rows)))

def colour(wanted, *box):
    x, y, w, h = map(int, box)
    wanted = bytes.fromhex(wanted)[::-1]
    end = time.time() + 3
    while True:
        raw = open("Xvfb_screen0", "rb").read()
        head = struct.unpack(">25I", raw[:100])
        start, line = head[0] + head[19] * 12, head[12]
        found = set()
        for row in range(max(y, 0), y + h):
            at = start + row * line
            found.update(raw[i:i + 3] for i in range(at + max(x, 0) * 4, at + (x + w) * 4, 4))
        if wanted in found:
            return 0
        if time.time() > end:
            print(" ".join(sorted(c[::-1].hex() for c in found))[:200])
            return 1
        time.sleep(0.03)

command = sys.argv[1]
if command == "until": sys.exit(until(*sys.argv[2:]))
if command == "place": sys.exit(place(*sys.argv[2:]))
if command == "colour": sys.exit(colour(*sys.argv[2:]))
look(int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
PY

# open_view ARGUMENT…: starts it and waits for its first frame. It reads $input, a pipe that is
# written to as 4.
input=
open_view() {
	rm -f view.json
	"$seam" view --dump-view view.json "$@" <"${input:-/dev/null}" >out 2>err &
	viewer=$!
	[ -z "$input" ] || exec 4>"$input"
	until_view 'd["frame"] >= 1'
	[ -e view.json ] || exit 1
	window=$(xdotool search --onlyvisible --name 'Seam' | head -n 1)
	xdotool windowmove --sync "$window" 0 0 windowfocus --sync "$window" mousemove 1 1
	seen=
}

close_view() {
	xdotool key q
	wait "$viewer"
	got=$?
	viewer=
	[ $got = 0 ] || fail "the window ended with $got: $(cat err)"
}

until_view() {
	said=$(python3 see.py until view.json "$1") || fail "not seen: $1: $said $(cat err)"
	[ "$failures" -lt 8 ] || exit 1
}

# changes_screen WHAT: the picture is another one than the last time, and not blank.
seen=
changes_screen() {
	for _ in $(seq 40); do
		now=$(python3 see.py look "$width" "$height" ${SEAM_VIEW_SHOTS:+"$SEAM_VIEW_SHOTS/$1.png"})
		[ "${now#* }" != "$seen" ] && break
		sleep 0.05
	done
	[ "${now#* }" != "$seen" ] || fail "$1: the screen has not changed"
	[ "${now% *}" -ge 40 ] || fail "$1: the screen is blank: ${now% *} colours"
	seen=${now#* }
}

# at CONDITION: where on the screen that is.
at() {
	python3 see.py place view.json "$1" || { echo "no place: $1" >>misplaced; echo 1 1; }
}

# shows WHAT COLOUR X Y W H: that part of the screen has a pixel of that colour.
shows() {
	what=$1
	shift
	said=$(python3 see.py colour "$@") || fail "$what: no $1 at $2,$3 $4x$5, only $said"
}

# shows_item WHAT COLOUR CONDITION: so has the place on the screen that the view says is that.
shows_item() {
	# shellcheck disable=SC2046
	set -- "$1" "$2" $(at "$3")
	shows "$1" "$2" $(($3 - 5)) $(($4 - 5)) 11 11
}

# Colours of the two themes (viz/theme.c) and of the first two writes (viz/names.c).
dark=14171c light=ffffff heading=262d37 yellow=ffd166 write_a=db640e write_b=328c78

cp "$golden/nagle.pcapng" "$golden/udp.pcapng" .
width=1280 height=720

# ---- opening, and what it opens on
open_view nagle.pcapng udp.pcapng --size 1280x720 --at 1ms --select 'segment 1'
until_view 'd["pixels"] == [1280, 720] and d["groups"] == 2 and v["window"]["width"] == 1280'
until_view 'v["cursor_ns"] == 1000000 and v["selected"]["name"] == "segment 1"'
changes_screen opened
shows background $dark 2 2 1 1
shows 'the cursor on the axis' $yellow 248 54 600 34
shows_item 'its first write' $write_a 'p["kind"] == "item" and "nagle write 1" in name'
shows_item 'its second write' $write_b 'p["kind"] == "item" and "nagle write 2" in name'
shows 'the status line' $heading 1270 715 1 1

# ---- stepping
xdotool key Escape Home
until_view 'v["cursor_ns"] <= 0'
xdotool key Right Right Right
until_view 'v["cursor_ns"] > 0'
changes_screen stepped
xdotool key Escape Escape
until_view '"cursor_ns" not in v'

# ---- zooming with the wheel keeps what is under the pointer
xdotool mousemove --window "$window" 500 300 click 4 click 4 click 4
until_view 'v["range"]["span_ns"] < 0.9 * (v["run"]["to_ns"] - v["run"]["from_ns"]) and not v["moving"]'
changes_screen zoomed
shows_item 'a write where it is after the zoom' $write_b 'p["kind"] == "item" and "nagle write 2" in name'
xdotool mousemove --window "$window" 500 300 mousedown 1 mousemove --window "$window" 400 300 mouseup 1
until_view 'not v["moving"]'
changes_screen panned
shows_item 'a write where it is after the pan' $write_b 'p["kind"] == "item" and "nagle write 2" in name'
xdotool key f
until_view 'not v["moving"] and v["range"]["from_ns"] <= 0'

# ---- selecting by click, copying, walking
# shellcheck disable=SC2046
xdotool mousemove --window "$window" $(at 'p["kind"] == "item" and "write 2" in name') click 1
until_view '"write" in v["selected"]["address"] and v["selected"]["address"].endswith("2")'
changes_screen selected
xdotool key c
until_view '"clipboard" in v["message"]'
xdotool key Tab
until_view 'not v["selected"]["address"].endswith("write 2")'
changes_screen walked

# ---- playing: it moves by itself and stops
xdotool key Home space
until_view 'v["play"]["state"] != "still" and v["moving"]'
until_view 'v["cursor_ns"] > v["run"]["from_ns"] + 100000'
changes_screen played
xdotool key space
until_view 'v["play"]["state"] == "still"'

# ---- a picture of what is seen, never over another
xdotool key e
until_view '"nagle-view.png" in v["message"]'
xdotool key e
until_view '"nagle-view-2.png" in v["message"]'
xdotool key shift+e
until_view '"nagle-view.svg" in v["message"]'
python3 - <<'PY' || fail "the pictures that were saved"
import struct, xml.dom.minidom
for name in "nagle-view.png", "nagle-view-2.png":
    head = open(name, "rb").read(24)
    assert head[:4] == b"\x89PNG" and struct.unpack(">2I", head[16:]) == (1280, 720), head
assert len(xml.dom.minidom.parse("nagle-view.svg").getElementsByTagName("text")) > 10
PY

# ---- Wireshark is asked for, or said to be missing
xdotool key w
until_view '"ireshark" in v["message"]'

# ---- themes, help
xdotool key l
until_view 'v["theme"] == "light"'
changes_screen light
shows 'the light background' $light 2 2 1 1
shows 'the light status line' e4e7eb 1270 715 1 1
xdotool key question
until_view 'v["help"]'
changes_screen help
xdotool key Escape l

# ---- resizing
xdotool windowsize --sync "$window" 1000 600
width=1000 height=600
until_view 'd["pixels"] == [1000, 600] and v["window"] == {"width": 1000, "height": 600}'
changes_screen resized
shows 'the status line at its new place' $heading 990 595 1 1
shows 'nothing beside the window' 000000 1002 300 1 1

# ---- a file that changes is offered, one that goes is told of
cp udp.pcapng nagle.pcapng
until_view '"nagle.pcapng has changed" in v["message"]'
xdotool key r
until_view 'v["message"] == "read again" and d["groups"] == 2'
changes_screen reread
printf nonsense >udp.pcapng
until_view '"udp.pcapng has changed" in v["message"]'
xdotool key r
until_view '"udp.pcapng" in v["message"] and d["groups"] == 2'
cp "$golden/udp.pcapng" .

# ---- an idle window uses no CPU
ticks() { awk '{ print $14 + $15 }' "/proc/$viewer/stat"; }
sleep 0.5
before=$(ticks)
sleep 2
[ "$(ticks)" -le $((before + 1)) ] || fail "an idle window used $(($(ticks) - before)) ticks in 2 s"

# ---- dropping files
if [ -x "$drop" ]; then
	cp "$golden/unix.pcapng" beside.pcapng
	"$drop" "$window" "$work/beside.pcapng" || fail "the window takes no file"
	until_view 'd["groups"] == 3 and "beside.pcapng is open" in v["message"]'
	changes_screen dropped
	# shellcheck disable=SC2046
	set -- $(at 'p["kind"] == "heading" and p["group"] == 1')
	shows 'the second heading' $heading "$1" $(($2 - 8)) 1 16
	echo nonsense >unreadable.pcapng
	"$drop" "$window" "$work/unreadable.pcapng" || fail "the window takes no file"
	until_view 'd["groups"] == 3 and "unreadable.pcapng" in v["message"]'
fi
close_view

# ---- twice the size, with a scale
width=2560 height=1440
open_view nagle.pcapng udp.pcapng --size 1280x720 --scale 2
until_view 'd["pixels"] == [2560, 1440] and v["window"] == {"width": 1280, "height": 720}'
changes_screen scaled
# shellcheck disable=SC2046
set -- $(at 'p["kind"] == "item" and "write 2" in name')
shows 'a write at twice its place' $write_b $(($1 * 2 - 8)) $(($2 * 2 - 8)) 17 17
shows 'the status line at twice its place' $heading 2550 1430 1 1
xdotool key l
changes_screen scaled-light
shows 'the light background' $light 2 2 1 1
close_view

# ---- what cannot be read is said in the window; what is not there, before one opens
width=1280 height=720
printf nonsense >bad.pcapng
open_view bad.pcapng --size 1280x720
until_view 'd["groups"] == 0 and "bad.pcapng" in v["message"]'
xdotool key Right Tab e Escape
close_view
expect_exit 2 "$seam" view not-there.pcapng
expect_exit 2 "$seam" view nagle.pcapng --select 'write 99'
expect_exit 2 "$seam" view nagle.pcapng --size 7
expect_exit 2 "$seam" view

# ---- a recording that is cut is shown as far as it goes, and said to be
head -c 3000 nagle.pcapng >cut.pcapng
open_view cut.pcapng --size 1280x720
until_view 'd["groups"] == 1 and "cut.pcapng: it is whole only up to byte" in v["message"]'
close_view

# ---- what takes long to read: the window is there and answers; what is dropped on it waits
cp "$golden/nagle.pcapng" .
mkfifo slow
input=slow
open_view - --size 1280x720
until_view 'd["groups"] == 0 and "loading" in d'
changes_screen loading
shows 'the card' $heading 430 250 420 200
shows 'what is being read' e8ecf1 430 250 420 200
head -c 2000 nagle.pcapng >&4
xdotool key l
until_view 'v["theme"] == "light" and "loading" in d'
shows 'the light background' $light 2 2 1 1
xdotool windowsize --sync "$window" 1000 600
until_view 'd["pixels"] == [1000, 600] and "loading" in d'
xdotool key Right Tab e Home Escape f l
until_view 'v["theme"] == "dark" and "loading" in d'
if [ -x "$drop" ]; then
	"$drop" "$window" "$work/udp.pcapng" || fail "the window takes no file"
	until_view '"loading" in d and "udp.pcapng" in d["loading"]["then"]'
	shows 'what waits' aeb8c4 290 200 420 200
fi
tail -c +2001 nagle.pcapng >&4
exec 4>&-
if [ -x "$drop" ]; then
	until_view 'd["groups"] == 2 and "loading" not in d and "udp.pcapng is open beside" in v["message"]'
else
	until_view 'd["groups"] == 1 and "loading" not in d'
fi
shows_item 'a write' $write_b 'p["kind"] == "item" and "nagle write 2" in name'
close_view

# ---- Q closes it while it reads
open_view - --size 1280x720
until_view '"loading" in d'
close_view
exec 4>&-
input=

# ---- one that is cut short while it is looked at, and too large to be copied, stays to be looked at
if [ -x "${SEAM_BUILD_DIR:-}/tests/make_recording" ]; then
	"$SEAM_BUILD_DIR/tests/make_recording" 60000 large.pcapng >/dev/null
	cp large.pcapng whole.pcapng
	[ "$(stat -c %s large.pcapng)" -gt 5000000 ] || fail "large.pcapng would be copied"
	open_view large.pcapng --size 1280x720 --select 'segment 40000'
	until_view 'd["groups"] == 1 and v["selected"]["name"] == "segment 40000"'
	truncate -s 100000 large.pcapng
	until_view '"large.pcapng has changed" in v["message"]'
	xdotool key Tab Tab shift+Tab z f c
	until_view '"clipboard" in v["message"]'
	xdotool key r
	until_view 'd["groups"] == 1 and "large.pcapng: it is whole only up to byte" in v["message"]'
	cp whole.pcapng large.pcapng
	until_view '"large.pcapng has changed" in v["message"]'
	xdotool key r
	until_view 'd["groups"] == 1 and v["message"] == "read again"'
	close_view
	rm large.pcapng whole.pcapng
fi

# ---- a scenario runs, again on R and when it is saved, keeping the place
cat >two.yaml <<'YAML'
title: two writes
server: {port: 9000, script: [{recv: 1024, until: 20 B}]}
client: {script: [{send: 10 B, times: 2}]}
YAML
open_view two.yaml --size 1280x720
until_view 'd["groups"] == 1 and "two.yaml ran in" in v["message"]'
changes_screen ran
shows_item 'its second write' $write_b 'p["kind"] == "item" and "write 2" in name'
xdotool key Home
until_view '"cursor_ns" in v'
sed -i 's/times: 2/times: 3/; s/20 B/30 B/' two.yaml
until_view '"two.yaml ran in" in v["message"] and any("write 3" in p.get("item", {}).get("address", "") for p in v["places"]) and "cursor_ns" in v'
changes_screen ran-again
xdotool key r
until_view '"ran in" in v["message"]'
sed -i 's/send/sned/' two.yaml
until_view '"sned" in v["message"] and d["groups"] == 1'
close_view
ls | grep -q 'two.*pcapng' && fail "view left recordings: $(ls)"

# Variants that come one by one, each with a first moment in which it has written nothing.
cat >several.yaml <<'YAML'
server: {port: 9000, script: [{recv: 1024, until: 50 B}]}
client: {script: [{send: 10 B, times: 5, every: 100ms}]}
variants: {one: {}, two: {client.sockopt.TCP_NODELAY: 1}, three: {transport: udp}}
YAML
open_view several.yaml --size 1280x720
until_view 'd["groups"] == 3 and "several.yaml ran in" in v["message"]'
close_view

# ---- a run draws while it goes on, and ends when the window is closed
cat >slow.yaml <<'YAML'
server: {port: 9000, script: [{recv: 1024, until: 100 B}]}
client: {script: [{send: 10 B, times: 10, every: 200ms}]}
YAML
"$seam" run slow.yaml --view -q >out 2>err &
viewer=$!
for _ in $(seq 100); do
	window=$(xdotool search --onlyvisible --name 'Seam' 2>/dev/null | head -n 1)
	[ -n "$window" ] && break
	sleep 0.05
done
[ -n "$window" ] || fail "run --view opens no window: $(cat err)"
[ -e slow.pcapng ] && fail "the window came when the run was done"
for _ in $(seq 100); do [ -e slow.pcapng ] && break; sleep 0.05; done
sleep 0.5
kill -0 "$viewer" || fail "run --view ended before its window"
xdotool windowfocus --sync "$window" key q
wait "$viewer" || fail "run --view ends with $?: $(cat err)"
viewer=

# ---- without a display it says so, and does what show does
unset DISPLAY
expect_exit 0 "$seam" view nagle.pcapng
expect_text err "no display"
cp out viewed
expect_exit 0 "$seam" show nagle.pcapng
cmp -s out viewed || fail "view without a display is not show"
DISPLAY=:4242 expect_exit 0 "$seam" view nagle.pcapng
expect_text err "no display"
cmp -s out viewed || fail "view on a display that does not answer is not show"
DISPLAY=:4242 expect_exit 0 "$seam" view - <nagle.pcapng
expect_text err "no display"
expect_text out "4 writes"

# A scenario is run there, with what was asked for; its recordings go.
cat >shown.yaml <<'YAML'
title: without a window
server: {port: 9000, script: [{recv: 1024, until: 30 B}]}
client: {script: [{send: 10 B, times: 3}]}
variants: {one: {}, two: {client.sockopt.TCP_NODELAY: 1}}
YAML
mkdir empty
for display in '' :4242; do
	[ -z "$display" ] || export DISPLAY=$display
	expect_exit 0 "$seam" view shown.yaml --variant two --set 'title=changed here'
	expect_text err "no display"
	expect_text out "changed here"
	expect_text out "two"
	grep -q '^one' out && fail "a variant that was not asked for ran"
	expect_exit 0 env TMPDIR="$work/empty" "$seam" view shown.yaml
	[ -z "$(ls -A empty)" ] || fail "view without a display left $(ls empty)"
done
ls | grep -q 'shown.*pcapng' && fail "view without a display left recordings: $(ls)"
unset DISPLAY
sed -i 's/send/sned/' shown.yaml
expect_exit 2 "$seam" view shown.yaml
expect_text err "sned"
[ ! -e misplaced ] || fail "$(cat misplaced)"
finish
