"""Menus and yes-or-no questions: the choices of the line, one key each.

Owns how choices are listed (R06, R18-R20). Where keys lead is the line's, not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.call import Turn, Unit
from ivr.flow.scene import Go, Room, Scene, joined, listed
from ivr.wording import IN_OPENING


class MenuRoom(Room):
    """A menu: its name, how many choices there are, the choices, then only the wait."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        title = (scene.words.title(scene.call.at),)
        return scene.turn(before, title, _count(scene), self.choices(scene))

    def opening(self, scene: Scene) -> Turn:
        """The first words of a call (1.2): who this is, 0, 8, the count, the choices."""
        names = ("greeting", "for_person", "for_hearing")
        groups = [*(scene.say(name) for name in names), _count(scene), self.choices(scene)]
        return scene.turn(joined(groups, IN_OPENING), note="rang")

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        words = scene.words
        return listed(
            [words.choice(words.place(to).label, key) for key, to in _keys(scene).items()]
        )

    def help(self, scene: Scene) -> tuple[Unit, ...]:
        return (scene.words.menus[scene.call.at].help,)

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        to = _keys(scene).get(key)
        return Go(scene.call.go(to)) if to else None


class QuestionRoom(MenuRoom):
    """A question answered by 1 for yes and 2 for no."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        title = (scene.words.title(scene.call.at),)
        return scene.turn(before, title, self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        question = scene.words.menus[scene.call.at].question
        return listed([question, scene.words.say("yes"), scene.words.say("no")])


def _keys(scene: Scene) -> Mapping[str, str]:
    return scene.line.menus[scene.call.at].keys


def _count(scene: Scene) -> tuple[Unit, ...]:
    count = scene.words.pieces.counts[len(_keys(scene)) - 1]
    return (scene.words.say("count", count=count),)
