"""What the printed script is made of: rows of words, in sections, in chapters.

Owns this vocabulary. Knows no flow, no wording and no template.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

Kind = Literal["head", "note", "said", "choice", "keyword", "text"]


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that stands on the paper.

    ``kind`` is ``head`` for a heading inside a section, ``note`` for the paper's own words,
    ``said`` for the line's, ``choice`` for the line's words about one ``key``, ``keyword`` for a
    topic and the word (``key``) that is texted for it, ``text`` for a text message. ``to`` names
    the section that the key or word leads to; ``tag`` is the language of the line's words.
    """

    kind: Kind
    words: str
    tag: str = ""
    key: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One menu, question, topic or moment of a call. ``name`` is what links point to."""

    name: str
    title: str
    rows: tuple[Row, ...]
    tag: str = ""

    def blocks(self) -> Iterator[tuple[Kind, tuple[Row, ...]]]:
        """Rows of one kind that follow one another: a list of choices is one list."""
        for kind, rows in groupby(self.rows, key=lambda row: row.kind):
            yield kind, tuple(rows)


@dataclass(frozen=True, slots=True)
class Chapter:
    """Sections about one thing. ``name`` is what links point to."""

    name: str
    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole line on paper. ``cover`` is what to know first."""

    title: str
    cover: tuple[Row, ...]
    chapters: tuple[Chapter, ...]

    def sections(self) -> Iterator[Section]:
        """Every section, in order."""
        for chapter in self.chapters:
            yield from chapter.sections

    def title_of(self, name: str) -> str:
        """The title of the section of this name; empty where there is none."""
        return {section.name: section.title for section in self.sections()}.get(name, "")


def head(words: str) -> Row:
    """A heading inside a section."""
    return Row("head", words)


def note(words: str) -> Row:
    """A sentence or two of the paper's own."""
    return Row("note", words)
