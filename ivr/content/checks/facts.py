"""All facts that callers must be able to learn are spoken, in each language."""

from __future__ import annotations

from ivr.content.checks.evidence import Evidence
from ivr.content.checks.finding import Finding, Findings
from ivr.line.model import Fact


def facts_are_spoken(e: Evidence) -> Findings:
    """Each of the facts is named by a part of a topic, which speaks the words that prove it.

    In each language, by the words that language gives for it.

    Source: the council's leaflet, corrected to the law (prompts/facts.yaml).
    Right: facts: [F68] beside "It is two months from the date on the decision letter."
    Wrong: a part that names F68 and no longer says how long
    """
    for lang, wording in e.line.wordings.items():
        named = {
            fact for topic in wording.topics.values() for part in topic.parts for fact in part.facts
        }
        for name in sorted(set(e.line.facts) - named):
            says = e.line.facts[name].says
            do = f"Put it into a part of a topic under {lang}/topics, and name {name} there."
            what = f"{name} is never spoken ({lang}): {says}"
            yield Finding("facts.yaml", e.where("facts.yaml", name), "FACTS", what, do)
    yield from _proofs(e)


def _proofs(e: Evidence) -> Findings:
    for lang, _, file, topic in e.topics():
        for number, part in enumerate(topic.parts):
            for name in part.facts:
                if unheard := missing(e.line.facts[name], part.says, lang):
                    line = e.where(file, "parts", number, "says")
                    what = f"{name} is named here but not said: {', '.join(unheard)}"
                    do = "Say it in these words, or name the fact where it is said."
                    yield Finding(file, line, "FACTS", what, do)


def missing(fact: Fact, said: str, lang: str) -> list[str]:
    """The proving words of a fact that are not in what is said."""
    return [words for words in fact.heard[lang] if words.lower() not in said.lower()]
