"""Rules about wording: short, plain, without blame; and about texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.checks.finding import Finding, spoken, topics
from ivr.checks.reading import grade, sentences
from ivr.line import Line
from ivr.texts import ALPHABET, segments

MOST_WORDS_IN_A_PART = 75
MOST_WORDS_IN_A_SENTENCE, MEAN_WORDS = 20, 12
HARDEST_TOPIC, HARDEST_LINE = 5.0, 4.0
MOST_PARTS_OF_A_TEXT = 2
"""306 characters of GSM-7."""
OPENING = "Advice line, about your call: "
"""How every text begins: who it is from, and nothing that gives a family away."""

KEY_WORDS = ("dial", "key in", "push", "touch", "hit", "pound", "asterisk", "hang up", "terminate")
BLAME = (
    *("invalid", "wrong", "incorrect", "illegal", "forbidden", "prohibited", "error", "failed"),
    *("oops", "you forgot", "quickly", "immediately", "last chance", "hurry", "simply", "easy"),
    *("of course", "a good chance", "you cannot appeal"),
)
SHORT_FORMS = (
    "SEN",
    "SEND",
    "EHC",
    "EHCP",
    "LA",
    "IASS",
    "SENDIASS",
    "SENDIST",
    "DRS",
    "ICB",
    "CCG",
)
EXPANDED = {"SENCO": "special educational needs co-ordinator"}
"""Short forms that may stand where their full form is said in the same part."""
PERSONAL = ("barking", "dagenham", "autism", "adhd", "dispute")


def plain_key_words(line: Line) -> Iterator[Finding]:
    """R13, R19: keys are pressed, hash, star and zero; the thing comes before the key."""
    for where, text in spoken(line):
        for word in _found(KEY_WORDS, text):
            yield Finding("R13", where, f"says “{word}”", "Say press, hash, star, end the call.")
        if re.search(r"\bpress [\w*#]+ (to|for)\b", text.lower()):
            yield Finding("R13", where, "the key comes before the thing", "Say “To …, press 1.”")


def short_parts(line: Line) -> Iterator[Finding]:
    """R22: a part has at most 75 words."""
    for file, topic in topics(line):
        for number, part in enumerate(topic.parts, start=1):
            if (count := len(part.says.split())) > MOST_WORDS_IN_A_PART:
                what = f"{count} words, at most {MOST_WORDS_IN_A_PART}"
                yield Finding("R22", f"{file} part {number}", what, "Shorten it, or make two.")


def reading_age(line: Line) -> Iterator[Finding]:
    """R24: grade 5 or below for each topic, 4 or below for the whole line (English only)."""
    whole: list[str] = []
    for file, topic in topics(line):
        if not file.startswith("en/"):
            continue
        text = " ".join([*(part.says for part in topic.parts), topic.summary])
        whole.append(text)
        if (hard := grade(text)) > HARDEST_TOPIC:
            what = f"grade {hard:.1f}, at most {HARDEST_TOPIC:.0f}"
            yield Finding("R24", file, what, "Use shorter words and sentences.")
    if whole and (hard := grade(" ".join(whole))) > HARDEST_LINE:
        what = f"grade {hard:.1f} over all topics, at most {HARDEST_LINE:.0f}"
        yield Finding("R24", "en/topics", what, "Mend the hardest topics first.")


def short_sentences(line: Line) -> Iterator[Finding]:
    """R25: a sentence has at most 20 words, 12 in the mean of a topic."""
    for where, text in spoken(line):
        for sentence in sentences(text):
            if (
                count := len(sentence.split())
            ) > MOST_WORDS_IN_A_SENTENCE and "summary" not in where:
                what = f"{count} words: “{sentence[:50]}…”"
                yield Finding("R25", where, what, "Make two sentences of it.")
    for file, topic in topics(line):
        said = [each for part in topic.parts for each in sentences(part.says)]
        mean = sum(len(each.split()) for each in said) / len(said)
        if mean > MEAN_WORDS:
            what = f"{mean:.1f} words a sentence, at most {MEAN_WORDS}"
            yield Finding("R25", file, what, "Make the longest sentences shorter.")


def no_bare_abbreviation(line: Line) -> Iterator[Finding]:
    """R26: short forms are said in full."""
    for where, text in spoken(line):
        found = {word for word in SHORT_FORMS if re.search(rf"\b{word}\b", text)}
        found |= {word for word, full in EXPANDED.items() if word in text and full not in text}
        for word in sorted(found):
            yield Finding("R26", where, f"“{word}” is not explained", "Say it in full.")


def no_blame(line: Line) -> Iterator[Finding]:
    """R27, R28, R30: nothing blames, hurries or promises; one "sorry" at most."""
    for where, text in spoken(line):
        for word in _found(BLAME, text):
            yield Finding("R28", where, f"says “{word}”", "Say what happened and what to do.")
        if "sorry" in text.lower() and not where.endswith("says.yaml apology"):
            yield Finding("R28", where, "a second “sorry”", "Say the next step instead.")


def no_decimals(line: Line) -> Iterator[Finding]:
    """R46: no decimals and no percentages."""
    for where, text in spoken(line):
        if re.search(r"\d[.,]\d|%|per cent", text):
            yield Finding("R46", where, "a decimal or percentage", "Use a whole number or words.")


def short_texts(line: Line) -> Iterator[Finding]:
    """R58: an English text is GSM-7 and at most two parts; no shortened link."""
    for file, topic in topics(line):
        where = f"{file} text"
        for letter in sorted(set(topic.text) - ALPHABET):
            what = f"the letter “{letter}” more than doubles the price"
            yield Finding("R58", where, what, "Use a plain letter or quote in its place.")
        if (parts := segments(topic.text)) > MOST_PARTS_OF_A_TEXT:
            what = f"{parts} parts, at most {MOST_PARTS_OF_A_TEXT}"
            yield Finding("R58", where, what, "Shorten it.")
        if re.search(r"https?:|bit\.ly|tinyurl|goo\.gl", topic.text):
            yield Finding("R58", where, "holds a link", "Name the place in words.")


def safe_texts(line: Line) -> Iterator[Finding]:
    """R59: the opening words give nothing away, and nothing names a family or a place."""
    for file, topic in topics(line):
        where = f"{file} text"
        if file.startswith("en/") and not topic.text.startswith(OPENING):
            yield Finding("R59", where, "begins otherwise", f"Begin with “{OPENING}”.")
        for word in _found(PERSONAL, topic.text):
            yield Finding("R59", where, f"says “{word}”", "Leave it out: others may read the text.")


def _found(words: tuple[str, ...], text: str) -> list[str]:
    low = text.lower().replace("get in touch", "")
    return [word for word in words if re.search(rf"\b{word}\b", low)]
