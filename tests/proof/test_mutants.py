"""The page of small faults: every part of the core has a figure, and what was left has a reason."""

from __future__ import annotations

import re

import pytest

from tests.proof.mutants import (
    NO_REASON,
    PAGE,
    PARTS,
    ROOT,
    WHICH,
    cells,
    configured,
    file_of,
    place,
)

TEXT = PAGE.read_text("utf-8")
ENOUGH = 85.0
"""Per cent of the faults that a part's tests must notice."""


@pytest.mark.parametrize("name", PARTS)
def test_the_files_and_tests_of_each_part_are_there(name):
    assert all(list(ROOT.glob(each)) for each in PARTS[name].files)
    assert all((ROOT / file_of(each)).is_file() for each in PARTS[name].tests)


@pytest.mark.parametrize("name", PARTS)
def test_each_part_has_its_figure_and_as_many_rows_as_faults_were_left(name):
    which = WHICH[PARTS[name].every]
    figures = re.search(rf"(?m)^\| {name} \| (\d+) \| (\d+) \| ([\d.]+) % \| {which} \|", TEXT)
    assert figures, f"{name} has no figure for {which}"
    tried, noticed, share = int(figures[1]), int(figures[2]), float(figures[3])
    assert share == round(100 * noticed / tried, 1) >= ENOUGH
    part = TEXT.partition(f"<!-- {name} -->")[2].partition(f"<!-- end of {name} -->")[0]
    rows = [cells(row) for row in part.strip().splitlines()[2:]]
    assert len(rows) == tried - noticed
    assert [row for row in rows if len(row) != 3 or row[2] in ("", NO_REASON)] == []


def test_each_fault_has_a_process_and_only_quick_tests():
    told = configured(PARTS["dates"])
    assert "process_isolation=forkserver\n" in told and "not hypothesis" in told
    assert "pytest_add_cli_args_test_selection=\n    tests/unit/test_dates.py\n" in told


@pytest.mark.parametrize(
    ("mutant", "where"),
    [
        ("ivr.line.deadlines.x_add_months__mutmut_14", "line.deadlines: add_months"),
        ("ivr.line.deadlines.x__roll__mutmut_1", "line.deadlines: _roll"),
        ("ivr.webhooks.guard.xǁGuardǁ_plainly__mutmut_4", "webhooks.guard: Guard._plainly"),
    ],
)
def test_a_fault_is_named_by_its_place(mutant, where):
    assert place(mutant) == where
