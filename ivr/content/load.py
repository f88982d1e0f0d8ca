"""All the files of ``prompts/`` together: read, joined, and refused with every fault at once.

Owns cross-references: places that keys lead to, words for every place, facts that parts name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as _date
from pathlib import Path
from typing import Any

from govuk_bank_holidays.bank_holidays import BankHolidays

from ivr.content import schema
from ivr.content.source import Fault, Source, read, shape
from ivr.hours import Hours
from ivr.line import Contact, Fact, Line, Menu, Topic, Voice
from ivr.wording import SAYS, MenuWords, PartWords, Pieces, TopicWords, Wording


class ContentError(Exception):
    """The content cannot be used. ``faults`` names each thing wrong, in order of file and line."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class _Language:
    """What was read of one language, with where it stands."""

    says: schema.SaysFile
    menus: schema.MenusFile
    pieces: schema.PiecesFile
    topics: dict[str, schema.TopicFile]


def load(root: Path) -> Line:
    """The line that ``root`` describes. Raises ContentError naming every fault found."""
    faults: list[Fault] = []
    line = shape(read(root, "line.yaml", faults), schema.LineFile, faults)
    flow_source = read(root, "flow.yaml", faults)
    flow = shape(flow_source, schema.FlowFile, faults)
    facts = shape(read(root, "facts.yaml", faults), schema.FactsFile, faults)
    if flow and flow_source:
        faults += _flow_faults(flow_source, flow)
    langs = tuple(line.languages) if line else ("en",)
    known = facts.root if facts else {}
    words = {lang: _language(root, lang, flow, known, faults) for lang in langs}
    if faults or line is None or flow is None or facts is None:
        raise ContentError(faults)
    wordings = {lang: _wording(lang, read) for lang, read in words.items() if read}
    return _line(line, flow, facts, wordings, version_of(root))


def version_of(root: Path) -> str:
    """A short hash of every content file: the version that a call is pinned to."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.yaml")):
        if "walks" not in path.parts:
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:8]


def _flow_faults(source: Source, flow: schema.FlowFile) -> Iterator[Fault]:
    """Keys that lead nowhere, keys with gaps, a start that is no menu."""
    places = {*flow.menus, *flow.questions, *flow.topics}
    if flow.start not in flow.menus:
        yield source.fault(f"the start “{flow.start}” is not a menu", "start")
    if flow.contact not in flow.topics:
        yield source.fault(f"the contact “{flow.contact}” is not a topic", "contact")
    for name, keys in flow.menus.items():
        if sorted(keys) != list(range(1, len(keys) + 1)):
            yield source.fault("keys go 1, 2, 3 without a gap", "menus", name)
    for kind, name, key, to in _edges(flow):
        if to not in places:
            yield source.fault(f"“{to}” is not a menu, question or topic", kind, name, key)


def _edges(flow: schema.FlowFile) -> Iterator[tuple[str, str, str | int, str]]:
    for name, keys in flow.menus.items():
        for key, to in keys.items():
            yield "menus", name, key, to
    for name, answers in flow.questions.items():
        yield "questions", name, "yes", answers.yes
        yield "questions", name, "no", answers.no
    for name, to in flow.topics.items():
        yield "topics", name, name, to


def _language(
    root: Path,
    lang: str,
    flow: schema.FlowFile | None,
    facts: dict[str, schema.FactFile],
    faults: list[Fault],
) -> _Language | None:
    says_source = read(root, f"{lang}/says.yaml", faults)
    says = shape(says_source, schema.SaysFile, faults)
    menus_source = read(root, f"{lang}/menus.yaml", faults)
    menus = shape(menus_source, schema.MenusFile, faults)
    pieces = shape(read(root, f"{lang}/pieces.yaml", faults), schema.PiecesFile, faults)
    if says and says_source:
        faults += _says_faults(says_source, says)
    if flow and menus and menus_source:
        faults += _menu_faults(menus_source, menus, flow)
    topics = _topics(root, lang, flow, facts, faults)
    return _Language(says, menus, pieces, topics) if says and menus and pieces else None


def _says_faults(source: Source, says: schema.SaysFile) -> Iterator[Fault]:
    for name, phrase in says.root.items():
        if wrong := schema.faults_of_phrase(name, phrase):
            yield source.fault(f"“{name}”: {wrong}", name)
    for name in SAYS:
        if name not in says.root:
            yield source.fault(f"“{name}” is missing")


def _menu_faults(source: Source, menus: schema.MenusFile, flow: schema.FlowFile) -> Iterator[Fault]:
    for name in (*flow.menus, *flow.questions):
        if name not in menus.root:
            yield source.fault(f"the menu “{name}” has no words")
    for name, menu in menus.root.items():
        if name not in flow.menus and name not in flow.questions:
            yield source.fault(f"“{name}” is not a menu or question of flow.yaml", name)
        if (name in flow.questions) != (menu.question is not None):
            yield source.fault(f"“{name}”: a question, and only a question, has a question", name)


def _topics(
    root: Path,
    lang: str,
    flow: schema.FlowFile | None,
    facts: dict[str, schema.FactFile],
    faults: list[Fault],
) -> dict[str, schema.TopicFile]:
    wanted = list(flow.topics) if flow else []
    found = {path.stem for path in (root / lang / "topics").glob("*.yaml")}
    for name in sorted(found.difference(wanted) if flow else ()):
        faults.append(Fault(f"{lang}/topics/{name}.yaml", 1, "no topic of this name in flow.yaml"))
    topics = {}
    for name in wanted:
        source = read(root, f"{lang}/topics/{name}.yaml", faults)
        topic = shape(source, schema.TopicFile, faults)
        if topic and source:
            topics[name] = topic
            faults += _fact_faults(source, topic, facts)
    return topics


def _fact_faults(
    source: Source, topic: schema.TopicFile, facts: dict[str, schema.FactFile]
) -> Iterator[Fault]:
    for index, part in enumerate(topic.parts):
        for fact in part.facts:
            if facts and fact not in facts:
                yield source.fault(f"{fact} is not in facts.yaml", "parts", index, "facts")


def _wording(lang: str, read: _Language) -> Wording:
    menus = {
        name: MenuWords(menu.label, menu.name, menu.help, menu.question or "")
        for name, menu in read.menus.root.items()
    }
    topics = {name: _topic(topic) for name, topic in read.topics.items()}
    return Wording(lang, dict(read.says.root), menus, topics, _pieces(read.pieces))


def _topic(topic: schema.TopicFile) -> TopicWords:
    parts = tuple(PartWords(part.says, tuple(part.facts)) for part in topic.parts)
    return TopicWords(
        topic.label,
        topic.name,
        parts,
        topic.summary,
        topic.text,
        tuple(topic.sources),
        topic.reviewed,
        tuple(topic.keywords),
    )


def _pieces(pieces: schema.PiecesFile) -> Pieces:
    """The same names with tuples for lists."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in pieces.model_dump().items()
    }
    return Pieces(**values)


def _line(
    line: schema.LineFile,
    flow: schema.FlowFile,
    facts: schema.FactsFile,
    wordings: dict[str, Wording],
    version: str,
) -> Line:
    menus = {
        name: Menu({str(key): keys[key] for key in sorted(keys)})
        for name, keys in flow.menus.items()
    }
    questions = {
        name: Menu({"1": answers.yes, "2": answers.no}, question=True)
        for name, answers in flow.questions.items()
    }
    return Line(
        name=line.name,
        start=flow.start,
        contact=flow.contact,
        menus=menus | questions,
        topics={name: Topic(to) for name, to in flow.topics.items()},
        hours=Hours(line.week(), _closed(line)),
        voices={
            lang: Voice(voice.recorded, voice.say, voice.tag)
            for lang, voice in line.languages.items()
        },
        wordings=wordings,
        version=version,
        contacts=tuple(
            Contact(contact.name, contact.number, str(contact.verified or ""))
            for contact in line.contacts
        ),
        facts={
            name: Fact(fact.says, fact.critical, tuple(fact.heard))
            for name, fact in facts.root.items()
        },
    )


def _closed(line: schema.LineFile) -> frozenset[_date]:
    """England's bank holidays from the shipped table, never asked over the network."""
    if line.bank_holidays == "open":
        return frozenset()
    table = BankHolidays(use_cached_holidays=True)
    days = table.get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return frozenset(day["date"] for day in days)
