"""Odd input, led by coverage: atheris gives each reader bytes that reach code not reached before.

``python -m tests.odd_input --seconds 300`` shares that time among the readers and prints the table of
docs/chaos.md; ``python -m tests.odd_input build/odd/….txt`` tries a kept crash again. Each reader has
a process of its own, for atheris takes one over and ends it. Only there is it needed.
"""

from __future__ import annotations

import argparse
import base64
import gc
import hashlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FunctionType

from tests.odd_targets import TARGETS, Target, read

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "odd"
CALLS = ("ivr.flow", "ivr.call", "ivr.wording", "ivr.dates", "ivr.numbers")
LED_BY = {
    "content": ("ivr.content", "ivr.hours", "ruamel.yaml"),
    "numbers": (*CALLS, "ivr.texts.days", "phonenumbers.phonenumberutil"),
    "guard": ("ivr.web.guard", "ivr.web.fields", "urllib.parse", "twilio.request_validator"),
    "state": (*CALLS, "ivr.address", "ivr.seal", "ivr.twiml", "ivr.web.voice", "ivr.web.fields"),
    "texts": ("ivr.texts", "ivr.dates"),
    "broken": ("tests.odd_targets",),
}
"""Each reader, and whose code its coverage is counted of: ours, and what reads for us. No more, for
code that is counted runs slower."""
READERS = tuple(name for name in LED_BY if name != "broken")
MOST_BYTES = 4_096
"""Of one input: a text has 1,600, an address some hundred, most files of content 2,000."""
LONGEST = 20
"""Seconds for one input, instrumented and beside other work; longer is a hang."""
START = 240
"""Seconds in which a reader has read what it usually gets: ten, but on a machine with a load of ten
and more it was over a minute."""


@dataclass(frozen=True)
class Tried:
    """How one reader fared: inputs in ``seconds``, code reached by seeds alone and then, ``crash``
    the file that tells of one."""

    name: str
    runs: int
    each_second: int
    before: int
    after: int
    kept: int
    crash: Path | None

    def __str__(self) -> str:
        new = self.after - self.before
        return f"| {self.name} | {self.runs:,} | {self.each_second:,} | {self.before:,} | {new:,} | {self.kept:,} |"


def tried(name: str, seconds: int, seed: int = 0, keep: Path = KEPT) -> Tried:
    """Give one reader odd input for a time. ``seed`` 0 is another chance each time."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "tests.odd_input", f"--fuzz={name}", f"--in={folder}"]
        words += [f"--seconds={seconds}", f"--seed={seed}"]
        ran = subprocess.run(
            words, cwd=ROOT, capture_output=True, text=True, errors="replace",
            timeout=seconds + START + LONGEST, check=False,
        )  # fmt: skip
        found = sorted(Path(folder).glob("out-*"))
        crash = _told(name, found[0].read_bytes(), _happened(ran), keep) if found else None
    if ran.returncode and not crash:
        raise RuntimeError(
            f"{name} could not be tried:\n{ran.stdout[-2_000:]}{ran.stderr[-2_000:]}"
        )
    return _counted(name, ran.stderr, crash)


def _counted(name: str, said: str, crash: Path | None) -> Tried:
    """What libFuzzer says of itself at its end."""
    told: Mapping[str, str] = dict(re.findall(r"stat::(\w+):\s+(\d+)", said))
    reached = [int(each) for each in re.findall(r"(?:INITED|NEW|REDUCE|DONE).* cov: (\d+)", said)]
    return Tried(
        name,
        int(told.get("number_of_executed_units", 0)),
        int(told.get("average_exec_per_sec", 0)),
        reached[0] if reached else 0,
        reached[-1] if reached else 0,
        int(told.get("new_units_added", 0)),
        crash,
    )


def _happened(ran: subprocess.CompletedProcess[str]) -> str:
    """The error, or of a hang and the like what libFuzzer says of it."""
    error = ran.stdout.partition("=== Uncaught Python exception: ===")[2]
    return (error or ran.stderr[-4_000:]).strip()


def _told(name: str, data: bytes, said: str, keep: Path) -> Path:
    """A crash as a file that says how to try it again, what happened, and with which bytes."""
    keep.mkdir(parents=True, exist_ok=True)
    file = keep / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}.txt"
    file.write_text(
        f"Try it again: .venv/bin/python -m tests.odd_input {file}\n"
        f"The input: {data!r}\n\n{said}\n\n"
        f"{base64.b64encode(data).decode()}\n"
    )
    return file


def again(file: Path) -> None:
    """A kept crash once more; its error is raised, as long as it is one."""
    name = file.name.rpartition("-")[0]
    read(name, base64.b64decode(file.read_text().splitlines()[-1]))


def fuzz(name: str, folder: Path, seconds: int, seed: int) -> None:
    """Never comes back: atheris ends the process."""
    import atheris

    led_by = tuple(f"{module}." for module in LED_BY[name])
    # By hand and not as atheris imports modules: that would be the whole of ivr, and take ten seconds.
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and f"{each.__module__}.".startswith(led_by):
            atheris.instrument_func(each)
    _begin(TARGETS[name], folder)
    so = {
        "max_total_time": seconds, "seed": seed, "max_len": MOST_BYTES, "timeout": LONGEST,
        "print_final_stats": 1, "dict": folder / "words", "artifact_prefix": folder / "out-",
        "rss_limit_mb": 2_048, "len_control": 20, "report_slow_units": LONGEST,
    }  # fmt: skip
    words = [name, *(f"-{key}={value}" for key, value in so.items()), str(folder / "seeds")]
    atheris.Setup(words, partial(read, name))
    atheris.Fuzz()


def _begin(target: Target, folder: Path) -> None:
    """Write down what a reader usually gets, and the words that its input is made of."""
    (folder / "seeds").mkdir()
    for number, each in enumerate(target.seeds()):
        (folder / "seeds" / f"{number}").write_bytes(each[:MOST_BYTES])
    words = (word.encode() for word in target.words.split("¦"))
    escaped = ("".join(f"\\x{byte:02x}" for byte in word) for word in words)
    (folder / "words").write_text("".join(f'"{word}"\n' for word in escaped))


def main() -> None:
    """See the head of this file."""
    asked = argparse.ArgumentParser()
    asked.add_argument("file", type=Path, nargs="?")
    asked.add_argument("--seconds", type=int, default=60)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--fuzz", choices=LED_BY)
    asked.add_argument("--in", dest="folder", type=Path)
    given = asked.parse_args()
    if given.fuzz:
        return fuzz(given.fuzz, given.folder, given.seconds, given.seed)
    if given.file:
        return again(given.file)
    crashes = []
    for name in READERS:
        done = tried(name, given.seconds // len(READERS), given.seed)
        print(done, f"\nA crash: {done.crash}" if done.crash else "", flush=True)
        crashes += [done.crash] if done.crash else []
    return sys.exit(1 if crashes else 0)


if __name__ == "__main__":
    main()
