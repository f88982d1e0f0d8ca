"""What the line says, in one language: phrases, the values that fill them, and their order.

Owns the words of a language and the ways numbers, dates and phone numbers are spoken. Every
answer is a tuple of units, each of which has one recording. Pure; knows no files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ivr.line.call import Pause, Unit
from ivr.line.deadlines import Deadline
from ivr.line.pieces import Pieces

SENTENCE = Pause(500)
"""After a full stop (R40)."""
BETWEEN_CHOICES = Pause(750)
"""Between two choices of a menu (R40)."""
IN_OPENING = Pause(300)
"""Between the sentences of the opening, which has 12 seconds to come to the first choice (R21)."""
AFTER_KEY = Pause(500)
"""Time to bring the phone back to the ear after a press (R17)."""
PAUSES = (IN_OPENING, AFTER_KEY, BETWEEN_CHOICES)

KEYS = "0123456789*#"
MAX_CHOICES = 5
MAX_PARTS = 6
MAX_DIGITS_COUNTED = 20
REVIEW_AFTER = timedelta(days=365)
"""Advice that nobody has read against the law for so long is told to be overdue."""
QUESTION_KEYS: Mapping[str, str] = {"yes": "1", "no": "2"}
"""The keys of every yes-or-no question (R11)."""


class Borrowed(str):
    """Words of the first language, in the place of a sentence that this language lacks."""

    __slots__ = ()


class ByName(dict[str, str]):
    """Values that wording asks for by name: ``{key:school}``."""

    def __format__(self, name: str) -> str:
        return self[name]


@dataclass(frozen=True, slots=True)
class PartWords:
    """One part of a topic: what is said, and the facts of ``facts.yaml`` it conveys.

    ``points``: how many things a listener is asked to keep; a list of cases of one thing is one.
    """

    says: str
    facts: tuple[str, ...] = ()
    points: int = 1


@dataclass(frozen=True, slots=True)
class TopicWords:
    """A topic's wording. ``label`` follows "To …", ``name`` is a noun phrase for the same thing.

    ``reviewed``: when it was read against the law; ``by``: by whom, where they are qualified;
    ``owner``: who sees to it.
    """

    label: str
    name: str
    parts: tuple[PartWords, ...]
    summary: str
    text: str
    sources: tuple[str, ...]
    reviewed: date
    keywords: tuple[str, ...] = ()
    by: str = ""
    owner: str = ""

    def overdue(self, today: date) -> bool:
        """Whether nobody has read it against the law for a year."""
        return self.reviewed < today - REVIEW_AFTER


@dataclass(frozen=True, slots=True)
class MenuWords:
    """A menu's wording; ``question`` only for a yes-or-no question, ``help`` is simpler help.

    ``help`` names keys and labels by the node they lead to (see ``Wording.help``).
    """

    label: str
    name: str
    help: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class FormWords:
    """A form's wording: ``label`` follows "To …", ``name`` is the same as a noun."""

    label: str
    name: str


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything said in one language."""

    lang: str
    says: Mapping[str, str]
    menus: Mapping[str, MenuWords]
    topics: Mapping[str, TopicWords]
    pieces: Pieces
    forms: Mapping[str, FormWords] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    """Units that say how they are to sound, each with its marks (``ivr.speech.marks``)."""
    pronounced: Mapping[str, str] = field(default_factory=dict)
    """How words that any voice would say wrongly are written for it."""
    first: Wording | None = None
    """The first language's, which sentences are borrowed from."""
    _choices: dict[tuple[str, str], str] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Choices that were said before: every menu is made of them."""

    def say(self, phrase: str, /, **fields: object) -> str:
        """The phrase with its fields filled: one unit."""
        words = self.says[phrase]
        if not fields:
            return words
        if self.first and self._borrowed(words, *fields.values()):
            return Borrowed(self.first.say(phrase, **fields))
        return words.format(**fields)

    @staticmethod
    def _borrowed(*words: object) -> bool:
        """Whether any of it is borrowed: what is joined from two languages is said in none."""
        return any(isinstance(each, Borrowed) for each in words)

    def node(self, name: str) -> MenuWords | TopicWords | FormWords:
        """The wording of a menu, topic or form. Raises KeyError for a node without words."""
        return self.menus.get(name) or self.forms.get(name) or self.topics[name]

    def title(self, name: str) -> str:
        """The node's name as a sentence of its own, said on arrival (R09, R18)."""
        noun = self.node(name).name
        title = noun[:1].upper() + noun[1:] + "."
        return Borrowed(title) if self._borrowed(noun) else title

    def choice(self, label: str, key: str) -> str:
        """ "To …, press N." The only place where a key and its meaning meet (R19)."""
        if self.first and self._borrowed(label):
            return Borrowed(self.first.choice(label, key))
        if (said := self._choices.get((label, key))) is None:
            said = self.say("choice", label=label, key=self.pieces.key_names[key])
            self._choices[label, key] = said
        return said

    def pressing(self, key: str) -> str:
        """ "press N", as every choice of this language has it: a key and the words next to it."""
        before, after = self._around_key
        return " ".join(filter(None, (before, self.pieces.key_names[key], after)))

    @property
    def press(self) -> str:
        """The word right before the key in every choice; empty where there is none."""
        return self._around_key[0]

    @property
    def _around_key(self) -> tuple[str, str]:
        before, _, after = self.says["choice"].partition("{key}")
        near = (before.split()[-1:], after.strip(" .").split()[:1])
        first, last = ("".join(each) for each in near)
        return "" if "{" in first else first, "" if "{" in last else last

    def as_choice(self, sentence: str) -> tuple[str, str] | None:
        """The label and the key of a sentence that is a choice; None for any other."""
        shape = re.escape(self.says["choice"])
        shape = shape.replace(r"\{label\}", "(?P<label>[^.?!]+)").replace(r"\{key\}", "(?P<key>.+)")
        found = re.fullmatch(shape, sentence)
        named = {name: key for key, name in self.pieces.key_names.items()}
        return (found["label"], named[found["key"]]) if found and found["key"] in named else None

    def choices(self, menu: str, keys: Mapping[str, str]) -> tuple[str, ...]:
        """What can be chosen in a menu, in the order of its keys; of a question, yes and no."""
        if question := self.menus[menu].question:
            return (question, self.say("yes"), self.say("no"))
        return tuple(self.choice(self.node(to).label, key) for key, to in keys.items())

    def help(self, menu: str, keys: Mapping[str, str]) -> str:
        """A menu's simpler help, with the keys, labels and number of choices of the flow."""
        words = self.menus[menu]
        named_in = () if words.question else (self.node(to).label for to in keys.values())
        if self.first and self._borrowed(words.help, *named_in):
            return Borrowed(self.first.help(menu, keys))
        if words.question:
            return words.help.format(key=ByName(self._key_names(QUESTION_KEYS)))
        named = self._key_names({to: key for key, to in keys.items()})
        labels = ByName({to: self.node(to).label for to in keys.values()})
        count = self.pieces.counts[len(keys) - 1]
        return words.help.format(key=ByName(named), label=labels, count=count)

    def _key_names(self, keys: Mapping[str, str]) -> dict[str, str]:
        return {name: self.pieces.key_names[key] for name, key in keys.items()}

    def count(self, choices: int) -> str:
        """How many choices there are, said before they are listed (R06)."""
        return self.say("count", count=self.pieces.counts[choices - 1])

    def this_language(self, key: str) -> str:
        """This language's offer of itself, in its own words."""
        return self.say("this_language", key_name=self.pieces.key_names[key])

    def tap_keypad(self, key: str) -> str:
        """What to do on a mobile, where nobody knows that there are keys."""
        return self.say("tap_keypad", key_name=self.pieces.key_names[key])

    def opening(self, opens: datetime, now: datetime) -> tuple[Unit, ...]:
        """When the line opens next: "today" or a day, then the time of day where it has words."""
        time = self.pieces.times.get(f"{opens:%H:%M}")
        return (*self.day(opens.date(), now.date()), *((time,) if time else ()))

    def day(self, day: date, today: date) -> tuple[Unit, ...]:
        """A day as people say it: today, tomorrow, on Monday, or in full when over a week off."""
        ahead = (day - today).days
        if ahead <= 1:
            return (self.pieces.tomorrow if ahead else self.pieces.today,)
        on = self.pieces.on_weekdays[day.weekday()]
        if ahead < 7:
            return (on,)
        return (on, self.pieces.days[day.day - 1], self.pieces.months[day.month - 1])

    def written_date(self, day: date) -> str:
        """A date as it is written in a text: Friday 22 January 2027."""
        pieces = self.pieces
        month = pieces.written_months[day.month - 1]
        return f"{pieces.weekdays[day.weekday()]} {day.day} {month} {day.year}"

    def deadline_text(self, found: Deadline, dated: date | None = None) -> str:
        """What was worked out as a text: what to do by when, and what to check.

        ``dated``: the date of a letter as it was read in a text, which the answer then names.
        """
        if self.first and self._borrowed(
            *(self.says[name] for name in self.says if name[:4] == "sms_")
        ):
            return self.first.deadline_text(found, dated)
        told = [
            self.say(name, date=self.written_date(day)) if day else self.say(name)
            for name, day in texted(found)
        ]
        rest = (each[:1].upper() + each[1:] for each in told[1:])
        opening, end = self.say("sms_opening"), self.say("sms_check")
        if dated:
            opening = self.say("sms_if_dated", date=self.written_date(dated))
            end = self.say("sms_tribunal")
        return " ".join((opening, told[0], *rest, end))

    def date(self, day: date) -> tuple[Unit, ...]:
        """A date in full, with its weekday (R45). Raises KeyError outside the recorded years."""
        return (
            self.pieces.weekdays[day.weekday()],
            self.pieces.days[day.day - 1],
            self.pieces.months[day.month - 1],
            self.pieces.years[day.year],
        )

    def phone(self, number: str) -> tuple[Unit, ...]:
        """A UK number (E.164) read digit by digit: 5, 3 and 3, or 3, 4 and 4 after 02 (R43)."""
        national = "0" + number.removeprefix("+44")
        first, second = (3, 7) if national.startswith("02") else (5, 8)
        groups = (national[:first], national[first:second], national[second:])
        return tuple(unit for group in groups for unit in (*self.digits(group), SENTENCE))

    def digits(self, figures: str) -> tuple[Unit, ...]:
        """A few figures read one by one."""
        spoken = [self.pieces.digits[int(figure)] for figure in figures[:-1]]
        return (*spoken, self.pieces.last_digits[int(figures[-1])])


def texted(found: Deadline) -> tuple[tuple[str, date | None], ...]:
    """The phrases of a text about what was worked out, each with the day it holds, if any."""
    if found.adviser == "in-time":
        return (("sms_ring_by", found.adviser_safe_day),)
    if found.adviser == "today":
        return (("sms_ring_today", None), ("sms_sent_later", None))
    first = (("sms_passed", None),) if found.adviser == "passed" else ()
    doubt = (("sms_late_certificate", None),) if found.late_certificate else ()
    if found.status == "in-time":
        same = ("sms_law_same", None)
        law = same if found.last_day == found.safe_day else ("sms_law_last", found.last_day)
        return (("sms_aim", found.safe_day), law, *doubt)
    told: Mapping[str, tuple[str, date | None]] = {
        "safe-day-passed": ("sms_still", found.last_day),
        "perhaps": ("sms_perhaps", found.perhaps_until),
        "late": ("sms_late", None),
    }
    return (*first, told[found.status], *doubt, *(() if first else (("sms_sent_later", None),)))
