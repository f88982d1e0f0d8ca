"""What a text would be answered and what would be done, without doing it; and that in words.

Owns the words. Nothing is sent, counted or kept. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ivr.line.model import Line
from ivr.line.numbers import mobile, ringable
from ivr.texts.answers import shortest, whole
from ivr.texts.asked import asked
from ivr.texts.consent import taken
from ivr.texts.kinds import does, kinds
from ivr.texts.questions import questions_of

MOBILE = "+447700900123"
"""Who texts, where nobody says."""
REFERENCE = "0000"
"""In place of the four digits of a request to be rung back, which only a real one has."""
UNDERSTOOD: Mapping[str, str] = {
    "danger": "somebody is in danger",
    "stop": "no more texts",
    "start": "texts again",
    "ring": "to be rung back",
    "no-ring": "not to be rung, or it is not sure",
    "late": "the time to appeal has passed",
    "language": "in another language, or asks for one",
    "picture": "a picture",
    "thanks": "thanks",
    "menu": "nothing that the line has",
    "help": "how it works",
    "ask": "a date that is missing or vague",
    "deadline": "a date that is not the letter's",
    "impossible": "a day that is in no calendar",
    "future": "a letter of a day to come",
    "old": "a letter over a year old",
    "certificate": "a mediation certificate",
}
DONE: Mapping[str, str] = {
    "alert": "It would be answered whatever the limits on texts. Staff are not told.",
    "opt-out": "The number would get no more texts.",
    "opt-in": "The number would get texts again.",
    "call-back": "A call-back would be kept, and staff would be told.",
    "cancel-call-back": "A call-back that was asked for would be taken back.",
}
NOTHING_DONE = "Nothing else would be done."


@dataclass(frozen=True, slots=True)
class Tried:
    """What is understood, answered and done, in the names of ``kinds``."""

    kinds: Sequence[str]
    says: Sequence[str]
    does: Sequence[str]

    def understood(self, line: Line) -> list[str]:
        """What was understood, in words, the most urgent first."""
        return list(dict.fromkeys(filter(None, (_words(line, each) for each in self.kinds))))

    def done(self) -> list[str]:
        """What would be done, a sentence each."""
        return [DONE[each] for each in self.does] or [NOTHING_DONE]


def tried(line: Line, body: str, number: str, today: date) -> Tried:
    """As if it were the first text of its number: no limits, no STOP before, no question asked."""
    found, by_carrier = asked(line, body, today), taken(body)
    rung = REFERENCE if ringable(number) else "cannot"
    told = () if by_carrier and not found.danger else whole(line, found, today, body, rung)
    if told and not mobile(number):
        told = told[:1] if found.danger else (shortest(line, told, mobile=False),)
    return Tried(kinds(line, found), told, does(found))


def _words(line: Line, kind: str) -> str:
    what, _, which = kind.partition(":")
    if what == "letter":
        return f"a letter of {date.fromisoformat(which):%-d %B %Y}"
    if what == "topic":
        words = line.words(line.languages[0])
        names = questions_of(words).topics.get(which, (which,))
        return next((words.topics[each].name for each in names if each in words.topics), "")
    return UNDERSTOOD[what]
