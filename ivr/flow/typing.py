"""Places where several digits are typed and ended with hash.

Owns what is the same for all of them: star clears or goes back, a lone 0 is a person, nothing at
all is silence (rules 1.1 and 5.5).
"""

from __future__ import annotations

from ivr.flow import steering
from ivr.flow.context import Context, Go, Handler, joined, listed
from ivr.line.call import Call, Listen, Turn, Unit
from ivr.line.numbers import can_be_read
from ivr.line.wording import MAX_DIGITS_COUNTED

TYPING_WAIT = 10
"""Seconds between two digits; Twilio has one time-out for this and the first wait (R42)."""


def counted(context: Context, digits: str) -> tuple[Unit, ...]:
    """How many digits were heard: what may be odd about a number, without blame (R28, R29)."""
    if 2 <= len(digits) <= MAX_DIGITS_COUNTED:
        return (context.words.say("digits_heard", digits=len(digits)),)
    return context.say("no_number" if len(digits) < 2 else "many_digits_heard")


class TypingHandler(Handler):
    """Takes digits. Digits after the last star count; a bare star goes back."""

    typing = True

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        listen = Listen(TYPING_WAIT, many=True)
        return context.turn(before, self.choices(context), then=listen)

    def typed(self, context: Context, keys: str) -> Turn | Go | None:
        cleared, star, digits = keys.rpartition("*")
        if star and not digits:
            return self.present(context, ()) if cleared.strip("*") else Go(context.back())
        if digits == "0":
            return steering.person(context)
        return self.take(context, digits) if digits else None

    def take(self, context: Context, digits: str) -> Turn | Go:
        """Act on what was typed; digits, but for what a made-up request may hold."""
        raise NotImplementedError


class ReadBackHandler(Handler):
    """A typed number is heard back in groups and used only after yes (R43)."""

    begins = "read_back"

    def missing(self, context: Context) -> Call | None:
        return None if can_be_read(context.call.typed) else context.back()

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        return context.turn(before, self.choices(context))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        number = context.words.phone(context.call.typed)
        answers = [context.words.say(name) for name in ("number_right", "yes", "no")]
        return joined([context.say(self.begins), number, listed(answers)])

    def key(self, context: Context, key: str) -> Turn | Go | None:
        if key == "1":
            return self.confirmed(context)
        return Go(context.back().stay(typed="")) if key == "2" else None

    def confirmed(self, context: Context) -> Turn | Go:
        """Use the number."""
        raise NotImplementedError
