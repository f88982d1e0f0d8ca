"""What was understood, in the names that programs and reports use. Owns these names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.line.model import Line
from ivr.texts.questions import AskedInText, Kind, questions_of

NAMES: Mapping[Kind, str] = {
    "late": "late",
    "language": "language",
    "picture": "picture",
    "thanks": "thanks",
    "menu": "menu",
    "help": "help",
    "stop": "stop",
    "start": "start",
    "ask-date": "ask",
    "date-other": "deadline",
    "date-odd": "impossible",
    "date-future": "future",
    "date-old": "old",
    "date-beyond": "ask",
    "date-two": "ask",
    "date-weekday": "ask",
    "certificate": "certificate",
    "certificate-odd": "certificate",
}


def kinds(line: Line, asked: AskedInText) -> list[str]:
    """What a text was understood to ask for, the most urgent first."""
    return list(dict.fromkeys(_kinds(line, asked)))


def unclear(asked: AskedInText) -> bool:
    """Whether a text could not be understood: it is answered with the menu, and wishes nothing."""
    wishes = asked.danger or asked.stop or asked.ring or asked.no_ring
    return asked.kind == "menu" and not wishes


def does(asked: AskedInText) -> list[str]:
    """What is done beside answering."""
    done = {
        "alert": asked.danger,
        "opt-out": asked.stop or asked.kind == "stop",
        "opt-in": asked.kind == "start",
        "call-back": asked.ring,
        "cancel-call-back": asked.cancel,
    }
    return [name for name, so in done.items() if so]


def _kinds(line: Line, asked: AskedInText) -> Iterator[str]:
    wishes = {
        "danger": asked.danger,
        "stop": asked.stop,
        "ring": asked.ring,
        "no-ring": asked.no_ring,
    }
    yield from (name for name, so in wishes.items() if so)
    if asked.kind == "date" and asked.day:
        yield f"letter:{asked.day}"
        if asked.other_day:
            yield "certificate"
    if asked.dated:
        yield NAMES[asked.dated]
    if asked.language:
        yield f"language:{asked.language}"
    if asked.kind in NAMES:
        yield NAMES[asked.kind]
    if asked.kind == "topic":
        name = asked.label or asked.topic
        yield f"topic:{name}"
        before = questions_of(line.words(line.languages[0])).before.get(name)
        if before:
            yield f"topic:{before}"
