"""What dates, times and numbers are joined from, in one language: recorded piece by piece.

Owns these pieces. Their order is that of ``wording``. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pieces:
    """Recorded pieces that dates, times and phone numbers are joined from."""

    today: str
    tomorrow: str
    weekdays: tuple[str, ...]
    on_weekdays: tuple[str, ...]
    days: tuple[str, ...]
    months: tuple[str, ...]
    written_months: tuple[str, ...]
    years: Mapping[int, str]
    times: Mapping[str, str]
    digits: tuple[str, ...]
    last_digits: tuple[str, ...]
    key_names: Mapping[str, str]
    counts: tuple[str, ...]
    numbers: Mapping[str, str] = field(default_factory=dict)
    """How the figures of time limits are said: texts have figures, callers hear words."""

    def in_words(self, text: str) -> str:
        """A text with the figures of its time limits as words, as they are heard."""
        return re.sub(r"\b\d+\b", lambda figure: self.numbers.get(figure[0], figure[0]), text)

    def all(self) -> Iterator[str]:
        """Every piece that may be spoken."""
        yield from (self.today, self.tomorrow)
        for row in (self.weekdays, self.on_weekdays, self.days, self.months):
            yield from row
        yield from (*self.years.values(), *self.times.values())
        yield from (*self.digits, *self.last_digits)

    def figures(self) -> Iterator[str]:
        """What numbers and whole dates are read with, which only a caller's own letter has."""
        yield from (*self.digits, *self.last_digits, *self.years.values())
