"""The guard on a route of its own, without the line: fast enough to be tried with every small fault."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import parse_qsl, urlencode

import pytest
from flask import Flask, Request, Response, g, jsonify, request
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from ivr.webhooks import fields
from ivr.webhooks.extension import join, services_of
from ivr.webhooks.guard import SIGNED, Guard, blueprint, signed

BASE = "https://line.example"
NEW = "the-new"
URLENCODED = "application/x-www-form-urlencoded"
FORM = {"CallSid": "CA1", "From": "+447700900123", "Digits": "1*"}


@pytest.fixture
def asked():
    """Ask the one route there is; ``told`` is what a signature was made of, and by which token."""
    app, part = Flask("guarded"), blueprint("tried")

    @part.route("/tried", methods=["GET", "POST"])
    @part.post("/tried/<path:rest>")
    @signed
    def tried(rest: str = "") -> Response:
        call = request.environ[SIGNED]
        return jsonify(form=g.form, query=g.query, call=call)

    app.register_blueprint(part)
    join(app, Guard(("the-new", "the-old"), BASE))
    client = app.test_client()

    def ask(query="", form=FORM, told=None, token=NEW, signature=None, **more):
        address = BASE + "/tried" + query if told is None else told
        made = RequestValidator(token).compute_signature(address, form)
        given = {"X-Twilio-Signature": made if signature is None else signature}
        more.setdefault("data", form)
        return client.post("/tried" + query, headers=given, base_url=BASE, **more)

    ask.app = app
    return ask


def test_what_twilio_signed_is_handed_to_the_view(asked):
    answer = asked("?at=main&on=key&at=other")
    query = {"at": "main", "on": "key"}
    assert answer.json == {"form": FORM, "query": query, "call": "CA1"}


def by_get(asked, query, told=None, **more):
    """Ask by GET: all fields stand in the address, and it alone is signed."""
    address = BASE + "/tried?" + query
    signature = RequestValidator(NEW).compute_signature(address if told is None else told, {})
    headers = {"X-Twilio-Signature": signature}
    client = asked.app.test_client()
    return client.open("/tried?" + query, headers=headers, base_url=BASE, **more)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_by_get_the_fields_stand_in_the_address(asked, method):
    kept = []
    asked.app.after_request(lambda answer: kept.append((dict(g.form), dict(g.query))) or answer)
    told = {"at": "main", "CallSid": "CA1", "From": "+447700900123", "Digits": "1*"}
    assert by_get(asked, urlencode(told), method=method).status_code == 200
    assert kept == [(told, told)]


def test_by_get_what_comes_twice_says_nothing_for_sure_and_a_body_nothing_at_all(asked):
    answer = by_get(asked, "Digits=1&Digits=2&CallSid=CA1", data={"From": "+447700900123"})
    assert answer.json["form"] == {"CallSid": "CA1"} and answer.json["call"] == "CA1"
    assert by_get(asked, "Digits=1", told=BASE + "/tried?Digits=2").status_code == 403
    assert by_get(asked, "Digits=1", told=BASE + "/tried").status_code == 403


@pytest.mark.parametrize("path", ["/tried/a%20b", "/tried/%C3%A9", "/tried/a:b@c!$&'()*+,;=~._-"])
def test_a_path_is_signed_as_it_was_sent(asked, path):
    made = RequestValidator(NEW).compute_signature(BASE + path, FORM)
    headers = {"X-Twilio-Signature": made}
    answer = asked.app.test_client().post(path, data=FORM, headers=headers, base_url=BASE)
    assert answer.status_code == 200


@pytest.mark.parametrize("kind", [URLENCODED, URLENCODED + "; charset=UTF-8"])
@pytest.mark.parametrize("form", [FORM, {}])
def test_a_usual_form_is_read_once_and_not_by_the_library(asked, monkeypatch, kind, form):
    monkeypatch.setattr(Request, "form", property(lambda self: pytest.fail("read again")))
    answer = asked(form=form, data=urlencode(form), content_type=kind)
    assert (answer.json["form"], answer.json["call"]) == (form, form.get("CallSid", ""))


@pytest.mark.parametrize(
    ("sent", "number"),
    [("rcs:+447700900123", "+447700900123"), ("07700900123", "+447700900123"), ("anonymous", "")],
)
def test_who_asks_is_one_number_for_every_view(asked, sent, number):
    assert asked(form=FORM | {"From": sent}).json["form"] == FORM | {"From": number}


def test_what_stands_after_the_end_of_a_form_is_another_requests(asked):
    sent = urlencode(FORM).encode()
    more = {"wsgi.input": BytesIO(sent + b"&Digits=9"), "CONTENT_LENGTH": str(len(sent))}
    assert asked(data=None, content_type=URLENCODED, environ_overrides=more).json["form"] == FORM


@pytest.mark.parametrize("missing", ["CONTENT_LENGTH", "CONTENT_TYPE", "QUERY_STRING"])
def test_what_a_server_leaves_out_counts_as_empty(asked, missing):
    plain = asked.app.wsgi_app
    asked.app.wsgi_app = lambda environ, start: plain(
        {name: value for name, value in environ.items() if name != missing}, start
    )
    form = FORM if missing == "QUERY_STRING" else {}
    answer = asked(form=form, data=urlencode(FORM), content_type=URLENCODED)
    assert answer.json == {
        "form": form,
        "query": {},
        "call": form.get("CallSid", ""),
    }


@pytest.mark.parametrize("pairs", [[("b", "2"), ("a", "1")], [("a", "1"), ("a", "1")], []])
def test_fields_are_signed_in_the_order_of_their_names_and_once_each(pairs):
    made = RequestValidator(NEW).compute_signature(BASE + "/tried", MultiDict(pairs))
    assert Guard((NEW,), BASE).genuine("/tried", pairs, made)


def test_a_forged_form_is_put_in_order_once():
    """For each way in which it may be signed anew, 64 KB of fields took a tenth of a second."""
    pairs = [(Counted(f"n{number:04}"), "1") for number in reversed(range(1_000))]
    guard = Guard(("the-new", "the-old"), BASE, ["a shared key of some length"])
    assert not guard.genuine("/tried", pairs, "wrong")
    assert 0 < Counted.compared < 20_000


class Counted(str):
    """A name that counts how often it was held against another."""

    __slots__ = ()
    compared = 0

    def __lt__(self, other: str) -> bool:
        Counted.compared += 1
        return str.__lt__(self, other)


@pytest.mark.parametrize(
    ("token", "status"), [("the-new", 200), ("the-old", 200), ("a-third", 403), ("", 403)]
)
def test_only_the_tokens_of_the_setting_count(asked, token, status):
    assert asked(token=token).status_code == status


@pytest.mark.parametrize("signature", ["", "wrong", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "é"])
def test_without_a_signature_that_fits_it_is_told_why_nothing_is_done(asked, signature):
    answer = asked(signature=signature)
    assert answer.status_code == 403
    assert answer.text == "the signature is missing or does not fit this address"


@pytest.mark.parametrize(
    "told",
    [
        BASE + "/tried?at=main",
        BASE + "/tried?at=main#rc=2&rp=ct,rt,5xx&ct=2000&rt=4000&tt=13000",
        "https://line.example:443/tried?at=main",
    ],
    ids=["as it is", "with the overrides of our answers", "with the port"],
)
@pytest.mark.parametrize("token", ["the-new", "the-old"])
def test_the_address_may_be_signed_in_each_of_twilios_ways(asked, told, token):
    assert asked("?at=main", told=told, token=token).status_code == 200


@pytest.mark.parametrize(
    "told",
    [
        "http://line.example/tried?at=main",
        BASE + "/tried",
        BASE + "/tried?at=other",
        BASE + "/tried?at=main#rc=9",
        BASE + "/other?at=main",
    ],
)
def test_another_address_is_refused(asked, told):
    assert asked("?at=main", told=told).status_code == 403


def test_one_field_more_or_another_value_is_refused(asked):
    assert asked(data=FORM | {"Body": "x"}).status_code == 403
    assert asked(data=FORM | {"Digits": "2"}).status_code == 403
    assert asked(data={}).status_code == 403


@pytest.mark.parametrize(("size", "status"), [(65_536, 200), (65_537, 413)])
def test_a_body_may_have_64_kb_and_no_byte_more(asked, size, status):
    form = {"Body": "x" * (size - len("Body="))}
    answer = asked(form=form)
    assert answer.status_code == status
    assert answer.text == "too large" if status == 413 else answer.json["form"] == {}


def test_a_field_that_comes_twice_says_nothing_for_sure(asked):
    """It is signed once with each value, in whatever order: who knows which was meant?"""
    twice = MultiDict([("Digits", "2"), ("Digits", "1"), ("From", "+447700900123")])
    answer = asked(form=twice)
    assert answer.json == {"form": {"From": "+447700900123"}, "query": {}, "call": ""}


def test_a_form_in_parts_is_read_whole(asked):
    answer = asked(content_type="multipart/form-data")
    assert answer.json["form"] == FORM


def test_what_comes_twice_in_a_form_in_parts_says_nothing_for_sure(asked):
    twice = MultiDict([("Digits", "2"), ("Digits", "1")])
    assert asked(form=twice, content_type="multipart/form-data").json["form"] == {}


def test_a_guarded_view_says_so_that_no_route_is_forgotten():
    assert signed(Response).guarded is True


def test_a_body_that_came_cut_off_is_no_signature_that_did_not_fit(asked):
    counted: list[bool] = []
    services_of(asked.app, Guard).count = counted.append
    whole = urlencode(FORM).encode()
    for sent in (whole[:-1], b""):
        more = {"wsgi.input": BytesIO(sent), "CONTENT_LENGTH": str(len(whole))}
        answer = asked(data=None, content_type=URLENCODED, environ_overrides=more)
        assert answer.status_code == 400 and counted == []


def test_a_form_that_is_no_text_has_no_fields(asked):
    kind = URLENCODED
    answer = asked(form={}, data=b"Digits=\xff", content_type=kind)
    assert answer.json["form"] == {}
    assert asked(data=b"Digits=\xff", content_type=kind).status_code == 403


def test_bytes_in_an_address_are_signed_as_they_were_sent_and_harm_nothing(asked):
    sent = {"QUERY_STRING": "at=\xe9"}
    answer = asked(told=BASE + "/tried?at=\xe9", environ_overrides=sent)
    assert answer.json["query"] == {"at": "\N{REPLACEMENT CHARACTER}"}


KEPT = {
    "a value of 1,600": ("Body", "x" * 1_600, True),
    "a value of 1,601": ("Body", "x" * 1_601, False),
    "a name of 65": ("n" * 65, "1", True),
    "nothing": ("Body", "", True),
}


@pytest.mark.parametrize(("name", "value", "kept"), KEPT.values(), ids=KEPT)
def test_an_overlong_field_is_as_good_as_absent_and_no_other_suffers(asked, name, value, kept):
    answer = asked(form={**FORM, name: value})
    assert answer.json["form"] == ({**FORM, name: value} if kept else FORM)


BESIDE = {
    "a token of a call": [("CallToken", "x" * 1_601)],
    "add-ons": [("AddOns", "{" + "x" * 1_700 + "}")],
    "a header of each kind": [(f"SipHeader_{n}", "x") for n in range(95)],
    "a header twice": [("SipHeader_P", "1"), ("SipHeader_P", "2")],
    "as much as there may be": [(f"n{n}", "x" * 300) for n in range(200)],
}


@pytest.mark.parametrize("beside", BESIDE.values(), ids=BESIDE)
def test_fields_that_nobody_reads_change_nothing(asked, beside):
    answer = asked(form=MultiDict([*FORM.items(), *beside]))
    assert {name: answer.json["form"].get(name) for name in FORM} == FORM


QUERIES = [
    *("", "a=1&b=2", "a=&b", "&&a=1&", "a=b=c", "=x", "a+b=c+d", "a=%2B447700900123", "a=%2B44x"),
    *(
        "a=%2b44",
        "a=%2B%D9%A3",
        "a=1+2",
        "%41=1",
        "a=%C3%A9",
        "a=x%2B4",
        "a=%2B+44",
        "a=%2B",
        "a=+%2B4",
        "CallToken=%257B%2522a%2522",
        "a=%2541&b=%41%25",
        "%41=1=2&b=3=4",
    ),
]


@pytest.mark.parametrize("text", QUERIES)
def test_fields_are_those_of_the_standard_library(text):
    assert fields.read(text) == parse_qsl(text, keep_blank_values=True)


def test_what_is_no_utf_8_stays_escaped():
    assert fields.read("a=%FF&%FE=1") == [("a", "%FF"), ("%FE", "1")]


def test_the_first_value_of_a_name_counts():
    assert fields.first([("a", "1"), ("b", "2"), ("a", "3")]) == {"a": "1", "b": "2"}
