"""What is looked for in any text, whatever it asks: danger, and what a date or a wish is about.

Owns the form of such a phrase and where it stands among words. Each of its places may hold one of
several words; the words themselves stand in ``questions.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Phrase = tuple[frozenset[str], ...]
"""For each place the words that may stand there."""


@dataclass(frozen=True, slots=True)
class Signs:
    """The phrases of one language.

    ``danger``: speaks of it in any text. ``harmless``: looks like danger and is not. ``unasked``:
    before a wish to be rung it takes it back, with words of ``between`` alone in between.
    ``elsewhere``: says that a date is not that of a letter, but not in a question of ``asking``.
    ``child``: words for a child, beside which a date needs a word of ``anchor``.
    """

    danger: tuple[Phrase, ...] = ()
    harmless: tuple[Phrase, ...] = ()
    unasked: tuple[Phrase, ...] = ()
    between: frozenset[str] = frozenset()
    elsewhere: tuple[Phrase, ...] = ()
    asking: tuple[Phrase, ...] = ()
    child: frozenset[str] = frozenset()
    anchor: frozenset[str] = frozenset()


def phrase(way: str, named: Mapping[str, Sequence[str]]) -> Phrase:
    """A phrase as it is written: ``hit/hits me``; ``<who>`` is a word of that list."""
    return tuple(frozenset(_choices(place, named)) for place in way.split())


def _choices(place: str, named: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for each in place.split("/"):
        yield from named[each[1:-1]] if each.startswith("<") else (each,)


def without(words: Sequence[str], phrases: Sequence[Phrase]) -> list[str]:
    """The words that stand in none of these phrases."""
    gone = {at for found in phrases for place in places(found, words, 0) for at in place}
    return [word for at, word in enumerate(words) if at not in gone]


def places(wanted: Phrase, words: Sequence[str], between: int) -> Iterator[tuple[int, ...]]:
    """Wherever the phrase stands, with at most ``between`` other words between two of its own."""
    for start, word in enumerate(words):
        if word in wanted[0]:
            found = _from(wanted, words, start, between)
            if len(found) == len(wanted):
                yield found


def _from(wanted: Phrase, words: Sequence[str], start: int, between: int) -> tuple[int, ...]:
    found: tuple[int, ...] = (start,)
    for choices in wanted[1:]:
        after = range(found[-1] + 1, min(found[-1] + 2 + between, len(words)))
        at = next((at for at in after if words[at] in choices), None)
        if at is None:
            break
        found = (*found, at)
    return found


def taken_back(signs: Signs, words: Sequence[str], start: int) -> bool:
    """Whether what begins at ``start`` is taken back: "never", "no need to", "why did you"."""
    for end in range(start, 0, -1):
        for each in signs.unasked:
            begin = end - len(each)
            if begin >= 0 and all(words[begin + at] in each[at] for at in range(len(each))):
                return True
        if words[end - 1] not in signs.between:
            return False
    return False


def of_another_day(signs: Signs, words: Sequence[str], mark: str) -> bool:
    """Whether a date, which is at ``mark``, is said to be a last day or that of something sent."""
    asked = {
        at
        for each in signs.asking
        for place in places(each, words, 2)
        if words[place[-1] + 1 : place[-1] + 2] != [mark]
        for at in place
    }
    return any(
        not asked.issuperset(place) for each in signs.elsewhere for place in places(each, words, 0)
    )
