"""Compares an export for Wireshark with the recording, by tshark and by seam's own JSON.

usage: wireshark_check.py SEAM PROFILE RECORDING EXPORT client|server|both

Packets and calls are counted apart; lengths, times, comments and the fields that seam.lua makes of
them are compared one by one. Prints what differs; exits 1 if anything does.
"""

import json
import os
import re
import subprocess
import sys

SEAM, PROFILE, RECORDING, EXPORT, TAP = sys.argv[1:6]
faults = []


def fault(text):
    faults.append(text)


def tshark(path, fields, lua, *more):
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a",
               "-E", "aggregator=;"]
    environment = dict(os.environ, WIRESHARK_CONFIG_DIR=PROFILE)
    if lua:
        command += ["-X", "lua_script:" + PROFILE + "/seam.lua"]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command + list(more), capture_output=True, text=True, env=environment)
    said = [line for line in done.stderr.splitlines() if "Running as user" not in line and line.strip()]
    if done.returncode or said:
        fault("tshark %s: exit %d, %s" % (path, done.returncode, said))
    return [dict(zip(fields, line.split("\t"))) for line in done.stdout.splitlines()]


def ns(epoch):
    seconds, _, rest = epoch.partition(".")
    return int(seconds) * 10**9 + int((rest + "0" * 9)[:9])


def ledger(path):
    done = subprocess.run([SEAM, "show", "--json", path], capture_output=True, text=True)
    if done.returncode:
        fault("seam show --json %s: %s" % (path, done.stderr))
        return None
    return json.loads(done.stdout)


def zero_ns(recording):
    whole, rest = recording["t0"].rstrip("Z").split(".")
    import calendar
    import time

    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) * 10**9 + int(rest)


BARE = ["frame.number", "frame.interface_name", "frame.time_epoch", "frame.len", "frame.cap_len"]
LUA = ["seam.record", "seam.call", "seam.endpoint", "seam.name", "seam.begin_ns", "seam.end_ns", "seam.asked",
       "seam.result", "seam.pending", "seam.pieces", "seam.writes", "seam.merged", "seam.split", "seam.cut",
       "seam.held_ms", "seam.flight_ms", "seam.retransmission", "seam.lost", "seam.cause", "seam.text"]


def is_packet(row):
    return row["frame.interface_name"] != ""


def number_of(name):
    if name.startswith("#"):
        return int(name[1:])
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return letters.index(name) + 1


def pieces_of(direction, segment):
    shown = []
    for piece in segment["writes"]:
        write = direction["writes"][piece["write"]]
        shown.append("#%d[%d..%d)" % (number_of(write["message"]), piece["from"] - write["from"],
                                      piece["to"] - write["from"]))
    if len(shown) > 7:
        return " ".join(shown[:6]) + " … " + shown[-1]
    return " ".join(shown)


def microseconds(value):
    return (value + 500) // 1000


def check_segment(direction, segment, row, arrival, two_taps):
    what = "frame %s (%s)" % (row["frame.number"], row["frame.comment"])
    writes = segment["writes"]
    data = not segment.get("retransmission") and "kind" not in segment
    wanted = {"seam.pieces": pieces_of(direction, segment)}
    held_us = microseconds(segment.get("held_ns", 0)) if data else 0
    if data and not writes and re.fullmatch(r"#\d+\[0\.\.0\)", row["seam.pieces"]):
        wanted.pop("seam.pieces")  # an empty datagram; the JSON does not say whose
    wanted["seam.held_ms"] = held_us / 1000 if held_us else None
    if data and writes:
        first, last = writes[0], writes[-1]
        cut = last["to"] < direction["writes"][last["write"]]["to"]
        whole = not cut and first["from"] == direction["writes"][first["write"]]["from"]
        wanted["seam.writes"] = str(len(writes))
        wanted["seam.merged"] = "1" if len(writes) > 1 else ""
        wanted["seam.split"] = "1" if len(writes) == 1 and not whole else ""
        wanted["seam.cut"] = "1" if cut else ""
    wanted["seam.retransmission"] = "1" if segment.get("retransmission") else ""
    wanted["seam.cause"] = segment.get("cause", segment.get("link", ""))
    wanted["seam.lost"] = "1" if segment.get("lost") else ""
    flight = None
    if two_taps and "arrived_ns" in segment:
        flight = microseconds(segment["arrived_ns"] - segment["sent_ns"]) / 1000
    wanted["seam.flight_ms"] = flight
    for field, value in wanted.items():
        got = row[field]
        if value is None or isinstance(value, float):
            got = float(got) if got else None
        if got != value:
            fault("%s: %s is %r, not %r" % (what, field, got, value))


def check_calls(recording, rows, zero):
    calls = [row for row in rows if row["seam.record"] == "call"]
    if len(calls) != len(recording["calls"]):
        fault("%d rows of calls, not %d" % (len(calls), len(recording["calls"])))
    by_serial = {row["seam.call"]: row for row in calls}
    for call in recording["calls"]:
        row = by_serial.get(str(call["call"]))
        if not row:
            fault("call %d has no row" % call["call"])
            continue
        wanted = {"seam.endpoint": call["endpoint"], "seam.name": call["name"],
                  "seam.begin_ns": str(zero + call["begin_ns"]),
                  "seam.end_ns": str(zero + call["end_ns"]) if "end_ns" in call else "",
                  "seam.pending": "1" if call.get("pending") else "",
                  "seam.asked": str(call["asked"]) if call.get("asked") else "",
                  "seam.result": str(call["result"]) if call.get("result") else ""}
        for field, value in wanted.items():
            if row[field] != value and value.isprintable():
                fault("call %d: %s is %r, not %r" % (call["call"], field, row[field], value))


def check_packets(recording, zero, source, rows):
    packets = [row for row in source if is_packet(row)]
    names = {row["frame.interface_name"] for row in packets}
    two_taps = {"client", "server"} <= names
    kept = [row for row in packets if not two_taps or TAP == "both" or row["frame.interface_name"] == TAP]
    exported = [row for row in rows if is_packet(row)]
    if len(kept) != len(exported):
        fault("%d packets exported, not %d" % (len(exported), len(kept)))
    place = {}
    for theirs, ours in zip(kept, exported):
        for field in BARE[1:]:
            if theirs[field] != ours[field]:
                fault("frame %s: %s is %s, not %s" % (ours["frame.number"], field, ours[field], theirs[field]))
        place[theirs["frame.number"]] = ours
    by_time = {}
    for row in packets:
        by_time.setdefault(ns(row["frame.time_epoch"]), []).append(row)
    told = set()
    for flow in recording["flows"]:
        for direction in flow["directions"]:
            seen = set()
            for segment in direction["segments"]:
                left = packets[segment["packet"]]
                if ns(left["frame.time_epoch"]) != zero + segment["sent_ns"]:
                    fault("packet %d did not leave when it did" % segment["packet"])
                sightings = [(left, False)]
                if "arrived_ns" in segment and two_taps:
                    there = [row for row in by_time[zero + segment["arrived_ns"]] if row is not left]
                    sightings += [(row, True) for row in there[:1]]
                for row, arrival in sightings:
                    if row["frame.number"] in place and row["frame.number"] not in seen:
                        ours = place[row["frame.number"]]
                        check_segment(direction, segment, ours, arrival, two_taps)
                        told.add(ours["frame.number"])
                        seen.add(row["frame.number"])
    for row in exported:
        if row["frame.number"] not in told and row["seam.pieces"]:
            fault("frame %s carries nothing and says %s" % (row["frame.number"], row["frame.comment"]))
    last = 0
    for row in rows:
        if ns(row["frame.time_epoch"]) < last:
            fault("frame %s steps back in time" % row["frame.number"])
        last = ns(row["frame.time_epoch"])
    return two_taps, exported


def without_tap(recording):
    """What one end of a wire can know as well as both."""
    kept = []
    for flow in recording["flows"]:
        for direction in flow["directions"]:
            kept.append([direction["bytes"],
                         [{key: write[key] for key in write} for write in direction["writes"]],
                         [(read["call"], read["from"], read["to"]) for read in direction["reads"]]])
    return kept


def check_import(recording, two_taps):
    again = ledger(EXPORT)
    if not again:
        return
    if again["calls"] != recording["calls"]:
        fault("the export has other calls")
    if not two_taps or TAP == "both":
        if again != recording:
            fault("the export has another ledger")
    elif any(s.get("link") == "reordered" for f in recording["flows"] for d in f["directions"]
             for s in d["segments"]):
        return  # in which order datagrams came to be read only their arrivals tell
    elif without_tap(again) != without_tap(recording):
        fault("the export of one end has other writes or reads")


def check_wireshark(recording, exported, two_taps):
    """No packet that Wireshark finds fault with, and as many retransmissions as there were."""
    bad = tshark(EXPORT, ["frame.number"], False, "-Y", "_ws.malformed or _ws.expert.severity == 8388608")
    if bad:
        fault("tshark finds fault with frames %s" % [row["frame.number"] for row in bad])
    if TAP == "both" and two_taps:
        return
    again = tshark(EXPORT, ["frame.number"], False, "-Y",
                   "tcp.analysis.retransmission or tcp.analysis.fast_retransmission or "
                   "tcp.analysis.spurious_retransmission")
    ours = {row["frame.number"] for row in exported if row["seam.retransmission"]}
    theirs = {row["frame.number"] for row in again}
    syns = {row["frame.number"] for row in tshark(EXPORT, ["frame.number"], False, "-Y",
                                                  "tcp.flags.syn == 1 or tcp.flags.fin == 1")}
    if not any(s.get("retransmission") for f in recording["flows"] for d in f["directions"]
               for s in d["segments"]) and theirs - syns:
        fault("Wireshark sees retransmissions where there were none: %s" % sorted(theirs - syns))
    return ours


def main():
    recording = ledger(RECORDING)
    if not recording:
        return
    zero = zero_ns(recording)
    source = tshark(RECORDING, BARE, False)
    rows = tshark(EXPORT, BARE + ["frame.comment"] + LUA, True)
    plain = tshark(EXPORT, BARE + ["frame.comment"], False)
    for with_lua, without in zip(rows, plain):
        if with_lua["frame.comment"] != without["frame.comment"] or with_lua["seam.text"] != without["frame.comment"]:
            fault("frame %s: its comment is not its text" % without["frame.number"])
    check_calls(recording, rows, zero)
    two_taps, exported = check_packets(recording, zero, source, rows)
    check_import(recording, two_taps)
    check_wireshark(recording, exported, two_taps)


main()
for text in faults[:20]:
    print("%s: %s" % (os.path.basename(EXPORT), text))
sys.exit(1 if faults else 0)
