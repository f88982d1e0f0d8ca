"""Rules about people and languages (R47, R50-R52) and about what it costs (C1, C2)."""

from __future__ import annotations

import re
from collections import Counter

from ivr.content.checks.evidence import Evidence, before
from ivr.content.checks.finding import Finding, Findings, about
from ivr.line.call import InLanguage
from ivr.line.wording import AFTER_KEY, SENTENCE

PERSON_BY, RING_AFTER = 15.0, 10.0
MOST_LANGUAGES, LONGEST_OFFER = 3, 2.0
MOST_WORDS_IN_AN_OFFER = 4
RELAY = "18001"
FREE_OR_ORDINARY = re.compile(r"\+44(?:800|808|3\d\d|1\d|2\d|20)\d+")


def r47_a_person_early(e: Evidence) -> Findings:
    """How to reach a person is said in the first 15 seconds, before any choice.

    After 0, at most 10 seconds of speech until it rings, also where nobody speaks the language.

    Source: W3C COGA; gethuman standard; both times are our own.
    Right: Special needs advice … For a person, press 0. …
    Wrong: the way to a person at the end of the fifth choice
    """
    for lang, wording in e.line.wordings.items():
        units, file = e.opening(lang), f"{lang}/says.yaml"
        early = before(units, wording.says["for_person"])
        if e.seconds(early, lang) > PERSON_BY:
            line = e.where(file, "greeting")
            what = "the way to a person comes too late"
            yield Finding(file, line, "R47", what, "Shorten the greeting.")
        helped = e.line.interpreters and lang != e.line.languages[0]
        foreign = ("none_speaks", "interpreter") if helped else ()
        for name in ("putting_through", "trying_another"):
            names = (*(foreign if name == "putting_through" else ()), name, "come_back")
            said = (AFTER_KEY, *(u for each in names for u in (wording.says[each], SENTENCE)))
            if (seconds := e.seconds(said, lang)) > RING_AFTER:
                what = f"{seconds:.0f} s of speech before it rings, at most {RING_AFTER:.0f}"
                do = "Shorten what is said before it rings."
                yield Finding(file, e.where(file, name), "R47", what, do)


def r50_each_language_in_itself(e: Evidence) -> Findings:
    """Each language is offered at the start in its own words and voice, and then holds.

    At most three aloud, four words and 2 seconds each: the name and the key, so that the first
    English choice still comes within 12 seconds. English speakers press nothing. The menu of key 8
    says its choice of language in each language too.

    Source: AcIxD; gethuman standard; the figures are our own.
    Right: Română: 6.
    Wrong: For Romanian, press 6.
    """
    others = e.line.languages[1:]
    if len(others) > MOST_LANGUAGES:
        line = e.where("line.yaml", "languages")
        do = "Offer fewer at the start."
        yield Finding("line.yaml", line, "R50", f"{len(others)} languages are offered", do)
    for unit in e.opening(e.line.languages[0]):
        if not isinstance(unit, InLanguage):
            continue
        seconds, count = e.seconds((unit,), unit.lang), len(unit.words.split())
        if seconds > LONGEST_OFFER or count > MOST_WORDS_IN_AN_OFFER:
            file = f"{unit.lang}/says.yaml"
            what = f"the offer of “{unit.lang}” has {count} words and takes {seconds:.1f} s"
            do = "Only the name of the language and the key, in 2 seconds."
            yield Finding(file, e.where(file, "this_language"), "R50", what, do)


def r51_all_as_text(e: Evidence) -> Findings:
    """Every topic can be had as a text, also by texting in a word of its own.

    Source: EN 301 549 6.4; Home Office posters (deaf users).
    Right: keywords: [mediation, mediate]
    Wrong: a topic without a keyword, or two topics with the same one
    """
    for lang, wording in e.line.wordings.items():
        used = Counter(word for topic in wording.topics.values() for word in topic.keywords)
        for name, topic in wording.topics.items():
            file = f"{lang}/topics/{name}.yaml"
            for word in topic.keywords:
                if used[word] > 1:
                    line = e.where(file, "keywords")
                    what = f"the word “{word}” asks for two topics"
                    yield Finding(file, line, "R51", what, "Use another word in one of them.")
            if not topic.keywords:
                do = "Write a word that people can text: keywords: [...]"
                yield Finding(file, e.where(file), "R51", "nobody can text for it", do)


def r52_relay(e: Evidence) -> Findings:
    """It works through Relay UK, and "18001 then the number" is told wherever the number is.

    That slow answers are waited for is shown by the relay caller (ivr callers).

    Source: Relay UK, which types more than 40 words a minute; ATIS IVR checklist.
    Right: … With Relay UK, ring 18001 and then {number}.
    Wrong: a poster with only the number
    """
    for piece in e.kind("written"):
        if piece.name == "paper_relay" and RELAY not in piece.text:
            do = f"Say that relay users ring {RELAY} first."
            yield about("R52", e, piece, "relay users are not told how", do)


def c1_costs_little(e: Evidence) -> Findings:
    """The line's number is free or at the ordinary rate: 0800, 0808, 03, 01 or 02.

    Source: Cabinet Office guidance 2013 (press); Public Accounts Committee 2013; Ofcom on 03.
    Right: LINE_NUMBER=+442079460100
    Wrong: LINE_NUMBER=+448451234567
    """
    if e.number and not FREE_OR_ORDINARY.fullmatch(e.number):
        do = "Use a number that begins with 0800, 0808, 03, 01 or 02."
        what = f"callers pay extra for {e.number}"
        yield Finding("LINE_NUMBER (a setting)", 0, "C1", what, do)


def c2_cost_is_told(e: Evidence) -> Findings:
    """What a call costs is told where the number is printed, and in the answer to a text.

    Source: Public Accounts Committee 2013; GOV.UK.
    Right: Calls cost the same as to any other landline, from mobiles too.
    Wrong: a leaflet with the number and no word on the cost
    """
    for piece in e.kind("written"):
        told = piece.name in ("paper_free", "paper_ordinary") and piece.english
        if told and not re.search(r"free|cost", piece.text):
            do = "Say that it is free, or what it costs."
            yield about("C2", e, piece, "does not tell the cost", do)
