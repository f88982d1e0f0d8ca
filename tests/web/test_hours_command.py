"""``ivr hours``, as a charity's worker types it; and hours that are refused, with file and line."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli.hours import hours
from ivr.content import ContentError, load
from ivr.line.hours import is_open
from tests.support.lines import london
from tests.support.paths import ROOT

NONE = "other_days: []"
CHRISTMAS = """other_days:
  - {from: 2026-12-24, until: 2026-12-24, hours: ["09:00-12:00"]}
  - {from: 2026-12-28, hours: ["10:00-11:00", "13:00-14:00"], why: the office is open}
  - from: 2026-12-29
    until: 2026-12-31
    hours: []
    why: the office is closed
"""


@pytest.fixture
def content(tmp_path: Path, monkeypatch) -> Path:
    """A copy of the shipped content, to change, which the command reads."""
    copy = Path(shutil.copytree(ROOT / "prompts", tmp_path / "prompts"))
    monkeypatch.setenv("CONTENT_DIR", str(copy))
    return copy


def change(content: Path, old: str, new: str) -> None:
    path = content / "line.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def line_of(content: Path, words: str) -> int:
    """The line, from 1, that begins with these words."""
    text = (content / "line.yaml").read_text()
    return text[: text.index(f"\n{words}")].count("\n") + 2


def run(line: str):
    return CliRunner().invoke(hours, line.split(), prog_name="ivr hours")


def shown(line: str) -> str:
    """What is shown, with one space for several."""
    result = run(line)
    assert result.exit_code == 0, result.output
    return re.sub(" +", " ", result.output)


# -- What is shown


def test_a_week_has_seven_days_from_monday_on(content):
    rows = shown("--week 2026-11-26 --at 2026-11-24T10:00").splitlines()
    assert rows[0] == "The week of Monday 23 November 2026, London time:"
    assert rows[2:9:6] == [" Monday 23 November 09:00-17:00", " Sunday 29 November closed"]


def test_a_day_says_why_it_is_unlike_others(content):
    change(content, NONE, CHRISTMAS)
    said = shown("--week 2026-12-21 --at 2026-12-01T10:00")
    assert "Thursday 24 December 09:00-12:00 other day\n" in said
    assert "Friday 25 December closed bank holiday: Christmas Day\n" in said
    said = shown("--week 2026-12-28 --at 2026-12-01T10:00")
    assert (
        "Monday 28 December 10:00-11:00, 13:00-14:00 "
        "other day: the office is open; bank holiday: Boxing Day\n"
    ) in said
    assert "Wednesday 30 December closed other day: the office is closed\n" in said
    assert "Friday 1 January closed bank holiday: New Year’s Day\n" in said


NOW = {
    "open": ("2026-11-24T10:00", "open until 17:00"),
    "closed": ("2026-11-24T20:00", "closed; opens again tomorrow at nine in the morning"),
    "far off": (
        "2026-12-24T12:00",
        "closed; opens again on Monday the fourth of January at nine in the morning",
    ),
    "in another zone": ("2026-11-24T16:30+00:00", "open until 17:00"),
}


@pytest.mark.parametrize(("at", "says"), NOW.values(), ids=NOW)
def test_whether_it_is_open_now_in_the_words_that_callers_hear(content, at, says):
    change(content, NONE, CHRISTMAS.replace('"10:00-11:00", "13:00-14:00"', ""))
    assert f"\nNow: {says}\n" in shown(f"--at {at}")


def test_the_clock_of_the_line_is_now(content, monkeypatch):
    monkeypatch.setenv("LINE_CLOCK", "2026-12-22T10:00")
    assert "The week of Monday 21 December 2026" in shown("")


@pytest.mark.parametrize(
    ("times", "at", "says"),
    [
        ('["22:00-24:00"]', "2026-11-23T22:30", "open until 24:00"),
        ("[]", "2026-11-24T18:00", "closed; opens again tomorrow at nine"),
    ],
    ids=["to midnight", "a day off"],
)
def test_monday_with_other_hours(content, times, at, says):
    change(content, 'monday: ["09:00-17:00"]', f"monday: {times}")
    assert f"Now: {says}" in shown(f"--at {at}")


def test_open_into_the_next_day_says_on_which_it_closes(content):
    change(content, 'monday: ["09:00-17:00"]', 'monday: ["22:00-24:00"]')
    change(content, 'tuesday: ["09:00-17:00"]', 'tuesday: ["00:00-02:00"]')
    assert "Now: open until 02:00 on Tuesday 24 November 2026" in shown("--at 2026-11-23T22:30")


def test_a_line_that_is_never_open_says_that_callers_hear_no_day(content):
    change(content, "hours:\n", "hours: {}\nold_hours:\n")
    text = (content / "line.yaml").read_text()
    (content / "line.yaml").write_text(re.sub(r"old_hours:\n(?:  \w+: .*\n)+", "", text))
    assert "Now: closed; callers hear no day" in shown("--at 2026-11-24T10:00")


# -- What should be looked at


def test_days_that_are_over_are_named_with_their_line(content):
    change(content, NONE, CHRISTMAS)
    said = shown("--at 2026-12-30T10:00")
    first, second = (
        line_of(content, "  - {from: 2026-12-24"),
        line_of(content, "  - {from: 2026-12-28"),
    )
    assert f"line.yaml, line {first}: Thursday 24 December 2026 is over." in said
    assert f"line.yaml, line {second}: Monday 28 December 2026 is over." in said
    assert said.count("is over") == 2, "an entry that lasts is not over"
    assert "Tuesday 29 December 2026 to Thursday 31 December 2026 is over" in shown(
        "--at 2027-01-01T10:00"
    )


def test_the_end_of_the_bank_holidays_is_told(content):
    assert "Bank holidays are known up to Tuesday 26 December 2028." in shown("")


def test_an_opening_without_words_is_named(content):
    assert "no words" not in shown("")
    change(content, 'monday: ["09:00-17:00"]', 'monday: ["09:15-17:00"]')
    said = shown("--at 2026-11-28T10:00")
    assert "The line has no words in “en” for an opening at 09:15." in said
    assert "Now: closed; opens again on Monday 30 November 2026 at 09:15" in said


# -- For programs, and what is refused


def test_programs_get_moments_and_nulls(content):
    change(content, NONE, CHRISTMAS)
    found = json.loads(shown("--week 2026-12-21 --at 2026-12-24T10:00 --json"))
    assert [day["day"] for day in found["week"]][::6] == ["2026-12-21", "2026-12-27"]
    assert found["week"][3] == {"day": "2026-12-24", "hours": ["09:00-12:00"], "why": "other day"}
    assert found["open"] is True and found["closes"] == "2026-12-24T12:00:00+00:00"
    night = json.loads(shown("--at 2026-12-24T20:00 --json"))
    assert night["closes"] is None and night["opens"] == "2026-12-28T10:00:00+00:00"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--week 2026-13-01", "2026-13-01 is not a date"),
        ("--week soon", "soon is not a date"),
        ("--at noon", "noon is not a time"),
        ("--week 9999-12-31", "Choose a year"),
        ("--at 0001-01-01T10:00", "Choose a year"),
    ],
)
def test_a_date_that_is_none_is_refused_in_plain_words(content, words, says):
    result = run(words)
    assert result.exit_code == 2 and says in result.output


def test_help_teaches_by_example():
    assert "ivr hours --week 2026-12-21\n" in run("--help").output


# -- The hours in line.yaml

ENTRY = '  - {from: 2026-12-24, until: 2026-12-24, hours: ["09:00-12:00"]}'
WRONG = {
    "until before from": (ENTRY, "  - {from: 2026-12-24, until: 2026-12-23, hours: []}", "before"),
    "longer than a year": (ENTRY, "  - {from: 2025-12-23, until: 2026-12-24, hours: []}", "a year"),
    "two over one another": (
        ENTRY,
        "  - {from: 2026-12-31, hours: []}",
        "31 December 2026 and 29 December 2026 to 31 December 2026 have days in common",
    ),
    "hours out of order": (
        ENTRY,
        '  - {from: 2026-12-24, hours: ["13:00-14:00", "09:00-12:00"]}',
        "go by the clock",
    ),
    "hours after midnight": (
        ENTRY,
        '  - {from: 2026-12-24, hours: ["22:00-24:00", "23:00-23:30"]}',
        "go by the clock",
    ),
    "hours of a week over one another": (
        '  friday: ["09:00-17:00"]',
        '  friday: ["09:00-12:00", "11:59-17:00"]',
        "“friday”",
    ),
    "backwards": (ENTRY, '  - {from: 2026-12-24, hours: ["17:00-09:00"]}', "opening times look"),
    "to no time": (ENTRY, '  - {from: 2026-12-24, hours: ["17:00-24:30"]}', "opening times look"),
    "no date": (ENTRY, "  - {from: Christmas, hours: []}", "a date such as"),
    "no hours": (ENTRY, "  - {from: 2026-12-24}", "missing"),
    "a name misspelt": (ENTRY, "  - {from: 2026-12-24, hours: [], untill: 2026-12-24}", "untill"),
}


@pytest.mark.parametrize(("old", "new", "says"), WRONG.values(), ids=WRONG)
def test_hours_that_cannot_be_are_refused_with_file_and_line(content, old, new, says):
    change(content, NONE, CHRISTMAS)
    change(content, old, new)
    with pytest.raises(ContentError) as error:
        load(content)
    (fault,) = error.value.faults
    at = "  - from: 2026-12-29" if "in common" in says else new
    assert (fault.file, fault.line) == ("line.yaml", line_of(content, at))
    assert says in fault.says
    result = run("")
    assert result.exit_code == 1 and says in result.output


def test_hours_that_touch_and_days_that_touch_are_sound(content):
    longer = CHRISTMAS.replace("2026-12-24, until: 2026-12-24", "2026-01-01, until: 2026-12-27")
    change(content, NONE, longer.replace('["09:00-12:00"]', '["09:00-12:00", "12:00-24:00"]'))
    assert is_open(load(content).hours, london("2026-12-27T23:59"))


def test_the_examples_of_the_page_and_of_the_file_are_sound(content):
    page = (ROOT / "docs" / "hours.md").read_text()
    for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL):
        text = (ROOT / "prompts" / "line.yaml").read_text()
        for name in re.findall(r"(?m)^\w+", block):
            text = re.sub(rf"(?m)^{name}:.*\n(?:  .*\n)*", "", text)
        (content / "line.yaml").write_text(text + block)
        load(content)
    shipped = (ROOT / "prompts" / "line.yaml").read_text()
    example = re.search(r"(?m)^# other_days:\n(?:#   .*\n)+", shipped)
    assert example
    (content / "line.yaml").write_text(shipped.replace(NONE, re.sub(r"(?m)^# ", "", example[0])))
    assert not is_open(load(content).hours, london("2026-12-30T10:00"))
