"""What the line says, in one language: phrases, the values that fill them, and their order.

Owns the words of a language and the ways numbers, dates and phone numbers are spoken. Every
answer is a tuple of units, each of which has one recording. Pure; knows no files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product

from ivr.call import Pause, Unit

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

SAYS: Mapping[str, tuple[str, ...]] = {
    "greeting": (),
    "for_person": (),
    "for_hearing": (),
    "count": ("count",),
    "choice": ("label", "key"),
    "go_on_to": ("name",),
    "text_this": (),
    "yes": (),
    "no": (),
    "part": ("n", "m"),
    "in_short": (),
    "again": (),
    "back": (),
    "press_to_go_on": (),
    "not_heard": (),
    "choices_again": (),
    "take_your_time": (),
    "then_person": (),
    "then_end": (),
    "not_used": ("key_name",),
    "find_person": (),
    "putting_through": (),
    "person_ended": (),
    "closed": (),
    "busy": (),
    "no_answer": (),
    "failed": (),
    "opens": (),
    "try_again": (),
    "resume_label": (),
    "contact_text_label": (),
    "hearing": (),
    "slower_label": (),
    "normal_label": (),
    "wait_label": (),
    "language_label": (),
    "slower_on": (),
    "normal_on": (),
    "wait_on": (),
    "this_language": ("key_name",),
    "language_on": (),
    "offer_text": (),
    "text_seen": (),
    "this_phone_label": (),
    "other_phone_label": (),
    "ask_number": (),
    "how_to_enter": (),
    "number_help": (),
    "digits_heard": ("digits",),
    "mobile_has_11": (),
    "many_digits_heard": (),
    "only_mobiles": (),
    "no_number": (),
    "read_back": (),
    "number_right": (),
    "sending": (),
    "already_sending": (),
    "cannot_text": (),
    "still_there": (),
    "will_end": (),
    "ring_again": (),
    "goodbye": (),
    "start_again": (),
    "apology": (),
    "text_menu": ("choices",),
    "paper_relay": ("number",),
    "paper_free": (),
    "paper_ordinary": (),
}
"""Every phrase the line says about itself, with the fields it may hold."""


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
    """A topic's wording. ``label`` follows "To …", ``name`` is a noun phrase for the same thing."""

    label: str
    name: str
    parts: tuple[PartWords, ...]
    summary: str
    text: str
    sources: tuple[str, ...]
    reviewed: date
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MenuWords:
    """A menu's wording; ``question`` only for a yes-or-no question, ``help`` is simpler help."""

    label: str
    name: str
    help: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Recorded pieces that dates, times and phone numbers are joined from."""

    today: str
    tomorrow: str
    weekdays: tuple[str, ...]
    on_weekdays: tuple[str, ...]
    days: tuple[str, ...]
    months: tuple[str, ...]
    years: Mapping[int, str]
    times: Mapping[str, str]
    digits: tuple[str, ...]
    last_digits: tuple[str, ...]
    key_names: Mapping[str, str]
    counts: tuple[str, ...]

    def all(self) -> Iterator[str]:
        """Every piece that may be spoken."""
        yield from (self.today, self.tomorrow)
        for row in (self.weekdays, self.on_weekdays, self.days, self.months):
            yield from row
        yield from (*self.years.values(), *self.times.values())
        yield from (*self.digits, *self.last_digits)


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything said in one language."""

    lang: str
    says: Mapping[str, str]
    menus: Mapping[str, MenuWords]
    topics: Mapping[str, TopicWords]
    pieces: Pieces

    def say(self, phrase: str, /, **fields: object) -> str:
        """The phrase with its fields filled: one unit."""
        return self.says[phrase].format(**fields)

    def place(self, name: str) -> MenuWords | TopicWords:
        """The wording of a menu or topic. Raises KeyError for a place without words."""
        return self.menus[name] if name in self.menus else self.topics[name]

    def title(self, name: str) -> str:
        """The place's name as a sentence of its own, said on arrival (R09, R18)."""
        noun = self.place(name).name
        return noun[:1].upper() + noun[1:] + "."

    def choice(self, label: str, key: str) -> str:
        """ "To …, press N." The only place where a key and its meaning meet (R19)."""
        return self.say("choice", label=label, key=self.pieces.key_names[key])

    def choices(self, menu: str, keys: Mapping[str, str]) -> tuple[str, ...]:
        """What can be chosen in a menu, in the order of its keys; of a question, yes and no."""
        if question := self.menus[menu].question:
            return (question, self.say("yes"), self.say("no"))
        return tuple(self.choice(self.place(to).label, key) for key, to in keys.items())

    def count(self, choices: int) -> str:
        """How many choices there are, said before they are listed (R06)."""
        return self.say("count", count=self.pieces.counts[choices - 1])

    def this_language(self, key: str) -> str:
        """This language's offer of itself, in its own words."""
        return self.say("this_language", key_name=self.pieces.key_names[key])

    def opening(self, opens: datetime, now: datetime) -> tuple[Unit, ...]:
        """When the line opens next: "today" or a day, then the time of day."""
        return (*self.day(opens.date(), now.date()), self.pieces.times[f"{opens:%H:%M}"])

    def day(self, day: date, today: date) -> tuple[Unit, ...]:
        """A day as people say it: today, tomorrow, on Monday, or in full when over a week off."""
        ahead = (day - today).days
        if ahead <= 1:
            return (self.pieces.tomorrow if ahead else self.pieces.today,)
        on = self.pieces.on_weekdays[day.weekday()]
        if ahead < 7:
            return (on,)
        return (on, self.pieces.days[day.day - 1], self.pieces.months[day.month - 1])

    def date(self, day: date) -> tuple[Unit, ...]:
        """A date in full, with its weekday (R45). Raises KeyError outside the recorded years."""
        return (
            self.pieces.weekdays[day.weekday()],
            self.pieces.days[day.day - 1],
            self.pieces.months[day.month - 1],
            self.pieces.years[day.year],
        )

    def mobile(self, number: str) -> tuple[Unit, ...]:
        """A UK mobile (E.164) read digit by digit in groups of five, three and three (R43)."""
        national = "0" + number.removeprefix("+44")
        groups = (national[:5], national[5:8], national[8:])
        spoken: list[Unit] = []
        for group in groups:
            spoken += [self.pieces.digits[int(digit)] for digit in group[:-1]]
            spoken += [self.pieces.last_digits[int(group[-1])], SENTENCE]
        return tuple(spoken)


WRITTEN = ("text_menu", "paper_relay", "paper_free", "paper_ordinary")
"""Phrases that are written, in texts or on paper, and never spoken."""
SWITCHING = ("this_language", "language_on")
"""Phrases only said where there is more than one language."""
NEVER_ALONE = ("choice", "go_on_to", "text_this", *WRITTEN, *SWITCHING)
"""Phrases only ever said inside a choice, as are all that end in ``_label``, or only written."""

LANGUAGE_KEY = "4"
"""The key of "another language" in the menu of key 8."""
OWN_CHOICES: Mapping[str, tuple[str, ...]] = {
    "hearing": ("slower_label", "normal_label", "wait_label"),
    "text": ("this_phone_label", "other_phone_label"),
    "nobody": ("resume_label", "contact_text_label"),
}
"""The line's own menus: their labels, in the order of their keys."""


def units(
    words: Wording, keys: Mapping[str, Mapping[str, str]], chosen_by: Sequence[str] = ()
) -> tuple[str, ...]:
    """Every unit that can be said in this language, in order and once each: what is recorded.

    ``keys`` gives, for each place, its keys and the places they lead to; ``chosen_by`` the keys
    that switch to this language, where there is more than one.
    """
    found = dict.fromkeys(_phrases(words))
    if chosen_by:
        switch = words.choice(words.says["language_label"], LANGUAGE_KEY)
        offers = (words.this_language(key) for key in chosen_by)
        found.update(dict.fromkeys((switch, words.say("language_on"), *offers)))
    for name in words.menus:
        found.update(dict.fromkeys(_menu(words, name, keys[name])))
    for name in words.topics:
        found.update(dict.fromkeys(_topic(words, name, keys[name]["1"])))
    found.update(dict.fromkeys(words.pieces.all()))
    return tuple(found)


def _phrases(words: Wording) -> Iterator[str]:
    for name, fields in SAYS.items():
        if name in NEVER_ALONE or name.endswith("_label"):
            continue
        for filled in _values(words, fields):
            yield words.say(name, **dict(zip(fields, filled, strict=True)))
    for labels in OWN_CHOICES.values():
        for key, label in enumerate(labels, start=1):
            yield words.choice(words.says[label], str(key))


def _values(words: Wording, fields: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
    """All that the fields of one phrase can hold."""
    if fields == ("n", "m"):
        yield from ((n, m) for m in range(1, MAX_PARTS + 1) for n in range(1, m + 1))
        return
    values: Mapping[str, tuple[object, ...]] = {
        "count": words.pieces.counts,
        "key_name": tuple(words.pieces.key_names.values()),
        "digits": tuple(range(2, MAX_DIGITS_COUNTED + 1)),
    }
    yield from product(*(values[each] for each in fields))


def _menu(words: Wording, name: str, keys: Mapping[str, str]) -> Iterator[str]:
    yield from (words.title(name), words.menus[name].help, *words.choices(name, keys))


def _topic(words: Wording, name: str, after: str) -> Iterator[str]:
    topic = words.topics[name]
    yield from (words.title(name), *(part.says for part in topic.parts), topic.summary)
    yield words.choice(words.say("go_on_to", name=words.place(after).name), "1")
    yield words.choice(words.says["text_this"], "2")
