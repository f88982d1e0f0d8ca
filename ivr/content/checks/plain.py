"""Rules about plain, kind words (R26-R30): nothing unexplained, nothing that blames or hurries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ivr.content.checks.evidence import Evidence
from ivr.content.checks.finding import Findings, about, at
from ivr.content.checks.graph import Graph, Key, Step, spoken_in, wrong_at
from ivr.content.checks.pieces import Piece
from ivr.content.checks.reading import phrases_in
from ivr.line.call import CallStarted, Event, NoInput

SHORT_FORMS = {
    "SEN": "special educational needs",
    "SEND": "special educational needs and disability",
    "EHC": "education, health and care",
    "EHCP": "education, health and care plan",
    "E H C": "education, health and care",
    "LA": "local authority",
    "SENCO": "special educational needs co-ordinator",
    "IASS": "information, advice and support service",
    "SENDIASS": "information, advice and support service",
    "SENDIST": "special educational needs and disability tribunal",
    "DRS": "disagreement resolution service",
    "ICB": "the local nhs",
    "CCG": "the local nhs",
}
"""Short forms, and the full form that has to be heard with them or before them."""
IDIOMS = (
    *("at the end of the day", "piece of cake", "ball is in", "red tape", "on board", "touch base"),
    *("get the ball rolling", "up in the air", "in the loop", "bear with", "rule of thumb"),
    *("jump through hoops", "level playing field", "a good chance", "easy", "easily", "simply"),
    *(
        "of course",
        "obviously",
        "just press",
        "not unless",
        "not without",
        "never not",
        "don't not",
    ),
)
BLAME = (
    *("invalid", "wrong", "incorrect", "illegal", "forbidden", "prohibited", "error", "failed"),
    *("oops", "you forgot", "you failed", "your mistake", "you must not", "you cannot appeal"),
)
RUSH = (
    *("quickly", "immediately", "last chance", "hurry", "at once", "as fast as", "right away"),
    *("running out of time", "final warning", "before it is too late"),
)


def r26_short_forms_explained(e: Evidence) -> Findings:
    """A short form is said in full first, on every path a caller can take to it.

    A key can be pressed at any moment, so words of a prompt that was left by a key do not count
    as heard.

    Source: NHS digital service manual; WCAG 3.1.3 and 3.1.4; Irish NDA guidelines 1.12.
    Right: the special educational needs co-ordinator, or SENCO
    Wrong: Ask for an EHC plan. - with the full form only in another topic
    """
    for short, full in SHORT_FORMS.items():
        if not any(_says(piece.text, short) for piece in e.spoken):
            continue
        for step in _unexplained(e.graph, short, full):
            for piece in _saying(e, step, short, full):
                what = f"“{short}” can be heard before it is said in full"
                yield about("R26", e, piece, what, f"Say “{full}” here first.", short)


def r27_no_idioms(e: Evidence) -> Findings:
    """No idioms, no metaphors, no double negatives, no vague praise.

    Source: NHS digital service manual; Irish NDA guidelines 1.12; Home Office posters.
    Right: You need a certificate first.
    Wrong: You cannot appeal, not unless you have a certificate. It is a piece of cake.
    """
    yield from _banned(e, "R27", IDIOMS, "Say what is known, in one plain sentence.")


def r28_no_blame(e: Evidence) -> Findings:
    """Nothing blames: what happened, then what to do. At most one "sorry" in a call.

    Source: GOV.UK Design System on error messages; the one "sorry" is our own.
    Right: Key 7 is not used here.
    Wrong: Invalid key. You pressed the wrong button.
    """
    yield from _banned(e, "R28", BLAME, "Say what happened and what to do.")
    for piece in e.spoken:
        if "sorry" in piece.text.lower() and piece.name != "apology":
            do = "Say the next step instead: only the apology for our own faults says it."
            yield about("R28", e, piece, "a second “sorry”", do, "sorry")


def r29_each_slip_its_own_words(e: Evidence) -> Findings:
    """Silence, a key that is not offered, too few and too many digits each have their own words.

    Source: GOV.UK; WCAG 3.3.1 and 3.3.3; EN 301 549 5.1.3.15.
    Right: I did not hear a key. / Key 7 is not used here. / That was 10 digits. A mobile has 11.
    Wrong: the same "please try again" for all of them
    """
    for step in e.graph.arrivals():
        if not step.listens or step.turn.call.slips or step.turn.call.silences:
            continue
        mistakes: tuple[Event, ...] = (*wrong_at(step.turn.call.at), NoInput())
        after = [e.graph.after(step, each) for each in mistakes]
        said = [each.said for each in after if each and each.turn.call.at == step.turn.call.at]
        if len(set(said)) < len(said) or step.said in said:
            do = "Give each its own words: what happened, and what to do."
            yield at("R29", e, step, "two kinds of slip are answered alike", do)


def r30_no_hurry(e: Evidence) -> Findings:
    """Nothing hurries or alarms; time limits are plain facts, with what to do if they have passed.

    Source: W3C COGA; Home Office posters on designing for people with anxiety.
    Right: Ring the mediation adviser within two months. Are you late? You can still ask.
    Wrong: Hurry, this is your last chance.
    """
    yield from _banned(e, "R30", RUSH, "Say the time limit as a plain fact.")


def _banned(e: Evidence, name: str, words: tuple[str, ...], do: str) -> Findings:
    for piece in e.spoken:
        for word in phrases_in(piece.text, words):
            yield about(name, e, piece, f"says “{word}”", do, word)


def _unexplained(graph: Graph, short: str, full: str) -> Iterator[Step]:
    """Steps whose words hold a short form that a caller may not have heard in full before.

    ``known`` are the nodes that are only reached once the full form has been heard: it begins with
    all of them and shrinks until nothing changes.
    """
    into: dict[Key, list[Step]] = {}
    for step in graph.steps:
        into.setdefault(step.key, []).append(step)
    # The same words are said in many steps: each is looked through once.
    in_full = cache(lambda say: full in spoken_in(say).lower())
    short_in = cache(lambda say: _says(spoken_in(say), short))
    tells = {key for key, steps in into.items() if all(in_full(s.turn.say) for s in steps)}
    known = set(into)

    def told(step: Step) -> bool:
        if isinstance(step.event, CallStarted):
            return False
        return step.origin in known or (step.origin in tells and isinstance(step.event, NoInput))

    while lost := {key for key in known if not all(told(step) for step in into[key])}:
        known -= lost
    yield from (step for step in graph.steps if short_in(step.turn.say) and not told(step))


def _says(words: str, short: str) -> bool:
    return re.search(rf"\b{short}\b", words) is not None


def _saying(e: Evidence, step: Step, short: str, full: str) -> Iterator[Piece]:
    """The pieces of a turn that hold the short form without the full form in or before them."""
    event = ""
    for unit in (unit for unit in step.turn.say if isinstance(unit, str)):
        event += unit.lower()
        if _says(unit, short) and full not in event:
            yield from (p for p in e.spoken if p.lang == step.turn.call.lang and p.text in unit)
