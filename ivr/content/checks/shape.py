"""Rules about the shape of a call (R01-R09): few choices, few presses, nowhere to get stuck."""

from __future__ import annotations

import re

from ivr.content.checks.evidence import Evidence
from ivr.content.checks.finding import Finding, Findings, about
from ivr.content.checks.reading import sentences
from ivr.line.model import Line

MOST_AT_THE_TOP, MOST_BELOW = 5, 4
MOST_PRESSES = 2
GRAB_BAGS = ("more options", "other options", "anything else", "something else", "and so on")
STEERING = ("again", "back", "for_person", "for_hearing")
"""The sentences that name the keys which steer everywhere."""
SMALL_WORDS = frozenset(
    """a about an and ask at by can for get hear how in is it know learn me my of on or other say
    that the there to up what when where which who with you your""".split()  # noqa: SIM905
)
"""Words that two labels may share without being taken for one another."""


def r01_few_choices(e: Evidence) -> Findings:
    """A menu has at most four choices, the main menu at most five; steering keys do not count.

    Source: ISO/IEC 13714; Irish Customer Communications Toolkit; the five are our own.
    Right: main: {1: help, 2: complaint, 3: agree, 4: appeal, 5: choose}
    Wrong: the same with 6: ways
    """
    for name, menu in e.line.menus.items():
        most = MOST_AT_THE_TOP if name == e.line.start else MOST_BELOW
        if len(menu.keys) > most:
            line = e.where("flow.yaml", "menus", name)
            what = f"the menu “{name}” has {len(menu.keys)} choices, at most {most}"
            yield Finding("flow.yaml", line, "R01", what, "Take one out, or join two.")


def r02_two_presses(e: Evidence) -> Findings:
    """Every topic and form is at most two presses from the main menu.

    Source: Dunlap 1998 and Commarford 2008 (abstracts); the Irish toolkit allows three levels.
    Right: main: {3: agree} and agree: {3: mediation}
    Wrong: a topic that only a question under a sub-menu leads to
    """
    reached = _within(e.line, MOST_PRESSES)
    kinds = {"topic": e.line.topics, "form": e.line.forms}
    for kind, name in ((kind, name) for kind, names in kinds.items() for name in names):
        if name not in reached:
            line = e.where("flow.yaml", f"{kind}s", name)
            what = f"the {kind} “{name}” is more than two presses from the main menu"
            do = "Put it into a menu that the main menu leads to."
            yield Finding("flow.yaml", line, "R02", what, do)


def r03_no_grab_bag(e: Evidence) -> Findings:
    """No choice is a grab bag: no "more options", no label that joins three things.

    Source: Association for Conversational Interaction Design, voice menus.
    Right: label: learn who else there is
    Wrong: label: hear about meetings, forms or anything else
    """
    for piece in (piece for piece in e.kind("label") if piece.english):
        for words in GRAB_BAGS:
            if words in piece.text.lower():
                do = "Give what is behind it a choice with a name of its own."
                yield about("R03", e, piece, f"the label says “{words}”", do, words)
        if len(re.findall(r",| or | and ", piece.text)) > 1:
            do = "Name one thing, or make two choices of it."
            yield about("R03", e, piece, f"“{piece.text}” joins three things", do)


def r04_in_order(e: Evidence) -> Findings:
    """Choices are said in the order of their keys, from 1, without a gap; a spoken key works.

    Source: ISO/IEC 13714; Irish toolkit.
    Right: To talk to the school, press 1. To make a complaint, press 2.
    Wrong: To make a complaint, press 2. To talk to the school, press 1.
    """
    for lang, wording in e.line.wordings.items():
        for name, menu in ((n, m) for n, m in e.line.menus.items() if not m.question):
            choices = zip(wording.choices(name, menu.keys), menu.keys, strict=True)
            if any(wording.pressing(key) not in choice for choice, key in choices):
                line = e.where(f"{lang}/says.yaml", "choice")
                do = "End each choice with its key."
                yield Finding(f"{lang}/says.yaml", line, "R04", f"“{name}” lacks a key", do)


def r05_labels_differ(e: Evidence) -> Findings:
    """No two choices of a menu share a telling word.

    English only: which words are small and telling is known of no other language.

    Source: Association for Conversational Interaction Design; the test by words is our own.
    Right: make a complaint / appeal a decision
    Wrong: complain to the school / talk to the school
    """
    for lang in (lang for lang in e.line.wordings if lang.startswith("en")):
        wording = e.line.words(lang)
        for menu in (menu for menu in e.line.menus.values() if not menu.question):
            seen: dict[str, str] = {}
            for to in menu.keys.values():
                for word in set(wording.node(to).label.lower().split()) - SMALL_WORDS:
                    label = wording.node(to).label
                    if word in seen:
                        piece = next(p for p in e.kind("label") if (p.lang, p.name) == (lang, to))
                        what = f"“{word}” is in both “{seen[word]}” and “{label}”"
                        yield about("R05", e, piece, what, "Say one of them another way.", word)
                    seen[word] = label


def r07_always_the_same(e: Evidence) -> Findings:
    """What steers has the same words and the same key wherever it is said.

    Source: WCAG 3.2.3, 3.2.4 and 3.2.6, by analogy.
    Right: For a person, press 0.
    Wrong: "To talk to us, press 0" in a topic, beside "For a person, press 0" everywhere else
    """
    for piece in e.spoken:
        words = e.line.words(piece.lang)
        same = {words.says[name] for name in STEERING}
        keys = "|".join(re.escape(words.pressing(key)) for key in "0*#8")
        for sentence in sentences(piece.text) if piece.kind != "phrase" else ():
            if sentence not in same and re.search(rf"\b({keys})\b", sentence):
                do = "Leave it out: the line says how to steer, always in the same words."
                what = f"says a key that steers in other words: “{sentence}”"
                yield about("R07", e, piece, what, do, sentence)


def _within(line: Line, presses: int) -> set[str]:
    reached = {line.start}
    for _ in range(presses):
        menus = [line.menus[name] for name in reached if name in line.menus]
        reached |= {to for menu in menus for to in menu.keys.values()}
    return reached
