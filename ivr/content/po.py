"""A language as a gettext PO file, which any translator's editor opens: written, and read again.

Owns what such a file must be to be taken; each fault is named with its line, and nothing is kept of
a file with one. Babel reads and writes the format.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po
from ruamel.yaml.comments import CommentedMap

from ivr.content.checks import check_piece, piece_at
from ivr.content.files import LARGEST
from ivr.content.parser import text_of, tree_of
from ivr.content.source import Fault
from ivr.content.translation import (
    SIGNED,
    Sentence,
    SignOff,
    Stand,
    at,
    misfit,
    seal,
)
from ivr.line.doorways import DOORWAY_ONLY
from ivr.line.model import Line
from ivr.line.phrases import WRITTEN
from ivr.line.tongues import name_of

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
"""The date of every file, so that the same words make the same bytes."""
HEARD: Mapping[str, str] = {
    "label": "Callers choose it: it stands in the phrase “choice” of says.yaml.",
    "name": "The name of it, heard by itself on coming there.",
    "help": "Heard after a silence, as help to choose.",
    "question": "Heard as a question, before yes and no.",
    "summary": "Heard first in the topic: all of it in short.",
    "parts": "Heard in the topic, part by part.",
    "text": "Never heard: the topic as a text message.",
}
PIECE = "Heard within dates, times and numbers."
DOOR = "Heard in a doorway: by who has chosen this language, before a person is rung."
SAID, SHOWN = "The line says it of itself.", "Never heard: only in texts or on paper."
TWICE = "A second reader must read it: it has a date, a figure or a time limit."


class PoError(Exception):
    """A file that is not taken. ``faults`` name each thing wrong in it, by line."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Entry(NamedTuple):
    """A translation that was read. ``fuzzy``: whether its translator was not sure yet."""

    sentence: Sentence
    words: str
    fuzzy: bool


def written(lang: str, stands: list[Stand]) -> bytes:
    """The file of a language: each sentence with what stands for it, drafts marked as fuzzy."""
    catalog = Catalog(
        locale=Locale.parse(lang, sep="-"),
        header_comment=f"# {name_of(lang)}, to be translated from the first language of the line.",
        project="ivr",
        version="1",
        msgid_bugs_address="",
        creation_date=BEGAN,
        revision_date=BEGAN,
        last_translator="",
        language_team="",
        fuzzy=False,
    )
    for each in stands:
        sentence = each.sentence
        catalog.add(
            sentence.text,
            each.words,
            flags=["fuzzy"] if each.words and each.why else [],
            auto_comments=[_comment(sentence), *([TWICE] if each.twice else [])],
            context=sentence.name,
        )
    made = io.BytesIO()
    write_po(made, catalog, width=0)
    return made.getvalue()


def entries(
    file: str, raw: bytes, lang: str, known: Mapping[str, Sentence], line: Line
) -> list[Entry]:
    """What a translator has written. Raises PoError naming everything that cannot be taken."""
    catalog = _read(file, raw)
    faults, found = list[Fault](), list[Entry]()
    if catalog.locale and str(catalog.locale).replace("_", "-") != lang:
        faults.append(Fault(file, 1, f"this is a file of “{catalog.locale}”, and not of “{lang}”"))
    for message in catalog:
        at_line = message.lineno or 1
        words = message.string if isinstance(message.string, str) else ""
        if not message.id or not words.strip():
            continue
        sentence = known.get(message.context or "")
        if says := _wrong(sentence, message.id, words):
            faults.append(Fault(file, at_line, says))
        elif sentence:
            faults += (Fault(file, at_line, says) for says in _rules(line, lang, sentence, words))
            found.append(Entry(sentence, words, message.fuzzy))
    if not (found or faults):
        faults.append(Fault(file, 1, "nothing in this file is translated"))
    if faults:
        raise PoError(faults)
    return found


def kept(root: Path, lang: str, read: list[Entry], like: Callable[[str], Any]) -> list[Path]:
    """Write what was read into the files of a language. ``like(file)``: the first language's.

    A file in which nothing has changed is not touched. Answers those that were.
    """
    written = []
    for file, some in groupby(sorted(read, key=_file), _file):
        path = root / lang / file
        tree = tree_of(path.read_text(encoding="utf-8")) if path.is_file() else None
        tree = CommentedMap() if tree is None else tree
        changed = [_put(tree, each.sentence.path, each.words, like(file)) for each in some]
        if any(changed):
            _save(path, text_of(tree))
            written.append(path)
    return written


def sign(root: Path, lang: str, entry: Mapping[str, str], on: date, read: list[Entry]) -> int:
    """Keep a sign-off of everything that is not fuzzy; how many sentences that are.

    ``entry``: the names of who translated, reviewed and read it a second time.
    """
    seals = {e.sentence.name: seal(e.sentence.text, e.words) for e in read if not e.fuzzy}
    path = root / lang / SIGNED
    signed = tree_of(path.read_text(encoding="utf-8")) if path.is_file() else []
    made = SignOff.model_validate({**entry, "on": on, "sentences": seals})
    _save(path, text_of([*signed, made.model_dump()]))
    return len(seals)


def _read(file: str, raw: bytes) -> Catalog:
    if len(raw) > LARGEST:
        raise PoError([Fault(file, 1, "this file is larger than 1 MB")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise PoError([Fault(file, line, "not text in UTF-8; save it as UTF-8")]) from None
    try:
        catalog = read_po(io.StringIO(text), abort_invalid=True)
    except (PoFileError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", 0) + 1
        says = f"this is no PO file that can be read: {error}"
        raise PoError([Fault(file, line, says)]) from None
    if catalog.charset.lower() not in ("utf-8", "utf8"):
        says = f"the file says it is in {catalog.charset}; save it as UTF-8"
        raise PoError([Fault(file, 1, says)])
    return catalog


def _wrong(sentence: Sentence | None, first: Any, words: str) -> str:
    """What is wrong with one entry; empty when nothing is."""
    if sentence is None:
        return "the line has no sentence of this name (msgctxt); export the language again"
    if first != sentence.text:
        return f"“{sentence.name}” says something else now; export the language again"
    wrong = misfit(sentence, words)
    return f"“{sentence.name}”: {wrong}" if wrong else ""


def _rules(line: Line, lang: str, sentence: Sentence, words: str) -> Iterator[str]:
    """The accessibility rules that a translation breaks: too long, for one."""
    piece = piece_at(f"{lang}/{sentence.file}", sentence.path, words)
    for finding in check_piece(line, piece) if piece else ():
        if finding.level == "must":
            yield f"“{sentence.name}”: {finding.what} ({finding.rule})"


def _comment(sentence: Sentence) -> str:
    if sentence.file == "says.yaml":
        if sentence.path[0] in DOORWAY_ONLY:
            return DOOR
        return SHOWN if sentence.path[0] in WRITTEN else SAID
    field = "parts" if sentence.path[0] == "parts" else str(sentence.path[-1])
    return PIECE if sentence.file == "pieces.yaml" else HEARD[field]


def _file(entry: Entry) -> str:
    return entry.sentence.file


def _put(tree: Any, path: tuple[str | int, ...], words: str, like: Any) -> bool:
    """Set one sentence where it belongs; whether it was another before.

    A list is as long as the first language's.
    """
    *way, last = path
    for step in way:
        like = like[step]
        if at(tree, (step,)) in (None, ""):
            tree[step] = [""] * len(like) if isinstance(like, list) else CommentedMap()
        tree = tree[step]
    before = " ".join(str(at(tree, (last,)) or "").split())
    if before != " ".join(words.split()):
        tree[last] = words
        return True
    return False


def _save(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
