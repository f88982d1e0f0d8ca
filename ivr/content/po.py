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
from ivr.content.files import LARGEST, Files, files_of
from ivr.content.parser import text_of, tree_of
from ivr.content.sentences import Sentence, hash_of, misfit, seal, value_of
from ivr.content.source import Fault
from ivr.content.translation import SIGNED, SignOff, Stand, at
from ivr.line.doorways import DOORWAY_ONLY, DOORWAY_TEXT
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
    "keywords": "Never heard: words that people text for the topic. The first stands in the menu.",
}
PIECE = "Heard within dates, times and numbers."
DOOR_TEXT = "Texted to who texts in your language: name it, such as CALL POLSKI. 134 letters."
DOOR = "Heard in a doorway: by who has chosen this language, before a person is rung."
OWN_NAME = ("language_on", "will_speak")
OWN = "Name your own language in place of English: who speaks it hears this and knows it."
OFFER = "Only the name of your own language, and the key: Polski: {key_name}. Heard by everybody."
SAID, SHOWN = "The line says it of itself.", "Never heard: only in texts or on paper."
TWICE = "A second reader must read it: it has a date, a figure or a time limit."
SEEN = "Leave this line. Translated when this file was made:"
"""What stands before a hash of the translation that whoever translates on had before them."""


class PoError(Exception):
    """A file that is not taken. ``faults`` name each thing wrong in it, by line."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Entry(NamedTuple):
    """A translation that was read. ``fuzzy``: whether its translator was not sure yet.

    ``seen``: a hash of the translation that stood there when the file was made; empty for none.
    """

    sentence: Sentence
    words: str
    fuzzy: bool
    seen: str = ""


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
            auto_comments=[
                comment_of(sentence),
                *([TWICE] if each.twice else []),
                *([f"{SEEN} {hash_of(each.words)}"] if each.words else []),
            ],
            context=sentence.name,
        )
    made = io.BytesIO()
    write_po(made, catalog, width=0)
    return made.getvalue()


def entries(
    file: str, raw: bytes, lang: str, known: Mapping[str, Stand], line: Line, *, over: bool = False
) -> list[Entry]:
    """What a translator has written. Raises PoError naming everything that cannot be taken.

    So is a sentence that somebody else has changed since the file was made, but with ``over``.
    """
    catalog = _read(file, raw)
    faults, found = list[Fault](), list[Entry]()
    if catalog.locale and str(catalog.locale).replace("_", "-") != lang:
        faults.append(Fault(file, 1, f"this is a file of “{catalog.locale}”, and not of “{lang}”"))
    for message in catalog:
        at_line = message.lineno or 1
        words = message.string if isinstance(message.string, str) else ""
        if not message.id or not words.strip():
            continue
        stand = known.get(message.context or "")
        if stand is None or message.id != stand.sentence.text:
            faults.append(Fault(file, at_line, _unknown(stand)))
            continue
        entry = Entry(stand.sentence, words, message.fuzzy, _seen(message.auto_comments))
        says = [*faults_of(line, lang, stand.sentence, words)]
        says += [] if over else overtaken(entry, stand.words)
        faults += (Fault(file, at_line, f"“{stand.sentence.name}”: {each}") for each in says)
        found.append(entry)
    if not (found or faults):
        faults.append(Fault(file, 1, "nothing in this file is translated"))
    if faults:
        raise PoError(faults)
    return found


def overtaken(entry: Entry, stands: str) -> Iterator[str]:
    """What is said where somebody else has changed a sentence since it was seen: both."""
    if stands not in ("", " ".join(entry.words.split())) and hash_of(stands) != entry.seen:
        yield (
            f"somebody has changed this since it was handed out. There now: “{stands}”. "
            f"Yours: “{entry.words}”"
        )


def merged(
    files: Files, lang: str, read: list[Entry], like: Callable[[str], Any]
) -> dict[str, str]:
    """The files of a language with what was read in them: those that change, by their names.

    ``like(file)``: the first language's.
    """
    found = {}
    for file, some in groupby(sorted(read, key=_file), _file):
        name = f"{lang}/{file}"
        tree = tree_of(files[name].decode()) if name in files else None
        tree = CommentedMap() if tree is None else tree
        changed = [_put(tree, each.sentence.path, each.words, like(file)) for each in some]
        if any(changed):
            found[name] = text_of(tree)
    return found


def signing(
    files: Files, lang: str, entry: Mapping[str, str], on: date, seals: Mapping[str, str]
) -> dict[str, str]:
    """The file of sign-offs with these ``seals`` by name, and no older one of theirs.

    ``entry``: the names of who translated, reviewed and read it a second time.
    """
    name = f"{lang}/{SIGNED}"
    made = SignOff.model_validate({**entry, "on": on, "sentences": seals}).model_dump()
    signed = tree_of(files[name].decode()) if name in files else []
    for each in signed:
        for known in [key for key in each["sentences"] if key in seals]:
            del each["sentences"][known]
    signed = [each for each in signed if each["sentences"]]
    people = {key: made[key] for key in made if key != "sentences"}
    for each in signed:
        if all(each.get(key, "") == value for key, value in people.items()):
            each["sentences"].update(seals)
            return {name: text_of(signed)}
    return {name: text_of([*signed, made])}


def kept(root: Path, lang: str, read: list[Entry], like: Callable[[str], Any]) -> list[Path]:
    """Write what was read into the files of a language; those that were changed."""
    return _written(root, merged(files_of(root), lang, read, like))


def sign(root: Path, lang: str, entry: Mapping[str, str], on: date, read: list[Entry]) -> int:
    """Keep a sign-off of everything that is not fuzzy; how many sentences that are."""
    seals = {e.sentence.name: seal(e.sentence.text, e.words) for e in read if not e.fuzzy}
    _written(root, signing(files_of(root), lang, entry, on, seals))
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


def _unknown(stand: Stand | None) -> str:
    if stand is None:
        return "the line has no sentence of this name (msgctxt); export the language again"
    return f"“{stand.sentence.name}” says something else now; export the language again"


def _seen(comments: list[str]) -> str:
    return next((each.removeprefix(SEEN).strip() for each in comments if SEEN in each), "")


def faults_of(line: Line, lang: str, sentence: Sentence, words: str) -> Iterator[str]:
    """What keeps a translation from being taken: lost fields, and rules such as its length."""
    if wrong := misfit(sentence, words):
        yield wrong
        return
    piece = piece_at(f"{lang}/{sentence.file}", sentence.path, words)
    for finding in check_piece(line, piece) if piece else ():
        if finding.level == "must":
            yield f"{finding.what} ({finding.rule})"


def comment_of(sentence: Sentence) -> str:
    """Who hears a sentence, and when."""
    if sentence.file == "says.yaml":
        if sentence.path[0] in DOORWAY_ONLY:
            return DOOR
        if sentence.path[0] == DOORWAY_TEXT:
            return DOOR_TEXT
        if sentence.path[0] == "this_language":
            return OFFER
        if sentence.path[0] in OWN_NAME:
            return OWN
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
    value, before = value_of(path, words), at(tree, (last,))
    if (" ".join(before.split()) if isinstance(before, str) else before) != value:
        tree[last] = value
        return True
    return False


def _written(root: Path, files: Mapping[str, str]) -> list[Path]:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return [root / name for name in files]
