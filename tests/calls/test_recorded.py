"""The webhooks of recordings and advisers: odd requests, repeats, and what they may never do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urldefrag, urlsplit
from xml.etree import ElementTree as Xml

import pytest

from ivr.config import read
from ivr.simulator.callers import people
from ivr.simulator.delivery import Delivery
from ivr.simulator.golden_calls import trunk_to
from ivr.simulator.people import Decided, Scripted
from ivr.store.services import StoreServices
from ivr.webhooks.extension import join, services_of
from ivr.webhooks.voice import CallServices
from tests.support.telephone import CALL

MESSAGE = "RE" + "0a" * 16
TONE = "at=message&on=recorded&trail=main~nobody-closed"
DONE = {"RecordingSid": MESSAGE, "RecordingDuration": "12", "Digits": "#"}
EVIL = "https://evil.example/2010-04-01/Accounts/AC1/Recordings/" + MESSAGE


def due(app, minutes: float) -> list[str]:
    rows = services_of(app, StoreServices).recordings.due(
        datetime.now(UTC) + timedelta(minutes=minutes)
    )
    return [sid for sid, _ in rows]


def left(app) -> list[tuple[str, str, int]]:
    """What waits for staff once everything that is due has had its time: topic, language, length."""
    rows, later = (
        services_of(app, StoreServices).recordings,
        datetime.now(UTC) + timedelta(minutes=59),
    )
    for sid, _ in rows.due(later):
        rows.claim(sid, later)
    items = services_of(app, StoreServices).inbox.items()
    return [(item.about, item.lang, item.seconds) for item in items]


def tone(telephone, tell: str = "yes") -> Xml.Element:
    """The step that begins a recording, in a call that has heard about a complaint."""
    return telephone.voice(
        f"at=message&on=key&tell={tell}&trail=main~complaint.2~nobody-closed", Digits="1"
    ).find("Record")


def told(telephone, record: Xml.Element, **form: str) -> int:
    """Twilio tells that a recording is complete."""
    address = urlsplit(urldefrag(record.get("recordingStatusCallback"))[0])
    sent = CALL | DONE | {"RecordingStatus": "completed", "RecordingSource": "RecordVerb"} | form
    return telephone.post(f"{address.path}?{address.query}", sent).status_code


def hangs_up(telephone, record: Xml.Element) -> Xml.Element:
    gone = {"Digits": "hangup", "CallStatus": "completed"}
    return telephone.follow(record.get("action"), **DONE | gone)


def ends(telephone) -> None:
    telephone.post("/voice/status", CALL | {"CallStatus": "completed", "CallDuration": "40"})


# --- what was recorded -----------------------------------------------------------------------


def test_a_recording_is_kept_and_leads_to_what_may_become_of_it(telephone):
    said = telephone.words(telephone.voice(TONE, **DONE))
    assert said.startswith("Your message is kept. You can just hang up.")
    assert "To delete your message, press 4." in said


@pytest.mark.parametrize(
    "odd",
    [
        {"RecordingSid": "../../etc/passwd"},
        {"RecordingSid": "RE123"},
        {"RecordingSid": MESSAGE.upper()},
        {"RecordingSid": ""},
        {"RecordingDuration": "0"},
        {"RecordingDuration": "1"},
        {"RecordingDuration": "-5"},
        {"RecordingDuration": "many"},
    ],
    ids=lambda odd: "=".join(*odd.items()),
)
def test_what_is_no_recording_is_as_silence(telephone, odd):
    twiml = telephone.voice(TONE, **DONE | odd)
    assert telephone.words(twiml).startswith("I did not hear you speak.")
    assert left(telephone.app) == []


def test_the_address_that_comes_with_a_recording_is_never_used(telephone):
    keep = telephone.voice(TONE, **DONE, RecordingUrl=EVIL)
    heard = telephone.press(keep, "2")
    played = [element.text for element in heard.iter("Play")]
    assert played and all(address.startswith(f"{telephone.base}/audio/") for address in played)


def test_what_was_recorded_travels_only_sealed(telephone):
    keep = telephone.voice(TONE, **DONE)
    assert MESSAGE not in keep.find("Gather").get("action")


def test_a_caller_who_hangs_up_leaves_what_they_said(telephone):
    hangs_up(telephone, tone(telephone))
    assert due(telephone.app, 0) == [MESSAGE]
    assert left(telephone.app) == [("complaint", "en", 12)]


@pytest.mark.parametrize("tell", ["yes", "no", ""])
def test_what_they_agreed_to_tell_is_kept_where_only_the_news_of_the_recording_came(
    telephone, tell
):
    assert told(telephone, tone(telephone, tell)) == 204
    assert left(telephone.app) == [("complaint" if tell == "yes" else "", "en", 12)]


def test_staff_get_a_message_only_when_the_call_is_over_or_after_ten_minutes(telephone):
    telephone.voice(TONE, **DONE)
    assert due(telephone.app, 9) == [] and due(telephone.app, 11) == [MESSAGE]
    assert services_of(telephone.app, StoreServices).inbox.items() == []
    ends(telephone)
    assert due(telephone.app, 0) == [MESSAGE]


def test_what_the_caller_does_not_want_kept_never_comes_to_staff(telephone):
    record = tone(telephone)
    keep = telephone.follow(record.get("action"), **DONE)
    telephone.press(keep, "4")
    told(telephone, record)
    ends(telephone)
    told(telephone, record)
    assert due(telephone.app, 0) == [MESSAGE] and left(telephone.app) == []


def test_what_was_deleted_is_deleted_at_the_carrier_at_once(telephone):
    telephone.press(telephone.voice(TONE, **DONE), "4")
    assert due(telephone.app, 0) == [MESSAGE]


def test_a_second_take_is_the_only_one_that_staff_get(telephone):
    again = telephone.press(telephone.voice(TONE, **DONE), "3").find("Record")
    second = "RE" + "0b" * 16
    telephone.follow(again.get("action"), **DONE | {"RecordingSid": second})
    ends(telephone)
    assert left(telephone.app) == [("", "en", 12)]
    assert [item.id for item in services_of(telephone.app, StoreServices).inbox.items()] == [second]


@pytest.mark.parametrize("seconds", ["0", "1"])
def test_who_records_again_and_says_nothing_has_left_the_first_take(telephone, seconds):
    again = telephone.press(telephone.voice(TONE, **DONE), "3").find("Record")
    second = {"RecordingSid": "RE" + "0b" * 16, "RecordingDuration": seconds}
    gone = {"Digits": "hangup", "CallStatus": "completed"}
    telephone.follow(again.get("action"), **DONE | second | gone)
    told(telephone, again, **second)
    assert left(telephone.app) == [("", "en", 12)]
    assert [item.id for item in services_of(telephone.app, StoreServices).inbox.items()] == [
        MESSAGE
    ]


def test_next_to_nothing_is_deleted_within_the_hour(telephone):
    told(telephone, tone(telephone), RecordingDuration="1")
    assert due(telephone.app, 30) == [] and due(telephone.app, 59) == [MESSAGE]
    assert left(telephone.app) == []


def test_what_staff_record_is_told_of_at_an_address_of_its_own_and_is_no_message(telephone):
    form = CALL | DONE | {"RecordingStatus": "completed", "RecordingSource": "RecordVerb"}
    assert telephone.post("/staff/recording", form).status_code == 204
    ends(telephone)
    assert due(telephone.app, 30) == [] and due(telephone.app, 59) == [MESSAGE]
    assert left(telephone.app) == []


def test_a_callback_for_what_is_no_recording_is_taken_and_forgotten(telephone):
    assert told(telephone, tone(telephone), RecordingSid="../x") == 204
    assert due(telephone.app, 60) == []


def test_a_forged_callback_keeps_nothing(telephone):
    address = urlsplit(urldefrag(tone(telephone).get("recordingStatusCallback"))[0])
    path = f"{address.path}?{address.query}"
    assert telephone.post(path, CALL | DONE, signature="forged").status_code == 403
    assert due(telephone.app, 60) == []


def test_the_news_of_a_recording_is_asked_for_again_while_the_database_is_away(telephone, app):
    record = tone(telephone)
    join(app, replace(services_of(app, CallServices), effect=lambda *given: "failed"))
    assert told(telephone, record) == 503


def test_a_database_that_is_away_is_owned_up_to(telephone, app):
    join(app, replace(services_of(app, CallServices), effect=lambda *given: "failed"))
    said = telephone.words(telephone.voice(TONE, **DONE))
    assert said.startswith("I cannot keep your message just now.")
    assert "is kept" not in said and "have kept" not in said


def test_a_step_that_twilio_sends_twice_is_one_message(telephone):
    for _ in range(2):
        keep = telephone.voice(TONE, **DONE)
        assert "Your message is kept." in telephone.words(keep)
    for _ in range(2):
        assert "I have kept your message" in telephone.words(telephone.press(keep, "1"))
    assert left(telephone.app) == [("", "en", 12)]


def test_a_fourth_message_of_a_call_is_not_kept_and_not_said_to_be(telephone):
    for n in range(4):
        twiml = telephone.voice(TONE, **DONE | {"RecordingSid": f"RE{n:032x}"})
    assert "I cannot keep more in this call." in telephone.words(twiml)
    ends(telephone)
    assert len(left(telephone.app)) == 3


CALLERS = {
    "speaks and hangs up": (people.BreakingOffCaller, 8),
    "hash, and hangs up": (people.HashCaller, 20),
    "says nothing": (people.SpeechlessCaller, None),
    "one second of sound": (people.OneSecondCaller, None),
    "hears it and leaves it": (people.VoicemailCaller, 20),
}


@pytest.mark.parametrize("lost", ["nothing", "hang-up", "recording", "call"])
@pytest.mark.parametrize(("caller", "seconds"), CALLERS.values(), ids=CALLERS)
def test_whoever_spoke_has_left_one_message_and_nobody_else(app, settings, caller, seconds, lost):
    delivery = Delivery(("plain",), 0, {lost: "lost"})
    trunk_to(app, settings, delivery).ring(caller(), Decided("busy"), "+447700900123")
    assert left(app) == ([] if seconds is None else [("", "en", seconds)])


@pytest.mark.parametrize("way", ["twice", "late", "lost"])
def test_the_action_after_a_hang_up_may_come_at_any_time(app, settings, way):
    delivery = Delivery(("plain",), 0, {"hang-up": way})
    trunk_to(app, settings, delivery).ring(
        people.BreakingOffCaller(), Decided("busy"), "+447700900123"
    )
    assert left(app) == [("", "en", 8)]


def test_a_whole_message_goes_from_a_caller_into_the_rows_once(app, settings):
    keys = ["0", "1", "1", "say:12", "#", "1", "1"]
    call = trunk_to(app, settings).ring(Scripted(keys), Decided("busy"), "+447700900123")
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

    join(app, replace(services_of(app, CallServices), content_store=Broken()))
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


def test_the_last_words_ring_nobody_at_night(tmp_path, opens):
    night = {"DATABASE_URL": f"sqlite:///{tmp_path}/line.db", "LINE_CLOCK": "2026-11-24T20:00"}
    app = opens(read(night))
    assert b"<Dial" not in services_of(app, CallServices).last_words("en")


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
    talks, now = services_of(app, StoreServices).talks, datetime.now(UTC)
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
    talks, now = services_of(app, StoreServices).talks, datetime.now(UTC)
    assert talks.hold("CA1", "adviser", 1, [("first",)], now) == ("first",)
    adviser(telephone, "on=key", Digits="1", CallSid="CA9", ParentCallSid="CA1")
    later = now + timedelta(minutes=30)
    assert talks.hold("CA2", "adviser", 1, [("second",)], later) == "full"


def test_of_those_who_are_rung_together_only_who_takes_the_call_stays_held(
    telephone, app, settings
):
    talks, now = services_of(app, StoreServices).talks, datetime.now(UTC)
    talks.hold("CA1", "adviser", 9, [("first", "second")], now)
    for leg, name in (("CA8", "second"), ("CA9", "first")):
        key = {"CallSid": leg, "ParentCallSid": "CA1", "To": settings.advisers[name]}
        twiml = adviser(telephone, "on=key", Digits="1", **key)
        let_go = name == "first"
        assert (twiml.find("Hangup") is not None) == let_go
    later = now + timedelta(minutes=30)
    assert talks.hold("CA2", "adviser", 9, [("first", "second")], later) == ("first",)
