"""The form of a new topic: what may be entered, and what is wrong in words at its field.

Owns the rules of the form alone. What the words may be is ``ivr.content.schema``, and every rule of
the line is asked once the topic stands in the draft.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any

from wtforms import (
    DateField,
    Field,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length

from ivr.content.arrange import NewMenu, NewTopic, most
from ivr.content.checks.facts import missing
from ivr.content.checks.texts import OPENING
from ivr.content.schema import faults_of_help, fields_of
from ivr.line.model import Fact, Line
from ivr.line.wording import MAX_PARTS
from ivr.speech import marks
from ivr.staff.forms import PageForm, tidy

LONGEST, LONGEST_NAME, LONGEST_OWNER, LONGEST_SLUG = 2_000, 60, 120, 40
"""Letters of a sentence, of a choice, of who did something, and of the name of a file."""
NEW = "new "
"""How the value of a new menu begins, before the topic that it is put together with."""
THIS = "this"
"""What the help of a new menu calls the topic that is being added."""
PLACES = [
    SelectChoice(nth, words)
    for nth, words in enumerate(("Last", "First", "Second", "Third", "Fourth"))
]


def _sayable(form: TopicForm, field: Field) -> None:
    """Words that can be spoken: no signs of a web page, and in braces only names that are known."""
    if not field.data:
        return
    marked = field in (form.summary, *form.parts)
    signs = "<>" if marked else "<>[]"
    if set(signs).intersection(field.data):
        raise ValidationError(f"Leave out {' '.join(signs)}. Write only what is to be said.")
    if wrong := marks.faults(field.data) if marked else "":
        raise ValidationError(f"Mend the sound marks: {wrong}.")
    if field is form.menu_help:
        return
    names = form.line.names() if marked or field is form.text else {}
    try:
        unknown = sorted(fields_of(field.data).difference(names))
    except ValueError:
        raise ValidationError("A { or } stands alone. Take it out.") from None
    if unknown:
        raise ValidationError(f"“{{{unknown[0]}}}” is no name that is filled in. Take it out.")


def _few(most: int) -> Length:
    return Length(max=most, message=f"Write at most {most} letters.")


def _name(label: str, hint: str, needs: str = "") -> Field:
    """A field of a few words that are said."""
    checks = [*([DataRequired(needs)] if needs else []), _few(LONGEST_NAME), _sayable]
    return StringField(label, checks, [tidy], description=hint)


def _words(label: str, hint: str, needs: str = "", rows: int = 4, default: str = "") -> Field:
    """A field of whole sentences that are said."""
    checks = [*([DataRequired(needs)] if needs else []), _few(LONGEST), _sayable]
    return TextAreaField(
        label, checks, [tidy], description=hint, default=default, render_kw={"rows": rows}
    )


def slug(name: str) -> str:
    """The name that files and addresses have for a thing with this name; empty for no letters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall("[a-z]+", plain))[:LONGEST_SLUG].strip("-")


class TopicForm(PageForm):
    """A new topic for a ``line``, as the draft has it."""

    name = _name(
        "Its name",
        "A noun, such as “making a complaint”. Callers hear it when they arrive.",
        "Give a name.",
    )
    label = _name(
        "Its choice, after “To …”",
        "Begin with a verb, such as “make a complaint”.",
        "Say what callers choose.",
    )
    where = SelectField("Where callers choose it")
    place = SelectField("As which choice there", choices=PLACES, coerce=int)
    menu_name = _name("The name of the new menu", "A noun, such as “complaints”.")
    menu_label = _name(
        "The choice of the new menu, after “To …”",
        "The main menu says it in place of the topic that goes into the new menu.",
    )
    menu_help = _words(
        "Help after silence in the new menu",
        "{count} is how many choices it has; {label:this} and {key:this} are those of your topic.",
        rows=3,
        default="There are {count} things here. For example, to {label:this}, press {key:this}.",
    )
    part1 = _words(
        "Part 1", "One thing, in two to five short sentences.", "Write what callers hear."
    )
    part2, part3, part4, part5, part6 = (
        _words(f"Part {n} (may be left out)", "") for n in range(2, MAX_PARTS + 1)
    )
    summary = _words(
        "In short",
        "For callers who press nothing, and who want the short version.",
        "Write the short version.",
        rows=3,
    )
    text = _words(
        "The text message",
        "At most 306 letters. Others may read it: no name, place or need.",
        "Write the text message.",
        default=OPENING,
    )
    keyword = StringField(
        "A word that people can text for it",
        [DataRequired("Give a word."), _few(30)],
        [tidy],
        description="One word, which asks for no other topic.",
    )
    limit = SelectField(
        "The time limit that it says",
        description="A part and the text must say it. If they do not, its words are named here.",
    )
    after = SelectField("What usually comes next", description="Callers can go on to it.")
    sources = TextAreaField(
        "Sources, each in a line of its own",
        [DataRequired("Name the statute, rule or page that it leans on."), _few(LONGEST)],
        render_kw={"rows": 3},
    )
    reviewed = DateField("The day it was read against the law", [InputRequired("Give the day.")])
    by = StringField(
        "Who read it, and their qualification (may be left out)", [_few(LONGEST_OWNER)], [tidy]
    )
    owner = StringField(
        "Who sees that it is read again", [DataRequired("Say who."), _few(LONGEST_OWNER)], [tidy]
    )

    def __init__(self, line: Line, today: date, **more: Any) -> None:
        self.line, self._today = line, today
        self._said = line.words(line.languages[0])
        super().__init__(**more)
        self.where.choices = [SelectChoice(*each) for each in self._places()]
        self.after.choices = [
            SelectChoice(name, self._called(name)) for name in (*line.topics, line.start)
        ]
        limits = [(code, each.says) for code, each in line.facts.items() if each.limit]
        none = ("", "None: no decision letter leads here")
        self.limit.choices = [SelectChoice(*each) for each in (none, *limits)]

    @property
    def full(self) -> bool:
        """Whether no menu that is there can take a choice more."""
        return not any(map(self._room, self._menus()))

    @property
    def first_room(self) -> str:
        """The first place where there is room; a new menu where all are full."""
        menus = self._menus()
        places = (place for place, _ in self._places() if place not in menus or self._room(place))
        return next(places, self.line.start)

    @property
    def parts(self) -> list[Field]:
        """The field of each part."""
        return [self[f"part{n}"] for n in range(1, MAX_PARTS + 1)]

    def validate_name(self, field: Field) -> None:
        """A name that no place of the call has."""
        if not slug(field.data):
            raise ValidationError("Write a name with letters in it.")
        self._new_to_all(field)

    def validate_keyword(self, field: Field) -> None:
        """One word that asks for no other topic."""
        if not field.data.isalpha():
            raise ValidationError("Write one word, of letters alone.")
        for name, topic in self._said.topics.items():
            if field.data.lower() in topic.keywords:
                raise ValidationError(f"This word asks for “{self._called(name)}”.")

    def validate_where(self, field: Field) -> None:
        """A menu that has room, or a new one."""
        if field.data in self._menus() and not self._room(field.data):
            says = f"“{self._called(field.data)}” is full"
            raise ValidationError(f"{says}. Choose a new menu, or take a choice out of this one.")

    def validate_menu_name(self, field: Field) -> None:
        """The words of a new menu, where there is to be one."""
        if self._beside() and not field.data:
            raise ValidationError("A new menu needs this.")
        if self._beside() and field is self.menu_name:
            self._new_to_all(field)
            if slug(field.data) in ("", slug(self.name.data)):
                raise ValidationError("Give the menu another name than the topic, of letters.")

    validate_menu_label = validate_menu_name

    def validate_menu_help(self, field: Field) -> None:
        """The same; in braces stand only keys and labels of this menu."""
        self.validate_menu_name(field)
        known = (THIS, self._beside())
        named = {"key": known, "label": known, "count": ("",)}
        if wrong := faults_of_help(field.data or "", named):
            raise ValidationError(f"{wrong}.")

    def validate_limit(self, field: Field) -> None:
        """A time limit that a part says in its own words."""
        if (fact := self._fact()) and self._says(fact) is None:
            raise ValidationError(f"No part says it yet. Say in one part: {self._proofs(fact)}.")

    def validate_text(self, field: Field) -> None:
        """Words of its own, which say the time limit too."""
        if field.data == OPENING.strip():
            raise ValidationError("Write what it says after its usual opening.")
        if (fact := self._fact()) and missing(fact, field.data, self._said):
            raise ValidationError(f"Say the time limit in it too: {self._proofs(fact)}.")

    def validate_reviewed(self, field: DateField) -> None:
        """Nobody can have read it tomorrow."""
        if field.data and field.data > self._today:
            raise ValidationError("The day cannot be in the future.")

    def topic(self) -> NewTopic:
        """What was entered, once it is valid."""
        name, fact = slug(self.name.data), self._fact()
        says = self._says(fact) if fact else None
        words: dict[str, Any] = {each: self[each].data for each in ("label", "name")}
        words["keywords"] = [self.keyword.data.lower()]
        words["parts"] = [
            {"says": part.data} | ({"facts": [self.limit.data]} if part is says else {})
            for part in self.parts
            if part.data
        ]
        words |= {each: self[each].data for each in ("summary", "text")}
        words["sources"] = [each for each in map(tidy, self.sources.data.splitlines()) if each]
        words |= {each: self[each].data for each in ("reviewed", "by", "owner")}
        menu = self._new_menu(name) or self.where.data
        return NewTopic(name, words, self.after.data, menu, self.place.data, fact is None)

    def _new_menu(self, topic: str) -> NewMenu | None:
        """The menu that is to come, where one is; in its help ``this`` is the topic."""
        if not (beside := self._beside()):
            return None
        help_ = self.menu_help.data.replace(f":{THIS}}}", f":{topic}}}")
        words = {"label": self.menu_label.data, "name": self.menu_name.data, "help": help_}
        return NewMenu(slug(self.menu_name.data), beside, words)

    def _places(self) -> Iterator[tuple[str, str]]:
        """The menus that callers reach with one key, and those that there could be."""
        for name in self._menus():
            there, most_ = len(self.line.menus[name].keys), most(self.line.start, name)
            called = self._called(name)
            yield name, f"{called[:1].upper()}{called[1:]}: {there} of {most_} choices"
        for to in self.line.menus[self.line.start].keys.values():
            if to in self.line.topics:
                yield f"{NEW}{to}", f"A new menu in the main menu, with “{self._called(to)}” in it"

    def _menus(self) -> list[str]:
        start = self.line.start
        below = [to for to in self.line.menus[start].keys.values() if to in self.line.menus]
        return [start, *(to for to in below if not self.line.menus[to].question)]

    def _room(self, menu: str) -> bool:
        return len(self.line.menus[menu].keys) < most(self.line.start, menu)

    def _beside(self) -> str:
        """The topic that a new menu is to hold as well; empty for no new menu."""
        chosen = self.where.data or ""
        return chosen.removeprefix(NEW) if chosen.startswith(NEW) else ""

    def _new_to_all(self, field: Field) -> None:
        line = self.line
        for name in (*line.menus, *line.topics, *line.forms):
            if slug(field.data) in (name, slug(self._called(name))):
                says = f"There is “{self._called(name)}” already"
                raise ValidationError(f"{says}. Choose another name.")

    def _called(self, name: str) -> str:
        return self._said.node(name).name

    def _fact(self) -> Fact | None:
        return self.line.facts.get(self.limit.data or "")

    def _says(self, fact: Fact) -> Field | None:
        """The part that says a fact in its own words."""
        told = (part for part in self.parts if part.data)
        return next((part for part in told if not missing(fact, part.data, self._said)), None)

    def _proofs(self, fact: Fact) -> str:
        return ", ".join(f"“{each}”" for each in fact.heard.get(self._said.lang, ()))
