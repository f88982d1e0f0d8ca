"""The simulator's texts by Twilio's documentation, and its failures on demand."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests
from flask import Flask, Response, request
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from werkzeug.serving import make_server

from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.outside.twilio import CarrierError, TryLaterError, UnclearError
from ivr.outside.twilio.recordings import RecordingsApi
from ivr.outside.twilio.texts import Carrier
from ivr.simulator import messages, recordings
from ivr.simulator.account import SimulatedAccount
from ivr.simulator.consent import Consent
from ivr.simulator.delivery import reliable
from ivr.simulator.faults import FaultError, Faults, SimulatedFault, read, read_all
from ivr.simulator.mailroom import Mailroom, segments
from ivr.simulator.recordings import SimulatedRecordings
from ivr.simulator.wire import Answer, Http, Wire
from tests.support.carrier import SOON, untold
from tests.support.machine import until

TOKEN = "a-token"
LINE = "+442079460100"
ACCOUNT = SimulatedAccount(DEMO_ACCOUNT_SID, TOKEN, LINE)
MOBILE, OTHER = "+447700900123", "+447700900456"
FOLDER = f"/2010-04-01/Accounts/{ACCOUNT.sid}"
SERVICE = "MG" + "0" * 32
LATER = {"MessagingServiceSid": SERVICE, "ScheduleType": "fixed"}
TEXT = {"To": MOBILE, "From": LINE, "Body": "Hello"}
PATIENT = 30.0
"""Seconds that an answer may take on a busy machine, where no wait is meant."""


class Api:
    """The simulator's API over real HTTP, and a status address that writes down what it is told."""

    def __init__(self) -> None:
        self.room, self.sounds = (
            Mailroom(ACCOUNT, Wire(Http(), TOKEN, reliable())),
            SimulatedRecordings(),
        )
        self.faults, self.told = Faults(), []
        app = Flask("exchange")
        for part in (messages.blueprint(self.room), recordings.blueprint(self.sounds, ACCOUNT)):
            self.faults.watch(part)
            app.register_blueprint(part)
        app.add_url_rule("/status", view_func=self.hear, methods=["POST"])
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=self.server.serve_forever, args=(SOON,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.port}"
        self.status = f"{self.url}/status"
        self.client = Client(ACCOUNT.sid, TOKEN)
        self.client.api.base_url = self.url

    def hear(self) -> Response:
        self.told.append((request.form, request.headers["X-Twilio-Signature"]))
        return Response(status=204)

    def ask(self, method: str, path: str, **sent: object) -> requests.Response:
        sent = {"auth": (ACCOUNT.sid, TOKEN), **sent}
        return requests.request(method, self.url + path, timeout=PATIENT, **sent)

    def send(self, **changes: str) -> str:
        """Hand a text over; its id."""
        return self.ask("POST", f"{FOLDER}/Messages.json", data=TEXT | changes).json()["sid"]

    def scheduled(self) -> str:
        at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        return self.send(**LATER, SendAt=at)

    def await_status(self, sid: str, status: str) -> None:
        until(lambda: self.room.texts[sid].status == status, status)

    def await_told(self, *statuses: str) -> list[dict[str, str]]:
        """What the status address was told, once it was told so much."""
        until(lambda: len(self.told) >= len(statuses), "the status address is told")
        assert tuple(form["MessageStatus"] for form, _ in self.told) == statuses
        return [form for form, _ in self.told]

    def texts(self, timeout: float = PATIENT) -> Carrier:
        return Carrier(DEMO_ACCOUNT_SID, TOKEN, self.url, LINE, untold, timeout)

    def recordings(self, timeout: float = PATIENT) -> RecordingsApi:
        return RecordingsApi(DEMO_ACCOUNT_SID, TOKEN, self.url, timeout)


@pytest.fixture
def api() -> Iterator[Api]:
    made = Api()
    yield made
    made.server.shutdown()


# --- handing over ----------------------------------------------------------------------------

REFUSED = {
    "nobody to text": ({"To": None}, 21604),
    "an empty number": ({"To": ""}, 21211),
    "a number that is none": ({"To": "07700 900123"}, 21211),
    "nobody who texts": ({"From": None}, 21603),
    "no words": ({"Body": ""}, 21602),
    "too many words": ({"Body": "x" * 1601}, 21617),
    "a status address that is none": ({"StatusCallback": "/status"}, 21609),
    "a status address elsewhere than the web": ({"StatusCallback": "ftp://a.example/"}, 21609),
    "a status address with a wrong name": ({"StatusCallback": "https://a_b.example/"}, 21609),
    "a status address that cannot be read": ({"StatusCallback": "http://[1"}, 21609),
    "a picture": ({"MediaUrl": "https://a.example/1.png"}, 20001),
    "a moment that is none": (LATER | {"SendAt": "soon"}, 35115),
    "a moment that is gone": (LATER | {"SendAt": "2020-01-01"}, 35115),
    "a moment too far away": (LATER | {"SendAt": "2999-01-01T00:00:00Z"}, 35115),
    "no moment": (LATER, 35111),
}


@pytest.mark.parametrize(("changes", "code"), REFUSED.values(), ids=REFUSED)
def test_a_text_that_twilio_refuses_is_refused_with_its_code(api, changes, code):
    got = api.ask("POST", f"{FOLDER}/Messages.json", data=TEXT | changes)
    assert (got.status_code, got.json()["status"], got.json()["code"]) == (400, 400, code)
    assert api.room.texts == {}


def test_a_messaging_service_may_stand_for_the_sender(api):
    form = {"To": MOBILE, "Body": "Hello", "MessagingServiceSid": SERVICE}
    got = api.ask("POST", f"{FOLDER}/Messages.json", data=form)
    shown = got.json()
    assert got.status_code == 201
    assert (shown["status"], shown["messaging_service_sid"]) == ("accepted", SERVICE)
    api.await_status(shown["sid"], "delivered")


SEGMENTS = {
    "alone": ("x" * 160, 1),
    "one more": ("x" * 161, 2),
    "two full": ("x" * 306, 2),
    "three": ("x" * 307, 3),
    "the euro counts twice": ("€" * 81, 2),
    "another alphabet": ("ж" * 70, 1),
    "another alphabet, joined": ("ж" * 71, 2),
    "emoji count twice": ("🙂" * 36, 2),
}


@pytest.mark.parametrize(("body", "count"), SEGMENTS.values(), ids=SEGMENTS)
def test_parts_are_counted_as_networks_do(api, body, count):
    assert segments(body) == count
    assert api.client.messages(api.send(Body=body)).fetch().num_segments == str(count)


# --- the way of a text -----------------------------------------------------------------------

ENDS = {
    "a mobile": (MOBILE, ("sent", "delivered"), None, None),
    "a landline": ("+442079460555", ("sent", "undelivered"), 30006, "Landline"),
    "a blocked range": ("+447700900999", ("failed",), 30450, "blocked"),
}


@pytest.mark.parametrize(("number", "statuses", "code", "words"), ENDS.values(), ids=ENDS)
def test_each_number_has_its_end_and_the_line_is_told(api, number, statuses, code, words):
    sid = api.send(To=number, StatusCallback=api.status)
    told = api.await_told(*statuses)
    last, signature = api.told[-1]
    assert RequestValidator(TOKEN).validate(api.status, last, signature)
    assert (last["MessageSid"], last["SmsSid"], last["AccountSid"]) == (sid, sid, ACCOUNT.sid)
    assert (last["From"], last["To"], last["SmsStatus"]) == (LINE, number, statuses[-1])
    assert [form.get("ErrorCode") for form in told] == [None] * (len(told) - 1) + [
        code and str(code)
    ]
    shown = api.client.messages(sid).fetch()
    assert (shown.status, shown.error_code, shown.price) == (statuses[-1], code, None)
    assert words is None or words in shown.error_message
    assert bool(shown.date_sent) == ("sent" in statuses)


def test_a_text_is_queued_then_being_sent_then_sent(api):
    step, may = api.room._step, threading.Semaphore(0)

    def when_it_may(*told):
        assert may.acquire(timeout=PATIENT)
        return step(*told)

    api.room._step = when_it_may
    sid, seen = api.send(), []
    for _ in range(3):
        seen.append(api.client.messages(sid).fetch().status)
        may.release()
        until(lambda: api.room.texts[sid].status != seen[-1], "the next step")
    seen.append(api.client.messages(sid).fetch().status)
    assert seen == ["queued", "sending", "sent", "delivered"]


def test_somebody_who_texted_stop_gets_no_text_until_start(api):
    api.room.wire = Wire(Quiet(), TOKEN)
    api.room.text_in("http://line.test/sms", MOBILE, " Stop ")
    with pytest.raises(TwilioRestException) as error:
        api.client.messages.create(to=MOBILE, from_=LINE, body="Hello")
    assert error.value.code == 21610
    assert api.send(To=OTHER)
    api.room.text_in("http://line.test/sms", MOBILE, "START")
    assert api.send()


class Quiet:
    """A line that answers no text."""

    def send(self, method, url, form, headers) -> Answer:
        return Answer(200, "text/xml", b"<Response/>")


class Talkative:
    """A line that answers every text, and what Twilio said of each."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def send(self, method, url, form, headers) -> Answer:
        self.told.append(form.get("OptOutType", ""))
        return Answer(200, "text/xml", b"<Response><Message>Ours</Message></Response>")


CONVERSATION = {
    "help": 2, "STOP": 1, "stop": 0, "HELP": 0, "hello": 0, "yes": 2, "Yes": 1, "stop it": 1,
    "Optout": 1, "Unstop": 2,
}  # fmt: skip
"""What somebody texts, and how many texts that brings: Twilio's own and the line's."""


def test_twilio_answers_its_own_words_and_drops_what_the_line_answers_after_a_stop():
    line = Talkative()
    room = Mailroom(ACCOUNT, Wire(line, TOKEN))
    got = {body: room.text_in("http://line.test/sms", MOBILE, body) for body in CONVERSATION}
    assert {body: len(texts) for body, texts in got.items()} == CONVERSATION
    assert "unsubscribed" in got["STOP"][0] and got["yes"][-1] == "Ours" != got["yes"][0]
    assert line.told == [""] * len(CONVERSATION)
    assert room.text_in("http://line.test/sms", OTHER, "hello") == ["Ours"]


def test_with_advanced_opt_out_twilio_says_what_it_took_a_text_for():
    line = Talkative()
    room = Mailroom(ACCOUNT, Wire(line, TOKEN), consent=Consent({"arrêt": "STOP", "ABC": "HELP"}))
    for body in ("ARRÊT", "START", "abc", "arrêt", "hello", "stop it"):
        room.text_in("http://line.test/sms", MOBILE, body)
    assert line.told == ["STOP", "START", "HELP", "STOP", "", ""] and MOBILE in room.stopped


# --- changing and deleting -------------------------------------------------------------------


def test_the_words_of_a_delivered_text_can_be_forgotten(api):
    sid = api.send()
    api.await_status(sid, "delivered")
    assert api.client.messages(sid).update(body="").body == ""
    assert (api.room.texts[sid].body, api.room.texts[sid].status) == ("", "delivered")


def test_a_scheduled_text_can_be_called_off_and_a_sent_one_cannot(api):
    sid = api.scheduled()
    assert api.client.messages(sid).fetch().status == "scheduled"
    assert api.client.messages(sid).update(status="canceled").status == "canceled"
    with pytest.raises(TwilioRestException) as error:
        api.client.messages(sid).update(status="canceled")
    assert error.value.code == 30409
    sent = api.send()
    api.await_status(sent, "delivered")
    with pytest.raises(TwilioRestException) as error:
        api.client.messages(sent).update(status="canceled")
    assert error.value.code == 30409


def test_a_queued_text_that_is_called_off_is_never_sent_and_the_line_is_told(api):
    api.room.pace = 3.0  # So long it stays queued: enough on a busy machine.
    sid = api.send(StatusCallback=api.status)
    api.client.messages(sid).update(status="canceled")
    later = api.send()
    api.room.pace = 0.0
    api.await_status(later, "delivered")
    api.await_told("canceled")
    assert api.room.texts[sid].status == "canceled" and api.room.texts[sid].sent is None


@pytest.mark.parametrize(
    "form", [{"Body": "Other words"}, {"Status": "sent"}], ids=["words", "status"]
)
def test_nothing_else_can_be_changed(api, form):
    sid = api.scheduled()
    got = api.ask("POST", f"{FOLDER}/Messages/{sid}.json", data=form)
    assert (got.status_code, got.json()["code"]) == (400, 20001)
    assert (api.room.texts[sid].body, api.room.texts[sid].status) == ("Hello", "scheduled")


def test_a_text_can_be_deleted_once_it_is_at_its_end(api):
    sid = api.scheduled()
    for tried in (
        api.client.messages(sid).delete,
        lambda: api.client.messages(sid).update(body=""),
    ):
        with pytest.raises(TwilioRestException) as error:
            tried()
        assert error.value.code == 20009
    api.client.messages(sid).update(status="canceled")
    got = api.ask("DELETE", f"{FOLDER}/Messages/{sid}.json")
    assert (got.status_code, got.content) == (204, b"")
    assert api.ask("GET", f"{FOLDER}/Messages/{sid}.json").status_code == 404


UNKNOWN = {
    "text": ("GET", f"{FOLDER}/Messages/SM1.json"),
    "text to change": ("POST", f"{FOLDER}/Messages/SM1.json"),
    "text to delete": ("DELETE", f"{FOLDER}/Messages/SM1.json"),
    "resource": ("GET", f"{FOLDER}/Faxes.json"),
    "method": ("PUT", f"{FOLDER}/Messages.json"),
    "account": ("GET", f"/2010-04-01/Accounts/AC{'0' * 32}/Messages.json"),
}


@pytest.mark.parametrize(("method", "path"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_is_not_there_is_not_found(api, method, path):
    got = api.ask(method, path)
    assert (got.status_code, got.json()["code"]) == (404, 20404)


@pytest.mark.parametrize("auth", [None, (ACCOUNT.sid, "wrong"), ("ACother", TOKEN)])
@pytest.mark.parametrize("path", ["Messages.json", "Messages/SM1.json", "Faxes.json"])
def test_nobody_else_learns_anything(api, auth, path):
    got = api.ask("GET", f"{FOLDER}/{path}", auth=auth)
    assert (got.status_code, got.json()["code"]) == (401, 20003)
    assert got.headers["WWW-Authenticate"].startswith("Basic")


# --- the list --------------------------------------------------------------------------------


def test_the_list_is_paged_newest_first_even_while_it_is_being_deleted(api):
    sids = [api.send() for _ in range(7)]
    for sid in sids:
        api.await_status(sid, "delivered")
    seen = []
    for text in api.client.messages.stream(page_size=2):
        seen.append(text.sid)
        if len(seen) % 2 == 0:
            text.delete()
    assert seen == sids[::-1]
    assert [text.sid for text in api.client.messages.list()] == seen[::2]


def test_a_page_can_be_asked_for_by_its_number(api):
    sids = [api.send() for _ in range(5)]
    got = api.ask("GET", f"{FOLDER}/Messages.json", params={"PageSize": 2, "Page": 2}).json()
    assert [text["sid"] for text in got["messages"]] == [sids[0]]
    assert (got["page"], got["start"], got["next_page_uri"]) == (2, 4, None)


def test_the_list_is_narrowed_on_every_page(api):
    sids = [api.send(To=to) for to in (MOBILE, OTHER, MOBILE, OTHER, MOBILE)]
    found = api.client.messages.list(to=MOBILE, from_=LINE, page_size=1)
    assert [text.sid for text in found] == [sids[4], sids[2], sids[0]]
    assert api.client.messages.list(from_=OTHER) == []


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DATES = {
    "before, to come": ("DateSent<", HOUR, True),
    "before, gone": ("DateSent<", -HOUR, False),
    "after, gone": ("DateSent>", -HOUR, True),
    "after, to come": ("DateSent>", HOUR, False),
    "before tomorrow": ("DateSent<", DAY, True),
    "until yesterday": ("DateSent<", -DAY, False),
    "from tomorrow": ("DateSent>", DAY, False),
    "tomorrow": ("DateSent", DAY, False),
}


@pytest.mark.parametrize(("name", "away", "found"), DATES.values(), ids=DATES)
def test_the_list_is_narrowed_by_when_a_text_was_sent(api, name, away, found):
    api.await_status(api.send(), "delivered")
    moment = datetime.now(UTC) + away
    asked = moment.date().isoformat() if abs(away) == DAY else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    got = api.ask("GET", f"{FOLDER}/Messages.json", params={name: asked})
    assert bool(got.json()["messages"]) == found


def test_a_date_is_the_whole_of_its_day(api):
    sid = api.send()
    api.await_status(sid, "delivered")
    day = api.room.texts[sid].sent.date()
    for name in ("DateSent", "DateSent<", "DateSent>"):
        got = api.ask("GET", f"{FOLDER}/Messages.json", params={name: day.isoformat()})
        assert [text["sid"] for text in got.json()["messages"]] == [sid], name
    # Twilio's client writes a date as its midnight.
    assert [text.sid for text in api.client.messages.list(date_sent=day)] == [sid]


def test_a_text_that_was_not_sent_has_no_day(api):
    api.scheduled()
    assert len(api.client.messages.list()) == 1
    assert api.client.messages.list(date_sent_after=datetime(2020, 1, 1, tzinfo=UTC)) == []


@pytest.mark.parametrize(
    "asked",
    [
        "PageSize=0",
        "PageSize=1001",
        "PageSize=many",
        "Page=-1",
        "PageToken=next",
        "DateSent=soon",
        "DateSent=0001-01-01T00:00%2B01:00",
    ],
)
def test_a_parameter_that_is_none_is_refused(api, asked):
    got = api.ask("GET", f"{FOLDER}/Messages.json?{asked}")
    assert (got.status_code, got.json()["code"]) == (400, 20001)


# --- failures on demand ----------------------------------------------------------------------

FAILURES = {
    "too many requests": ("429", TryLaterError, 0, PATIENT),
    "an error before it was taken": ("500-before", UnclearError, 0, PATIENT),
    "an error after it was taken": ("500-after", UnclearError, 1, PATIENT),
    "hung up on after it was taken": ("reset-after", UnclearError, 1, PATIENT),
    "garbage": ("garbage", UnclearError, 1, PATIENT),
    "no answer in time, but taken": ("hang:5", UnclearError, 1, 0.3),
}


@pytest.mark.parametrize(("fault", "kind", "taken", "timeout"), FAILURES.values(), ids=FAILURES)
def test_a_text_that_is_handed_over_meets_the_failure_once(api, fault, kind, taken, timeout):
    api.faults.add(read(fault))
    with pytest.raises(kind):
        api.texts(timeout).send(MOBILE, "Hello", "1")
    until(lambda: len(api.room.texts) == taken, "the carrier has what it was given")
    assert api.texts().send(MOBILE, "Again", "2")


def test_a_slow_answer_is_an_answer(api):
    api.faults.add(read("slow:0.2"))
    began = time.monotonic()
    assert api.texts().send(MOBILE, "Hello", "1")
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize("fault", ["429", "500-before", "500-after", "reset-after"])
def test_each_kind_of_request_fails_on_its_own(api, fault):
    sid = api.sounds.keep("CA1", [(True, 1.0)], datetime.now(UTC) - timedelta(seconds=2)).sid
    asked = {
        "create": lambda: api.texts().send(MOBILE, "Hello", "1"),
        "list": lambda: api.texts().find(MOBILE, "Hello", datetime.now(UTC)),
        "media": lambda: api.recordings().sound(sid),
        "delete": lambda: api.recordings().delete(sid),
    }
    for kind, ask in asked.items():
        api.faults.add(read(f"{kind}={fault}"))
        with pytest.raises(CarrierError):
            ask()
        assert api.faults.waiting() == []
    assert (api.sounds.get(sid) is None) == fault.endswith("-after")


def test_any_answer_can_be_garbage(api):
    sid = api.sounds.keep("CA1", [(True, 1.0)], datetime.now(UTC) - timedelta(seconds=2)).sid
    for kind in ("list", "media", "delete"):
        api.faults.add(read(f"{kind}=garbage"))
    for method, path in (
        ("GET", "Messages.json"), ("GET", f"Recordings/{sid}.wav"), ("DELETE", f"Recordings/{sid}.json"),
    ):  # fmt: skip
        got = api.ask(method, f"{FOLDER}/{path}")
        assert (got.status_code, got.text[:6]) == (200, "<html>")
        assert got.headers["Content-Type"].startswith("text/html")


def test_faults_come_in_their_order_and_then_no_more(api):
    for fault in read_all("429x2, 500-before"):
        api.faults.add(fault)
    got = [api.ask("POST", f"{FOLDER}/Messages.json", data=TEXT).status_code for _ in range(4)]
    assert got == [429, 429, 500, 201]


def test_a_wrong_password_uses_up_no_fault(api):
    api.faults.add(read("429"))
    assert api.ask("POST", f"{FOLDER}/Messages.json", data=TEXT, auth=None).status_code == 401
    assert api.faults.waiting() == ["create=429"]


FORMS = {
    "429": SimulatedFault("429"),
    "429x2": SimulatedFault("429", times=2),
    "hang": SimulatedFault("hang", seconds=30),
    "hang:5x3": SimulatedFault("hang", seconds=5, times=3),
    "slow": SimulatedFault("slow", seconds=2),
    "media=slow:0.5": SimulatedFault("slow", "media", 0.5),
}


@pytest.mark.parametrize(("text", "fault"), FORMS.items(), ids=FORMS)
def test_a_fault_is_written_in_one_word(text, fault):
    assert read(text) == fault


@pytest.mark.parametrize(
    "text", ["", "430", "429:2", "hang:", "slow:1e9", "fetch=429", "429x0", "429x1001", "429 x2"]
)
def test_a_fault_that_is_none_is_refused_with_those_that_are(text):
    with pytest.raises(FaultError, match=r"500-after|1 to 1000"):
        read(text)


# --- in the demo --------------------------------------------------------------------


def test_the_demo_takes_faults_and_its_carrier_meets_them(app):
    client = app.test_client()
    got = client.post("/exchange/faults", json={"fault": "500-after", "times": 2})
    assert got.json == {"waiting": ["create=500-after"] * 2}
    auth = (DEMO_ACCOUNT_SID, "demonstration-only-auth-token")
    sent = [client.post(f"/exchange{FOLDER}/Messages.json", data=TEXT, auth=auth) for _ in range(3)]
    assert [each.status_code for each in sent] == [500, 500, 201]
    assert client.get("/exchange/faults").json == {"waiting": []}


def test_faults_that_wait_can_be_called_off(app):
    client = app.test_client()
    client.post("/exchange/faults", json={"fault": "hang", "kind": "media", "times": 5})
    assert client.delete("/exchange/faults").status_code == 204
    assert client.get("/exchange/faults").json == {"waiting": []}


@pytest.mark.parametrize(
    "given",
    [{"fault": "430"}, {"fault": "429", "times": "many"}, {"fault": "429", "kind": "fax"}, [], {}],
)
def test_a_fault_that_cannot_be_is_said_to_be_none(app, given):
    got = app.test_client().post("/exchange/faults", json=given)
    assert got.status_code == 400 and "500-after" in got.json["error"]


ELSEWHERE = {
    "another machine": {"environ_base": {"REMOTE_ADDR": "192.0.2.1"}},
    "a proxy": {"headers": {"X-Forwarded-For": "192.0.2.1"}},
    "another proxy": {"headers": {"Forwarded": "for=192.0.2.1"}},
}


@pytest.mark.parametrize("how", ELSEWHERE.values(), ids=ELSEWHERE)
def test_only_this_machine_may_ask_for_faults(app, how):
    client = app.test_client()
    assert client.post("/exchange/faults", json={"fault": "429"}, **how).status_code == 403
    assert client.get("/exchange/faults").json == {"waiting": []}


def test_a_page_elsewhere_cannot_ask_for_faults_with_a_plain_form(app):
    got = app.test_client().post(
        "/exchange/faults", data='{"fault": "429"}', content_type="text/plain"
    )
    assert got.status_code == 400
