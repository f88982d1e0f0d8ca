"""Who may ask: Twilio's signature on every webhook, before anything else is done.

Owns the refusal of forged and odd requests (faults T1, T1b, T1d). The address that was signed is
built from the configured public address, never from a header.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, Response, current_app, g, request
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from ivr.store.patience import WEBHOOK, within
from ivr.web import access

MOST_BODY = 64 * 1024
MOST_NAMES = 100
LONGEST_NAME = 64
LONGEST_VALUE = 1_600

OVERRIDES = "#rc=2&rp=ct,rt,5xx&ct=2000&rt=4000&tt=13000"
"""Twilio's connection overrides, on every address the line gives out: up to three tries, each read
for 4 s, all within 13 s. Repeating is safe, because every step answers the same twice."""

Given = ParamSpec("Given")
View = Callable[Given, Response]


class Guard:
    """Checks requests against the auth token and the public address."""

    def __init__(self, auth_token: str, base_url: str) -> None:
        self._validators = [RequestValidator(token) for token in auth_token.split(",") if token]
        self._base_url = base_url

    def genuine(self, path: str, form: MultiDict[str, str], signature: str) -> bool:
        """Whether Twilio signed this. ``path`` includes the query string, as it was sent.

        The address is also tried with the overrides after it, for a caller that signs the
        address as it stands in our answers. Both tokens count while the token is changed (T1c).
        """
        addresses = (self._base_url + path, self._base_url + path + OVERRIDES)
        return any(
            validator.validate(address, form, signature)
            for address in addresses
            for validator in self._validators
        )


def odd(form: MultiDict[str, str]) -> bool:
    """Whether a signed request is nothing to act on: repeated, too many or overlong values."""
    values = list(form.items(multi=True))
    repeated = len(values) != len(set(form.keys()))
    long = any(len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE for name, value in values)
    return repeated or long or len(values) > MOST_NAMES


def signed(view: View[Given]) -> View[Given]:
    """Let only Twilio's own requests through: 403 and nothing done for any other.

    ``g.odd`` tells the view that the values are nothing to act on; ``g.form`` holds the first
    value of each name.
    """

    @wraps(view)
    def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Response:
        if (request.content_length or 0) > MOST_BODY:
            return Response("too large", 413)
        guard: Guard = current_app.extensions["guard"]
        query = request.query_string.decode("latin-1")
        path = request.path + (f"?{query}" if query else "")
        signature = request.headers.get("X-Twilio-Signature", "")
        if not signature or not guard.genuine(path, request.form, signature):
            return Response("the signature is missing or does not fit this address", 403)
        g.odd = odd(request.form)
        g.form = request.form.to_dict()
        access.of_call(g.form.get("CallSid", ""))
        with within(WEBHOOK):
            return view(*args, **kwargs)

    guarded.guarded = True  # type: ignore[attr-defined]
    return guarded


def blueprint(name: str) -> Blueprint:
    """A blueprint for webhooks."""
    return Blueprint(name, __name__)
