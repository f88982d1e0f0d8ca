"""The smallest telephone: sends one signed request, ten seconds apart, and reads the TwiML."""

from __future__ import annotations

from itertools import count
from urllib.parse import urldefrag, urlsplit
from xml.etree import ElementTree as Xml

from flask import Flask
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from ivr.config import Settings
from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.simulator.account import CLOCK_HEADER
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices

MOBILE = "+447700900123"
SIDS = count(1)
CALL = {"CallSid": "CA1", "From": "+447700900123", "CallStatus": "in-progress"}


class Telephone:
    """Posts to the line with a good signature, unless told otherwise."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.client = app.test_client()
        self.base = settings.base_url
        token = settings.twilio_auth_token.get_secret_value()
        self.validator = RequestValidator(token)
        self.app = app
        self.seconds = 0

    def post(self, path: str, form=None, signature=None, headers=None) -> TestResponse:
        """One request; ``signature`` in place of the right one."""
        form = CALL if form is None else form
        good = self.validator.compute_signature(self.base + path, form)
        self.seconds += 10
        sent = {
            "X-Twilio-Signature": good if signature is None else signature,
            CLOCK_HEADER: str(self.seconds),
            **(headers or {}),
        }
        return self.client.post(path, data=form, headers=sent, base_url=self.base)

    def voice(self, query: str = "", **form: str) -> Xml.Element:
        """One step of a call: its TwiML."""
        response = self.post("/voice" + (f"?{query}" if query else ""), CALL | form)
        assert response.status_code == 200 and response.mimetype == "text/xml", response.data
        return Xml.fromstring(response.data)

    def press(self, twiml: Xml.Element, keys: str, **form: str) -> Xml.Element:
        """Press keys where this TwiML listens."""
        return self.follow(twiml.find("Gather").get("action"), Digits=keys, **form)

    def silence(self, twiml: Xml.Element, **form: str) -> Xml.Element:
        """Press nothing where this TwiML listens."""
        return self.follow(twiml.find("Redirect").text, **form)

    def follow(self, address: str, **form: str) -> Xml.Element:
        """Ask an address of the line's."""
        parts = urlsplit(urldefrag(address)[0])
        return self.voice(parts.query, **form)

    def words(self, twiml: Xml.Element) -> str:
        """What is said, recordings and all."""
        library = services_of(self.app, CallServices).library()
        said = []
        for element in twiml.iter():
            if element.tag == "Say":
                said.append("".join(element.itertext()))
            elif element.tag == "Play":
                prompt = library.by_file(element.text.rpartition("/")[2])
                said.append(prompt.words)
        return " ".join(word for word in said if word)


WEBHOOKS = [
    *(
        "/voice",
        "/voice/status",
        "/voice/recording",
        "/staff/recording",
        "/desk",
        "/staff",
        "/sms",
        "/sms/status",
    ),
]


def text(telephone, body: str, number: str = MOBILE, sid: str = "", **more: str):
    sid = sid or f"SM{next(SIDS)}"
    form = {"MessageSid": sid, "AccountSid": DEMO_ACCOUNT_SID, "From": number, "Body": body}
    return telephone.post("/sms", form | more)


def answers(telephone, body: str, number: str = MOBILE, sid: str = "", **more: str) -> list[str]:
    response = text(telephone, body, number, sid, **more)
    assert response.status_code == 200 and response.mimetype == "text/xml"
    return [each.text for each in Xml.fromstring(response.data).iter("Message")]
