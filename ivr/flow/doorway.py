"""A doorway: a few sentences in the caller's language that end at a person.

Owns the node ``doorway``; the call's language says which. All else the caller hears is in the first
language, so nothing here leads to a menu: an adviser rings, or one key asks to be rung back, or a
message is recorded; who presses nothing gets the first of these that there is.
"""

from __future__ import annotations

from ivr.flow.adviser import heard_about
from ivr.flow.context import Context, Go, Handler, listed
from ivr.line.call import AGAIN, Call, EffectDone, KeepCallback, Note, Record, Turn, Unit


class DoorwayHandler(Handler, node="doorway"):
    """Who we are, that the advice is in another language, and the ways to a person."""

    family = section = "hearing"
    begins = "greeting"

    def missing(self, context: Context) -> Call | None:
        return None if context.call.lang in context.line.doorways else context.back()

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        nobody = () if context.facts.open else ("doorway_nobody", "danger")
        names = ("greeting", "doorway_english", *_interpreter(context), *nobody)
        return context.turn(before, context.own(*names), self.choices(context))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        person = ("for_person",) if context.facts.open else ()
        ring = ("doorway_ring",) if context.facts.ringable else ()
        names = (*person, "doorway_message", *ring)
        return listed([unit for name in names for unit in context.own(name)])

    def key(self, context: Context, key: str) -> Turn | Go | None:
        match key:
            case "1":
                return _message(context)
            case "2" if context.facts.ringable:
                return Turn(context.call, effect=_wanted(context))
        return None

    def no_input(self, context: Context) -> Turn | Go | None:
        call = context.call
        if context.facts.open and not call.offered:
            # As on the silence ladder: once in a call, so that no telephone rings for an open line.
            return Go(call.stay(offered=True, tell=call.tell or "no").go("adviser"))
        return _message(context)

    def done(self, context: Context, done: EffectDone) -> Turn | Go | None:
        if self.missing(context) or not isinstance(done.effect, KeepCallback):
            return None
        digits = done.outcome.removeprefix(AGAIN)
        kept = digits.isdigit()
        notes = (Note("callback", context.call.at, "kept" if kept else done.outcome),)
        if not kept:
            return _message(context).noted(notes)
        said = context.own("doorway_noted", *_interpreter(context))
        return Go(context.call.go(f"noted-{digits}"), said, notes)


def _interpreter(context: Context) -> tuple[str, ...]:
    return ("doorway_interpreter",) if context.line.interpreters else ()


def _message(context: Context) -> Turn:
    """The tone comes next. The message keeps the language, as the call has it."""
    at = context.on(context.call.stay(recording="").go("message"))
    return at.turn(at.own("message_say"), then=Record(), note="record")


def _wanted(context: Context) -> KeepCallback:
    """Asked with one key, so nothing is asked of it: no message is left, and no name is given."""
    about = heard_about(context) if context.call.tell == "yes" else ""
    number, lang = context.facts.ringable, context.call.lang
    return KeepCallback(number, leave=False, saying="friend", best="any", lang=lang, about=about)
