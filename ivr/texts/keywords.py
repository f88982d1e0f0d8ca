"""The words of the menu and their numbers, where a text holds nothing else.

Owns that search, which must be certain: it goes before the examples.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.line.model import Line
from ivr.line.tongues import names_of
from ivr.texts.cleaning import cleaned, plain, words_of
from ivr.texts.questions import AskedInText, Questions
from ivr.texts.slips import slipped

SHORTEST_MENDED = 5
"""Letters of a word that may be meant by another: in a shorter one a slip makes another word."""
AROUND = frozenset(
    ("number", "option", "choice", "press", "please", "pls", "plz", "thanks", "thank", "you", "the")
)
CALL = frozenset(("call", "callback", "person", "human", "0"))


def keyword(line: Line, questions: Questions, body: str) -> AskedInText | None:
    """The topic or call that one word of the menu, or its number, asks for.

    A word of another language than the first is answered in it.
    """
    words = [word for word in words_of(plain(cleaned(body))) if word not in AROUND]
    if not 1 <= len(words) <= 2:
        return None
    if len(words) == 1 and words[0] in CALL:
        return AskedInText("nothing", ring=True)
    for lang in line.languages:
        known = dict(_words(line, questions, lang))
        # A slip in one language is soon a word of another.
        mended = lang == line.languages[0]
        found = {_meant(word, known) if mended else known.get(word) for word in words}
        if (topic := found.pop() if len(found) == 1 else None) is not None:
            label = label_of(questions, topic)
            return AskedInText("topic", topic, label=label, lang=lang)
    return None


def named_alone(line: Line, questions: Questions, body: str) -> AskedInText | None:
    """A text of nothing but the name of a language, or that and CALL: "POLSKI", "CALL ROMANA".

    Who asks for a call in a language is rung, and the adviser is told which.
    """
    words = [word for word in words_of(plain(cleaned(body))) if word not in AROUND]
    name = " ".join(word for word in words if word not in CALL)
    known = {tag: tongue.names for tag, tongue in questions.languages.items()}
    known |= {tag: names_of(tag) | known.get(tag, frozenset()) for tag in line.offered[1:]}
    for tag, names in known.items():
        if name in {plain(cleaned(each)) for each in names}:
            ring = not CALL.isdisjoint(words)
            lang = tag if tag in line.languages else ""
            return AskedInText(
                "nothing" if ring else "language", ring=ring, language=tag, lang=lang
            )
    return None


def open_to_texts(line: Line) -> list[str]:
    """The topics that may be texted for, in the order of their numbers: alike in each language."""
    topics = line.words(line.languages[0]).topics
    return [name for name in line.topics if topics[name].keywords]


def label_of(questions: Questions, topic: str) -> str:
    """What the examples call a topic of the line."""
    return next((label for label, names in questions.topics.items() if names[0] == topic), topic)


def _meant(typed: str, known: dict[str, str]) -> str | None:
    if typed in known:
        return known[typed]
    near = {known[word] for word in known if len(word) >= SHORTEST_MENDED and slipped(typed, word)}
    return near.pop() if len(near) == 1 else None


def _words(line: Line, questions: Questions, lang: str) -> Iterator[tuple[str, str]]:
    topics = line.words(lang).topics
    for at, name in enumerate(open_to_texts(line)):
        for word in topics[name].keywords:
            yield plain(cleaned(word)), name
        yield str(at + 1), name
        if at < len(questions.numbers):
            yield questions.numbers[at], name
