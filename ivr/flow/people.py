"""Reaching a person, and what follows when nobody can answer or nobody is there to listen.

Owns the places ``adviser``, ``nobody-<why>`` and ``leaving`` (R10, R33, R47, R48). Which number
is rung is settled elsewhere, from checked settings only.
"""

from __future__ import annotations

from ivr.call import Done, Listen, Note, Transfer, Turn, Unit
from ivr.call import End as EndCall
from ivr.flow.scene import Go, Room, Scene, listed

LAST_WAIT = 20
"""Seconds after the warning in which any key stays on the line (R33)."""

WHY = {
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "failed",
    "closed": "closed",
}
"""What ended a transfer without a talk, and the phrase that says so."""


class AdviserRoom(Room):
    """The way to a person: rings the desk in open hours, else says when it opens."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        if not scene.facts.open:
            return Go(scene.back().go("nobody-closed"))
        # Nothing interrupts these words, so they are the only ones, and short (R36).
        said = before or scene.say("putting_through")
        return scene.turn(said, then=Transfer(), note="transfer")

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("for_person")

    def done(self, scene: Scene, done: Done) -> Turn | Go | None:
        note = (Note("person", scene.call.at, done.outcome),)
        if done.outcome in ("completed", "answered"):
            return Go(scene.back(), scene.say("person_ended"), note)
        why = done.outcome if done.outcome in WHY else "failed"
        return Go(scene.back().go(f"nobody-{why}"), notes=note)


class NobodyRoom(Room):
    """Nobody could answer: why, when we open, and two ways on. Never the end of the call."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        why = scene.say(WHY.get(scene.subject, "failed"))
        return scene.turn(before, why, self._opens(scene), self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed(scene.own_choices("nobody"))

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        if key == "2":
            return Go(scene.call.go(f"text-{scene.line.contact}"))
        return Go(scene.back()) if key == "1" else None

    @staticmethod
    def _opens(scene: Scene) -> tuple[Unit, ...]:
        """When to try again: now, by the same key, or when the desk opens."""
        opens = scene.facts.opens
        if scene.facts.open:
            return scene.say("try_again")
        if opens is None:
            return ()
        return (scene.words.say("opens"), *scene.words.opening(opens, scene.facts.now))


class LeavingRoom(Room):
    """The end of a call that nobody speaks in: how to reach us, a warning, time, then goodbye."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        said = scene.say("still_there", "ring_again", "will_end")
        return scene.turn(before, said, then=Listen(LAST_WAIT))

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        return Go(scene.back())

    def silence(self, scene: Scene) -> Turn | Go | None:
        return scene.turn(scene.say("goodbye"), then=EndCall(), note="ended")
