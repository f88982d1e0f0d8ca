"""The search for odd input that a reader falls over: ``make fuzz``. No part of ``make test``.

``python -m tests.proof.odd_input --seconds 600`` shares that time among the readers, half of it led by
coverage (``odd_led``) and half drawn (``odd_drawn``), and then lets every test that draws its input
draw another. ``python -m tests.proof.odd_input tests/kept_inputs/…`` tries a kept input again.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from tests.proof import odd_drawn, odd_led
from tests.proof.odd_kept import FAILED, KEPT, ROOT, Finding, keep, told
from tests.proof.odd_led import LED_BY, LONGEST
from tests.proof.odd_targets import read
from tests.support.hypothesis_profile import FRESH

READERS = tuple(name for name in LED_BY if name != "broken")
AT_ONCE = 200
"""Inputs that are drawn between two looks at the clock."""
SURE = 60
"""Seconds in which a reader that is broken on purpose is found: it takes one."""
HEAD = """
| reader | led by coverage | a second | code reached by what is known | and by odd input | inputs that reached more | drawn |
|---|---|---|---|---|---|---|"""
NOTHING = (
    "Nothing was found. What was tried stands above; a longer search says more: make fuzz FUZZ=3600"
)
DRAWING = (("-m", "hypothesis"), ("tests/calls/test_everything_at_once.py",))
"""The tests that draw their input, and the one whose callers do anything."""
OTHERS = """
A test fell over what it drew: that stands above, after “Falsifying example”. What to do: keep it, as
@example(…) or as a test of its own; mend the line; search again with "make fuzz"."""


class TooLong(Exception):
    """A reader has had an input for longer than LONGEST."""


@contextmanager
def _limit() -> Iterator[None]:
    def end(*_: object) -> None:
        raise TooLong(f"no answer within {LONGEST} seconds")

    before = signal.signal(signal.SIGALRM, end)
    left = signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *left)


def in_time(name: str, data: bytes) -> None:
    """Give an input to a reader, which may not take for ever."""
    with _limit():
        read(name, data)


def drawn(name: str, seconds: float, chance: int) -> tuple[int, Finding | None]:
    """Draw for a reader until the time is over or it falls over: how many, and what was found."""
    end = time.monotonic() + seconds
    for rounds in count():
        finding = odd_drawn.tried(name, AT_ONCE, chance + rounds, in_time)
        if finding or time.monotonic() > end:
            break
    return (rounds + 1) * AT_ONCE, finding


def searched(name: str, seconds: int, chance: int, led: bool) -> Iterator[Finding]:
    """Search for what one reader falls over, and print how much was tried."""
    cells = ["–"] * 5
    if led:
        done = odd_led.tried(name, seconds // 2, chance)
        cells = [f"{done.runs:,}", f"{done.each_second:,}", f"{done.before:,}"]
        cells += [f"{done.after - done.before:,}", f"{done.more:,}"]
        yield from [done.finding] if done.finding else []
    number, finding = drawn(name, seconds // 2 if led else seconds, chance)
    print(f"| {name} | {' | '.join(cells)} | {number:,} |", flush=True)
    yield from [finding] if finding else []


def is_well(led: bool) -> bool:
    """Whether the search finds a reader that is broken on purpose, in each of its two ways."""
    ways: list[Callable[[], Finding | None]] = [lambda: drawn("broken", SURE, 1)[1]]
    if led:
        ways.append(lambda: odd_led.tried("broken", SURE, 1).finding)
    return all(way() for way in ways)


def search(seconds: int, chance: int, names: tuple[str, ...] = READERS, into: Path = KEPT) -> int:
    """Search each reader in its share of the time, keep what is found, and say so in words."""
    led, found = find_spec("atheris") is not None, 0
    if not is_well(led):
        print("The search itself is broken: it does not find a reader that is broken on purpose.")
        return 2
    print(f"The search is well: it finds a reader that is broken on purpose. Chance {chance}.")
    if not led:
        print("atheris is not there for this kind of machine: input is only drawn.")
    print(f"{seconds} seconds for {len(names)} readers.\n{HEAD}", flush=True)
    for name in names:
        for finding in searched(name, seconds // len(names), chance, led):
            print(told(finding, keep(name, finding.data, FAILED, into)), flush=True)
            found += 1
    return 1 if found else 0


def others(chance: int) -> int:
    """Every test that draws its input draws another, and its callers do something else."""
    print("\nEvery test that draws its input draws another ...", flush=True)
    words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    words += [f"--hypothesis-profile={FRESH}", f"--hypothesis-seed={chance}"]
    for chosen in DRAWING:
        if subprocess.run([*words, *chosen], cwd=ROOT, check=False).returncode:
            print(OTHERS)
            return 1
    return 0


def again(file: Path) -> int:
    """A kept input once more; its error is raised, as long as it is one."""
    in_time(file.resolve().parent.name, file.read_bytes())
    print(f"{file} is answered or refused in words now.")
    return 0


def main() -> int:
    """See the head of this file."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("file", type=Path, nargs="?", help="a kept input to try again")
    asked.add_argument("--seconds", type=int, default=600)
    asked.add_argument("--chance", type=int, help="the number that an earlier search said")
    given = asked.parse_args()
    if given.file:
        return again(given.file)
    chance = given.chance or random.SystemRandom().randrange(1, 2**31)
    found = search(given.seconds, chance) or others(chance)
    if not found:
        print(NOTHING)
    return found


if __name__ == "__main__":
    sys.exit(main())
