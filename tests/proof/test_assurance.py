"""docs/assurance.md: every fault the line was built against is there, and every test it names exists."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "assurance.md").read_text(encoding="utf-8")
IDS = [
    *("T1", "T1b", "T1c", "T1d", "T1e", *(f"T{n}" for n in range(2, 7))),
    *(f"F{n}" for n in range(1, 20)),
    *(f"M{n}" for n in range(1, 8)),
    *(f"P{n}" for n in range(1, 12)),
    *(f"S{n}" for n in range(1, 11)),
]
MISSING = "not shown yet"
ROWS = {
    cells[0].strip(): [cell.strip() for cell in cells[1:]]
    for row in PAGE.splitlines()
    if re.match(r"\| [TFMPS]\d", row) and (cells := row.strip("|").split("|"))
}
NAMED = [
    (fault, name)
    for fault, cells in ROWS.items()
    for name in re.findall(r"`([^`]*::[^`]*)`", cells[-1])
]


@cache
def held_by(file: str) -> frozenset[str]:
    """The tests that a file holds."""
    path = next(ROOT.glob(f"tests/*/{file}"), None)
    if path is None:
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_fault_has_its_row_once_and_in_order():
    assert [*ROWS] == IDS
    assert len(re.findall(r"^\| [TFMPS]\d", PAGE, re.MULTILINE)) == len(IDS)


@pytest.mark.parametrize("fault", IDS)
def test_each_row_says_what_happens_and_names_a_test_or_that_there_is_none(fault):
    what, does, shown = ROWS[fault]
    assert len(what) > 10 and len(does) > 20
    assert "::" in shown or MISSING in shown
    left = re.sub(r"`test_\w+\.py::test_\w+`", "", shown)
    assert re.fullmatch(rf"(<br>|\s|{MISSING}: [^`:]+)*", left), left


@pytest.mark.parametrize(("fault", "name"), NAMED, ids=[f"{a} {b}" for a, b in NAMED])
def test_every_test_that_is_named_is_there(fault, name):
    file, _, test = name.partition("::")
    assert test in held_by(file), f"{fault}: there is no {name}"


def test_what_is_not_shown_is_counted_at_the_head_of_the_page():
    lacking = [fault for fault, cells in ROWS.items() if MISSING in cells[-1]]
    wholly = [fault for fault in lacking if "::" not in ROWS[fault][-1]]
    assert (
        f"Of {len(IDS)} faults, {len(IDS) - len(lacking)} are shown whole, "
        f"{len(lacking) - len(wholly)} in part and {len(wholly)} not at all."
    ) in " ".join(PAGE.split())


@pytest.mark.parametrize(
    "lock", sorted((ROOT / "requirements").glob("*.lock")), ids=lambda each: each.name
)
def test_every_package_is_pinned_with_a_hash(lock):
    rows = lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    packages = [row for row in rows if row and not row.lstrip().startswith("#")]
    assert len(packages) > 20
    for row in packages:
        assert re.match(r"[\w.\[\],-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", row), row
