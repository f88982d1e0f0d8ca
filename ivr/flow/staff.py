"""The staff's own line: they sign in with a PIN, and open, close and announce by telephone.

Owns where a member of staff is, what each key does, and every word they hear, in English. Pure:
what is to be done is handed out, and its outcome is heard. Nothing is said to be done before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ivr.line.call import (
    CallStarted,
    End,
    KeyPressed,
    Listen,
    NoInput,
    Playback,
    Record,
    RecordingDone,
)
from ivr.line.hours import DAY, MIDNIGHT, Hours, is_open, next_closing, next_opening

SILENCES = 2
"""So often a node is said again to somebody who presses nothing."""
TRIES = 3
"""Wrong PINs in one call."""
WAIT = 10
"""Seconds after the last word."""
ONE_KEY = Listen(WAIT)
LONGEST_ANNOUNCEMENT = 20
QUIET = 5
"""Seconds of quiet that end an announcement."""

SAYS: Mapping[str, str] = {
    "welcome": "This is the staff line of the advice line.",
    "number": "Enter your staff number. Then press hash.",
    "pin": "Enter your PIN. Then press hash. To enter your staff number again, press star.",
    "wrong": "That staff number and PIN do not go together.",
    "three_wrong": "That was not right three times. Please ring again later. Goodbye.",
    "locked": "There were too many wrong PINs. Please ring again in 15 minutes. Goodbye.",
    "signed_in": "You are signed in.",
    "close": "To close the line for the rest of today, press 1.",
    "open": "To open the line now, press 2.",
    "usual": "To go back to the usual hours, press 3.",
    "record": "To record an announcement for today, press 4.",
    "withdraw": "To take the announcement away, press 5.",
    "totals": "To hear the totals of today, press 6.",
    "repeat": "To hear this again, press hash.",
    "no_key": "This key does nothing here.",
    "closed": "The line is closed now, until midnight. After that the usual hours hold.",
    "opened": "The line is open now, until {until}. After that the usual hours hold.",
    "usual_hours": "The usual hours hold now.",
    "speak": "You have 20 seconds. Speak after the tone. When you finish, press hash.",
    "nothing_heard": "I did not hear you speak.",
    "you_said": "This is your announcement.",
    "keep": "To keep it, press 1.",
    "again": "To record it again, press 2.",
    "drop": "To drop it, press 3.",
    "kept": "The announcement is kept. Callers hear it in a few minutes, until midnight.",
    "dropped": "The announcement is dropped.",
    "withdrawn": "The announcement is taken away.",
    "cannot": "I could not do that just now.",
    "later": "Please ring again later. Goodbye.",
    "ending": "If you press nothing, this call ends.",
    "goodbye": "Goodbye.",
}
"""Every sentence, the thing before the key."""

NODES: Mapping[str, tuple[str, ...]] = {
    "number": ("number",),
    "pin": ("pin",),
    "menu": ("close", "open", "usual", "record", "withdraw", "totals", "repeat"),
    "keep": ("keep", "again", "drop"),
}
"""Each node, and what is said there."""
NEEDS = {"pin": ("number", "number"), "keep": ("recording", "menu")}
"""What the state must hold at a node, and where one goes on who comes there without it."""
OUTSIDE = ("number", "pin")
"""Places for those who have not signed in."""


# --- what is known ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class State:
    """Where somebody is. ``number`` is what they typed; ``who`` the staff number once signed in.

    ``tries`` counts wrong PINs in this call; ``recording`` is the carrier's id.
    """

    at: str = "number"
    silences: int = 0
    tries: int = 0
    number: str = ""
    who: str = ""
    recording: str = ""

    def go(self, node: str) -> State:
        """Enter a node."""
        return replace(self, at=node, silences=0)


@dataclass(frozen=True, slots=True)
class StaffFacts:
    """London time now, and the usual hours."""

    now: datetime
    hours: Hours


@dataclass(frozen=True, slots=True)
class Totals:
    """A day in numbers: ``heard`` counts topics heard to the end; the last two wait now."""

    calls: int
    heard: int
    talks: int
    texts: int
    callbacks: int
    messages: int


# --- what is to be done ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Whether number and PIN go together: ok, wrong, locked, or failed."""

    number: str
    pin: str


@dataclass(frozen=True, slots=True)
class Close:
    """Close the line until then: done, or failed."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Open:
    """Open the line until then: done, or failed."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Usual:
    """Let the usual hours hold again: done, or failed."""


@dataclass(frozen=True, slots=True)
class KeepAnnouncement:
    """Keep a recording as the announcement of today: done, or failed."""

    recording: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take the announcement away: done, or failed."""


@dataclass(frozen=True, slots=True)
class ReadTotals:
    """Read the totals of today: Totals, or failed."""


Do = CheckPin | Close | Open | Usual | KeepAnnouncement | Withdraw | ReadTotals


@dataclass(frozen=True, slots=True)
class Did:
    """Something was done, or was not."""

    do: Do
    outcome: str | Totals


Heard = CallStarted | KeyPressed | NoInput | RecordingDone | Did


@dataclass(frozen=True, slots=True)
class StaffTurn:
    """What comes next. With ``do`` nothing is said yet: its outcome is heard first."""

    state: State
    say: tuple[str | Playback, ...] = ()
    then: Listen | Record | End = ONE_KEY
    do: Do | None = None


# --- the steps -------------------------------------------------------------------------------


def step(state: State, event: Heard, facts: StaffFacts) -> StaffTurn:
    """What comes next. Whoever has not signed in gets no further than staff number and PIN."""
    if state.at not in NODES or (state.at not in OUTSIDE and not state.who):
        return _at(State(tries=state.tries), SAYS["welcome"])
    if isinstance(event, CallStarted):
        return _at(State(), SAYS["welcome"])
    if state.at in NEEDS and not getattr(state, NEEDS[state.at][0]):
        return _at(state.go(NEEDS[state.at][1]))
    match event:
        case KeyPressed(keys=keys) if keys.strip("#") or (keys and state.at not in OUTSIDE):
            return _pressed(state, keys, facts)
        case KeyPressed() | NoInput():
            return _silent(state)
        case RecordingDone():
            return _recorded(state, event)
        case Did():
            return _did(state, event, facts)


def midnight(now: datetime) -> datetime:
    """The end of today."""
    return datetime.combine(now.date() + DAY, MIDNIGHT, now.tzinfo)


def open_until(hours: Hours, now: datetime) -> datetime:
    """When a line that is opened now closes: at its next usual closing of today, else midnight."""
    opens = now if is_open(hours, now) else next_opening(hours, now)
    closes = next_closing(hours, opens) if opens and opens.date() == now.date() else None
    return closes or midnight(now)


def _at(state: State, *before: str | Playback) -> StaffTurn:
    """A node, with what is said before it."""
    said = tuple(SAYS[name] for name in NODES[state.at])
    played = (SAYS["you_said"], Playback(state.recording)) if state.at == "keep" else ()
    then = Listen(WAIT, many=True) if state.at in OUTSIDE else ONE_KEY
    return StaffTurn(state, (*before, *played, *said), then)


def _end(state: State, said: str) -> StaffTurn:
    return StaffTurn(state, (SAYS[said],), End())


def _silent(state: State) -> StaffTurn:
    if state.silences >= SILENCES:
        return _end(state, "goodbye")
    turn = _at(replace(state, silences=state.silences + 1))
    last = (SAYS["ending"],) if turn.state.silences == SILENCES else ()
    return replace(turn, say=(*turn.say, *last))


def _pressed(state: State, keys: str, facts: StaffFacts) -> StaffTurn:
    match state.at:
        case "number" | "pin" if "*" in keys:
            return _at(replace(state, number="").go("number"))
        case "number":
            return _at(replace(state, number=keys).go("pin"))
        case "pin":
            return StaffTurn(state, do=CheckPin(state.number, keys))
        case "keep":
            return _keep_key(state, keys)
        case _:
            return _menu_key(state, keys, facts)


def _menu_key(state: State, key: str, facts: StaffFacts) -> StaffTurn:
    dos: dict[str, Do] = {
        "1": Close(midnight(facts.now)),
        "2": Open(open_until(facts.hours, facts.now)),
        "3": Usual(),
        "5": Withdraw(),
        "6": ReadTotals(),
    }
    if key == "4":
        return _record(state)
    if key in dos:
        return StaffTurn(state, do=dos[key])
    return _at(state.go("menu"), *_unless_steering(key))


def _keep_key(state: State, key: str) -> StaffTurn:
    match key:
        case "1":
            return StaffTurn(state, do=KeepAnnouncement(state.recording))
        case "2":
            return _record(state)
        case "3" | "*":
            return _at(_without_recording(state), SAYS["dropped"])
        case _:
            return _at(state.go("keep"), *_unless_steering(key))


def _unless_steering(key: str) -> tuple[str, ...]:
    """Star and hash do something everywhere; other keys only where they are named."""
    return () if key in ("*", "#") else (SAYS["no_key"],)


def _record(state: State) -> StaffTurn:
    record = Record(LONGEST_ANNOUNCEMENT, QUIET)
    return StaffTurn(_without_recording(state), (SAYS["speak"],), record)


def _without_recording(state: State) -> State:
    return replace(state, recording="").go("menu")


def _recorded(state: State, event: RecordingDone) -> StaffTurn:
    if state.at in OUTSIDE:
        return _at(state)
    if not event.recording:
        return _at(state.go("menu"), SAYS["nothing_heard"])
    if event.key == "*":
        return _at(_without_recording(state), SAYS["dropped"])
    return _at(replace(state, recording=event.recording).go("keep"))


def _did(state: State, did: Did, facts: StaffFacts) -> StaffTurn:
    """What was done is told; then the menu follows, or for what failed the same node again."""
    match did.do:
        case CheckPin():
            return _checked(state, did.outcome)
        case _ if did.outcome == "failed":
            return _at(state.go(state.at), SAYS["cannot"])
        case _:
            return _at(_without_recording(state), *_told(did, facts))


def _checked(state: State, outcome: str | Totals) -> StaffTurn:
    tries = state.tries + 1
    match outcome:
        case "ok":
            return _at(State(at="menu", who=state.number), SAYS["signed_in"])
        case "wrong" if tries < TRIES:
            return _at(State(tries=tries), SAYS["wrong"])
        case "wrong":
            return _end(State(tries=tries), "three_wrong")
        case "locked":
            return _end(State(), "locked")
        case _:
            return _at(State(tries=state.tries), SAYS["cannot"])


def _told(did: Did, facts: StaffFacts) -> tuple[str, ...]:
    match did.do:
        case Close():
            return (SAYS["closed"],)
        case Open(until=until):
            return (SAYS["opened"].format(until=_spoken(until, facts.now)),)
        case Usual():
            return (SAYS["usual_hours"],)
        case KeepAnnouncement():
            return (SAYS["kept"],)
        case Withdraw():
            return (SAYS["withdrawn"],)
        case _:
            return _counted(did.outcome)


def _spoken(until: datetime, now: datetime) -> str:
    """A time of today, or of the day after where the hours go on past midnight."""
    if until == midnight(now):
        return "midnight"
    minutes = f":{until:%M}" if until.minute else ""
    day = "" if until.date() == now.date() else f" on {until:%A}"
    return f"{until.hour % 12 or 12}{minutes} {'am' if until.hour < 12 else 'pm'}{day}"


def _counted(totals: str | Totals) -> tuple[str, ...]:
    if isinstance(totals, str):
        return ()
    return (
        f"Today so far. Calls: {totals.calls}.",
        f"Topics heard to the end: {totals.heard}.",
        f"Talks with an adviser: {totals.talks}.",
        f"Texts asked for: {totals.texts}.",
        f"People waiting to be rung back: {totals.callbacks}.",
        f"Messages waiting: {totals.messages}.",
    )
