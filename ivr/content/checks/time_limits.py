"""Rules about time (R35, R36, R38, R40): help that helps more, slower speech, pauses."""

from __future__ import annotations

import re

from ivr.content.checks.evidence import Evidence
from ivr.content.checks.finding import Finding, Findings, about
from ivr.content.checks.reading import grade
from ivr.line.wording import Wording
from ivr.speech.figures import Measured

UNSTOPPABLE = 3.0
LAST_WORDS = ("after_tone", "goodbye")
"""The phrases that are said where no key is listened for."""
BEFORE_PRESS, NEAR = 0.25, 0.25
"""Seconds of quiet that must be found before "press", and how far from its place, of the prompt."""
LONGEST_EDGE = 0.2
"""Seconds of quiet at an end of a recording. An MP3 begins with 0.07; a word takes time to die."""
STEERING = "0*#8"


def r35_each_retry_helps_more(e: Evidence) -> Findings:
    """The reminders differ, and the second is simpler or holds an example.

    Source: W3C COGA; AcIxD.
    Right: You can hear about five things. For example, … For that, press 1.
    Wrong: the same sentence three times
    """
    for piece in (piece for piece in e.kind("help") if piece.english):
        menu = e.line.words(piece.lang).menus[piece.name]
        simpler = grade(piece.text) < grade(menu.question or menu.label)
        if not (simpler or re.search(r"\b(for example|for that|if)\b", piece.text.lower())):
            what = "the help is neither simpler nor an example"
            yield about("R35", e, piece, what, "Write shorter words, or give an example.")


def r36_a_key_stops_speech(e: Evidence) -> Findings:
    """A key interrupts all speech, errors too; only the last words before connecting or ending.

    Those are at most 3 seconds. Before a number is typed, half a second of quiet stands alone.

    Source: gethuman standard; Avaya allows the start of an error as an exception, we do not.
    Right: every Play inside a Gather
    Wrong: half a minute of Play, and only then a Gather
    """
    for piece in e.kind("phrase"):
        seconds = e.seconds((piece.text,), piece.lang) if piece.name in LAST_WORDS else 0.0
        if seconds > UNSTOPPABLE:
            yield about("R36", e, piece, f"{seconds:.1f} s that no key can stop", "Shorten it.")


def r38_slower(e: Evidence) -> Findings:
    """The caller can make it slower, from everywhere, and it stays so for the whole call.

    8 is named in the opening and after a slip; every sentence has a slower recording.

    Source: W3C COGA; a guide to voice messages of California (summary).
    Right: To make me go slower, press 8.
    Wrong: a sentence recorded only at the usual speed
    """
    for lang in e.line.languages:
        for unit in e.line.units(lang):
            if (lang, "normal", unit) in e.prompts and (lang, "slow", unit) not in e.prompts:
                piece = e.origins(lang).of(unit)
                line = e.where(piece.file, *piece.path, near=unit)
                what = f"no slower recording of “{unit[:60]}”"
                yield Finding(piece.file, line, "R38", what, "Run: make record")


def r40_pauses(e: Evidence) -> Findings:
    """Pauses stand where a listener needs them: between choices, before "press", at the ends.

    750 ms between choices, about 300 ms before "press", nothing after the last choice but the
    wait, and no long quiet at the ends of a recording.

    Source: IBM timing guide; AcIxD; Le Bigot (abstract); the first two figures are our own.
    Right: To make a complaint (300 ms) press 2. (750 ms) To appeal …
    Wrong: choices run together; two seconds of quiet inside a sentence
    """
    for lang in e.line.languages:
        for unit in e.line.units(lang):
            prompt = e.prompts.get((lang, "normal", unit))
            if prompt is None:
                continue
            piece = e.origins(lang).of(unit)
            line = e.where(piece.file, *piece.path, near=unit)
            if max(prompt.lead, prompt.tail) > LONGEST_EDGE:
                what = f"{max(prompt.lead, prompt.tail):.2f} s of quiet at an end of “{unit[:50]}”"
                yield Finding(piece.file, line, "R40", what, "Record it anew: make record")
            if not _rests_before_press(e.line.words(lang), unit, prompt):
                what = f"no pause before the key in “{unit[:50]}”"
                yield Finding(
                    piece.file, line, "R40", what, "Record it anew: make record", "should"
                )


def _rests_before_press(words: Wording, unit: str, prompt: Measured) -> bool:
    """Whether a pause of 250 ms stands about where "press" begins; True for what is no choice."""
    chosen = words.as_choice(unit)
    if chosen is None or chosen[1] in STEERING:
        return True
    before, _, _ = unit.partition(words.pressing(chosen[1]))
    at = len(before.split()) / len(unit.split())
    middles = (start + length / 2 for start, length in prompt.gaps if length >= BEFORE_PRESS)
    return any(abs((middle - prompt.lead) / prompt.span - at) <= NEAR for middle in middles)
