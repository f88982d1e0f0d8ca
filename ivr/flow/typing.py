"""Places where several digits are typed and ended with hash.

Owns what is the same for all of them: star clears or goes back, a lone 0 is a person, nothing at
all is silence (rules 1.1 and 5.5).
"""

from __future__ import annotations

from ivr.flow import steering
from ivr.flow.context import Go, Room, Scene, joined, listed
from ivr.line.call import Call, Listen, Turn, Unit
from ivr.line.numbers import can_be_read
from ivr.line.wording import MAX_DIGITS_COUNTED

TYPING_WAIT = 10
"""Seconds between two digits; Twilio has one time-out for this and the first wait (R42)."""


def counted(scene: Scene, digits: str) -> tuple[Unit, ...]:
    """How many digits were heard: what may be odd about a number, without blame (R28, R29)."""
    if 2 <= len(digits) <= MAX_DIGITS_COUNTED:
        return (scene.words.say("digits_heard", digits=len(digits)),)
    return scene.say("no_number" if len(digits) < 2 else "many_digits_heard")


class TypingRoom(Room):
    """Takes digits. Digits after the last star count; a bare star goes back."""

    typing = True

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        listen = Listen(TYPING_WAIT, many=True)
        return scene.turn(before, self.choices(scene), then=listen)

    def typed(self, scene: Scene, keys: str) -> Turn | Go | None:
        cleared, star, digits = keys.rpartition("*")
        if star and not digits:
            return self.present(scene, ()) if cleared.strip("*") else Go(scene.back())
        if digits == "0":
            return steering.person(scene)
        return self.take(scene, digits) if digits else None

    def take(self, scene: Scene, digits: str) -> Turn | Go:
        """Act on what was typed; digits, but for what a made-up request may hold."""
        raise NotImplementedError


class ReadBackRoom(Room):
    """A typed number is heard back in groups and used only after yes (R43)."""

    def missing(self, scene: Scene) -> Call | None:
        return None if can_be_read(scene.call.typed) else scene.back()

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        return scene.turn(before, self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        number = scene.words.phone(scene.call.typed)
        answers = [scene.words.say(name) for name in ("number_right", "yes", "no")]
        return joined([scene.say("read_back"), number, listed(answers)])

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        if key == "1":
            return self.confirmed(scene)
        return Go(scene.back().stay(typed="")) if key == "2" else None

    def confirmed(self, scene: Scene) -> Turn | Go:
        """Use the number."""
        raise NotImplementedError
