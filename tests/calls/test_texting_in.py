"""Somebody texts the line through Twilio: all that comes back, from Twilio and from the line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ivr.config import Settings
from ivr.simulator.mailroom import segments
from ivr.simulator.rest import Refused
from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of
from tests.support import doors
from tests.support.postgres import locked
from tests.support.town import Town, opened
from tests.support.whole import demo

MOBILE, OTHER, LANDLINE, ABROAD = "+447700900123", "+447700900124", "+442079460123", "+33612345678"
DANGER = "Advice line: if you or a child are in danger, ring 999 now. It is free."
WORDS = {"arrêt": "STOP", "encore": "START", "aide": "HELP", "999": "HELP"}
"""Further words of an Advanced Opt-Out."""


@pytest.fixture
def town(url: str, tmp_path) -> Iterator[Town]:
    yield from opened(demo(tmp_path, DATABASE_URL=url))


@pytest.fixture
def lone(settings: Settings) -> Iterator[Town]:
    """A town with an SQLite database."""
    yield from opened(settings)


# --- consent ---------------------------------------------------------------------------------

STOPS = ["STOP", "stop", " Stop ", "STOPALL", "Unsubscribe", "CANCEL", "end", "QUIT"]
STOPS += ["REVOKE", "OptOut", "stop texting me", "Stop!"]


@pytest.mark.parametrize("body", STOPS)
def test_every_stop_has_exactly_one_answer_in_all_and_is_known_to_the_line(lone, body):
    assert len(lone.text(body)) == 1 and lone.stopped()
    assert lone.text(body) == lone.text("complain") == [] and lone.queue() == "stopped"


@pytest.mark.parametrize("body", ["START", "unstop", "YES", " yes "])
def test_every_start_after_a_stop_has_one_answer_and_both_lists_agree(town, body):
    town.text("STOP")
    assert len(town.text(body)) == 1
    assert not town.stopped() and MOBILE not in town.room.stopped
    assert town.queue() == "queued" and "2 COMPLAIN" in town.text("?")[0]


@pytest.mark.parametrize("body", ["START", "Start."])
def test_a_start_after_a_stop_in_other_words_has_one_answer(lone, body):
    lone.text("please stop texting me")
    assert len(lone.text(body)) == 1 and not lone.stopped()


def test_yes_from_who_has_not_stopped_is_an_ordinary_text(lone):
    assert lone.text("YES") and not lone.stopped() and lone.text("complain")


def test_without_advanced_opt_out_a_foreign_stop_is_heard_by_its_examples(lone):
    assert "no more texts" in lone.text("arrêtez de m'écrire, stop")[0] and lone.stopped()


@pytest.mark.parametrize("body", ["HELP", "info", "Help!", "who are you"])
def test_help_has_exactly_one_answer(lone, body):
    assert len(lone.text(body)) == 1


def test_who_has_stopped_is_sent_nothing_by_either_side(town):
    town.text("STOP")
    with pytest.raises(Refused) as refused:
        town.room.take({"To": MOBILE, "From": town.account.number, "Body": "Hello"})
    assert refused.value.code == 21610
    assert town.text("HELP") == town.text("he hits me") == []
    assert town.text("complain", OTHER)


def test_the_carriers_word_is_heeded_in_any_language(town):
    town.twilio(WORDS)
    assert len(town.text("Arrêt")) == 1 and town.stopped() and town.queue() == "stopped"
    assert len(town.text("ENCORE")) == 1 and not town.stopped()
    assert len(town.text("aide")) == len(town.text("HELP")) == 1 and not town.stopped()
    assert len(town.text("STOP")) == 1 and town.stopped()
    assert len(town.text("yes")) == 1 and not town.stopped()


@pytest.mark.parametrize("said", ["STOP", " stop "])
def test_what_the_carrier_says_goes_before_the_words(lone, said):
    assert b"<Message>" not in lone.tell("START", "SM1", OptOutType=said) and lone.stopped()
    assert b"<Message>" not in lone.tell("complain", "SM2", OptOutType="START")
    assert not lone.stopped()


@pytest.mark.parametrize("odd", ["", "MAYBE", "STOPPED", "1", "arrêt"])
def test_a_word_of_the_carriers_that_is_none_counts_as_absent(lone, odd):
    assert b"<Message>" in lone.tell("complain", "SM1", OptOutType=odd) and not lone.stopped()


def test_a_stop_beside_danger_or_a_wish_is_kept_with_both_in_silence(lone):
    said = lone.tell("he hits me please ring me", "SM1", OptOutType="STOP")
    assert b"<Message>" not in said and lone.stopped() and lone.wishes() == 1


def test_danger_is_answered_where_the_carrier_takes_the_word_for_help(lone):
    lone.twilio(WORDS)
    twilios, danger, menu = lone.text("999")
    assert danger == DANGER and "2 COMPLAIN" in menu and twilios not in (danger, menu)


def test_consent_told_twice_is_heeded_once_and_answered_the_same(town):
    assert b"no more texts" in town.tell("stop texting me", "SM1")
    assert b"no more texts" in town.tell("stop texting me", "SM1") and town.stopped()
    for _ in range(2):
        assert b"<Message>" not in town.tell("YES", "SM2") and not town.stopped()
    town.tell("STOP", "SM3")
    town.tell("YES", "SM2")
    assert town.stopped()


# --- what answers cost -----------------------------------------------------------------------


def test_what_is_answered_is_what_is_counted_and_silence_costs_nothing(town):
    """Every fifth answer is lost on its way, and asked for again."""
    bodies = ("complain", "letter 5 October 2026", "he hits me", "ring me", "ok", "PERSON") * 2
    told = [each for body in bodies for each in town.text(body)]
    assert town.pence() == 4 * sum(map(segments, told)) > 80 and town.wishes() == 1
    spent = town.pence()
    for body in ("HELP", "STOP", "complain", "START"):
        town.text(body)
    assert town.pence() == spent


def test_a_text_that_twilio_tells_again_is_paid_once_and_answered_the_same(town):
    for sid, body in enumerate(["complain", "he hits me", "PERSON", "3/11/2026"]):
        first = town.tell(body, f"SM{sid}")
        spent = town.pence()
        assert town.tell(body, f"SM{sid}") == first and b"<Message>" in first
        assert town.pence() == spent
    assert town.wishes() == 1


NUMBERS = [LANDLINE, ABROAD, "+881631234567", "+449001234567", "+447797712345"]


@pytest.mark.parametrize("number", NUMBERS)
def test_what_is_no_uk_mobile_has_one_short_answer_a_day(lone, number):
    (told,) = lone.text("complain", number)
    assert segments(told) == 1 and "ring this number" in told and "UK mobiles" in told
    assert lone.text("complain", number) == lone.text("3/11/2026", number) == []
    assert lone.text("he hits me", number) == [DANGER] and lone.text("he hits me", number) == []
    assert lone.pence() == 100


def test_a_landline_that_asks_for_a_call_is_told_its_number_in_one_part(lone):
    (told,) = lone.text("please ring me", LANDLINE)
    item = services_of(lone.app, StoreServices).inbox.items()[0]
    assert item.reference in told and segments(told) == 1


def test_a_wish_for_a_call_is_kept_even_where_nothing_more_is_answered(town):
    town.text("complain", LANDLINE)
    assert town.text("please ring me", LANDLINE) == [] and town.wishes() == 1
    town.limit(answers_a_day=0, short_a_day=0)
    assert town.text("please ring me") == [] and town.wishes() == 2


def test_at_the_limit_each_number_hears_once_that_it_can_ring(town):
    town.limit(answers_a_day=4)
    town.text("complain", OTHER)
    town.text("complain", OTHER)
    (told,) = town.text("complain")
    assert segments(told) == 1 and "just now" in told and "ring this number" in told
    assert town.text("complain") == [] and town.text("he hits me") == [DANGER]


def test_at_the_limit_a_stop_is_confirmed_and_remembered(town):
    town.limit(answers_a_day=0)
    (told,) = town.text("please stop texting me")
    assert "no more texts" in told and town.stopped()


def test_a_flood_of_made_up_numbers_ends_at_the_money_and_danger_is_answered(lone):
    lone.limit(answers_a_day=6, short_a_day=2, danger_a_day=5, elsewhere_a_day=3)
    for n in range(12):
        lone.text("complain", f"+4474012345{n:02}")
        lone.text("he hits me", f"+336123456{n:02}")
    assert lone.text("he hits me") == [DANGER]
    made_up = [lone.text("he hits me", f"+4474067890{n:02}") for n in range(12)]
    assert made_up == [[DANGER]] * 12
    assert lone.pence() <= 4 * (6 + 2 + 1 + 12) + 50 * 3


def test_without_the_database_one_part_is_answered_and_danger_always(lone):
    with locked(lone.settings.database):
        assert lone.text("he hits me") == [DANGER]
        (told,) = lone.text("complain")
        assert segments(told) == 1 and "ring this number" in told
        assert lone.text("complain", ABROAD) == [] and lone.text("he hits me", ABROAD) == [DANGER]
        assert "cannot take that down" in lone.text("please ring me", OTHER)[0]
    assert segments(lone.text("complain")[0]) == 2


# --- other languages -------------------------------------------------------------------------


def test_a_call_asked_for_in_a_language_waits_with_its_name(url, tmp_path):
    root = doors.romanian(tmp_path / "prompts")
    for town in opened(demo(tmp_path, DATABASE_URL=url, CONTENT_DIR=str(root))):
        (told,) = town.text("ROMANA")
        assert told.endswith("CALL ROMANA") and segments(told) == 2
        own, english = town.text("CALL ROMANA")
        assert own.startswith("Vă vom suna") and "an adviser will ring this phone" in english
        (waits,) = services_of(town.app, StoreServices).inbox.items()
        assert waits.lang == "ro"
