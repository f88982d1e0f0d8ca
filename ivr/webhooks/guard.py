"""Who may ask: Twilio's signature on every webhook, before anything else is done.

Owns the refusal of forged requests (faults T1, T1b) and which fields of a genuine one say something
for sure (T1d). The address that was signed is built from the configured public address, never from
a header. One whose signature does not fit is most likely Twilio's own, behind a changed token or a
proxy: such refusals are counted.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Sequence
from functools import wraps
from itertools import product
from typing import TYPE_CHECKING, ParamSpec
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, current_app, g, request
from twilio.request_validator import HMAC_SHA256, get_signature_algorithm

from ivr.line.numbers import one_form
from ivr.store.journal import TEST_CALLS
from ivr.store.time_limits import WEBHOOK, Within
from ivr.webhooks import fields
from ivr.webhooks.extension import services_of
from ivr.webhooks.fields import Pair

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

SIGNED = "ivr.signed"
"""Where it stands that Twilio asks, and for which call; no browser reads the answer."""
MOST_BODY = 64 * 1024
OVERRIDES = "#rc=2&rp=ct,rt,5xx&ct=2000&rt=4000&tt=13000"
"""Twilio's connection overrides, on every address the line gives out: up to three tries, each read
for 4 s, all within 13 s. Repeating is safe, because every step answers the same twice."""

KEYED = "HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS"
"""Where a web server puts X-Twilio-Webhooks-Signature-Settings: key=<its id>,algorithm=<name>."""
FORM = "application/x-www-form-urlencoded"
IN_ADDRESS = frozenset({"GET", "HEAD"})
"""Methods with which Twilio puts all fields into the address, and signs that alone."""
UNESCAPED = "/:@!$&'()*+,;=~"
"""What stands in a path as it is, besides letters, figures and ``_.-`` (RFC 3986)."""
Given = ParamSpec("Given")
View = Callable[Given, Response]


def _not_counted(keyed: bool) -> None:
    """Where nobody wants to know."""


class Guard:
    """Checks requests against the auth tokens and the public address.

    ``keys``: shared keys, which alone hold for requests that say they are signed with one. Twilio
    signs so where one of its webhook rules says it: a public beta in September 2026. Such a request
    has one header more, and its signature stands where it always does, over the same, with another
    hash; the secret is used as the text that it is given out as. So it is in Twilio's pages and its
    library for Python (9.13); no request that Twilio itself signed so has been seen.
    ``count(keyed)`` is told of each signature that does not fit; ``keyed``: it is said to be made
    with a shared key, and none is set.
    """

    def __init__(
        self,
        tokens: tuple[str, ...],
        base_url: str,
        keys: Sequence[str] = (),
        count: Callable[[bool], None] = _not_counted,
    ) -> None:
        self.keys, self.count = keys, count
        self._tokens = tokens
        self._bases = _bases(base_url)

    def genuine(self, path: str, form: list[Pair], signature: str, key: str | None = None) -> bool:
        """Whether Twilio signed this. ``path`` includes the query string, as it was sent.

        Both tokens count while the token is changed (T1c). ``key``: what the request says of the
        shared key that signed it, None where nothing; no token then counts, unless there is no key
        here. That header is not signed: no other hash than SHA-256 is taken for a key.
        Signed is the address, then each field in the order of its name and value; the address with
        a port or without one, and with the overrides after it, for a caller that signs it as it
        stands in our answers. Source: Twilio's page on webhook security, and its library, which
        sorts anew for each way: a forged form of 64 KB then costs a tenth of a second.
        """
        secrets, digest = self._tokens, "sha1"
        if key is not None and self.keys:
            strong = get_signature_algorithm(key) == HMAC_SHA256
            secrets, digest = tuple(self.keys) if strong else (), "sha256"
        told, given = "".join(map("".join, sorted(set(form)))), signature.encode()
        return any(
            hmac.compare_digest(_signed(secret, base + path + end + told, digest), given)
            for end, base, secret in product(("", OVERRIDES), self._bases, secrets)
        )


def _bases(base_url: str) -> list[str]:
    """The public address as it is set, with its port, and without: Twilio signs any of them."""
    parts = urlsplit(base_url)
    host = parts.netloc.partition(":")[0]
    port = parts.port or (443 if parts.scheme == "https" else 80)
    others = (parts._replace(netloc=each).geturl() for each in (f"{host}:{port}", host))
    return list(dict.fromkeys((base_url, *others)))


def _signed(secret: str, told: str, digest: str) -> bytes:
    return base64.b64encode(hmac.new(secret.encode(), told.encode(), digest).digest())


def _fields(environ: WSGIEnvironment, length: int) -> list[Pair] | None:
    """Every field of a request in its order, read as werkzeug reads them but only once.

    None where less has come than was sent: of what was cut nobody can say who signed it.
    """
    if length < 0 or environ.get("CONTENT_TYPE", "").partition(";")[0] != FORM:
        return list(request.form.items(multi=True))
    sent = environ["wsgi.input"].read(length)
    try:
        return fields.read(sent.decode()) if len(sent) == length else None
    except UnicodeDecodeError:
        return []


def _path(environ: WSGIEnvironment) -> str:
    """The path and query as they were sent, with every slash that there is."""
    path: str = environ["PATH_INFO"]
    query: str = environ.get("QUERY_STRING", "")
    path = quote(path.encode("latin-1"), safe=UNESCAPED)
    return f"{path}?{query}" if query else path


def _named(environ: WSGIEnvironment) -> list[Pair]:
    """Every field of the address."""
    query: str = environ.get("QUERY_STRING", "")
    # The server hands an address on as Latin-1 whatever it is (PEP 3333).
    return fields.read(query.encode("latin-1").decode(errors="replace"))


def _refused(environ: WSGIEnvironment, guard: Guard) -> Response | None:
    """Why nothing is done for this request; None for Twilio's own: ``g`` then has its fields."""
    told: str = environ.get("CONTENT_LENGTH", "")
    length = int(told) if told.isdecimal() else -1
    if length > MOST_BODY:
        return Response("too large", 413)
    in_address = environ["REQUEST_METHOD"] in IN_ADDRESS
    form = [] if in_address else _fields(environ, length)
    if form is None:
        return Response("this came cut off; send it again", 400)
    signature = environ.get("HTTP_X_TWILIO_SIGNATURE", "")
    key: str | None = environ.get(KEYED)
    if not signature or not guard.genuine(_path(environ), form, signature, key):
        # The test call tells by itself that it was refused.
        if signature and not fields.first(form).get("CallSid", "").startswith(TEST_CALLS):
            guard.count(key is not None and not guard.keys)
        return Response("the signature is missing or does not fit this address", 403)
    named = _named(environ)
    form = named if in_address else form
    sure = fields.sure(form)
    if "From" in sure:
        sure["From"] = one_form(sure["From"])
    environ[SIGNED] = fields.first(form).get("CallSid", "")
    g.form, g.query = sure, fields.first(named)
    return None


def signed(view: View[Given]) -> View[Given]:
    """Let only Twilio's own requests through: 403 and nothing done for any other.

    ``g.form`` holds the fields that say something for sure: one that comes twice, or is overlong,
    is as good as absent. ``From`` is there in E.164, or empty where it is no number. ``g.query``
    holds the first value of each name of the address.
    """

    @wraps(view)
    def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Response:
        if refused := _refused(request.environ, services_of(current_app, Guard)):
            return refused
        with Within(WEBHOOK):
            return view(*args, **kwargs)

    guarded.guarded = True  # type: ignore[attr-defined]
    return guarded


def blueprint(name: str) -> Blueprint:
    """A blueprint for webhooks."""
    return Blueprint(name, __name__)
