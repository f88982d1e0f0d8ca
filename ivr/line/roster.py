"""Advisers as people: who they are, when they answer, and the ring group that they make.

Owns which of two lists counts: the people that staff have entered on the page Advisers, or while
there are none the names of ``line.yaml`` with the numbers of the settings. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from ivr.line.hours import Hours, Spans
from ivr.line.ring_groups import Adviser, RingGroup

MOST_RUNG = 10
"""Telephones that Twilio rings at once, and so the most advisers there can be."""


@dataclass(frozen=True, slots=True)
class Person:
    """One adviser. ``key`` stands for the person in addresses and tables, where no name may be.

    ``week``: when they answer, Monday first; None for whenever the line is open. ``seen``: the row
    as it was read, so that of two who change it the second is told.
    """

    name: str
    number: str = field(repr=False)
    email: str = field(default="", repr=False)
    languages: str = ""
    week: tuple[Spans, ...] | None = None
    key: str = ""
    seen: str = field(default="", repr=False)


@dataclass(frozen=True)
class Roster:
    """Everybody who may be rung, in their order. ``settings``: numbers by name, for ``line.yaml``.

    ``unread``: how many people cannot be read, as they were sealed with another key.
    """

    people: tuple[Person, ...] = ()
    together: bool | None = None
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)
    unread: int = 0

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        """The numbers that may be rung, by the name that the ring group has (M3)."""
        return {each.key: each.number for each in self.people} or self.settings

    def ring_group(self, written: RingGroup) -> RingGroup:
        """Who answers, of those who have a number. ``written``: the ring group of ``line.yaml``."""
        if not self.people:
            named = tuple(each for each in written.advisers if each.name in self.settings)
            return replace(written, advisers=named)
        advisers = tuple(
            Adviser(each.key, Hours(each.week) if each.week else None, each.languages)
            for each in self.people
        )
        together = written.together if self.together is None else self.together
        return replace(written, advisers=advisers, together=together)

    def name(self, key: str) -> str:
        """What staff call who has this name in the ring group."""
        return next((each.name for each in self.people if each.key == key), key)

    def emails(self, keys: tuple[str, ...]) -> list[str]:
        """The addresses of these, of those who have one."""
        return [each.email for each in self.people if each.key in keys and each.email]
