"""Small faults are put into the core, one at a time: does a test notice? ``python -m tests.proof.mutants [NAME ...]``

Owns which files are changed and by which tests each is tried, and writes the tables of
docs/mutants.md. Makes the faults with mutmut, in a copy under build/mutants. Changes nothing of the
line, and gives no reasons: those are written on the page by hand, and kept from run to run.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "mutants.md"
BUILD = ROOT / "build" / "mutants"
MUTMUT = ROOT / "build" / "mutmut" / "bin" / "mutmut"
NOTICED = "killed"
"""What mutmut says where a test has failed. One that took too long is not counted as noticed."""
NO_REASON = "**no reason yet**"
WHICH = {"*": "all", "*5": "a tenth of them, those whose number ends in 5"}
"""In words for the page, which faults of a part are tried."""
LONGEST_RUN = 3_600
"""Seconds for one part of the core."""


@dataclass(frozen=True)
class Part:
    """Part of the core: its files, and the tests that are quick enough to run for each fault."""

    files: tuple[str, ...]
    tests: tuple[str, ...]
    every: str = "*"
    """Which faults are tried, by the end of their names: one of WHICH."""
    at_import: tuple[str, ...] = ()
    """Functions that run only while their module is imported, which is before the fault is there."""


PARTS = {
    "dates": Part(("ivr/line/deadlines.py",), ("dates", "deadline_flow")),
    "guard": Part(("ivr/webhooks/guard.py", "ivr/webhooks/fields.py"), ("guard_alone",)),
    "limits": Part(
        ("ivr/store/limits.py",),
        ("limits", "answers", "optouts"),
        at_import=("limits: _counts", "limits: _own", "limits: _since"),
    ),
    "texts": Part(
        ("ivr/texts/*.py", "ivr/jobs/texts.py", "ivr/store/outbox.py", "ivr/webhooks/effects.py"),
        ("texts", "text_job", "errands", "store", "limits", "optouts", "inbox", "sent"),
        every="*5",
    ),
    "flow": Part(
        ("ivr/flow/*.py",),
        ("flow", "small_calls", "people", "doubles", "deadline_flow", "languages"),
        every="*5",
    ),
}
SLOW = (
    "test_ten_thousand_requests",
    "test_a_keyword_with_one_slip",
    "test_while_the_database_is_away",
    "postgresql",
)
"""Tests that take seconds each and say the same as others, only more surely."""
CARRIED = ("prompts", "audio", "docs", "bench", "tools", "requirements", "Makefile", "README.md")


def main() -> int:
    """Try the parts that are named, or all, and write the page anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*PARTS, []])
    for name in parser.parse_args().names or PARTS:
        begun = time.monotonic()
        print(f"{name}: small faults are made and tried ...", flush=True)
        folder = laid_out(name, PARTS[name])
        if not tried(folder, PARTS[name].every):
            print(f"{name}: no figure. See {folder / 'run.log'}", file=sys.stderr)
            return 1
        found = outcomes(folder, PARTS[name].at_import)
        PAGE.write_text(written(PAGE.read_text("utf-8"), name, found, begun), "utf-8")
    return 0


def file_of(test: str) -> str:
    """The file of a test, from the folder of the project."""
    (found,) = ROOT.glob(f"tests/*/test_{test}.py")
    return str(found.relative_to(ROOT))


def laid_out(name: str, part: Part) -> Path:
    """A copy of the line with its own settings for mutmut."""
    folder = BUILD / name
    shutil.rmtree(folder, ignore_errors=True)
    inner = folder / "mutants"
    inner.mkdir(parents=True)
    for each in ("ivr", "tests"):
        shutil.copytree(ROOT / each, folder / each, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for each in CARRIED:
        (inner / each).symlink_to(ROOT / each)
    (folder / "setup.cfg").write_text(configured(part), "utf-8")
    return folder


def configured(part: Part) -> str:
    """Each fault in a process of its own, which is ended when it takes too long."""
    marks = "not hypothesis and not browser"
    chosen = [file_of(each) for each in part.tests]
    slow = " and ".join(f"not {each}" for each in SLOW)
    rows = {
        "source_paths": ["ivr"],
        "only_mutate": part.files,
        "pytest_add_cli_args": [
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "-m",
            marks,
            "-k",
            slow,
        ],
        "pytest_add_cli_args_test_selection": chosen,
        "process_isolation": ["forkserver"],
        "use_setproctitle": ["false"],
        "timeout_multiplier": ["5.0"],
        "timeout_constant": ["5.0"],
        "track_dependencies": ["false"],
        "use_git_change_detection": ["false"],
    }
    told = "".join(f"{key}=\n" + "".join(f"    {row}\n" for row in rows[key]) for key in rows)
    return "[mutmut]\n" + re.sub(r"=\n    (.*)\n(?!    )", r"=\1\n", told)


def tried(folder: Path, every: str) -> bool:
    """Whether mutmut came to its end; how far it is stands on the screen."""
    with (folder / "run.log").open("wb") as log:
        running = subprocess.Popen(
            [MUTMUT, "run", every], cwd=folder, stdout=log, stderr=subprocess.STDOUT, env=os.environ
        )
        for _ in range(LONGEST_RUN):
            try:
                return running.wait(1) == 0 and bool(outcomes(folder, ()))
            except subprocess.TimeoutExpired:
                print(f"\r  {told(folder)[-76:]}", end="", flush=True)
    running.terminate()
    return False


def told(folder: Path) -> str:
    """The last lines of mutmut's own words, as one."""
    return " ".join((folder / "run.log").read_text("utf-8", "replace").split()[-14:])


def outcomes(folder: Path, at_import: tuple[str, ...]) -> dict[str, str]:
    """How each fault ended, by mutmut's name of it."""
    rows = asked(folder, "results", "--all", "true").splitlines()
    ends = dict(row.strip().split(": ") for row in rows if ": " in row)
    return {
        name: end
        for name, end in ends.items()
        if end != "not checked" and not place(name).endswith(at_import)
    }


def asked(folder: Path, *words: str) -> str:
    """What mutmut answers in this copy."""
    done = subprocess.run([MUTMUT, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def change(folder: Path, mutant: str) -> str:
    """The lines of a fault: as it was, and as it survived."""
    lines = [
        row for row in asked(folder, "show", mutant).splitlines() if re.match(r"[-+](?![-+])", row)
    ]
    was, now = ([row[1:].strip() for row in lines if row[0] == sign] for sign in "-+")
    return f"`{' '.join(was)}` → `{' '.join(now)}`".replace("|", "¦")


def written(page: str, name: str, found: dict[str, str], begun: float) -> str:
    """The page with the figures and the survivors of one part; reasons that stand there stay."""
    noticed = list(found.values()).count(NOTICED)
    minutes = (time.monotonic() - begun) / 60
    share = 100 * noticed / len(found)
    which = WHICH[PARTS[name].every]
    row = f"| {name} | {len(found)} | {noticed} | {share:.1f} % | {which} | {minutes:.0f} min |"
    page = re.sub(rf"(?m)^\| {name} \|.*$", lambda _: row, page, count=1)
    print(f"\r{row}{' ' * 40}")
    head, _, rest = page.partition(f"<!-- {name} -->\n")
    old, _, tail = rest.partition(f"<!-- end of {name} -->\n")
    reasons = {
        key: why for *key, why in map(cells, old.splitlines()) if key for key in [tuple(key)]
    }
    rows = [
        (place(mutant), change(BUILD / name, mutant))
        for mutant, end in found.items()
        if end != NOTICED
    ]
    table = "".join(f"| {a} | {b} | {reasons.get((a, b), NO_REASON)} |\n" for a, b in sorted(rows))
    table = f"| where | what was changed | why it is left |\n|---|---|---|\n{table}"
    return f"{head}<!-- {name} -->\n{table}<!-- end of {name} -->\n{tail}"


def cells(row: str) -> list[str]:
    """The cells of one row of a table."""
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def place(mutant: str) -> str:
    """The module and function of a fault, without mutmut's marks."""
    module, _, rest = mutant.rpartition(".")
    return f"{module.removeprefix('ivr.')}: {re.sub(r'^x_?|__mutmut_.*', '', rest).replace('ǁ', '.').lstrip('.')}"


if __name__ == "__main__":
    sys.exit(main())
