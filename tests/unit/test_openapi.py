"""The line's requests and the simulator's answers are those of Twilio's OpenAPI documents."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
import requests
from werkzeug.test import run_wsgi_app

from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.outside.twilio import CarrierError, GoneError
from ivr.outside.twilio.numbers import FIELDS, NumbersApi
from ivr.outside.twilio.recordings import RecordingsApi
from ivr.outside.twilio.texts import Carrier
from tests.support.carrier import ACCOUNT, TOKEN, LocalCarrier
from tests.support.machine import TIME_LIMITS, until
from tests.support.openapi import FORM, JSON, Document

REAL_FORM = "AC" + "0" * 32
"""Stands for the simulator's own account, whose form Twilio gives to nobody on purpose."""
FOLDER = f"/2010-04-01/Accounts/{REAL_FORM}"
LOOKUP = "/v2/PhoneNumbers"
MESSAGES, RECORDINGS = f"{FOLDER}/Messages.json", f"{FOLDER}/Recordings.json"
SM, RE, CA, MG = ("SM" + "0" * 32, "RE" + "0" * 32, "CA" + "0" * 32, "MG" + "0" * 32)
STATUS = "http://127.0.0.1:9/sms/status#rc=2&rp=ct,rt,5xx"
MOBILE, LANDLINE, PUMPED = "+447700900123", "+442079460555", "+447700900999"
PORTED = "+447700900998"


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that reached the server, and what it answered."""

    method: str
    path: str
    query: dict[str, list[str]]
    form: dict[str, list[str]]
    status: int
    kind: str
    body: bytes


class Tap:
    """Stands before a WSGI application and writes down what goes in and out."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self.seen: list[Seen] = []

    def __call__(self, environ, start_response) -> Iterable[bytes]:
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(sent)
        parts, status, headers = run_wsgi_app(self._app, environ, buffered=True)
        body = b"".join(parts)
        self.seen.append(
            Seen(
                method=environ["REQUEST_METHOD"],
                path=as_real(environ["PATH_INFO"].removeprefix("/exchange")),
                query=parse_qs(environ["QUERY_STRING"], keep_blank_values=True),
                form=parse_qs(sent.decode(), keep_blank_values=True),
                status=int(status.split()[0]),
                kind=headers.get("Content-Type", ""),
                body=body
                if headers.get("Content-Type") != JSON
                else as_real(body.decode()).encode(),
            )
        )
        start_response(status, list(headers))
        return [body]


def as_real(text: str) -> str:
    return text.replace(DEMO_ACCOUNT_SID, REAL_FORM)


class Tapped(LocalCarrier):
    """The simulator on a real port, with everything written down."""

    def __init__(self) -> None:
        super().__init__()
        self.tap = self.server.app = Tap(self.server.app)

    def line(self) -> tuple[Carrier, RecordingsApi]:
        """The clients of the line that hand over and fetch."""
        texts = Carrier(
            DEMO_ACCOUNT_SID, TOKEN, self.url, ACCOUNT.number, lambda message_id: STATUS, 5.0
        )
        return texts, self.recordings()

    def ask(self, method: str, path: str, **sent: object) -> requests.Response:
        """Any request, with the account's password unless another is given."""
        url = self.url + path.replace(REAL_FORM, DEMO_ACCOUNT_SID)
        sent = {"auth": (ACCOUNT.sid, TOKEN), **sent}
        return requests.request(method, url, timeout=TIME_LIMITS, **sent)

    def kept(self) -> str:
        made = datetime.now(UTC) - timedelta(seconds=2)
        return self.sounds.keep("CA" + "0123456789abcdef" * 2, [(True, 1.0)], made).sid


@pytest.fixture(scope="module")
def document() -> Document:
    return Document.read()


@pytest.fixture
def api() -> Iterator[Tapped]:
    made = Tapped()
    yield made
    made.close()


def requests_of(document: Document, tap: Tap) -> dict[str, list[str]]:
    """What is wrong with each request. A sound has its recording's address with another ending."""
    return {
        f"{each.method} {each.path}": document.request(
            each.method, each.path.replace(".wav", ".json"), each.query, each.form
        )
        for each in tap.seen
    }


def answers_of(document: Document, tap: Tap) -> list[tuple[str, list[str]]]:
    return [
        (f"{seen.method} {seen.path} {seen.status}", document.response(
            seen.method, seen.path, seen.status, seen.kind, seen.body
        ))
        for seen in tap.seen
    ]  # fmt: skip


# --- the line's requests ---------------------------------------------------------------------


def test_every_request_of_the_line_is_one_that_twilio_documents(document, api):
    texts, sounds = api.line()
    sid = api.kept()
    texts.send(MOBILE, "Hello – 100 £ & more", "1")
    texts.find(MOBILE, "Hello", datetime.now(UTC))
    sounds.sound(sid)
    sounds.older_than(datetime.now(UTC) - timedelta(hours=1))
    sounds.delete(sid)
    api.lookups().line_type(MOBILE)
    faults = requests_of(document, api.tap)
    assert len(faults) == 6 and not any(faults.values()), faults


def test_a_text_is_handed_over_with_what_it_needs_and_nothing_else(api):
    texts, _ = api.line()
    texts.send(MOBILE, "Hello", "1")
    (seen,) = api.tap.seen
    form = {"To": [MOBILE], "From": [ACCOUNT.number], "Body": ["Hello"], "StatusCallback": [STATUS]}
    assert seen.form == form


def test_of_a_number_only_its_kind_is_asked(api):
    api.lookups().line_type(MOBILE)
    (seen,) = api.tap.seen
    assert (seen.method, seen.path) == ("GET", f"{LOOKUP}/{MOBILE}")
    assert seen.query == {"Fields": ["line_type_intelligence"]} and seen.form == {}


def test_a_test_ring_is_asked_for_and_answered_as_twilio_documents(document, api):
    calls, said = api.calls(), b"<Response><Say>This is a test ring.</Say></Response>"
    sid = calls.ring(LANDLINE, said)
    assert calls.status(sid) in ("queued", "ringing", "in-progress")
    with pytest.raises(CarrierError):
        calls.status(CA)
    faults = requests_of(document, api.tap)
    assert [each.split()[0] for each in faults] == ["POST", "GET", "GET"]
    assert not any(faults.values()), faults
    wrong = [(what, faults) for what, faults in answers_of(document, api.tap) if faults]
    assert not wrong, wrong
    rung = api.tap.seen[0].form
    assert (rung["To"], rung["From"], rung["Twiml"]) == (
        [LANDLINE],
        [ACCOUNT.number],
        [said.decode()],
    )


def test_pages_are_asked_for_as_documented(document, api):
    texts, sounds = api.line()
    for _ in range(201):
        api.room.take({"To": MOBILE, "From": ACCOUNT.number, "Body": "Hello"})
    for _ in range(51):
        api.kept()
    texts.find(MOBILE, "Hello", datetime.now(UTC))
    sounds.older_than(datetime.now(UTC) + timedelta(hours=1))
    faults = requests_of(document, api.tap)
    assert len(api.tap.seen) >= 2 and not any(faults.values()), faults


# --- the simulator's answers ------------------------------------------------------------------


def all_have_ended(api: Tapped) -> bool:
    """Whether no text is on its way any more."""
    return {text.status for text in api.room.newest()} <= {"delivered", "undelivered", "failed"}


def test_every_answer_about_texts_is_one_that_twilio_documents(document, api):
    for number in (MOBILE, LANDLINE, PUMPED):
        api.ask("POST", MESSAGES, data={"To": number, "From": ACCOUNT.number, "Body": "Hello"})
    until(lambda: all_have_ended(api), "the texts come to an end")
    sid, *others = [text.sid for text in api.room.newest()]
    for other in others:
        api.ask("GET", f"{FOLDER}/Messages/{other}.json")
    at = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
    form = {"To": MOBILE, "Body": "x", "MessagingServiceSid": MG, "ScheduleType": "fixed"}
    later = api.ask("POST", MESSAGES, data={**form, "SendAt": at}).json()["sid"]
    api.ask("GET", MESSAGES, params={"PageSize": 2})
    api.ask("GET", MESSAGES, params={"To": "+447700900000"})
    api.ask("POST", f"{FOLDER}/Messages/{later}.json", data={"Status": "canceled"})
    api.ask("POST", f"{FOLDER}/Messages/{sid}.json", data={"Body": ""})
    api.ask("DELETE", f"{FOLDER}/Messages/{sid}.json")
    faults = answers_of(document, api.tap)
    assert [seen.status for seen in api.tap.seen] == [201] * 3 + [200, 200, 201] + [200] * 4 + [204]
    assert not any(wrong for _, wrong in faults), faults
    assert not any(requests_of(document, api.tap).values())


def test_every_answer_about_recordings_is_one_that_twilio_documents(document, api):
    sids = [api.kept() for _ in range(3)]
    api.ask("GET", RECORDINGS, params={"PageSize": 2})
    api.ask("GET", RECORDINGS, params={"CallSid": CA})
    api.ask("GET", f"{FOLDER}/Recordings/{sids[0]}.json")
    api.ask("DELETE", f"{FOLDER}/Recordings/{sids[0]}.json")
    faults = answers_of(document, api.tap)
    assert [seen.status for seen in api.tap.seen] == [200, 200, 200, 204]
    assert not any(wrong for _, wrong in faults), faults


def test_every_answer_about_numbers_is_one_that_twilio_documents(document, api):
    for number in (MOBILE, LANDLINE, PORTED, "+447400123456", "+4477009001230", "+44", "07"):
        api.ask("GET", f"{LOOKUP}/{number}")
        api.ask("GET", f"{LOOKUP}/{number}", params={"Fields": "validation"})
        api.ask("GET", f"{LOOKUP}/{number}", params={"Fields": "line_type_intelligence"})
    faults = answers_of(document, api.tap)
    assert [seen.status for seen in api.tap.seen] == [200] * 21
    assert not any(wrong for _, wrong in faults), faults
    assert not any(requests_of(document, api.tap).values())


def test_the_number_is_pointed_at_the_line_as_twilio_documents(document, api):
    numbers = NumbersApi(DEMO_ACCOUNT_SID, TOKEN, api.url)
    assert numbers.account() == {"status": "active", "type": "Full"}
    sid, _ = numbers.find(ACCOUNT.number)
    everything = {name: "POST" if name.endswith("method") else STATUS for name in FIELDS}
    numbers.set(sid, everything)
    assert numbers.find(ACCOUNT.number) == (sid, everything)
    api.ask("GET", f"{FOLDER}/IncomingPhoneNumbers/{sid}.json")
    faults = answers_of(document, api.tap)
    assert [seen.status for seen in api.tap.seen] == [200] * 5
    assert not any(wrong for _, wrong in faults), faults
    assert not any(requests_of(document, api.tap).values()), requests_of(document, api.tap)


FAILURES = {
    "an unknown owned number": ("GET", f"{FOLDER}/IncomingPhoneNumbers/PN{'0' * 32}.json", {}, 404),
    "owned numbers without a password": (
        "GET",
        f"{FOLDER}/IncomingPhoneNumbers.json",
        {"auth": None},
        401,
    ),
    "a number without a password": ("GET", f"{LOOKUP}/{MOBILE}", {"auth": None}, 401),
    "what is not told of numbers": (
        "GET",
        f"{LOOKUP}/{MOBILE}",
        {"params": {"Fields": "sim_swap"}},
        400,
    ),
    "no password": ("GET", MESSAGES, {"auth": None}, 401),
    "a wrong password": ("GET", RECORDINGS, {"auth": (ACCOUNT.sid, "wrong")}, 401),
    "nobody to text": ("POST", MESSAGES, {"data": {"Body": "x"}}, 400),
    "a list that cannot be": ("GET", MESSAGES, {"params": {"PageSize": "0"}}, 400),
    "an unknown text": ("GET", f"{FOLDER}/Messages/{SM}.json", {}, 404),
    "an unknown text changed": (
        "POST",
        f"{FOLDER}/Messages/{SM}.json",
        {"data": {"Body": ""}},
        404,
    ),
    "an unknown text deleted": ("DELETE", f"{FOLDER}/Messages/{SM}.json", {}, 404),
    "an unknown recording": ("GET", f"{FOLDER}/Recordings/{RE}.json", {}, 404),
    "an unknown recording deleted": ("DELETE", f"{FOLDER}/Recordings/{RE}.json", {}, 404),
    "an unknown place": ("GET", f"{FOLDER}/Faxes.json", {}, 404),
}


@pytest.mark.parametrize(("method", "path", "sent", "status"), FAILURES.values(), ids=FAILURES)
def test_every_failure_has_the_form_of_twilios(document, api, method, path, sent, status):
    api.ask(method, path, **sent)
    ((_, wrong),) = answers_of(document, api.tap)
    assert api.tap.seen[0].status == status and wrong == []


def test_the_line_understands_the_failures(api):
    texts, sounds = api.line()
    with pytest.raises(CarrierError) as error:
        texts.send("+44", "Hello", "1")
    assert error.value.code == "21211"
    with pytest.raises(GoneError):
        sounds.delete(RE)


# --- the validator itself --------------------------------------------------------------------

TEXT_ONE = f"{FOLDER}/Messages/{SM}.json"
TEXT = {"To": [MOBILE], "From": [ACCOUNT.number], "Body": ["Hello"]}
REQUESTS = {
    "an unknown parameter": ("POST", MESSAGES, {}, TEXT | {"Bdoy": ["x"]}, "Bdoy: no such"),
    "a missing number": ("POST", MESSAGES, {}, {"Body": ["x"]}, "To: is required"),
    "no number": ("POST", MESSAGES, {}, TEXT | {"To": ["07700 900123"]}, "To: '07700"),
    "no address": ("POST", MESSAGES, {}, TEXT | {"StatusCallback": ["/sms"]}, "StatusCallback:"),
    "a wrong word": ("POST", MESSAGES, {}, TEXT | {"RiskCheck": ["maybe"]}, "RiskCheck:"),
    "a wrong type": ("POST", MESSAGES, {}, TEXT | {"ValidityPeriod": ["long"]}, "ValidityPeriod:"),
    "a wrong yes": ("POST", MESSAGES, {}, TEXT | {"SmartEncoded": ["yes"]}, "SmartEncoded:"),
    "a wrong id": ("POST", MESSAGES, {}, TEXT | {"MessagingServiceSid": [SM]}, "MessagingService"),
    "one twice": ("POST", MESSAGES, {}, TEXT | {"Body": ["a", "b"]}, "Body: is given 2 times"),
    "form in a query": ("GET", MESSAGES, {"Body": ["x"]}, {}, "Body: no such"),
    "a page too large": ("GET", MESSAGES, {"PageSize": ["1001"]}, {}, "PageSize:"),
    "no day": ("GET", MESSAGES, {"DateSent": ["today"]}, {}, "DateSent:"),
    "a wrong id in the path": ("DELETE", f"{FOLDER}/Messages/{RE}.json", {}, {}, "Sid:"),
    "a status that is none": ("POST", TEXT_ONE, {}, {"Status": ["sent"]}, "Status:"),
    "an unknown place": ("GET", f"{FOLDER}/Faxes.json", {}, {}, "GET"),
    "an unknown field": ("GET", f"{LOOKUP}/{MOBILE}", {"Field": ["caller_name"]}, {}, "Field:"),
    "a wrong method": ("DELETE", MESSAGES, {}, {}, "DELETE"),
}


@pytest.mark.parametrize(
    ("method", "path", "query", "form", "says"), REQUESTS.values(), ids=REQUESTS
)
def test_a_wrong_request_is_found_out(document, method, path, query, form, says):
    (wrong,) = document.request(method, path, query, form)
    assert wrong.startswith(says)


def test_a_right_request_is_let_through(document):
    form = TEXT | {
        "MediaUrl": ["https://a.example/1", "https://a.example/2"],
        "SmartEncoded": ["true"],
    }
    assert document.request("POST", MESSAGES, {}, form) == []
    query = {
        "DateSent<": ["2026-11-24"],
        "DateSent>": ["2026-11-24T10:00:00Z"],
        "PageSize": ["1000"],
    }
    assert document.request("GET", MESSAGES, query, {}) == []


CHANGES = {
    "an unknown property": {"colour": "red"},
    "a status that is none": {"status": "on its way"},
    "a number for a text": {"num_segments": 1},
    "a text for a number": {"error_code": "30006"},
    "yes for a number": {"error_code": True},
    "nothing where something must be": {"status": None},
    "another kind of date": {"date_created": "2026-11-24T10:00:00Z"},
    "a date on another weekday": {"date_created": "Mon, 24 Nov 2026 10:00:00 +0000"},
    "a wrong id": {"sid": "XX" + "0" * 32},
    "no currency": {"price_unit": "pounds"},
    "links that are none": {"subresource_uris": {"media": 1}},
}


@pytest.fixture
def good(document) -> dict[str, object]:
    examples = document.examples("POST", "/2010-04-01/Accounts/{AccountSid}/Messages.json")
    return dict(examples["create"])


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_wrong_answer_is_found_out(document, good, change):
    wrong = document.response("POST", MESSAGES, 201, JSON, json.dumps(good | change).encode())
    assert len(wrong) == 1 and next(iter(change)) in wrong[0]


LOOKED_UP = {
    "a number that is none": ({"phone_number": "07700 900123"}, "phone_number"),
    "a kind that is no word": ({"line_type_intelligence": {"type": 1}}, "type: 1"),
    "yes as a word": ({"valid": "yes"}, "valid"),
    "nothing where Twilio never has nothing": ({"valid": None}, "valid"),
}


@pytest.mark.parametrize(("change", "says"), LOOKED_UP.values(), ids=LOOKED_UP)
def test_a_wrong_answer_about_a_number_is_found_out(document, change, says):
    examples = document.examples("GET", LOOKUP + "/{PhoneNumber}")
    answer = dict(examples["fetchLineTypeIntelligence"])
    for name, value in change.items():
        answer[name] = answer[name] | value if isinstance(value, dict) else value
    body = json.dumps(answer).encode()
    (wrong,) = document.response("GET", f"{LOOKUP}/{MOBILE}", 200, JSON, body)
    assert says in wrong


def test_an_answer_that_lacks_something_is_found_out(document, good):
    del good["price"]
    wrong = document.response("POST", MESSAGES, 201, JSON, json.dumps(good).encode())
    assert wrong == ["answer.price: is missing"]


def test_a_wrong_status_kind_or_body_is_found_out(document, good):
    body = json.dumps(good).encode()
    one = f"{FOLDER}/Messages/{SM}.json"
    assert document.response("POST", MESSAGES, 200, JSON, body)
    assert document.response("POST", MESSAGES, 201, "text/html", body)
    assert document.response("POST", MESSAGES, 201, FORM, body)
    assert document.response("DELETE", one, 204, "", b"gone")
    assert document.response("GET", one, 404, JSON, b'{"code": 20404}')
    other = b'{"code": 1, "message": "", "more_info": "https://a.example/", "status": 400}'
    assert document.response("GET", one, 404, JSON, other) == ["answer.status: is not 404"]


OF_ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"
OPERATIONS = [
    ("POST", f"{OF_ACCOUNT}/Messages.json", 201),
    ("GET", f"{OF_ACCOUNT}/Messages.json", 200),
    ("GET", f"{OF_ACCOUNT}/Messages/{{Sid}}.json", 200),
    ("POST", f"{OF_ACCOUNT}/Messages/{{Sid}}.json", 200),
    ("GET", f"{OF_ACCOUNT}/Recordings.json", 200),
    ("GET", f"{OF_ACCOUNT}/Recordings/{{Sid}}.json", 200),
    ("GET", "/2010-04-01/Accounts/{Sid}.json", 200),
    ("GET", f"{OF_ACCOUNT}/IncomingPhoneNumbers.json", 200),
    ("GET", f"{OF_ACCOUNT}/IncomingPhoneNumbers/{{Sid}}.json", 200),
    ("POST", f"{OF_ACCOUNT}/IncomingPhoneNumbers/{{Sid}}.json", 200),
    ("GET", LOOKUP + "/{PhoneNumber}", 200),
]


@pytest.mark.parametrize(("method", "template", "status"), OPERATIONS)
def test_twilios_own_examples_are_let_through(document, method, template, status):
    examples = document.examples(method, template)
    path = (
        template.replace(OF_ACCOUNT, FOLDER).replace("{Sid}", SM).replace("{PhoneNumber}", MOBILE)
    )
    assert examples
    for name, example in examples.items():
        body = json.dumps(example).encode()
        assert document.response(method, path, status, JSON, body) == [], name
