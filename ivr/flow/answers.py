"""What a caller has answered so far about their letter, in one small text.

Owns how answers are kept in a call. They travel sealed, and are read leniently: what is odd in
them is as good as not answered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from ivr.line.deadlines import Kind, Letter, made_date

Paper = Literal["letter", "certificate"]
"""The papers whose date is asked for."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A date as far as it was typed; 0 for what was not yet."""

    day: int = 0
    month: int = 0
    year: int = 0

    @classmethod
    def of(cls, day: date | None) -> Typed:
        """A date that was typed whole."""
        return cls(day.day, day.month, day.year) if day else cls()

    @property
    def date(self) -> date | None:
        """The date; None while it is not whole, and for 31 February."""
        return made_date(self.day, self.month, self.year)


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to the form. ``tries`` counts dates that could not be."""

    kind: Kind | None = None
    certified: bool = False
    letter: Typed = Typed()
    certificate: Typed = Typed()
    tries: int = 0

    @classmethod
    def of(cls, letter: Letter) -> Answers:
        """The answers that tell this letter."""
        dates = (Typed.of(letter.decision), Typed.of(letter.certificate))
        return cls(letter.kind, letter.certificate is not None, *dates)

    def date_of(self, paper: Paper) -> Typed:
        """The date typed for one of the papers."""
        return self.letter if paper == "letter" else self.certificate

    def dated(self, paper: Paper, typed: Typed) -> Answers:
        """The same with this date for one of the papers."""
        return (
            replace(self, letter=typed) if paper == "letter" else replace(self, certificate=typed)
        )

    def whole(self) -> Letter | None:
        """What a last day is worked out from; None while something is missing."""
        decision, certificate = self.letter.date, self.certificate.date
        if self.kind is None or decision is None or (self.certified and certificate is None):
            return None
        return Letter(decision, self.kind, certificate if self.certified else None)

    def write(self) -> str:
        """These answers as one text."""
        dates = (f"{d.day}-{d.month}-{d.year}" for d in (self.letter, self.certificate))
        return "/".join((self.kind or "", str(int(self.certified)), *dates, str(self.tries)))


def read(text: str) -> Answers:
    """The answers in a text; none for anything that was not written here."""
    kind, certified, letter, certificate, tries = ([*text.split("/"), *[""] * 5])[:5]
    return Answers(
        kind=next((each for each in get_args(Kind) if each == kind), None),
        certified=certified == "1",
        letter=_typed(letter),
        certificate=_typed(certificate),
        tries=int(tries) if tries.isascii() and tries.isdigit() else 0,
    )


def _typed(text: str) -> Typed:
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return Typed()
    return Typed(*(int(part) for part in parts))
