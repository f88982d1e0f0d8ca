"""One call, performed: the simulator asks the webhook, does what TwiML says, and asks again.

Owns the caller's end of a call, from the ring to the end. Never sleeps: time passes in the person
at the handset.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ivr.simulator import events
from ivr.simulator.account import SimulatedAccount
from ivr.simulator.delivery import TIMES
from ivr.simulator.dialling import dial
from ivr.simulator.events import Callee, Event, HangUp, Person, Press
from ivr.simulator.leg import Goes, Gone, Leg, fields
from ivr.simulator.recording import record
from ivr.simulator.recordings import SimulatedRecordings
from ivr.simulator.sounds import Sounds
from ivr.simulator.verbs import Verb, VerbError
from ivr.simulator.wire import Wire, WireError

SORRY = "We are sorry, an application error has occurred. Goodbye."


@dataclass(frozen=True, slots=True)
class WebhookAddresses:
    """Where the number's webhooks are. ``fallback`` and ``status`` may be empty."""

    voice: str
    fallback: str = ""
    status: str = ""


@dataclass
class Performance:
    """One call from the ring to its end. ``listener`` hears everything that happens.

    ``clock`` counts the seconds since the call was answered; ``sounds`` and ``recordings`` may be
    shared by calls. ``called`` is the number that was rung, the account's own unless given.
    ``star``: DialCallStatus where star was pressed before anybody had the call. Twilio's page on
    Dial has ``completed`` for star, which is also what is told of an adviser who refused; in its
    other words ``no-answer`` and ``canceled`` would fit as well.
    """

    account: SimulatedAccount
    wire: Wire
    addresses: WebhookAddresses
    person: Person
    callee: Callee
    caller: str
    listener: Callable[[Event], None]
    sid: str = field(default_factory=lambda: "CA" + uuid.uuid4().hex)
    clock: float = 0.0
    sounds: Sounds = field(default_factory=Sounds)
    recordings: SimulatedRecordings = field(default_factory=SimulatedRecordings)
    called: str = ""
    star: str = "completed"
    _owed: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    _late: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.called = self.called or self.account.number

    def run(self) -> None:
        """Perform the whole call."""
        self.listener(events.Answered(self.clock))
        try:
            self._perform_all(self.addresses.voice)
            by = "line"
        except Gone:
            by = "caller"
        except (WireError, VerbError) as error:
            by = self._fall_back(error)
        self._settle()
        way = self.wire.delivery.way("call")
        if way != "late":
            self._status("completed", TIMES[way])
        self.listener(events.Ended(self.clock, by))  # type: ignore[arg-type]
        if way == "late":
            self._status("completed")
        self._owed = self._late
        self._settle()

    # --- documents ---------------------------------------------------------------------------

    def _perform_all(self, url: str, **form: str) -> None:
        """Perform documents until none follows. Raises Gone, WireError, TwimlError."""
        steps = Leg(self, self._sent, self._tell, self._beyond).perform("POST", url, form)
        key = None
        while True:
            try:
                wait = steps.send(key)
            except StopIteration:
                return
            key = self._wait(wait.seconds, wait.speaking)

    def _beyond(self, verb: Verb, url: str) -> Goes:
        """What only the caller's end may perform."""
        match verb.name:
            case "Dial":
                told = dial(self, verb, url)
                return (verb["action"], told) if verb["action"] else None
            case "Record":
                return record(self, verb, url)
        return None

    def _tell(self, event: Event) -> None:
        self.listener(event)
        if isinstance(event, events.Asked):
            self._settle()

    # --- time --------------------------------------------------------------------------------

    def _wait(self, seconds: float, speaking: bool) -> str | None:
        """Let time pass until a key, or all of it. Raises Gone."""
        did = self.person.wait(seconds, speaking)
        self.clock += seconds if did is None else min(did.after, seconds)
        if isinstance(did, HangUp):
            raise Gone
        if isinstance(did, Press):
            self.listener(events.KeySent(self.clock, did.key))
            return did.key
        return None

    def deaf(self, seconds: float, heeded: str = "") -> bool:
        """See CallersEnd."""
        end = self.clock + seconds
        while self.clock < end:
            key = self._wait(end - self.clock, speaking=True)
            if key is None or (heeded and key == heeded):
                return key is not None
        return False

    # --- what is told beside the documents ---------------------------------------------------

    def owe(self, url: str, method: str, form: dict[str, str]) -> None:
        """Tell this address once the next document is there, or when the call is long over."""
        way = self.wire.delivery.way("recording")
        owed = self._late if way == "late" else self._owed
        owed.extend([(url, method, form)] * TIMES[way])

    def later(self, url: str, method: str, form: dict[str, str]) -> None:
        """Tell this address when the call is long over."""
        self._late.append((url, method, form))

    def _settle(self) -> None:
        """Tell whatever is owed; nobody waits for an answer."""
        while self._owed:
            url, method, form = self._owed.pop(0)
            self._notify(method, url, form, "recording status callback")

    def _status(self, status: str, times: int = 1) -> None:
        """Tell the status address so often that the call is over."""
        for _ in range(times if self.addresses.status else 0):
            form = {**self.fields(status), "CallDuration": str(round(self.clock))}
            self._notify("POST", self.addresses.status, form, "status callback")

    def _notify(self, method: str, url: str, form: dict[str, str], what: str) -> None:
        try:
            self.wire.ask(method, url, form, self.clock)
        except WireError as error:
            self.listener(events.Failed(self.clock, f"{what}: {error}"))

    # --- ends --------------------------------------------------------------------------------

    def _fall_back(self, error: WireError | VerbError) -> str:
        """Ask the fallback address once; without one, the caller hears that it failed."""
        self.listener(events.Failed(self.clock, str(error)))
        if self.addresses.fallback:
            try:
                form = {"ErrorCode": str(error.code), "ErrorUrl": self.addresses.voice}
                self._perform_all(self.addresses.fallback, **form)
                return "line"
            except Gone:
                return "caller"
            except (WireError, VerbError) as worse:
                self.listener(events.Failed(self.clock, str(worse)))
        self.listener(events.Said(self.clock, SORRY, "man", "en-US", 4.0))
        return "error"

    def _sent(self, form: Mapping[str, str]) -> dict[str, str]:
        return self.fields("in-progress" if form or self.clock else "ringing")

    def fields(self, status: str) -> dict[str, str]:
        """What Twilio sends with every request of a call."""
        ends = self.sid, self.account, self.caller, self.called
        return fields(*ends, CallStatus=status, Direction="inbound")
