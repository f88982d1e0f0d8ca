"""The last day to appeal is the same, with the same advice, in every way it can be asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest
from click.testing import CliRunner

from ivr import texts
from ivr.cli.deadline import deadline
from ivr.content.build import calendar
from ivr.line.deadlines import Letter, odd, work_out
from tests.support.deadline_calls import LINE, WORDS, keys_of, ring
from tests.support.last_days import CASES, ODD, SPOKEN, TEXTED

KINDS = {"placement-only": "1", "other": "2", "not-sure": "3"}
EACH = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
EACH_ODD = pytest.mark.parametrize("case", ODD.values(), ids=ODD)
STATUSES = {
    "in-time": {"ring by", "aim"},
    "safe-day-passed": {"ring today", "still"},
    "perhaps": {"perhaps"},
    "late": {"late"},
}
"""What is advised at each status."""
SENT_LATER = (
    "If it was sent later than its date, keep the envelope or the e-mail. Tell the Tribunal."
)


def spoken(day: date) -> str:
    return " ".join(WORDS.date(day))


def written(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def command(case, *options: str):
    given = [str(case.letter), "--kind", case.kind, "--today", str(case.today)]
    given += ["--certificate", str(case.certificate)] if case.certificate else []
    return CliRunner().invoke(deadline, [*given, *options])


def typed(case) -> Iterator[str]:
    """The keys that lead to the answer."""
    yield from ("4", "2", KINDS[case.kind], "1" if case.certificate else "2")
    yield from keys_of(case.letter)
    yield from keys_of(case.certificate) if case.certificate else ()


def called(tmp_path, case, *more: str) -> tuple[str, str]:
    """What is heard from the answer on, and the text that was asked for, if any."""
    heard, bodies, _ = ring(tmp_path, case.today, *typed(case), *more)
    return heard.replace("Line: ", ""), " ".join(body for _, body in bodies)


def says_all(case, heard: str, advice: dict[str, str]) -> None:
    """What is advised, and nothing else that may be."""
    said = {name for name, words in advice.items() if words in heard}
    said -= {"missed"} if "perhaps" in case.advice else set()
    assert said == set(case.advice)


@EACH
def test_by_the_sums(case):
    found = work_out(Letter(case.letter, case.kind, case.certificate), case.today, calendar())
    days = {"in-time": found.safe_day, "safe-day-passed": found.last_day}
    days["perhaps"] = found.perhaps_until
    assert STATUSES[found.status] & set(case.advice)
    if case.day:
        assert days[found.status] == case.day
    if case.law:
        assert found.last_day == case.law
    assert found.late_certificate is ("rung too late" in case.advice)


@EACH
def test_by_the_command(case):
    heard = " ".join(json.loads(command(case, "--json").output)["words"])
    says_all(case, heard, SPOKEN)
    assert SENT_LATER in heard
    for day, times in ((case.day, 2), (case.law, 1)):
        assert day is None or heard.count(spoken(day)) == times


@EACH
def test_over_the_telephone_and_by_the_text_that_is_asked_for_there(case, tmp_path):
    heard, body = called(tmp_path, case, *"-----", "2", "1")
    says_all(case, heard.partition("To go on to")[0], SPOKEN)
    assert SENT_LATER in heard
    for day, times in ((case.day, 2), (case.law, 1)):
        assert day is None or heard.partition("To go on to")[0].count(spoken(day)) == times
        assert day is None or written(day) in body
    says_all(case, body, TEXTED)


@EACH
def test_by_a_date_that_is_texted_in(case):
    """Nothing but the date on the letter is known: with more than that, the line is to be rung."""
    body = f"{case.letter.day} {case.letter:%B %Y}"
    told, read_as = texts.answers(LINE, texts.asked(LINE, body, case.today), case.today)
    assert written(case.letter) in read_as and "keep the envelope" in read_as.lower()
    assert "Do you have a mediation certificate? Text yes and its date, or no." in read_as
    if case.certificate is None and case.kind != "placement-only":
        says_all(case, told, TEXTED)
        assert case.day is None or written(case.day) in told


@EACH_ODD
def test_what_is_odd_is_met_alike(case, tmp_path):
    letter = Letter(case.letter, case.kind, case.certificate)
    assert odd(letter, case.today, calendar()) == case.named
    result = command(case)
    assert (result.exit_code, case.printed in result.output) == (case.status, True)
    heard, body = called(tmp_path, case)
    assert case.heard in heard and not body
    if case.texted:
        asked = texts.asked(LINE, f"{case.letter:%d/%m/%Y}", case.today)
        assert case.texted in texts.answers(LINE, asked, case.today)[0]


def test_a_certificate_that_stays_older_than_the_letter_leads_to_the_adviser(tmp_path):
    case = ODD["certificate older than the letter"]
    heard, body = called(tmp_path, case, *keys_of(case.certificate), *"-----", "2", "1")
    assert "So I count as if you had none yet." in heard
    assert f"Ring the mediation adviser by {spoken(date(2027, 1, 8))}" in heard
    assert "ring the mediation adviser by Friday 8 January 2027" in body
