"""The simulator performs TwiML as Twilio documents it. Each expectation quotes Twilio's manual."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

import numpy as np
import pytest
import soundfile
from flask import Flask, Response, request
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from werkzeug.datastructures import MultiDict

from ivr.simulator import events, messages
from ivr.simulator.account import CLOCK_HEADER, RealAccountError, SimulatedAccount
from ivr.simulator.delivery import reliable
from ivr.simulator.mailroom import Mailroom
from ivr.simulator.people import Decided, Scripted
from ivr.simulator.performer import Performance, WebhookAddresses
from ivr.simulator.sounds import Sounds
from ivr.simulator.unknown import with_unknown
from ivr.simulator.verbs import ATTRIBUTES, VerbError, parse
from ivr.simulator.wire import Answer, Http, InProcess, Wire, WireError
from tests.support.exchange import ACCOUNT, BASE, TOKEN
from tests.support.whole import served


class Line:
    """A made-up line: answers each address with a document, and remembers what it was asked."""

    def __init__(self, **documents: str | Callable[[], Response]) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.clocks: list[str] = []
        self.app = Flask("made-up")
        self.documents = documents
        self.app.add_url_rule("/<name>", view_func=self.answer, methods=["GET", "POST"])

    def answer(self, name: str) -> Response:
        self.asked.append((name, request.form.to_dict()))
        self.clocks.append(request.headers.get(CLOCK_HEADER, ""))
        document = self.documents[name]
        if callable(document):
            return document()
        return Response(f"<Response>{document}</Response>", content_type="text/xml")

    def ring(
        self, *keys: str, adviser: str = "answer", fallback: str = "", sounds: Sounds | None = None
    ) -> list[events.Event]:
        happened: list[events.Event] = []
        performance = Performance(
            ACCOUNT,
            Wire(InProcess(self.app), TOKEN),
            WebhookAddresses(f"{BASE}/voice", fallback),
            Scripted(keys),
            Decided(adviser),
            "+447700900123",
            happened.append,
            sounds=sounds or Sounds(),
        )
        performance.run()
        return happened

    def digits(self) -> list[str]:
        return [form["Digits"] for _, form in self.asked if "Digits" in form]


def kinds(happened: list[events.Event]) -> list[str]:
    return [type(event).__name__ for event in happened]


# --- Gather ----------------------------------------------------------------------------------


def test_gather_defaults_are_the_manuals():
    defaults = {name: default for name, (default, _) in ATTRIBUTES["Gather"].items()}
    assert defaults["timeout"] == "5" and defaults["finishOnKey"] == "#"
    assert defaults["input"] == "dtmf" and defaults["method"] == "POST"
    assert defaults["actionOnEmptyResult"] == "false"


GATHERS = {
    "numDigits ends it": ('numDigits="1"', ["2"], ["2"]),
    "finishOnKey ends it and is not among the digits": ("", ["123#"], ["123"]),
    "the wait ends it": ("", ["12", "-"], ["12"]),
    "an empty finishOnKey lets hash through": ('finishOnKey="" numDigits="1"', ["#"], ["#"]),
    "star is a digit": ("", ["1*2#"], ["1*2"]),
    "another finishOnKey": ('finishOnKey="*"', ["12*"], ["12"]),
    "a lone finishOnKey is no input": ("", ["#"], []),
    "no key is no input": ("", ["-"], []),
    "no input is told with actionOnEmptyResult": ('actionOnEmptyResult="true"', ["-"], [""]),
}


@pytest.mark.parametrize(("attributes", "keys", "digits"), GATHERS.values(), ids=GATHERS)
def test_gather(attributes, keys, digits):
    line = Line(voice=f'<Gather action="/next" {attributes}/><Say>Nothing.</Say>', next="<Hangup/>")
    happened = line.ring(*keys)
    assert line.digits() == digits
    assert ("Said" in kinds(happened)) == (digits == [])


def test_a_key_interrupts_what_is_nested_in_a_gather():
    line = Line(
        voice='<Gather numDigits="1" action="/next"><Say>One two three four five.</Say>'
        "<Say>Never heard.</Say></Gather>",
        next="<Hangup/>",
    )
    happened = line.ring(">7")
    said = [event.words for event in happened if isinstance(event, events.Said)]
    assert said == ["One two three four five."] and line.digits() == ["7"]


def test_keys_outside_a_gather_are_not_heard():
    line = Line(
        voice='<Say>Hello there.</Say><Gather numDigits="1" timeout="10" action="/next"/>',
        next="<Hangup/>",
    )
    line.ring(">7", "-")
    assert line.digits() == []


def test_gather_without_an_action_asks_its_own_address():
    line = Line(voice='<Gather numDigits="1"/>')
    line.ring("1", "bye")
    assert [name for name, _ in line.asked] == ["voice", "voice"]


def test_the_wait_of_a_gather_begins_anew_after_each_key():
    line = Line(voice='<Gather timeout="5" action="/next"/>', next="<Hangup/>")
    happened = line.ring("123", "-")
    last = [event for event in happened if isinstance(event, events.Asked)][-1]
    assert line.digits() == ["123"] and last.at == pytest.approx(3 * 0.6 + 5)


def test_each_webhook_is_told_the_second_of_the_call_by_the_exchanges_clock():
    line = Line(voice='<Gather numDigits="1" timeout="10" action="/next"/>', next="<Hangup/>")
    happened = line.ring("7")
    asked = [event.at for event in happened if isinstance(event, events.Asked)]
    assert line.clocks == ["0.000", "0.600"] == [f"{at:.3f}" for at in asked]


def test_a_recording_is_fetched_once_for_all_the_calls_that_share_sounds():
    quiet = io.BytesIO()
    soundfile.write(quiet, np.zeros(12_000, dtype="float32"), 8_000, format="WAV")
    line = Line(
        voice="<Play>/sound</Play>",
        sound=lambda: Response(quiet.getvalue(), content_type="audio/wav"),
    )
    sounds = Sounds()
    for _ in range(2):
        played = [event for event in line.ring(sounds=sounds) if isinstance(event, events.Played)]
        assert [event.seconds for event in played] == [1.5]
    assert [name for name, _ in line.asked].count("sound") == 1


# --- going on --------------------------------------------------------------------------------


def test_verbs_follow_one_another_and_the_end_of_a_document_ends_the_call():
    happened = Line(voice="<Say>A.</Say><Pause length='3'/><Say>B.</Say>").ring()
    assert kinds(happened) == ["Answered", "Asked", "Said", "Said", "Ended"]
    assert happened[-1].by == "line"
    assert happened[3].at - happened[2].at == pytest.approx(3 + 1 / 2.5)


def test_redirect_leaves_the_rest_of_the_document():
    line = Line(voice="<Redirect>/next</Redirect><Say>Never.</Say>", next="<Hangup/>")
    assert "Said" not in kinds(line.ring())
    assert [name for name, _ in line.asked] == ["voice", "next"]


@pytest.mark.parametrize("outcome", ["busy", "no-answer", "failed"])
def test_dial_tells_its_action_how_it_went(outcome):
    line = Line(
        voice='<Dial action="/next" timeout="25"><Number>+442079460200</Number></Dial>',
        next="<Hangup/>",
    )
    happened = line.ring(adviser=outcome)
    assert line.asked[-1][1]["DialCallStatus"] == outcome
    assert "Bridged" not in kinds(happened)


def test_dial_that_was_answered_is_completed():
    line = Line(voice='<Dial action="/next">+442079460200</Dial>', next="<Hangup/>")
    happened = line.ring()
    assert line.asked[-1][1]["DialCallStatus"] == "completed"
    assert "Bridged" in kinds(happened)


def test_dial_without_an_action_goes_on_to_the_next_verb():
    happened = Line(voice="<Dial>+442079460200</Dial><Say>After.</Say>").ring()
    assert [event.words for event in happened if isinstance(event, events.Said)] == ["After."]


def test_record_tells_its_action_where_the_recording_is():
    line = Line(voice='<Record action="/next" maxLength="30"/>', next="<Hangup/>")
    line.ring("say:5", "#")
    form = line.asked[-1][1]
    assert form["RecordingUrl"].startswith("https://api.twilio.com/") and form["Digits"] == "#"


def test_reject_ends_the_call():
    assert Line(voice='<Reject reason="busy"/>').ring()[-1].by == "line"


def test_a_caller_who_hangs_up_ends_the_call_at_once():
    happened = Line(voice="<Gather><Say>One two three.</Say></Gather>").ring(">bye")
    assert happened[-1].by == "caller"


# --- refusals --------------------------------------------------------------------------------

BAD = {
    "no XML": ("<Response>", "text/xml", 12100),
    "no Response": ("<Html/>", "text/xml", 12200),
    "an unknown verb": ("<Response><Sing/></Response>", "text/xml", 12200),
    "an unknown attribute": ('<Response><Gather numdigits="1"/></Response>', "text/xml", 12200),
    "a value of the wrong kind": (
        '<Response><Gather timeout="soon"/></Response>',
        "text/xml",
        12200,
    ),
    "a verb nested wrongly": ("<Response><Gather><Dial/></Gather></Response>", "text/xml", 12200),
    "an empty Say": ("<Response><Say/></Response>", "text/xml", 13520),
    "an overlong Say": (f"<Response><Say>{'x' * 5000}</Say></Response>", "text/xml", 13521),
    "too large": ("<Response>" + " " * 70_000 + "</Response>", "text/xml", 11750),
    "JSON": ("{}", "application/json", 12300),
}


@pytest.mark.parametrize(("document", "kind", "code"), BAD.values(), ids=BAD)
def test_what_twilio_refuses_is_refused_with_its_code(document, kind, code):
    with pytest.raises(VerbError) as error:
        parse(document.encode(), kind)
    assert error.value.code == code


def test_a_failing_webhook_leads_to_the_fallback_address():
    line = Line(voice=lambda: Response("no", 500), fallback="<Say>Please ring again.</Say>")
    happened = line.ring(fallback=f"{BASE}/fallback")
    assert line.asked[-1][1]["ErrorCode"] == "11200"
    assert any(isinstance(e, events.Said) and "ring again" in e.words for e in happened)


def test_without_a_fallback_the_caller_hears_twilios_error():
    happened = Line(voice=lambda: Response("no", 404)).ring()
    assert "application error" in happened[-2].words and happened[-1].by == "error"


# --- the wire --------------------------------------------------------------------------------


class Flaky:
    """A transport that fails in a given way first."""

    def __init__(self, *first: int) -> None:
        self.first, self.tries = list(first), 0
        self.headers: list[dict[str, str]] = []

    def send(self, method, url, form, headers) -> Answer:
        self.tries += 1
        self.headers.append(dict(headers))
        if self.first:
            status = self.first.pop(0)
            if status == 0:
                raise WireError(11205, "nothing answers")
            return Answer(status, "text/xml", b"")
        return Answer(200, "text/xml", b"<Response/>")


@pytest.mark.parametrize(
    ("fragment", "first", "tries", "answered"),
    [
        ("", [0], 2, True),
        ("", [0, 0], 2, False),
        ("", [500], 1, False),
        ("#rc=2&rp=ct,rt,5xx", [500, 500], 3, True),
        ("#rc=2&rp=ct,rt,5xx", [500, 500, 500], 3, False),
        ("#rc=2&rp=ct,rt,5xx", [403], 1, False),
    ],
)
def test_webhooks_are_tried_again_as_their_overrides_say(fragment, first, tries, answered):
    transport = Flaky(*first)
    wire = Wire(transport, TOKEN)
    if answered:
        assert wire.ask("POST", f"{BASE}/voice{fragment}", {}).status == 200
    else:
        with pytest.raises(WireError):
            wire.ask("POST", f"{BASE}/voice{fragment}", {})
    assert transport.tries == tries
    assert len({each["I-Twilio-Idempotency-Token"] for each in transport.headers}) == 1


def test_requests_are_signed_over_the_address_without_its_fragment():
    transport = Flaky()
    Wire(transport, TOKEN).ask("POST", f"{BASE}/voice?a=b#rc=2", {"Digits": "1"})
    signature = transport.headers[0]["X-Twilio-Signature"]
    sent = with_unknown({"Digits": "1"})
    assert RequestValidator(TOKEN).validate(f"{BASE}/voice?a=b", sent, signature)


def test_without_a_token_nothing_is_signed_and_without_a_clock_none_is_told():
    transport = Flaky()
    Wire(transport, "").ask("POST", f"{BASE}/voice", {})
    assert not {"X-Twilio-Signature", CLOCK_HEADER} & set(transport.headers[0])


# --- the account and texts -------------------------------------------------------------------


def test_the_exchange_never_serves_a_real_account():
    with pytest.raises(RealAccountError):
        SimulatedAccount("AC" + "0123456789abcdef" * 2, TOKEN, "+442079460100")


@pytest.fixture
def mailroom():
    """The Messages API over real HTTP: the client and the mailroom behind it."""
    told: list[tuple[MultiDict[str, str], str]] = []
    app = Flask("exchange")

    @app.post("/status")
    def status() -> Response:
        told.append((request.form, request.headers["X-Twilio-Signature"]))
        return Response(status=204)

    room = Mailroom(ACCOUNT, Wire(Http(), TOKEN, reliable()))
    app.register_blueprint(messages.blueprint(room), url_prefix="/exchange")
    client = Client(ACCOUNT.sid, TOKEN)
    with served(app) as port:
        base = f"http://127.0.0.1:{port}"
        client.api.base_url = f"{base}/exchange"
        yield client, room, told, f"{base}/status"


def test_a_text_is_taken_delivered_and_told_of(mailroom):
    client, room, told, callback = mailroom
    sent = client.messages.create(
        to="+447700900123", from_="+442079460100", body="Hello", status_callback=callback
    )
    assert sent.status == "queued" and sent.sid.startswith("SM")
    for _ in range(100):
        if len(told) == 2:
            break
        threading.Event().wait(0.02)
    assert [form["MessageStatus"] for form, _ in told] == ["sent", "delivered"]
    assert RequestValidator(TOKEN).validate(callback, *told[0])
    assert [each.body for each in client.messages.list(to="+447700900123")] == ["Hello"]
    assert client.messages.list(to="+447700900999") == []
    assert room.texts[sent.sid].status == "delivered"


@pytest.mark.parametrize(
    ("number", "body", "code"),
    [("12", "x", 21211), ("+447700900123", "", 21602), ("+447700900123", "x" * 1601, 21617)],
)
def test_texts_that_twilio_refuses_are_refused(mailroom, number, body, code):
    client = mailroom[0]
    with pytest.raises(Exception) as error:
        client.messages.create(to=number, from_="+442079460100", body=body)
    assert error.value.code == code


def test_a_wrong_token_is_refused(mailroom):
    client = Client(ACCOUNT.sid, "wrong")
    client.api.base_url = mailroom[0].api.base_url
    with pytest.raises(Exception) as error:
        client.messages.list()
    assert "401" in str(error.value)
