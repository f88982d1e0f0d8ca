"""The last line of a run names what failed, as one can run it again."""

from __future__ import annotations

import re

import pytest

from tests.support.paths import ROOT
from tools import suite

CASES = {
    "a test": ('classname="tests.unit.test_flow" name="test_a"', "tests/unit/test_flow.py::test_a"),
    "a test with a name of words": (
        'classname="tests.web.test_heroku" name="test_a[no database]"',
        "'tests/web/test_heroku.py::test_a[no database]'",
    ),
    "a file that cannot be read": (
        'classname="" name="tests.unit.test_flow"',
        "tests/unit/test_flow.py",
    ),
}


@pytest.mark.parametrize(("case", "named"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("how", ["failure", "error"])
def test_what_failed_is_named_as_one_can_run_it(tmp_path, monkeypatch, case, named, how):
    results = tmp_path / "tests.xml"
    fine = '<testcase classname="tests.unit.test_flow" name="test_b"/>'
    results.write_text(f"<suite>{fine}<testcase {case}><{how}/></testcase></suite>")
    monkeypatch.setattr(suite, "RESULTS", results)
    assert suite.failing() == [named]


PRINTED = {
    "ruff": ("F401 unused\n --> ivr/line/deadlines.py:3:8\n", " (ivr/line/deadlines.py:3)"),
    "ruff format": ("Would reformat: ivr/flow/topics.py\n", " (ivr/flow/topics.py)"),
    "mypy": ("ivr/app.py:12: error: no\nFound 1 error\n", " (ivr/app.py:12)"),
    "import-linter": (
        "ivr.line.deadlines is not allowed to import time:\n-   ivr.line.deadlines -> time (l.8)\n",
        " (ivr.line.deadlines -> time (l.8))",
    ),
    "nothing": ("it ended\n", ""),
}


@pytest.mark.parametrize(("printed", "place"), PRINTED.values(), ids=PRINTED)
def test_the_place_that_a_check_names_is_said(printed, place):
    assert suite.where(printed) == place


def test_every_static_check_runs_before_a_commit_too():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    run = dict(re.findall(r"- id: (\w+)\n.*\n +entry: \.venv/bin/([\w-]+)", hooks))
    assert run == {name: command[0] for name, command in suite.STATIC.items()}


def test_what_tests_share_stands_in_no_test():
    """A helper that is imported from a test file moves to tests/support."""
    files = {file: file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("*.py")}
    sharing = re.compile(r"^(?:from|import) (?:tests\S*\.test_|tests\S* import .*\btest_)", re.M)
    assert [str(file) for file, text in files.items() if sharing.search(text)] == []
