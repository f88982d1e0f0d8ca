"""The staff's own line: they sign in with a PIN, and open, close and announce by telephone.

Owns its nodes, what each key does there, and every word that staff hear, in English. Who has not
signed in gets no further than staff number and PIN. Nothing is said to be done before it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from ivr.flow.context import Context, Go, Handler
from ivr.line.call import (
    Call,
    CallerEffect,
    CheckPin,
    Effect,
    EffectDone,
    End,
    Facts,
    KeepAnnouncement,
    KeepUsualHours,
    Listen,
    Playback,
    ReadTotals,
    Record,
    RecordingDone,
    SetHours,
    Totals,
    Transfer,
    Turn,
    Unit,
    WithdrawAnnouncement,
)
from ivr.line.hours import DAY, MIDNIGHT, Hours, is_open, next_closing, next_opening
from ivr.line.model import Line

SILENCES = 2
"""So often a node is said again to somebody who presses nothing."""
TRIES = 3
"""Wrong PINs in one call."""
WAIT = 10
"""Seconds after the last word."""
LONGEST_ANNOUNCEMENT = 20
QUIET = 5
"""Seconds of quiet that end an announcement."""
START = "welcome"

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


def staff_line(line: Line) -> Line:
    """The staff's own line beside ``line``: with its hours and voices, and nodes of its own."""
    return replace(line, staff=True, start=START)


# --- the nodes -------------------------------------------------------------------------------


class WelcomeHandler(Handler):
    """Who rings, or comes from nowhere known: each is asked for the staff number."""

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        return Go(_anew(context.call), _words("welcome"))

    def typed(self, context: Context, keys: str) -> Turn | Go | None:
        return self.present(context, ())

    def no_input(self, context: Context) -> Turn | Go | None:
        return self.present(context, ())


class StaffHandler(Handler):
    """A node for those who have signed in. It is said again twice to who presses nothing."""

    says: tuple[str, ...] = ()

    def missing(self, context: Context) -> Call | None:
        return None if context.call.who else _anew(context.call, START)

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn:
        listen = Listen(WAIT, many=self.typing)
        return Turn(context.call, (*before, *_words(*self.says)), listen)

    def no_input(self, context: Context) -> Turn | Go | None:
        silences = context.call.silences + 1
        if silences > SILENCES:
            return _end(context.call, "goodbye")
        turn = self.present(context.on(context.call.stay(silences=silences)), ())
        last = _words("ending") if silences == SILENCES else ()
        return turn._replace(say=(*turn.say, *last))


class StaffNumberHandler(StaffHandler):
    """Takes a staff number. Nothing is told of it before the PIN is there, too."""

    typing, says = True, ("number",)

    def missing(self, context: Context) -> Call | None:
        return None

    def typed(self, context: Context, keys: str) -> Turn | Go | None:
        if "*" in keys:
            return Go(_to(context.call, "number", typed=""))
        return Go(_to(context.call, "pin", typed=keys)) if keys.strip("#") else None


class PinHandler(StaffNumberHandler):
    """Takes the PIN, which is asked after at once and kept nowhere, not even sealed."""

    says = ("pin",)

    def missing(self, context: Context) -> Call | None:
        return None if context.call.typed else _to(context.call, "number")

    def typed(self, context: Context, keys: str) -> Turn | Go | None:
        if "*" in keys or not keys.strip("#"):
            return super().typed(context, keys)
        return Turn(context.call, effect=CheckPin(context.call.typed, keys))

    def done(self, context: Context, done: EffectDone) -> Turn | Go | None:
        if not isinstance(done.effect, CheckPin):
            return None
        anew = _anew(context.call)
        match done.outcome:
            case "ok":
                menu = _anew(context.call, "menu").stay(who=context.call.typed)
                return Go(menu, _words("signed_in"))
            case "wrong":
                return _wrong(anew.stay(slipped=anew.slipped + 1))
            case "locked":
                return _end(anew, "locked")
            case _:
                return Go(anew, _words("cannot"))


class StaffMenuHandler(StaffHandler):
    """What staff can do. What they did is told; what failed can be tried again."""

    says: tuple[str, ...] = ("close", "open", "usual", "record", "withdraw", "totals", "repeat")

    def typed(self, context: Context, keys: str) -> Turn | Go | None:
        if keys == "4":
            return _record(context.call)
        if effect := _effects(context).get(keys):
            return Turn(context.call, effect=effect)
        return _said_again(context.call, keys)

    def recorded(self, context: Context, event: RecordingDone) -> Turn | Go:
        if not event.recording:
            return Go(_to(context.call, "menu"), _words("nothing_heard"))
        if event.key == "*":
            return _dropped(context.call)
        return Go(_to(context.call, "keep", recording=event.recording))

    def done(self, context: Context, done: EffectDone) -> Turn | Go | None:
        if self.missing(context):
            return None
        if done.outcome == "failed":
            return Go(context.call.stay(silences=0), _words("cannot"))
        told = _told(done.effect, context.facts)
        return Go(_to(context.call, "menu", recording=""), told)


class AnnouncementHandler(StaffMenuHandler):
    """An announcement is heard back, and kept only then."""

    says = ("keep", "again", "drop")

    def missing(self, context: Context) -> Call | None:
        nothing = None if context.call.recording else _to(context.call, "menu")
        return super().missing(context) or nothing

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn:
        playback = Playback(context.call.recording)
        return super().present(context, (*before, SAYS["you_said"], playback))

    def typed(self, context: Context, keys: str) -> Turn | Go | None:
        match keys:
            case "1":
                return Turn(context.call, effect=KeepAnnouncement(context.call.recording))
            case "2":
                return _record(context.call)
            case "3" | "*":
                return _dropped(context.call)
        return _said_again(context.call, keys)


STAFF: Mapping[str, Handler] = {
    START: WelcomeHandler(),
    "number": StaffNumberHandler(),
    "pin": PinHandler(),
    "menu": StaffMenuHandler(),
    "keep": AnnouncementHandler(),
}
"""The nodes of the staff's own line. Nothing else is there, and none of them is anywhere else."""


# --- the steps -------------------------------------------------------------------------------


def midnight(now: datetime) -> datetime:
    """The end of today."""
    return datetime.combine(now.date() + DAY, MIDNIGHT, now.tzinfo)


def open_until(hours: Hours, now: datetime) -> datetime:
    """When a line that is opened now closes: at its next usual closing of today, else midnight."""
    opens = now if is_open(hours, now) else next_opening(hours, now)
    closes = next_closing(hours, opens) if opens and opens.date() == now.date() else None
    return closes or midnight(now)


def _words(*names: str) -> tuple[str, ...]:
    return tuple(SAYS[name] for name in names)


def _to(call: Call, node: str, **changes: object) -> Call:
    """Enter a node. There is no way back to be remembered."""
    return call.stay(at=node, silences=0, **changes)


def _anew(call: Call, node: str = "number") -> Call:
    """Nobody has signed in, but how many PINs were wrong in this call is still known."""
    return Call(at=node, lang=call.lang, slipped=call.slipped)


def _end(call: Call, said: str) -> Turn:
    return Turn(call, _words(said), End())


def _wrong(call: Call) -> Turn | Go:
    return Go(call, _words("wrong")) if call.slipped < TRIES else _end(call, "three_wrong")


def _effects(context: Context) -> Mapping[str, Effect]:
    """What a key of the menu asks for."""
    now = context.facts.now
    return {
        "1": SetHours(False, midnight(now)),
        "2": SetHours(True, open_until(context.line.hours, now)),
        "3": KeepUsualHours(),
        "5": WithdrawAnnouncement(),
        "6": ReadTotals(),
    }


def _said_again(call: Call, keys: str) -> Go | None:
    """Star and hash do something everywhere; other keys only where they are named."""
    if not keys:
        return None
    return Go(call.stay(silences=0), () if keys in ("*", "#") else _words("no_key"))


def _record(call: Call) -> Turn:
    record = Record(LONGEST_ANNOUNCEMENT, QUIET)
    return Turn(_to(call, "menu", recording=""), _words("speak"), record)


def _dropped(call: Call) -> Go:
    return Go(_to(call, "menu", recording=""), _words("dropped"))


def _told(effect: Effect | Transfer, facts: Facts) -> tuple[str, ...]:
    """What was done."""
    if isinstance(effect, CallerEffect | CheckPin | Transfer):
        return ()
    match effect:
        case SetHours(opened=True, until=until):
            return (SAYS["opened"].format(until=_spoken(until, facts.now)),)
        case SetHours():
            return _words("closed")
        case KeepUsualHours():
            return _words("usual_hours")
        case KeepAnnouncement():
            return _words("kept")
        case WithdrawAnnouncement():
            return _words("withdrawn")
        case ReadTotals():
            return _counted(facts.totals) if facts.totals else ()
        case _:
            assert_never(effect)


def _spoken(until: datetime, now: datetime) -> str:
    """A time of today, or of the day after where the hours go on past midnight."""
    if until == midnight(now):
        return "midnight"
    minutes = f":{until:%M}" if until.minute else ""
    day = "" if until.date() == now.date() else f" on {until:%A}"
    return f"{until.hour % 12 or 12}{minutes} {'am' if until.hour < 12 else 'pm'}{day}"


def _counted(totals: Totals) -> tuple[str, ...]:
    return (
        f"Today so far. Calls: {totals.calls}.",
        f"Callers who heard advice to its end: {totals.heard}.",
        f"Talks with an adviser: {totals.talks}.",
        f"Texts asked for: {totals.texts}.",
        f"People waiting to be rung back: {totals.callbacks}.",
        f"Messages waiting: {totals.messages}.",
    )
