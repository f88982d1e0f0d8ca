"""``ivr deadline``, as an adviser types it; and that what it says is plain, kind and complete."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time, timedelta
from itertools import product

import pytest
from click.testing import CliRunner

from ivr.cli.deadline import deadline
from ivr.config import LONDON
from ivr.content import load
from ivr.content.build import calendar
from ivr.content.checks.plain import BLAME, IDIOMS, RUSH
from ivr.content.checks.reading import phrases_in
from ivr.flow.deadline import told as what_is_told
from ivr.line.call import Facts
from ivr.line.deadlines import Letter, work_out
from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "deadlines.md"
LINE = load(PAGE.parent.parent / "prompts")

day = date.fromisoformat


def run(line: str):
    return CliRunner().invoke(deadline, line.split(), prog_name="ivr deadline")


def told(line: str) -> dict:
    result = run(f"{line} --json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def said(line: str) -> str:
    return " ".join(told(line)["words"])


def case(kind: str, certificate: int | None, decision: str, later: int):
    """A letter, what is worked out from it some days later, and how many days."""
    printed = day(decision)
    letter = Letter(printed, kind, certificate and printed + timedelta(certificate))
    return letter, work_out(letter, printed + timedelta(later), calendar()), later


CASES = [
    case(*each)
    for each in product(
        ("other", "placement-only", "not-sure"),
        (None, 20, 50),
        ("2026-06-15", "2026-10-25", "2026-11-23", "2026-10-01"),
        (20, 60, 61, 63, 78, 120),
    )
    if (each[1] or 0) <= each[3]
]
"""Every kind, with and without a certificate, on days of every status, moved for every reason."""


# -- What an adviser sees


def test_each_date_has_its_weekday_and_its_reason():
    output = run("2026-06-15 --today 2026-06-15").output
    assert re.search(
        r"Ring the mediation adviser by +Friday 14 August 2026 +this day never", output
    )
    assert re.search(r"Aim for the appeal to arrive +Friday 14 August 2026 +the safe day", output)
    assert re.search(r"Last day the law gives +Tuesday 1 September 2026 +moved: August", output)
    assert "Two months from the letter     Saturday 15 August 2026" in output


def test_a_day_that_has_passed_is_marked():
    output = run("2026-06-15 --today 2026-08-20").output
    assert re.search(r"Aim for the appeal to arrive +Friday 14 August 2026 +has passed", output)
    assert not re.search(r"1 September 2026 +has passed", output)
    assert "has passed" not in run("2026-06-15 --today 2026-08-14").output, "that is the day"


def test_a_certificate_is_shown_with_its_month_and_needs_no_adviser():
    output = run("2026-10-01 --certificate 2026-11-29 --today 2026-11-29").output
    assert re.search(r"Ring the mediation adviser +not needed", output)
    assert re.search(r"One month from the certificate +Tuesday 29 December 2026", output)


def test_the_page_shows_what_the_command_prints():
    blocks = re.findall(r"```\n(.*?)```", PAGE.read_text(), re.DOTALL)
    typed, printed = blocks[0].strip(), blocks[1].strip()
    assert printed in run(typed.removeprefix("ivr deadline ")).output


def test_for_programs_there_are_dates_a_status_and_words():
    found = told("2026-06-15 --today 2026-08-20")
    words_said = found.pop("words")
    assert found == {
        "adviser_by": "2026-08-15",
        "adviser_safe_day": "2026-08-14",
        "raw": "2026-08-15",
        "last_day": "2026-09-01",
        "safe_day": "2026-08-14",
        "status": "safe-day-passed",
        "perhaps_until": None,
    }
    assert len(words_said) > 5 and all(isinstance(each, str) for each in words_said)


def test_a_program_reads_null_for_a_day_that_is_not_said():
    assert told("2026-10-01 --kind placement-only --today 2026-10-01")["adviser_safe_day"] is None


def test_help_teaches_with_examples_that_work():
    shown = run("--help").output
    examples = re.findall(r"(?m)^ +ivr deadline (\d.*)$", shown)
    assert len(examples) >= 4 and "exclusions" in shown
    for example in examples:
        today = "" if "--today" in example else " --today 2026-07-10"
        assert run(example + today).exit_code == 0, example


# -- What is odd


@pytest.mark.parametrize(
    ("line", "status", "says"),
    [
        ("2026-11-25 --today 2026-11-24", 2, "This letter is dated after today."),
        ("2026-11-01 --certificate 2026-11-25 --today 2026-11-24", 2, "This certificate is dated after today."),
        ("2026-11-01 --certificate 2026-10-31 --today 2026-11-24", 2, "This certificate is older than the letter."),
        ("2026-02-31", 2, "2026-02-31 is not a date."),
        ("15/06/2026", 2, "like this: 2026-06-15"),
        ("2025-11-23 --today 2026-11-24", 1, "more than 12 months old"),
        ("2028-11-20 --today 2028-11-20", 1, "bank holidays of those days are not known"),
    ],
    ids=["letter to come", "certificate to come", "certificate older", "31 February", "another order",
         "too old", "beyond the table"],
)  # fmt: skip
def test_an_odd_date_is_named_and_gives_no_date(line, status, says):
    result = run(line)
    assert result.exit_code == status and says in result.output
    assert not re.search(r"day \d+ [A-Z][a-z]+ 20\d\d", result.output)
    if status == 1:
        assert "Please ask the local advice service." in result.output


def test_a_certificate_is_not_looked_at_where_none_is_needed():
    line = "2026-11-01 --certificate 2026-10-01 --today 2026-11-24 --kind placement-only"
    assert run(line).exit_code == 0


def test_today_is_todays_date_in_london():
    tomorrow = datetime.now(LONDON).date() + timedelta(days=1)
    assert "dated after today" in run(tomorrow.isoformat()).output
    assert "dated after today" not in run((tomorrow - timedelta(days=1)).isoformat()).output


# -- What is said: the words of the line


@pytest.mark.parametrize(
    ("line", "first", "also"),
    [
        ("2026-06-15 --today 2026-06-15", "Ring the mediation adviser by Friday the fourteenth of August",
         ["Say you want to appeal.", "In August, the time", "It cannot give you less."]),
        ("2026-10-25 --today 2026-10-25", "Ring the mediation adviser by Thursday",
         ["Thursday the twenty-fourth of December", "At Christmas"]),
        ("2026-06-15 --today 2026-08-15", "Ring the mediation adviser today.",
         ["Say you want to appeal. You get a certificate.", "at least one month from its date"]),
        ("2026-06-15 --today 2026-08-16", "You have passed the two months",
         ["Ring them today anyway", "without a certificate", "A judge decides", "may still be in time"]),
        ("2026-06-15 --today 2026-09-02", "You have passed the two months",
         ["It looks late, but you can still ask.", "Explain why it is late", "Nobody can promise the judge will say yes."]),
        ("2026-06-15 --certificate 2026-07-01 --today 2026-09-02", "It looks late,",
         ["you can still ask", "A judge decides"]),
        ("2026-06-15 --kind placement-only --today 2026-06-15", "Aim for your appeal to arrive by",
         ["Friday the fourteenth of August", "You may still be in time.", "The last day the law gives is Tuesday"]),
    ],
    ids=["August", "Christmas", "last day for the adviser", "adviser passed", "both passed",
         "late with a certificate", "placement only"],
)  # fmt: skip
def test_what_to_do_first_and_what_then(line, first, also):
    spoken = said(line)
    assert spoken.startswith(first)
    for each in also:
        assert each in spoken


@pytest.mark.parametrize(
    ("line", "never"),
    [
        ("2026-10-01 --today 2026-10-01", ["In August", "At Christmas", "before five", "judge", "The last day the law"]),
        ("2026-06-15 --certificate 2026-07-01 --today 2026-07-01", ["mediation adviser", "cannot give"]),
        ("2026-06-15 --kind placement-only --today 2026-08-16", ["mediation adviser"]),
        ("2026-06-15 --today 2026-09-02", ["last day", "must arrive", "two thousand", "law gives"]),
    ],
    ids=["nothing moves", "with a certificate", "placement only", "late"],
)  # fmt: skip
def test_what_does_not_fit_a_case_is_not_said(line, never):
    spoken = said(line)
    assert not [each for each in never if each in spoken]


def spoken_of(letter: Letter, later: int) -> tuple[str, ...]:
    noon = datetime.combine(letter.decision + timedelta(later), time(12), tzinfo=LONDON)
    return what_is_told(LINE, letter, Facts(noon, True, None, "withheld"))


def spoken(day: date) -> str:
    return " ".join(LINE.words("en").date(day))


def test_the_day_to_act_by_is_told_twice_and_that_of_the_law_once_where_it_differs():
    for letter, found, later in CASES:
        heard = " ".join(spoken_of(letter, later))
        days = {"in-time": found.safe_day, "safe-day-passed": found.last_day}
        days["perhaps"] = found.perhaps_until
        told_day = None if found.adviser == "today" else days.get(found.status)
        both = found.status == "in-time" and found.adviser == "not-needed"
        law = both and found.last_day != found.safe_day
        assert heard.count("two thousand") == (2 if told_day else 0) + law, letter
        assert told_day is None or heard.count(spoken(told_day)) == 2, letter
        assert not law or heard.count(spoken(found.last_day)) == 1, letter


def test_with_every_date_goes_what_a_caller_must_know():
    for letter, found, later in CASES:
        heard = " ".join(spoken_of(letter, later))
        assert "check the date printed on your letter" in heard
        assert "not legal advice" in heard and "Only the Tribunal" in heard
        assert "does not stop the clock" in heard
        assert ("must arrive by then" in heard) is (found.status != "late")
        assert ("work out your date again" in heard) is (found.adviser != "not-needed")


def test_the_cases_above_are_of_every_sort():
    found = [each for _, each, _ in CASES]
    assert {each.status for each in found} == {"in-time", "safe-day-passed", "perhaps", "late"}
    assert {each.adviser for each in found} == {"not-needed", "in-time", "today", "passed"}
    assert {each.moved for each in found} == {"", "weekend", "august", "christmas"}


def test_nothing_blames_hurries_or_says_that_nobody_may_appeal():
    for letter, _, later in CASES:
        heard = " ".join(spoken_of(letter, later))
        assert not phrases_in(heard, (*BLAME, *RUSH, *IDIOMS, "cannot appeal", "too late"))
