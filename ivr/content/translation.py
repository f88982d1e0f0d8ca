"""A further language: which of its sentences are said, and what stands in for the others.

Owns the pairing of each sentence with that of the first language, and why one is not said: it is
missing, nobody has signed it, the first language has changed since, or it does not fit. None of
that refuses the content: callers hear the sentence of the first language.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, RootModel, StringConstraints, ValidationError

from ivr.content import schema
from ivr.content.build import Language
from ivr.content.sentences import LISTED, Place, Sentence, as_one, hash_of, misfit, value_of
from ivr.content.source import Reading
from ivr.line.doorways import DOORWAY_ONLY
from ivr.line.phrases import SAYS, SWITCHING, WRITTEN

Why = Literal["missing", "draft", "stale", "unfit", "unknown"]
SIGNED = "signed.yaml"
SHAPES: Mapping[str, type[BaseModel]] = {
    "says.yaml": schema.SaysFile,
    "menus.yaml": schema.MenusFile,
    "forms.yaml": schema.FormsFile,
    "pieces.yaml": schema.PiecesFile,
    "topics": schema.TopicFile,
}
UNSPOKEN = ("facts", "sources", "reviewed", "by", "owner", "points")
"""Names whose values nobody translates."""
LABELS = ("language_label", "wrong_language_label")
CORE = ("yes", "no", "apology", "not_ready", *LABELS, *SWITCHING)
"""Phrases without which a language is off. So are the pieces, and all that fields are filled in."""
TWICE_READ = re.compile(r"\d|\{(?:date|digits|count)\}")
"""What a second reader looks at: figures and dates; so do pieces, and sentences of a time limit."""


class Lack(NamedTuple):
    """A sentence that callers do not hear in this language, and why."""

    file: str
    path: Place
    why: Why
    says: str = ""


class Stand(NamedTuple):
    """How one sentence stands: its translation, and why callers do not hear it (empty: they do).

    ``core``: whether the language is off without it; ``twice``: whether two people must read it.
    """

    sentence: Sentence
    words: str
    why: Why | Literal[""]
    says: str
    core: bool
    twice: bool


class SignOff(schema.Strict):
    """Sentences that somebody has read and stands for. ``sentences``: seals by name."""

    by: schema.Words
    reviewed_by: schema.Words
    second_reader: str = ""
    on: date
    sentences: dict[str, Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}-[0-9a-f]{16}$")]]


class SignedFile(RootModel[list[SignOff]]):
    """``<language>/signed.yaml``: later entries go before earlier ones."""


@dataclass(frozen=True, slots=True)
class Translation:
    """A language as far as it may be said. ``lacks``: what it may not, from the first language.

    ``language``: None where it is off, for want of what it cannot do without.
    """

    language: Language | None
    lacks: tuple[Lack, ...]


def sentences(reading: Reading, first: str) -> Iterator[Sentence]:
    """Everything that is translated, file by file, from the first language."""
    for name, source in sorted(reading.sources.items()):
        lang, _, file = name.partition("/")
        if lang == first and _translatable(file):
            for path, text in _leaves(source.plain):
                yield Sentence(file, path, " ".join(text.split()))


def signed(reading: Reading, lang: str) -> dict[str, tuple[str, SignOff]]:
    """The seal of each signed sentence, and who has signed it."""
    file = f"{lang}/{SIGNED}"
    found = reading.shaped(file, SignedFile) if file in reading.files else None
    entries = found.root if found else []
    return {name: (kept, entry) for entry in entries for name, kept in entry.sentences.items()}


def twice_read(sentence: Sentence, limits: frozenset[str], tree: Any) -> bool:
    """Whether a second reader must look at it: dates, figures, and time limits of the caller's."""
    if sentence.file == "pieces.yaml" or TWICE_READ.search(sentence.text):
        return True
    if sentence.path[0] == "parts":
        return not limits.isdisjoint(at(tree, (*sentence.path[:2], "facts")) or ())
    return sentence.path[0] in limits or sentence.path[0] in ("summary", "text")


def limits_of(facts: schema.FactsFile) -> frozenset[str]:
    """The facts that are time limits or critical, and the phrases that say them."""
    dear = {name: fact for name, fact in facts.root.items() if fact.limit or fact.critical}
    return frozenset(dear) | {phrase for fact in dear.values() for phrase in fact.phrases}


def translated(
    reading: Reading, lang: str, first: str, facts: schema.FactsFile, names: Mapping[str, str]
) -> Translation:
    """What may be said of ``lang``. ``names``: of services, that topics ask for in braces.

    Faults of its files are lacks, never faults of the content.
    """
    soft, lacks, merged = Reading(reading.files, reading.root), list[Lack](), dict[str, Any]()
    own = _own(soft, lang, reading, first)
    for stand in _stands(soft, own, lang, reading, first, facts):
        (file, path, _), why = stand.sentence, stand.why
        if file not in merged:
            merged[file] = copy.deepcopy(reading.sources[f"{first}/{file}"].plain)
        if why:
            lacks.append(Lack(file, path, why, stand.says))
        else:
            at(merged[file], path[:-1])[path[-1]] = value_of(path, stand.words)
    if not signed(soft, lang):
        lacks.append(Lack(SIGNED, (), "draft", "nobody has signed a sentence"))
    lacks += _unknown(own, merged)
    shaped = {name: _shaped(name, tree, reading, first, lacks) for name, tree in merged.items()}
    lacks += [
        Lack(fault.file.partition("/")[2], (), "unfit", f"line {fault.line}: {fault.says}")
        for fault in soft.faults
    ]
    for name, each in shaped.items():
        if isinstance(each, schema.TopicFile):
            shaped[name] = each.filled(names)
    off = any(_core(each.file, each.path) for each in lacks if each.why != "unknown")
    reading.sources |= soft.sources
    lacking = frozenset((each.file, each.path) for each in lacks if each.why != "unknown")
    made = None if off else _language(soft, lang, shaped, lacking)
    return Translation(made, tuple(sorted(lacks, key=str)))


def stands(reading: Reading, lang: str, first: str, facts: schema.FactsFile) -> list[Stand]:
    """How every sentence of a language stands."""
    soft = Reading(reading.files, reading.root)
    return list(_stands(soft, _own(soft, lang, reading, first), lang, reading, first, facts))


def _stands(
    soft: Reading,
    own: Mapping[str, Any],
    lang: str,
    reading: Reading,
    first: str,
    facts: schema.FactsFile,
) -> Iterator[Stand]:
    signs, limits = signed(soft, lang), limits_of(facts)
    for sentence in sentences(reading, first):
        whole = reading.sources[f"{first}/{sentence.file}"].plain
        twice = twice_read(sentence, limits, whole)
        given = as_one(sentence.path, at(own.get(sentence.file), sentence.path))
        why, says = _why(sentence, given, signs.get(sentence.name), twice)
        words = " ".join(given.split()) if isinstance(given, str) else ""
        core = _core(sentence.file, sentence.path)
        yield Stand(sentence, words, why, says, core, twice)


def at(tree: Any, path: Place) -> Any:
    """What stands at a place; None where nothing does."""
    for step in path:
        try:
            tree = tree[step]
        except (KeyError, IndexError, TypeError):
            return None
    return tree


def _own(soft: Reading, lang: str, reading: Reading, first: str) -> dict[str, Any]:
    """Its own files, as far as they can be read."""
    names = [name.partition("/")[2] for name in reading.sources if name.startswith(f"{first}/")]
    found = {}
    for file in names:
        if _translatable(file) and f"{lang}/{file}" in reading.files:
            source = soft.read(f"{lang}/{file}")
            found[file] = source.plain if source else None
    return found


def _why(
    sentence: Sentence, given: Any, sign: tuple[str, SignOff] | None, twice: bool
) -> tuple[Why | Literal[""], str]:
    """Why a sentence is not said in this language; empty where it is."""
    if given is None or given == "":
        return "missing", ""
    if not isinstance(given, str):
        return "unfit", "it must be words"
    if wrong := misfit(sentence, given):
        return "unfit", wrong
    if sign is None:
        return "draft", "nobody has signed it"
    kept, entry = sign
    was_first, _, was_own = kept.partition("-")
    if was_own != hash_of(given):
        return "draft", "it was changed after it was signed"
    if was_first != hash_of(sentence.text):
        return "stale", "the first language has changed since it was signed"
    if twice and not entry.second_reader.strip():
        return "draft", "it has a date, a figure or a time limit: a second reader must sign it"
    return "", ""


def _unknown(own: Mapping[str, Any], merged: Mapping[str, Any]) -> Iterator[Lack]:
    """What stands in its files and in none of the first language's."""
    for file, tree in own.items():
        for path, _ in _leaves(tree):
            if at(merged[file], path) is None:
                yield Lack(file, path, "unknown", "the first language has no sentence of this name")


def _shaped(name: str, tree: Any, reading: Reading, first: str, lacks: list[Lack]) -> Any:
    """A file with what does not fit its shape put back to the first language's."""
    shape, whole = _shape(name), reading.sources[f"{first}/{name}"].plain
    try:
        return shape.model_validate(tree)
    except ValidationError as error:
        wrong = {tuple(map(str, each["loc"])): each["msg"] for each in error.errors()}
    for path, _ in list(_leaves(tree)):
        if says := wrong.get(tuple(map(str, path))):
            lacks.append(Lack(name, path, "unfit", says.removeprefix("Value error, ")))
            at(tree, path[:-1])[path[-1]] = at(whole, path)
    return shape.model_validate(tree)


def _core(file: str, path: Place) -> bool:
    """Whether a language is off without this sentence."""
    name = str(path[0]) if path else ""
    # What advisers hear is in the first language.
    apart = name in (*WRITTEN, *DOORWAY_ONLY) or name.startswith("desk_")
    filled = bool(SAYS.get(name)) and not apart
    return file == "pieces.yaml" or (file == "says.yaml" and (filled or name in CORE))


def _language(
    soft: Reading, lang: str, shaped: Mapping[str, Any], lacking: frozenset[tuple[str, Place]]
) -> Language:
    proofs, spelled = f"{lang}/facts.yaml", f"{lang}/pronunciation.yaml"
    heard = soft.shaped(proofs, schema.ProofsFile) if proofs in soft.files else None
    said = soft.shaped(spelled, schema.PronunciationFile) if spelled in soft.files else None
    topics = {
        name.removeprefix("topics/").removesuffix(".yaml"): topic
        for name, topic in shaped.items()
        if name.startswith("topics/")
    }
    says, menus, forms, pieces = (
        shaped[f"{kind}.yaml"] for kind in ("says", "menus", "forms", "pieces")
    )
    named = heard.root if heard else {}
    made = (says, menus, forms, pieces, topics, named)
    return Language(*made, pronunciation=said, lacks=lacking)


def _leaves(tree: Any) -> Iterator[tuple[Place, str]]:
    """Every sentence of a file and its place."""
    if isinstance(tree, str):
        yield (), tree
    steps = (
        tree.items()
        if isinstance(tree, dict)
        else enumerate(tree if isinstance(tree, list) else ())
    )
    for step, each in steps:
        if step == LISTED:
            yield (step,), str(as_one((step,), each))
        elif step not in UNSPOKEN:
            yield from (((step, *rest), text) for rest, text in _leaves(each))


def _translatable(file: str) -> bool:
    return file in SHAPES or file.startswith("topics/")


def _shape(file: str) -> type[BaseModel]:
    return SHAPES["topics" if file.startswith("topics/") else file]
