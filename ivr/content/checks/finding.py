"""One thing that is wrong, and how a rule explains itself.

Owns the form of findings and rules. Finds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from ivr.content.checks.evidence import Evidence
from ivr.content.checks.pieces import Piece

Level = Literal["must", "should"]
Shown = Literal["ivr check", "ivr callers", "make test"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What is wrong: where (a file from ``prompts/`` on, and its line), what, and what to do.

    A ``must`` that is broken fails the check; a ``should`` is only named.
    """

    file: str
    line: int
    rule: str
    what: str
    do: str
    level: Level = "must"

    @property
    def where(self) -> str:
        """File and line, as people read them."""
        return f"{self.file}, line {self.line}" if self.line else self.file


Findings = Iterator[Finding]
Check = Callable[[Evidence], Findings]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the house: what it asks, where it comes from, an example of right and of wrong.

    ``check`` finds where it is broken; None where no words can break it. ``shown``: the command
    that shows whether it holds.
    """

    says: str
    source: str
    right: str
    wrong: str
    shown: Shown
    check: Check | None = None


LABELS = re.compile(r"^\s*(Source|Right|Wrong): ", re.MULTILINE)


def explained(text: str, shown: Shown, check: Check | None = None) -> Rule:
    """A rule from its text: a sentence or more, then Source, Right and Wrong, one each.

    Raises ValueError where one of the four is missing.
    """
    says, *rest = LABELS.split(text)
    pairs = zip(rest[::2], rest[1::2], strict=True)
    fields = {label: " ".join(words.split()) for label, words in pairs}
    if set(fields) != {"Source", "Right", "Wrong"} or not says.strip():
        raise ValueError(f"a rule needs what it says, Source, Right and Wrong: {text!r}")
    told = (" ".join(says.split()), fields["Source"], fields["Right"], fields["Wrong"])
    return Rule(*told, shown, check)


def rule(check: Check) -> Rule:
    """A rule from a check: its docstring explains it."""
    return explained(check.__doc__ or "", "ivr check", check)


def about(
    name: str, e: Evidence, piece: Piece, what: str, do: str, near: str = "", level: Level = "must"
) -> Finding:
    """A finding about a piece of wording; ``near``: the words of it that are meant."""
    line = e.where(piece.file, *piece.path, near=near)
    return Finding(piece.file, line, name, what, do, level)
