"""Callers, servers and load: what a run of the bench is made of.

Owns what a request looks like on the wire and how each server is started. Measures on its own code
alone, so that a fault in the line's own is not measured away.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from twilio.request_validator import RequestValidator

ROOT = Path(__file__).resolve().parent.parent
BUILD, LUA = ROOT / "build/bench", ROOT / "bench/presses.lua"
PUBLIC, ACCOUNT = "http://line.example.org", "AC" + "0a" * 16
TOKEN = "5e1c7a904bd2f8360e9a7c1d54b3f286"  # noqa: S105 - of no account
SIGNER = RequestValidator(TOKEN)
WORKERS, THREADS, CONNECTIONS, PRESSES = 2, 16, 16, 2_000
LONGEST_WAIT = 15
"""Seconds after which Twilio would give up."""
KEYS = "1111122223334455#*8"
"""What callers press: mostly the first choices, now and then a key that steers."""
SILENT = 0.3
"""Of a caller's steps, those at which nothing is pressed: a part is heard to its end."""
EFFECTS = ("text", "tell", "number", "check", "adviser", "nobody", "callback", "message", "keep")
"""Where a key may write into the database at once; these are in the whole calls instead."""
NEXT = {
    "key": re.compile(r'<Gather[^>]* action="([^"]+)"'),
    "silence": re.compile(r"<Redirect[^>]*>([^<]+)<"),
    "transfer": re.compile(r'<Dial[^>]* action="([^"]+)"'),
}


# --- callers, as Twilio tells of them --------------------------------------------------------


class Asked(NamedTuple):
    """One request: the path with its query, the signature, the body."""

    path: str
    signature: str
    body: str

    def wire(self) -> bytes:
        """The request as bytes, for a connection that stays open."""
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: line.example.org\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
            f"Content-Length: {len(self.body)}\r\nX-Twilio-Signature: {self.signature}\r\n"
            "I-Twilio-Idempotency-Token: 3b7f8d5e-6f39-4c5e-9f0c-2a4c1a1e9b53\r\n"
            "User-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n\r\n"
        )
        return (head + self.body).encode()


@dataclass
class Caller:
    """One caller after another on the same telephone: rings, presses, hangs up, rings again."""

    chance: random.Random
    answer: str = ""
    _sid: str = ""
    _sender: str = ""

    def next(self) -> Asked:
        """What Twilio asks next for this caller."""
        found = {on: each.search(self.answer) for on, each in NEXT.items()}
        if gather := found["key"]:
            silence = found["silence"]
            if silence and self.chance.random() < SILENT:
                return self._step(silence[1])
            return self._step(gather[1], Digits=self.chance.choice(KEYS), FinishedOnKey="")
        if dial := found["transfer"]:
            return self._step(dial[1], DialCallStatus="no-answer")
        self._sid = f"CA{self.chance.getrandbits(128):032x}"
        self._sender = f"+4477009{self.chance.randrange(100_000):05}"
        return self._step("/voice", CallStatus="ringing")

    def _step(self, address: str, **more: str) -> Asked:
        path = unescape(address).partition("#")[0].removeprefix(PUBLIC)
        form = dict.fromkeys(("From", "Caller"), self._sender)
        form |= dict.fromkeys(("To", "Called"), "+442079460100")
        for who in ("From", "To", "Caller", "Called"):
            form |= {f"{who}City": "", f"{who}State": "", f"{who}Zip": "", f"{who}Country": "GB"}
        form |= {
            "CallSid": self._sid,
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "CallStatus": "in-progress",
            "Direction": "inbound",
            "CallToken": "%7B%22parentCallInfoToken%22%3A%22" + "eyJhbGciOiJFUzI1NiJ9" * 6,
            **more,
        }
        return Asked(path, SIGNER.compute_signature(PUBLIC + path, form), urlencode(form))


def presses(ask: Callable[[Asked], str], many: int) -> list[Asked]:
    """Key presses of callers who look for advice, each taken from a call with this line."""
    caller, found = Caller(random.Random(7)), list[Asked]()
    while len(found) < many:
        step = caller.next()
        caller.answer = ask(step)
        at = parse_qs(urlsplit(step.path).query).get("at", [""])[0]
        if "Digits=" in step.body and at.partition("-")[0] not in EFFECTS:
            found.append(step)
    return found


# --- servers ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """Something that answers key presses: its command, and why it is missing where it is."""

    name: str
    command: Sequence[str]
    settings: dict[str, str] = field(default_factory=dict)
    missing: str = ""


def python(*more: str) -> list[str]:
    """A module of this Python, with two processes."""
    return [sys.executable, "-m", *more, "--workers", str(WORKERS), "--log-level", "warning"]


BOUND = ("--bind", "127.0.0.1:{port}")
GUNICORN = python(
    *("gunicorn", *BOUND, "--threads", str(THREADS), "--keep-alive", "30"),
    *("--config", "python:ivr.server.cores"),
)
GRANIAN = python(
    *("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{port}"),
    *("--blocking-threads", str(THREADS), "--respawn-failed-workers"),
)
SERVED = [
    *(sys.executable, "-m", "ivr", "serve", "--port", "{port}", "--no-worker"),
    *("--processes", str(WORKERS), "--threads", str(THREADS)),
]
NODE = ["node", str(ROOT / "bench/express.js"), "{port}", str(WORKERS)]
MODULES = {"NODE_ENV": "production", "NODE_PATH": str(BUILD / "node_modules")}
NO_NODE = "" if shutil.which("node") and (BUILD / "node_modules").is_dir() else "node is missing"
NO_GRANIAN = "" if (BUILD / "python").is_dir() else "granian is missing"
KINDS = {
    "ours": Kind("the line, gunicorn", SERVED),
    "logged": Kind("the line, each request logged", SERVED, {"LOG_LEVEL": "info"}),
    "usual": Kind("the same job the usual way, gunicorn", [*GUNICORN, "bench.peers:usual"]),
    "empty": Kind("an empty Flask view, gunicorn", [*GUNICORN, "bench.peers:empty"]),
    "tree": Kind("a bare phone tree in Flask, gunicorn", [*GUNICORN, "bench.peers:tree"]),
    "tutorial": Kind(
        "the same, gunicorn as tutorials start it",
        [*python("gunicorn", *BOUND), "bench.peers:tree"],
    ),
    "express": Kind("the same in Express, 2 processes", NODE, MODULES, NO_NODE),
    "granian": Kind(
        "the line, granian", [*GRANIAN, "--factory", "bench.peers:line"], {}, NO_GRANIAN
    ),
    "empty on granian": Kind(
        "an empty Flask view, granian", [*GRANIAN, "bench.peers:empty"], {}, NO_GRANIAN
    ),
}


def line_settings(database: str) -> dict[str, str]:
    """A line with an account of its own, as in production, that reaches nobody."""
    return {
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "IVR_ENV": "demonstration",
        "SECRET_KEY": "a secret of the bench alone that seals for nobody",
        # Of nobody: nothing that is left here is ever opened.
        "MESSAGES_PUBLIC_KEY": "gcJ6jQ4FHWMyN1r5JDEeZI1bSmfSnZkm9WlE5hBV0Qk=",
        "TWILIO_API_BASE_URL": "http://127.0.0.1:9",
        "PUBLIC_BASE_URL": PUBLIC,
        "DATABASE_URL": database,
    }


class Server(NamedTuple):
    """A server that has answered: its port, its first process, seconds until the first answer."""

    port: int
    pid: int
    started: float

    @property
    def processes(self) -> list[int]:
        """All that there are now: others may be forked after the first answer."""
        return [self.pid, *started_by(self.pid)]

    def ask(self, asked: Asked) -> str:
        """One answer. Raises RuntimeError where it is none."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=LONGEST_WAIT) as way:
            way.sendall(asked.wire().replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            answer = b"".join(iter(lambda: way.recv(65_536), b"")).decode()
        if not answer.startswith("HTTP/1.1 200"):
            raise RuntimeError(f"it answered {answer[:40]!r}")
        return answer


@contextmanager
def running(kind: Kind, database: str) -> Iterator[Server]:
    """A server, and its end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    known = {
        "PYTHONPATH": f"{ROOT}{os.pathsep}{BUILD / 'python'}",
        "BENCH_ROWS": f"{BUILD}/rows.db",
    }
    began = time.monotonic()
    process = subprocess.Popen(
        [each.format(port=port) for each in kind.command],
        env={**os.environ, **known, **line_settings(database), **kind.settings},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    server, ring = Server(port, process.pid, 0.0), Caller(random.Random(1)).next()
    try:
        while True:
            with suppress(OSError):
                server.ask(ring)
                break
            if process.poll() is not None or time.monotonic() > began + 30:
                raise RuntimeError(f"{kind.name} does not answer")
            time.sleep(0.01)
        yield server._replace(started=time.monotonic() - began)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def started_by(pid: int) -> list[int]:
    """The processes that this one has started, and those they have started."""
    own = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [each for child in map(int, own) for each in (child, *started_by(child))]


def memory(pid: int, file: str, name: str) -> float:
    """MB of a process: ``VmRSS`` as ``ps`` shows it, ``Pss`` what it shares counted in parts."""
    found = re.search(rf"^{name}:\s+(\d+)", Path(f"/proc/{pid}/{file}").read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


# --- load ------------------------------------------------------------------------------------


class Rate(NamedTuple):
    """What came of one round: answers a second, milliseconds, and answers that were none."""

    a_second: float
    p50: float
    p99: float
    errors: int


def flat_out(port: int, recorded: Path, seconds: int) -> Rate:
    """Ask without a pause for so long, on sixteen connections (closed loop)."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(LUA)]
    command += [f"http://127.0.0.1:{port}/voice", "--", str(recorded)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    answers, lasted, p50, p99, errors = map(int, told.partition("RESULT ")[2].split())
    return Rate(answers / lasted * 1e6, p50 / 1000, p99 / 1000, errors)


@dataclass
class Waits:
    """Milliseconds from when a key was due to the first byte, what failed, the load's own share."""

    taken: list[float] = field(default_factory=list)
    errors: int = 0
    generator: float = 0.0

    def at(self, share: float) -> float:
        """The wait that so many had at most."""
        return sorted(self.taken)[int((len(self.taken) - 1) * share)]


def crowd(ports: Sequence[int], callers: int, seconds: float) -> Waits:
    """Whole calls, each with a step every ten seconds. Those of the first ten are not counted."""
    return asyncio.run(_crowd(ports, callers, seconds))


async def _crowd(ports: Sequence[int], callers: int, seconds: float) -> Waits:
    waits, began, used = Waits(), time.perf_counter(), time.process_time()
    free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(asked: Asked, number: int) -> tuple[float, str]:
        """When the first byte came, and the answer; on a fresh connection where one was closed."""
        while True:
            fresh = not free
            way = free.pop() if free else await asyncio.open_connection("127.0.0.1", ports[number])
            try:
                way[1].write(asked.wire())
                head = await way[0].readuntil(b"\r\n\r\n")
                came, length = time.perf_counter(), re.search(rb"(?i)content-length: (\d+)", head)
                body = await way[0].readexactly(int(length[1]) if length else 0)
            except (OSError, asyncio.IncompleteReadError):
                if fresh:
                    raise
                continue
            if b"connection: close" not in head.lower():
                free.append(way)
            return came, body.decode() if head.startswith(b"HTTP/1.1 200") else ""

    async def call(number: int) -> None:
        caller, chance = Caller(random.Random(number)), random.Random(-number)
        due = began + chance.uniform(0.2, 10)
        while due < began + 10 + seconds:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            try:
                async with asyncio.timeout(LONGEST_WAIT):
                    came, caller.answer = await ask(caller.next(), number % len(ports))
            except (OSError, TimeoutError, asyncio.IncompleteReadError):
                came, caller.answer = time.perf_counter(), ""
            if due > began + 10:
                waits.taken.append((came - due) * 1000)
                waits.errors += "<Response>" not in caller.answer
            due += chance.uniform(8, 12)

    await asyncio.gather(*(call(number) for number in range(callers)))
    waits.generator = (time.process_time() - used) / (time.perf_counter() - began)
    return waits
