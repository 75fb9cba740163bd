#!/bin/sh
# Every scenario is valid by the schema that editors use, and what is wrong in an obvious way is not.
# Scalars stay text, as Seam reads them (YAML's failsafe schema).
set -eu
source=${SEAM_SOURCE_DIR:-$(dirname "$0")/../..}

if ! python3 -c 'import jsonschema, yaml' 2>/dev/null; then
	echo "python3 lacks jsonschema or yaml (Debian: python3-jsonschema python3-yaml)" >&2
	[ "${SEAM_MUST_WORK:-}" = 1 ] && exit 1
	exit 77
fi

exec python3 - "$source" <<'PYTHON'
import glob, json, sys
import jsonschema, yaml

source = sys.argv[1]
with open(source + "/scenarios/scenario.schema.json", encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)

# What an editor sees (YAML 1.2: numbers, true and false) must be as valid as what Seam sees (text).
class Editor(yaml.SafeLoader):
    yaml_implicit_resolvers = {
        first: [rule for rule in rules if first in "tTfF" or not rule[0].endswith(":bool")]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

LOADERS = {"failsafe": yaml.BaseLoader, "typed": Editor}

failed = 0
paths = sorted(glob.glob(source + "/scenarios/**/*.yaml", recursive=True)
               + glob.glob(source + "/tests/unit/scenarios/*.yaml"))
for path in paths:
    for name, loader in LOADERS.items():
        with open(path, encoding="utf-8") as file:
            document = yaml.load(file, Loader=loader)
        for error in validator.iter_errors(document):
            where = "/".join(str(part) for part in error.absolute_path)
            print(f"{path} ({name}): {where}: {error.message[:200]}")
            failed = 1
if len(paths) < 5:
    sys.exit(f"only {len(paths)} scenarios found")

WRONG = """
title: x
sever: {script: []}
server: {port: 9000}
server: {port: 0x10, script: []}
server: {port: 1, script: [{send: 1 B, recv: 1}]}
server: {port: 1, script: [{sned: 1 B}]}
server: {port: 1, script: [{times: 2}]}
server: {port: 1, script: [{close: , every: 1ms}]}
server: {port: 1, script: [{recv: 1e3}]}
server: {port: 1, script: [{sleep: 10}]}
server: {port: 1, script: [recv]}
server: {port: 1, script: [{writev: []}]}
server: {port: 1, script: [{setsockopt: {TCP_NODELY: 1}}]}
server: {port: 1, script: [{send: 1 B, flags: MSG_MOER}]}
{server: {port: 1, script: []}, link: {rate: 10}}
{server: {port: 1, script: []}, link: {rate: 0Mbit/s}}
{server: {port: 1, script: []}, link: {rate: 10mbit}}
{server: {port: 1, script: []}, link: {delay: 2 hours}}
{server: {port: 1, script: []}, link: {loss: 150%}}
{server: {port: 1, script: []}, link: {loss: 0.03}}
{server: {port: 1, script: []}, link: {queue: 0 packets}}
{server: {port: 1, script: []}, link: {queue: 20}}
{server: {port: 1, script: []}, link: {drop: [0]}}
{server: {port: 1, script: []}, link: {drop: [3, 3]}}
{server: {port: 1, script: []}, link: {qdisc: netem}}
{server: {port: 1, script: []}, link: {qdisc: {rate: 1Mbit/s}}}
{server: {port: 1, script: []}, link: {up: {mtu: 1500}}}
{server: {port: 1, script: []}, link: {down: 3ms}}
{server: {port: 1, script: []}, expect: {repeatable: 0.95}}
{server: {port: 1, script: []}, variants: {a: {link.down.mtu: 1500}}}
{server: {port: 1, script: []}, transport: sctp}
{server: {port: 1, script: []}, expect: {segmants: 1}}
{server: {port: 1, script: []}, expect: {messages: {hole: 1}}}
{server: {port: 1, script: []}, framing: {kind: lenght}}
{server: {port: 1, script: [], framing: {bytes: 3}}}
{server: {port: 1, script: []}, variants: {a: {client.framing.raeder: loop}}}
{server: {port: 1, script: []}, expect: {hold: {reason: whim}}}
{server: {port: 1, script: []}, variants: {a: {server.prt: 1}}}
{server: {port: 1, script: []}, variants: {a: {server.sockopt.TCP_NODELY: 1}}}
{server: {port: 1, script: []}, variants: {"no": {}}}
{server: {port: 1, script: []}, variants: {}}
{server: {port: 1, script: []}, sysctl: {../x: 1}}
"""
RIGHT = """
{mtu: 1500, delay: 10ms, jitter: 1ms, rate: 1.5 Mbit/s, queue: 30 KiB, loss: 100%, duplicate: 0.5%, seed: 18}
{reorder: 1%, corrupt: 0%, drop: 3, rate: 0.5Gbit/s, queue: 1 packet, up: {drop: [3, 7]}, down: {delay: 30ms, rate: none}}
{qdisc: "tbf rate 10mbit burst 5kb latency 50ms", down: {qdisc: pfifo limit 20}}
{qdisc: {kind: tbf, rate: 10Mbit/s, burst: 5 KiB, latency: 50ms}, up: {qdisc: none}}
"""
for line in RIGHT.strip().splitlines():
    link = yaml.load(line, Loader=yaml.BaseLoader)
    changes = {f"link.{key}": value for key, value in link.items()}
    for document in ({"link": link, "expect": {"repeatable": "95%"}}, {"variants": {"a": changes}}):
        for error in validator.iter_errors({"server": {"port": "1", "script": []}, **document}):
            print(f"should be taken: {line}: {error.message[:200]}")
            failed = 1
for line in WRONG.strip().splitlines():
    if validator.is_valid(yaml.load(line, Loader=yaml.BaseLoader)):
        print(f"should be refused: {line}")
        failed = 1
sys.exit(failed)
PYTHON
