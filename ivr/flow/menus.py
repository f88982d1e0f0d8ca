"""Menus and yes-or-no questions: the choices of the line, one key each.

Owns how choices are listed (R06, R18-R20). Where keys lead is the line's, not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.flow.context import Go, Room, Scene, joined, listed
from ivr.line.call import InLanguage, Playback, Turn, Unit
from ivr.line.wording import IN_OPENING


class MenuRoom(Room):
    """A menu: its name, how many choices there are, the choices, then only the wait."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        title = (scene.words.title(scene.call.at),)
        danger = scene.say("danger") if scene.call.at == scene.line.danger else ()
        return scene.turn(before, title, danger, _count(scene), self.choices(scene))

    def opening(self, scene: Scene, offered: bool = True) -> Turn:
        """The first words of a call (1.2): who this is, 0, 8, languages, the count, the choices.

        ``offered``: whether the other languages are offered; not to who has just chosen one.
        """
        names = ("greeting", "for_person", "for_hearing")
        groups = [scene.say(name) for name in names]
        if offered:
            groups += [(offer,) for offer in _language_offers(scene)]
            groups += _announced(scene)
        said = joined([*groups, _count(scene), self.choices(scene)], IN_OPENING)
        return scene.turn(said)

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed(scene.words.choices(scene.call.at, _keys(scene)))

    def help(self, scene: Scene) -> tuple[Unit, ...]:
        return (scene.words.menus[scene.call.at].help,)

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        to = _keys(scene).get(key)
        return Go(scene.call.go(to)) if to else self._language(scene, key)

    def _language(self, scene: Scene, key: str) -> Turn | None:
        """In the first menu each other language has a key, without being asked for (R50)."""
        lang = scene.line.language_keys.get(key)
        if lang is None or scene.call.at != scene.line.start:
            return None
        chosen = scene.call.stay(lang=lang, silences=0, slips=0)
        return self.opening(scene.on(chosen), offered=False)


class QuestionRoom(MenuRoom):
    """A question answered by 1 for yes and 2 for no."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        title = (scene.words.title(scene.call.at),)
        return scene.turn(before, title, self.choices(scene))


def _keys(scene: Scene) -> Mapping[str, str]:
    return scene.line.menus[scene.call.at].keys


def _announced(scene: Scene) -> list[tuple[Unit, ...]]:
    """What staff recorded for today, where they did."""
    said = scene.facts.announcement
    return [(Playback(said),)] if said else []


def _count(scene: Scene) -> tuple[Unit, ...]:
    return scene.how_many(len(_keys(scene)))


def _language_offers(scene: Scene) -> list[Unit]:
    """Each language's offer of itself, in its own words and voice."""
    return [
        InLanguage(lang, scene.line.words(lang).this_language(key))
        for key, lang in scene.line.language_keys.items()
    ]
