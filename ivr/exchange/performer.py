"""One call, performed: the exchange asks the webhook, does what TwiML says, and asks again.

Owns the behaviour of every verb, as Twilio's TwiML voice reference describes it. Never sleeps:
time passes in the person at the handset.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

from ivr.exchange import events
from ivr.exchange.account import Account
from ivr.exchange.events import Callee, Event, HangUp, Person, Press
from ivr.exchange.sounds import Sounds
from ivr.exchange.verbs import TwimlError, Verb, parse
from ivr.exchange.wire import Wire, WireError

SAY_WORDS_A_SECOND = 2.5
MOST_DOCUMENTS = 1_000
"""Documents in one call: past this the flow runs away without a caller."""
SORRY = "We are sorry, an application error has occurred. Goodbye."


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the number's webhooks are. ``fallback`` and ``status`` may be empty."""

    voice: str
    fallback: str = ""
    status: str = ""


class Gone(Exception):
    """The caller has ended the call."""


class Over(Exception):
    """The line has ended the call."""


@dataclass
class Performance:
    """One call from the ring to its end. ``listener`` hears everything that happens.

    ``clock`` counts the seconds since the call was answered; ``sounds`` may be shared by calls.
    """

    account: Account
    wire: Wire
    addresses: Addresses
    person: Person
    callee: Callee
    caller: str
    listener: Callable[[Event], None]
    sid: str = field(default_factory=lambda: "CA" + uuid.uuid4().hex)
    clock: float = 0.0
    sounds: Sounds = field(default_factory=Sounds)

    def run(self) -> None:
        """Perform the whole call."""
        self.listener(events.Answered(self.clock))
        try:
            self._perform_all(self.addresses.voice)
            by = "line"
        except Gone:
            by = "caller"
        except (WireError, TwimlError) as error:
            by = self._fall_back(error)
        self._status("completed")
        self.listener(events.Ended(self.clock, by))  # type: ignore[arg-type]

    # --- documents ---------------------------------------------------------------------------

    def _perform_all(self, url: str, **form: str) -> None:
        """Perform documents until none follows. Raises Gone, WireError, TwimlError."""
        method = "POST"
        for _ in range(MOST_DOCUMENTS):
            verbs = self._ask(method, url, form)
            following = self._document(verbs, url)
            if following is None:
                return
            method, url, form = following
        raise TwimlError(11200, "the flow runs on without end")

    def _ask(self, method: str, url: str, form: dict[str, str]) -> tuple[Verb, ...]:
        status = "in-progress" if form or self.clock else "ringing"
        answer = self.wire.ask(method, url, {**self._fields(status), **form}, self.clock)
        self.listener(events.Asked(self.clock, url, dict(form), answer.body))
        return parse(answer.body, answer.content_type)

    def _document(
        self, verbs: tuple[Verb, ...], url: str
    ) -> tuple[str, str, dict[str, str]] | None:
        """Verb after verb; the first that leads elsewhere ends the document."""
        for verb in verbs:
            try:
                following = self._verb(verb)
            except Over:
                return None
            if following is not None:
                target, form = following
                return verb["method"], urljoin(url, target) if target else url, form
        return None

    def _verb(self, verb: Verb) -> tuple[str, dict[str, str]] | None:
        """Perform one verb; the address and fields to ask next, or None to go on."""
        match verb.name:
            case "Say" | "Play" | "Pause":
                # Keys pressed outside a Gather are not heard.
                for seconds in self._heard(verb):
                    self._deaf(seconds)
            case "Gather":
                return self._gather(verb)
            case "Redirect":
                return verb.text, {}
            case "Dial":
                return self._dial(verb)
            case "Record":
                return self._record(verb)
            case "Hangup" | "Reject":
                raise Over
        return None

    # --- hearing -----------------------------------------------------------------------------

    def _heard(self, verb: Verb) -> Iterator[float]:
        """Begin each thing that is heard; yield how long it lasts."""
        match verb.name:
            case "Pause":
                yield float(verb.number("length"))
            case "Say":
                seconds = len(verb.text.split()) / SAY_WORDS_A_SECOND
                for _ in range(max(1, verb.number("loop"))):
                    said = (verb.text, verb["voice"], verb["language"], seconds)
                    self.listener(events.Said(self.clock, *said))
                    yield seconds
            case "Play":
                sound, seconds = self.sounds.get(verb.text, self.wire)
                for _ in range(max(1, verb.number("loop"))):
                    self.listener(events.Played(self.clock, verb.text, sound, seconds))
                    yield seconds

    def _wait(self, seconds: float, speaking: bool) -> str | None:
        """Let time pass until a key, or all of it. Raises Gone."""
        did = self.person.wait(seconds, speaking)
        self.clock += seconds if did is None else min(did.after, seconds)
        if isinstance(did, HangUp):
            raise Gone
        if isinstance(did, Press):
            self.listener(events.Key(self.clock, did.key))
            return did.key
        return None

    def _deaf(self, seconds: float) -> None:
        """Let all of ``seconds`` pass; keys are lost."""
        end = self.clock + seconds
        while self.clock < end:
            if self._wait(end - self.clock, speaking=True) is None:
                return

    # --- verbs -------------------------------------------------------------------------------

    def _gather(self, verb: Verb) -> tuple[str, dict[str, str]] | None:
        """Digits while or after something is said; a key interrupts it and starts the timer anew.

        With no digit the next verb follows, unless actionOnEmptyResult is set.
        """
        key = self._interrupted(verb)
        digits, finish, most = "", verb["finishOnKey"], verb.number("numDigits")
        wait = float(verb["timeout"])
        if key is None:
            self.listener(events.Listening(self.clock, wait))
            key = self._wait(wait, speaking=False)
        while key is not None and not (finish and key == finish):
            digits += key
            if most and len(digits) >= most:
                break
            key = self._wait(wait, speaking=False)
        if not digits and verb["actionOnEmptyResult"] != "true":
            return None
        return verb["action"], {"Digits": digits, "msg": "Gather End"}

    def _interrupted(self, verb: Verb) -> str | None:
        """What is nested in a Gather is heard until the first key."""
        for inner in verb.inside:
            for seconds in self._heard(inner):
                key = self._wait(seconds, speaking=True)
                if key is not None:
                    return key
        return None

    def _dial(self, verb: Verb) -> tuple[str, dict[str, str]] | None:
        """Ring a number; ask the action how that went, or without one go on to the next verb."""
        number = verb.inside[0].text
        ring = verb.number("timeout")
        self.listener(events.Dialling(self.clock, number, verb["callerId"] or self.caller))
        answer = self.callee.ring(number, ring)
        form = {"DialCallSid": "CA" + uuid.uuid4().hex}
        if answer == "answer":
            answer = "completed"
            form["DialCallDuration"] = str(round(self._talk(verb.number("timeLimit"))))
        elif answer == "no-answer":
            self.clock += ring
        self.listener(events.DialEnded(self.clock, answer))
        return (verb["action"], {**form, "DialCallStatus": answer}) if verb["action"] else None

    def _talk(self, limit: int) -> float:
        """The two talk; how long. Raises Gone when it was the caller who ended it."""
        self.listener(events.Bridged(self.clock))
        talk = self.callee.talk(self.person, limit)
        self.clock += talk.seconds
        if talk.caller_gone:
            raise Gone
        return talk.seconds

    def _record(self, verb: Verb) -> tuple[str, dict[str, str]]:
        """Record until a key, or as long as may be. Its own address is asked without an action."""
        most = float(verb.number("maxLength"))
        self.listener(events.Recording(self.clock, most))
        began = self.clock
        key = self._wait(most, speaking=False)
        sid = "RE" + uuid.uuid4().hex
        return verb["action"], {
            "RecordingSid": sid,
            "RecordingUrl": f"https://api.twilio.com/2010-04-01/Accounts/{self.account.sid}"
            f"/Recordings/{sid}",
            "RecordingDuration": str(round(self.clock - began)),
            "Digits": key or "",
        }

    # --- ends --------------------------------------------------------------------------------

    def _fall_back(self, error: WireError | TwimlError) -> str:
        """Ask the fallback address once; without one, the caller hears that it failed."""
        self.listener(events.Failed(self.clock, str(error)))
        if self.addresses.fallback:
            try:
                form = {"ErrorCode": str(error.code), "ErrorUrl": self.addresses.voice}
                self._perform_all(self.addresses.fallback, **form)
                return "line"
            except Gone:
                return "caller"
            except (WireError, TwimlError) as worse:
                self.listener(events.Failed(self.clock, str(worse)))
        self.listener(events.Said(self.clock, SORRY, "man", "en-US", 4.0))
        return "error"

    def _status(self, status: str) -> None:
        """Tell the status address that the call is over; nobody waits for its answer."""
        if not self.addresses.status:
            return
        form = {**self._fields(status), "CallDuration": str(round(self.clock))}
        try:
            self.wire.ask("POST", self.addresses.status, form, self.clock)
        except WireError as error:
            self.listener(events.Failed(self.clock, f"status callback: {error}"))

    def _fields(self, status: str) -> dict[str, str]:
        """What Twilio sends with every request of a call."""
        return {
            "CallSid": self.sid,
            "AccountSid": self.account.sid,
            "From": self.caller,
            "Caller": self.caller,
            "To": self.account.number,
            "Called": self.account.number,
            "CallStatus": status,
            "Direction": "inbound",
            "ApiVersion": "2010-04-01",
        }
