"""``python tools/suite.py all|quick``: every check, then one line that says how it went.

Owns which checks there are and their order, and nothing of what they look at. A check that fails
does not keep the others from running. The last line says what failed and where, so that nobody has
to look for it. Each process of pytest has a core.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as Xml

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
RESULTS = ROOT / "build" / "tests.xml"
STATIC = {
    "style": ("ruff", "check", "."),
    "layout": ("ruff", "format", "--check", "."),
    "imports": ("lint-imports",),
    "types": ("mypy",),
}
CORE = (
    *("dates", "numbers", "hours", "content", "flow", "every_step", "small_calls", "doubles"),
    *("people", "deadline_flow", "languages", "twiml", "address", "texts", "golden_calls", "sizes"),
)
"""What is run while working: the core, and the golden calls."""
PYTEST = ("pytest", "-n", "4", "--dist", "worksteal", f"--junitxml={RESULTS}")
TESTS = {
    "all": PYTEST,
    "quick": (*PYTEST, *(str(*ROOT.glob(f"tests/*/test_{name}.py")) for name in CORE)),
}
PLACE = re.compile(r"[\w./-]+\.pyi?(?::\d+)?|ivr[\w.]* -> [\w.]+ \(l\.\d+\)")
"""A file with its line, or an import that is not allowed."""


def run(name: str, command: tuple[str, ...]) -> tuple[bool, str]:
    """Run one check, its output as it comes: whether it passed, and what it printed."""
    print(f"\n== {name}: {' '.join(command[:3])}", flush=True)
    began, printed = time.monotonic(), ""
    with subprocess.Popen(
        [BIN / command[0], *command[1:]],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        for line in running.stdout or ():
            print(line, end="", flush=True)
            printed += line
    passed = running.returncode == 0
    print(f"== {name}: {'passed' if passed else 'FAILED'}, {lasted(began)}", flush=True)
    return passed, printed


def lasted(began: float) -> str:
    """How long something took, as people say it."""
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def where(printed: str) -> str:
    """The first place that a check names."""
    found = PLACE.search(printed)
    return f" ({found[0]})" if found else ""


def failing() -> list[str]:
    """The tests that failed, as the shell and pytest take them; files that could not be read."""
    if not RESULTS.exists():
        return []
    cases = Xml.parse(RESULTS).iter("testcase")  # noqa: S314 - pytest's own file
    wrong = [each for each in cases if {"failure", "error"} & {part.tag for part in each}]
    return [_named(each.get("classname", ""), each.get("name", "")) for each in wrong]


def _named(module: str, test: str) -> str:
    file = f"{(module or test).replace('.', '/')}.py"
    return shlex.quote(f"{file}::{test}") if module else file


def tested(which: str) -> str:
    """What is wrong with the tests; empty where all passed."""
    passed, _ = run("tests", TESTS[which])
    if passed:
        return ""
    names = failing()
    more = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
    return f"tests: {names[0]}{more}" if names else "tests: pytest could not run, see above"


def main() -> int:
    """Run every check; 0 where all passed."""
    began = time.monotonic()
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.unlink(missing_ok=True)
    looked = {name: run(name, command) for name, command in STATIC.items()}
    failed = [f"{name}{where(said)}" for name, (passed, said) in looked.items() if not passed]
    if wrong := tested(sys.argv[1]):
        failed.append(wrong)
    how = f"FAILED: {'; '.join(failed)}" if failed else "Everything passed"
    print(f"\n{how}, in {lasted(began)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    raise SystemExit(main())
