"""One end of a call: documents are asked for and performed, verb after verb.

Owns the verbs that either end may perform. Lets no time pass itself: it says how long to wait,
and is told which key came. Behaviour as in Twilio's TwiML voice reference.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar
from urllib.parse import urljoin

from ivr.simulator import events
from ivr.simulator.account import SimulatedAccount
from ivr.simulator.events import Callee, Event, Person
from ivr.simulator.recordings import SimulatedRecordings
from ivr.simulator.rest import VERSION
from ivr.simulator.sounds import Sounds
from ivr.simulator.verbs import Verb, VerbError, parse
from ivr.simulator.wire import Wire

SAY_WORDS_A_SECOND = 2.5
MOST_DOCUMENTS = 1_000
"""Documents on one end of a call: past this the flow runs away without a caller."""


class Over(Exception):
    """The line has ended this end of the call."""


class Gone(Exception):
    """The caller has ended the call."""


class CallersEnd(Protocol):
    """The call as the caller's end has it. ``clock``: seconds since the caller was answered."""

    account: SimulatedAccount
    wire: Wire
    sounds: Sounds
    recordings: SimulatedRecordings
    clock: float
    sid: str
    caller: str
    person: Person
    callee: Callee

    star: str
    """DialCallStatus where star was pressed while a telephone rang; see ``Performance``."""

    def listener(self, event: Event, /) -> None:
        """Hears everything that happens."""

    def deaf(self, seconds: float, heeded: str = "") -> bool:
        """Let time pass for the caller until the key ``heeded``; whether it came. Raises Gone.

        All other keys are lost.
        """

    def fields(self, status: str) -> dict[str, str]:
        """What is sent with every request of this call."""

    def owe(self, url: str, method: str, form: dict[str, str]) -> None:
        """Tell this address once the call has gone on: a recording takes a while to be ready."""

    def later(self, url: str, method: str, form: dict[str, str]) -> None:
        """Tell this address when the call is long over."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Time that must pass now, while something is said or nothing is."""

    seconds: float
    speaking: bool


def fields(
    sid: str, account: SimulatedAccount, caller: str, called: str, **more: str
) -> dict[str, str]:
    """What Twilio sends with every request of a call."""
    return {
        "CallSid": sid,
        "AccountSid": account.sid,
        "From": caller,
        "Caller": caller,
        "To": called,
        "Called": called,
        "ApiVersion": VERSION,
        **more,
    }


Result = TypeVar("Result")
Steps = Generator[Wait, str | None, Result]
"""Waits, each answered with the key that cut it short, or None; then a result."""
Goes = tuple[str, dict[str, str]] | None
"""Where a verb leads: an address and what to send there; None goes on to the next verb."""


@dataclass
class Leg:
    """One end. ``fields`` are sent with each request, ``beyond`` performs what only this end may.

    ``beyond`` is given a verb and the address of its document. ``tell`` hears what happens.
    """

    call: CallersEnd
    fields: Callable[[Mapping[str, str]], dict[str, str]]
    tell: Callable[[Event], None]
    beyond: Callable[[Verb, str], Goes]

    def perform(self, method: str, url: str, form: Mapping[str, str]) -> Steps[bool]:
        """Perform documents until none follows; whether the last one was left to end by itself.

        False: a Hangup or Reject ended it. Raises WireError, TwimlError.
        """
        for _ in range(MOST_DOCUMENTS):
            verbs = self._ask(method, url, form)
            try:
                following = yield from self._document(verbs, url)
            except Over:
                return False
            if following is None:
                return True
            method, url, form = following
        raise VerbError(11200, "the flow runs on without end")

    def _ask(self, method: str, url: str, form: Mapping[str, str]) -> tuple[Verb, ...]:
        sent = {**self.fields(form), **form}
        answer = self.call.wire.ask(method, url, sent, self.call.clock)
        self.tell(events.Asked(self.call.clock, url, dict(form), answer.body))
        return parse(answer.body, answer.content_type)

    def _document(
        self, verbs: tuple[Verb, ...], url: str
    ) -> Steps[tuple[str, str, dict[str, str]] | None]:
        """Verb after verb; the first that leads elsewhere ends the document."""
        for verb in verbs:
            following = yield from self._verb(verb, url)
            if following is not None:
                target, form = following
                return verb["method"], urljoin(url, target) if target else url, form
        return None

    def _verb(self, verb: Verb, url: str) -> Steps[Goes]:
        match verb.name:
            case "Say" | "Play" | "Pause":
                for seconds in self._heard(verb):
                    yield from self._deaf(seconds)
            case "Gather":
                return (yield from self._gather(verb))
            case "Redirect":
                return verb.text, {}
            case "Hangup" | "Reject":
                raise Over
            case _:
                return self.beyond(verb, url)
        return None

    def _heard(self, verb: Verb) -> Iterator[float]:
        """Begin each thing that is heard; yield how long it lasts."""
        match verb.name:
            case "Pause":
                yield float(verb.number("length"))
            case "Say":
                seconds = len(verb.text.split()) / SAY_WORDS_A_SECOND
                for _ in range(max(1, verb.number("loop"))):
                    said = (verb.text, verb["voice"], verb["language"], seconds)
                    self.tell(events.Said(self.call.clock, *said))
                    yield seconds
            case "Play":
                sound, seconds = self.call.sounds.get(verb.text, self.call.wire)
                for _ in range(max(1, verb.number("loop"))):
                    self.tell(events.Played(self.call.clock, verb.text, sound, seconds))
                    yield seconds

    def _deaf(self, seconds: float) -> Steps[None]:
        """Let all of ``seconds`` pass: keys pressed outside a Gather are not heard."""
        end = self.call.clock + seconds
        while self.call.clock < end:
            if (yield Wait(end - self.call.clock, speaking=True)) is None:
                return

    def _gather(self, verb: Verb) -> Steps[Goes]:
        """Digits while or after something is said; a key interrupts it and starts the timer anew.

        With no digit the next verb follows, unless actionOnEmptyResult is set.
        """
        key = yield from self._interrupted(verb)
        digits, finish, most = "", verb["finishOnKey"], verb.number("numDigits")
        wait = Wait(float(verb["timeout"]), speaking=False)
        if key is None:
            self.tell(events.Listening(self.call.clock, wait.seconds))
            key = yield wait
        while key is not None and not (finish and key == finish):
            digits += key
            if most and len(digits) >= most:
                break
            key = yield wait
        if not digits and verb["actionOnEmptyResult"] != "true":
            return None
        return verb["action"], {"Digits": digits, "msg": "Gather End"}

    def _interrupted(self, verb: Verb) -> Steps[str | None]:
        """What is nested in a Gather is heard until the first key."""
        for inner in verb.inside:
            for seconds in self._heard(inner):
                key = yield Wait(seconds, speaking=True)
                if key is not None:
                    return key
        return None
