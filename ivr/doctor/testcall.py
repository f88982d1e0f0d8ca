"""A call that nobody makes: the ring of a call, signed as Twilio signs it, to the public address.

Owns the request and what must come back: the line's greeting, in words or as its recording. The
journal leaves such calls out (``store.journal``), so that nobody counts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ivr.config import Settings
from ivr.exchange.delivery import reliable
from ivr.exchange.verbs import TwimlError, Verb, parse
from ivr.exchange.wire import UNTRUSTED, Http, Wire, WireError
from ivr.line import Line
from ivr.speech.library import Library
from ivr.store.journal import TEST_CALLS

TEST_CALL = TEST_CALLS.ljust(34, "1")
WITHHELD = "+266696687"
"""How a number that is not shown arrives: no limit and no look-up holds for it."""
REFUSED = "HTTP 403"
ELSEWHERE = (
    "What answers at AUDIO_BASE_URL must pass on /audio/ of this line (docs/settings.md). Until it "
    "does, take the setting away: the line then serves its recordings itself."
)


class TestCallError(Exception):
    """The test call was not answered as it should be: why, and ``do``: what to do."""

    __test__ = False
    """It is no test, whatever a collector of tests thinks of its name."""

    def __init__(self, says: str, do: str) -> None:
        self.do = do
        super().__init__(says)


def ring(settings: Settings, library: Library, line: Line) -> str:
    """Ring the line at its public address; the greeting that was heard. Raises TestCallError."""
    token = settings.twilio_auth_token.get_secret_value().split(",")[0]
    wire = Wire(Http(), token, reliable())
    form = {
        "CallSid": TEST_CALL,
        "AccountSid": settings.twilio_account_sid,
        "From": WITHHELD,
        "To": settings.line_number,
        "CallStatus": "ringing",
        "Direction": "inbound",
    }
    try:
        answer = wire.ask("POST", f"{settings.base_url}/voice", form)
        verbs = parse(answer.body, answer.content_type)
        heard = list(_words(verbs, library))
        _fetch(wire, _played(verbs), settings)
    except WireError as error:
        raise TestCallError(str(error), _do(error)) from error
    except TwimlError as error:
        do = "Something before the line answers in its place: look there."
        raise TestCallError(str(error), do) from error
    greeting = line.words(line.languages[0]).say("greeting")
    if not any(greeting in each for each in heard):
        do = "Ring the line and listen; then restart it (docs/operations.md)."
        raise TestCallError("the greeting was not heard", do)
    return greeting


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
            "Set TWILIO_AUTH_TOKEN to the account's, and PUBLIC_BASE_URL to the address that "
            "Twilio asks: they are what the signature is made from."
        )
    if error.code == UNTRUSTED:
        return "Twilio will not ask this address either. See what is said of the certificate."
    return "See whether the line runs, and whether PUBLIC_BASE_URL leads to it from outside."


def _words(verbs: tuple[Verb, ...], library: Library) -> Iterator[str]:
    """Everything that is said, and the words of everything that is played."""
    for verb in verbs:
        if verb.name == "Say":
            yield verb.text
        if verb.name == "Play" and (clip := library.by_file(verb.text.rpartition("/")[2])):
            yield clip.words
        yield from _words(verb.inside, library)


def _played(verbs: tuple[Verb, ...]) -> Iterator[str]:
    for verb in verbs:
        if verb.name == "Play":
            yield verb.text
        yield from _played(verb.inside)
