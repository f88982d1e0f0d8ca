"""Rules about numbers and typing (R42-R46): few of them, heard back, never in figures only."""

from __future__ import annotations

import re

from ivr.content.checks.evidence import Evidence
from ivr.content.checks.finding import Finding, Findings, about
from ivr.content.checks.reading import sentences
from ivr.line.call import Speed

TYPING = {
    "how_to_enter": ("11 digits", "press hash", "press star"),
    "finish_or_clear": ("press hash", "press star"),
}
"""What the phrases that come before typing must say."""
SPEEDS: tuple[Speed, ...] = ("normal", "slow")
EXAMPLE = "+447700900456"
FASTEST_NUMBERS = 120
LONG_NUMBER = re.compile(r"(?<!\d)(?:\+?\d[\s-]?){7,}\d")
FIGURES_ONLY = re.compile(
    r"\b\d+/\d+(?:/\d+)?\b|\b\d{1,2}\.\d{1,2}\.\d{2,4}\b|\b\d{1,2}:\d\d\b|\b12 ?[ap]m\b",
    re.IGNORECASE,
)
COUNTS = re.compile(
    r"\b(?:\d+|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?|hundred"
    r"|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|one (?:day|week|month|year))\b",
    re.IGNORECASE,
)
NAMES = re.compile(
    r"\b(?:part|chapter|press|enter|key|zero|E N D) [\w{}]+(?:-\w+)?|\w+ digits?\b"
    r"|two thousand and \w+(?:-\w+)?|\bthat is \d+",
    re.IGNORECASE,
)
"""Numbers that are names: of a part, a key, a form, a year; and digits of a telephone number."""
DATE = re.compile(r"\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|"
                  r"October|November|December)(?: \d{4})?")  # fmt: skip


def r42_says_how_to_type(e: Evidence) -> Findings:
    """How many digits, how to finish and how to clear are said; ten seconds between two digits.

    07, 7, 447 and 00447 are all accepted.

    Source: Kortum ch. 7; GOV.UK; ISO 9241-154 6.5 (contents).
    Right: It has 11 digits … To finish, press hash. To clear it, press star.
    Wrong: Enter your number now.
    """
    for piece in (piece for piece in e.kind("phrase") if piece.english):
        for words in TYPING.get(piece.name, ()):
            if words not in piece.text:
                do = "Say how many digits, how to finish and how to clear."
                yield about("R42", e, piece, f"does not say “{words}”", do)


def r43_reads_it_back(e: Evidence) -> Findings:
    """A typed number is heard back in groups of 5, 3 and 3, slowly; yes or no is asked before use.

    At most 120 words a minute, at both speeds; "no" asks only for the number again.

    Source: Kortum ch. 7; WCAG 3.3.6; GOV.UK.
    Right: You entered zero, seven, seven … Is that the right number? Yes, press 1. No, press 2.
    Wrong: "Thank you" - and the text is on its way to a stranger
    """
    for lang, wording in e.line.wordings.items():
        number = wording.phone(EXAMPLE)[:-1]
        digits = [unit for unit in number if isinstance(unit, str)]
        for speed in SPEEDS:
            seconds = e.seconds(number, lang, speed)
            recorded = all((lang, speed, digit) in e.prompts for digit in digits)
            rate = 60 * len(digits) / seconds if recorded else 0.0
            if rate > FASTEST_NUMBERS:
                what = f"a number is read at {rate:.0f} words a minute, at most {FASTEST_NUMBERS}"
                file = f"{lang}/pieces.yaml"
                line = e.where(file, "digits")
                yield Finding(file, line, "R43", what, "Record the digits slower.")


def r44_no_number_in_passing(e: Evidence) -> Findings:
    """A telephone number is never part of a sentence.

    It lives in line.yaml with the day on which it was rung; until then the line says where to find
    it. One that is given is said twice, with time for a pen.

    Source: W3C COGA; that a number must have been rung first is our own.
    Right: the number on your decision letter
    Wrong: You can ring them on 020 7946 0123.
    """
    for piece in e.pieces:
        if match := LONG_NUMBER.search(piece.text):
            do = "Put it into line.yaml, with a date, and say here where to find it."
            yield about("R44", e, piece, f"holds the number {match[0]}", do, match[0])


def r45_dates_in_words(e: Evidence) -> Findings:
    """Dates are day, month by name and year; times are "9 am", "half past 2", "midday".

    Source: NHS digital service manual.
    Right: 4 May 2026
    Wrong: 4/5/26, at 14:30
    """
    for piece in e.pieces:
        if match := FIGURES_ONLY.search(piece.text) if piece.kind != "text" else None:
            do = "Write the month by its name, and the time in words."
            yield about("R45", e, piece, f"holds “{match[0]}”", do, match[0])


def r46_few_numbers(e: Evidence) -> Findings:
    """At most one number in a sentence; no decimals, no percentages.

    Dates, keys, telephone numbers and "part 2 of 4" do not count. How many: English only.

    Source: NHS digital service manual, on numeracy.
    Right: Ring them within two months.
    Wrong: Two in three of the 2.5 thousand callers …
    """
    for piece in e.spoken:
        if match := re.search(r"\d[.,]\d|%|\bper ?cent\b", piece.text):
            do = "Use a whole number, or words."
            yield about("R46", e, piece, "a decimal or a percentage", do, match[0])
        for sentence in sentences(piece.text) if piece.english else ():
            if len(counted := COUNTS.findall(_without_names(sentence))) > 1:
                what = f"{len(counted)} numbers in one sentence: “{sentence[:60]}”"
                yield about("R46", e, piece, what, "Make two sentences of it.", sentence)


def _without_names(sentence: str) -> str:
    """A sentence without the figures that other rules are about."""
    for pattern in (LONG_NUMBER, FIGURES_ONLY, DATE, NAMES):
        sentence = pattern.sub(" ", sentence)
    return sentence
