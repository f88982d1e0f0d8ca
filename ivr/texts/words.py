"""The words of a text, and which of the things one may ask for they come nearest to.

Owns slips of a finger and the search. Says nothing where two things are equally near: then
nobody knows what was meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from ivr.line.model import Line
from ivr.texts.questions import AskedInText, Kind, questions_of
from ivr.texts.signs import Phrase, places, taken_back, without

UNSEEN = ("Mn", "Me", "Cf")
"""Kinds of letters that only change another: accents, the key of an emoji, direction marks."""
APOSTROPHES = "'’‘`´"
SHORTEST_MENDED = 5
"""Letters of a word that may be meant by another: in a shorter one a slip makes another word."""
SHORTEST_OF_DANGER = 7
"""The same for words of danger, which count in any text."""
MOST_BETWEEN = 2
"""Words that may stand between two words of a phrase."""
KEPT = 2_048
"""Ways to ask whose words are kept: the shipped ones are 400, and each text needs them all."""


def cleaned(body: str) -> str:
    """Small letters, without accents, apostrophes and what cannot be seen."""
    plain = unicodedata.normalize("NFKD", body).casefold()
    return "".join(
        letter
        for letter in plain
        if letter not in APOSTROPHES and unicodedata.category(letter) not in UNSEEN
    )


def split(text: str) -> list[str]:
    """The words and numbers of a cleaned text, without what stands between them."""
    return re.findall(r"[^\W_]+", text)


@lru_cache(maxsize=KEPT)
def _asked_in(way: str) -> tuple[str, ...]:
    """The words of a way to ask. For content only: nothing that somebody texts is kept."""
    return tuple(split(cleaned(way)))


def slipped(typed: str, word: str) -> bool:
    """Whether ``typed`` is ``word`` with one letter wrong, missing, doubled, or two swapped."""
    if len(typed) == len(word):
        apart = [at for at in range(len(word)) if typed[at] != word[at]]
        if len(apart) == 2 and apart[1] == apart[0] + 1:
            first, second = apart
            return typed[first] == word[second] and typed[second] == word[first]
        return len(apart) == 1
    if len(typed) == len(word) - 1:
        return any(word[:at] + word[at + 1 :] == typed for at in range(len(word)))
    if len(typed) == len(word) + 1:
        return any(word[:at] + word[at - 1 :] == typed for at in range(1, len(word) + 1))
    return False


class Lexicon:
    """What may be asked for on one line, ready to be found by words."""

    def __init__(self, line: Line) -> None:
        words = line.words(line.languages[0])
        questions = questions_of(words)
        self.small, self.letter = questions.small, questions.letter
        self.signs = questions.signs
        self._real = questions.small | questions.real | questions.letter
        self._alone = _keywords(line) | dict(_numbers(line))
        self._phrases: list[tuple[AskedInText, tuple[str, ...]]] = []
        for asked, ways in questions.ways.items():
            for way in ways:
                self._add(asked, self.telling(_asked_in(way)))
        single = {phrase[0]: asked for asked, phrase in self._phrases if len(phrase) == 1}
        self._means = single | self._alone
        self._known = {*self._means, *(word for _, phrase in self._phrases for word in phrase)}
        self._known |= _long_words(self.signs.danger)

    def _add(self, asked: AskedInText, phrase: tuple[str, ...]) -> None:
        # One word among many others asks for a topic, but not for a call: "a person was rude".
        if len(phrase) == 1 and asked.kind not in ("topic", "ask-date"):
            self._alone[phrase[0]] = asked
        else:
            self._phrases.append((asked, phrase))

    def telling(self, words: Sequence[str]) -> tuple[str, ...]:
        """These words without the small ones."""
        return tuple(word for word in words if word not in self.small)

    def mended(self, word: str) -> str:
        """The word that was meant, where a slip of a finger leads to one topic only."""
        if word in self._known or word in self._real:
            return word
        near = [each for each in self._known if _may_be(word, each)]
        asked = {self._means.get(each) for each in near}
        return near[0] if len(near) == 1 or (len(asked) == 1 and None not in asked) else word

    def nearest(self, words: Sequence[str]) -> AskedInText | None:
        """What these words ask for; None where that is nothing known, or two things at once."""
        telling = self.telling(words)
        alone = {self._alone.get(word) for word in telling}
        if len(alone) == 1 and None not in alone:
            return alone.pop()
        covered: dict[AskedInText, set[str]] = defaultdict(set)
        for asked, phrase in (*self._phrases, *self._each_alone(telling)):
            if self._stands(asked, phrase, telling):
                covered[asked].update(phrase)
        most = max(map(len, covered.values()), default=0)
        best = [asked for asked, found in covered.items() if len(found) == most]
        return best[0] if len(best) == 1 else None

    def _each_alone(self, telling: Sequence[str]) -> list[tuple[AskedInText, tuple[str, ...]]]:
        """In a text of nothing but menu words each one counts: "1 complain" is two topics."""
        found = [(self._alone.get(word), (word,)) for word in telling]
        if any(asked is None for asked, _ in found):
            return []
        return [(asked, word) for asked, word in found if asked and asked.kind == "topic"]

    def danger(self, words: Sequence[str]) -> bool:
        """Whether these words speak of danger, whatever else they ask for."""
        telling = self.telling(without(words, self.signs.harmless))
        return any(
            next(places(phrase, telling, MOST_BETWEEN), None) for phrase in self.signs.danger
        )

    def wishes(self, kind: Kind, words: Sequence[str]) -> bool:
        """Whether a wish of this kind stands among these words, whatever else they ask for."""
        telling = self.telling(words)
        if {self._alone.get(word) for word in telling} == {AskedInText(kind)}:
            return True
        not_meant = [each for asked, each in self._phrases if asked.kind == "menu"]
        others = [set(each) for each in not_meant if _starts(each, telling)]
        return any(
            asked.kind == kind
            and self._stands(asked, phrase, telling)
            and not any(_hides(other, phrase) for other in others)
            for asked, phrase in self._phrases
        )

    def _stands(self, asked: AskedInText, phrase: tuple[str, ...], telling: Sequence[str]) -> bool:
        """Whether a phrase stands among these words, and is not taken back by those before it."""
        starts = _starts(phrase, telling)
        if asked.kind == "ring":
            return any(not taken_back(self.signs, telling, at) for at in starts)
        return bool(starts)


def long_ones(words: Sequence[str], mended: Sequence[str]) -> list[str]:
    """The words with the long ones mended: "nicked" is not "kicked"."""
    pairs = zip(words, mended, strict=True)
    return [meant if len(meant) >= SHORTEST_OF_DANGER else typed for typed, meant in pairs]


def _long_words(phrases: Iterable[Phrase]) -> set[str]:
    """Words so long that a slip of a finger seldom makes another of them."""
    words = (word for phrase in phrases for choices in phrase for word in choices)
    return {word for word in words if len(word) >= SHORTEST_OF_DANGER}


def _may_be(typed: str, word: str) -> bool:
    return len(word) >= SHORTEST_MENDED and slipped(typed, word)


def open_to_texts(line: Line) -> list[str]:
    """The topics that may be texted for, in the order of their numbers."""
    topics = line.words(line.languages[0]).topics
    return [name for name in line.topics if topics[name].keywords]


def _keywords(line: Line) -> dict[str, AskedInText]:
    topics = line.words(line.languages[0]).topics
    return {
        cleaned(word): AskedInText("topic", name)
        for name in open_to_texts(line)
        for word in topics[name].keywords
    }


def _numbers(line: Line) -> Iterator[tuple[str, AskedInText]]:
    """Each topic's number, in figures and in words."""
    written = questions_of(line.words(line.languages[0])).numbers
    for at, name in enumerate(open_to_texts(line)):
        yield str(at + 1), AskedInText("topic", name)
        if at < len(written):
            yield written[at], AskedInText("topic", name)


def _hides(other: set[str], phrase: Sequence[str]) -> bool:
    """Whether a phrase that means nothing holds this wish: "stop ringing text me", but not a longer
    wish, such as "dont ring or text"."""
    return len(other) >= len(phrase) and other.issuperset(phrase[:2])


def _starts(phrase: tuple[str, ...], words: Sequence[str]) -> list[int]:
    """Where the words of a phrase follow one another, with few others between them."""
    first = (at for at, word in enumerate(words) if word == phrase[0])
    return [at for at in first if _follows(phrase, words, at)]


def _follows(phrase: tuple[str, ...], words: Sequence[str], at: int) -> bool:
    for word in phrase[1:]:
        next_ones = words[at + 1 : at + 2 + MOST_BETWEEN]
        if word not in next_ones:
            return False
        at += 1 + next_ones.index(word)
    return True
