"""The forms of the pages for translators, and how a sentence is shown on them.

Owns what may be entered there, and the words for how a sentence stands.
"""

from __future__ import annotations

from typing import NamedTuple

from babel import Locale
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length

from ivr.content.checks import piece_at
from ivr.content.checks.texts import MOST_PARTS
from ivr.content.checks.words import (
    MOST_WORDS_IN_A_CHOICE,
    MOST_WORDS_IN_A_PART,
    MOST_WORDS_IN_SHORT,
)
from ivr.content.doorways import is_of_doorway
from ivr.content.sentences import LONGEST, Sentence
from ivr.content.signing import Signs, seal_of, waits_for_second
from ivr.content.translation import Stand
from ivr.line.tongues import name_of
from ivr.staff.forms import PageForm, tidy

DOORWAY, CORE = "doorway", "core"
ANY = "und"
"""No language: a limit is the same in each."""
FILES = {
    "says.yaml": "Everything else that is said",
    "menus.yaml": "Menus and questions",
    "forms.yaml": "What callers are asked",
    "pieces.yaml": "Dates, times and numbers",
}
STATES = {
    "": ("Signed", "good"),
    "missing": ("Missing", "look"),
    "draft": ("Draft", "look"),
    "stale": ("Stale", "look"),
    "unfit": ("Does not fit", "wrong"),
}
"""How a sentence stands, and how that is marked."""


class LanguageForm(PageForm):
    """A language that is to be begun."""

    lang = StringField(
        "Another language", [InputRequired("Write its short form."), Length(max=12)], [tidy],
        description="Its short form, such as yo for Yoruba.",
    )  # fmt: skip

    def validate_lang(self, field: StringField) -> None:
        """One that is known."""
        try:
            name_of(field.data)
        except ValueError as error:
            raise ValidationError(f"{error}".capitalize() + ".") from None


class TranslationForm(PageForm):
    """One sentence. ``seen`` and ``english``: hashes of what stood there when it was made."""

    words = TextAreaField("Translation", [Length(max=LONGEST)])
    seen = HiddenField()
    english = HiddenField()

    def validate_words(self, field: TextAreaField) -> None:
        """Something stands there; the line ends of a browser are none of the sentence's."""
        field.data = " ".join((field.data or "").split())
        if not field.data:
            raise ValidationError("Nothing stands there. Write the translation.")


class SignForm(PageForm):
    """Sentences that are signed. Each has its name and, after a space, the seal of what was read.

    ``sentences`` is shown by the page itself, a tick at each of them.
    """

    translator = StringField(
        "Who translated them, where it was not written on this page", [Length(max=64)], [tidy]
    )
    sentences = SelectMultipleField(
        "Sentences", [DataRequired("Tick what you have read and stand for.")], validate_choice=False
    )

    @property
    def seals(self) -> dict[str, str]:
        """The seals of what was ticked, by the names of the sentences."""
        return {name: kept for name, _, kept in (e.rpartition(" ") for e in self.sentences.data)}


class ImportForm(PageForm):
    """A PO file that comes back."""

    file = FileField("A PO file that came back", [FileRequired("Choose a file.")])
    over = BooleanField("Where somebody has changed a sentence meanwhile, take the file’s")


class Row(NamedTuple):
    """One sentence on the page of its language. ``seal``: what a tick signs, empty for nothing."""

    number: int
    stand: Stand
    state: str
    kind: str
    more: str
    seal: str


def row(number: int, stand: Stand, signs: Signs) -> Row:
    """A sentence with how it stands in words."""
    state, kind = STATES[stand.why]
    more, seal = stand.says, seal_of(stand) if stand.why in ("draft", "stale") else ""
    entry = waits_for_second(stand, signs)
    if entry:
        more = f"reviewed by {entry.reviewed_by}; a second reader must sign it"
    elif stand.why == "draft" and stand.twice:
        more += ", and a second reader must read it"
    elif not stand.why:
        _, entry = signs[stand.sentence.name]
        second = f", read again by {entry.second_reader}" if entry.second_reader else ""
        more = f"by {entry.by} and {entry.reviewed_by}{second}, {entry.on:%-d %B %Y}"
    return Row(number, stand, state, kind, more, seal)


def parts_of(stands: list[Stand], titles: dict[str, str]) -> dict[str, tuple[str, list[Stand]]]:
    """The sentences of a language in parts that are gone through one after another, by name.

    ``titles``: what topics are called.
    """
    found = {
        DOORWAY: ("The doorway", [each for each in stands if is_of_doorway(each.sentence)]),
        CORE: ("What a full language cannot do without", [e for e in stands if e.core]),
    }
    for file in dict.fromkeys(each.sentence.file for each in stands):
        name = file.rpartition("/")[2].removesuffix(".yaml")
        title = FILES.get(file) or titles.get(name, name)
        found[name] = (title, [each for each in stands if each.sentence.file == file])
    return found


def limit_of(sentence: Sentence) -> str:
    """How long its translation may be, in words."""
    piece = piece_at(f"{ANY}/{sentence.file}", sentence.path, sentence.text)
    match piece.kind if piece else "":
        case "part":
            return f"At most {MOST_WORDS_IN_A_PART} words."
        case "summary":
            return f"At most {MOST_WORDS_IN_SHORT} words."
        case "label":
            return f"At most {MOST_WORDS_IN_A_CHOICE} words, with the key that is said after it."
        case "text" | "written":
            return (
                f"A text: at most {MOST_PARTS} parts, which are 306 letters, or 134 where one of "
                "them is not among those of simple phones, such as ș, ł or ব."
            )
    return f"At most {LONGEST:,} letters. Callers hear it: the shorter the better."


def direction(lang: str) -> str:
    """Which way its letters run, as pages say it."""
    return str(Locale.parse(lang, sep="-").text_direction)
