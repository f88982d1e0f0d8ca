"""Only Twilio's own requests are acted on, at every webhook there is."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies
from pydantic import SecretStr
from twilio.request_validator import RequestValidator

from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of
from ivr.webhooks.fields import sure
from tests.support.telephone import CALL, WEBHOOKS, Telephone

OPEN = {
    *("static", "audio.recording", "recorded.announcement", "health.alive", "health.ready"),
    "played.heard",  # its address is sealed: tests/web/test_played.py
    "metrics.shown",  # has a token of its own: tests/web/test_metrics.py
}
"""Endpoints that anybody may ask; the demo's own are named by their blueprint."""
DEMONSTRATION = (
    "start.",
    "phone.",
    "messages.",
    "recordings.",
    "faults.",
    "numbers.",
    "lookups.",
    "calls.",
)


def rows(app):
    outbox = services_of(app, StoreServices).outbox
    return outbox.waiting()


def test_every_other_route_is_a_signed_webhook(app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN or rule.endpoint.startswith(DEMONSTRATION):
            continue
        if rule.rule.startswith("/office"):  # behind their own gate: tests/web/test_staff_gate.py
            continue
        assert getattr(app.view_functions[rule.endpoint], "guarded", False), rule.rule


@pytest.mark.parametrize("path", WEBHOOKS)
@pytest.mark.parametrize("signature", ["", "wrong", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="])
def test_a_missing_or_wrong_signature_is_refused_and_nothing_done(telephone, path, signature):
    form = CALL | {"Digits": "1", "Body": "complaint"}
    query = "?at=text-complaint&on=key" if path == "/voice" else ""
    response = telephone.post(path + query, form, signature=signature)
    assert response.status_code == 403
    assert b"Response" not in response.data
    assert rows(telephone.app) == []


def test_while_the_token_is_changed_both_are_taken_and_no_third(settings, opens):
    both = SecretStr("the-new, the-old")
    changing = settings.model_copy(update={"twilio_auth_token": both})
    app = opens(changing)
    telephone = Telephone(app, settings)

    def asked(token: str) -> int:
        signature = RequestValidator(token).compute_signature(telephone.base + "/voice", CALL)
        return telephone.post("/voice", signature=signature).status_code

    assert [asked(each) for each in ("the-new", "the-old")] == [200, 200]
    for wrong in ("the-new, the-old", "", " ", " the-old", "the-old "):
        assert asked(wrong) == 403


USED = {"Digits": "2", "From": "+447700900123", "Body": "complaint", "CallSid": "CA1"}
NAMES = strategies.text(min_size=1, max_size=40).filter(lambda name: name not in USED)
BESIDE = strategies.lists(strategies.tuples(NAMES, strategies.text(max_size=300)), max_size=200)


@given(BESIDE)
def test_whatever_is_sent_beside_them_the_fields_that_are_used_say_the_same(beside):
    pairs = [*USED.items(), *beside]
    assert {name: sure(pairs)[name] for name in USED} == USED


@given(strategies.sampled_from(sorted(USED)), strategies.text())
def test_a_field_that_is_used_and_comes_twice_says_nothing_for_sure(name, other):
    """A signature holds for ``a=b&a=c`` as for ``a=c&a=b``."""
    assert sure([*USED.items(), (name, other)]) == {
        each: value for each, value in USED.items() if each != name
    }


def test_a_signature_of_another_address_is_refused(telephone):
    other = telephone.validator.compute_signature(telephone.base + "/sms", CALL)
    assert telephone.post("/voice", signature=other).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
        {"Forwarded": "host=evil.example;proto=https"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_no_header_changes_the_address_that_is_checked(telephone, headers):
    assert telephone.post("/voice", headers=headers).status_code == 200
    forged = telephone.validator.compute_signature("https://evil.example/voice", CALL)
    assert telephone.post("/voice", signature=forged, headers=headers).status_code == 403


@pytest.mark.parametrize("query", ["?at=main&on=key", "?at=a%20b&on=key", "?at=a+b&on=%2A", "?"])
def test_the_query_is_signed_as_it_was_sent(telephone, query):
    signed = telephone.base + "/voice" + query.rstrip("?")
    signature = telephone.validator.compute_signature(signed, CALL)
    assert telephone.post("/voice" + query, signature=signature).status_code == 200


def test_a_body_over_64_kb_is_refused(telephone):
    assert telephone.post("/voice", {"Digits": "1" * 70_000}).status_code == 413


def test_getting_a_webhook_without_a_signature_is_refused(telephone):
    assert telephone.client.get("/voice").status_code == 403
