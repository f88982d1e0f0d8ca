"""The telephone's webhooks: odd requests, failures, and that a caller always hears a way on."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.datastructures import MultiDict

from ivr.flow import handler_of
from ivr.simulator import golden_calls
from ivr.simulator.people import Decided, Scripted
from ivr.store import StoreDownError
from ivr.store.services import StoreServices
from ivr.webhooks.extension import join, services_of
from ivr.webhooks.voice import CallServices
from tests.support.telephone import CALL

FORMS = {
    "no Digits": {},
    "empty Digits": {"Digits": ""},
    "1,000 digits": {"Digits": "7" * 1000},
    "letters": {"Digits": "hello"},
    "control characters": {"Digits": "\x00\x07\x1b"},
    "a lone surrogate, as UTF-8 would have it": {"Digits": "\ufffd"},
    "emoji": {"Digits": "😀"},
    "right to left": {"Digits": "\u202e1"},
    "markup": {"Digits": "<Say>&amp;"},
    "hangup": {"Digits": "hangup"},
    "too long a value": {"Digits": "1" * 2000},
    "strange From": {"From": "<script>", "Digits": "1"},
}
QUERIES = {
    "a place that does not exist": "at=gone&on=key",
    "no place": "on=key",
    "a part that does not exist": "at=complaint&part=99&on=key",
    "a part that is no number": "at=complaint&part=x&on=key",
    "an unknown language": "at=main&lang=xx&on=key",
    "an unknown speed": "at=main&speed=warp&on=key",
    "an unknown event": "at=main&on=nonsense",
    "a tampered token": "at=check-complaint&typed=AAAA&on=key",
    "an old version": "at=complaint&v=00000000&on=key",
    "a long trail": "at=main&on=key&trail=" + "~".join(["complaint"] * 200),
    "a trail to nowhere": "at=main&on=key&trail=gone.9x~..~~",
    "a transfer that never was": "at=main&on=transfer",
    "everything twice": "at=main&at=gone&on=key&on=silence",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("query", ["at=main&on=key", "at=number-complaint&on=key"])
def test_odd_digits_bring_words_and_a_way_on(telephone, query, form):
    twiml = telephone.voice(query, **form)
    if form.get("Digits") != "hangup":
        assert telephone.words(twiml)
    assert twiml[-1].tag in ("Redirect", "Dial", "Hangup")
    assert form.get("Digits") == "hangup" or twiml[-1].tag != "Hangup"


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_odd_addresses_bring_words_and_a_way_on(telephone, query):
    twiml = telephone.voice(query, Digits="2")
    assert telephone.words(twiml)
    assert twiml.find("Gather") is not None or twiml.find("Dial") is not None


def test_a_key_that_comes_twice_is_not_acted_on_but_words_are_heard(telephone):
    form = [("CallSid", "CA1"), ("Digits", "2"), ("Digits", "3"), ("From", "")]
    query = "/voice?at=main&on=key"
    signature = telephone.validator.compute_signature(telephone.base + query, MultiDict(form))
    body = "&".join(f"{name}={value}" for name, value in form)
    response = telephone.client.post(
        query,
        data=body,
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature},
        base_url=telephone.base,
    )
    assert response.status_code == 200
    assert b"Gather" in response.data and b"complaint" not in response.data


def test_the_same_step_asked_twice_is_answered_the_same(telephone):
    first = telephone.post("/voice?at=check-complaint&on=key").data
    assert telephone.post("/voice?at=check-complaint&on=key").data == first
    typed = telephone.post("/voice?at=number-complaint&on=key", {"Digits": "07700900456"}).data
    again = telephone.post("/voice?at=number-complaint&on=key", {"Digits": "07700900456"}).data
    assert typed == again and b"typed=" in typed


def test_no_number_stands_in_an_address(telephone):
    twiml = telephone.voice("at=number-complaint&on=key", Digits="07700900456")
    address = twiml.find("Gather").get("action")
    assert "7700900456" not in address
    assert parse_qs(urlsplit(address).query)["at"] == ["check-complaint"]


def test_every_address_carries_twilios_overrides(telephone):
    twiml = telephone.voice()
    for address in (twiml.find("Gather").get("action"), twiml.find("Redirect").text):
        assert address.startswith(telephone.base + "/voice?")
        assert urlsplit(address).fragment.startswith("rc=2&rp=ct,rt,5xx")


def test_a_missing_recording_becomes_a_say_in_the_same_voice(telephone, app, monkeypatch):
    prompts = services_of(app, CallServices).library()._spoken
    monkeypatch.setattr(services_of(app, CallServices).library(), "_spoken", {})
    say = telephone.voice().find("Gather").find("Say")
    assert prompts and say.text and say.get("language") == "en-GB" and say.get("voice")


@pytest.mark.parametrize(
    "seam", ["content_store.line", "clock", "journal.note", "effect", "sealer.open", "library"]
)
def test_whatever_breaks_the_caller_hears_an_apology_and_a_way_on(telephone, app, seam):
    services = services_of(app, CallServices)
    broken = _breaking(services, seam)
    join(app, broken)
    query = "at=text-complaint&on=key&typed=AAAA"
    response = telephone.post(f"/voice?{query}", CALL | {"Digits": "1"})
    assert response.status_code == 200
    assert b"<Gather" in response.data or b"<Dial" in response.data
    assert b"<Say" in response.data or b"<Play" in response.data


def _breaking(services, seam):
    """The same desk with one seam that raises."""
    part, _, method = seam.partition(".")

    class Broken:
        def __call__(self, *args, **kwargs):
            raise RuntimeError(f"{seam} is broken on purpose")

        def __getattr__(self, name):
            return Broken() if name == method else getattr(getattr(services, part), name)

    fields = {name: getattr(services, name) for name in services.__dataclass_fields__}
    return type(services)(**(fields | {part: Broken()}))


def test_when_the_database_is_away_the_call_goes_on_and_no_text_is_promised(telephone, app):
    def away(*args, **known):
        raise StoreDownError("away")

    services_of(app, StoreServices).outbox.queue = away
    twiml = telephone.voice("at=text-complaint&on=key&trail=main~complaint.5", Digits="1")
    words = telephone.words(twiml)
    assert "I cannot send a text just now." in words and "I am sending" not in words
    assert twiml.find("Gather") is not None


def test_a_text_is_kept_once_however_often_the_step_is_asked(telephone, app):
    """The same step, asked again by the carrier, has the same answer; another one is told."""
    query = "at=text-complaint&last=2.1000&on=key&trail=main~complaint.5"
    for _ in range(3):
        assert "I am sending it now." in telephone.words(telephone.voice(query, Digits="1"))
    later = query.replace("1000", "90000")
    for _ in range(2):
        assert "already on its way" in telephone.words(telephone.voice(later, Digits="1"))
    assert len(services_of(app, StoreServices).outbox.waiting()) == 1


@pytest.mark.parametrize(
    ("sent", "counted"),
    [
        *((each, "") for each in ("", "+7378742833", "RESTRICTED", "unavailable", "client:alice")),
        ("07700900123", "+447700900123"),
        ("+33612345678", "+33612345678"),
    ],
)
def test_a_caller_without_a_number_is_counted_as_nobody_else(telephone, app, sent, counted):
    callers = []

    def effect(call_sid, effect, line, caller, step):
        callers.append(caller)
        return "queued"

    join(app, replace(services_of(app, CallServices), effect=effect))
    read_back = telephone.voice("at=number-complaint&on=key", Digits="07700900456", From=sent)
    telephone.press(read_back, "1", From=sent)
    assert callers == [counted]


def test_the_status_callback_is_taken_in_silence(telephone):
    form = {"CallSid": "CA1", "CallStatus": "completed"}
    assert telephone.post("/voice/status", form).status_code == 204


def test_every_node_of_the_shipped_line_can_be_asked(telephone, app):
    line = services_of(app, CallServices).content_store.line("")
    for node in (*line.menus, *line.topics, "hearing", "hold", "nobody-busy", "leaving"):
        assert handler_of(line, node)
        assert telephone.words(telephone.voice(f"at={node}&on=key", Digits="#"))


KEYS = {
    "a topic and its text": ["2", *"-----", "2", "1"],
    "an adviser": ["0"],
    "the last day": ["4", "2", "2", "2", "1#", "10#", "26#", "1", *"----"],
}


@pytest.mark.parametrize("keys", KEYS.values(), ids=KEYS)
def test_who_has_called_and_left_something_hears_what_a_stranger_hears(app, settings, keys):
    """The number that calls is no proof of who calls (M5)."""

    def heard(number: str, *pressed: str) -> list[str]:
        ends = (Scripted(pressed), Decided("no-answer"), number)
        return golden_calls.trunk_to(app, settings).ring(*ends).transcript

    known = "+447700900123"
    for left in (("0", "2", "1", "1", "1", "1", "2", "1"), ("2", *"-----", "2", "1")):
        heard(known, *left)
    assert (
        services_of(app, StoreServices).inbox.items()
        and services_of(app, StoreServices).outbox.waiting()
    )
    assert heard(known, *keys) == heard("+447700900456", *keys)
