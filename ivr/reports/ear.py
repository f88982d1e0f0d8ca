"""A made-up caller who writes down what the line says.

Owns the turns that the paper is made from: each comes from ``flow.step``, so that the paper
cannot drift from the line. The moments and numbers it rings with are examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from ivr.config import LONDON
from ivr.flow import kind_of, own_handler, step
from ivr.line.call import (
    Call,
    CallStarted,
    Effect,
    EffectDone,
    Event,
    Facts,
    InLanguage,
    KeyPressed,
    NoInput,
    Pause,
    Playback,
    RecordingDone,
    Transfer,
    Turn,
    Unit,
)
from ivr.line.hours import next_opening
from ivr.line.model import Line
from ivr.line.wording import KEYS, Wording
from ivr.reports.paper import Row

EXAMPLE_MOBILE = "07700900123"
"""One of Ofcom's numbers for drama, as a caller types it."""
MOBILE = "+44" + EXAMPLE_MOBILE[1:]
MORNING = datetime(2026, 11, 24, 10, tzinfo=LONDON)
EVENING = datetime(2026, 11, 24, 20, tzinfo=LONDON)
STAYS = "*#"
"""Keys that lead to nowhere new."""
LAST_DIGIT = re.compile(r"(?<=, )[A-Z]")
MESSAGE = "RE" + "0" * 32
"""What a recording is called, as Twilio calls them."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A caller of ``line`` in language ``lang``, ringing while ``facts`` are so."""

    line: Line
    lang: str
    facts: Facts

    @property
    def words(self) -> Wording:
        """The wording that this caller hears."""
        return self.line.words(self.lang)

    def ring(self, often: bool = False, resume: str = "") -> Turn:
        """The opening; ``often``: to a phone that has rung very often."""
        facts = self.facts._replace(often=often, resume=resume)
        return step(self.line, Call(lang=self.lang), CallStarted(), facts)

    def come(self, node: str, part: int = 0) -> Turn:
        """What a menu or topic says to who comes to it, or to one part of it."""
        return self._step(Call(at=node, part=part, lang=self.lang), KeyPressed("#"))

    def hear_out(self) -> Turn:
        """The end of the first topic."""
        topic = next(iter(self.line.topics))
        return self.come(topic, part=len(self.words.topics[topic].parts))

    def press(self, turn: Turn, keys: str) -> Turn:
        """What is said after these keys."""
        return self._step(turn.call, KeyPressed(keys))

    def wait(self, turn: Turn) -> Turn:
        """What is said after no key."""
        return self._step(turn.call, NoInput())

    def ends(self, turn: Turn, outcome: str) -> Turn:
        """What is said once the turn's effect or transfer has ended with ``outcome``.

        Raises ValueError for a turn that has neither.
        """
        thing = turn.effect or turn.then
        if not isinstance(thing, Effect | Transfer):
            raise ValueError("nothing of this turn has an outcome")
        return self._step(turn.call, EffectDone(thing, outcome))

    def speaks(self, turn: Turn, seconds: int = 20, key: str = "#") -> Turn:
        """What is said after a recording of so many seconds (0: nobody spoke) that a key ended."""
        heard = RecordingDone(MESSAGE, seconds, key) if seconds else RecordingDone("")
        return self._step(turn.call, heard)

    def rows(self, turn: Turn, known: Turn | None = None) -> tuple[Row, ...]:
        """What a turn says, a row a sentence; without what ``known`` says as well."""
        left_out = {words for words, _ in _sentences(known.say)} if known else set()
        rows = (self._row(turn, words, lang) for words, lang in _sentences(turn.say))
        return tuple(row for row in rows if row.words not in left_out)

    def _step(self, call: Call, heard: Event) -> Turn:
        return step(self.line, call, heard, self.facts)

    def _row(self, turn: Turn, words: str, lang: str) -> Row:
        lang = lang or self.lang
        tag = self.line.voices[lang].tag
        key = _key_of(self.line.words(lang), words)
        return Row("choice", words, tag, key, self._leads(turn, key)) if key else said(words, tag)

    def _leads(self, turn: Turn, key: str) -> str:
        """The section that a key leads on to; empty where it leads back or stays here."""
        if key in STAYS:
            return ""
        after = self.press(turn, key).call
        deeper = len(after.trail) > len(turn.call.trail)
        handler = own_handler(after.at)
        section = (handler.section if handler else "") or kind_of(after.at)
        return section if deeper else ""


def ear(line: Line, lang: str) -> Reader:
    """A caller with a mobile, while an adviser is there."""
    rings = _rings(line)
    return Reader(
        line, lang, Facts(MORNING, True, None, "mobile", MOBILE, ringable=MOBILE, rings=rings)
    )


def withheld_ear(line: Line, lang: str) -> Reader:
    """A caller whose number is not known, while an adviser is there."""
    return Reader(line, lang, Facts(MORNING, True, None, "withheld", rings=_rings(line)))


def evening_ear(line: Line, lang: str) -> Reader:
    """A caller who rings when no adviser is there."""
    opens = next_opening(line.hours, EVENING)
    facts = Facts(EVENING, False, opens, "mobile", MOBILE, ringable=MOBILE, rings=())
    return Reader(line, lang, facts)


def _rings(line: Line) -> tuple[tuple[str, ...], ...]:
    """Who is rung in the morning, one group after another; one where no ring group is known."""
    ring_group = line.ring_groups.get("adviser")
    return ring_group.rings(MORNING) if ring_group else (("first",),)


def said(words: str, tag: str) -> Row:
    """A sentence of the line's."""
    return Row("said", words, tag)


def _sentences(say: tuple[Unit, ...]) -> Iterator[tuple[str, str]]:
    """What is said between two pauses, and in which language where that is not the call's.

    What was recorded by telephone has no words here.
    """
    for wordless, units in groupby(say, key=lambda unit: isinstance(unit, Pause | Playback)):
        if wordless:
            continue
        for lang, same in groupby(units, key=lambda unit: getattr(unit, "lang", "")):
            yield " ".join(_words(unit) for unit in same), lang


def _words(unit: Unit) -> str:
    return unit.words if isinstance(unit, InLanguage) else str(unit)


def _key_of(words: Wording, sentence: str) -> str:
    """The key that a sentence ends by naming, as every choice does.

    Empty for help of several sentences, even where the last of them names a key.
    """
    for key in KEYS:
        ending = words.choice("\n", key).rpartition("\n")[2]
        start = sentence.removesuffix(ending)
        if ending and start != sentence and not set(start) & set(".?!"):
            return key
    return ""


def as_read(row: Row) -> Row:
    """Digits are joined from pieces, whose capitals are for the voice and not for the eye."""
    return replace(row, words=LAST_DIGIT.sub(lambda found: found[0].lower(), row.words))
