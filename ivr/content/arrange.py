"""The menus of a draft put otherwise: one topic more, in a menu or in a new one, or one less.

Owns which files that changes, and how. Pure; what the words may be is said by whoever reads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ivr.content.checks.shape import MOST_AT_THE_TOP, MOST_BELOW
from ivr.content.edit import changed, fresh, value_at, without
from ivr.content.files import Files

FLOW = "flow.yaml"
MENUS, START, TOPICS, NO_LETTER = ("menus",), ("start",), ("topics",), ("no_letter",)


class NoPlaceError(Exception):
    """It cannot be put there: ``what`` is in the way, and the ``name`` of it.

    That is a ``name`` or ``menu_name`` that is taken, a ``menu`` that is full, or a topic that is
    ``gone`` from the first menu.
    """

    def __init__(self, what: str, name: str) -> None:
        self.what, self.name = what, name
        super().__init__(f"{what}: {name}")


@dataclass(frozen=True, slots=True)
class NewMenu:
    """A menu that takes the place of ``beside`` in the first menu, and leads to it and to more."""

    name: str
    beside: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NewTopic:
    """A topic: the ``words`` of its file, what comes ``after`` it, and where it is chosen.

    ``menu``: a menu that is there, or a new one; ``place``: its key there, the last where it is 0.
    ``no_letter``: whether it says no time limit, as no decision letter leads to it.
    """

    name: str
    words: Mapping[str, Any]
    after: str
    menu: str | NewMenu
    place: int = 0
    no_letter: bool = False


def with_topic(files: Files, lang: str, topic: NewTopic) -> dict[str, bytes | None]:
    """The files that change where this topic is added. Raises NoPlaceError."""
    flow = files[FLOW].decode()
    new = topic.menu.name if isinstance(topic.menu, NewMenu) else ""
    if taken := {topic.name, new}.intersection(names(flow)):
        raise NoPlaceError("name" if topic.name in taken else "menu_name", taken.pop())
    changes = {f"{lang}/topics/{topic.name}.yaml": fresh(dict(topic.words))}
    flow = changed(flow, (*TOPICS, topic.name), topic.after)
    if topic.no_letter:
        flow = changed(flow, NO_LETTER, [*(value_at(flow, NO_LETTER) or ()), topic.name])
    if isinstance(topic.menu, NewMenu):
        flow = _with_menu(flow, topic.menu)
        menus = f"{lang}/menus.yaml"
        changes[menus] = changed(files[menus].decode(), (new,), dict(topic.menu.words))
    menu = new or str(topic.menu)
    changes[FLOW] = with_choice(flow, menu, topic.name, topic.place)
    return {file: text.encode() for file, text in changes.items()}


def without_topic(files: Files, lang: str, name: str) -> dict[str, bytes | None]:
    """The files that change where this topic is taken away again.

    A menu of which only one choice is left gives its place to that choice.
    """
    flow, menus = files[FLOW].decode(), files[f"{lang}/menus.yaml"].decode()
    tree = value_at(flow, ())
    for menu in [each for each in tree["menus"] if name in choices(flow, each)]:
        left = [each for each in choices(flow, menu) if each != name]
        flow = changed(flow, (*MENUS, menu), keyed(left))
        if len(left) == 1:
            flow = _replaced(without(flow, (*MENUS, menu)), menu, left[0])
            menus = without(menus, (menu,))
    for other in [each for each, after in tree["topics"].items() if after == name]:
        flow = changed(flow, (*TOPICS, other), tree["topics"][name])
    flow = without(flow, (*TOPICS, name))
    if name in tree.get("no_letter", ()):
        flow = changed(flow, NO_LETTER, [each for each in tree["no_letter"] if each != name])
    gone: dict[str, bytes | None] = {f"{lang}/topics/{name}.yaml": None}
    return gone | {FLOW: flow.encode(), f"{lang}/menus.yaml": menus.encode()}


def with_choice(flow: str, menu: str, to: str, place: int = 0) -> str:
    """``flow.yaml`` where ``menu`` also leads to ``to``, by the key ``place``, or by a last one.

    Raises NoPlaceError where the menu is full.
    """
    there = choices(flow, menu)
    if len(there) >= most(str(value_at(flow, START)), menu):
        raise NoPlaceError("menu", menu)
    there.insert(place - 1 if place else len(there), to)
    return changed(flow, (*MENUS, menu), keyed(there))


def choices(flow: str, menu: str) -> list[str]:
    """What a menu leads to, in the order of its keys."""
    keys = value_at(flow, (*MENUS, menu)) or {}
    return [str(keys[key]) for key in sorted(keys)]


def keyed(there: Sequence[str]) -> dict[int, str]:
    """What a menu leads to, by its keys."""
    return dict(enumerate(there, start=1))


def most(start: str, menu: str) -> int:
    """How many choices a menu may have, where ``start`` is the first."""
    return MOST_AT_THE_TOP if menu == start else MOST_BELOW


def names(flow: str) -> Iterator[str]:
    """Every name that a place of the call has, or had before."""
    tree = value_at(flow, ())
    for kind in ("menus", "questions", "topics", "forms", "renamed"):
        yield from tree.get(kind) or ()


def _with_menu(flow: str, menu: NewMenu) -> str:
    if menu.beside not in choices(flow, str(value_at(flow, START))):
        raise NoPlaceError("gone", menu.beside)
    flow = _replaced(flow, menu.beside, menu.name)
    return changed(flow, (*MENUS, menu.name), keyed([menu.beside]))


def _replaced(flow: str, old: str, new: str) -> str:
    """``flow.yaml`` with another choice in the place of one of the first menu."""
    start = str(value_at(flow, START))
    there = [new if each == old else each for each in choices(flow, start)]
    return changed(flow, (*MENUS, start), keyed(there))
