"""Wishes in a text that hold whatever else it asks: danger, no more texts, to be rung or not.

Owns how they are heard: by examples, in the whole text and in each sentence of it, because several
may stand in one. That a wish is denied ("never ring") is a rule, as it must be certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ivr.texts.calls import Call, note_of
from ivr.texts.classifier import Classifier
from ivr.texts.cleaning import cleaned, plain, words_of
from ivr.texts.stops import keyword_beside_date, other_stop

SENTENCE = re.compile(r"[.,;:!?\n]+|\bbut\b|\bso\b|\band\b|\binstead\b")
SHORTEST = 2
"""Words of a part of a text that is heard by itself."""
ALONE = 0.8
"""By how much a part must be surer than a whole text: it is shorter, and says less."""
MOST_PARTS = 24
TAKES_BACK = re.compile(
    r"\b(?:cancel\w*|withdraw\w*|scrap|forget|call off|no longer|not? (?:\w+ ){0,3}any ?more"
    r"|changed? (?:my|our) mind|dont (?:\w+ ){0,3}(?:need|want)"
    r"|no need|not need\w*|never mind|nvm|take (?:me )?(?:off|back)|remove)\b"
)
CLEARLY = 0.6
VERY, HALF, MUCH, CLEARER = 0.9, 0.5, 0.25, 0.4
MUCH_LIKELIER, FAR_LIKELIER = 2, 10
CALM = ("menu", "thanks", "date", "picture", "late")
"""Labels beside which a wish that is only half heard is none."""
WISHED = ("danger", "stop", "ring", "no-ring")
BARE = re.compile(
    r"(?:(?:domestic|child|sexual|physical) )?(?:abuse|abused|violence|rape|raped|assault\w*)"
    r"|self ?-?harm\w*|suicid\w+"
)
"""Danger in a word, with nothing beside it."""
MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
A_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?[ -]?(?:of )?{MONTH}(?:[ ,-]*(?:20)?\d\d(?!\d))?"
    rf"|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? 20\d\d)?\b"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](?:20)?\d\d(?!\d)|20\d\d-\d\d-\d\d)"
)
DATED_LETTER = re.compile(
    r"(?:\b(?:my|the|our|a|council|decision|refusal|final)\s+)*"
    r"(?:\b(?:letter|decision|refusal|email)\b\s*)?"
    r"(?:\b(?:is|was|came|dated|date|from|of|on|got|received|sent)\b[\s:]*)*"
    rf"(?<![\w/]){A_DATE}",
    re.IGNORECASE,
)
"""A date and the words that say it is a letter's."""
EMERGENCY = re.compile(r"(?<!\d)999(?!\d)")
SEEN = re.compile(
    r"\b(?:he|she|they|who|husband|wife|partner|ex|boyfriend|girlfriend|dad|mum|fella|him"
    r"|her)\b (?:\w+ ){0,3}"
    r"(?:sees?|reads?|checks?|looks?|watch\w*|finds?|found|goes through|going through|took"
    r"|takes|got|has) (?:\w+ ){0,3}"
    r"(?:these|this|them|it|phone|fone|mobile|messages?|texts?|txts?|everything)\b"
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """See ``AskedInText``."""

    danger: bool = False
    seen: bool = False
    stop: bool = False
    ring: bool = False
    no_ring: bool = False
    unsure: bool = False
    cancel: bool = False
    note: str = ""

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return self.danger or self.stop or self.ring or self.no_ring


def wishes(body: str, scores: Mapping[str, float], classifier: Classifier) -> Wishes:
    """The wishes of a text, whose ``scores`` as a whole are known."""
    rest = undated(body)
    heard = _Heard(
        classifier,
        _strongest(scores, rest, body, classifier),
        [classifier.scores(each) for each in _parts(rest)],
    )
    text, parts = plain(cleaned(rest)), sentences(rest)
    call = Call.of(text, parts)
    ring, no_ring, unsure = _rung(heard, call)
    danger = heard.of("danger") and not (call.missed and heard.unclear("danger"))
    danger = danger or bool(EMERGENCY.search(text) or BARE.fullmatch(text))
    called = ring and heard.more("ring", "stop")
    weaker = heard.unclear("danger") and heard.more("stop", "danger")
    stop = keyword_beside_date(text, dated=rest != body) or heard.of("stop")
    if no_ring and heard.more("no-ring", "stop") and heard.whole["stop"] < CLEARLY:
        stop = False
    return Wishes(
        danger=danger,
        seen=bool(SEEN.search(text)),
        stop=stop and not other_stop(text, parts, danger=danger and not weaker, ring=called),
        ring=ring,
        no_ring=no_ring,
        unsure=unsure,
        cancel=no_ring and not call.timed and bool(call.denied or TAKES_BACK.search(text)),
        note=note_of(body) if ring else "",
    )


def undated(body: str) -> str:
    """A text without its dates and what says that they are a letter's; itself where none is."""
    rest = DATED_LETTER.sub(" ", body)
    return rest if rest != body and words_of(rest) else body


def sentences(body: str) -> list[str]:
    """The parts of a text that stand for themselves, cleaned."""
    return [plain(cleaned(each)) for each in SENTENCE.split(body) if each.strip()]


@dataclass(frozen=True, slots=True)
class _Heard:
    """The scores of a text and of its parts."""

    classifier: Classifier
    whole: Mapping[str, float]
    parts: Sequence[Mapping[str, float]]

    def of(self, label: str) -> bool:
        """Whether this is meant."""
        bar = self.classifier.bar(label)
        surer = VERY if self._calm(label) else bar + (1 - bar) * ALONE
        whole = self.whole.get(label, 0)
        return (whole >= bar and not self._hidden(label, whole)) or any(
            each.get(label, 0) >= surer for each in self.parts
        )

    def _calm(self, label: str) -> bool:
        """Whether a text as a whole speaks of no danger, so that a part of it must be very sure."""
        calm = self.whole.get("not-danger", 0) > HALF and self.whole.get("danger", 0) < MUCH
        return label == "danger" and calm

    def _hidden(self, label: str, score: float) -> bool:
        """Whether what is only half heard is much likelier something else."""
        topics = [each for name, each in self.whole.items() if name.startswith("topic:")]
        weak = label == "danger" or (label in ("stop", "no-ring") and score < MUCH)
        if weak and max(topics, default=0) > score + HALF:
            return True
        others = ("not-danger",) if label == "danger" else CALM
        return score < HALF and max(self.whole.get(each, 0) for each in others) > score + MUCH

    def unclear(self, label: str) -> bool:
        """Whether the text as a whole does not say this clearly."""
        return self.whole.get(label, 0) < CLEARLY

    def more(self, label: str, than: str) -> bool:
        """Whether one label is likelier than another, in the whole text."""
        return self.whole.get(label, 0) > self.whole.get(than, 0)


def _rung(heard: _Heard, call: Call) -> tuple[bool, bool, bool]:
    """Whether they want to be rung, whether they want not to be, and whether that is in doubt. Then
    nobody is rung: who is rung against their will may be harmed."""
    ring, no_ring = heard.of("ring"), heard.of("no-ring")
    if call.denied and not call.timed:
        return False, True, False
    if call.missed or call.wanted:
        return True, False, False
    if call.themselves:
        return False, False, False
    said, denied = heard.whole.get("ring", 0), heard.whole.get("no-ring", 0)
    if call.asked and not call.doubt and denied < said + MUCH:
        return True, False, False
    far = said > FAR_LIKELIER * denied
    if call.past and (not far or said < (VERY if call.denies else CLEARLY)):
        return False, ring or no_ring, ring and no_ring
    unlikely = no_ring and said <= min(MUCH_LIKELIER * denied, denied + CLEARER)
    # A denial in another language is no word that the rules know.
    foreign = heard.whole.get("language", 0) > HALF
    faint = said < CLEARLY or (call.denies and not far)
    if ring and (unlikely or call.doubt or call.denied or foreign or faint):
        return False, True, True
    return ring, no_ring and not ring, False


def _strongest(
    scores: Mapping[str, float], rest: str, body: str, classifier: Classifier
) -> Mapping[str, float]:
    """The scores of a text, and of its wishes also what they are without its dates."""
    if rest == body:
        return scores
    apart = classifier.scores(rest)
    return {
        **scores,
        **{each: apart[each] for each in WISHED if apart[each] > max(HALF, scores[each])},
    }


def _parts(body: str) -> Iterator[str]:
    found = [each for each in SENTENCE.split(body) if len(words_of(each)) >= SHORTEST]
    if len(found) > 1:
        yield from found[:MOST_PARTS]
