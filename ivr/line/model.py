"""The line: its nodes, the keys that join them, its hours and languages.

Owns the structure of a call flow and the questions one may ask of it. No wording is decided
here and nothing is read from outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from ivr.line.call import InLanguage, Unit
from ivr.line.deadlines import Calendar
from ivr.line.doorways import DOORWAY_TEXT
from ivr.line.hours import Hours
from ivr.line.ring_groups import RingGroup
from ivr.line.tongues import shown
from ivr.line.units import units
from ivr.line.wording import SENTENCE, Borrowed, Wording

LANGUAGE_KEYS = ("6", "7", "9")
"""The keys of the first menu that switch to another language: three at most (R50)."""


@dataclass(frozen=True, slots=True)
class Menu:
    """Keys (from 1, no gaps) and the nodes they lead to. ``question``: 1 is yes and 2 is no."""

    keys: Mapping[str, str]
    question: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """Advice read in parts; ``next`` is what usually comes after it."""

    next: str


@dataclass(frozen=True, slots=True)
class Form:
    """Questions whose answers something is worked out from; ``next`` is what comes after it."""

    next: str


@dataclass(frozen=True, slots=True)
class Voice:
    """How a language sounds: the recorded voice, and Twilio's for a prompt that is missing."""

    recorded: str
    say: str
    tag: str


@dataclass(frozen=True, slots=True)
class Doorway:
    """A few signed sentences of a language that lead to a person; all else is the first one's.

    ``first``: the same sentences in the first language.
    """

    voice: Voice
    says: Mapping[str, str]
    first: Mapping[str, str]

    def this_language(self, key: str) -> str:
        """Its offer of itself. The figure is read by a voice of its own."""
        return self.says["this_language"].format(key_name=key)

    def units(self, keys: Iterable[str]) -> tuple[str, ...]:
        """All that it says, where ``keys`` lead to it: what is recorded."""
        return (*map(self.this_language, keys), *self.instead)

    @property
    def instead(self) -> dict[str, str]:
        """What is said in it, with the same in the first language: all but the offer of itself."""
        named = (name for name in self.says if name not in ("this_language", DOORWAY_TEXT))
        return {self.says[name]: self.first[name] for name in named}


@dataclass(frozen=True, slots=True)
class Contact:
    """Someone callers may turn to. ``number`` is used only once ``verified`` holds a date.

    ``id``: how topics ask for the name; ``spoken``: the name that they say, empty where none does.
    ``name_verified``: the day on which somebody saw that the name still holds.
    """

    name: str
    number: str = ""
    verified: str = ""
    id: str = ""
    spoken: str = ""
    name_verified: date | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """What a caller must be able to learn. ``heard``: by language, words that prove it is said.

    ``critical``: leaving it out can cost a family a right or a time limit. ``sources``: the
    statute or rule it leans on, read on the day ``checked``. ``phrases``: phrases and questions
    that say it, beside parts of topics. ``limit``: whether it is a time limit of the caller's.
    """

    says: str
    critical: bool
    heard: Mapping[str, tuple[str, ...]]
    sources: tuple[str, ...] = ()
    checked: date = date.min
    phrases: tuple[str, ...] = ()
    limit: bool = False


def _no_holidays() -> Calendar:
    return Calendar(frozenset(), date.min, date.max)


@dataclass(frozen=True, slots=True)
class Line:
    """The whole service as it is known at one moment. ``version`` is a hash of its content.

    ``danger``: the menu in which callers hear what to do in danger. ``safeguarding``: who is told
    of a child who is not safe, a number in E.164 that a person has rung; empty where none is known.
    ``talking``: the same, for somebody who must talk now, as it is written in a text.
    ``interpreters``: whether advisers can ring with one.
    ``short``: see ``in_short``. ``renamed``: names that topics had before, and have now.
    ``staff``: whether it is the staff's own line that is rung.
    ``no_letter``: topics that no decision letter of the council leads to. ``reviewed_by``: the
    lawyer who has checked the advice, and when; empty until one has. ``open_questions``: what no
    source was found for.
    ``lacks``: phrases that an older edition does not have, and the program's own stand for;
    ``unknown``: names in it that the program does not know any more. ``off``: languages of
    line.yaml that lack what they cannot do without; ``shut``: its doorways that do. ``tried``: the
    phrase that a call begins with which tries out the draft.
    """

    name: str
    start: str
    contact: str
    menus: Mapping[str, Menu]
    topics: Mapping[str, Topic]
    hours: Hours
    voices: Mapping[str, Voice]
    wordings: Mapping[str, Wording]
    version: str = ""
    forms: Mapping[str, Form] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=_no_holidays)
    contacts: tuple[Contact, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    ring_groups: Mapping[str, RingGroup] = field(default_factory=dict)
    danger: str = ""
    safeguarding: str = ""
    talking: str = ""
    interpreters: bool = False
    short: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    staff: bool = False
    no_letter: tuple[str, ...] = ()
    reviewed_by: str = ""
    open_questions: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    tried: str = ""
    doorways: Mapping[str, Doorway] = field(default_factory=dict)
    shut: tuple[str, ...] = ()

    def names(self) -> dict[str, str]:
        """What topics ask for in braces, and the name that is said there."""
        return {each.id: each.spoken for each in self.contacts if each.id}

    def reviewed(self, lang: str) -> str:
        """What paper and pages say of who has checked the advice."""
        words = self.words(lang)
        if not self.reviewed_by:
            return words.say("paper_unchecked")
        return words.say("paper_checked", name=self.reviewed_by)

    @property
    def in_short(self) -> tuple[str, ...]:
        """The topics whose summaries are read to who presses nothing: the ways on (rule 1.4).

        Where the content names none: what each choice of the first menu leads to, or of a menu
        behind it the first topic.
        """
        return self.short or tuple(filter(None, map(self._first_topic, self._first_keys.values())))

    @property
    def help_key(self) -> str:
        """The key of the first menu that leads to help to choose; empty where none does."""
        return next((key for key, to in self._first_keys.items() if to == self.danger), "")

    @property
    def _first_keys(self) -> Mapping[str, str]:
        return self.menus[self.start].keys

    def _first_topic(self, node: str) -> str:
        behind = self.menus[node].keys.values() if node in self.menus else (node,)
        return next((each for each in behind if each in self.topics), "")

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages switched on; the first is what a caller hears who presses nothing."""
        return tuple(self.voices)

    @property
    def language_keys(self) -> dict[str, str]:
        """Each language and doorway but the first by its key in the first menu (R50)."""
        return dict(zip(LANGUAGE_KEYS, self.offered[1:], strict=False))

    @property
    def offered(self) -> tuple[str, ...]:
        """The languages that callers may choose: those switched on, then the doorways."""
        return (*self.languages, *self.doorways)

    @property
    def sounds(self) -> dict[str, Voice]:
        """How each language that is offered sounds."""
        return {**self.voices, **{lang: each.voice for lang, each in self.doorways.items()}}

    def this_language(self, lang: str, key: str) -> str:
        """The offer of a language, in its own words."""
        door = self.doorways.get(lang)
        return door.this_language(key) if door else self.words(lang).this_language(key)

    @property
    def instead(self) -> dict[str, str]:
        """What doorways say, with the same in the first language."""
        return dict(pair for door in self.doorways.values() for pair in door.instead.items())

    def _chosen_by(self, lang: str) -> list[str]:
        keys = [str(self.offered.index(lang) + 1)] if len(self.offered) > 1 else []
        return keys + [key for key, each in self.language_keys.items() if each == lang]

    def units(self, lang: str) -> tuple[str, ...]:
        """Every unit that can be said in a language: what is recorded."""
        if lang in self.doorways:
            return self.doorways[lang].units(self._chosen_by(lang))
        return tuple(unit for unit in self._units(lang) if not isinstance(unit, Borrowed))

    def borrowed(self, lang: str) -> frozenset[str]:
        """Every unit that is said in the first language in the place of one of ``lang``."""
        return frozenset(unit for unit in self._units(lang) if isinstance(unit, Borrowed))

    def _units(self, lang: str) -> tuple[str, ...]:
        first = lang == self.languages[0]
        named = [self.language(each) for each in self.offered] if first else []
        return units(self.words(lang), self.keys(), self._chosen_by(lang), self.help_key, named)

    def spoken(self, lang: str, say: Iterable[Unit]) -> tuple[Unit, ...]:
        """What is said in ``lang``; what it lacks in the first one, after words that say so.

        A doorway has said at once that all else is in the first language.
        """
        first, said, told = self.languages[0], list[Unit](), False
        if lang in self.doorways:
            return tuple(InLanguage(first, unit) if isinstance(unit, str) else unit for unit in say)
        for unit in say:
            if isinstance(unit, Borrowed):
                if not told:
                    said += [self.words(lang).say("untranslated"), SENTENCE]
                told, unit = True, InLanguage(first, str(unit))
            said.append(unit)
        return tuple(said)

    def words(self, lang: str) -> Wording:
        """The wording of ``lang``, or of the first language where it is not switched on."""
        return self.wordings.get(lang) or self.wordings[self.languages[0]]

    def language(self, lang: str) -> str:
        """What a language is called in the first one: "Romanian"."""
        return shown(lang, self.languages[0])

    def has(self, node: str) -> bool:
        """Whether there is a menu, topic or form of this name."""
        return node in self.menus or node in self.topics or node in self.forms

    def told(self, node: str) -> bool:
        """Whether a node ends with something that can be had as a text."""
        return node in self.topics or node in self.forms

    def named_now(self, node: str) -> str:
        """A node by the name it has now, also one that is about a topic (``text-school``)."""
        kind, dash, subject = node.partition("-")
        if subject in self.renamed:
            return f"{kind}{dash}{self.renamed[subject]}"
        return self.renamed.get(node, node)

    def after(self, node: str) -> str:
        """What usually comes after a topic or a form."""
        return (self.topics.get(node) or self.forms[node]).next

    def keys(self) -> dict[str, Mapping[str, str]]:
        """Each node's keys and where they lead: a menu's choices, and 1 for what comes next."""
        menus = {name: menu.keys for name, menu in self.menus.items()}
        return menus | {name: {"1": self.after(name)} for name in (*self.topics, *self.forms)}
