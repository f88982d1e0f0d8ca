"""Wishes in a text that hold whatever else it asks: danger, no more texts, to be rung or not.

Owns how they are heard: by examples, in the whole text and in each sentence of it, because several
may stand in one. That a wish is denied ("never ring") is a rule, as it must be certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ivr.texts.classifier import Classifier
from ivr.texts.cleaning import cleaned, listed, plain, words_of

SENTENCE = re.compile(r"[.,;:!?\n]+|\bbut\b|\bso\b|\band\b|\binstead\b")
SHORTEST = 2
"""Words of a part of a text that is heard by itself."""
ALONE = 0.6
"""By how much a part must be surer than a whole text: it is shorter, and says less."""
MOST_PARTS = 24
DENIES = listed(
    "dont don't dnt never not no nobody noone cant cannot can't wont won't doesnt doesn't "
    "didnt didn't without stop stopped quit neednt shouldnt mustnt hate cancel scrap forget "
    "rather-not"
)
CALLS = listed("ring ringing call calls calling phone phoning telephone fone callback callbacks")
WRITES = listed("text texts texting txt txting sms message messages msg email write")
JOINS = frozenset(("or", "nor", "and"))
THEM = frozenset(("you", "u", "ya", "council", "school"))
BETWEEN = listed(
    "want wants wanted wanting need needs needing to you u ya a an any anyone anybody someone "
    "somebody one ever bother even me my us the that this more again get getting be being have "
    "having under circumstances please like think should for safe good point reason it somebodys "
    "try trying keep them him her just really now"
)
"""Words that may stand between a denial and what it denies."""
REACH = 5
"""Words from a denial to what it denies."""
ENDS = frozenset(
    ("so", "just", "but", "please", "pls", "plz", "because", "cos", "then", "rather", "instead")
)
TAKES_BACK = re.compile(
    r"\b(?:cancel\w*|withdraw\w*|scrap|forget|call off|no longer|not? (?:\w+ ){0,3}any ?more"
    r"|changed? (?:my|our) mind|dont (?:\w+ ){0,3}(?:need|want)"
    r"|no need|not need\w*|never mind|nvm|take (?:me )?(?:off|back)|remove)\b"
)
ASKS_WHO = re.compile(
    r"\b(?:who|why|did|was (?:that|it))\b.*\b(?:rang|ring\w*|call\w*|phon\w*|telephon\w*)\b"
    r"|\bmiss\w* (?:a )?call"
    r"|\b(?:rang|called|phoned|telephoned)\b"
)
"""A call that was made, or was not: whoever asks about it must say clearly that they want one."""
CLEARLY = 0.6
HALF, MUCH, MUCH_LIKELIER = 0.5, 0.25, 2
CALM = ("menu", "thanks", "date", "picture", "late")
"""Labels beside which a wish that is only half heard is none."""
STOPS = frozenset(("stop", "stops", "stopping", "stopped"))
ASKED_WHY = re.compile(
    r"\b(?:why|cant|can't|wont|could|didnt) (?:dont |not )?(?:you|u|someone|somebody|anyone"
    r"|any1|some1)\b"
)
EMERGENCY = re.compile(r"(?<!\d)999(?!\d)")
SEEN = re.compile(
    r"\b(?:he|she|they|who|husband|wife|partner|ex|boyfriend|girlfriend|dad|mum|fella|him"
    r"|her)\b (?:\w+ ){0,3}"
    r"(?:sees?|reads?|checks?|looks?|watch\w*|finds?|found|goes through|going through|took"
    r"|takes|got|has) (?:\w+ ){0,3}"
    r"(?:these|this|them|it|phone|fone|mobile|messages?|texts?|txts?|everything)\b"
)
CLOCK = (
    r"\b\d{1,2}(?:[:.]\d{2})?\s?(?:am|pm|a\.m|p\.m|o'?clock|ish)\b|\b(?:after|before|b4|from"
    r"|at|till?|until|between|about|around|half|quarter)"
    r" (?:\w+ )?\d{1,2}\b|\b\d{1,2}(?:[:.]\d{2})? ?(?:till?|to|-|and|until) ?\d{1,2}\b"
    r"|\bhalf (?:past )?[a-z]+\b"
    r"|\b(?:morning|mornin|afternoon|evening|tonight|tonite|tomorrow|tmrw|tmoz|2moro|today"
    r"|lunch\w*|dinner ?time|school run|noon|midday"
    r"|mon|tue|tues|wed|thurs?|fri)(?:s|day|days|sday|nesday|urday)?\b|\bweek(?:day|end)s?\b"
    r"|\bafter (?:school|work|tea)\b"
)
TIME, NUMBER = re.compile(CLOCK), re.compile(r"(?<!\d)(?:\+|00)?\d(?:[ -]?\d){9,13}(?!\d)")
LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True)
class Wishes:
    """See ``AskedInText``."""

    danger: bool = False
    seen: bool = False
    stop: bool = False
    ring: bool = False
    no_ring: bool = False
    cancel: bool = False
    note: str = ""

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return self.danger or self.stop or self.ring or self.no_ring


def wishes(body: str, scores: Mapping[str, float], classifier: Classifier) -> Wishes:
    """The wishes of a text, whose ``scores`` as a whole are known."""
    parts = list(_parts(body))
    heard = _Heard(classifier, scores, [classifier.scores(each) for each in parts])
    text = plain(cleaned(body))
    denied = [each for each in sentences(body) if denies(each, CALLS)]
    timed = any(TIME.search(each) for each in denied)
    past = bool(ASKS_WHO.search(text)) or _near_denial(words_of(text))
    ring, no_ring = _rung(heard, denied=bool(denied), timed=timed, past=past)
    stop = heard.of("stop") and not _stop_denied(sentences(body))
    if no_ring and heard.more("no-ring", "stop") and heard.whole["stop"] < CLEARLY:
        stop = False
    return Wishes(
        danger=heard.of("danger") or bool(EMERGENCY.search(text)),
        seen=bool(SEEN.search(text)),
        stop=stop,
        ring=ring,
        no_ring=no_ring,
        cancel=no_ring and not timed and bool(denied or TAKES_BACK.search(text)),
        note=note_of(body) if ring else "",
    )


def sentences(body: str) -> list[str]:
    """The parts of a text that stand for themselves, cleaned."""
    return [plain(cleaned(each)) for each in SENTENCE.split(body) if each.strip()]


def denies(sentence: str, verbs: frozenset[str]) -> bool:
    """Whether one of these verbs is denied: "never ring", not "dont text just ring"."""
    if ASKED_WHY.search(sentence):
        return False
    words = [word for word in words_of(sentence) if word not in ("is", "are", "r")]
    after = any(
        word in verbs and words[at + 1 : at + 2] in (["no"], ["not"])
        for at, word in enumerate(words)
    )
    return after or any(
        word in DENIES and _denied(words[at + 1 :], verbs) for at, word in enumerate(words)
    )


def note_of(body: str) -> str:
    """What an adviser must know of a wish to be rung: the parts that hold a number or a time."""
    text = cleaned(body)
    if not (TIME.search(text) or NUMBER.search(text)):
        return ""
    parts = [each.strip() for each in re.split(r"[.;!?\n]+(?=\s|$)", body)]
    kept = [each for each in parts if TIME.search(cleaned(each)) or NUMBER.search(cleaned(each))]
    return ". ".join(kept or [body.strip()])[:LONGEST_NOTE]


def _denied(words: Sequence[str], verbs: frozenset[str]) -> bool:
    for at, word in enumerate(words[:REACH]):
        if word in ENDS:
            return False
        if word in verbs:
            return not THEM.intersection(words[at + 1 : at + 2])
        if word in WRITES:
            joined = JOINS.intersection(words[at + 1 : at + 3])
            return bool(joined) and bool(verbs.intersection(words[at + 2 : at + 5]))
        if word not in BETWEEN and word not in DENIES:
            return False
    return False


def _near_denial(words: Sequence[str]) -> bool:
    """Whether a call stands so near to a denial that it might be meant."""
    return any(
        word in DENIES and CALLS.intersection(words[at + 1 : at + 1 + REACH])
        for at, word in enumerate(words)
    )


def _stop_denied(sentences: Sequence[str]) -> bool:
    """ "he wont stop", "dont stop": somebody goes on, or should; and no other stop stands."""
    denying = DENIES.difference(("stop", "stopped", "no"))
    split = [words_of(each) for each in sentences]
    stops = [
        bool(denying.intersection(words[max(0, at - 2) : at]))
        for words in split
        for at, word in enumerate(words)
        if word in STOPS
    ]
    return bool(stops) and all(stops)


@dataclass(frozen=True, slots=True)
class _Heard:
    """The scores of a text and of its parts."""

    classifier: Classifier
    whole: Mapping[str, float]
    parts: Sequence[Mapping[str, float]]

    def of(self, label: str) -> bool:
        """Whether this is meant."""
        bar = self.classifier.bar(label)
        surer = bar + (1 - bar) * ALONE
        whole = self.whole.get(label, 0)
        return (whole >= bar and not self._hidden(label, whole)) or any(
            each.get(label, 0) >= surer for each in self.parts
        )

    def _hidden(self, label: str, score: float) -> bool:
        """Whether what is only half heard is much likelier something else."""
        if label == "danger":
            topics = [each for name, each in self.whole.items() if name.startswith("topic:")]
            if max(topics, default=0) > score + HALF:
                return True
        others = ("not-danger",) if label == "danger" else CALM
        return score < HALF and max(self.whole.get(each, 0) for each in others) > score + MUCH

    def more(self, label: str, than: str) -> bool:
        """Whether one label is likelier than another, in the whole text."""
        return self.whole.get(label, 0) > self.whole.get(than, 0)


def _rung(heard: _Heard, *, denied: bool, timed: bool, past: bool) -> tuple[bool, bool]:
    """Whether they want to be rung, and whether they want not to be. In doubt nobody is rung."""
    ring, no_ring = heard.of("ring"), heard.of("no-ring")
    if past and heard.whole.get("ring", 0) < CLEARLY:
        return False, ring or no_ring
    if denied and not timed:
        return False, True
    if ring and no_ring:
        # Who is rung against their will may be harmed: a ring must be much the likelier.
        ring = heard.whole.get("ring", 0) > MUCH_LIKELIER * heard.whole.get("no-ring", 0)
        return ring, not ring
    return ring, no_ring


def _parts(body: str) -> Iterator[str]:
    found = [each for each in SENTENCE.split(body) if len(words_of(each)) >= SHORTEST]
    if len(found) > 1:
        yield from found[:MOST_PARTS]
