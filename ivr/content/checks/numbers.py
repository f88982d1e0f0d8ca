"""Rules about numbers and typing (R41-R46): few of them, heard back, never in figures only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.content.checks.evidence import Evidence
from ivr.content.checks.finding import Findings, about, at
from ivr.content.checks.graph import TYPED, Step
from ivr.content.checks.reading import sentences
from ivr.flow import kind_of
from ivr.line.call import KeyPressed, Listen, Pause, Speed

LEAST_BETWEEN_DIGITS = 10
GROUPS = (5, 3, 3)
FASTEST_NUMBERS = 120
ANSWER = "number"
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


def r41_asks_little(e: Evidence) -> Findings:
    """Only what is needed is asked, never twice; the number one calls from is offered first.

    Source: GOV.UK; WCAG 3.3.7; gethuman standard.
    Right: To send it to the phone you are calling from, press 1.
    Wrong: a caller on a mobile must type its number
    """
    for step in e.graph.arrivals():
        typing = isinstance(step.turn.then, Listen) and step.turn.then.many
        node, before = kind_of(step.turn.call.at), kind_of(step.before.at)
        if typing and node not in TYPED:
            do = "Ask only for a number for the text, and for the date on a letter."
            yield at("R41", e, step, "asks for digits", do)
        if node == ANSWER and step.facts.number and before not in ("text", ANSWER, "check"):
            what = "asks for a number though the caller has one"
            yield at("R41", e, step, what, "Offer the calling number first.")


def r42_says_how_to_type(e: Evidence) -> Findings:
    """How many digits, how to finish and how to clear are said; ten seconds between two digits.

    07, 7, 447 and 00447 are all accepted.

    Source: Kortum ch. 7; GOV.UK; ISO 9241-154 6.5 (contents).
    Right: It has 11 digits … To finish, press hash. To clear it, press star.
    Wrong: Enter your number now.
    """
    for step in e.graph.arrivals():
        call, then = step.turn.call, step.turn.then
        if not (isinstance(then, Listen) and then.many):
            continue
        if then.seconds < LEAST_BETWEEN_DIGITS:
            yield at(
                "R42", e, step, f"{then.seconds} s between digits", "Give ten seconds or more."
            )
        number = kind_of(call.at) == ANSWER
        if not call.silences and call.lang.startswith("en"):
            for words in (*(("11 digits",) if number else ()), "press hash", "press star"):
                if words not in step.said:
                    do = "Say how many digits, how to finish and how to clear."
                    yield at("R42", e, step, f"does not say “{words}”", do)
        for typed in TYPED[ANSWER][:4] if number else ():
            after = e.graph.after(step, KeyPressed(typed))
            if after and not after.turn.call.typed:
                yield at("R42", e, step, f"does not take {typed}", "Take 07, 7, 447 and 00447.")


def r43_reads_it_back(e: Evidence) -> Findings:
    """A typed number is heard back in groups of 5, 3 and 3, slowly; yes or no is asked before use.

    At most 120 words a minute, at both speeds; "no" asks only for the number again.

    Source: Kortum ch. 7; WCAG 3.3.6; GOV.UK.
    Right: You entered zero, seven, seven … Is that the right number? Yes, press 1. No, press 2.
    Wrong: "Thank you" - and the text is on its way to a stranger
    """
    for step in e.graph.arrivals():
        call = step.turn.call
        again = {"check": ANSWER, "date": "day"}.get(kind_of(call.at))
        if again is None or call.silences or call.slips or not (call.typed or call.form):
            continue
        no = e.graph.after(step, KeyPressed("2"))
        if no is None or kind_of(no.turn.call.at) != again:
            yield at("R43", e, step, "“no” does not ask again", "Let 2 ask for it again.")
        if again != ANSWER:
            continue
        if tuple(len(group) for group in _groups(e, step)) != GROUPS:
            do = "Read it in groups of five, three and three, with a pause after each."
            yield at("R43", e, step, "the number is not read in groups", do)
        if (rate := _rate(e, step)) > FASTEST_NUMBERS:
            what = f"the number is read at {rate:.0f} words a minute, at most {FASTEST_NUMBERS}"
            yield at("R43", e, step, what, "Record the digits slower.")


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

    Dates, keys, telephone numbers and "part 2 of 4" do not count.

    Source: NHS digital service manual, on numeracy.
    Right: Ring them within two months.
    Wrong: Two in three of the 2.5 thousand callers …
    """
    for piece in e.spoken:
        if match := re.search(r"\d[.,]\d|%|\bper ?cent\b", piece.text):
            do = "Use a whole number, or words."
            yield about("R46", e, piece, "a decimal or a percentage", do, match[0])
        for sentence in sentences(piece.text):
            if len(counted := COUNTS.findall(_without_names(sentence))) > 1:
                what = f"{len(counted)} numbers in one sentence: “{sentence[:60]}”"
                yield about("R46", e, piece, what, "Make two sentences of it.", sentence)


def _without_names(sentence: str) -> str:
    """A sentence without the figures that other rules are about."""
    for pattern in (LONG_NUMBER, FIGURES_ONLY, DATE, NAMES):
        sentence = pattern.sub(" ", sentence)
    return sentence


def _groups(e: Evidence, step: Step) -> list[list[str]]:
    """The digits of a number that is read back, cut at the longer pauses."""
    pieces = e.line.words(step.turn.call.lang).pieces
    digits = {*pieces.digits, *pieces.last_digits}
    groups: list[list[str]] = [[]]
    for unit in step.turn.say:
        if isinstance(unit, Pause) and groups[-1]:
            groups.append([])
        elif isinstance(unit, str) and unit in digits:
            groups[-1].append(unit)
    return [group for group in groups if group]


def _rate(e: Evidence, step: Step) -> float:
    """Words a minute of the digits, with the pauses between groups, at the faster speed."""
    return max(_rate_at(e, step, "normal"), _rate_at(e, step, "slow"))


def _rate_at(e: Evidence, step: Step, speed: Speed) -> float:
    """The same at one speed; 0 where a digit is not recorded."""
    lang, groups = step.turn.call.lang, _groups(e, step)
    if any((lang, speed, digit) not in e.prompts for group in groups for digit in group):
        return 0.0
    spoken = tuple(_with_pauses(groups))
    seconds = e.seconds(spoken, lang, speed)
    return 60 * sum(map(len, groups)) / seconds if seconds else 0.0


def _with_pauses(groups: list[list[str]]) -> Iterator[str | Pause]:
    for number, group in enumerate(groups):
        if number:
            yield Pause(500)
        yield from group
