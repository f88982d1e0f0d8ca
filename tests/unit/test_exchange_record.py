"""The simulator records callers, and serves recordings, as Twilio documents Record and Recordings."""

from __future__ import annotations

import io
import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import requests
import soundfile
from flask import Response
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from ivr.simulator import events
from ivr.simulator.delivery import reliable
from ivr.simulator.events import Event
from ivr.simulator.people import Live, Scripted
from ivr.simulator.recordings import RATE, SimulatedRecordings
from ivr.simulator.verbs import VerbError, parse
from tests.support import exchange
from tests.support.carrier import LocalCarrier
from tests.support.exchange import ACCOUNT, BASE, TOKEN, said
from tests.support.machine import until

HERE = "http://exchange.test"
STATUS = 'recordingStatusCallback="/status"'


class Line(exchange.Line):
    """A made-up line that records whoever rings."""

    def __init__(self, attributes: str = "", missing: str = "") -> None:
        record = f'<Record action="/kept" {attributes}/>'
        documents = {
            "/voice": f"<Say>Speak after the tone.</Say>{record}<Say>Nothing heard.</Say>",
            "/kept": "<Say>Thank you.</Say>",
            "/status": "",
        }
        documents.pop(missing, None)
        super().__init__(documents, reliable())
        self.recordings = SimulatedRecordings(HERE)

    def ring(self, *tokens: str) -> list[Event]:
        return self.call(Scripted(tokens), recordings=self.recordings)

    def form(self, path: str) -> dict[str, str]:
        (form,) = self.forms(path)
        return form


# --- Record ----------------------------------------------------------------------------------

ENDS = {
    "a key": ("", ["say:20", "#"], "20", "#"),
    "any key": ("", ["say:20", "4"], "20", "4"),
    "silence": ("", ["say:20", "-"], "20", ""),
    "its length": ('maxLength="30"', ["say:20", "say:20"], "30", ""),
    "the end of the call": ("", ["say:20", "bye"], "20", "hangup"),
    "only its own key": ('finishOnKey="#"', ["say:20", "4", "say:5", "#"], "26", "#"),
    "no key": ('finishOnKey=""', ["say:20", "#", "-"], "20", ""),
    "silence that is kept": ('trim="do-not-trim"', ["say:20", "-"], "25", ""),
    "a longer silence": ('timeout="9" trim="do-not-trim"', ["say:20", "-"], "29", ""),
}


@pytest.mark.parametrize(("attributes", "tokens", "seconds", "digits"), ENDS.values(), ids=ENDS)
def test_a_recording_is_ended_by(attributes, tokens, seconds, digits):
    line = Line(attributes)
    happened = line.ring(*tokens)
    form = line.form("/kept")
    assert (form["RecordingDuration"], form["Digits"]) == (seconds, digits)
    assert form["RecordingUrl"] == (
        f"{HERE}/2010-04-01/Accounts/{ACCOUNT.sid}/Recordings/{form['RecordingSid']}"
    )
    kept = [event for event in happened if isinstance(event, events.Recorded)]
    assert [(event.sid, event.key) for event in kept] == [(form["RecordingSid"], digits)]


@pytest.mark.parametrize("tokens", [["-"], ["#"], ["bye"]], ids=["silence", "key", "hang-up"])
def test_a_recording_of_silence_is_told_to_nobody(tokens):
    line = Line(STATUS)
    happened = line.ring(*tokens)
    assert line.paths() == ["/voice"] and line.recordings.newest() == []
    assert ("Nothing heard." in said(happened)) == (tokens != ["bye"])


def test_silence_lasts_as_long_as_its_time_out():
    happened = Line('timeout="7"').ring("-")
    began, ended = (event.at for event in happened if isinstance(event, events.Said))
    assert ended - began == pytest.approx(4 / 2.5 + 7)


def test_what_follows_a_hang_up_is_not_performed():
    line = Line(STATUS)
    happened = line.ring("say:20", "bye")
    assert happened[-1].by == "caller" and said(happened) == ["Speak after the tone."]
    assert line.form("/kept")["CallStatus"] == "completed"
    assert line.paths() == ["/voice", "/kept", "/status"]


def test_the_status_address_is_told_after_the_action_with_a_signature():
    line = Line(STATUS)
    line.ring("say:20", "#")
    assert line.paths() == ["/voice", "/kept", "/status"]
    asked = line.asked[-1]
    assert RequestValidator(TOKEN).validate(f"{BASE}/status", asked.form, asked.signature)
    kept = line.form("/kept")
    told = {
        "RecordingSid": kept["RecordingSid"],
        "RecordingUrl": kept["RecordingUrl"],
        "RecordingStatus": "completed",
        "RecordingDuration": "20",
        "RecordingChannels": "1",
        "RecordingSource": "RecordVerb",
        "CallSid": kept["CallSid"],
        "AccountSid": ACCOUNT.sid,
    }
    assert {name: asked.form[name] for name in told} == told


@pytest.mark.parametrize("missing", ["/status", "/kept"])
def test_after_a_hang_up_an_address_that_fails_leaves_the_other(missing):
    line = Line(STATUS, missing)
    happened = line.ring("say:20", "bye")
    assert line.paths() == ["/voice", "/kept", "/status"] and happened[-1].by == "caller"
    assert len([event for event in happened if isinstance(event, events.Failed)]) == 1


def test_a_caller_speaks_only_where_there_is_a_recording():
    line = Line()
    line.documents["/voice"] = f'<Gather timeout="3"/>{line.documents["/voice"]}'
    line.ring("say:20", "#")
    assert line.form("/kept")["RecordingDuration"] == "20"


def test_a_live_caller_counts_as_speaking_until_a_key():
    line, person = Line(), Live()
    line.documents["/voice"] = '<Record action="/kept"/>'
    threading.Timer(1.3, person.press, ["#"]).start()
    line.call(person, recordings=line.recordings)
    (kept,) = line.recordings.newest()
    assert line.form("/kept")["Digits"] == "#" and 0.9 < kept.seconds < 40


def test_a_recording_event_that_is_not_told_is_refused():
    document = b'<Response><Record recordingStatusCallbackEvent="started"/></Response>'
    with pytest.raises(VerbError):
        parse(document, "text/xml")


# --- the sound -------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0.5, 7.25, 61.0])
def test_a_recording_is_exactly_as_long_as_was_spoken(seconds):
    kept = SimulatedRecordings().keep("CA1", [(True, seconds)])
    sound, rate = soundfile.read(io.BytesIO(kept.sound))
    about = soundfile.info(io.BytesIO(kept.sound))
    assert (rate, about.channels, about.subtype) == (RATE, 1, "PCM_16")
    assert len(sound) == seconds * RATE and kept.seconds == seconds


def test_speech_sounds_and_silence_does_not():
    kept = SimulatedRecordings().keep("CA1", [(True, 2), (False, 1), (True, 1)])
    sound, _ = soundfile.read(io.BytesIO(kept.sound))
    loud = [np.abs(sound[n * RATE : (n + 1) * RATE]).max() for n in range(4)]
    assert loud[2] == 0 and all(0 < loud[n] < 0.2 for n in (0, 1, 3))


# --- the resource ----------------------------------------------------------------------------


class Resource(LocalCarrier):
    """The Recordings API over real HTTP, as Twilio's own client sees it."""

    def __init__(self) -> None:
        super().__init__(ACCOUNT)
        self.sounds.api_base = self.url
        self.client = self.with_token(TOKEN)

    def with_token(self, token: str) -> Client:
        client = Client(ACCOUNT.sid, token)
        client.api.base_url = self.url
        return client

    def keep(self, *calls: str) -> list[str]:
        """A recording of each of these calls, made a moment ago."""
        made = datetime.now(UTC) - timedelta(seconds=2)
        return [self.sounds.keep(call, [(True, 3)], made).sid for call in calls]

    def media(
        self, sid: str, ending: str = "", who: tuple[str, str] | None = (ACCOUNT.sid, TOKEN)
    ) -> requests.Response:
        return requests.get(self.sounds.url(ACCOUNT, sid) + ending, auth=who, timeout=30)


@pytest.fixture
def resource():
    made = Resource()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("ending", "kind"), [("", "audio/x-wav"), (".wav", "audio/x-wav"), (".mp3", "audio/mpeg")]
)
def test_a_sound_is_fetched_with_the_accounts_own_name_and_token(resource, ending, kind):
    (sid,) = resource.keep("CA1")
    assert resource.media(sid, ending, None).status_code == 401
    got = resource.media(sid, ending)
    seconds = soundfile.info(io.BytesIO(got.content)).duration
    assert got.headers["Content-Type"] == kind and seconds == pytest.approx(3, abs=0.2)


def test_a_recording_has_no_sound_in_its_first_second(resource):
    sid = resource.sounds.keep("CA1", [(True, 3)]).sid
    assert resource.media(sid).status_code == 404
    assert resource.client.recordings(sid).fetch().sid == sid
    until(lambda: resource.media(sid).status_code == 200, "it has a sound")


def test_a_recording_has_the_form_of_twilios(resource):
    (sid,) = resource.keep("CA1")
    shown = resource.client.recordings(sid).fetch()
    assert (shown.sid, shown.call_sid, shown.duration) == (sid, "CA1", "3")
    assert (shown.status, shown.source, shown.channels) == ("completed", "RecordVerb", 1)
    assert datetime.now(UTC) - shown.date_created < timedelta(minutes=1)


def test_what_was_deleted_is_gone_everywhere(resource):
    sid, other = resource.keep("CA1", "CA2")
    assert resource.client.recordings(sid).delete()
    for again in (resource.client.recordings(sid).fetch, resource.client.recordings(sid).delete):
        with pytest.raises(TwilioRestException) as error:
            again()
        assert (error.value.status, error.value.code) == (404, 20404)
    assert [resource.media(sid, end).status_code for end in ("", ".wav", ".mp3")] == [404] * 3
    assert [each.sid for each in resource.client.recordings.list()] == [other]


def test_without_the_token_nothing_is_listed_or_deleted(resource):
    (sid,) = resource.keep("CA1")
    stranger = resource.with_token("wrong")
    for tried in (
        stranger.recordings.list, stranger.recordings(sid).fetch, stranger.recordings(sid).delete,
    ):  # fmt: skip
        with pytest.raises(TwilioException, match="401"):
            tried()
    assert resource.sounds.get(sid)


def test_the_list_is_paged_newest_first_even_while_it_is_being_deleted(resource):
    sids = resource.keep(*["CA1"] * 7)
    seen = []
    for each in resource.client.recordings.stream(page_size=2):
        seen.append(each.sid)
        if len(seen) % 2 == 0:
            each.delete()
    assert seen == sids[::-1]
    assert [each.sid for each in resource.sounds.newest()] == seen[::2]


def test_the_list_is_narrowed_by_call_on_every_page(resource):
    resource.keep("CA2")
    sids = resource.keep("CA1", "CA1", "CA1")
    resource.keep("CA2")
    found = resource.client.recordings.list(call_sid="CA1", page_size=1)
    assert [each.sid for each in found] == sids[::-1]


@pytest.mark.parametrize(
    ("hours", "before", "after"), [(-1, 0, 1), (1, 1, 0)], ids=["earlier", "later"]
)
def test_the_list_is_narrowed_by_time(resource, hours, before, after):
    resource.keep("CA1")
    moment = datetime.now(UTC) + timedelta(hours=hours)
    assert len(resource.client.recordings.list(date_created_before=moment)) == before
    assert len(resource.client.recordings.list(date_created_after=moment)) == after


@pytest.mark.parametrize("asked", ["PageSize=many", "DateCreated%3E=soon"])
def test_a_parameter_that_is_none_is_refused(resource, asked):
    url = f"{resource.url}/2010-04-01/Accounts/{ACCOUNT.sid}/Recordings.json?{asked}"
    assert requests.get(url, auth=(ACCOUNT.sid, TOKEN), timeout=30).status_code == 400


@pytest.mark.parametrize(("late", "there"), [(False, True), (True, False)], ids=["early", "late"])
def test_a_deletion_may_fail_before_or_after_it_is_done(resource, late, there):
    (sid,) = resource.keep("CA1")
    resource.faults = [None] * late + [Response(status=500)]
    with pytest.raises(TwilioRestException) as error:
        resource.client.recordings(sid).delete()
    assert error.value.status == 500 and bool(resource.sounds.get(sid)) == there


def test_a_sound_may_fail(resource):
    (sid,) = resource.keep("CA1")
    resource.faults = [Response(status=503)]
    assert [resource.media(sid).status_code for _ in range(2)] == [503, 200]
