"""Compares with peers: Schemathesis and Specmatic try the independent server and each of its mutants.

Prints one JSON document. A peer finds a mutant if it fails where it does not fail at the correct server, which each
peer tries first. With --url each peer tries the one server there instead, which has no mutants.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from contextlib import suppress
from pathlib import Path

from contract import DEFAULT_EDITION, ROOT, generated_path
from peer_tools import ST, TOOLS, Missing, install, schemathesis_version, specmatic_version
from process import Process, running
from report import Failure, run
from schemathesis_run import EXCLUDED, st_command
from specmatic_run import ENVIRONMENT, specmatic_command

READY = "listening on "
# What Schemathesis does unless told otherwise.
MAX_EXAMPLES = 100
SHOWN = 5
SUITE = "Contract Tests > SpecmaticJUnitSupport > contractTest() > "


class Schemathesis:
    name = "schemathesis"
    version = staticmethod(schemathesis_version)
    # A proxy of the environment is not for the server.
    environment = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}

    @staticmethod
    def command(url, place, max_examples):
        document = generated_path(DEFAULT_EDITION, "openapi.json")
        reports = ["--report", "json", "--report-json-path", "report.json"]
        return [*st_command(ST, document, url, max_examples, EXCLUDED), *reports]

    @staticmethod
    def told(place, lines):
        report = json.loads((place / "report.json").read_text())
        told = [
            f"{entry.get('title')} ({', '.join(entry.get('operations') or [])})"
            for entry in [*report["failures"], *report["errors"]]
        ]
        return report["test_cases"]["generated"], set(told)


class Specmatic:
    name = "specmatic"
    version = staticmethod(specmatic_version)
    environment = ENVIRONMENT

    @staticmethod
    def command(url, place, max_examples):
        return specmatic_command(url, place)

    @staticmethod
    def told(place, lines):
        reports = map(ElementTree.parse, (place / "junit").glob("*.xml"))
        cases = [case for report in reports for case in report.iter("testcase")]
        failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
        # It makes one request in each test, but none where it cannot read the document or reach the server.
        requests = len(cases) if any(line.startswith("  Request to http") for line in lines) else None
        return requests, {case.get("name").removeprefix(SUITE) for case in failed}


PEERS = {peer.name: peer for peer in [Schemathesis, Specmatic]}


def main():
    options = arguments()
    peers = [PEERS[name] for name in options.peer or PEERS]
    try:
        if options.install:
            install(peer.name for peer in peers)
            return
        versions = [{"name": peer.name, "version": peer.version()} for peer in peers]
        if options.versions:
            runs = []
        elif options.url:
            runs = [tried_at(options.url, peer, "url", None, options)[0] for peer in peers]
        else:
            mutants = chosen(options)
            runs = [one for peer in peers for one in runs_of(peer, mutants, options)]
    except Missing as missing:
        print(f"error: {missing}", file=sys.stderr)
        sys.exit(2)
    print(json.dumps({"peers": versions, "runs": runs}, indent=1))
    if broken := sum("error" in one for one in runs):
        raise Failure(f"{broken} runs did not work, and say so in error")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--install", action="store_true", help="install the peers below target/ci/, and end")
    parser.add_argument("--peer", action="append", choices=PEERS, help="only this peer (repeatable)")
    parser.add_argument("--only", action="append", metavar="NAME", help="only this mutant (repeatable)")
    parser.add_argument("--server", type=Path, default=ROOT / "tests/independent/server.py", metavar="PATH")
    parser.add_argument("--versions", action="store_true", help="try nothing, but say which versions there are")
    parser.add_argument("--url", help="try the server there once, and no mutant")
    parser.add_argument(
        "--max-examples",
        type=int,
        default=MAX_EXAMPLES,
        metavar="NUMBER",
        help=f"how many examples Schemathesis generates of a kind (default {MAX_EXAMPLES})",
    )
    parser.add_argument("--timeout", type=float, default=120, metavar="SECONDS", help="of one run (default 120)")
    return parser.parse_args()


def chosen(options):
    if not options.server.is_file():
        raise Missing(f"{options.server} is not there: name the server by --server")
    command = [sys.executable, options.server, "--list-mutants", "--json"]
    listed = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if listed.returncode != 0:
        raise Failure(f"{options.server} --list-mutants: exit code {listed.returncode}\n{listed.stderr}")
    names = [mutant["name"] for mutant in json.loads(listed.stdout)]
    if unknown := set(options.only or []) - set(names):
        raise Missing(f"no such mutant: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    return [name for name in names if not options.only or name in options.only]


def runs_of(peer, mutants, options):
    """The correct server first, as what a peer says of it is no finding."""
    correct, usual = tried(peer, None, options)
    if not correct["requests"]:
        raise Failure(f"{peer.name} does not work at the correct server, so nothing can be compared: {correct}")
    runs = [correct]
    for mutant in mutants:
        one, failing = tried(peer, mutant, options)
        if usual and one["found"]:
            one["found"] = failing != usual
        runs.append(one)
    return runs


def tried(peer, mutant, options):
    """One run against a server of its own, and the set of all that failed in it."""
    server = [sys.executable, str(options.server.resolve()), "--port", "0", *(["--mutant", mutant] if mutant else [])]
    with running(server, lambda line: line.removeprefix(READY) if line.startswith(READY) else None) as target:
        return tried_at(target.ready, peer, mutant or "correct", mutant, options)


def tried_at(url, peer, name, mutant, options):
    place = TOOLS / "peers/runs" / peer.name / name
    # What an earlier run has left there would be taken for that of this one.
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    code, seconds, lines = called(peer, peer.command(url, place, options.max_examples), place, options.timeout)
    one = {"peer": peer.name, "mutant": mutant, "found": code == 1, "requests": None, "seconds": round(seconds, 2)}
    failing = set()
    if code is None:
        one["timeout"] = True
    elif code > 1 or code < 0:
        one["error"] = f"exit code {code}"
    else:
        one["requests"], failing = peer.told(place, lines)
        one["failing"] = sorted(failing)[:SHOWN]
    told = [f"{key} {value}" for key, value in one.items() if key != "failing"]
    print("  " + ", ".join(told), file=sys.stderr, flush=True)
    return one, failing


def called(peer, command, place, timeout):
    """The exit code, or None where the peer did not end in time; its seconds; and the lines that it has written."""
    start = time.monotonic()
    process = Process(command, place, peer.environment)
    try:
        code = process.wait_ended(timeout)
        seconds = time.monotonic() - start
    finally:
        # It may not heed a SIGTERM, and is gone all the same.
        with suppress(Failure):
            process.end()
    (place / "output.txt").write_text("\n".join(process.lines))
    return code, seconds, process.lines


try:
    run(main)
except KeyboardInterrupt:
    sys.exit("error: interrupted")
