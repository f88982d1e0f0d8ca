"""What the line says, to read and to hear: every menu, question, topic and form.

Owns these pages. They show the words as they are in use, to editors what is new in
the draft besides, and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from ivr.content.checks.pieces import pieces_of
from ivr.content.checks.reading import FEW_WORDS, grade, words_of
from ivr.content.edit import leaves
from ivr.line.model import Line
from ivr.line.wording import Wording
from ivr.reports.script import nodes
from ivr.speech.library import Library
from ivr.staff.gate import PageSection
from ivr.staff.people import StaffMember
from ivr.staff.places import named, path_of
from ivr.staff.readings import sentences
from ivr.staff.roles import Permission
from ivr.staff.saving import drafted
from ivr.staff.services import StaffServices
from ivr.staff.value import Editable, editable
from ivr.texts.parts import segments

section = PageSection("words")
WHAT = frozenset({"label", "name", "part", "help", "question", "summary", "text"})
"""The kinds of words that are changed on the page of their node."""
Told = tuple[str, str, tuple[str, ...], str]
"""Words that are said: what they are, the words, facts, and where they stand in their file."""
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
    path: str = ""


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
    draft = drafted(services) if who.may(Permission.EDIT) else line
    fresh = [_node(services, draft, name) for name in nodes(draft) if not line.has(name)]
    return render_template(
        "words.html",
        nodes=shown,
        fresh=[each for each in fresh if each.holds(find)],
        find=find,
        version=line.version,
        reviewed=line.reviewed(line.languages[0]),
    )


@section.get("/words/<name>", needs=Permission.SEE)
def node(services: StaffServices, who: StaffMember, name: str) -> ResponseReturnValue:
    """One node: each sentence to read and to hear, and what leads to it."""
    line, edits_ = services.line(), who.may(Permission.EDIT)
    fresh = edits_ and not line.has(name)
    if fresh:
        line = drafted(services)
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
    edits = _edits(services, line, name) if edits_ else {}
    told = {"node": shown, "leads": leads, "facts": facts, "edits": edits, "fresh": fresh}
    told |= _voices(services, line)
    return render_template("node.html", label=wording.node(name).label, **told)


@section.get("/phrases", needs=Permission.SEE)
def phrases(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """What belongs to no node: the greeting, help, what is said of people and numbers."""
    line, library = services.line(), services.checkup().library()
    found = [
        (each, _sounds(library, each.lang, each.text))
        for each in pieces_of(line)
        if each.kind in ("phrase", "written")
    ]
    return render_template("phrases.html", phrases=found, **_voices(services, line))


def _voices(services: StaffServices, line: Line) -> dict[str, Any]:
    """Every sentence of the first language, and which of them a person has read."""
    found = sentences(services, [line], line.languages[0])
    return {"voices": {each.words: each for each in found}}


def _edits(services: StaffServices, line: Line, name: str) -> dict[str, Editable]:
    """What can be changed at a node, as the draft has it, by where it stands in its file."""
    own = [each for each in pieces_of(line) if each.name == name and each.kind in WHAT]
    own = [each for each in own if each.kind != "text" or name in line.topics]
    if not own:
        return {}
    file, topic = own[0].file, name in line.topics
    # Read once: a file takes a hundredth of a second.
    now, before = (
        each.get(file, b"") for each in (services.drafting.files(), services.drafting.began())
    )
    stands = leaves(now.decode())
    heard = leaves(before.decode()) if before != now else stands
    found = {}
    for path in [each.path for each in own if each.path in stands]:
        codes = [stands[at] for at in stands if at[:-1] == (*path[:-1], "facts")]
        at = named(path if topic else path[1:])
        found[at] = editable(services, file, path, stands[path], stands[path], codes)
    for about in ("reviewed", "by", "owner") if topic else ():
        stood = stands.get((about,), "")
        value = date.fromisoformat(stood) if about == "reviewed" and stood else stood
        found[about] = editable(services, file, (about,), value, value)
    paths = {at: path_of(at) if topic else (name, *path_of(at)) for at in found}
    return {
        at: replace(each, changed=stands.get(paths[at]) != heard.get(paths[at]))
        for at, each in found.items()
    }


def _node(services: StaffServices, line: Line, name: str) -> Node:
    lang = line.languages[0]
    wording, library = line.words(lang), services.checkup().library()
    title = wording.node(name).name
    if name not in line.topics:
        kind = "question" if name in line.menus and line.menus[name].question else "menu"
        kind = "form" if name in line.forms else kind
        said = [("Title", wording.title(name), (), "name"), *_menu(line, wording, name)]
        pieces = tuple(_piece(library, lang, *each) for each in said)
        return Node(name, title, kind, pieces)
    topic = wording.topics[name]
    parts = [
        (f"Part {at + 1}", part.says, part.facts, f"parts.{at}.says")
        for at, part in enumerate(topic.parts)
    ]
    title_, short = wording.title(name), topic.summary
    said = [("Title", title_, (), "name"), ("In short", short, (), "summary"), *parts]
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


def _menu(line: Line, wording: Wording, name: str) -> Iterator[Told]:
    if name not in line.menus:
        return
    if line.menus[name].question:
        yield "Question", wording.menus[name].question or "", (), "question"
    for at, each in enumerate(wording.choices(name, line.menus[name].keys), 1):
        yield f"Choice {at}", each, (), ""
    yield "Help", wording.menus[name].help, (), "help"


def _piece(
    library: Library, lang: str, what: str, says: str, facts: tuple[str, ...], path: str
) -> SpokenPiece:
    usual = library.find(lang, "normal", says)
    judged = grade(says) if len(words_of(says)) >= FEW_WORDS else None
    return SpokenPiece(
        what, says, judged, usual.seconds if usual else 0.0, _sounds(library, lang, says), facts,
        path,
    )  # fmt: skip


def _sounds(library: Library, lang: str, says: str) -> tuple[tuple[str, str], ...]:
    """The recordings of words: which speed, and its file."""
    usual, slow = library.find(lang, "normal", says), library.find(lang, "slow", says)
    both = [("usual speed", usual)] + ([("slower", slow)] if slow != usual else [])
    return tuple((how, prompt.file) for how, prompt in both if prompt)
