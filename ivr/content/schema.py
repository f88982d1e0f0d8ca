"""The shape of each file under ``prompts/``: what may stand in it, and nothing else.

Owns the field names that a charity's worker writes. Knows no files and no cross-references.
"""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel, StringConstraints

from ivr.line.hours import Spans
from ivr.line.model import LANGUAGE_KEYS
from ivr.line.phrases import NEVER_ALONE, SAYS
from ivr.line.roster import MOST_RUNG
from ivr.line.wording import KEYS, MAX_CHOICES, MAX_PARTS
from ivr.speech import marks

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$")]
FactId = Annotated[str, StringConstraints(pattern=r"^[A-Z]\d{2,3}$")]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Strict(BaseModel):
    """Unknown fields are faults; nothing is changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _unmarked(text: str) -> str:
    if marks.MARK.search(text):
        raise ValueError("sound marks are taken in whole sentences only, not here")
    return _one_line(text)


def _marked(text: str) -> str:
    if wrong := marks.faults(text):
        raise ValueError(wrong)
    return _one_line(text)


Spoken = Annotated[Words, AfterValidator(_unmarked)]
Marked = Annotated[Words, AfterValidator(_marked)]
"""What is a recording by itself, and so may say how it is to sound."""


NO_VOICE = (
    "name a voice of Twilio's here: it speaks what is not recorded. Where Twilio has none for a "
    "language, it can be a doorway: move it to “doorways”, where all can be recorded"
)


def _a_voice(say: str) -> str:
    if not say.strip():
        raise ValueError(NO_VOICE)
    return say


class VoiceFile(Strict):
    """How one language sounds. ``say``: Twilio's voice, which speaks what is not recorded."""

    recorded: Words
    say: Annotated[str, AfterValidator(_a_voice)] = Field("", validate_default=True)
    tag: Words


class DoorwayFile(Strict):
    """How a doorway sounds. ``say`` is empty for a language that Twilio has no voice for."""

    recorded: Words = "gtts"
    say: str = ""
    tag: Words


class ContactFile(Strict):
    """Someone callers may turn to; a number counts only once ``verified`` is dated.

    ``id``: how a topic asks for the name, such as ``{advice}``. ``spoken``: the name in a sentence,
    where it is not ``name``. ``name_verified``: the day somebody saw that it is still their name.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z]*$")] = ""
    name: Words
    spoken: str = ""
    name_verified: date | None = None
    number: str = ""
    verified: date | None = None
    by: str = ""


def _span(text: str) -> tuple[time, time]:
    found = SPAN.fullmatch(text.strip())
    if not found or found[1] >= found[2]:
        raise ValueError('opening times look like "09:00-17:00", the earlier one first')
    # Midnight, as the end of a day, is the beginning of the next to a clock.
    return time.fromisoformat(found[1]), time.fromisoformat(found[2].replace("24:", "00:"))


HOUR = r"(?:[01]\d|2[0-3]):[0-5]\d"
SPAN = re.compile(rf"({HOUR})\s*-\s*({HOUR}|24:00)", re.ASCII)
Span = Annotated[str, AfterValidator(lambda text: (_span(text), text)[1])]


def spans_of(texts: Sequence[str]) -> Spans:
    """The opening times of one day, as they are written. Raises ValueError for what is none."""
    return tuple(_span(text) for text in texts)


def week_of(hours: Mapping[str, Sequence[str]]) -> tuple[Spans, ...]:
    """A week's opening times, Monday first."""
    return tuple(spans_of(hours.get(day, [])) for day in DAYS)


class OtherDays(Strict):
    """Days, ``first`` to ``last``, with hours of their own. ``why`` is shown to staff only."""

    first: date = Field(alias="from")
    until: date | None = None
    hours: list[Span]
    why: Words = ""

    @property
    def last(self) -> date:
        """The last of them: where ``until`` is left out there is one."""
        return self.until or self.first

    def days(self) -> Iterator[date]:
        """Each of them."""
        for ahead in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=ahead)


class AdviserFile(Strict):
    """Someone who answers. Their number stands in the settings, under this name."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]*$")]
    hours: dict[Literal[DAYS], list[Span]] | None = None  # type: ignore[valid-type]
    languages: str = ""

    def week(self) -> tuple[Spans, ...] | None:
        """When they answer, Monday first; None for always."""
        return None if self.hours is None else week_of(self.hours)


class RingGroupFile(Strict):
    """Who answers callers, one after another or all at once, and so many callers at a time."""

    ring: Literal["in order", "together"] = "in order"
    most_calls: int = Field(default=3, ge=1, le=50)
    advisers: list[AdviserFile] = Field(min_length=1, max_length=MOST_RUNG)


class LineFile(Strict):
    """``line.yaml``: the line, its languages, hours, advisers and contacts."""

    name: Words
    languages: dict[str, VoiceFile] = Field(min_length=1, max_length=1 + len(LANGUAGE_KEYS))
    doorways: dict[str, DoorwayFile] = {}
    hours: dict[Literal[DAYS], list[Span]]  # type: ignore[valid-type]
    bank_holidays: Literal["open", "closed"] = "closed"
    other_days: list[OtherDays] = []
    desk: RingGroupFile = RingGroupFile(advisers=[AdviserFile(name="first")])
    safeguarding: ContactFile | None = None
    talking: ContactFile | None = None
    interpreters: bool = False
    contacts: list[ContactFile] = []
    law_checked: str = ""
    reviewed_by: str = ""
    open_questions: list[Spoken] = []

    def names(self) -> dict[str, str]:
        """What topics ask for in braces, and the name that is said there."""
        return {each.id: each.spoken or each.name for each in self.contacts if each.id}

    def week(self) -> tuple[Spans, ...]:
        """The opening times, Monday first."""
        return week_of(self.hours)

    def other(self) -> dict[date, Spans]:
        """The opening times of each day that has its own."""
        return {day: spans_of(each.hours) for each in self.other_days for day in each.days()}


class AnswersFile(Strict):
    """Where a yes-or-no question leads."""

    yes: Name
    no: Name


Keys = Annotated[dict[int, Name], Field(min_length=1, max_length=MAX_CHOICES)]


class FlowFile(Strict):
    """``flow.yaml``: places and keys, no wording."""

    start: Name
    contact: Name
    menus: dict[Name, Keys]
    questions: dict[Name, AnswersFile] = {}
    topics: dict[Name, Name]
    forms: dict[Literal["deadline"], Name] = {}
    danger: Name
    short: list[Name] = []
    renamed: dict[Name, Name] = {}
    no_letter: list[Name] = []


class FactFile(Strict):
    """One fact that callers must be able to learn.

    ``sources``: the statute or rule it leans on. ``checked``: the day on which these were read.
    ``phrases``: phrases and questions, other than parts of topics, that must say it too.
    ``limit``: whether it is a time limit of the caller's.
    """

    says: Words
    critical: bool
    heard: list[str] = Field(min_length=1)
    sources: list[Words] = Field(min_length=1)
    checked: date
    phrases: list[str] = []
    limit: bool = False


class FactsFile(RootModel[dict[FactId, FactFile]]):
    """``facts.yaml``."""


class ProofsFile(RootModel[dict[FactId, list[Words]]]):
    """``<language>/facts.yaml``: the words that prove each fact in a further language."""


class PartFile(Strict):
    """One part of a topic. ``points``: how many things it asks a listener to keep."""

    says: Marked
    facts: list[FactId] = []
    points: int | None = Field(default=None, ge=1)


class TopicFile(Strict):
    """``<language>/topics/<name>.yaml``.

    ``reviewed``: the day on which it was read against the law; ``by``: by whom with which
    qualification, empty until somebody has one. ``owner``: who sees to it that this is done.
    """

    label: Spoken
    name: Spoken
    keywords: list[str] = []
    parts: list[PartFile] = Field(min_length=1, max_length=MAX_PARTS)
    summary: Marked
    text: Spoken
    sources: list[str] = Field(min_length=1)
    reviewed: date
    by: str = ""
    owner: str = ""

    def faults_of_names(self, names: Collection[str]) -> str:
        """What is wrong with the names in braces; empty when nothing is."""
        try:
            texts = (self.summary, self.text, *(part.says for part in self.parts))
            asked = {name for text in texts for name in fields_of(text)}
        except ValueError:
            return "a { or } stands alone"
        return ", ".join(f"“{{{each}}}” is not known" for each in sorted(asked.difference(names)))

    def filled(self, names: Mapping[str, str]) -> TopicFile:
        """The same with the names that it asks for in braces."""
        parts = [
            part.model_copy(update={"says": part.says.format_map(names)}) for part in self.parts
        ]
        words = {"summary": self.summary.format_map(names), "text": self.text.format_map(names)}
        return self.model_copy(update={"parts": parts, **words})


class MenuFile(Strict):
    """One menu or question of ``<language>/menus.yaml``."""

    label: Spoken
    name: Spoken
    help: Spoken
    question: Marked | None = None


class FormFile(Strict):
    """One form of ``<language>/forms.yaml``."""

    label: Spoken
    name: Spoken


class FormsFile(RootModel[dict[Name, FormFile]]):
    """``<language>/forms.yaml``."""


class MenusFile(RootModel[dict[Name, MenuFile]]):
    """``<language>/menus.yaml``."""


class SaysFile(RootModel[dict[str, Marked]]):
    """``<language>/says.yaml``: what the line says about itself."""


class SpokenAs(Strict):
    """How the recordings' voice is to say one word: written otherwise, or by its sounds."""

    say: str = ""
    phonemes: str = ""


class PronunciationFile(RootModel[dict[str, SpokenAs]]):
    """``<language>/pronunciation.yaml``, where there is one."""


Label = Annotated[str, StringConstraints(pattern=r"^[a-z]+(?:-[a-z]+)*$")]


class LanguageFile(Strict):
    """What a text in a language, or one that asks for it, is known by.

    ``names``: of the language, in English and its own; ``words`` that are common in it; ``letters``
    that it has, as in a set of a regular expression.
    """

    names: list[Spoken] = Field(min_length=1)
    words: list[Spoken] = []
    letters: str = ""


class QuestionsFile(Strict):
    """``<language>/questions.yaml``: which topic answers what is asked in a text.

    ``topics``: for each label of the examples the topics that answer it, the nearest first.
    ``before``: the label that a newer one had. ``months``: further names of each month.
    ``languages``: what each other language is known by, by its tag (BCP 47).
    """

    topics: dict[Label, list[Label]]
    before: dict[Label, Label] = {}
    numbers: list[Spoken] = []
    months: list[list[Spoken]] = Field(default=[], max_length=12)
    languages: dict[str, LanguageFile] = {}


class PiecesFile(Strict):
    """``<language>/pieces.yaml``: what dates, times and numbers are joined from."""

    today: Spoken
    tomorrow: Spoken
    weekdays: list[Spoken] = Field(min_length=7, max_length=7)
    on_weekdays: list[Spoken] = Field(min_length=7, max_length=7)
    days: list[Spoken] = Field(min_length=31, max_length=31)
    months: list[Spoken] = Field(min_length=12, max_length=12)
    written_months: list[Spoken] = Field(min_length=12, max_length=12)
    years: dict[int, Spoken]
    times: dict[str, Spoken]
    digits: list[Spoken] = Field(min_length=10, max_length=10)
    last_digits: list[Spoken] = Field(min_length=10, max_length=10)
    key_names: dict[Literal[tuple(KEYS)], Spoken] = Field(min_length=len(KEYS))  # type: ignore[valid-type]
    counts: list[Spoken] = Field(min_length=MAX_CHOICES, max_length=MAX_CHOICES)
    numbers: dict[str, Spoken] = {}


def rule_of(path: Sequence[str | int], kind: str) -> str:
    """The accessibility rule that a fault of shape breaks; FILES where it breaks none."""
    if kind == "too_long" and path[:1] == ["menus"]:
        return "R01"
    return RULE_OF_FIELD.get(str(path[-1]), "FILES") if path else "FILES"


RULE_OF_FIELD = {"summary": "R23", "text": "R51", "keywords": "R51", "help": "R35", "points": "R23"}
"""What must be there because a rule asks for it."""


def fields_of(phrase: str) -> set[str]:
    """The names in braces in a phrase. Raises ValueError for unbalanced braces."""
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name is not None}


def faults_of_help(text: str, named: Mapping[str, Collection[str]]) -> str:
    """What is wrong with the braces in the help of a menu; empty when nothing is.

    ``named``: each field with the names that may follow it, such as ``school`` in ``{key:school}``.
    """
    try:
        found = [each[1:] for each in string.Formatter().parse(text) if each[1] is not None]
    except ValueError:
        return "a { or } stands alone"
    for field, name, converted in found:
        if converted or name not in named.get(str(field), ()):
            asked = f"{field}:{name}" if name else field
            return f"“{{{asked}}}” names no key of this menu"
    return ""


def faults_of_phrase(name: str, phrase: str) -> str:
    """What is wrong with one phrase of ``says.yaml``; empty when nothing is."""
    if name not in SAYS:
        return "the line never says this; remove it, or mend its name"
    try:
        found = fields_of(phrase)
    except ValueError:
        return "a { or } stands alone"
    if found != set(SAYS[name]):
        wanted = " ".join(f"{{{field}}}" for field in SAYS[name]) or "no field in braces"
        return f"it must hold {wanted}"
    if marks.MARK.search(phrase) and (found or name.endswith("_label") or name in NEVER_ALONE):
        return "sound marks are taken in whole sentences only, not here"
    return ""
