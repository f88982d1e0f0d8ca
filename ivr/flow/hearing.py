"""Key 8: change how you hear this. Slower, normal, wait for me, another language.

Owns the places ``hearing`` and ``hold`` (R38, R39). What is chosen lasts for the whole call.
"""

from __future__ import annotations

from ivr.call import Call, Listen, Turn, Unit
from ivr.flow.scene import WAIT_FOR_ME, Go, Room, Scene, listed

LABELS = ("slower_label", "normal_label", "wait_label")


class HearingRoom(Room):
    """The choices of key 8. Each leads back to what was being heard."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        count = scene.words.say("count", count=scene.words.pieces.counts[len(LABELS) - 1])
        return scene.turn(before, scene.say("hearing"), (count,), self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        says, choice = scene.words.says, scene.words.choice
        return listed([choice(says[label], str(key)) for key, label in enumerate(LABELS, 1)])

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        match key:
            case "1":
                return self._back(scene, scene.call.stay(speed="slow"), "slower_on")
            case "2":
                normal = scene.call.stay(speed="normal", wait=False)
                return self._back(scene, normal, "normal_on")
            case "3":
                return Go(scene.back().stay(wait=True).go("hold"))
        return None

    @staticmethod
    def _back(scene: Scene, call: Call, phrase: str) -> Go:
        changed = scene.on(call)
        return Go(changed.back(), changed.say(phrase))


class HoldRoom(Room):
    """The line waits, at once and for five minutes; then the silence ladder."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        return scene.turn(before, scene.say("wait_on"), then=Listen(WAIT_FOR_ME))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("press_to_go_on")

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        return Go(scene.back())
