"""Doorways as they are read: a language of which only a few sentences are there, each signed.

Owns what a doorway must have to be open, and what of its lines in ``line.yaml`` is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ivr.content import schema
from ivr.content.sentences import Sentence
from ivr.content.source import Fault, Reading, Source
from ivr.content.translation import Lack, stands
from ivr.line.doorways import DOORWAY, DOORWAY_KEYS
from ivr.line.model import LANGUAGE_KEYS
from ivr.line.tongues import name_of


class Few(NamedTuple):
    """What a doorway says, and the same in the first language; with a lack it stays shut."""

    says: dict[str, str]
    first: dict[str, str]
    lacks: tuple[Lack, ...]


def read(reading: Reading, lang: str, first: str, facts: schema.FactsFile) -> Few:
    """The few sentences of a doorway. What is wrong with them is never a fault of the content."""
    few = [each for each in stands(reading, lang, first, facts) if is_of_doorway(each.sentence)]
    named = {str(each.sentence.path[0]): each for each in few}
    lacks = (Lack(*each.sentence[:2], each.why, each.says) for each in few if each.why)
    return Few(
        {name: _keyed(name, each.words) for name, each in named.items()},
        {name: _keyed(name, each.sentence.text) for name, each in named.items()},
        tuple(lacks),
    )


def _keyed(name: str, words: str) -> str:
    """With the key of a choice as a figure, which each voice reads in its language."""
    return words.replace("{key_name}", DOORWAY_KEYS[name]) if name in DOORWAY_KEYS else words


def is_of_doorway(sentence: Sentence) -> bool:
    """Whether a doorway is shut without this sentence."""
    return sentence.file == "says.yaml" and sentence.path[0] in DOORWAY


def faults(source: Source, line: schema.LineFile) -> Iterator[Fault]:
    """A doorway that is a language already, that nobody knows, or that no key is left for."""
    room = len(LANGUAGE_KEYS) - (len(line.languages) - 1)
    for number, (lang, each) in enumerate(line.doorways.items(), start=1):
        if lang in line.languages:
            yield source.fault(f"“{lang}” is a language of the line already", "doorways", lang)
        elif number > room:
            says = f"“{lang}”: the keys {', '.join(LANGUAGE_KEYS)} are taken"
            yield source.fault(says, "doorways", lang, rule="R50")
        try:
            name_of(lang)
        except ValueError as error:
            yield source.fault(str(error), "doorways", lang)
        if each.tag.partition("-")[0] != lang.partition("-")[0]:
            says = f"“{each.tag}” is a tag of another language than “{lang}”"
            yield source.fault(says, "doorways", lang, "tag")
