#!/usr/bin/env python3
"""Prints the figures of this machine as a table. Nothing is asserted: machines differ, and so do their moments.

usage: run.py BUILD_FOLDER [SECTION…]     of: start overhead lateness capture wire repeatability check programs window
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(sys.argv[1])
SEAM = os.path.join(BUILD, "seam")
QUIET_MS = 2.3  # before the first write: the link is left alone (sim/stagehand.c: QUIET_NS, LEAD_NS)


def row(name, value, note=""):
    print(f"{name:46} {value:>22}   {note}", flush=True)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def timed(*command):
    begin = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.monotonic() - begin) * 1e3


def account(recording):
    return json.loads(subprocess.run([SEAM, "show", "--json", recording], check=True, stdout=subprocess.PIPE).stdout)


def scripted_ms(recording):
    """From t0 to the last call of the script: implied closes wait for queues, and are not the script's."""
    calls = account(recording)["calls"]
    return max(c.get("end_ns", 0) for c in calls if not c.get("implied") or c["begin_ns"] < 0) / 1e6


def start(_folder):
    row("seam --version", f"{statistics.median(timed(SEAM, '--version') for _ in range(50)):.1f} ms")


def overhead(folder):
    beyond = []
    recording = os.path.join(folder, "hello-tcp-client_closes.pcapng")
    for _ in range(30):
        whole = timed(SEAM, "run", "hello-tcp", "--variant", "client_closes", "--out", folder, "--force")
        beyond.append(whole - QUIET_MS - max(0, scripted_ms(recording)))
    row("a loopback run beyond its script", f"{statistics.median(beyond):.1f} ms",
        f"best {min(beyond):.1f}, p90 {percentile(beyond, 0.9):.1f}; text printed")


def lateness(folder):
    late = []
    for _ in range(3):
        subprocess.run([SEAM, "run", os.path.join(HERE, "scenarios/clock.yaml"), "--out", folder, "--force", "-q"], check=True)
        late += [c["late_ns"] / 1e3 for c in account(os.path.join(folder, "clock.pcapng"))["calls"]
                 if c["name"] == "send" and "late_ns" in c]
    row("lateness of 3000 sends, 1 ms apart", f"{statistics.median(late):.1f} µs", f"p99 {percentile(late, 0.99):.1f}, max {max(late):.0f}")


def capture(folder):
    subprocess.run([SEAM, "run", os.path.join(HERE, "scenarios/burst.yaml"), "--out", folder, "--force", "-q"], check=True)
    recording = account(os.path.join(folder, "burst.pcapng"))
    segments = recording["flows"][0]["directions"][0]["segments"]
    seconds = (segments[-1]["sent_ns"] - segments[0]["sent_ns"]) / 1e9
    row("64-byte segments a second, all captured", f"{len(segments) / seconds:,.0f}",
        f"{recording['checks']['capture_dropped']} lost by the capture, {'all' if recording['checks']['bytes_accounted'] else 'NOT all'} bytes accounted")


def carried(folder, name, *settings):
    """What a scenario over a wire sent in its first flow, its checks in words, and the share of time stolen meanwhile."""
    overrides = [word for setting in settings for word in ("--set", setting)]
    before = processor_ticks()
    subprocess.run([SEAM, "run", os.path.join(HERE, "scenarios", name + ".yaml"), "--out", folder, "--force", "-q", *overrides],
                   check=True)
    ticks = [now - then for then, now in zip(before, processor_ticks())]
    recording = account(os.path.join(folder, name + ".pcapng"))
    segments = recording["flows"][0]["directions"][0]["segments"]
    checks = recording["checks"]
    missing = sum("arrived_ns" not in s for s in segments)
    said = f"{'all' if not missing else f'{missing} NOT'} arrived, {checks['capture_dropped']} lost by the capture, " \
           f"{'all' if checks['bytes_accounted'] else 'NOT all'} bytes accounted, {ticks[7] * 100 // max(1, sum(ticks))} % stolen"
    return segments, said


def processor_ticks():
    with open("/proc/stat") as stat:
        return [int(word) for word in stat.readline().split()[1:9]]


def wire(folder):
    for delay_ms in (1, 10, 50):
        errors = []
        for _ in range(3):
            segments, said = carried(folder, "wire-delay", f"link.delay={delay_ms}ms")
            errors.append([(s["arrived_ns"] - s["sent_ns"]) / 1e3 - delay_ms * 1e3 for s in segments if "arrived_ns" in s])
        quiet = min(errors, key=lambda e: percentile(e, 0.99))
        row(f"a wire's error of a delay of {delay_ms} ms", f"{statistics.median(quiet):.1f} µs",
            f"p99 {percentile(quiet, 0.99):.0f}, max {max(quiet):.0f}; the quietest of 3, "
            f"p99 of the others {', '.join(f'{percentile(e, 0.99):.0f}' for e in errors if e is not quiet)}; {said}")
    segments, said = carried(folder, "wire-packets")
    seconds = (segments[-1]["sent_ns"] - segments[0]["sent_ns"]) / 1e9
    row("packets a second over a wire, two taps", f"{len(segments) / seconds:,.0f}", f"{len(segments):,} of 100,000; {said}")
    segments, said = carried(folder, "wire-bulk")
    seconds = (max(s.get("arrived_ns", 0) for s in segments) - segments[0]["sent_ns"]) / 1e9
    sent = sum(s["to"] - s["from"] for s in segments if not s["retransmission"])
    row("TCP over a wire, two taps", f"{sent * 8e-9 / seconds:.2f} Gbit/s", f"{sent:,} of 268,435,456 B; {said}")


# What shows a wire, but for the races: boundary-race's own, and autocork, whose cuts follow the sender's queue.
REPEATED = ("nagle", "record-ends", "cork-ceiling", "write-write-read-wire", "lost-segment", "lost-tail", "reordering",
            "slow-link", "mtu", "ipv6")
RUNS = 100
MARGIN_NS = 5e6


def repeatability(folder):
    """The share of the most frequent list of segments, of the runs that checked out, with every CPU busy with something else."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in os.sched_getaffinity(0)]
    worst, variants = None, 0
    for scenario in REPEATED:
        lines = subprocess.run([SEAM, "run", scenario, "--repeat", str(RUNS), "--json", "--out", folder, "--force"],
                               check=True, stdout=subprocess.PIPE).stdout.splitlines()
        for variant in map(json.loads, lines):
            margin_ns = variant.get("race_margin_ns", {}).get("smallest")
            if margin_ns is not None and margin_ns < MARGIN_NS:
                continue
            believed = variant["runs"]
            share = max(o["count"] for o in variant["segments"]) / believed
            variants += 1
            if worst is None or share < worst[0]:
                worst = (share, f"{scenario}-{variant['variant']}", believed, variant["not_believed"])
            if share < 0.99 or variant["not_believed"]:
                row(f"  {scenario}-{variant['variant']}", f"{share:.1%}",
                    f"of {believed} runs; {variant['not_believed']} failed their checks twice")
    for process in busy:
        process.kill()
        process.wait()
    row(f"same segments, the least of {variants} variants", f"{worst[0]:.1%}",
        f"{worst[1]}: {worst[2]} runs believed, {worst[3]} not; {len(busy)} CPUs kept busy")


def check(_folder):
    begin = time.monotonic()
    lines = subprocess.run([SEAM, "check", "--json"], stdout=subprocess.PIPE).stdout.splitlines()
    whole = time.monotonic() - begin
    variants = {(r["scenario"], r["variant"]) for r in map(json.loads, lines)}
    row("seam check of all scenarios", f"{whole:.2f} s", f"{len(variants)} variants, {len(lines)} expectations")


def programs(_folder):
    for name in ("ledger_bench", "items_bench", "png_bench"):
        print(f"\n{name}", flush=True)
        subprocess.run([os.path.join(BUILD, "tests", name)], check=True)


class Display:
    """An X server of its own for as long as it is needed."""

    def __enter__(self):
        told, tells = os.pipe()
        self.server = subprocess.Popen(["Xvfb", "-displayfd", str(tells), "-screen", "0", "2000x1200x24", "-nolisten", "tcp", "-noreset"],
                                       pass_fds=[tells], stderr=subprocess.DEVNULL)
        os.close(tells)
        with os.fdopen(told) as numbers:
            number = numbers.readline().strip()
        self.environment = {k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "SDL_VIDEODRIVER")}
        self.environment["DISPLAY"] = ":" + number
        return self

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait()


class Viewer:
    """seam view of a recording: when its first frame was there, and its first with the recording in it."""

    def __init__(self, display, folder, recording):
        self.dump = os.path.join(folder, "view.json")
        if os.path.exists(self.dump):
            os.unlink(self.dump)
        begin = time.monotonic()
        self.process = subprocess.Popen([SEAM, "view", "--size", "1600x900", "--dump-view", self.dump, recording],
                                        env=display.environment)
        self.first_ms = self.picture_ms = None
        while self.picture_ms is None:
            frame = self.frame()
            now = (time.monotonic() - begin) * 1e3
            if frame and self.first_ms is None:
                self.first_ms = now
            if frame and frame["groups"]:
                self.picture_ms = now
            if self.process.poll() is not None or now > 120e3:
                sys.exit(f"run.py: seam view of {recording} shows no picture")
            time.sleep(0.001)

    def frame(self):
        try:
            with open(self.dump) as dump:
                return json.load(dump)
        except (OSError, ValueError):
            return None

    def memory(self):
        """Bytes: the most that was ever there beside the file's own pages, and what is there now."""
        with open(f"/proc/{self.process.pid}/status") as status:
            kb = {line.split(":")[0]: int(line.split()[1]) for line in status if line.endswith("kB\n")}
        return (kb["VmHWM"] - kb["RssFile"]) * 1024, kb["RssAnon"] * 1024

    def ticks(self):
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def close(self):
        self.process.terminate()
        self.process.wait()


def free_bytes(folder):
    with open("/proc/meminfo") as meminfo:
        available = next(int(line.split()[1]) * 1024 for line in meminfo if line.startswith("MemAvailable"))
    return available, shutil.disk_usage(folder).free


def window_of_small(display, folder):
    subprocess.run([SEAM, "run", "nagle", "--variant", "nagle", "--out", folder, "--force", "-q"], check=True)
    recording = os.path.join(folder, "nagle-nagle.pcapng")
    firsts = []
    for _ in range(20):
        viewer = Viewer(display, folder, recording)
        firsts.append(viewer.picture_ms)
        if len(firsts) == 20:
            time.sleep(1)
            before = viewer.ticks()
            time.sleep(5)
            spent = viewer.ticks() - before
        viewer.close()
    row("first frame of a recording of 20 writes", f"{statistics.median(firsts):.0f} ms",
        f"best {min(firsts):.0f}, p90 {percentile(firsts, 0.9):.0f}; under Xvfb")
    row("processor time of an idle window", f"{spent / 5:.1f} %", f"{spent} ticks of 1/100 s in 5 s")


def window_of_large(display, folder, packets, times):
    recording = os.path.join(folder, f"{packets}.pcapng")
    subprocess.run([os.path.join(BUILD, "tests/make_recording"), str(packets), recording], check=True,
                   stdout=subprocess.DEVNULL)
    size = os.path.getsize(recording)
    firsts, pictures, peaks, left = [], [], [], []
    for _ in range(times):
        viewer = Viewer(display, folder, recording)
        firsts.append(viewer.first_ms)
        pictures.append(viewer.picture_ms)
        peak, now = viewer.memory()
        peaks.append(peak / packets)
        left.append(now / packets)
        viewer.close()
    print(f"\n{packets:,} packets, {size / 1e6:,.0f} MB", flush=True)
    row("  first frame, with how far it is", f"{statistics.median(firsts):.0f} ms", f"most {max(firsts):.0f}")
    row("  the picture", f"{statistics.median(pictures) / 1e3:.2f} s", f"best {min(pictures) / 1e3:.2f}, most {max(pictures) / 1e3:.2f}")
    row("  memory beside the file, at most", f"{statistics.median(peaks):.0f} B a packet", f"{statistics.median(left):.0f} when it is shown")
    done = subprocess.run([os.path.join(BUILD, "tests/view_bench"), recording, "--json"], check=True, stdout=subprocess.PIPE)
    bench = json.loads(done.stdout)
    row("  read, accounted for and laid out", f"{bench['load_s']:.2f} s", f"{bench['bytes_per_packet']:.0f} B a packet; without a window")
    row("  a frame of 1920 x 1080, at every zoom", f"p99 {bench['p99_ms']:.1f} ms",
        f"median {bench['median_ms']:.1f}, most {bench['most_ms']:.1f} of {bench['frames']}")
    os.unlink(recording)


def window(folder):
    if not shutil.which("Xvfb"):
        row("a window", "not measured", "Xvfb is not installed")
        return
    with Display() as display:
        window_of_small(display, folder)
        window_of_large(display, folder, 1_000_000, 5)
        memory, disk = free_bytes(folder)
        if memory >= 6e9 and disk >= 3e9:
            window_of_large(display, folder, 10_000_000, 3)
        else:
            row("10,000,000 packets", "not measured", f"6 GB of memory and 3 GB of disk are needed, {memory / 1e9:.1f} and {disk / 1e9:.1f} are free")


def main():
    sections = {"start": start, "overhead": overhead, "lateness": lateness, "capture": capture, "wire": wire,
                "repeatability": repeatability, "check": check, "programs": programs, "window": window}
    unknown = [name for name in sys.argv[2:] if name not in sections]
    if unknown:
        sys.exit(f"run.py: no section {unknown[0]}; there are {' '.join(sections)}")
    for name in sys.argv[2:] or sections:
        with tempfile.TemporaryDirectory() as folder:
            sections[name](folder)


main()
