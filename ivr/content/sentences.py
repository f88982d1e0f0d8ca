"""One sentence to translate: its name, what a sign-off holds of it, and how a translation misfits.

Owns what must be so of a translation whoever has signed it. Pure.
"""

from __future__ import annotations

import hashlib
import re
import string
from typing import Any, NamedTuple

from ivr.content import schema
from ivr.content.edit import CONTROL
from ivr.texts.parts import segments

Place = tuple[str | int, ...]
LISTED = "keywords"
"""Words that people text, which are translated as one: "mediation, mediate"."""
MARKUP = re.compile(r"</?[a-zA-Z!][^<>]*>|&(?:#\d+|\w+);")
TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the direction of writing; Urdu and others are written without them."""
LONGEST = 2_000
MOST_PARTS = 2
"""Parts of a text; see R58."""


class Sentence(NamedTuple):
    """One sentence to translate: where it stands below the folder of a language."""

    file: str
    path: Place
    text: str

    @property
    def name(self) -> str:
        """What it is called for good: ``topics/mediation.yaml:parts.0.says``."""
        return f"{self.file}:{'.'.join(map(str, self.path))}"


def hash_of(text: str) -> str:
    """What tells two wordings apart, and stands for one in a sign-off."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16]


def seal(first: str, own: str) -> str:
    """What a sign-off holds of a sentence: the first language's words, and those of its own."""
    return f"{hash_of(first)}-{hash_of(own)}"


def misfit(sentence: Sentence, own: str) -> str:
    """What is wrong with a translation, whoever has signed it; empty when nothing is."""
    if CONTROL.search(own.replace("\n", " ")) or TURNING.search(own):
        return "a sign that cannot be seen stands here"
    if found := MARKUP.search(own):
        return f"“{found[0]}” is markup, and would be read out"
    if len(own) > LONGEST:
        return f"{len(own)} letters, at most {LONGEST}"
    wanted, given = fields_of(sentence.text), fields_of(own)
    if given is None:
        return "a { or } stands alone"
    if wanted != given:
        return f"it must hold {' '.join(sorted(wanted or ())) or 'no field in braces'}"
    if sentence.file != "says.yaml":
        return ""
    name = str(sentence.path[0])
    if name.startswith("sms_") and (parts := segments(own)) > MOST_PARTS:
        return f"{parts} parts of a text, at most {MOST_PARTS}: 306 letters, or 134 with others"
    return schema.faults_of_phrase(name, own)


def value_of(path: Place, words: str) -> Any:
    """A translation as it stands in its file: words that people text are a list there."""
    return re.split(r"\s*,\s*", words) if path[-1] == LISTED else words


def as_one(path: Place, given: Any) -> Any:
    """The same as translators have it."""
    listed = path[-1:] == (LISTED,) and isinstance(given, list)
    return ", ".join(map(str, given)) if listed else given


def fields_of(text: str) -> frozenset[str] | None:
    """The fields in braces as they are written, such as ``{key:school}``; None for a lone brace."""
    try:
        found = [(name, more) for _, name, more, _ in string.Formatter().parse(text)]
    except ValueError:
        return None
    asked = ((name, f":{more}" if more else "") for name, more in found if name is not None)
    return frozenset(f"{{{name}{more}}}" for name, more in asked)
