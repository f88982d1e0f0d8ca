"""Danger: 9 pressed three times anywhere, and what to do then (fault P8).

Owns the node ``danger``. The line never rings 999 itself, and 9 never counts as a slip.
"""

from __future__ import annotations

from ivr.flow import steering
from ivr.flow.context import Context, Go, Handler, listed
from ivr.line.call import Note, Turn, Unit

NINE = "9"
CALLED = 3
"""So many 9s in a row, even across prompts, ask for 999."""


class DangerHandler(Handler, node="danger"):
    """End this call and ring 999; and who else to tell about a child who is not safe."""

    begins = "danger_now"

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        said = context.say("danger_now", "worried")
        number = context.line.safeguarding
        told = context.words.phone(number) if number else ()
        return context.turn(before, said, told, self.choices(context), note="danger")

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return listed(context.own_choices("danger"))

    def key(self, context: Context, key: str) -> Turn | Go | None:
        return Go(context.back()) if key == "1" else None


def typed(keys: str) -> bool:
    """Whether digits that were typed end in 999 and are too few for a number, or none of a year."""
    return keys.endswith(NINE * CALLED) and len(keys) in (3, *range(5, 10))


def nine(context: Context, handler: Handler) -> Turn | Go:
    """One more 9: the third leads to advice; before that it does what it does here, or nothing."""
    count = context.call.nines + 1
    if count >= CALLED:
        return asked(context)
    counted = context.on(context.call.stay(nines=count, silences=0))
    done = handler.key(counted, NINE)
    return done or Go(counted.call, steering.unused(counted, NINE))


def asked(context: Context) -> Go:
    """Straight to the advice, from wherever it was asked for."""
    call = context.call.stay(nines=0)
    return Go(call if call.at == "danger" else call.go("danger"), notes=(Note("999", call.at),))
