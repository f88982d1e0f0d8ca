"""Rules about people and languages (R47-R52) and about what it costs (C1-C3)."""

from __future__ import annotations

import re
from collections import Counter

from ivr.content.checks.evidence import Evidence
from ivr.content.checks.finding import Finding, Findings, about, at
from ivr.content.checks.graph import Step
from ivr.content.checks.words import openings
from ivr.line.call import InLanguage, KeyPressed, Transfer
from ivr.line.ring_groups import RING_SECONDS

PERSON_BY, RING_AFTER = 15.0, 10.0
MOST_LANGUAGES, LONGEST_OFFER = 3, 5.0
RELAY = "18001"
FREE_OR_ORDINARY = re.compile(r"\+44(?:800|808|3\d\d|1\d|2\d|20)\d+")
OUTCOMES = ("busy", "no-answer", "refused", "failed")


def r47_a_person_early(e: Evidence) -> Findings:
    """How to reach a person is said in the first 15 seconds, before any choice.

    After 0, at most 10 seconds of speech until it rings.

    Source: W3C COGA; gethuman standard; both times are our own.
    Right: Special needs advice … For a person, press 0. …
    Wrong: the way to a person at the end of the fifth choice
    """
    for step in openings(e):
        lang, units = step.turn.call.lang, list(step.turn.say)
        person = e.line.words(lang).says["for_person"]
        choice = next(n for n, unit in enumerate(units) if "press 1" in str(unit))
        if person not in units[:choice]:
            yield at("R47", e, step, "no way to a person before the choices", "Say 0 first.")
        elif e.seconds(tuple(units[: units.index(person) + 1]), lang) > PERSON_BY:
            yield at("R47", e, step, "the way to a person comes too late", "Shorten the greeting.")
    for step in (step for step in e.graph.steps if isinstance(step.turn.then, Transfer)):
        seconds = e.seconds(step.turn.say, step.turn.call.lang)
        if seconds > RING_AFTER:
            what = f"{seconds:.0f} s of speech before it rings, at most {RING_AFTER:.0f}"
            yield at("R47", e, step, what, "Shorten what is said before it rings.")


def r48_never_dropped(e: Evidence) -> Findings:
    """When nobody can answer the caller hears why, when to try again, and four ways on.

    Busy, no answer, not taken, failed and closed: the next telephone rings, or the call goes on
    and does not start over. Star brings the caller back, before it rings and while it does.

    Source: gethuman standard; GOV.UK; W3C COGA.
    Right: The adviser is talking to another caller just now. To try again, press 0. …
    Wrong: the call ends after 25 seconds of ringing
    """
    for step in e.graph.steps:
        if not isinstance(step.turn.then, Transfer):
            continue
        dial = e.written(step).find("Dial")
        if dial is None or not dial.get("action"):
            yield at("R48", e, step, "what comes after ringing is open", "Give the Dial an action.")
        for outcome in OUTCOMES:
            after = e.graph.ended(step, outcome)
            if after is None or not _goes_on(e, step, after):
                what = f"“{outcome}” does not lead to words and a way on"
                yield at("R48", e, step, what, "Say why, and offer what can be done.")
        before, ringing = e.graph.after(step, KeyPressed("*")), e.graph.ended(step, "stopped")
        if not all(each and each.listens for each in (before, ringing)):
            yield at("R48", e, step, "star does not stop the ringing", "Lead back, and listen.")
    for step in e.graph.arrivals():
        call, opens = step.turn.call, e.line.words(step.turn.call.lang).says["opens"]
        closed = call.at == "nobody-closed" and step.facts.opens and not call.silences
        if closed and opens not in step.turn.say:
            do = "Say when an adviser is there again."
            yield at("R48", e, step, "does not say when it opens", do)


def r49_nothing_told_twice(e: Evidence) -> Findings:
    """What the caller has chosen reaches the adviser, so that nothing is told twice.

    Only with the caller's yes: else the adviser hears that it is a caller, and no more. The call is
    taken with a key, so that an answering machine never swallows a caller.

    Source: gethuman standard; Irish toolkit; NHS Accessible Information Standard.
    Right: (to the adviser) They have heard about this. Mediation. They asked for slower speech.
    Wrong: How can I help? - after five minutes of choosing
    """
    for step in e.graph.steps:
        then = step.turn.then
        if not isinstance(then, Transfer):
            continue
        may = step.turn.call.tell == "yes"
        if then.tell != may or (then.about and not may):
            what = (
                "the adviser is told without a yes" if then.tell else "the adviser is told nothing"
            )
            yield at("R49", e, step, what, "Ask the caller, and do what they say.")
        if any(not number.get("url") for number in e.written(step).iter("Number")):
            do = "Have the adviser press a key first: give the Number a url."
            yield at("R49", e, step, "a call is taken without a key", do)


def _goes_on(e: Evidence, step: Step, after: Step) -> bool:
    """Whether the next telephone is rung, or it is said why not, with ways on."""
    if after.turn.effect is not None:
        held = (e.graph.ended(after, each) for each in ("free", "talking"))
        return all(each and _goes_on(e, step, each) for each in held)
    then, before = after.turn.then, step.turn.then
    if isinstance(then, Transfer) and isinstance(before, Transfer):
        return not set(then.who) & set(before.who)
    return after.listens and after.turn.call.at.startswith("nobody")


def r50_each_language_in_itself(e: Evidence) -> Findings:
    """Each language is offered at the start in its own words and voice, and then holds.

    At most three aloud, 5 seconds each; English speakers press nothing. The menu of key 8 says its
    choice of language in each language too.

    Source: AcIxD; gethuman standard; the figures are our own.
    Right: Pentru română, apăsați 6.
    Wrong: For Romanian, press 6.
    """
    others = e.line.languages[1:]
    if len(others) > MOST_LANGUAGES:
        line = e.where("line.yaml", "languages")
        do = "Offer fewer at the start."
        yield Finding("line.yaml", line, "R50", f"{len(others)} languages are offered", do)
    for step in openings(e):
        offered = [unit for unit in step.turn.say if isinstance(unit, InLanguage)]
        if step.before.lang == e.line.languages[0] and [u.lang for u in offered] != list(others):
            yield at("R50", e, step, "a language is not offered", "Offer each in its own words.")
        for unit in offered:
            if (seconds := e.seconds((unit,), unit.lang)) > LONGEST_OFFER:
                what = f"the offer of “{unit.lang}” takes {seconds:.1f} s"
                yield at("R50", e, step, what, f"At most {LONGEST_OFFER:.0f} seconds.")
    for step in e.graph.steps:
        chosen = step.before.at in ("languages", e.line.start) and isinstance(
            step.event, KeyPressed
        )
        if not chosen and step.turn.call.lang != step.before.lang:
            yield at("R50", e, step, "the language is lost", "Keep it for the whole call.")


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
        if piece.name in ("paper_free", "paper_ordinary") and not re.search(
            r"free|cost", piece.text
        ):
            do = "Say that it is free, or what it costs."
            yield about("C2", e, piece, "does not tell the cost", do)


def c3_nobody_pays_for_waiting(e: Evidence) -> Findings:
    """No caller pays for waiting: it rings for 25 seconds, and then there is a way on.

    Source: gethuman standard; Public Accounts Committee 2013; the 25 s are our own.
    Right: <Dial timeout="25" …>
    Wrong: a queue with music
    """
    for step in e.graph.steps:
        if isinstance(step.turn.then, Transfer) and step.turn.then.ring > RING_SECONDS:
            what = f"rings for {step.turn.then.ring} s"
            yield at("C3", e, step, what, f"Ring for {RING_SECONDS} seconds at most.")
