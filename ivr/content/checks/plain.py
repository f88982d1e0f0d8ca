"""Rules about plain, kind words (R26-R30): nothing unexplained, nothing that blames or hurries."""

from __future__ import annotations

import re

from ivr.content.checks.evidence import Evidence
from ivr.content.checks.finding import Findings, about
from ivr.content.checks.reading import phrases_in

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

SLIPS = ("not_heard", "not_used", "no_number", "digits_heard", "many_digits_heard")
"""The phrases of silence, a key that is not offered, and too few and too many digits."""


def r26_short_forms_explained(e: Evidence) -> Findings:
    """A short form is said in full first, on every path a caller can take to it.

    A key can be pressed at any moment, and leads past what was said before: so it is explained in
    the same piece of wording.

    Source: NHS digital service manual; WCAG 3.1.3 and 3.1.4; Irish NDA guidelines 1.12.
    Right: the special educational needs co-ordinator, or SENCO
    Wrong: Ask for an EHC plan. - with the full form only in another topic
    """
    for piece in e.spoken:
        for short, full in SHORT_FORMS.items():
            if re.search(rf"\b{short}\b", piece.text) and full not in piece.text.lower():
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
    said: dict[tuple[str, str], str] = {}
    for piece in (piece for piece in e.kind("phrase") if piece.name in SLIPS):
        other = said.setdefault((piece.lang, piece.text), piece.name)
        if other != piece.name:
            do = "Give each its own words: what happened, and what to do."
            yield about("R29", e, piece, f"says the same as “{other}”", do)


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
