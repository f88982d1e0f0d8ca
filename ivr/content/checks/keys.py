"""Rules about the words for keys (R12-R14, R61, R62): pressed, few at a time, never letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ivr.content.checks.evidence import Evidence
from ivr.content.checks.finding import Findings, about
from ivr.content.checks.pieces import Piece
from ivr.content.checks.reading import phrases_in, sentences

KEY_WORDS = (
    *("dial", "key in", "push", "touch", "hit", "pound", "asterisk", "terminate"),
    *("type in", "type your", "button"),
)
PASS = ("get in touch", "type of")
"""Words that hold a banned one and mean something else."""
OWN_KEYS: Mapping[str, str] = {
    "for_person": "0",
    "try_again": "0",
    "for_hearing": "8",
    "yes": "1",
    "no": "2",
    "press_to_go_on": "1",
    "read_all": "1",
    "wait_on": "1",
    "desk_take": "1",
    "not_sure": "3",
    "kind_help": "1",
    "certificate_help": "12",
}
"""The phrases that name keys of the line's own, which no flow can change, and these keys."""
FIGURES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SAID = re.compile(rf"\bpress (?:key |number )?(\d|{'|'.join(FIGURES)})\b(?! key)", re.IGNORECASE)
ALONE = re.compile(r"(?<![\w.:{])([1-9])(?![\w}])")
"""A figure alone: in the help of a menu, whatever its language, it is a key."""
OR = re.compile(r"\bor\b", re.IGNORECASE)
EVERYWHERE = "08"
"""The keys that mean the same at every node, and so may be named by hand."""
RESERVED = "0*#8"
LETTERS = re.compile(
    r"\bpress (?:the letter )?[a-z]\b|\bspell\b|\bletters? on \w+ keys?\b", re.IGNORECASE
)


def r12_told_once(e: Evidence) -> Findings:
    """Few keys steer, and they are not recited in every menu.

    The opening names 0 and 8; the first reminder names star and hash; a slip names all four.

    Source: W3C COGA; where each is told is our own.
    Right: To hear this again, press hash. To go back, press star. - after ten seconds of silence
    Wrong: every menu ending with all four
    """
    for piece in e.kind("label", "name", "question"):
        for said in (f"{e.words(piece.lang).pressing(key)}." for key in RESERVED):
            if said in piece.text:
                do = "Keep to the choices of this menu."
                yield about("R12", e, piece, f"recites “{said}” on arrival", do, said)


def r13_words_for_keys(e: Evidence) -> Findings:
    """Keys are pressed and digits entered; the keys are star, hash and zero; a call is ended.

    Source: ISO/IEC 13714.
    Right: To go back, press star.
    Wrong: Hit the asterisk, or terminate the call.
    """
    for piece in e.english:
        for word in phrases_in(piece.text, KEY_WORDS, PASS):
            do = "Say press, enter, hash, star, zero, or end the call."
            yield about("R13", e, piece, f"says “{word}”", do, word)


def r14_no_letters_on_keys(e: Evidence) -> Findings:
    """Only digits, star and hash are asked for: no letters, no words spelt on the keys.

    Source: ISO/IEC 13714; Human Factors and Ergonomics Society 1991 (abstract).
    Right: To say yes, press 1.
    Wrong: Press Y for yes.
    """
    for piece in e.english:
        if match := LETTERS.search(piece.text):
            do = "Ask for a digit, star or hash."
            yield about("R14", e, piece, f"asks for a letter: “{match[0]}”", do, match[0])


def r61_keys_from_the_flow(e: Evidence) -> Findings:
    """A key of the flow is named by what it leads to, never by hand.

    In the help of a menu stand {key:school} and {label:school}, filled from flow.yaml; a question
    has {key:yes} and {key:no}. Only 0, 8 and the line's own keys may be written.

    Source: our own; keys are changed in one file, and what is said of them must follow.
    Right: For example, you may want to {label:school}. For that, press {key:school}.
    Wrong: For that, press 1.
    """
    for piece in e.pieces:
        own = OWN_KEYS.get(piece.name, "") if piece.kind in ("phrase", "written") else ""
        for said, key in _keys_said(e, piece):
            if key not in EVERYWHERE + own:
                do = "Name what it leads to, such as {key:school}, in the help of its menu."
                yield about("R61", e, piece, f"names key {key} by hand: “{said}”", do, said)


def r62_no_or_in_a_question(e: Evidence) -> Findings:
    """A question that is answered with a key asks one thing: it has no "or" in it.

    Who hears two things takes key 1 for the first and key 2 for the second.

    Source: our own; "1 assessment, 2 plan" led callers to complaints who had to appeal.
    Right: Has the council sent you a plan for your child?
    Wrong: Is the letter about an assessment, or about a plan?
    """
    for piece in e.kind("phrase", "question", "help"):
        for sentence in sentences(piece.text) if piece.english else ():
            if sentence.endswith("?") and (found := OR.search(sentence)):
                what = f"two things in one question: “{sentence}”"
                do = "Ask one thing, and let yes and no answer it."
                yield about("R62", e, piece, what, do, found[0])


def _keys_said(e: Evidence, piece: Piece) -> Iterator[tuple[str, str]]:
    """Each key that a piece names by hand: how, and as a figure."""
    for found in SAID.finditer(piece.text) if piece.english else ():
        word = found[1].lower()
        yield found[0], str(FIGURES.index(word)) if word in FIGURES else word
    for key in () if piece.english else "123456789":
        said = e.words(piece.lang).pressing(key)
        if re.search(rf"\b{re.escape(said)}\b", piece.text):
            yield said, key
    if piece.kind == "help":
        yield from ((found[0], found[1]) for found in ALONE.finditer(SAID.sub("", piece.text)))
