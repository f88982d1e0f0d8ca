"""``python tools/suite.py all|quick``: every check, then one line that says how it went.

Owns which checks there are and their order, and nothing of what they look at. A check that fails
does not keep the others from running. The last line names what failed first, so that nobody has to
look for it. Each process of pytest has a core.
"""

from __future__ import annotations

import os
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
    *(
        "dates",
        "numbers",
        "hours",
        "content",
        "flow",
        "every_step",
        "small_walks",
        "doubles",
        "people",
    ),
    *("deadline_flow", "languages", "twiml", "address", "texts", "walks", "sizes"),
)
"""What is run while working: the core, and the golden calls."""
TESTS = {
    "all": ("pytest", "-n", "2", "--dist", "worksteal", f"--junitxml={RESULTS}"),
    "quick": (
        "pytest",
        "-n",
        "2",
        f"--junitxml={RESULTS}",
        *(f"tests/test_{name}.py" for name in CORE),
    ),
}


def run(name: str, command: tuple[str, ...]) -> bool:
    """Run one check, its output as it comes, then how long it took; whether it passed."""
    print(f"\n== {name}: {' '.join(command[:3])}", flush=True)
    began = time.monotonic()
    passed = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, check=False).returncode == 0
    print(f"== {name}: {'passed' if passed else 'FAILED'}, {lasted(began)}", flush=True)
    return passed


def lasted(began: float) -> str:
    """How long something took, as people say it."""
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def failing() -> list[str]:
    """The tests that failed, as pytest takes them to run one again."""
    if not RESULTS.exists():
        return []
    cases = Xml.parse(RESULTS).iter("testcase")  # noqa: S314 - pytest's own file
    failed = (
        case for case in cases if case.find("failure") is not None or case.find("error") is not None
    )
    return [
        f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}" for case in failed
    ]


def main() -> int:
    """Run every check; 0 where all passed."""
    which = sys.argv[1]
    began = time.monotonic()
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.unlink(missing_ok=True)
    failed = [name for name, command in STATIC.items() if not run(name, command)]
    if not run("tests", TESTS[which]):
        tests = failing()
        more = f" (and {len(tests) - 1} more)" if len(tests) > 1 else ""
        failed.append(f"tests: {tests[0]}{more}" if tests else "tests: pytest could not run")
    how = f"FAILED: {'; '.join(failed)}" if failed else "Everything passed"
    print(f"\n{how}, in {lasted(began)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    raise SystemExit(main())
