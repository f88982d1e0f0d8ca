"""What happens in a call, as the simulator reports it, and who is at the two ends of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, ``at`` seconds after the call was answered."""

    at: float


@dataclass(frozen=True, slots=True)
class Answered(Event):
    """The line has answered."""


@dataclass(frozen=True, slots=True)
class Asked(Event):
    """A webhook was asked; ``form`` is what only this request carried."""

    url: str
    form: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Played(Event):
    """A recording begins."""

    url: str
    sound: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Said(Event):
    """Twilio's own voice begins."""

    words: str
    voice: str
    language: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Listening(Event):
    """The line has said what it has to say and waits for a key."""

    seconds: float


@dataclass(frozen=True, slots=True)
class KeySent(Event):
    """The caller has pressed a key."""

    key: str


@dataclass(frozen=True, slots=True)
class Dialling(Event):
    """Another telephone rings."""

    number: str
    caller_id: str


@dataclass(frozen=True, slots=True)
class AdviserHears(Event):
    """Whoever picked up hears a recording (its ``url``) or Twilio's voice (its ``words``)."""

    number: str
    url: str
    words: str


@dataclass(frozen=True, slots=True)
class Bridged(Event):
    """It was answered, and the call was taken: the two can talk."""

    number: str = ""


@dataclass(frozen=True, slots=True)
class DialEnded(Event):
    """The other telephones are gone: completed, busy, no-answer, failed or canceled.

    Completed without Bridged before it: somebody picked up, and nobody took the call.
    """

    outcome: str


@dataclass(frozen=True, slots=True)
class Recording(Event):
    """The caller is recorded, for at most ``seconds``."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Recorded(Event):
    """A recording was kept; ``key`` ended it: a key, "hangup", or empty for silence or length."""

    sid: str
    seconds: float
    key: str


@dataclass(frozen=True, slots=True)
class Failed(Event):
    """Twilio would report this error."""

    words: str


@dataclass(frozen=True, slots=True)
class Ended(Event):
    """The call is over: ended by the caller, by the line, or by an error."""

    by: Literal["caller", "line", "error"]


@dataclass(frozen=True, slots=True)
class Press:
    """The person presses this key, ``after`` seconds of the wait."""

    key: str
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class HangUp:
    """The person ends the call, ``after`` seconds of the wait."""

    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Speak:
    """The person speaks for ``seconds``, while recorded."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Talk:
    """How long the two talked, and whether the caller ended it: gone, or with star alone."""

    seconds: float
    caller_gone: bool
    star: bool = False


class Person(Protocol):
    """Whoever holds the caller's handset."""

    def hears(self, words: str, seconds: float) -> None:
        """Words begin that last ``seconds``. Always told before the wait that may cut them off."""

    def wait(self, seconds: float, speaking: bool) -> Press | HangUp | None:
        """What they do in the next ``seconds``, while the line speaks or is quiet. None: nothing.

        A live person takes that long to answer; a scripted one answers at once, and the
        simulator's clock goes on by itself.
        """

    def recorded(self, seconds: float) -> Press | HangUp | Speak | None:
        """What they do in the next ``seconds`` of a recording. None: they are silent.

        Speech may last longer than ``seconds``.
        """


class Callee(Protocol):
    """Whoever is rung by a Dial: all of its telephones."""

    @property
    def glance(self) -> float:
        """Seconds after which it must be asked again, as it may have done something meanwhile."""

    def dialled(self, number: str) -> None:
        """This telephone begins to ring: whatever was done before is over."""

    def ring(self, number: str, seconds: float) -> str:
        """How it answers within ``seconds``: answer, busy, no-answer, off, failed or canceled.

        Empty: nothing was done yet, and it may be asked again.
        """

    def wait(self, number: str, seconds: float, speaking: bool) -> Press | HangUp | None:
        """What whoever picked up does in the next ``seconds``, before being put through."""

    def talk(self, person: Person, seconds: float) -> Talk:
        """Talk for at most ``seconds``."""
