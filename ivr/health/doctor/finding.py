"""What a look at the line has found: what is right, what needs somebody, and what to do.

Owns the form of a finding. The words are for people who are not engineers. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """``good``; ``look``: soon, or to decide; ``bad``: callers miss something, or soon will."""

    GOOD = "good"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``do``: what to do, empty where it is good."""

    name: str
    state: State
    says: str
    do: str = ""


def good(name: str, says: str) -> Finding:
    """As it should be."""
    return Finding(name, State.GOOD, says)


def look(name: str, says: str, do: str) -> Finding:
    """Nothing is broken, but somebody should see to it or decide."""
    return Finding(name, State.LOOK, says, do)


def bad(name: str, says: str, do: str) -> Finding:
    """Callers miss something, or soon will."""
    return Finding(name, State.BAD, says, do)


def worst(findings: Iterable[Finding]) -> State:
    """The worst state among them; good where there are none."""
    order = list(State)
    return max((each.state for each in findings), key=order.index, default=State.GOOD)
