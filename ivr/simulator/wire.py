"""The wire between the simulator and a webhook: signed requests, and what comes back.

Owns signatures, time limits, redirects and Twilio's connection overrides (the part of an address
after "#": Twilio's page on webhook connection overrides).
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import requests
from twilio.request_validator import (
    HMAC_SHA1,
    HMAC_SHA256,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
)
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.test import Client

from ivr.simulator.account import CLOCK_HEADER
from ivr.simulator.delivery import Delivery
from ivr.simulator.unknown import with_unknown

LONGEST_ANSWER = 15.0
MOST_REDIRECTS = 10
UNTRUSTED = 11237
"""Twilio's code for a certificate that leads to nobody it trusts."""
KEY_ID = "webhooks_sharedkey_00000000000000000000000000"
"""The id of the simulator's own shared key."""
REDIRECTS = (301, 302, 303, 307, 308)


class WireError(Exception):
    """A webhook could not be asked. ``code`` is Twilio's error code."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(f"{code}: {message}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a webhook, or a file's address, answered."""

    status: int
    content_type: str
    body: bytes
    location: str = ""
    stored: bool = True
    """Whether it may be kept to be used again: what says ``no-store`` may not."""


def _answer(status: int, headers: Headers | Mapping[str, str], body: bytes) -> Answer:
    kind, location = headers.get("Content-Type", ""), headers.get("Location", "")
    return Answer(status, kind, body, location, "no-store" not in headers.get("Cache-Control", ""))


class Transport(Protocol):
    """A way to send one HTTP request."""

    def send(
        self, method: str, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Send it once, without following redirects. Raises WireError when nothing answers."""


class Http:
    """Real HTTP and HTTPS. Trusts whom requests trusts: REQUESTS_CA_BUNDLE, where it is set."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True

    def send(
        self, method: str, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """See Transport."""
        try:
            got = self._session.request(
                method,
                url,
                data=_lists(form) if method == "POST" else None,
                headers=dict(headers),
                timeout=LONGEST_ANSWER,
                allow_redirects=False,
            )
        except requests.exceptions.SSLError as error:
            raise WireError(UNTRUSTED, "its certificate cannot be trusted") from error
        except requests.ConnectionError as error:
            raise WireError(11205, "nothing answers there") from error
        except requests.RequestException as error:
            raise WireError(11200, type(error).__name__) from error
        return _answer(got.status_code, got.headers, got.content)


class InProcess:
    """A WSGI application asked without a network, for tests and quick calls."""

    def __init__(self, app: object) -> None:
        self._client = Client(app)  # type: ignore[arg-type]

    def send(
        self, method: str, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """See Transport."""
        parts = urlsplit(url)
        data = _lists(form) if method == "POST" else None
        got = self._client.open(
            parts.path,
            method=method,
            query_string=parts.query,
            base_url=f"{parts.scheme}://{parts.netloc}",
            data=data,
            headers=dict(headers),
        )
        body = got.get_data()
        got.close()
        return _answer(got.status_code, got.headers, body)


class Wire:
    """Asks webhooks as Twilio does, with the account's signature; without a token, unsigned.

    With a shared ``key`` it is the key that signs (Twilio's page on webhook shared keys).
    ``delivery``: how answers and callbacks arrive.
    """

    def __init__(
        self, transport: Transport, token: str, delivery: Delivery | None = None, key: str = ""
    ) -> None:
        self.delivery = delivery or Delivery()
        self._transport = transport
        self._algorithm = HMAC_SHA256 if key else HMAC_SHA1
        self._validator = RequestValidator(key or token) if key or token else None

    def ask(
        self, method: str, url: str, form: Mapping[str, str], clock: float | None = None
    ) -> Answer:
        """Ask a webhook, again as its overrides say. Raises WireError when it does not answer.

        ``clock`` is the second of the call by the simulator's own clock, which runs faster than
        the one on the wall; without it the line must go by the wall.
        """
        bare, overrides = urldefrag(url)
        tries, again = _policy(overrides)
        told = {"I-Twilio-Idempotency-Token": uuid.uuid4().hex}
        if clock is not None:
            told[CLOCK_HEADER] = f"{clock:.3f}"
        sent = with_unknown(form)
        for left in range(tries, -1, -1):
            try:
                answer = self._followed(method, bare, sent, told)
                if left and again & {"rt", "all"} and self.delivery.loses_answer():
                    continue
            except WireError as error:
                if not left or not again & {"ct" if error.code == 11205 else "rt", "all"}:
                    raise
                continue
            if answer.status < 500 or not left or not again & {"5xx", "all"}:
                break
        if answer.status >= 400:
            raise WireError(11200, f"HTTP {answer.status}")
        return answer

    def fetch(self, url: str) -> Answer:
        """A recording's bytes. Raises WireError."""
        answer = self._transport.send("GET", urldefrag(url)[0], {}, {})
        if answer.status != 200:
            raise WireError(11200, f"HTTP {answer.status}")
        return answer

    def _followed(
        self, method: str, url: str, form: Mapping[str, str], told: Mapping[str, str]
    ) -> Answer:
        for _ in range(MOST_REDIRECTS):
            headers = {**self._headers(method, url, form), **told}
            answer = self._transport.send(method, url, form, headers)
            if answer.status not in REDIRECTS:
                return answer
            method = method if answer.status in (307, 308) else "GET"
            url = urljoin(url, answer.location)
        raise WireError(11215, "too many redirects")

    def _headers(self, method: str, url: str, form: Mapping[str, str]) -> dict[str, str]:
        headers = {"User-Agent": "TwilioProxy/1.1"}
        if self._validator is not None:
            signed = form if method == "POST" else {}
            made = self._validator.compute_signature(url, signed, self._algorithm)
            headers["X-Twilio-Signature"] = made
        if self._algorithm == HMAC_SHA256:
            headers[SIGNATURE_SETTINGS_HEADER] = f"key={KEY_ID},algorithm={HMAC_SHA256}"
        return headers


def _lists(form: Mapping[str, str]) -> dict[str, list[str]]:
    """Every value of each name."""
    return MultiDict(form).to_dict(flat=False)


@lru_cache
def _policy(overrides: str) -> tuple[int, frozenset[str]]:
    """How often to ask again, and after which failures: Twilio's ``rc`` and ``rp``."""
    given = dict(parse_qsl(overrides.replace("+", "%2B")))
    return int(given.get("rc", "1")), frozenset(given.get("rp", "ct").split(","))
