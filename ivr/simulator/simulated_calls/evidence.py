"""What happened in one call, as a judge asks: what was heard whole, when, and how it ended.

Owns the reading of events. Decides nothing about what should have happened.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TypeVar

import soundfile

from ivr.line.model import Line
from ivr.line.wording import Wording
from ivr.simulator import events
from ivr.simulator.events import Event
from ivr.simulator.golden_calls import RECORDED, caption, prompt_of
from ivr.simulator.people import NO_QUESTION
from ivr.speech.library import Library
from ivr.speech.measure import measured

LAST_WAIT = 20.0
"""Seconds between the warning and an end that the line makes (R33)."""
ROUNDING = 0.05
Kind = TypeVar("Kind", bound=Event)
BREAK = 0.25
"""Seconds of the shortest break that R40 asks for, after a comma."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing said: when it began, how long it is, and how much of it was heard, in seconds."""

    at: float
    words: str
    seconds: float
    heard: float
    lang: str
    speed: str

    @property
    def whole(self) -> bool:
        """Whether nothing cut it off."""
        return self.heard >= self.seconds - ROUNDING


class CallEvidence:
    """The events of one call to ``line``, and the questions that can be asked of them.

    ``topic`` is what the caller wants to hear (empty: nothing), ``lang`` the caller's language
    (empty: the first).
    """

    def __init__(
        self, happened: Sequence[Event], line: Line, library: Library, topic: str = "",
        lang: str = "",
    ) -> None:  # fmt: skip
        self.events = happened
        self.line = line
        self.topic = topic
        self.lang = lang or line.languages[0]
        self._library = library

    @property
    def words(self) -> Wording:
        """What the line says in the caller's language."""
        return self.line.words(self.lang)

    @property
    def title(self) -> str:
        """What is said on coming to the topic."""
        return self.words.title(self.topic)

    @cached_property
    def spoken(self) -> tuple[Spoken, ...]:
        """Everything that was said, in order; pauses left out."""
        return tuple(
            spoken
            for event, after in pairwise(self.events)
            if (spoken := self._spoken(event, after.at)) is not None
        )

    def _spoken(self, event: Event, until: float) -> Spoken | None:
        if isinstance(event, events.Said):
            lang = next((n for n, v in self.line.voices.items() if v.tag == event.language), "")
            return Spoken(event.at, event.words, event.seconds, until - event.at, lang, "")
        if not isinstance(event, events.Played):
            return None
        prompt = prompt_of(self._library, event.url)
        if prompt is None or not prompt.words:
            return None
        heard = until - event.at
        return Spoken(event.at, prompt.words, event.seconds, heard, prompt.lang, prompt.speed)

    # --- words ------------------------------------------------------------------------------

    def phrase(self, name: str) -> frozenset[str]:
        """What the line calls ``name`` in ``says.yaml``, in each language."""
        return frozenset(self.line.words(lang).says[name] for lang in self.line.languages)

    def said(self, name: str) -> list[Spoken]:
        """Each time the phrase of this name was said."""
        phrases = self.phrase(name)
        return [spoken for spoken in self.spoken if spoken.words in phrases]

    def heard_whole(self, words: str) -> bool:
        """Whether these words were said, once at least, without being cut off."""
        return any(spoken.words == words and spoken.whole for spoken in self.spoken)

    def missing(self) -> list[str]:
        """The pieces of the topic that were not heard whole: "part 2", "the summary"."""
        words = self.words.topics[self.topic]
        pieces = {f"part {n}": part.says for n, part in enumerate(words.parts, 1)}
        pieces["the summary"] = words.summary
        return [name for name, says in pieces.items() if not self.heard_whole(says)]

    @property
    def answered(self) -> float | None:
        """When the short version of the topic had been said."""
        short = self.words.topics[self.topic].summary
        return self.first(each.at + each.seconds for each in self.spoken if each.words == short)

    def after(self, name: str) -> list[Spoken]:
        """What was said whole, up to the end or the next key, once this phrase was."""
        came = self.first(spoken.at for spoken in self.said(name))
        if came is None:
            return []
        until = next((key.at for key in self.keys if key.at > came), self.events[-1].at)
        return [each for each in self.spoken if came < each.at < until and each.whole]

    @property
    def told(self) -> list[str]:
        """What whoever picked up heard, before or after taking the call."""
        heard = self.each(events.AdviserHears)
        return [each.words or caption(self._library, each.url) for each in heard]

    # --- recordings -------------------------------------------------------------------------

    def played_whole(self, made: events.Recorded) -> bool:
        """Whether what was recorded in this call was played to its end."""
        return any(
            after.at - event.at >= made.seconds - ROUNDING
            for event, after in pairwise(self.events)
            if isinstance(event, events.Played) and RECORDED in event.url
        )

    # --- moments ----------------------------------------------------------------------------

    def began(self, words: str) -> float | None:
        """Seconds from the answer to the first time something with ``words`` in it was said."""
        return self.first(spoken.at for spoken in self.spoken if words in spoken.words)

    @property
    def first_choice(self) -> float | None:
        """When the first choice of the first menu began, in the caller's language."""
        start = self.line.start
        return self.began(self.words.choices(start, self.line.menus[start].keys)[0])

    def each(self, kind: type[Kind]) -> list[Kind]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def first(self, moments: Iterable[float], since: float = 0.0) -> float | None:
        """The first of these moments, and not before ``since``."""
        return min((at for at in moments if at >= since), default=None)

    def voice_before(self, at: float, lang: str) -> float:
        """Seconds of voice in ``lang`` up to ``at``: waits and the breaks of R40 left out."""
        before = (event for event in self.each(events.Played) if event.at < at)
        return sum(_voice(event.sound) for event in before if self._lang(event) == lang)

    def offers_before(self, at: float, lang: str) -> float:
        """Seconds in which other languages than ``lang`` were offered, up to ``at`` (R50)."""
        return sum(each.heard for each in self.spoken if each.at < at and each.lang != lang)

    def _lang(self, event: events.Played) -> str:
        prompt = prompt_of(self._library, event.url)
        return prompt.lang if prompt and prompt.words else ""

    @property
    def keys(self) -> list[events.KeySent]:
        """The keys that were pressed."""
        return self.each(events.KeySent)

    @property
    def rung(self) -> float | None:
        """When an adviser's telephone first rang; None when it never did."""
        return self.first(event.at for event in self.each(events.Dialling))

    @property
    def to_person(self) -> float | None:
        """Seconds to the adviser's first ring from the last key or wait before it."""
        return None if self.rung is None else self.since_asked(self.rung)

    def since_asked(self, moment: float) -> float:
        """Seconds to ``moment`` from the last key or wait before it."""
        asked = 0.0
        for event in self.events:
            if event.at > moment:
                break
            if isinstance(event, events.KeySent):
                asked = event.at
            elif isinstance(event, events.Listening) and event.seconds > NO_QUESTION:
                asked = event.at + event.seconds
        return moment - asked

    def waiting(self, at: float) -> float:
        """Seconds that the line was waiting, or was last waiting, for keys at this moment."""
        waits = reversed(self.each(events.Listening))
        return next((event.seconds for event in waits if event.at <= at), 0.0)

    # --- the end ----------------------------------------------------------------------------

    @property
    def ended_by(self) -> str:
        """caller, line or error."""
        return next((each.by for each in self.each(events.Ended)), "error")

    @property
    def warned(self) -> bool:
        """Whether the end was announced, with time to press any key and nothing pressed since."""
        warnings = self.said("will_end")
        if not warnings:
            return False
        told = warnings[-1].at + warnings[-1].heard
        goodbye = next((each.at for each in self.spoken if each.at >= told), self.events[-1].at)
        pressed = any(key.at > told for key in self.keys)
        return not pressed and goodbye - told >= LAST_WAIT - ROUNDING


@lru_cache(maxsize=2_000)
def _voice(recording: bytes) -> float:
    """Seconds of a recording in which somebody speaks: without its breaks and its edges."""
    sound, rate = soundfile.read(io.BytesIO(recording), dtype="float32", always_2d=True)
    sums = measured(sound[:, 0], rate)
    return sums.span - sum(seconds for _, seconds in sums.gaps if seconds >= BREAK)
