"""What was read, as the line knows it: shapes of files become a Line and its wordings.

Owns that translation. Finds no faults: what comes here has been checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from govuk_bank_holidays.bank_holidays import BankHolidays

from ivr.content import schema
from ivr.line.deadlines import Calendar
from ivr.line.hours import Hours
from ivr.line.model import Contact, Fact, Form, Line, Menu, Topic, Voice
from ivr.line.pieces import Pieces
from ivr.line.ring_groups import Adviser, RingGroup
from ivr.line.wording import Borrowed, FormWords, MenuWords, PartWords, TopicWords, Wording
from ivr.speech.marks import plain
from ivr.texts import Questions, TextedWording, cleaning
from ivr.texts.classifier import Classifier
from ivr.texts.days import Names
from ivr.texts.languages import Tongue

WORDS_OF_A_NODE = ("label", "name", "help", "question", "summary", "text")


@dataclass(frozen=True, slots=True)
class Language:
    """What was read of one language. ``proofs``: words that prove each fact in it.

    ``questions`` and ``classifier``: how people ask in a text; only of the first language, as a
    text has no other.
    """

    says: schema.SaysFile
    menus: schema.MenusFile
    forms: schema.FormsFile
    pieces: schema.PiecesFile
    topics: Mapping[str, schema.TopicFile]
    proofs: Mapping[str, list[str]]
    questions: schema.QuestionsFile | None = None
    classifier: Classifier | None = None
    pronunciation: schema.PronunciationFile | None = None
    lacks: frozenset[tuple[str, tuple[str | int, ...]]] = frozenset()
    """Sentences that it has from the first language: file and place."""

    def marked(self) -> Iterator[str]:
        """All wording that may say how it is to sound."""
        yield from self.says.root.values()
        yield from (menu.question or "" for menu in self.menus.root.values())
        for topic in self.topics.values():
            yield from (topic.summary, *(part.says for part in topic.parts))


def line_of(
    line: schema.LineFile,
    flow: schema.FlowFile,
    facts: schema.FactsFile,
    languages: Mapping[str, Language],
    version: str,
) -> Line:
    """The whole line."""
    return Line(
        name=line.name,
        start=flow.start,
        contact=flow.contact,
        menus=_menus(flow),
        topics={name: Topic(to) for name, to in flow.topics.items()},
        forms={name: Form(to) for name, to in flow.forms.items()},
        hours=Hours(line.week(), _closed(line), line.other()),
        calendar=calendar(),
        voices={
            lang: voice_of(voice) for lang, voice in line.languages.items() if lang in languages
        },
        wordings=_wordings(languages),
        version=version,
        contacts=tuple(_contact(contact) for contact in line.contacts),
        ring_groups={"adviser": _ring_group(line.desk)},
        danger=flow.danger,
        short=tuple(flow.short),
        renamed=dict(flow.renamed),
        no_letter=tuple(flow.no_letter),
        reviewed_by=line.reviewed_by,
        open_questions=tuple(line.open_questions),
        safeguarding=_rung(line.safeguarding),
        talking=_rung(line.talking),
        interpreters=line.interpreters,
        facts={name: _fact(name, fact, languages) for name, fact in facts.root.items()},
    )


def voice_of(voice: schema.VoiceFile | schema.DoorwayFile) -> Voice:
    """How a language sounds."""
    return Voice(voice.recorded, voice.say, voice.tag)


def _menus(flow: schema.FlowFile) -> dict[str, Menu]:
    menus = {
        name: Menu({str(key): keys[key] for key in sorted(keys)})
        for name, keys in flow.menus.items()
    }
    return menus | {
        name: Menu({"1": answers.yes, "2": answers.no}, question=True)
        for name, answers in flow.questions.items()
    }


def _ring_group(ring_group: schema.RingGroupFile) -> RingGroup:
    weeks = ((each, each.week()) for each in ring_group.advisers)
    advisers = tuple(
        Adviser(each.name, None if week is None else Hours(week), each.languages)
        for each, week in weeks
    )
    return RingGroup(advisers, ring_group.ring == "together", ring_group.most_calls)


def _contact(contact: schema.ContactFile) -> Contact:
    spoken = (contact.spoken or contact.name) if contact.id else ""
    verified = str(contact.verified or "")
    told = (contact.name, contact.number, verified, contact.id, spoken)
    return Contact(*told, contact.name_verified)


def _rung(contact: schema.ContactFile | None) -> str:
    """A number that a person has rung, and that callers may hear; else empty."""
    return contact.number if contact and contact.verified else ""


def _fact(name: str, fact: schema.FactFile, languages: Mapping[str, Language]) -> Fact:
    heard = {lang: tuple(read.proofs.get(name, [])) for lang, read in languages.items()}
    told = (fact.says, fact.critical, heard, tuple(fact.sources), fact.checked)
    return Fact(*told, tuple(fact.phrases), fact.limit)


def _wordings(languages: Mapping[str, Language]) -> dict[str, Wording]:
    """The words of each language; further ones know which of theirs are borrowed."""
    (lang, read), *further = languages.items()
    first = _wording(lang, read)
    others = {lang: _borrowing(_wording(lang, read), first, read) for lang, read in further}
    return {first.lang: first, **others}


def _borrowing(words: Wording, first: Wording, read: Language) -> Wording:
    """The same with each sentence that the language lacks marked as borrowed."""

    def own(text: str, file: str, *path: str | int) -> str:
        return Borrowed(text) if (file, path) in read.lacks else text

    def fields(each: Any, file: str, *path: str | int) -> dict[str, Any]:
        named = ((name, getattr(each, name, "")) for name in WORDS_OF_A_NODE)
        return {name: own(text, file, *path, name) for name, text in named if text}

    topics = {}
    for name, topic in words.topics.items():
        file = f"topics/{name}.yaml"
        parts = tuple(
            replace(part, says=own(part.says, file, "parts", number, "says"))
            for number, part in enumerate(topic.parts)
        )
        topics[name] = replace(topic, **fields(topic, file), parts=parts)
    menus = {n: replace(menu, **fields(menu, "menus.yaml", n)) for n, menu in words.menus.items()}
    forms = {n: replace(form, **fields(form, "forms.yaml", n)) for n, form in words.forms.items()}
    says = {name: own(text, "says.yaml", name) for name, text in words.says.items()}
    return replace(words, first=first, says=says, menus=menus, forms=forms, topics=topics)


def _wording(lang: str, read: Language) -> Wording:
    menus = {
        name: MenuWords(menu.label, menu.name, menu.help, plain(menu.question or ""))
        for name, menu in read.menus.root.items()
    }
    topics = {name: _topic(topic) for name, topic in read.topics.items()}
    forms = {name: FormWords(form.label, form.name) for name, form in read.forms.root.items()}
    pieces = _pieces(read.pieces)
    says = {name: plain(phrase) for name, phrase in read.says.root.items()}
    marks = {plain(each): each for each in read.marked() if plain(each) != each}
    pronounced = read.pronunciation.root if read.pronunciation else {}
    spelled = {word: each.say for word, each in pronounced.items() if each.say}
    made = (lang, says, menus, topics, pieces, forms, marks, spelled)
    if read.questions is None:
        return Wording(*made)
    questions = _questions(read.questions, pieces, read.classifier)
    return TextedWording(*made, questions=questions)


def _questions(
    file: schema.QuestionsFile, pieces: Pieces, classifier: Classifier | None
) -> Questions:
    """How people ask, with the names of what their dates are made of."""
    written = enumerate(pieces.written_months, start=1)
    months = {cleaning.plain(cleaning.cleaned(name)): at for at, name in written}
    for at, names in enumerate(file.months, start=1):
        months.update({cleaning.plain(cleaning.cleaned(name)): at for name in names})
    nth = tuple(cleaning.plain(cleaning.cleaned(day)).removeprefix("the ") for day in pieces.days)
    written_names = Names(months, nth, tuple(file.numbers))
    tongues = {tag: _tongue(each) for tag, each in file.languages.items()}
    numbers = tuple(file.numbers)
    return Questions(classifier, file.topics, file.before, numbers, written_names, tongues)


def _tongue(file: schema.LanguageFile) -> Tongue:
    names, words = (
        frozenset(cleaning.plain(cleaning.cleaned(each)) for each in every)
        for every in (file.names, file.words)
    )
    return Tongue(names, words, file.letters)


def _topic(topic: schema.TopicFile) -> TopicWords:
    return TopicWords(
        topic.label,
        topic.name,
        tuple(_part(part) for part in topic.parts),
        plain(topic.summary),
        topic.text,
        tuple(topic.sources),
        topic.reviewed,
        tuple(topic.keywords),
        topic.by,
        topic.owner,
    )


def _part(part: schema.PartFile) -> PartWords:
    """Where its points are not counted by the author, each fact is one."""
    return PartWords(plain(part.says), tuple(part.facts), part.points or max(1, len(part.facts)))


def _pieces(pieces: schema.PiecesFile) -> Pieces:
    """The same names with tuples for lists."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in pieces.model_dump().items()
    }
    return Pieces(**values)


def _closed(line: schema.LineFile) -> frozenset[date]:
    return frozenset() if line.bank_holidays == "open" else calendar().holidays


@cache
def bank_holidays() -> Mapping[date, str]:
    """England's bank holidays with their names: the shipped table, never asked over the network."""
    table = BankHolidays(use_cached_holidays=True)
    days = table.get_holidays(BankHolidays.ENGLAND_AND_WALES)
    return {day["date"]: str(day["title"]) for day in days}


@cache
def calendar() -> Calendar:
    """The days of ``bank_holidays``, and the first and the last for which they are known."""
    days = frozenset(bank_holidays())
    return Calendar(days, min(days), max(days))
