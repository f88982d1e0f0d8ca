"""Every way in which reaching a person can end, and that none of them is a dead end (F13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ivr.config import read
from ivr.simulator import golden_calls
from ivr.simulator.events import AdviserHears, Bridged, DialEnded, Dialling, Listening, Talk
from ivr.simulator.people import Advisers, Decided, Scripted
from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of
from tests.support import reaching

MOBILE = "+447700900123"
FIRST, SECOND = "+442079460200", "+442079460201"


@pytest.fixture(scope="module")
def ends():
    return reaching.ends()


def expected(adviser: str, moment: str, caller: str) -> str:
    if caller == "gone":
        return reaching.GONE
    open_now = moment in ("open", "first minute", "last minute")
    if open_now and (caller == "star" or adviser == "canceled"):
        return reaching.BACK
    return reaching.TALKED if open_now and adviser == "completed" else reaching.TOLD


@pytest.mark.parametrize("caller", reaching.CALLERS)
@pytest.mark.parametrize("moment", reaching.MOMENTS)
@pytest.mark.parametrize("adviser", reaching.ADVISERS)
def test_every_way_to_a_person_ends_in_a_talk_or_in_words_and_ways_on(
    ends, adviser, moment, caller
):
    assert ends[adviser, moment, caller] == expected(adviser, moment, caller)


def test_the_page_shows_this_table():
    shown = reaching.DOC.read_text(encoding="utf-8")
    table = shown.partition(reaching.BEGIN)[2].partition(reaching.END)[0]
    for adviser in reaching.ADVISERS:
        for caller in reaching.CALLERS:
            there = " | ".join(expected(adviser, each, caller) for each in ("open", "closed"))
            assert f"| {adviser} | {caller} | {there} |\n" in table


def ring(app, settings, keys, advisers, caller=MOBILE):
    return golden_calls.trunk_to(app, settings).ring(Scripted(keys), advisers, caller)


def rung(call) -> list[str]:
    return [event.number for event in call.events if isinstance(event, Dialling)]


def heard_by_adviser(call) -> str:
    heard = [each for each in call.events if isinstance(each, AdviserHears)]
    words = (call.captions(each.url) if each.url else each.words for each in heard)
    return " ".join(filter(None, words))


def test_the_second_adviser_is_rung_when_the_first_is_busy(app, settings):
    call = ring(app, settings, ["0", "-"], Advisers({FIRST: "busy", SECOND: "answer"}))
    assert rung(call) == [FIRST, SECOND]
    assert any(isinstance(event, Bridged) for event in call.events)


def test_an_answering_machine_never_swallows_a_caller(app, settings):
    call = ring(app, settings, ["0", "-"], Advisers({FIRST: "machine", SECOND: "answer"}))
    assert rung(call) == [FIRST, SECOND]
    assert any(isinstance(event, Bridged) for event in call.events)


def test_each_telephone_rings_25_seconds_at_most(app, settings):
    call = ring(app, settings, ["0", "-"], Decided("no-answer"))
    begun = [event.at for event in call.events if isinstance(event, Dialling)]
    over = [event.at for event in call.events if isinstance(event, DialEnded)]
    rang = [end - begin for begin, end in zip(begun, over, strict=True)]
    assert rang == pytest.approx([25, 25])


def test_with_a_yes_the_adviser_hears_what_was_heard_and_how(app, settings):
    call = ring(app, settings, ["8", "1", "3", "3", "0", "1", "-"], Decided("answer"))
    told = (
        "A caller from the advice line. They have heard about this. Mediation. "
        "They speak English. They asked for slower speech. To take this call, press 1."
    )
    assert heard_by_adviser(call) == f"{told} {told} You can talk now."


@pytest.mark.parametrize("answer", ["2", "0", "-"], ids=["no", "0 again", "silence"])
def test_without_a_yes_the_adviser_hears_only_that_it_is_a_caller(app, settings, answer):
    call = ring(app, settings, ["3", "3", "0", answer, "-"], Decided("answer"))
    told = "A caller from the advice line. To take this call, press 1."
    assert heard_by_adviser(call) == f"{told} {told} You can talk now."


def test_an_adviser_sees_the_number_of_the_line_and_never_the_callers(app, settings):
    call = ring(app, settings, ["0", "-"], Decided("answer"))
    shown = {event.caller_id for event in call.events if isinstance(event, Dialling)}
    assert shown == {settings.line_number}


def test_a_desk_takes_so_many_callers_at_once_and_its_places_are_free_again(app, settings):
    talks = services_of(app, StoreServices).talks
    now = datetime.now(UTC)
    for n in range(3):
        assert talks.hold(f"CA{n}", "adviser", 3, [(f"other-{n}",)], now) != "full"
    busy = ring(app, settings, ["0", "-"], Decided("answer"))
    assert rung(busy) == [] and "The adviser is talking to another caller" in str(busy.transcript)
    talks.release("CA0", now)
    for _ in range(2):
        assert rung(ring(app, settings, ["0", "-"], Decided("answer"))) == [FIRST]


def test_a_caller_who_hangs_up_while_it_rings_gives_the_place_back(app, settings):
    for _ in range(4):
        assert rung(reaching.ring(app, settings, "gone", "no-answer")) == [FIRST]


# --- star while it rings ----------------------------------------------------------------------

STATUSES = ("completed", "no-answer", "canceled")
"""What Twilio may tell of star before anybody has the call: its page on Dial does not say."""


def stars(app, settings, adviser: str, told: str = "completed"):
    person = reaching.Starring(["3", "3", "0", "2", "-"])
    way = replace(golden_calls.trunk_to(app, settings), star=told)
    return way.ring(person, Decided(adviser), MOBILE, person.follow)


@pytest.mark.parametrize("told", STATUSES)
def test_star_while_it_rings_brings_back_and_rings_nobody_else_whatever_twilio_tells(
    app, settings, told
):
    call = stars(app, settings, "no-answer", told)
    assert rung(call) == [FIRST]
    (over,) = [event for event in call.events if isinstance(event, DialEnded)]
    words = [row for row in call.transcript if row.startswith("Line: ")]
    here = words.index("Line: The ringing has stopped. You are back on the advice line.")
    assert words[here + 1] == "Line: Mediation."
    assert any(isinstance(event, Listening) and event.at > over.at for event in call.events)
    again = ring(app, settings, ["0", "-"], Advisers({FIRST: "answer"}))
    assert rung(again) == [FIRST], "whoever was rung is free"


@pytest.mark.parametrize("adviser", ["answer", "refuse", "machine"])
def test_star_while_an_adviser_listens_brings_back_before_another_telephone_rings(
    app, settings, adviser
):
    """Twilio tells of it as of a refusal: the next is spoken of, and star counts again."""
    call = stars(app, settings, adviser)
    assert rung(call) == [FIRST]
    assert not any(isinstance(event, Bridged) for event in call.events)


def test_a_telephone_that_is_off_may_be_taken_for_star_and_0_then_rings_the_next(app, settings):
    """Its network says so at once, and Twilio tells no more than that nobody answered."""
    advisers = Advisers({FIRST: "off", SECOND: "answer"})
    call = ring(app, settings, ["0", "0", "-"], advisers)
    assert rung(call) == [FIRST, SECOND]
    assert "The ringing has stopped. You are back on the advice line." in str(call.transcript)
    assert any(isinstance(event, Bridged) for event in call.events)


def test_where_all_telephones_are_off_it_is_said_why_and_there_are_ways_on(app, settings):
    call = ring(app, settings, ["0", "0", "-"], Decided("off"))
    assert rung(call) == [FIRST, SECOND, FIRST]
    words = str(call.transcript)
    assert "The adviser could not come to the phone just now." in words
    assert "To leave a message, press 1." in words


class EndsWithStar(Decided):
    """A talk that the caller ends with star after a minute."""

    def talk(self, person, seconds):
        return Talk(60.0, caller_gone=False, star=True)


def test_star_in_a_talk_ends_the_talk_and_not_the_call(app, settings):
    call = ring(app, settings, ["3", "3", "0", "2", "-"], EndsWithStar("answer"))
    words = [row for row in call.transcript if row.startswith("Line: ")]
    here = words.index(
        "Line: The talk with the adviser has ended. You are back on the advice line."
    )
    assert words[here + 1] == "Line: Mediation." and call.ended_by == "caller"


# --- two calls at once ------------------------------------------------------------------------


def test_a_second_caller_is_rung_through_to_another_adviser_and_a_third_is_told_at_once(
    app, settings
):
    """Each rings in the middle of the call before: three calls at the same moment."""
    calls = []

    class Talking(Decided):
        def talk(self, person, seconds):
            if len(calls) < 3:
                ring_once_more()
            return super().talk(person, seconds)

    def ring_once_more():
        calls.append(None)
        calls[calls.index(None)] = ring(app, settings, ["0", "-"], Talking("answer"))

    ring_once_more()
    told, second, first = sorted(calls, key=lambda call: len(rung(call)) and rung(call)[0] == FIRST)
    assert (rung(first), rung(second), rung(told)) == ([FIRST], [SECOND], [])
    words = str(told.transcript)
    assert "The adviser is talking to another caller just now." in words
    assert "To leave a message, press 1." in words and told.ended_by == "caller"
    waited = next(event.at for event in told.events if isinstance(event, Listening))
    assert waited < 60, "nothing rang before it was said"


def test_where_one_does_not_answer_and_the_other_talks_neither_is_said_of_both(app, settings):
    services_of(app, StoreServices).talks.hold("CA1", "adviser", 3, [("first",)], datetime.now(UTC))
    call = ring(app, settings, ["0", "-"], Decided("no-answer"))
    assert rung(call) == [SECOND]
    words = str(call.transcript)
    assert "No adviser can come to the phone just now." in words
    assert "could not come" not in words and "talking to another caller" not in words


def test_an_adviser_on_the_phone_privately_is_passed_over_as_before(app, settings):
    call = ring(app, settings, ["0", "-"], Advisers({FIRST: "busy", SECOND: "answer"}))
    assert rung(call) == [FIRST, SECOND]
    assert any(isinstance(event, Bridged) for event in call.events)


def test_without_its_database_the_line_rings_all_the_same(tmp_path, opens):
    lost = read({"DATABASE_URL": f"sqlite:///{tmp_path}", "LINE_CLOCK": "2026-11-24T10:00"})
    app = opens(lost)
    call = ring(app, lost, ["0", "-"], Advisers({FIRST: "no-answer", SECOND: "answer"}))
    assert rung(call) == [FIRST, SECOND]
    assert any(isinstance(event, Bridged) for event in call.events)
