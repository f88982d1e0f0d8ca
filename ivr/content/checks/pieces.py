"""Every piece of wording, and where it stands; and which piece a spoken unit comes from.

Owns that search only: a unit is a whole piece, a phrase with its fields filled, or a label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from ivr.line.deadlines import Adviser, Deadline, Status
from ivr.line.model import Line
from ivr.line.phrases import WRITTEN
from ivr.line.wording import Borrowed, TopicWords, texted
from ivr.speech.marks import plain

Kind = Literal["phrase", "written", "label", "name", "help", "question", "part", "summary", "text"]
KINDS_OF_FORM: tuple[Kind, ...] = ("label", "name")
LONGEST_DATE = date(2026, 9, 30)
"""Wednesday 30 September 2026: no date is longer in writing."""
FIELDS: dict[str, Kind] = {
    "label": "label",
    "name": "name",
    "help": "help",
    "question": "question",
    "summary": "summary",
    "text": "text",
}
FIELD = re.compile(r"\\\{\w+\\\}")


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of wording, and where it stands."""

    lang: str
    kind: Kind
    name: str
    text: str
    file: str
    path: tuple[str | int, ...]

    @property
    def english(self) -> bool:
        """Whether it may be judged by English words: lists of them, and how hard they are."""
        return self.lang.startswith("en")

    @property
    def spoken(self) -> bool:
        """Whether callers hear it."""
        return self.kind not in ("text", "written")


def _longest(
    status: Status, adviser: Adviser, safe_day: date = LONGEST_DATE, *, doubt: bool = False
) -> Deadline:
    """A last day as it stands, with the longest dates there are."""
    days = (LONGEST_DATE,) * 4
    return Deadline(*days, safe_day, status, adviser, "", LONGEST_DATE, doubt)


TEXTED = (
    _longest("in-time", "in-time"),
    _longest("safe-day-passed", "today"),
    _longest("safe-day-passed", "passed"),
    _longest("late", "passed"),
    _longest("in-time", "not-needed", doubt=True),
    _longest("in-time", "not-needed", LONGEST_DATE.replace(day=23), doubt=True),
    _longest("safe-day-passed", "not-needed", doubt=True),
    _longest("perhaps", "not-needed"),
    _longest("late", "not-needed", doubt=True),
)
"""A last day of every kind that has a text of its own, at its longest."""


def pieces_of(line: Line) -> Iterator[Piece]:
    """Every piece of wording in every language, in that language's own words."""
    return (each for each in _pieces_of(line) if not isinstance(each.text, Borrowed))


def _pieces_of(line: Line) -> Iterator[Piece]:
    for lang, wording in line.wordings.items():
        file = f"{lang}/says.yaml"
        for name, phrase in wording.says.items():
            kind: Kind = "written" if name in WRITTEN else "phrase"
            yield Piece(lang, kind, name, phrase, file, (name,))
        yield from _menu_pieces(lang, line)
        yield from _form_pieces(lang, line)
        for name, topic in wording.topics.items():
            yield from _topic_pieces(lang, name, topic)


def piece_at(file: str, path: Sequence[str | int], text: str) -> Piece | None:
    """The piece that ``text`` would be at this place of a file; None where no wording stands."""
    lang, _, rest = file.partition("/")
    match rest.split("/"), list(path):
        case ["says.yaml"], [str(name)]:
            kind: Kind = "written" if name in WRITTEN else "phrase"
        case ["menus.yaml" | "forms.yaml"], [str(name), str(field)] if field in FIELDS:
            kind = FIELDS[field]
        case ["topics", topic], [str(field)] if field in FIELDS:
            name, kind = topic.removesuffix(".yaml"), FIELDS[field]
        case ["topics", topic], ["parts", int(), "says"]:
            name, kind = topic.removesuffix(".yaml"), "part"
        case _:
            return None
    return Piece(lang, kind, name, plain(text), file, tuple(path))


def _menu_pieces(lang: str, line: Line) -> Iterator[Piece]:
    file = f"{lang}/menus.yaml"
    for name, menu in line.words(lang).menus.items():
        fields: tuple[tuple[Kind, str], ...] = (
            *(("label", menu.label), ("name", menu.name)),
            *(("help", menu.help), ("question", menu.question)),
        )
        for kind, text in fields:
            if text:
                yield Piece(lang, kind, name, text, file, (name, kind))


def _form_pieces(lang: str, line: Line) -> Iterator[Piece]:
    """A form's names, and its texts as they are sent, with the longest date there is (R58)."""
    words = line.words(lang)
    for name, form in words.forms.items():
        for kind in KINDS_OF_FORM:
            yield Piece(lang, kind, name, getattr(form, kind), f"{lang}/forms.yaml", (name, kind))
        for found in TEXTED:
            sent, (first, _) = words.deadline_text(found), texted(found)[0]
            yield Piece(lang, "text", name, sent, f"{lang}/says.yaml", (first,))


def _topic_pieces(lang: str, name: str, topic: TopicWords) -> Iterator[Piece]:
    file = f"{lang}/topics/{name}.yaml"
    fields: tuple[tuple[Kind, str], ...] = (
        *(("label", topic.label), ("name", topic.name)),
        *(("summary", topic.summary), ("text", topic.text)),
    )
    for kind, text in fields:
        yield Piece(lang, kind, name, text, file, (kind,))
    for number, part in enumerate(topic.parts):
        yield Piece(lang, "part", name, part.says, file, ("parts", number, "says"))


class Origins:
    """The pieces of one language, ready to be found by what is said."""

    def __init__(self, line: Line, lang: str) -> None:
        self._lang, self._line = lang, line
        self._pieces = [piece for piece in pieces_of(line) if piece.lang == lang]

    def of(self, unit: str) -> Piece:
        """The piece that a unit comes from; the file of pieces where it is one of those."""
        if piece := self._whole.get(unit):
            return piece
        for piece in self._labels:
            if piece.text.lower() in unit.lower():
                return piece
        for piece, pattern in self._phrases:
            if pattern.fullmatch(unit):
                return piece
        return Piece(self._lang, "phrase", "", unit, f"{self._lang}/pieces.yaml", ())

    @cached_property
    def _whole(self) -> dict[str, Piece]:
        return {self._heard(piece): piece for piece in self._pieces}

    def _heard(self, piece: Piece) -> str:
        """A whole piece as it is spoken: a help names keys that stand in the flow."""
        if piece.kind != "help":
            return piece.text
        keys = self._line.menus[piece.name].keys
        return self._line.words(self._lang).help(piece.name, keys)

    @cached_property
    def _labels(self) -> list[Piece]:
        """Labels and names, the longest first, so that none is taken for another."""
        found = [piece for piece in self._pieces if piece.kind in ("label", "name")]
        found += [piece for piece in self._pieces if piece.name.endswith("_label")]
        return sorted(found, key=lambda piece: -len(piece.text))

    @cached_property
    def _phrases(self) -> list[tuple[Piece, re.Pattern[str]]]:
        return [
            (piece, re.compile(FIELD.sub(".+", re.escape(piece.text))))
            for piece in self._pieces
            if piece.kind == "phrase" and piece.name != "choice"
        ]
