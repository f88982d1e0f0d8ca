"""Danger: 9 pressed three times anywhere, and what to do then (fault P8).

Owns the place ``danger``. The line never rings 999 itself, and 9 never counts as a slip.
"""

from __future__ import annotations

from ivr.flow import steering
from ivr.flow.context import Go, Room, Scene, listed
from ivr.line.call import Note, Turn, Unit

NINE = "9"
CALLED = 3
"""So many 9s in a row, even across prompts, ask for 999."""


class DangerRoom(Room):
    """End this call and ring 999; and who else to tell about a child who is not safe."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        said = scene.say("danger_now", "worried")
        number = scene.line.safeguarding
        told = scene.words.phone(number) if number else ()
        return scene.turn(before, said, told, self.choices(scene), note="danger")

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed(scene.own_choices("danger"))

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        return Go(scene.back()) if key == "1" else None


def typed(keys: str) -> bool:
    """Whether digits that were typed end in 999 and are too few for a number, or none of a year."""
    return keys.endswith(NINE * CALLED) and len(keys) in (3, *range(5, 10))


def nine(scene: Scene, room: Room) -> Turn | Go:
    """One more 9: the third leads to advice; before that it does what it does here, or nothing."""
    count = scene.call.nines + 1
    if count >= CALLED:
        return asked(scene)
    counted = scene.on(scene.call.stay(nines=count, silences=0))
    done = room.key(counted, NINE)
    return done or Go(counted.call, steering.unused(counted, NINE))


def asked(scene: Scene) -> Go:
    """Straight to the advice, from wherever it was asked for."""
    call = scene.call.stay(nines=0)
    return Go(call if call.at == "danger" else call.go("danger"), notes=(Note("999", call.at),))
