"""The menus of a draft put otherwise: one topic more, in a menu or in a new one.

Owns which files that changes, and how. Pure; what the words may be is said by whoever reads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ivr.content.checks.shape import MOST_AT_THE_TOP, MOST_BELOW
from ivr.content.edit import changed, fresh, value_at
from ivr.content.files import Files

FLOW = "flow.yaml"
MENUS, START, TOPICS, NO_LETTER = ("menus",), ("start",), ("topics",), ("no_letter",)


class NoPlaceError(Exception):
    """It cannot be put there: ``what`` is in the way, the ``name`` that is taken or a full menu."""

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
        raise NoPlaceError("menu" if new in taken else "name", taken.pop())
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
    start = str(value_at(flow, START))
    there = choices(flow, start)
    if menu.beside not in there:
        raise NoPlaceError("gone", menu.beside)
    there[there.index(menu.beside)] = menu.name
    flow = changed(flow, (*MENUS, start), keyed(there))
    return changed(flow, (*MENUS, menu.name), keyed([menu.beside]))
