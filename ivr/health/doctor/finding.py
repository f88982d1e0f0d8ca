"""What a look at the line has found: what is right, what needs somebody, and what to do.

Owns the form of a finding. The words are for people who are not engineers. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """``good``; ``look``: soon, or to decide; ``bad``: callers miss something, or soon will."""

    GOOD = "good"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at. ``do``: what to do, empty where it is good."""

    name: str
    state: Health
    says: str
    do: str = ""


def good(name: str, says: str) -> Diagnosis:
    """As it should be."""
    return Diagnosis(name, Health.GOOD, says)


def look(name: str, says: str, do: str) -> Diagnosis:
    """Nothing is broken, but somebody should see to it or decide."""
    return Diagnosis(name, Health.LOOK, says, do)


def bad(name: str, says: str, do: str) -> Diagnosis:
    """Callers miss something, or soon will."""
    return Diagnosis(name, Health.BAD, says, do)


def judged(
    name: str, wrong: str, do: str, right: str, how: Callable[[str, str, str], Diagnosis] = bad
) -> Diagnosis:
    """What is ``wrong`` and what to do, told by ``how``; where nothing is, what is ``right``."""
    return how(name, wrong, do) if wrong else good(name, right)


def counted(number: int, one: str, many: str = "") -> str:
    """``1 text``, ``2 texts``. ``many``: where it is not made with an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def worst(findings: Iterable[Diagnosis]) -> Health:
    """The worst state among them; good where there are none."""
    order = list(Health)
    return max((each.state for each in findings), key=order.index, default=Health.GOOD)
