"""What the line says, to read and to hear: every menu, question, topic and form.

Owns these pages. They show the words as they are in use and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from ivr.content.checks.pieces import Piece as Said
from ivr.content.checks.pieces import pieces_of
from ivr.content.checks.reading import FEW_WORDS, grade, words_of
from ivr.line.model import Line
from ivr.line.wording import Wording
from ivr.reports.script import nodes
from ivr.speech.library import Library
from ivr.staff.gate import PageSection
from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission
from ivr.staff.saving import named
from ivr.staff.services import StaffServices
from ivr.texts.parts import segments

section = PageSection("words")
WHAT = {
    "label": "its choice, after “To …”",
    "name": "its name",
    "part": "part",
    "help": "help after silence",
    "question": "the question",
    "summary": "in short",
    "text": "the text message",
    "reviewed": "the day it was read against the law",
    "by": "who read it, and their qualification",
    "owner": "who sees that it is read again",
}
LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class SpokenPiece:
    """Words that are said at one node. ``sounds``: how fast, and the recording's name.

    ``grade`` is None where there are too few words to judge; ``facts`` are what they convey.
    """

    what: str
    says: str
    grade: float | None
    seconds: float
    sounds: tuple[tuple[str, str], ...]
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """One node, and what is said there. ``text``: the text message, its parts and pence."""

    name: str
    title: str
    kind: str
    pieces: tuple[SpokenPiece, ...]
    reviewed: date | None = None
    overdue: bool = False
    sources: tuple[str, ...] = ()
    text: tuple[str, int, int] | None = None
    by: str = ""
    owner: str = ""

    @property
    def seconds(self) -> float:
        """How long it all is, at the usual speed."""
        return sum(piece.seconds for piece in self.pieces)

    def holds(self, words: str) -> bool:
        """Whether these words are said here, in whatever case."""
        low = words.lower()
        told = self.text[0] if self.text else ""
        return any(low in each.lower() for each in (self.title, told, *self._said()))

    def _said(self) -> Iterator[str]:
        return (piece.says for piece in self.pieces)


@section.get("/words", needs=Permission.SEE)
def words(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Every node, nearest to the start first; ``?find=`` only those that say something."""
    line, find = services.line(), request.args.get("find", "").strip()[:LONGEST_SEARCH]
    found = [_node(services, line, name) for name in (*nodes(line), *line.forms)]
    shown = [each for each in found if each.holds(find)]
    return render_template(
        "words.html",
        nodes=shown,
        find=find,
        version=line.version,
        reviewed=line.reviewed(line.languages[0]),
    )


@section.get("/words/<name>", needs=Permission.SEE)
def node(services: StaffServices, who: StaffMember, name: str) -> ResponseReturnValue:
    """One node: each sentence to read and to hear, and what leads to it."""
    line = services.line()
    if not line.has(name):
        abort(404)
    wording = line.words(line.languages[0])
    leads = [
        (at, key, wording.node(at).name)
        for at, keys in line.keys().items()
        for key, to in keys.items()
        if to == name
    ]
    facts = {code: fact.says for code, fact in line.facts.items()}
    shown = _node(services, line, name)
    return render_template(
        "node.html", node=shown, leads=leads, facts=facts, pieces=_changeable(line, name)
    )


@section.get("/phrases", needs=Permission.SEE)
def phrases(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """What belongs to no node: the greeting, help, what is said of people and numbers."""
    line, library = services.line(), services.checkup().library()
    found = [
        (each, _sounds(library, each.lang, each.text))
        for each in pieces_of(line)
        if each.kind in ("phrase", "written")
    ]
    return render_template("phrases.html", phrases=found)


def _changeable(line: Line, name: str) -> list[tuple[str, str, str]]:
    """The pieces of a node: what each is, its file, and where it stands in it."""
    own = [each for each in pieces_of(line) if each.name == name and each.kind in WHAT]
    own = [each for each in own if each.kind != "text" or name in line.topics]
    found = [(_what(each), each.file, named(each.path)) for each in own]
    about = ("reviewed", "by", "owner") if name in line.topics else ()
    return found + [(WHAT[each], own[0].file, each) for each in about]


def _what(piece: Said) -> str:
    what = WHAT[piece.kind]
    return f"{what} {int(piece.path[1]) + 1}" if piece.kind == "part" else what


def _node(services: StaffServices, line: Line, name: str) -> Node:
    lang = line.languages[0]
    wording, library = line.words(lang), services.checkup().library()
    title = wording.node(name).name
    if name not in line.topics:
        kind = "question" if name in line.menus and line.menus[name].question else "menu"
        kind = "form" if name in line.forms else kind
        said = [("Title", wording.title(name), ()), *_menu(line, wording, name)]
        pieces = tuple(_piece(library, lang, *each) for each in said)
        return Node(name, title, kind, pieces)
    topic = wording.topics[name]
    parts = [(f"Part {at}", part.says, part.facts) for at, part in enumerate(topic.parts, 1)]
    said = [("Title", wording.title(name), ()), ("In short", topic.summary, ()), *parts]
    cost = segments(topic.text)
    return Node(
        name,
        title,
        "topic",
        tuple(_piece(library, lang, *each) for each in said),
        topic.reviewed,
        topic.overdue(services.clock().date()),
        topic.sources,
        (topic.text, cost, cost * services.settings.pence_a_segment),
        topic.by,
        topic.owner,
    )


def _menu(line: Line, wording: Wording, name: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if name not in line.menus:
        return
    for each in wording.choices(name, line.menus[name].keys):
        yield "Choice", each, ()
    yield "Help", wording.menus[name].help, ()


def _piece(
    library: Library, lang: str, what: str, says: str, facts: tuple[str, ...]
) -> SpokenPiece:
    usual = library.find(lang, "normal", says)
    judged = grade(says) if len(words_of(says)) >= FEW_WORDS else None
    return SpokenPiece(
        what, says, judged, usual.seconds if usual else 0.0, _sounds(library, lang, says), facts
    )


def _sounds(library: Library, lang: str, says: str) -> tuple[tuple[str, str], ...]:
    """The recordings of words: which speed, and its file."""
    usual, slow = library.find(lang, "normal", says), library.find(lang, "slow", says)
    both = [("usual speed", usual)] + ([("slower", slow)] if slow != usual else [])
    return tuple((how, prompt.file) for how, prompt in both if prompt)
