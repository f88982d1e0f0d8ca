"""What callers did, counted so that nobody can be told from the figures.

Owns what counts as served, how the notes of one call become counts, and which numbers are shown.
Pure: notes come from the journal, counts are kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

FEWEST = 5
"""Smaller numbers are not shown, and larger ones only to the nearest 5, as NHS Digital publishes
hospital figures: what is hidden does not come out of a sum, or of two reports side by side."""
STEP = 5
COARSER = (STEP, 10, 20, 50, 100, 1_000, 10_000_000)
"""How a total is rounded where it would tell a hidden number otherwise: see ``step_of``."""
UNDER = f"under {FEWEST}"
TALKED = ("completed", "answered")
"""How a transfer ends in which somebody talked."""


class Noted(NamedTuple):
    """One note of a call, as the journal holds it."""

    event: str
    node: str
    detail: str


class CountKey(NamedTuple):
    """What is counted: ``what`` happened ``at`` which node (or hour, language), and ``to``."""

    what: str
    at: str = ""
    to: str = ""


def counted(
    notes: Iterable[Noted], hour: int, texted: bool, family: Callable[[str], str]
) -> frozenset[CountKey]:
    """What one call counts for, each thing once however often it happened.

    ``hour``: of the day in London when it began; ``texted``: whether a text reached the carrier;
    ``family(node)`` is the node that a figure stands at: ``text`` for ``check-school``.
    A call without any key is told from the others: keys may be lost on the way to the line.
    Served is who heard a topic to its end, got a text, or talked with a person.
    """
    story = _Story(family)
    for note in notes:
        story.take(note)
    found = story.found
    served = texted or any(key.what in ("heard", "talked") for key in found)
    found |= {
        CountKey("calls"),
        CountKey("hour", f"{hour:02}"),
        CountKey("language", story.language),
    }
    found |= {CountKey("left", story.at)}
    if story.keyed or not story.often:
        # A machine that rings again and again says nothing of whether keys arrive.
        found.add(CountKey("keyed" if story.keyed else "keyless"))
    if any(key.what == "heard" for key in found):
        found.add(CountKey("heard-any"))
    if texted:
        found.add(CountKey("texted"))
    if served:
        found |= {CountKey("served"), CountKey("served-language", story.language)}
    else:
        found.add(CountKey("unserved", story.at))
    return frozenset(found)


class _Story:
    """One call, as far as it has been read."""

    def __init__(self, family: Callable[[str], str]) -> None:
        self._family = family
        self.at = ""
        self.language = ""
        self.keyed = False
        self.often = False
        self.found: set[CountKey] = set()
        self._whole: set[str] = set()

    def take(self, note: Noted) -> None:
        """Read one more note."""
        here = self._family(note.node)
        match note.event:
            case "rang":
                self._arrive(here)
            case "went":
                self._went(self._family(note.detail), here)
            case "language":
                self.language = note.detail
            case "first-key":
                self.keyed = True
            case "often":
                self.often = True
            case "part" if note.detail == "1":
                self._whole.add(here)
            case "skip":
                self._whole.discard(here)
                self.found.add(CountKey("skipped", here))
            case "heard-out" if here in self._whole:
                self.found.add(CountKey("heard", here))
            case "untranslated":
                self.found.add(CountKey("untranslated", note.detail))
            case "person-asked":
                self.found.add(CountKey("zero", here))
            case _:
                self.found |= set(_outcome(note))

    def _arrive(self, node: str) -> None:
        self.at = node
        self.found.add(CountKey("place", node))

    def _went(self, before: str, node: str) -> None:
        self._arrive(node)
        if before != node:
            self.found.add(CountKey("path", before, node))


def _outcome(note: Noted) -> Iterator[CountKey]:
    """What came of asking for a person, a call back, or for 999."""
    match note.event:
        case "person":
            yield CountKey("talked") if note.detail in TALKED else CountKey("not-reached")
        case "callback" | "message" if note.detail == "kept":
            yield CountKey(note.event)
        case "999":
            yield CountKey("danger")


def rounded(number: int, step: int = STEP) -> int | None:
    """The number as it is shown: to the nearest ``step``; None where it is too small to be shown.

    Never to 0: that stands for nobody.
    """
    if number < FEWEST:
        return 0 if number == 0 else None
    return max(step, (number + step // 2) // step * step)


def shown(number: int, step: int = STEP) -> str:
    """The number in words: ``0``, ``under 5`` or the nearest 5."""
    near = rounded(number, step)
    return UNDER if near is None else f"{near:,}"


def share(part: int, whole: int) -> int | None:
    """How many in a hundred, from what is shown; None where either is too small to tell."""
    near, of = rounded(part), rounded(whole)
    return None if near is None or not of else round(100 * min(near, of) / of)


def step_of(total: int, tables: Iterable[Sequence[int]]) -> int:
    """How coarsely a total is shown so that no hidden part of any of its tables follows from it.

    Two parts of 4 are hidden; beside a total of 10, which is 8 to 12, they would be plain.
    """
    parts = [table for table in tables if any(rounded(part) is None for part in table)]
    return next(
        step for step in COARSER if not any(_tells(_bounds(total, step), each) for each in parts)
    )


def _tells(total: tuple[int, int], parts: Sequence[int]) -> bool:
    """Whether a reader who knows the total's bounds can work out a part that is hidden."""
    bounds = [_bounds(part) for part in parts]
    low, high = (sum(bound[side] for bound in bounds) for side in (0, 1))
    hidden = _bounds(1)
    least = max(hidden[0], total[0] - (high - hidden[1]))
    most = min(hidden[1], total[1] - (low - hidden[0]))
    return least >= most


def _bounds(number: int, step: int = STEP) -> tuple[int, int]:
    """The least and the most that a number can be, for whoever sees it as it is shown."""
    near = rounded(number, step)
    if not near:
        return (0, 0) if near == 0 else (1, FEWEST - 1)
    least = FEWEST if near == step else near - step // 2
    return max(FEWEST, least), near + (step - 1) // 2
