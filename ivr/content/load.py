"""All the files of ``prompts/`` together: read, joined, and refused with every fault at once.

Owns cross-references: nodes that keys lead to, words for every node, facts that parts name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePosixPath

from ivr.content import doorways, schema
from ivr.content.build import Language, line_of, voice_of
from ivr.content.examples import classifier_of
from ivr.content.files import files_of, version_of_files
from ivr.content.source import Fault, Reading, Source
from ivr.content.translation import Lack, translated
from ivr.line.hours import in_order
from ivr.line.model import Doorway, Line
from ivr.line.numbers import serves
from ivr.line.phrases import SAYS
from ivr.line.wording import QUESTION_KEYS

LONGEST_DAYS = 366
"""Days of one entry of ``other_days``: more is a year mistyped."""
OUT_OF_ORDER = "opening times go by the clock, none begins before the one before it ends"


class ContentError(Exception):
    """The content cannot be used. ``faults`` names each thing wrong, in order of file and line."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Content:
    """A line, where each piece of it stands, and what each further language lacks."""

    line: Line
    sources: Mapping[str, Source]
    lacks: Mapping[str, tuple[Lack, ...]] = field(default_factory=dict)

    def line_number(self, file: str, *path: str | int, near: str = "") -> int:
        """The line of ``file`` on which a value, or words ``near`` in it, stand; from 1."""
        source = self.sources.get(file)
        return source.line(*path, near=near) if source else 1


def load(root: Path) -> Line:
    """The line that ``root`` describes. Raises ContentError naming every fault found."""
    return read(root).line


def read(root: Path) -> Content:
    """The same with where everything stands. Raises ContentError."""
    return joined(Reading(files_of(root), root))


def joined(reading: Reading) -> Content:
    """What a reading makes of its files, wherever they lie. Raises ContentError."""
    line = reading.shaped("line.yaml", schema.LineFile)
    flow = reading.shaped("flow.yaml", schema.FlowFile)
    facts = reading.shaped("facts.yaml", schema.FactsFile)
    if line:
        reading.faults += _line_faults(reading.sources["line.yaml"], line)
        reading.faults += _desk_faults(reading.sources["line.yaml"], line)
        reading.faults += doorways.faults(reading.sources["line.yaml"], line)
    if flow:
        reading.faults += _flow_faults(reading.sources["flow.yaml"], flow)
    langs = tuple(line.languages) if line else ("en",)
    names = line.names() if line else None
    first = _language(reading, langs[0], flow, facts, names)
    if reading.faults or not (line and flow and facts and first):
        raise ContentError(reading.faults)
    named = line.names()
    further = {lang: translated(reading, lang, langs[0], facts, named) for lang in langs[1:]}
    spoken = {lang: each.language for lang, each in further.items() if each.language}
    doors = {lang: doorways.read(reading, lang, langs[0], facts) for lang in line.doorways}
    opened = {
        lang: Doorway(voice_of(line.doorways[lang]), each.says, each.first)
        for lang, each in doors.items()
        if not each.lacks
    }
    off = tuple(lang for lang in further if lang not in spoken)
    shut = tuple(lang for lang in doors if lang not in opened)
    version = version_of_files(reading.files)
    made = line_of(line, flow, facts, {langs[0]: first, **spoken}, version)
    made = replace(made, doorways=opened, off=off, shut=shut)
    lacks = {lang: each.lacks for lang, each in further.items()}
    lacks |= {lang: each.lacks for lang, each in doors.items()}
    return Content(made, reading.sources, lacks)


def version_of(root: Path) -> str:
    """A short hash of every content file: the version that a call is pinned to."""
    return version_of_files(files_of(root))


def _line_faults(source: Source, line: schema.LineFile) -> Iterator[Fault]:
    """Opening times over one another; days that end before they begin, last too long, or clash."""
    for day, texts in line.hours.items():
        if not in_order(schema.spans_of(texts)):
            yield source.fault(f"“{day}”: {OUT_OF_ORDER}", "hours", day)
    for index, each in enumerate(line.other_days):
        for step, says in _other_day_faults(each):
            yield source.fault(f"“other_days”, {_named(each)}: {says}", "other_days", index, step)
        for before in line.other_days[:index]:
            if each.first <= before.last and before.first <= each.last:
                says = (
                    f"{_named(before)} and {_named(each)} have days in common: take one of them out"
                )
                yield source.fault(f"“other_days”: {says}", "other_days", index)


def _desk_faults(source: Source, line: schema.LineFile) -> Iterator[Fault]:
    """An adviser who stands there twice, or whose times are over one another."""
    names = [each.name for each in line.desk.advisers]
    for index, each in enumerate(line.desk.advisers):
        if each.name in names[:index]:
            says = f"“{each.name}” stands there twice"
            yield source.fault(says, "desk", "advisers", index, "name")
        for day, spans in zip(schema.DAYS, each.week() or (), strict=False):
            if not in_order(spans):
                says = f"“{each.name}”, {day}: {OUT_OF_ORDER}"
                yield source.fault(says, "desk", "advisers", index, "hours", day)
    contact = line.safeguarding
    if contact and contact.number and not serves(contact.number, "ring a caller"):
        says = "the number must be a UK number that may be rung, such as +442079460123"
        yield source.fault(says, "safeguarding", "number")


def _other_day_faults(each: schema.OtherDays) -> Iterator[tuple[str, str]]:
    """What is wrong within one entry, and at which of its fields."""
    if each.last < each.first:
        yield "until", "“until” is before “from”"
    if (each.last - each.first).days >= LONGEST_DAYS:
        yield "until", "these are longer than a year"
    if not in_order(schema.spans_of(each.hours)):
        yield "hours", OUT_OF_ORDER


def _named(each: schema.OtherDays) -> str:
    return f"{_day(each.first)} to {_day(each.last)}" if each.until else _day(each.first)


def _day(moment: date) -> str:
    return f"{moment:%-d %B %Y}"


def _flow_faults(source: Source, flow: schema.FlowFile) -> Iterator[Fault]:
    """Keys that lead nowhere, keys with gaps, a start that is no menu."""
    nodes = {*flow.menus, *flow.questions, *flow.topics, *flow.forms}
    if flow.start not in flow.menus:
        yield source.fault(f"the start “{flow.start}” is not a menu", "start")
    if flow.contact not in flow.topics:
        yield source.fault(f"the contact “{flow.contact}” is not a topic", "contact")
    if flow.danger not in flow.menus:
        yield source.fault(f"“{flow.danger}” is not a menu", "danger", rule="P8")
    for named in ("short", "no_letter"):
        for number, name in enumerate(getattr(flow, named)):
            if name not in flow.topics:
                yield source.fault(f"“{name}” is not a topic", named, number)
    for name, to in flow.renamed.items():
        if name in nodes or to not in flow.topics:
            says = f"“{name}” must be no name any more, and “{to}” one of a topic"
            yield source.fault(says, "renamed", name)
    for name, keys in flow.menus.items():
        if sorted(keys) != list(range(1, len(keys) + 1)):
            yield source.fault("keys go 1, 2, 3 without a gap", "menus", name, rule="R04")
    for kind, name, key, to in _edges(flow):
        if to not in nodes:
            yield source.fault(f"“{to}” is not a menu, question, topic or form", kind, name, key)


def _edges(flow: schema.FlowFile) -> Iterator[tuple[str, str, str | int, str]]:
    for name, keys in flow.menus.items():
        for key, to in keys.items():
            yield "menus", name, key, to
    for name, answers in flow.questions.items():
        yield "questions", name, "yes", answers.yes
        yield "questions", name, "no", answers.no
    for name, to in flow.topics.items():
        yield "topics", name, name, to
    for form, to in flow.forms.items():
        yield "forms", form, form, to


def _language(
    reading: Reading,
    lang: str,
    flow: schema.FlowFile | None,
    facts: schema.FactsFile | None,
    names: Mapping[str, str] | None,
) -> Language | None:
    says = reading.shaped(f"{lang}/says.yaml", schema.SaysFile)
    menus = reading.shaped(f"{lang}/menus.yaml", schema.MenusFile)
    forms = reading.shaped(f"{lang}/forms.yaml", schema.FormsFile)
    pieces = reading.shaped(f"{lang}/pieces.yaml", schema.PiecesFile)
    file = f"{lang}/pronunciation.yaml"
    there = file in reading.files
    pronunciation = reading.shaped(file, schema.PronunciationFile) if there else None
    if says:
        reading.faults += _says_faults(reading.sources[f"{lang}/says.yaml"], says)
    if flow and forms and set(forms.root) != set(flow.forms):
        says_which = f"the forms here must be those of flow.yaml: {', '.join(flow.forms)}"
        reading.faults.append(reading.sources[f"{lang}/forms.yaml"].fault(says_which))
    if flow and menus:
        reading.faults += _menu_faults(reading.sources[f"{lang}/menus.yaml"], menus, flow)
    known = facts.root if facts else {}
    topics = _topics(reading, lang, flow, known)
    if names is not None:  # Where line.yaml has a fault of its own, nobody knows them.
        topics = {name: _filled(reading, lang, name, each, names) for name, each in topics.items()}
    own = {name: fact.heard for name, fact in known.items()}
    questions = _questions(reading, lang, flow)
    if says and menus and forms and pieces:
        classifier = classifier_of(reading.root, lang)
        made = (says, menus, forms, pieces, topics, own, questions, classifier, pronunciation)
        return Language(*made)
    return None


def _questions(
    reading: Reading, lang: str, flow: schema.FlowFile | None
) -> schema.QuestionsFile | None:
    file = f"{lang}/questions.yaml"
    questions = reading.shaped(file, schema.QuestionsFile)
    if questions and flow:
        reading.faults += _question_faults(reading.sources[file], questions, flow)
    return questions


def _question_faults(
    source: Source, file: schema.QuestionsFile, flow: schema.FlowFile
) -> Iterator[Fault]:
    """Labels that no topic answers."""
    for label, names in file.topics.items():
        if not any(name in flow.topics for name in names):
            says = f"“{label}”: none of {', '.join(names)} is a topic of flow.yaml"
            yield source.fault(says, "topics", label)


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
        if wrong := schema.faults_of_help(menu.help, _askable(flow, name)):
            yield source.fault(f"the help of “{name}”: {wrong}", name, "help", rule="R61")


def _askable(flow: schema.FlowFile, menu: str) -> dict[str, Collection[str]]:
    """What the help of a menu may ask for in braces, each with the names it may be asked by."""
    if menu in flow.questions:
        return {"key": QUESTION_KEYS}
    to = flow.menus.get(menu, {}).values()
    return {"key": to, "label": to, "count": ("",)}


def _topics(
    reading: Reading,
    lang: str,
    flow: schema.FlowFile | None,
    facts: Mapping[str, schema.FactFile],
) -> dict[str, schema.TopicFile]:
    wanted = list(flow.topics) if flow else []
    paths = map(PurePosixPath, reading.files)
    found = {path.stem for path in paths if path.parent == PurePosixPath(lang, "topics")}
    for name in sorted(found.difference(wanted) if flow else ()):
        file = f"{lang}/topics/{name}.yaml"
        reading.faults.append(Fault(file, 1, "no topic of this name in flow.yaml"))
    topics = {}
    for name in wanted:
        file = f"{lang}/topics/{name}.yaml"
        if topic := reading.shaped(file, schema.TopicFile):
            topics[name] = topic
            reading.faults += _fact_faults(reading.sources[file], topic, facts)
    return topics


def _filled(
    reading: Reading, lang: str, name: str, topic: schema.TopicFile, names: Mapping[str, str]
) -> schema.TopicFile:
    """With the names of services that it asks for; one that asks for another is a fault."""
    if wrong := topic.faults_of_names(names):
        known = " ".join(f"{{{each}}}" for each in names)
        says = f"{wrong}; the contacts of line.yaml that may stand in braces: {known}"
        reading.faults.append(reading.sources[f"{lang}/topics/{name}.yaml"].fault(says))
        return topic
    return topic.filled(names)


def _fact_faults(
    source: Source, topic: schema.TopicFile, facts: Mapping[str, schema.FactFile]
) -> Iterator[Fault]:
    for index, part in enumerate(topic.parts):
        for fact in part.facts:
            if facts and fact not in facts:
                says = f"{fact} is not in facts.yaml"
                yield source.fault(says, "parts", index, "facts", rule="FACTS")
