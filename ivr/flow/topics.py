"""Advice read in parts that follow one another, a summary, and what can be done next.

Owns how parts are heard (rules 1.3, R09, R22, R39), for topics and for what a form works out. Key
1 means "go on" all through, so a caller who skips with 1s never sends a text by accident.
"""

from __future__ import annotations

from ivr.flow.context import WAIT_FOR_ME, Go, Room, Scene, joined, listed
from ivr.line.call import Listen, Note, Turn, Unit
from ivr.line.wording import BETWEEN_CHOICES

BETWEEN_PARTS = 2
"""Seconds between two parts: a pause, not a wait for an answer (R22)."""


class PartsRoom(Room):
    """Something told in parts. ``call.part`` counts from 0; past the last stand the end choices.

    ``about``: the topic or form whose name it bears, where that is not the place itself.
    """

    about = ""

    def parts(self, scene: Scene) -> tuple[tuple[Unit, ...], ...]:
        """What is told, part by part."""
        raise NotImplementedError

    def summary(self, scene: Scene) -> tuple[Unit, ...]:
        """All of it in one sentence, said after the last part."""
        raise NotImplementedError

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        parts = self.parts(scene)
        if scene.call.part >= len(parts):
            said = before or self.summary(scene)
            return scene.turn(said, self.choices(scene), note="heard-out")
        title = () if scene.call.part else (scene.words.title(self._about(scene)),)
        place = scene.words.say("part", n=scene.call.part + 1, m=len(parts))
        part = joined([place, parts[scene.call.part]], BETWEEN_CHOICES)
        hold = scene.say("press_to_go_on") if scene.call.wait else ()
        then = Listen(WAIT_FOR_ME if scene.call.wait else BETWEEN_PARTS)
        at = str(scene.call.part + 1)
        return scene.turn(before, title, part, hold, then=then, note="part", detail=at)

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        words = scene.words
        if not self._ended(scene):
            return scene.say("press_to_go_on")
        after = words.place(scene.line.after(self._about(scene))).name
        return listed(
            [
                words.choice(words.say("go_on_to", name=after), "1"),
                words.choice(words.say("text_this"), "2"),
                *(words.say(name) for name in ("again", "back", "for_person")),
            ]
        )

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        if not self._ended(scene):
            # Who asked the line to wait goes on with any key that steers nowhere (R39).
            if scene.call.wait:
                return self._on(scene)
            return self._on(scene)._replace(notes=_skipped(scene)) if key == "1" else None
        if key == "1":
            return Go(scene.call.go(scene.line.after(self._about(scene))))
        return Go(scene.call.go(f"text-{self._about(scene)}")) if key == "2" else None

    def silence(self, scene: Scene) -> Turn | Go | None:
        return None if self._ended(scene) or scene.call.wait else self._on(scene)

    def _about(self, scene: Scene) -> str:
        return self.about or scene.call.at

    def _on(self, scene: Scene) -> Go:
        return Go(scene.call.stay(part=scene.call.part + 1, silences=0, slips=0))

    def _ended(self, scene: Scene) -> bool:
        return scene.call.part >= len(self.parts(scene))


def _skipped(scene: Scene) -> tuple[Note, ...]:
    """A part that a key went past: nobody can tell whether it was heard to its end."""
    return (Note("skip", scene.call.at),)


class TopicRoom(PartsRoom):
    """A topic: its parts and its summary stand in the content."""

    def parts(self, scene: Scene) -> tuple[tuple[Unit, ...], ...]:
        return tuple((part.says,) for part in scene.words.topics[scene.call.at].parts)

    def summary(self, scene: Scene) -> tuple[Unit, ...]:
        return joined([scene.say("in_short"), (scene.words.topics[scene.call.at].summary,)])
