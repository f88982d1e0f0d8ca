"""All facts that callers must be able to learn are spoken, in each language."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.content.checks.evidence import Evidence
from ivr.content.checks.finding import Finding, Findings
from ivr.line.model import Fact
from ivr.line.wording import Borrowed, TopicWords, Wording

FEW = 3
"""Facts that are named of many."""


def facts_are_spoken(e: Evidence) -> Findings:
    """Each of the facts is named by a part of a topic, which speaks the words that prove it.

    Or it names the phrases and questions that do. In each language, by the words that language
    gives for it.

    Source: the council's leaflet, corrected to the law (prompts/facts.yaml).
    Right: facts: [F68] beside "It is two months from the date on the decision letter."
    Wrong: a part that names F68 and no longer says how long
    """
    for lang, wording in e.line.wordings.items():
        named = {
            fact for topic in wording.topics.values() for part in topic.parts for fact in part.facts
        }
        named |= {name for name, fact in e.line.facts.items() if fact.phrases}
        for name in sorted(set(e.line.facts) - named):
            says = e.line.facts[name].says
            do = f"Put it into a part of a topic under {lang}/topics, and name {name} there."
            what = f"{name} is never spoken ({lang}): {says}"
            yield Finding("facts.yaml", e.where("facts.yaml", name), "FACTS", what, do)
        yield from _phrases(e, lang, wording)
        unproved = [name for name, fact in e.line.facts.items() if not fact.heard.get(lang)]
        if unproved:
            some = ", ".join(unproved[:FEW])
            what = f"{len(unproved)} facts have no words here that prove them, such as {some}"
            do = "Write the words of the translation that say each."
            file = f"{lang}/facts.yaml"
            yield Finding(file, e.where(file), "FACTS", what, do, "should")
    yield from _proofs(e)


def a_limit_in_every_topic(e: Evidence) -> Findings:
    """A time limit is heard in every topic that a decision letter leads to, and stands in its text.

    That is every topic but those that flow.yaml names under "no_letter".

    Source: rule 20 of the Tribunal and regulation 33; a second reading by an adviser (our own).
    Right: facts: [L02] beside "A complaint does not stop the clock for an appeal."
    Wrong: a topic about mediation that never says how long one has to ask for it
    """
    limits = {name: fact for name, fact in e.line.facts.items() if fact.limit}
    for lang, name, file, topic in e.topics():
        if not limits or name in e.line.no_letter:
            continue
        if not any(fact in limits for part in topic.parts for fact in part.facts):
            what = f"“{name}” says no time limit"
            do = "Say one, and name its fact; or put the topic under “no_letter” in flow.yaml."
            yield Finding(file, e.where(file, "parts"), "LIMITS", what, do)
        elif not _in_text(topic, e.line.words(lang), limits):
            what = f"the text of “{name}” says no time limit"
            do = "Say the time limit in it that is spoken."
            yield Finding(file, e.where(file, "text"), "LIMITS", what, do)


def _in_text(topic: TopicWords, words: Wording, limits: Mapping[str, Fact]) -> bool:
    """Whether a text says one of the limits that its topic speaks; one that is borrowed does."""
    if isinstance(topic.text, Borrowed):
        return True
    spoken = (limits[fact] for part in topic.parts for fact in part.facts if fact in limits)
    return any(not missing(fact, topic.text, words) for fact in spoken)


def _phrases(e: Evidence, lang: str, wording: Wording) -> Findings:
    """The phrases and questions that a fact names, each of which must say it."""
    for name, fact in e.line.facts.items():
        for phrase in fact.phrases:
            said = wording.says.get(phrase, "")
            file = f"{lang}/says.yaml"
            if not said and phrase in wording.menus:
                said, file = wording.menus[phrase].question, f"{lang}/menus.yaml"
            if not isinstance(said, Borrowed) and (unheard := missing(fact, said, wording)):
                what = f"{name} must be said in “{phrase}”, and is not: {', '.join(unheard)}"
                do = "Say it in these words, or take the phrase out of facts.yaml."
                yield Finding(file, e.where(file, phrase), "FACTS", what, do)


def _proofs(e: Evidence) -> Findings:
    for lang, _, file, topic in e.topics():
        for number, part in enumerate(topic.parts):
            for name in () if isinstance(part.says, Borrowed) else part.facts:
                if unheard := missing(e.line.facts[name], part.says, e.line.words(lang)):
                    line = e.where(file, "parts", number, "says")
                    what = f"{name} is named here but not said: {', '.join(unheard)}"
                    do = "Say it in these words, or name the fact where it is said."
                    yield Finding(file, line, "FACTS", what, do)


def missing(fact: Fact, said: str, words: Wording) -> list[str]:
    """The proving words of a fact that are not in what is said; figures count as words."""
    in_words = words.pieces.in_words
    spoken, proofs = in_words(said).lower(), fact.heard.get(words.lang, ())
    return [proof for proof in proofs if in_words(proof).lower() not in spoken]
