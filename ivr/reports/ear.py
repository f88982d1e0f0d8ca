"""Made-up callers, and what the line says to them.

Owns the calls that the paper is made from, as ``templates/script.yaml`` writes them. Each turn
comes from ``flow.step``, so that the paper cannot drift from the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
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

MOBILE = "+447700900123"
"""One of Ofcom's numbers for drama."""
TUESDAY = date(2026, 11, 24)
MORNING, EVENING = time(10), time(20)
STAYS = "*#"
"""Keys that lead to nowhere new."""
DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
MESSAGE = "RE" + "0" * 32
"""What a recording is called, as Twilio calls them."""


class NoCallError(Exception):
    """The line does not ask what this call answers."""


@dataclass(frozen=True, slots=True)
class PaperCall:
    """A call on ``line`` in language ``lang``, made while ``facts`` are so, up to ``turn``."""

    line: Line
    lang: str
    facts: Facts
    turn: Turn

    def follow(self, steps: str) -> PaperCall:
        """The call some steps later. Raises NoCallError."""
        call = self
        for did in steps.split():
            call = call._then(did)
        return call

    def rows(self, known: PaperCall | None = None) -> tuple[Row, ...]:
        """What the last turn says, a row a sentence; without what ``known`` says as well."""
        left_out = {row.words for row in known.rows()} if known else set()
        rows = (self._row(words, lang) for words, lang in self._sentences())
        return tuple(row for row in rows if row.words not in left_out)

    def hears(self, event: Event, at: Call | None = None) -> PaperCall:
        """The call once this has happened."""
        return replace(self, turn=step(self.line, at or self.turn.call, event, self.facts))

    def _then(self, did: str) -> PaperCall:
        match did[0], did[1:]:
            case ".", "":
                return self.hears(NoInput())
            case "~", speech:
                return self._speaks(*speech.split(","))
            case "=", outcome:
                return self._each_ends(outcome[:-1]) if "*" in outcome else self._ends(outcome)
            case "@", place:
                return self._at(*place.split("/"))
        if found := DATE.fullmatch(did):
            year, month, day = map(int, found.groups())
            return self.follow(f"{day} {month} {year % 100}")
        node, asked, keys = did.rpartition("?")
        return self if asked and self.turn.call.at != node else self.hears(KeyPressed(keys))

    def _at(self, node: str, end: str = "") -> PaperCall:
        topics = self.line.words(self.lang).topics
        node = {"menu": self.line.start, "topic": next(iter(self.line.topics))}.get(node, node)
        if end:
            last = Call(at=node, part=len(topics[node].parts), lang=self.lang)
            return self.hears(KeyPressed("1"), last)
        return self.hears(KeyPressed("#"), Call(at=node, lang=self.lang))

    def _ends(self, outcome: str) -> PaperCall:
        thing = self.turn.effect or self.turn.then
        if not isinstance(thing, Effect | Transfer):
            raise NoCallError
        return self.hears(EffectDone(thing, outcome))

    def _each_ends(self, outcome: str) -> PaperCall:
        """Whoever is rung is free, and each telephone ends so."""
        call = self
        while call.turn.effect or isinstance(call.turn.then, Transfer):
            call = call._ends("free" if call.turn.effect else outcome)
        return call

    def _speaks(self, seconds: str, key: str = "#") -> PaperCall:
        """Speaks for so many seconds until a key, or says nothing (0)."""
        told = RecordingDone(MESSAGE, int(seconds), key) if seconds != "0" else RecordingDone("")
        return self.hears(told)

    def _sentences(self) -> Iterator[tuple[str, str]]:
        """What is said between two pauses, and in which language.

        What was recorded by telephone has no words here.
        """
        for wordless, units in groupby(
            self.turn.say, lambda each: isinstance(each, Pause | Playback)
        ):
            if wordless:
                continue
            for lang, same in groupby(units, lambda each: getattr(each, "lang", self.lang)):
                yield self._joined(list(same), self.line.words(lang)), lang

    def _joined(self, units: list[Unit], words: Wording) -> str:
        """The last digit of a number has a capital for the voice, and not for the eye."""
        first, *rest = (each.words if isinstance(each, InLanguage) else str(each) for each in units)
        last = words.pieces.last_digits
        return " ".join([first, *(each.lower() if each in last else each for each in rest)])

    def _row(self, words: str, lang: str) -> Row:
        tag, key = self.line.voices[lang].tag, _key_of(self.line.words(lang), words)
        if key:
            return Row("choice", words, tag, key, self._leads(key))
        return Row("said", words, tag)

    def _leads(self, key: str) -> str:
        """The section that a key leads on to; empty where it leads back or stays here."""
        if key in STAYS:
            return ""
        after = self.hears(KeyPressed(key)).turn.call
        handler = own_handler(after.at)
        section = (handler.section or kind_of(after.at)) if handler else after.at
        deeper = len(after.trail) > len(self.turn.call.trail)
        return section if deeper else ""


@dataclass(frozen=True, slots=True)
class Ringer:
    """Whoever rings the line in one language. ``named``: how calls begin that have a name."""

    line: Line
    lang: str
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> Wording:
        """The wording that is heard."""
        return self.line.words(self.lang)

    def call(self, written: str) -> PaperCall:
        """The call that is written so. Raises NoCallError."""
        who, _, steps = written.partition(" ")
        if who in self.named:
            return self.call(self.named[who]).follow(steps)
        facts = _facts(self.line, who)
        turn = step(self.line, Call(lang=self.lang), CallStarted(), facts)
        return PaperCall(self.line, self.lang, facts, turn).follow(steps)


def _facts(line: Line, who: str) -> Facts:
    """Who rings and when, as the first word of a call says."""
    day = date.fromisoformat(who) if DATE.fullmatch(who) else TUESDAY
    there, hidden = who != "evening", who == "hidden"
    now = datetime.combine(day, MORNING if there else EVENING, tzinfo=LONDON)
    ring_group = line.ring_groups.get("adviser")
    morning = datetime.combine(TUESDAY, MORNING, tzinfo=LONDON)
    rings = ring_group.rings(morning) if ring_group else (("first",),)
    number = "" if hidden else MOBILE
    return Facts(
        now,
        there,
        None if there else next_opening(line.hours, now),
        "withheld" if hidden else "mobile",
        number,
        ringable=number,
        rings=rings if there else (),
        often=who == "often",
        resume=next(iter(line.topics)) if who == "again" else "",
    )


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
