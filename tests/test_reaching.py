"""Every way in which reaching a person can end, and that none of them is a dead end (F13)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ivr import rehearsal
from ivr.exchange.events import AdviserHears, Bridged, DialEnded, Dialling
from ivr.exchange.people import Advisers, Decided, Scripted
from tests import reaching

MOBILE = "+447700900123"
FIRST, SECOND = "+442079460200", "+442079460201"


@pytest.fixture(scope="module")
def ends():
    return reaching.ends()


def expected(adviser: str, moment: str, caller: str) -> str:
    if caller == "gone":
        return reaching.GONE
    open_now = moment in ("open", "first minute", "last minute")
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
            cells = " | ".join(expected(adviser, moment, caller) for moment in reaching.MOMENTS)
            assert f"| {adviser} | {caller} | {cells} |" in table


def ring(app, settings, keys, advisers, caller=MOBILE):
    return rehearsal.ring(app, settings, Scripted(keys), advisers, caller)


def rung(call) -> list[str]:
    return [event.number for event in call.events if isinstance(event, Dialling)]


def heard_by_adviser(app, call) -> str:
    captions = rehearsal.captions_of(app)
    heard = [each for each in call.events if isinstance(each, AdviserHears)]
    return " ".join(
        filter(None, (captions(each.url) if each.url else each.words for each in heard))
    )


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
    assert heard_by_adviser(app, call) == f"{told} {told} You can talk now."


@pytest.mark.parametrize("answer", ["2", "0", "-"], ids=["no", "0 again", "silence"])
def test_without_a_yes_the_adviser_hears_only_that_it_is_a_caller(app, settings, answer):
    call = ring(app, settings, ["3", "3", "0", answer, "-"], Decided("answer"))
    told = "A caller from the advice line. To take this call, press 1."
    assert heard_by_adviser(app, call) == f"{told} {told} You can talk now."


def test_an_adviser_sees_the_number_of_the_line_and_never_the_callers(app, settings):
    call = ring(app, settings, ["0", "-"], Decided("answer"))
    shown = {event.caller_id for event in call.events if isinstance(event, Dialling)}
    assert shown == {settings.line_number}


def test_a_desk_takes_so_many_callers_at_once_and_its_places_are_free_again(app, settings):
    talks = app.extensions["talks"]
    now = datetime.now(UTC)
    for n in range(3):
        assert talks.hold(f"CA{n}", "adviser", 3, now) == "free"
    busy = ring(app, settings, ["0", "-"], Decided("answer"))
    assert rung(busy) == [] and "The adviser is talking to another caller" in str(busy.transcript)
    talks.release("CA0", now)
    for _ in range(2):
        assert rung(ring(app, settings, ["0", "-"], Decided("answer"))) == [FIRST]


def test_a_caller_who_hangs_up_while_it_rings_gives_the_place_back(app, settings):
    for _ in range(4):
        assert rung(reaching.ring(app, settings, "gone", "no-answer")) == [FIRST]
