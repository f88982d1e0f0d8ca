"""The webhooks of recordings and advisers: odd requests, repeats, and what they may never do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree as Xml

import pytest

from ivr.app import create_app
from ivr.config import read
from ivr.exchange.people import Decided, Scripted
from ivr.rehearsal import ring
from tests.telephone import CALL

MESSAGE = "RE" + "0a" * 16
TONE = "at=message&on=recorded&trail=main~nobody-closed"
DONE = {"RecordingSid": MESSAGE, "RecordingDuration": "12", "Digits": "#"}
EVIL = "https://evil.example/2010-04-01/Accounts/AC1/Recordings/" + MESSAGE


def due(app, minutes: int) -> list[str]:
    rows = app.extensions["recordings"].due(datetime.now(UTC) + timedelta(minutes=minutes))
    return [sid for sid, _ in rows]


# --- what was recorded -----------------------------------------------------------------------


def test_a_recording_leads_to_what_is_to_become_of_it(telephone):
    twiml = telephone.voice(TONE, **DONE)
    assert "To keep your message, press 1." in telephone.words(twiml)


@pytest.mark.parametrize(
    "odd",
    [
        {"RecordingSid": "../../etc/passwd"},
        {"RecordingSid": "RE123"},
        {"RecordingSid": MESSAGE.upper()},
        {"RecordingSid": ""},
        {"RecordingDuration": "0"},
        {"RecordingDuration": "-5"},
        {"RecordingDuration": "many"},
    ],
    ids=lambda odd: "=".join(*odd.items()),
)
def test_what_is_no_recording_is_as_silence(telephone, odd):
    twiml = telephone.voice(TONE, **DONE | odd)
    assert telephone.words(twiml).startswith("I did not hear you speak.")


def test_the_address_that_comes_with_a_recording_is_never_used(telephone):
    keep = telephone.voice(TONE, **DONE, RecordingUrl=EVIL)
    heard = telephone.press(keep, "2")
    played = [element.text for element in heard.iter("Play")]
    assert played and all(address.startswith(f"{telephone.base}/audio/") for address in played)


def test_what_was_recorded_travels_only_sealed(telephone):
    keep = telephone.voice(TONE, **DONE)
    assert MESSAGE not in keep.find("Gather").get("action")


def test_a_caller_who_hung_up_keeps_nothing(telephone):
    telephone.voice(TONE, **DONE | {"Digits": "hangup"})
    telephone.post("/voice/recording", CALL | DONE | {"RecordingStatus": "completed"})
    assert due(telephone.app, 30) == [] and due(telephone.app, 59) == [MESSAGE]


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_callback_that_comes_often_or_late_changes_nothing(telephone, times):
    keep = telephone.voice(TONE, **DONE)
    telephone.press(keep, "1")
    for _ in range(times):
        answer = telephone.post("/voice/recording", CALL | DONE)
        assert answer.status_code == 204
    assert due(telephone.app, 0) == [MESSAGE]


def test_a_callback_for_what_is_no_recording_is_taken_and_forgotten(telephone):
    answer = telephone.post("/voice/recording", CALL | {"RecordingSid": "../x"})
    assert answer.status_code == 204 and due(telephone.app, 60) == []


def test_a_keep_that_twilio_sends_twice_is_one_message(telephone):
    keep = telephone.voice(TONE, **DONE)
    for _ in range(2):
        assert "I have kept your message" in telephone.words(telephone.press(keep, "1"))
    assert due(telephone.app, 0) == [MESSAGE]


def test_a_whole_message_goes_from_a_caller_into_the_rows_once(app, settings):
    keys = ["0", "1", "1", "say:12", "#", "1", "1"]
    call = ring(app, settings, Scripted(keys), Decided("busy"), "+447700900123")
    assert "Line: I have kept your message" in "\n".join(call.transcript)
    assert len(due(app, 0)) == 1


# --- the adviser's end -----------------------------------------------------------------------


def adviser(telephone, query: str = "", **form: str) -> Xml.Element:
    answer = telephone.post("/desk" + (f"?{query}" if query else ""), CALL | form)
    assert answer.status_code == 200
    return Xml.fromstring(answer.data)


def test_only_1_takes_a_call(telephone):
    assert adviser(telephone, "on=key", Digits="1").find("Hangup") is None
    for key in ("2", "0", "#", "", "11", "hello"):
        assert adviser(telephone, "on=key", Digits=key)[-1].tag == "Hangup"


def test_2_lets_go_at_once_and_any_other_key_asks_once_more(telephone):
    assert [verb.tag for verb in adviser(telephone, "on=key", Digits="2")] == ["Hangup"]
    again = adviser(telephone, "about=complaint&lang=en&on=key&wait=1", Digits="7")
    said = telephone.words(again)
    assert "Making a complaint." in said and "press 1." in said and "more time" in said
    where = urlsplit(again.find("Gather").get("action")).query
    assert [verb.tag for verb in adviser(telephone, where, Digits="7")] == ["Hangup"]
    assert adviser(telephone, where, Digits="1").find("Gather") is None


def test_an_adviser_hears_twice_who_is_calling(telephone):
    said = telephone.words(adviser(telephone, "about=complaint&lang=en"))
    for words in ("A caller from the advice line.", "Making a complaint.", "press 1."):
        assert said.count(words) == 2


def test_without_a_key_the_adviser_is_let_go_after_ten_seconds(telephone):
    twiml = adviser(telephone)
    assert twiml.find("Gather").get("timeout") == "10"
    assert [verb.tag for verb in twiml] == ["Gather", "Hangup"]


@pytest.mark.parametrize(
    "query", ["about=../x", "about=main", "lang=xx", "speed=warp", "about=%3CSay%3E&wait=2"]
)
def test_odd_things_to_be_told_are_left_out(telephone, query):
    assert "A caller from the advice line." in telephone.words(adviser(telephone, query))


@pytest.fixture
def broken(app):
    """The line with content that cannot be had any more."""

    class Broken:
        def line(self, version: str):
            raise RuntimeError("on purpose")

    app.extensions["desk"] = replace(app.extensions["desk"], shelf=Broken())
    return app


def test_when_it_cannot_be_told_who_is_calling_still_only_a_key_takes_the_call(telephone, broken):
    twiml = adviser(telephone)
    assert "To take this call, press 1." in telephone.words(twiml)
    assert [verb.tag for verb in twiml] == ["Gather", "Hangup"]
    assert len(adviser(telephone, "on=key", Digits="1")) == 0
    assert adviser(telephone, "on=key", Digits="2").find("Hangup") is not None


def test_the_last_words_ring_with_the_lines_number_and_ask_for_a_key(telephone, broken):
    twiml = telephone.voice()
    dial = twiml.find("Dial")
    assert dial.get("callerId") == "+442079460100"
    assert dial.find("Number").get("url").partition("#")[0].endswith("/desk")


def test_the_last_words_ring_nobody_at_night(tmp_path):
    night = {"DATABASE_URL": f"sqlite:///{tmp_path}/line.db", "LINE_CLOCK": "2026-11-24T20:00"}
    app = create_app(read(night))
    assert b"<Dial" not in app.extensions["desk"].last_words("en")
    app.extensions["close"]()


def test_every_address_that_is_given_out_has_its_names_in_order(telephone):
    telephone.voice()
    for path, form in (("/voice?at=main&on=key", {"Digits": "2"}), ("/staff", {}), ("/desk", {})):
        answer = Xml.fromstring(telephone.post(path, CALL | form).data)
        for each in answer.iter():
            asked = urlsplit(each.get("action") or each.text or "").query
            names = [pair.partition("=")[0] for pair in asked.split("&")]
            assert names == sorted(names), asked


ENDED = ("completed", "busy", "failed", "no-answer", "canceled")


@pytest.mark.parametrize("status", ENDED)
def test_whatever_is_asked_after_the_end_frees_the_place_and_rings_nobody(telephone, app, status):
    talks, now = app.extensions["talks"], datetime.now(UTC)
    assert talks.hold("CA1", "adviser", 1, [("first",)], now) == ("first",)
    for query, form in (
        ("at=adviser&on=transfer", {"DialCallStatus": "no-answer"}),
        ("at=main&on=key", {"Digits": "0"}),
        ("at=adviser&on=key", {"Digits": "0"}),
    ):
        twiml = telephone.voice(query, CallStatus=status, **form)
        assert [verb.tag for verb in twiml] == ["Hangup"]
    again = talks.hold("CA2", "adviser", 1, [("first",)], datetime.now(UTC))
    assert again == ("first",)


def test_who_takes_a_call_keeps_its_place_for_a_talk(telephone, app):
    talks, now = app.extensions["talks"], datetime.now(UTC)
    assert talks.hold("CA1", "adviser", 1, [("first",)], now) == ("first",)
    adviser(telephone, "on=key", Digits="1", CallSid="CA9", ParentCallSid="CA1")
    later = now + timedelta(minutes=30)
    assert talks.hold("CA2", "adviser", 1, [("second",)], later) == "full"


def test_of_those_who_are_rung_together_only_who_takes_the_call_stays_held(
    telephone, app, settings
):
    talks, now = app.extensions["talks"], datetime.now(UTC)
    talks.hold("CA1", "adviser", 9, [("first", "second")], now)
    for leg, name in (("CA8", "second"), ("CA9", "first")):
        key = {"CallSid": leg, "ParentCallSid": "CA1", "To": settings.advisers[name]}
        twiml = adviser(telephone, "on=key", Digits="1", **key)
        let_go = name == "first"
        assert (twiml.find("Hangup") is not None) == let_go
    later = now + timedelta(minutes=30)
    assert talks.hold("CA2", "adviser", 9, [("first", "second")], later) == ("first",)
