"""A call that nobody makes: signed as Twilio signs it, to the public address, a few keys long.

Owns the requests and what must come back: the line's greeting, in words or as its recording, and
after each key an address for the next. The journal leaves such calls out (``store.journal``), so
that nobody counts them; which keys are pressed, so that nothing is kept, is in ``ways``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import parse_qsl, urldefrag, urlsplit

from ivr.config import Settings
from ivr.health.doctor import changed
from ivr.health.doctor.checkup import Checkup
from ivr.health.doctor.ways import presses
from ivr.simulator.delivery import reliable
from ivr.simulator.verbs import Verb, VerbError, parse
from ivr.simulator.wire import UNTRUSTED, Http, Transport, Wire, WireError
from ivr.speech.library import Library
from ivr.store.journal import TEST_CALLS

TEST_CALL = TEST_CALLS.ljust(34, "1")
WITHHELD = "+266696687"
"""How a number that is not shown arrives: no limit and no look-up holds for it."""
LIKE_TWILIOS = {"FromCity": "", "CallerName": "Zoë & Son+"}
"""Twilio sends fields that are empty, and names in any letters, and signs those too: a proxy that
leaves one out or writes it otherwise makes the line refuse every call."""
REFUSED = "HTTP 403"
ELSEWHERE = (
    "What answers at AUDIO_BASE_URL must pass on /audio/ of this line (docs/settings.md). Until it "
    "does, take the setting away: the line then serves its recordings itself."
)


IN_ITS_PLACE = "Something before the line answers in its place: look there."
AS_IT_IS = (
    "Callers hear the line, and no key works. Set the proxy so that it passes on path and query "
    "sign for sign as they came (docs/connect.md)."
)
OTHER_ADDRESS = (
    "Give the web side and the worker the same PUBLIC_BASE_URL; or something before the line "
    "changes its answers: look there."
)


class TestCallError(Exception):
    """The test call was not answered as it should be: why, and ``do``: what to do."""

    __test__ = False
    """It is no test, whatever a collector of tests thinks of its name."""

    def __init__(self, says: str, do: str) -> None:
        self.do = do
        super().__init__(says)


def ring(checkup: Checkup) -> str:
    """Ring the line at its public address and press a few keys; the greeting that was heard.

    Raises TestCallError.
    """
    asked = _Asked(checkup.settings)
    verbs = asked.answer(f"{checkup.settings.base_url}/voice", {"CallStatus": "ringing"}, _do)
    heard = list(_words(verbs, checkup.library()))
    _fetch(asked.wire, _played(verbs), checkup.settings)
    greeting = checkup.line.words(checkup.line.languages[0]).say("greeting")
    if not any(greeting in each for each in heard):
        do = "Ring the line and listen; then restart it (docs/operations.md)."
        raise TestCallError("the greeting was not heard", do)
    _press(asked, verbs, checkup)
    return greeting


class _Asked:
    """The line, asked as Twilio asks it during the test call."""

    def __init__(self, settings: Settings) -> None:
        self._token = settings.auth_token
        self._key = next(iter(settings.webhook_keys), "")
        self._http = Http()
        self.wire = self._signer(self._http)
        self._form = {
            "CallSid": TEST_CALL,
            "AccountSid": settings.twilio_account_sid,
            "From": WITHHELD,
            "To": settings.line_number,
            "Direction": "inbound",
            **LIKE_TWILIOS,
        }

    def answer(
        self, url: str, more: Mapping[str, str], do: Callable[[WireError], str]
    ) -> tuple[Verb, ...]:
        """What an address answers. Raises TestCallError; ``do``: what to do, by what went wrong."""
        try:
            answer = self.wire.ask("POST", url, {**self._form, **more})
            return parse(answer.body, answer.content_type)
        except WireError as error:
            raise TestCallError(str(error), do(error)) from error
        except VerbError as error:
            raise TestCallError(str(error), IN_ITS_PLACE) from error

    def changed(self, url: str, more: Mapping[str, str]) -> str:
        """What becomes of this address on the way: see ``changed``."""
        return changed.what(urldefrag(url)[0], {**self._form, **more}, self._http, self._signer)

    def _signer(self, transport: Transport) -> Wire:
        return Wire(transport, self._token, reliable(), self._key)


def _press(asked: _Asked, verbs: tuple[Verb, ...], checkup: Checkup) -> None:
    """Follow the addresses that the line gives out, then wait once. Raises TestCallError."""
    for key, leads in presses(checkup.line, checkup.now):
        address = _own(_next(verbs, "Gather"), checkup)
        if _named(address).get("v", "") != checkup.line.version:
            return  # Words were published just now: their menus may be others.
        verbs = _followed(asked, address, {"Digits": key})
        if _named(_next(verbs, "Gather")).get("at") != leads:
            raise TestCallError(f"key {key} was answered as if it were another", IN_ITS_PLACE)
    _followed(asked, _own(_next(verbs, "Redirect"), checkup), {})


def _own(address: str, checkup: Checkup) -> str:
    """An address that was given out, if it is the line's own. Raises TestCallError."""
    if not address.startswith(f"{checkup.settings.base_url}/voice?"):
        says = f"the line gives out “{urldefrag(address)[0]}”, which is no address of its own"
        raise TestCallError(says, OTHER_ADDRESS)
    return address


def _followed(asked: _Asked, address: str, keys: Mapping[str, str]) -> tuple[Verb, ...]:
    """What an address answers that the line gave out. Raises TestCallError.

    Where it is refused, with what was made of the address on the way.
    """
    more = {"CallStatus": "in-progress", **keys}
    try:
        return asked.answer(address, more, _do)
    except TestCallError as error:
        if REFUSED not in str(error):
            raise
        says = f"keys are refused ({REFUSED}), as something before the line changes the addresses"
        raise TestCallError(f"{says}: it {asked.changed(address, more)}", AS_IT_IS) from error


def _next(verbs: tuple[Verb, ...], name: str) -> str:
    """Where the line is asked next: after a key (``Gather``) or without one (``Redirect``)."""
    found = next((verb for verb in verbs if verb.name == name), None)
    if found is None:
        return ""
    return found["action"] if name == "Gather" else found.text


def _named(address: str) -> dict[str, str]:
    """The fields of an address."""
    return dict(parse_qsl(urlsplit(address).query))


def _fetch(wire: Wire, urls: Iterable[str], settings: Settings) -> None:
    """Have each recording, from here or from the operator's own address. Raises TestCallError."""
    for url in urls:
        try:
            wire.fetch(url)
        except WireError as error:
            here = url.startswith(f"{settings.base_url}/")
            do = _do(error) if here else "Callers hear no recording. " + ELSEWHERE
            raise TestCallError(f"{url}: {error}", do) from error


def _do(error: WireError) -> str:
    if REFUSED in str(error):
        return (
            "Set TWILIO_AUTH_TOKEN to the account's (TWILIO_WEBHOOK_KEY to the shared key, if you "
            "use one), and PUBLIC_BASE_URL to the address that Twilio asks: they are what the "
            "signature is made from. Where they are right, something before the line changes or "
            "adds to the address or the form: it must pass them on as they came (docs/connect.md)."
        )
    if error.code == UNTRUSTED:
        return "Twilio will not ask this address either. See what is said of the certificate."
    return "See whether the line runs, and whether PUBLIC_BASE_URL leads to it from outside."


def _words(verbs: tuple[Verb, ...], library: Library) -> Iterator[str]:
    """Everything that is said, and the words of everything that is played."""
    for verb in verbs:
        if verb.name == "Say":
            yield verb.text
        if verb.name == "Play" and (prompt := library.by_file(verb.text.rpartition("/")[2])):
            yield prompt.words
        yield from _words(verb.inside, library)


def _played(verbs: tuple[Verb, ...]) -> Iterator[str]:
    for verb in verbs:
        if verb.name == "Play":
            yield verb.text
        yield from _played(verb.inside)
