# What the live tests share; sourced. A live test gets the path of seam as $1.
set -u
seam=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

# A machine that forbids namespaces cannot run these: 77 is "skipped", unless everything must work.
"$seam" doctor >/dev/null 2>&1 || {
	echo "scenarios cannot run here: $("$seam" doctor 2>&1 | head -n 5)"
	[ "${SEAM_MUST_WORK:-}" = 1 ] && exit 1
	exit 77
}

# skip_without TOOL…: the same for a tool.
skip_without() {
	for tool in "$@"; do
		command -v "$tool" >/dev/null 2>&1 && continue
		echo "$tool is not installed"
		[ "${SEAM_MUST_WORK:-}" = 1 ] && exit 1
		exit 77
	done
}

fail() {
	echo "FAILED: $*"
	failures=$((failures + 1))
}

# expect_exit CODE COMMAND…: its output is left in $work/out and $work/err.
expect_exit() {
	wanted=$1
	shift
	"$@" >out 2>err
	got=$?
	[ "$got" = "$wanted" ] || {
		fail "exit $got instead of $wanted: $*"
		sed 's/^/    /' out err
	}
}

# expect_text FILE TEXT: the file has a line with that text.
expect_text() {
	grep -qF -- "$2" "$1" || {
		fail "no \"$2\" in what was said:"
		sed 's/^/    /' "$1"
	}
}

finish() {
	[ "$failures" = 0 ] && exit 0
	exit 1
}
