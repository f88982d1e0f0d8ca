"""The last day to appeal by telephone: asked in small steps, heard back, told in words."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ivr.config import LONDON
from ivr.flow import answers, deadline, step
from ivr.line.call import (
    Call,
    CallStarted,
    EffectDone,
    KeyPressed,
    Listen,
    NoInput,
    SendText,
    Transfer,
    Turn,
)
from ivr.line.deadlines import Letter
from tests.support.lines import LINE, OPEN, follow, put_through, words_of

START = Call(at="deadline", trail=("main",))


def at(day: str):
    """The facts of a morning in London."""
    return OPEN._replace(now=datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=LONDON))


TODAY = at("2026-11-24")


def keyed(*keys: str, call: Call = START, facts=TODAY) -> Turn:
    """The last turn after these keys; "-" is silence."""
    heard = [NoInput() if key == "-" else KeyPressed(key) for key in keys]
    return follow(*heard, call=call, facts=facts)


def dated(day: str, facts=TODAY, first=("2", "2"), certificate: str = "") -> Turn:
    """The answer for a letter of this date (2026-10-01), every date confirmed."""
    keys = list(first)
    for each in (day, *([certificate] if certificate else [])):
        year, month, number = each.split("-")
        keys += [number, month, year[2:], "1"]
    return keyed(*keys, facts=facts)


def told(turn: Turn, facts=TODAY) -> str:
    """Everything said from here to the end of the answer."""
    said = [words_of(turn)]
    while turn.then in (Listen(2), Listen(3)):
        turn = step(LINE, turn.call, NoInput(), facts)
        said.append(words_of(turn))
    return " ".join(said)


def spoken(day: str) -> str:
    """A date as the small line speaks it."""
    when = datetime.fromisoformat(day)
    return f"{when:%A} day {when.day} month {when.month} {when.year}"


# --- the questions ---------------------------------------------------------------------------


def test_the_form_says_its_name_what_is_needed_and_asks_one_thing():
    said = words_of(follow(NoInput(), KeyPressed("#"), call=START))
    assert said == "The last day. <deadline_intro> <ask_kind> <yes> <no> <not_sure>"


@pytest.mark.parametrize(
    ("key", "said"),
    [("1", "<placement_certificate>"), ("2", ""), ("3", "<not_sure_warning>")],
)
def test_a_certificate_is_asked_for_and_what_it_is_for_is_said(key, said):
    turn = keyed(key)
    assert turn.call.at == "paper" and said in words_of(turn)
    assert ("<not_sure_warning>" in words_of(turn)) == (key == "3")


def test_each_piece_of_a_date_is_asked_on_its_own_and_heard_back():
    assert "<ask_day_letter>" in words_of(keyed("2", "2"))
    month = words_of(keyed("2", "2", "23"))
    assert "day 23" in month and "<ask_month>" in month
    year = words_of(keyed("2", "2", "23", "11"))
    assert "day 23 month 11" in year and "<ask_year>" in year
    whole = words_of(keyed("2", "2", "23", "11", "26"))
    assert whole == f"<letter_date_is> {spoken('2026-11-23')} <date_right> <yes> <no>"


@pytest.mark.parametrize("year", ["26", "2026"])
def test_years_have_two_figures_or_four(year):
    assert spoken("2026-11-23") in words_of(keyed("2", "2", "23", "11", year))


def test_no_asks_only_for_that_date_again():
    turn = keyed("2", "1", "23", "11", "26", "1", "20", "11", "26", "2")
    assert turn.call.at == "day-certificate"
    assert answers.read(turn.call.form).letter.day == 23


def test_star_clears_what_was_typed_and_alone_goes_back():
    assert keyed("2", "2", "2*").call.at == "day-letter"
    assert keyed("2", "2", "2*23").call.at == "month-letter"
    assert keyed("2", "2", "*").call.at == "paper"
    assert keyed("2", "2", "23", "*").call.at == "day-letter"


def test_a_lone_0_is_a_person_and_a_date_with_0_is_a_date():
    assert put_through(keyed("2", "2", "0")).then == Transfer()
    assert keyed("2", "2", "05").call.at == "month-letter"
    assert keyed("2", "2", "10").call.at == "month-letter"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("2", "2", "32"), "<odd_day>"),
        (("2", "2", "00"), "<odd_day>"),
        (("2", "2", "123456"), "<odd_day>"),
        (("2", "2", "23", "13"), "<odd_month>"),
        (("2", "2", "23", "11", "6"), "<odd_year>"),
        (("2", "2", "23", "11", "20266"), "<odd_year>"),
        (("2", "2", "31", "2", "26"), "<no_such_date>"),
        (("2", "2", "29", "2", "26"), "<no_such_date>"),
        (("2", "2", "25", "11", "26", "1"), "<date_future>"),
        (("2", "2", "1", "1", "99"), "<date_future>"),
        (("2", "1", "23", "11", "26", "1", "25", "11", "26", "1"), "<certificate_future>"),
        (("2", "1", "23", "11", "26", "1", "22", "11", "26", "1"), "<certificate_before>"),
        (("2", "2", "23", "11", "25", "1"), "<date_too_old>"),
        (("2", "2", "1", "1", "19"), "<date_too_old>"),
    ],
    ids=str,
)
def test_a_date_that_cannot_be_is_met_with_what_is_odd(keys, said):
    turn = keyed(*keys)
    assert said in words_of(turn) and isinstance(turn.then, Listen)


def test_after_the_second_date_that_cannot_be_comes_a_person():
    odd = ("31", "2", "26")
    assert put_through(keyed("2", "2", *odd, *odd)).then == Transfer()


OLD_CERTIFICATE = ("22", "11", "26", "1")


def test_a_certificate_that_stays_older_than_the_letter_counts_as_none():
    asked = keyed("2", "1", "23", "11", "26", "1", *OLD_CERTIFICATE)
    assert "<certificate_before>" in words_of(asked) and asked.call.at == "day-certificate"
    said = words_of(keyed(*OLD_CERTIFICATE, call=asked.call))
    assert "<certificate_old>" in said and f"<ring_adviser_by> {spoken('2027-01-22')}" in said


def test_a_slip_with_the_letter_is_no_second_one_with_the_certificate():
    slip = ("31", "2", "26")
    asked = keyed("2", "1", *slip, "23", "11", "26", "1", *OLD_CERTIFICATE)
    assert "<certificate_before>" in words_of(asked) and asked.call.at == "day-certificate"


@pytest.mark.parametrize(
    "year", [("25", "1"), ("19",)], ids=["a year that can be said", "one that cannot"]
)
def test_with_a_certificate_a_letter_over_a_year_old_may_still_have_time(year):
    said = words_of(keyed("2", "1", "23", "11", *year))
    assert "<date_too_old> <certificate_may_help>" in said
    without = words_of(keyed("2", "2", "23", "11", *year))
    assert "<date_too_old>" in without and "<certificate_may_help>" not in without


def test_after_the_second_slip_at_a_question_comes_a_person():
    assert put_through(keyed("2", "2", "32", "33")).then == Transfer()


def test_a_letter_over_a_year_old_leads_on_and_gives_no_date():
    turn = keyed("2", "2", "23", "11", "25", "1")
    assert "press 1" in words_of(turn) and "<for_person>" in words_of(turn)
    assert keyed("1", call=turn.call).call.at == "deadline"
    assert keyed("2", call=turn.call).call.at == "apples"
    assert keyed("2", "2", "24", "11", "25", "1").call.at == "answer"


@pytest.mark.parametrize("keys", [("2", "2"), ("2", "2", "23"), ("2", "2", "23", "11")])
def test_slow_typing_is_never_cut_off_and_silence_helps(keys):
    turn = keyed(*keys)
    assert turn.then == Listen(10, many=True)
    helped = keyed("-", "-", call=turn.call)
    assert "<date_help>" in words_of(helped) and helped.call.at == turn.call.at


# --- the answer ------------------------------------------------------------------------------


def test_in_time_says_one_date_twice_and_the_adviser_first():
    assert words_of(dated("2026-11-23")).count(spoken("2027-01-22")) == 2
    said = told(dated("2026-11-23"))
    order = ("ring_adviser_by", "once_more", "say_want_appeal", "adviser_number", "missed_ask")
    places = [said.index(f"<{phrase}>") for phrase in order]
    assert places == sorted(places)
    assert spoken("2027-01-25") not in told(dated("2026-11-23"))


def test_what_always_goes_with_a_date_is_told():
    said = told(dated("2026-11-23"))
    for phrase in ("check_letter", "sent_later", "only_tribunal", "must_arrive", "clock_runs"):
        assert f"<{phrase}>" in said
    assert "<again_with_certificate>" in said
    assert "<again_with_certificate>" not in told(
        dated("2026-10-01", first=("2", "1"), certificate="2026-11-20")
    )


def test_a_certificate_moves_only_the_appeal():
    turn = dated("2026-10-01", first=("2", "1"), certificate="2026-11-20")
    assert f"<aim_for> {spoken('2026-12-18')}" in words_of(turn)
    assert "adviser" not in words_of(turn)


def test_only_the_school_needs_no_adviser_and_hears_both_days():
    turn = dated("2026-11-02", first=("1", "2"))
    assert f"<aim_for> {spoken('2026-12-31')}" in words_of(turn)
    assert "adviser" not in words_of(turn)
    law = f"<missed_in_time> <law_last> {spoken('2027-01-04')} <before_five>"
    assert law in told(turn)


def test_in_august_and_at_christmas_it_says_why_the_days_differ():
    august = at("2026-06-20")
    assert "<adviser_stays_august>" in told(dated("2026-06-15", august), august)
    christmas = told(dated("2026-10-25"))
    assert "<adviser_stays_christmas>" in christmas and spoken("2026-12-24") in christmas


def test_past_the_safe_day_it_says_send_it_now():
    facts = at("2027-01-24")
    said = told(dated("2026-11-23", facts), facts)
    assert f"<still_in_time> {spoken('2027-01-25')} <before_five>" in said
    assert said.index("<adviser_passed>") < said.index("<still_in_time>")


def test_on_the_weekend_before_two_months_are_over_the_adviser_is_to_be_rung_today():
    facts = at("2027-01-23")
    said = told(dated("2026-11-23", facts), facts)
    assert "<adviser_today> <adviser_number> <say_want_appeal>" in said
    assert "<still_in_time>" not in said and "month 1 " not in said


def test_late_says_that_one_can_still_ask():
    said = told(dated("2026-08-03", at("2026-10-20")), at("2026-10-20"))
    assert "<late>" in said and "<adviser_passed>" in said
    assert "month 10" not in said


@pytest.mark.parametrize(
    ("now", "phrase"),
    [
        ("2027-01-22T23:59", "<ring_adviser_by>"),
        ("2027-01-23T00:00", "<adviser_today>"),
        ("2027-01-24T00:00", "<still_in_time>"),
        ("2027-01-25T23:59", "<still_in_time>"),
        ("2027-01-26T00:00", "<late>"),
    ],
)
def test_midnight_in_london_is_the_line_between_two_days(now, phrase):
    facts = OPEN._replace(now=datetime.fromisoformat(now).replace(tzinfo=LONDON))
    assert phrase in told(dated("2026-11-23", facts), facts)


def test_29_february_and_summer_time_nights():
    leap = OPEN._replace(now=datetime(2028, 2, 29, 0, 0, tzinfo=LONDON))
    assert spoken("2028-02-29") in words_of(dated("2027-12-31", leap))
    twice = OPEN._replace(now=datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1))
    assert spoken("2026-12-24") in words_of(dated("2026-10-25", twice))


def test_at_the_end_it_goes_on_or_is_had_as_a_text_or_leads_to_a_person():
    end = keyed(*"----", call=dated("2026-11-23").call)
    said = words_of(end)
    assert "To go on to the apples, press 1." in said and "<again>" in said
    assert keyed("1", call=end.call).call.at == "apples"
    assert put_through(keyed("0", call=end.call)).then == Transfer()
    again = words_of(keyed("#", call=end.call))
    assert again.startswith(f"The last day. <ring_adviser_by> {spoken('2027-01-22')}")


def test_the_text_holds_the_date_and_is_sent_once_asked_for():
    end = keyed(*"----", call=dated("2026-11-23").call)
    asked = keyed("2", call=end.call)
    assert asked.call.at == "text-deadline" and "<text_seen>" in words_of(asked)
    sent = keyed("1", call=asked.call).effect
    assert isinstance(sent, SendText) and sent.number == OPEN.number
    assert (
        sent.body == "Advice line, about your call: <sms_ring_by> Friday 22 Month1 2027 <sms_check>"
    )
    after = step(LINE, asked.call, EffectDone(sent, "queued"), TODAY)
    assert after.call.at == "answer" and "<sending>" in words_of(after)


def test_a_number_typed_for_the_text_leaves_the_dates_as_they_were():
    end = keyed(*"----", call=dated("2026-11-23").call)
    typed = keyed("2", "2", "07700900456", "1", call=end.call)
    assert typed.effect.number == "+447700900456" and "Friday 22" in typed.effect.body


def test_an_answer_without_its_answers_asks_anew():
    assert keyed("#", call=Call(at="answer")).call.at == "deadline"
    assert keyed("#", call=Call(at="date-letter", form="odd/1/x/y/z")).call.at == "day-letter"


def test_answers_are_read_as_they_were_written_and_leniently():
    given = answers.read(dated("2026-11-23").call.form)
    assert answers.read(given.write()) == given
    for odd in ("", "/", "x/1/2-3/4-5-6-7/é", "other/1/99-99-9999//"):
        assert answers.read(odd).whole() is None


def test_ringing_again_begins_anew():
    assert step(LINE, Call(), CallStarted(), TODAY).call.form == ""


def test_the_journal_knows_that_a_date_was_worked_out_and_not_which():
    turn = dated("2026-11-23")
    assert [note.event for note in turn.notes] == ["went", "worked-out", "part"]
    assert not any(figure in str(turn.notes) for figure in ("23", "2026", "22"))


def test_a_certificate_that_the_caller_says_they_do_not_have_counts_no_more():
    call = Call(at="answer", form="other/0/1-10-2026/5-11-2026/0")
    said = words_of(keyed("#", call=call))
    assert f"<ring_adviser_by> {spoken('2026-12-01')}" in said


def test_a_date_without_the_question_before_it_begins_with_that_question():
    call = Call(at="date-letter", form="/0/1-10-2026/0-0-0/0")
    assert keyed("1", call=call).call.at == "deadline"


# --- what advisers are shown -----------------------------------------------------------------

LETTERS = {
    "two months": (
        Letter(date(2026, 10, 1)),
        "<ring_adviser_by> {day} | <once_more> {day} | <say_want_appeal> | <adviser_number> | "
        "<missed_ask> | <check_letter> | <sent_later> | <only_tribunal> | <must_arrive> | "
        "<clock_runs> | <again_with_certificate>",
        "2026-12-01",
    ),
    "only the school": (
        Letter(date(2026, 10, 1), "placement-only"),
        "<aim_for> {day} | <once_more> {day} | <law_same> | <missed_ask> | <check_letter> | "
        "<sent_later> | <only_tribunal> | <must_arrive> | <clock_runs>",
        "2026-12-01",
    ),
    "a certificate": (
        Letter(date(2026, 9, 3), "other", date(2026, 11, 5)),
        "<aim_for> {day} | <once_more> {day} | <missed_in_time> | "
        "<law_last> Monday day 7 month 12 2026 <before_five> | <late_certificate> | "
        "<check_letter> | <sent_later> | <only_tribunal> | <must_arrive> | <clock_runs>",
        "2026-12-04",
    ),
    "late": (
        Letter(date(2026, 9, 23)),
        "<adviser_passed> | <late> | <adviser_passed_ask> | <check_letter> | <sent_later> | "
        "<only_tribunal> | <clock_runs> | <again_with_certificate>",
        "2026-11-23",
    ),
    "31 years ago": (Letter(date(1995, 9, 23)), "", "2026-11-23"),
}


@pytest.mark.parametrize(("letter", "said", "day"), LETTERS.values(), ids=LETTERS)
def test_an_adviser_is_shown_sentence_by_sentence_what_a_caller_hears(letter, said, day):
    shown = deadline.told(LINE, letter, TODAY)
    assert " | ".join(shown) == said.format(day=spoken(day))
