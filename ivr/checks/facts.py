"""All facts that callers must be able to learn are spoken, in each language."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.checks.finding import Finding, topics
from ivr.line import Fact, Line


def every_fact_is_spoken(line: Line) -> Iterator[Finding]:
    """Each fact is named by a part, and the part really speaks the words that prove it."""
    for lang, wording in line.wordings.items():
        named = {
            fact for topic in wording.topics.values() for part in topic.parts for fact in part.facts
        }
        for fact in sorted(set(line.facts) - named):
            says = line.facts[fact].says
            do = f"Put it into a part of a topic under {lang}/topics and name {fact} there."
            yield Finding("FACTS", "facts.yaml", f"{fact} is never spoken: {says}", do)
    yield from _proofs(line)


def _proofs(line: Line) -> Iterator[Finding]:
    for file, topic in topics(line):
        for number, part in enumerate(topic.parts, start=1):
            for name in part.facts:
                if unheard := missing(line.facts[name], part.says):
                    what = f"{name} is named here but not said: {', '.join(unheard)}"
                    do = "Say it in these words, or name the fact where it is said."
                    yield Finding("FACTS", f"{file} part {number}", what, do)


def missing(fact: Fact, said: str) -> list[str]:
    """The proving words of a fact that are not in what is said."""
    return [words for words in fact.heard if words.lower() not in said.lower()]
