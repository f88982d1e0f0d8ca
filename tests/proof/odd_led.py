"""Odd input led by coverage: atheris gives a reader bytes that reach code not reached before.

Each reader has a process of its own, for atheris takes one over and ends it. Only there is it needed.
``python -m tests.proof.odd_led NAME FOLDER`` is that process: what reached more lies in FOLDER/begin after it.
"""

from __future__ import annotations

import argparse
import gc
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FunctionType

from tests.proof.odd_kept import ROOT, Finding, kept
from tests.proof.odd_targets import TARGETS, read

CALLS = ("ivr.flow", "ivr.line.call", "ivr.line.wording", "ivr.line.deadlines", "ivr.line.numbers")
LED_BY = {
    "content": ("ivr.content", "ivr.line.hours", "ruamel.yaml"),
    "numbers": (*CALLS, "ivr.texts.days", "phonenumbers.phonenumberutil"),
    "guard": (
        "ivr.webhooks.guard",
        "ivr.webhooks.fields",
        "urllib.parse",
        "twilio.request_validator",
    ),
    "state": (
        *CALLS,
        "ivr.webhooks.address",
        "ivr.secrets.seal",
        "ivr.twiml",
        "ivr.webhooks.voice",
        "ivr.webhooks.fields",
    ),
    "texts": ("ivr.texts", "ivr.line.deadlines"),
    "broken": ("tests.proof.odd_targets",),
}
"""Each reader, and whose code its coverage is counted of: ours, and what reads for us. No more, for
code that is counted runs slower."""
MOST_BYTES = 4_096
"""Of one input: a text has 1,600, an address some hundred, most files of content 2,000."""
LONGEST = 60
"""Seconds for one input; longer is a hang. A thousand brackets in a file of content take three, and
over twenty where each step is counted and other programs are at work."""
START = 240
"""Seconds in which a reader has read what it usually gets: ten, but on a machine with a load of ten
and more it was over a minute."""


@dataclass(frozen=True)
class Tried:
    """How one reader fared: inputs, code reached by what it usually gets and then, and inputs that
    reached more."""

    runs: int
    each_second: int
    before: int
    after: int
    more: int
    finding: Finding | None


def tried(name: str, seconds: int, chance: int) -> Tried:
    """Give one reader odd input for a time, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "tests.proof.odd_led", name, folder]
        ran = subprocess.run(
            [*words, f"--seconds={seconds}", f"--seed={chance}"],
            cwd=ROOT, capture_output=True, text=True, errors="replace",
            timeout=seconds + START + LONGEST, check=False,
        )  # fmt: skip
        found = sorted(Path(folder).glob("out-*"))
        finding = Finding(name, found[0].read_bytes(), _happened(ran)) if found else None
    if ran.returncode and not finding:
        raise RuntimeError(
            f"{name} could not be tried:\n{ran.stdout[-2_000:]}{ran.stderr[-2_000:]}"
        )
    return _counted(ran.stderr, finding)


def _counted(said: str, finding: Finding | None) -> Tried:
    """What libFuzzer says of itself at its end."""
    told: Mapping[str, str] = dict(re.findall(r"stat::(\w+):\s+(\d+)", said))
    reached = [int(each) for each in re.findall(r"(?:INITED|NEW|REDUCE|DONE).* cov: (\d+)", said)]
    return Tried(
        int(told.get("number_of_executed_units", 0)),
        int(told.get("average_exec_per_sec", 0)),
        reached[0] if reached else 0,
        reached[-1] if reached else 0,
        int(told.get("new_units_added", 0)),
        finding,
    )


def _happened(ran: subprocess.CompletedProcess[str]) -> str:
    """The error, or of a hang and the like what libFuzzer says of it."""
    error = ran.stdout.partition("=== Uncaught Python exception: ===")[2]
    return (error or re.sub(r"(?m)^stat::.*$", "", ran.stderr[-4_000:])).strip()


def fuzz(name: str, folder: Path, seconds: int, chance: int) -> None:
    """Never comes back: atheris ends the process."""
    import atheris

    led_by = tuple(f"{module}." for module in LED_BY[name])
    # By hand and not as atheris imports modules: that would be the whole of ivr, and take ten seconds.
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and f"{each.__module__}.".startswith(led_by):
            atheris.instrument_func(each)
    _begin(name, folder)
    so = {
        "max_total_time": seconds, "seed": chance, "max_len": MOST_BYTES, "timeout": LONGEST,
        "print_final_stats": 1, "dict": folder / "words", "artifact_prefix": folder / "out-",
        "rss_limit_mb": 2_048, "len_control": 20, "report_slow_units": LONGEST,
    }  # fmt: skip
    words = [name, *(f"-{key}={value}" for key, value in so.items()), str(folder / "begin")]
    atheris.Setup(words, partial(read, name))
    atheris.Fuzz()


def _begin(name: str, folder: Path) -> None:
    """Write down what a reader usually gets and what is kept for it, and what its input is made of."""
    (folder / "begin").mkdir(parents=True)
    for number, each in enumerate([*TARGETS[name].seeds(), *kept(name).values()]):
        (folder / "begin" / f"{number}").write_bytes(each[:MOST_BYTES])
    words = (word.encode() for word in TARGETS[name].words.split("¦"))
    escaped = ("".join(f"\\x{byte:02x}" for byte in word) for word in words)
    (folder / "words").write_text("".join(f'"{word}"\n' for word in escaped))


def main() -> None:
    """See the head of this file."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("name", choices=LED_BY)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--seconds", type=int, default=60)
    asked.add_argument("--seed", type=int, default=0)
    given = asked.parse_args()
    fuzz(given.name, given.folder, given.seconds, given.seed)


if __name__ == "__main__":
    main()
