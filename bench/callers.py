"""Callers as Twilio tells of them: signed requests, and where each caller goes next.

Owns what a request looks like on the wire. Signs by Twilio's rules, on its own code, so that a
fault in the line's own is not measured away.
"""

from __future__ import annotations

import base64
import hmac
import random
import re
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

ACCOUNT = "AC" + "0a" * 16
TOKEN = "5e1c7a904bd2f8360e9a7c1d54b3f286"  # noqa: S105 - of no account
PUBLIC = "http://line.example.org"
KEYS = "1111122223334455#*8"
"""What callers press: mostly the first choices, now and then a key that steers."""
SILENT = 0.3
"""Of a caller's steps, those at which nothing is pressed: a part is heard to its end."""
NEXT = {
    each: re.compile(pattern.encode())
    for each, pattern in {
        "key": r'<Gather[^>]* action="([^"]+)"',
        "silence": r"<Redirect[^>]*>([^<]+)<",
        "transfer": r'<Dial[^>]* action="([^"]+)"',
    }.items()
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the path with its query, the signature, the body."""

    path: str
    signature: str
    body: str

    def wire(self) -> bytes:
        """The request as bytes, for a connection that stays open."""
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: line.example.org\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
            f"Content-Length: {len(self.body)}\r\nX-Twilio-Signature: {self.signature}\r\n"
            "I-Twilio-Idempotency-Token: 3b7f8d5e-6f39-4c5e-9f0c-2a4c1a1e9b53\r\n"
            "User-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n\r\n"
        )
        return (head + self.body).encode()


def asked(path: str, form: dict[str, str]) -> Asked:
    """A request signed as Twilio signs: the address, then each field in the order of its name."""
    text = PUBLIC + path + "".join(name + form[name] for name in sorted(form))
    signature = hmac.digest(TOKEN.encode(), text.encode(), "sha1")
    return Asked(path.partition("#")[0], base64.b64encode(signature).decode(), urlencode(form))


def form_of(sid: str, sender: str, **more: str) -> dict[str, str]:
    """The fields that Twilio sends with every step of a call."""
    caller = dict.fromkeys(("From", "Caller"), sender)
    called = dict.fromkeys(("To", "Called"), "+442079460100")
    nodes = {
        f"{who}{what}": value
        for who in ("From", "To", "Caller", "Called")
        for what, value in {"City": "", "State": "", "Zip": "", "Country": "GB"}.items()
    }
    fixed = {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "CallStatus": "in-progress",
        "Direction": "inbound",
        "CallToken": "%7B%22parentCallInfoToken%22%3A%22" + "eyJhbGciOiJFUzI1NiJ9" * 6 + "%22%7D",
    }
    return {"CallSid": sid, **caller, **called, **nodes, **fixed, **more}


@dataclass
class Caller:
    """One caller after another on the same telephone: rings, presses, hangs up, rings again."""

    chance: random.Random
    _sid: str = ""
    _answer: bytes = b""
    _sender: str = field(default="")

    def next(self) -> Asked:
        """What Twilio asks next for this caller."""
        found = {on: each.search(self._answer) for on, each in NEXT.items()}
        if gather := found["key"]:
            silence = found["silence"]
            if silence and self.chance.random() < SILENT:
                return self._step(silence[1])
            return self._step(gather[1], Digits=self.chance.choice(KEYS), FinishedOnKey="")
        if dial := found["transfer"]:
            return self._step(dial[1], DialCallStatus="no-answer")
        return self._ring()

    def hear(self, answer: bytes) -> None:
        """Take the line's answer."""
        self._answer = answer

    def _ring(self) -> Asked:
        self._sid = f"CA{self.chance.getrandbits(128):032x}"
        self._sender = f"+4477009{self.chance.randrange(100_000):05}"
        self._answer = b""
        return asked("/voice", form_of(self._sid, self._sender, CallStatus="ringing"))

    def _step(self, address: bytes, **more: str) -> Asked:
        path = unescape(address.decode()).partition("#")[0].removeprefix(PUBLIC)
        return asked(path, form_of(self._sid, self._sender, **more))
