"""The vocabulary of a call: where a caller is, what was heard, what the line does next.

Owns the words that every other package uses. Holds no wording, no rule and no I/O. What is made or
copied at every step is a named tuple: a frozen dataclass takes five times as long.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from ivr.line.ring_groups import RING_SECONDS, Rings

Speed = Literal["normal", "slow"]
CallerKind = Literal["mobile", "landline", "withheld", "foreign"]

MOST_FIGURES = 2
"""Figures of a part: no topic has more parts."""
MAX_TRAIL = 14
"""How many steps back are remembered: deeper than the line itself, so the address stays short."""


class Call(NamedTuple):
    """Where one caller is. Everything the next step needs, and nothing else.

    ``at`` is a node; the line's own nodes may name what they are about after a dash
    (``text-complaint``). ``trail`` holds the nodes that star leads back to, oldest first, each
    with its part after a dot (``complaint.2``). ``silences`` and ``slips`` count at this node,
    ``slipped`` in the whole call; ``offered`` is true once silence alone has led to a person, and
    ``briefed`` once the advice in short was read because of it;
    ``typed`` is the number that the caller typed, ``form`` their answers to a form, ``recording``
    the carrier's id of what they recorded and ``wish`` how they want to be rung back; all leave
    this process only sealed. ``last`` is the key that led here and ``moment`` when it came (see
    Facts); ``news`` names what was said because of it, to be said again where it came twice.
    ``rung`` names the advisers whose telephones were tried, and ``since`` is the moment at which
    the last of them began to ring (0: none does); ``stopped`` is true once that ended so early
    that it was taken for star; ``tell`` is whether an adviser may be told what was heard: yes, no,
    or empty before that was asked; ``nines`` counts 9s in a row. ``who`` is the member of staff who
    has signed in on the staff line, which leaves this process only sealed, too.
    """

    at: str = "main"
    part: int = 0
    lang: str = "en"
    speed: Speed = "normal"
    wait: bool = False
    silences: int = 0
    slips: int = 0
    slipped: int = 0
    offered: bool = False
    briefed: bool = False
    trail: tuple[str, ...] = ()
    typed: str = ""
    form: str = ""
    recording: str = ""
    wish: str = ""
    rung: tuple[str, ...] = ()
    since: int = 0
    stopped: bool = False
    tell: str = ""
    nines: int = 0
    who: str = ""
    last: str = ""
    moment: int = 0
    news: str = ""
    version: str = ""

    def stay(self, **changes: object) -> Call:
        """The same call with some fields changed."""
        return self._replace(**changes)  # type: ignore[arg-type]

    def go(self, node: str) -> Call:
        """Enter ``node``, remembering this one so that star leads back to it.

        Entering a node that is already on the trail cuts the trail back to it: nobody walks in
        circles, and the trail stays short.
        """
        here = f"{self.at}.{self.part}" if self.part else self.at
        trail = self.trail if node == self.at else (*self.trail, here)
        seen = [step.partition(".")[0] for step in trail]
        if node in seen:
            trail = trail[: seen.index(node)]
        return self._replace(at=node, part=0, silences=0, slips=0, trail=trail[-MAX_TRAIL:])

    def back(self, start: str) -> Call:
        """One step back along the trail, to the part that was heard; at its end, ``start``."""
        step, trail = (self.trail[-1], self.trail[:-1]) if self.trail else (start, ())
        node, _, part = step.partition(".")
        # A made-up address may hold anything here; what is no part is the first.
        known = int(part) if part.isascii() and part.isdigit() and len(part) <= MOST_FIGURES else 0
        return self._replace(at=node, part=known, silences=0, slips=0, trail=trail)


@dataclass(frozen=True, slots=True)
class Totals:
    """A day in numbers. ``heard``: callers who heard advice to its end; the last two wait now."""

    calls: int
    heard: int
    talks: int
    texts: int
    callbacks: int
    messages: int


class Facts(NamedTuple):
    """What is true outside the call at this moment.

    ``now`` is London time; ``opens`` the next moment an adviser is there (None: not known);
    ``number`` the caller's own number in E.164 where it is a UK mobile, else empty; ``moment``
    milliseconds on a clock that only compares with itself (None: there is none). ``ringable`` is
    the caller's own number where it can be rung back; ``rings`` who is rung now, by name, one
    group after another, and ``speakers`` pairs of a language and who of them speaks it;
    ``announcement`` what staff recorded for today; ``often`` whether this number has rung very
    often within the hour, ``resume`` the topic that its last call was in within ten minutes (both
    of a ring only); ``totals`` those of today, once staff asked for them.
    """

    now: datetime
    open: bool
    opens: datetime | None
    caller: CallerKind
    number: str = ""
    moment: int | None = None
    ringable: str = ""
    rings: Rings = (("first",),)
    announcement: str = ""
    often: bool = False
    resume: str = ""
    totals: Totals | None = None
    speakers: frozenset[tuple[str, str]] = frozenset()


# --- heard -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The call has just been answered."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """Keys that were pressed: one in a menu, several where a number is typed."""

    keys: str


@dataclass(frozen=True, slots=True)
class NoInput:
    """The wait ran out, or a part was read to its end, without a key."""


@dataclass(frozen=True, slots=True)
class EffectDone:
    """An effect or a transfer has ended, with this outcome."""

    effect: Effect | Transfer
    outcome: str


@dataclass(frozen=True, slots=True)
class RecordingDone:
    """The caller was recorded: the carrier's id (empty: only silence), and the last key."""

    recording: str
    seconds: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller has gone: while they were being recorded, with the carrier's id of what they said.

    Heard of anything that was recorded and that nobody is there any more to be asked about.
    """

    recording: str = ""
    seconds: int = 0


Event = CallStarted | KeyPressed | NoInput | EffectDone | RecordingDone | HungUp


# --- turn ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence of ``ms`` milliseconds between two things said."""

    ms: int


@dataclass(frozen=True, slots=True)
class InLanguage:
    """Words said in ``lang``, whatever the call's language is."""

    lang: str
    words: str


@dataclass(frozen=True, slots=True)
class Playback:
    """What was recorded by telephone: the caller's own words, or today's announcement."""

    recording: str


Unit = str | InLanguage | Pause | Playback
"""One thing said: words that have one recording, a pause, or a recording made by telephone."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Wait ``seconds`` for a key after the last word; ``many``: for a number, ended with hash."""

    seconds: int
    many: bool = False


@dataclass(frozen=True, slots=True)
class Transfer:
    """Ring a ring group for at most ``ring`` seconds, and come back with the outcome.

    What is said before can be interrupted with a key, and star stops the ringing: ``stopped``, or
    ``early``, where it is not known whether it was star or a telephone that is off.
    ``who``: the advisers whose telephones ring together. ``about`` is the topic that whoever
    answers is told of; with ``tell`` false they hear only that it is a caller.
    """

    ring_group: str = "adviser"
    ring: int = RING_SECONDS
    who: tuple[str, ...] = ("first",)
    about: str = ""
    tell: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """Record the caller for at most ``most`` seconds; ``silence`` seconds of quiet end it."""

    most: int = 180
    silence: int = 10


@dataclass(frozen=True, slots=True)
class End:
    """End the call. Only ever after a spoken warning and time to press a key (R33)."""


Then = Listen | Transfer | Record | End


@dataclass(frozen=True, slots=True)
class SendText:
    """Queue the text of ``topic`` in ``lang`` for the UK mobile ``number`` (E.164).

    ``body``: what was worked out for this caller, in place of the topic's own text.
    """

    topic: str
    lang: str
    number: str
    body: str = ""


AGAIN = "again-"
"""How an outcome begins where somebody was waiting to be rung already, before their digits."""
FREE = "free:"
"""How an outcome begins that names who is to be rung."""


def free(names: Iterable[str]) -> str:
    """The outcome that these advisers are held for a call, and are to be rung."""
    return FREE + "~".join(names)


@dataclass(frozen=True, slots=True)
class HoldRingGroup:
    """Take one line of a ring group, and those advisers of it who are rung together.

    ``groups``: who may be rung, the first of these groups first; ``why`` the last telephone that
    rang for this caller led to no talk, empty where none has rung yet. The outcome names who is
    free and now held for this call (see ``free``), or is ``full`` (no node), ``talking`` (each of
    them is rung or talks for another caller) or ``failed``: nothing could be counted.
    """

    ring_group: str = "adviser"
    groups: tuple[tuple[str, ...], ...] = ()
    why: str = ""

    def rings(self, outcome: str) -> tuple[str, ...]:
        """Who is rung after this outcome; where nothing could be counted, the first group."""
        if outcome.startswith(FREE):
            return tuple(outcome.removeprefix(FREE).split("~"))
        return next(iter(self.groups), ())


@dataclass(frozen=True, slots=True)
class KeepVoicemail:
    """Keep what was recorded for the advisers: ``kept``, ``gone``, ``full`` or ``failed``.

    ``gone``: the caller has deleted it already; ``full``: enough of this call are kept. ``key``
    ended the recording. ``instead``: an earlier one, which is dropped once this one is kept.
    """

    recording: str
    seconds: int
    about: str
    lang: str
    key: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class DeleteVoicemail:
    """Delete what was recorded, before an adviser hears it: ``deleted`` or ``failed``."""

    recording: str


@dataclass(frozen=True, slots=True)
class KeepCallback:
    """Keep a request to be rung back at ``number`` (E.164): its reference, ``full`` or ``failed``.

    The reference stands after ``AGAIN`` where this caller waited already, and still does under the
    same digits; ``full``: as many are kept of this call, caller or number as may be.

    ``leave``: whether a message may be left; ``saying``: who we say we are (``line`` or
    ``friend``); ``best``: when to ring (``any``, ``morning`` or ``afternoon``). ``read``: the
    adviser reads out the text of ``about``, or ``body``, what was worked out for this caller.
    """

    number: str
    leave: bool
    saying: str
    best: str
    lang: str
    about: str
    read: bool = False
    body: str = ""


# --- what staff ask for, on a line of their own: each is ``done`` or ``failed`` ------------------


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Whether a staff number and a PIN go together: ``ok``, ``wrong``, ``locked`` or ``failed``."""

    number: str
    pin: str


@dataclass(frozen=True, slots=True)
class SetHours:
    """Open or close the line by hand, until then."""

    opened: bool
    until: datetime


@dataclass(frozen=True, slots=True)
class KeepUsualHours:
    """Let the usual hours hold again."""


@dataclass(frozen=True, slots=True)
class KeepAnnouncement:
    """Keep a recording as the announcement of today."""

    recording: str


@dataclass(frozen=True, slots=True)
class WithdrawAnnouncement:
    """Take the announcement away."""


@dataclass(frozen=True, slots=True)
class ReadTotals:
    """Read the totals of today, which are a fact once it is done."""


CallerEffect = SendText | HoldRingGroup | KeepVoicemail | DeleteVoicemail | KeepCallback
StaffEffect = (
    CheckPin | SetHours | KeepUsualHours | KeepAnnouncement | WithdrawAnnouncement | ReadTotals
)
Effect = CallerEffect | StaffEffect
"""Wherever effects are matched, mypy names a kind that was left out."""


class Note(NamedTuple):
    """One line for the journal: what happened at which node. Never a number, never raw keys."""

    event: str
    node: str
    detail: str = ""


class Turn(NamedTuple):
    """What the line does next. ``say`` is spoken first, so that any key interrupts it.

    With an ``effect`` nothing is said yet: its outcome is heard first (``EffectDone``).
    """

    call: Call
    say: tuple[Unit, ...] = ()
    then: Then = Listen(10)
    effect: Effect | None = None
    notes: tuple[Note, ...] = ()

    def noted(self, before: tuple[Note, ...]) -> Turn:
        """The same, with notes before its own."""
        if not before:
            return self
        return Turn(self.call, self.say, self.then, self.effect, before + self.notes)
