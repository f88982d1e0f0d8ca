"""Rules about plain, kind words (R26-R30, R63): nothing unexplained, blaming or hurried."""

from __future__ import annotations

import re

from ivr.content.checks.evidence import Evidence
from ivr.content.checks.finding import Findings, Level, about
from ivr.content.checks.reading import UNKNOWN, names_apart, phrases_in, rank, sentences

FIELD = re.compile(r"\{[^{}]*\}")
KNOWN_BY_LETTERS = frozenset({"NHS", "UK", "GP", "TV", "OK", "IPSEA"})
"""Short forms that people know better than what they stand for; IPSEA is a charity's whole name."""
SHORT_FORM = re.compile(r"\b(?:\w*[A-Z]{2,}\w*|[A-Z](?: [A-Z])+|(?:[A-Z]\.){2,})(?!\w)")
"""Two capitals or more, in a row or apart."""
NAME_OF_A_FORM = re.compile(r"\bform (?:[A-Z] ?){2,}")
"""What is printed on it, which nobody has to understand."""
IN_PLAIN_WORDS = {
    "SENDIASS": "information, advice and support service",
    "SENDIST": "special educational needs and disability tribunal",
    "ICB": "the local nhs",
    "CCG": "the local nhs",
}
"""What says the same in plain words, where its letters are not theirs."""
SMALL = 3
"""Letters of a word that a short form may leave out: of, and, for, the."""
OUR_OWN = frozenset(
    {
        *("mediation", "mediator", "adviser", "disagreement", "tribunal", "ombudsman", "ipsea"),
        *("headteacher", "co-ordinator", "timetable", "exclusion", "exclude", "excluded"),
        *("endeavours", "hash", "keypad", "rung", "rang", "fifteenth"),
    }
)
"""Words that this line cannot do without, and that are explained where they count."""
EVERYDAY = 7_000
"""Of so many words there may be any number in a sentence, and one that is less common."""
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
    for piece in e.english:
        for short in dict.fromkeys(SHORT_FORM.findall(NAME_OF_A_FORM.sub("", piece.text))):
            if short.removesuffix("s") not in KNOWN_BY_LETTERS and not _in_full(short, piece.text):
                what = f"“{short}” can be heard before it is said in full"
                do = "Say what it stands for here first, or only that."
                yield about("R26", e, piece, what, do, short)


def _in_full(short: str, text: str) -> bool:
    """Whether words stand in a text whose beginnings, in a row, make up the short form."""
    low = text.replace(short, " ").lower()
    if plain := IN_PLAIN_WORDS.get(short):
        return plain in low
    letters = re.sub(r"[^a-z]", "", short.removesuffix("s").lower())
    words = re.findall(r"[^\W\d_]+", low)
    return any(_begin(words[at:], letters) for at in range(len(words)))


def _begin(words: list[str], letters: str) -> bool:
    """Whether the beginnings of the first words make up all of these letters."""
    if not letters or not words:
        return not letters
    word, rest = words[0], words[1:]
    own = (n for n in range(1, len(letters) + 1) if word.startswith(letters[:n]))
    return any(_begin(rest, letters[n:]) for n in own) or (
        len(word) <= SMALL and _begin(rest, letters)
    )


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
    for piece in e.english:
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
    for piece in e.english:
        for word in phrases_in(piece.text, words):
            yield about(name, e, piece, f"says “{word}”", do, word)


def r63_everyday_words(e: Evidence) -> Findings:
    """A sentence has everyday words: at most one outside the 7,000 most common of English.

    Any that is outside the 15,000 most common is named. Names and words that this line cannot do
    without (mediation, tribunal) are passed over. English only.

    Source: NHS digital service manual; GOV.UK on plain English; frequencies of wordfreq.
    Right: Then use the complaints procedure. That means the steps they follow.
    Wrong: Thereafter endeavour to utilise the statutory complaints procedure.
    """
    for piece in e.english:
        for sentence in sentences(FIELD.sub("", piece.text)):
            words = dict.fromkeys(names_apart(sentence))
            hard = [word for word in words if word not in OUR_OWN and rank(word) >= EVERYDAY]
            rare = [word for word in hard if rank(word) == UNKNOWN]
            if len(hard) > 1 or rare:
                few = "”, “".join(hard)
                level: Level = "must" if len(hard) > 1 else "should"
                do = "Use words that people hear every day."
                yield about("R63", e, piece, f"words few people use: “{few}”", do, hard[0], level)
