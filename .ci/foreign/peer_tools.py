"""The tools that peers.py compares: where they are, of which version they have to be, and how to install them."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from contract import ROOT
from report import Failure

FOREIGN = Path(__file__).resolve().parent
TOOLS = ROOT / "target/ci"
VENV = TOOLS / "venv"
ST = VENV / "bin/st"
REQUIREMENTS = FOREIGN / "requirements.txt"
NPM = TOOLS / "peers"
PACKAGES = FOREIGN / "peers"
SPECMATIC = NPM / "node_modules/specmatic"
SPECMATIC_JAR = SPECMATIC / "specmatic.jar"
INSTALL = "python3 .ci/foreign/peers.py --install"


class Missing(Failure):
    """Something that the comparison needs is not there; the text says what to do."""


def install(peers):
    for peer in peers:
        {"schemathesis": install_schemathesis, "specmatic": install_specmatic}[peer]()


def install_schemathesis():
    if not (VENV / "bin/pip").exists():
        called([sys.executable, "-m", "venv", "--clear", VENV])
    called([VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS])


def install_specmatic():
    need("npm", "install Node 20")
    NPM.mkdir(parents=True, exist_ok=True)
    for name in ["package.json", "package-lock.json"]:
        shutil.copy(PACKAGES / name, NPM)
    called(["npm", "ci", "--prefix", NPM, "--ignore-scripts", "--no-audit", "--no-fund"])


def called(command):
    print(f"  {' '.join(map(str, command))}", file=sys.stderr, flush=True)
    if code := subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode:
        raise Failure(f"{command[0]} ended with exit code {code}")


def need(program, what_to_do):
    if shutil.which(program) is None:
        raise Missing(f"{program} is not on the PATH: {what_to_do}")


def schemathesis_version():
    pinned = re.search(r"^schemathesis==(\S+)$", REQUIREMENTS.read_text(), re.MULTILINE)[1]
    if not ST.exists():
        raise Missing(f"{ST.relative_to(ROOT)} is not there: {INSTALL}")
    told = subprocess.run([ST, "--version"], capture_output=True, text=True).stdout.split()
    return expect_pinned("Schemathesis", told[-1] if told else None, pinned)


def specmatic_version():
    need("java", "install Java 17 or later")
    pinned = json.loads((PACKAGES / "package.json").read_text())["dependencies"]["specmatic"]
    if not SPECMATIC_JAR.exists():
        raise Missing(f"{SPECMATIC_JAR.relative_to(ROOT)} is not there: {INSTALL}")
    return expect_pinned("Specmatic", json.loads((SPECMATIC / "package.json").read_text())["version"], pinned)


def expect_pinned(tool, version, pinned):
    if version != pinned:
        raise Missing(f"{tool} {pinned} is asked for, and {version} is installed: {INSTALL}")
    return version
