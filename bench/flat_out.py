"""How many key presses a server answers when sixteen connections never pause (closed loop).

Owns the recorded presses and running wrk. Where wrk is missing nothing is measured here.
"""

from __future__ import annotations

import random
import re
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qs, urlsplit

from bench.callers import Asked, Caller

CONNECTIONS = 16
PRESSES = 2_000
EFFECTS = ("text", "tell", "number", "check", "adviser", "nobody", "callback", "message", "keep")
"""Where a key may write into the database at once; these are in the whole calls instead."""
LUA = Path(__file__).with_name("presses.lua")


@dataclass(frozen=True, slots=True)
class Rate:
    """What came of one run: answers a second, milliseconds, and answers that were none."""

    a_second: float
    p50: float
    p99: float
    errors: int


def recorded(port: int, seed: int = 7) -> list[Asked]:
    """Key presses of callers who look for advice, each taken from a call with this line."""
    caller, found = Caller(random.Random(seed)), list[Asked]()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        answers = connection.makefile("rb")
        while len(found) < PRESSES:
            step = caller.next()
            connection.sendall(step.wire())
            caller.hear(_answer(answers))
            at = parse_qs(urlsplit(step.path).query).get("at", [""])[0]
            if "Digits=" in step.body and at.partition("-")[0] not in EFFECTS:
                found.append(step)
    return found


def _answer(answers: BinaryIO) -> bytes:
    """The body of one answer. Raises RuntimeError where it is none."""
    status = answers.readline()
    if b" 200 " not in status:
        raise RuntimeError(f"the line answered {status!r}")
    length = 0
    while header := answers.readline().strip():
        name, _, value = header.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return answers.read(length)


def keep(presses: list[Asked], path: Path) -> None:
    """Write presses where wrk reads them."""
    rows = ("\t".join((each.path, each.signature, each.body)) for each in presses)
    path.write_text("\n".join(rows) + "\n")


def measured(port: int, presses: Path, seconds: int) -> Rate:
    """Ask without a pause for so long."""
    command = [
        *(shutil.which("wrk") or "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"),
        *("-s", str(LUA), f"http://127.0.0.1:{port}/voice", "--", str(presses)),
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", run.stdout)
    if found is None:
        raise RuntimeError(run.stdout + run.stderr)
    answers, lasted, p50, p99, errors = map(int, found.groups())
    return Rate(answers / lasted * 1e6, p50 / 1000, p99 / 1000, errors)
