"""A number that is set up a little wrongly at Twilio: whoever rings it hears the line all the same."""

from __future__ import annotations

from urllib.parse import quote, urlencode
from xml.etree import ElementTree as Xml

import pytest

from ivr.simulator.account import CLOCK_HEADER
from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of
from tests.support.telephone import CALL, Telephone

RIGHT = ["/voice", "/sms", "/staff", "/desk"]
NEWS = ["/voice/status", "/voice/recording", "/staff/recording", "/sms/status"]
FORM = CALL | {"Body": "zzz", "MessageSid": "SM1", "CallToken": "%7B", "To": "+442079460000"}
AMISS = {
    "GET": ("GET", "{}"),
    "a slash at the end": ("POST", "{}/"),
    "two slashes at the end": ("POST", "{}//"),
    "two slashes at the beginning": ("POST", "/{}"),
    "a space at the end": ("POST", "{} "),
    "GET with a slash at the end": ("GET", "{}/"),
    "GET with two at the beginning": ("GET", "/{}"),
}
UNKNOWN = [
    "{}/nowhere",
    "{}/a/b",
    "{}/nowhere/",
    "{}//nowhere",
    "{}/status.php",
    "{}/a%20b",
    "{}/é",
]


@pytest.fixture
def telephone(one_line):
    return Telephone(*one_line)


@pytest.fixture
def ask(telephone):
    """Ask any path in Twilio's way, which puts all fields of a GET into the address it signs."""

    def asked(method, path, form=FORM, query="", signature=None):
        by_get = method != "POST"
        query = "&".join(filter(None, [query, urlencode(form) if by_get else ""]))
        sent = quote(path, safe="/%") + ("?" + query if query else "")
        made = telephone.validator.compute_signature(telephone.base + sent, {} if by_get else form)
        return telephone.client.open(
            base_url=telephone.base,
            method=method,
            data=None if by_get else form,
            headers={
                "X-Twilio-Signature": made if signature is None else signature,
                CLOCK_HEADER: "10",
            },
            environ_overrides={
                "PATH_INFO": path.replace("%20", " ").encode().decode("latin-1"),
                "QUERY_STRING": query,
            },
        )

    return asked


def addresses(twiml: bytes) -> set[str]:
    found = set()
    for each in Xml.fromstring(twiml).iter():
        found |= {each.get(name) for name in ("action", "url") if each.get(name)}
        found |= {each.text} if each.tag == "Redirect" else set()
    return found


@pytest.mark.parametrize("path", RIGHT + NEWS)
@pytest.mark.parametrize(("method", "amiss"), AMISS.values(), ids=AMISS)
def test_a_webhook_asked_a_little_wrongly_answers_as_it_does(ask, path, method, amiss):
    right = ask("POST", path)
    answer = ask(method, amiss.format(path))
    assert right.status_code in (200, 204)
    assert (answer.status_code, answer.mimetype) == (right.status_code, right.mimetype)
    assert answer.data == right.data


@pytest.mark.parametrize("path", RIGHT)
@pytest.mark.parametrize("unknown", UNKNOWN)
def test_below_a_webhook_there_is_always_an_answer_that_leads_on(ask, telephone, path, unknown):
    answer = ask("POST", unknown.format(path))
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    twiml = Xml.fromstring(answer.data)
    if path == "/sms":
        assert list(twiml) == []
        return
    assert list(twiml.iter("Say")) or list(twiml.iter("Play"))
    assert addresses(answer.data)
    assert all(
        each.startswith((telephone.base + path + "?", telephone.base + path + "#"))
        for each in addresses(answer.data)
    )


def test_an_unknown_path_is_apologised_for_in_the_language_of_the_call(ask, telephone):
    by_get = ask("GET", "/voice/nowhere", query="lang=en")
    assert "sorry" in telephone.words(Xml.fromstring(by_get.data)).lower()


def test_a_step_asked_by_get_is_the_step(ask, telephone):
    """A key, and what it leads to, are read from the address."""
    form = CALL | {"Digits": "2"}
    right = ask("POST", "/voice", form, "at=main&on=key")
    assert ask("GET", "/voice", form, "at=main&on=key").data == right.data
    assert ask("GET", "/voice/", form, "at=main&on=key").data == right.data


def test_a_wish_for_no_texts_that_comes_by_get_is_kept(ask, telephone):
    assert ask("GET", "/sms/", FORM | {"Body": "STOP", "From": "+447700900999"}).status_code == 200
    assert services_of(telephone.app, StoreServices).optouts.stopped("+447700900999")


@pytest.mark.parametrize("signature", ["", "wrong"])
@pytest.mark.parametrize("path", RIGHT + NEWS)
@pytest.mark.parametrize("amiss", [*AMISS.values(), *(("POST", each) for each in UNKNOWN)])
def test_without_a_signature_nothing_is_done_however_it_is_asked(
    ask, telephone, path, amiss, signature
):
    method, form = amiss
    answer = ask(method, form.format(path), FORM | {"Body": "STOP"}, signature=signature)
    assert answer.status_code == 403
    assert b"Response" not in answer.data
    assert not services_of(telephone.app, StoreServices).optouts.stopped("+447700900123")


@pytest.mark.parametrize("told", ["/voice", "/voice/", "//voice", "/voice/x"])
@pytest.mark.parametrize("asked", ["/voice", "/voice/", "//voice", "/voice/x"])
def test_only_the_address_that_was_signed_is_answered(ask, telephone, told, asked):
    made = telephone.validator.compute_signature(telephone.base + told, FORM)
    assert ask("POST", asked, signature=made).status_code == (200 if told == asked else 403)


def test_what_is_signed_for_a_form_is_not_taken_from_an_address(ask, telephone):
    made = telephone.validator.compute_signature(telephone.base + "/voice", FORM)
    assert ask("GET", "/voice", signature=made).status_code == 403


@pytest.mark.parametrize("path", ["/nowhere", "/voicemail", "/healthz/"])
def test_what_is_no_webhook_is_answered_as_before(ask, path):
    assert ask("POST", path).status_code in (404, 405)
    assert ask("GET", path).status_code == 404


def test_pages_keep_to_their_own_addresses(telephone):
    assert telephone.client.post("/healthz").status_code == 405
    assert telephone.client.get("/healthz").status_code == 200
