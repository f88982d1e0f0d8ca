"""Changing one thing the line says: its words in the draft, with what speaks against them beside.

Owns this page and its check. What is kept is a draft; callers hear it once it is published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from ivr.content.checks import Finding, Piece, check_piece, piece_at
from ivr.content.checks.facts import missing
from ivr.content.checks.reading import FEW_WORDS, grade, words_of
from ivr.content.edit import Step, typed
from ivr.content.files import NAME
from ivr.line.model import Line
from ivr.staff.gate import PageSection
from ivr.staff.people import StaffMember
from ivr.staff.places import link, named, path_of
from ivr.staff.roles import Permission
from ivr.staff.saving import KEPT, NotKeptError, drafted, keep, value_of
from ivr.staff.services import StaffServices
from ivr.staff.titles import title
from ivr.texts import segments

section = PageSection("value")
LONGEST = 4_000
"""Letters that are taken from a form; the longest sentence of ours has 400."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What there is to say of some words: ``against`` them, and of their length and price.

    ``lost``: facts that are no longer said, each with the words that would say it.
    """

    words: int
    grade: float | None
    against: tuple[Finding, ...]
    lost: tuple[tuple[str, str, str], ...]
    parts: int = 0
    pence: float = 0.0


@dataclass(frozen=True, slots=True)
class Editable:
    """One value as a form has it. ``was``: what stood there when the page was made; ``given``: what
    stands in the form; ``dated``: it is a day; ``changed``: callers do not hear it yet."""

    file: str
    at: str
    was: Any
    given: Any
    dated: bool
    judged: Judged | None
    changed: bool = False


def editable(
    services: StaffServices, file: str, path: tuple[Step, ...], was: Any, given: Any,
    codes: list[str] | None = None,
) -> Editable:  # fmt: skip
    """A value with what there is to say of it. ``codes``: the facts of a part, where known."""
    dated = isinstance(was, date) or isinstance(given, date)
    judged = None if dated else judge(services, file, path, str(given or ""), codes)
    return Editable(file, named(path), was, given or "", dated, judged)


@section.get("/draft/value", needs=Permission.EDIT)
def value(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """One value of ``?file=`` at ``?at=``, to be changed."""
    file, path = _asked(request.args)
    stands = _stands(services, file, path)
    return _page(services, file, path, stands, stands)


@section.post("/draft/value", needs=Permission.EDIT)
def save(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Keep it in the draft."""
    file, path = _asked(request.form)
    stands = _stands(services, file, path)
    given, was = _given(stands, "value"), _given(stands, "was")
    if given in (None, ""):
        return _page(
            services, file, path, was, given, wrong="Nothing stands there. Write something."
        )
    try:
        keep(services, who, file, path, was, given)
    except NotKeptError as error:
        both, wrong = error.theirs, " ".join(error.lines)
        return _page(services, file, path, was if both is None else both, given, wrong, both)
    flash(KEPT)
    return redirect(link(drafted(services), services.drafting.files(), file, path))


@section.post("/draft/check", needs=Permission.EDIT)
def check(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """What speaks against the words as they are being written; only that part for the script."""
    file, path = _asked(request.form)
    given = typed(request.form.get("value", "")[:LONGEST])
    if request.headers.get("X-Part") == "check":
        return render_template("checked.html", judged=judge(services, file, path, given))
    return _page(services, file, path, request.form.get("was", ""), given)


def judge(
    services: StaffServices, file: str, path: tuple[Step, ...], words: str,
    codes: list[str] | None = None,
) -> Judged | None:  # fmt: skip
    """What there is to say of words at a node; None where no wording stands there."""
    line = services.line()
    for name, spoken in line.names().items():
        words = words.replace(f"{{{name}}}", spoken)
    piece = piece_at(file, path, words)
    if piece is None:
        return None
    written = piece.kind in ("text", "written")
    parts = segments(words) if written else 0
    return Judged(
        words=len(words.split()),
        grade=grade(words) if len(words_of(words)) >= FEW_WORDS else None,
        against=tuple(check_piece(line, piece)),
        lost=tuple(_lost(line, piece, _facts(services, file, path) if codes is None else codes)),
        parts=parts,
        pence=parts * services.settings.pence_a_segment,
    )


def _facts(services: StaffServices, file: str, path: tuple[Step, ...]) -> list[str]:
    """The facts that a part names, and those that name a phrase or a question."""
    if path[-1] == "says":
        return list(value_of(services, file, (*path[:-1], "facts")) or [])
    if not file.endswith("/says.yaml") and path[-1] != "question":
        return []
    return [code for code, fact in services.line().facts.items() if path[0] in fact.phrases]


def _lost(line: Line, piece: Piece, codes: list[str]) -> Iterator[tuple[str, str, str]]:
    for fact, code in ((line.facts.get(code), code) for code in codes):
        if fact and (unheard := missing(fact, piece.text, line.words(piece.lang))):
            yield code, fact.says, ", ".join(f"“{words}”" for words in unheard)


def _page(
    services: StaffServices, file: str, path: tuple[Step, ...], was: Any, given: Any,
    wrong: str = "", both: Any = None,
) -> ResponseReturnValue:  # fmt: skip
    status = 409 if both is not None else 422 if wrong else 200
    called = title(services.line(), services.drafting.files(), file, path)
    shown = editable(services, file, path, was, given)
    page = render_template("value.html", title=called, value=shown, wrong=wrong, both=both)
    return page, status


def _asked(source: Mapping[str, str]) -> tuple[str, tuple[Step, ...]]:
    file, at = source.get("file", ""), source.get("at", "")
    if not NAME.fullmatch(file) or not at:
        abort(404)
    return file, path_of(at)


def _stands(services: StaffServices, file: str, path: tuple[Step, ...]) -> str | date:
    found = value_of(services, file, path)
    if not isinstance(found, str | date):
        abort(404)
    return found


def _given(stands: str | date, name: str) -> str | date | None:
    """What a field of the form holds, as the kind of thing that stands there."""
    words = typed(request.form.get(name, "")[:LONGEST])
    if isinstance(stands, str):
        return words
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None
