"""Having a topic sent as a text: ask, find the number, read it back, send.

Owns the nodes ``text-<topic>``, ``number-<topic>`` and ``check-<topic>`` (R41-R43, R59, R60).
Says a text is being sent only once the effect has said that it is queued.
"""

from __future__ import annotations

from ivr.flow import deadline, steering
from ivr.flow.callback import Wish
from ivr.flow.context import Context, Go, Handler, listed
from ivr.flow.typing import ReadBackHandler, TypingHandler, counted
from ivr.line.call import Call, Effect, EffectDone, Note, SendText, Turn, Unit
from ivr.line.numbers import uk_mobile

MOBILE_DIGITS = 11
STROKES = 3
"""How often a shaking hand presses a key for once."""


class TextHandler(Handler, node="text"):
    """Ask before sending, and say that others may see it. Only a mobile can be texted as it is.

    Who cannot read, or has no mobile, is rung back by a person who reads the text out.
    """

    family = "text"
    begins = "offer_text"

    def missing(self, context: Context) -> Call | None:
        return _untold(context)

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        return context.turn(before, context.say("offer_text", "text_seen"), self.choices(context))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return listed(context.own_choices("text" if context.facts.number else "text_typed"))

    def key(self, context: Context, key: str) -> Turn | Go | None:
        number = context.facts.number
        match key, bool(number):
            case "1", True:
                return _send(context, number)
            case ("2", True) | ("1", False):
                return Go(context.call.go(f"number-{context.subject}"))
            case ("3", True) | ("2", False):
                wish = Wish(read=context.subject).write()
                return Go(context.call.stay(wish=wish).go("callback"))
        return None

    def done(self, context: Context, done: EffectDone) -> Turn | Go | None:
        return _sent(context, done)


class NumberHandler(TypingHandler, node="number"):
    """A mobile number is typed, ended with hash; star clears it."""

    family = "text"
    begins = "ask_number"

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return context.say("ask_number", "how_to_enter")

    def help(self, context: Context) -> tuple[Unit, ...]:
        return context.say("number_help")

    def take(self, context: Context, digits: str) -> Turn | Go:
        # A shaking hand may have pressed the key that led here again: no number begins so.
        meant = digits.lstrip(context.call.last)
        if not meant and len(digits) < STROKES:
            return self.present(context, ())
        number = uk_mobile(digits) or uk_mobile(meant)
        if not number:
            return steering.no_match(context, self, _misfit(context, digits))
        return Go(context.call.go(f"check-{context.subject}").stay(typed=number))


class CheckHandler(ReadBackHandler, node="check"):
    """The typed number is heard back; after yes the text is sent to it."""

    family = "text"

    def missing(self, context: Context) -> Call | None:
        return _untold(context) or super().missing(context)

    def confirmed(self, context: Context) -> Turn | Go:
        return _send(context, context.call.typed)

    def done(self, context: Context, done: EffectDone) -> Turn | Go | None:
        return _sent(context, done)


def _untold(context: Context) -> Call | None:
    """Where to go on while a date that is to be texted is not worked out."""
    known = deadline.can_be_texted(context, context.subject)
    return None if known else context.before(["text"]).go(context.subject)


def _misfit(context: Context, digits: str) -> tuple[Unit, ...]:
    """What is odd about a number, without blame (R28, R29)."""
    if len(digits) == MOBILE_DIGITS:
        return context.say("not_texted" if digits.startswith("07") else "only_mobiles")
    return (*counted(context, digits), *context.say("mobile_has_11"))


def _send(context: Context, number: str) -> Turn:
    body = deadline.text(context) if context.subject in context.line.forms else ""
    effect: Effect = SendText(context.subject, context.call.lang, number, body)
    return Turn(context.call, effect=effect)


OUTCOMES = {"queued": "sending", "already": "already_sending", "not_mobile": "only_mobiles"}
"""What is said of a text. Of any other outcome: it cannot be sent, and nothing is promised."""


def _sent(context: Context, done: EffectDone) -> Go:
    phrase = OUTCOMES.get(done.outcome, "cannot_text")
    notes = (Note("text", context.call.at, done.outcome),)
    return Go(_before_text(context).stay(news=phrase), context.say(phrase), notes)


def _before_text(context: Context) -> Call:
    """The call as it was before the text was asked for, with what was typed forgotten."""
    return context.before(["text"]).stay(typed="")
