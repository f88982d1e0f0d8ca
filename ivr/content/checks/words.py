"""Rules about how things are said (R19-R25): the thing before the key, short, and plain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import get_args

from ivr.content.checks.evidence import DAY, Evidence
from ivr.content.checks.finding import Finding, Findings, about
from ivr.content.checks.reading import FEW_WORDS, grade, phrases_in, sentences, words_of
from ivr.flow.answers import Answers
from ivr.flow.context import Context
from ivr.flow.deadline import told_of
from ivr.line.call import Call, Unit
from ivr.line.deadlines import Kind, Letter
from ivr.line.model import Line
from ivr.line.phrases import WRITTEN
from ivr.line.wording import Borrowed

MOST_WORDS_IN_A_CHOICE = 12
MOST_WORDS_IN_A_PART, MOST_SECONDS_OF_A_PART = 75, 30.0
MOST_WORDS_IN_SHORT, MOST_SECONDS_IN_SHORT = 45, 18.0
MOST_SECONDS_OF_A_MENU, FIRST_CHOICE = 20.0, 12.0
MOST_POINTS = 3
HARDEST_TEXT, HARDEST_LINE = 5.0, 4.0
MOST_WORDS_IN_A_SENTENCE, MEAN_WORDS = 20, 12
KEY = r"(?:\d+|\{[\w:]+\}|star|hash)"
PRESS = re.compile(rf"\bpress {KEY}", re.IGNORECASE)
CHOICE = re.compile(rf"^(?:To|For|On|Yes|No|If)\b[^.?!]*, (?:then |wait, or )?press {KEY}\.$")
NOISE = (
    *(
        "your call is important",
        "options have changed",
        "visit our website",
        "terms and conditions",
    ),
    *("recorded for training", "thank you for choosing"),
)
ADDRESS = re.compile(r"https?:|www\.|\b\w+\.(?:com|org|uk|net)\b")


def r19_the_thing_first(e: Evidence) -> Findings:
    """A choice says the thing first and the key last.

    Source: ISO/IEC 13714; W3C COGA; IBM and Avaya guides.
    Right: To hear about mediation, press 3.
    Wrong: Press 3 to hear about mediation.
    """
    for piece in e.english:
        for sentence in sentences(piece.text):
            if PRESS.search(sentence) and not CHOICE.match(sentence):
                do = "Say “To …, press 1.”"
                what = f"the key does not come last: “{sentence}”"
                yield about("R19", e, piece, what, do, sentence)


def r20_short_choices(e: Evidence) -> Findings:
    """A choice is one short sentence of at most twelve words, and all begin in the same way.

    Source: practice of voice menus; Plum Voice; the twelve words are our own.
    Right: To appeal a decision, press 4.
    Wrong: To make a complaint about what the school or the council did or did not do, press 2.
    """
    for lang, wording in e.line.wordings.items():
        labels = {piece.name: piece for piece in e.kind("label") if piece.lang == lang}
        for menu in (menu for menu in e.line.menus.values() if not menu.question):
            for key, to in menu.keys.items():
                choice = wording.choice(wording.node(to).label, key)
                if isinstance(choice, Borrowed):
                    continue
                if (count := len(choice.split())) > MOST_WORDS_IN_A_CHOICE:
                    what = f"“{choice}” has {count} words, at most {MOST_WORDS_IN_A_CHOICE}"
                    yield about("R20", e, labels[to], what, "Shorten the label.")


def r21_begins_at_once(e: Evidence) -> Findings:
    """The call opens with who this is, and the first choice comes within 12 seconds.

    No advert, no web address, no "your call is important", nowhere.

    Source: Association for Conversational Interaction Design; gethuman; the 12 s are our own.
    Right: Special needs advice, Barking and Dagenham. For a person, press 0. …
    Wrong: Thank you for choosing us. Our options have changed. Visit www.example.org …
    """
    for piece in e.spoken:
        for words in phrases_in(piece.text, NOISE) if piece.english else ():
            yield about("R21", e, piece, f"says “{words}”", "Leave it out.", words)
        if match := ADDRESS.search(piece.text):
            do = "Name the website in words, or leave it out."
            yield about("R21", e, piece, f"says a web address: “{match[0]}”", do, match[0])
    for lang in e.line.wordings:
        if (seconds := e.seconds(e.before_choices(lang), lang)) > FIRST_CHOICE:
            file = f"{lang}/says.yaml"
            what = f"the first choice comes after {seconds:.1f} s, at most {FIRST_CHOICE:.0f}"
            yield Finding(file, e.where(file, "greeting"), "R21", what, "Shorten the greeting.")


def r22_short_parts(e: Evidence) -> Findings:
    """A part is at most 75 words or 30 seconds; a menu at most 20 seconds, its pauses left out.

    Source: AcIxD on playback; Irish toolkit; Plum Voice for the 20 s; the rest is our own.
    Right: three parts of 60 words that follow one another by themselves
    Wrong: one part of 90 words
    """
    for piece in e.kind("part"):
        prompt = e.prompts.get((piece.lang, "normal", piece.text))
        count = len(piece.text.split())
        if count > MOST_WORDS_IN_A_PART and (not prompt or prompt.seconds > MOST_SECONDS_OF_A_PART):
            what = f"{count} words, at most {MOST_WORDS_IN_A_PART}"
            yield about("R22", e, piece, what, "Shorten it, or make two parts of it.")
    for lang in e.line.wordings if e.line.forms else ():
        for part in answers(e.line, lang):
            if (seconds := e.speech(part, lang)) > MOST_SECONDS_OF_A_PART + 5:
                longest = max((unit for unit in part if isinstance(unit, str)), key=len)
                what = f"a part of the answer takes {seconds:.0f} s"
                do = "Shorten it, or make two parts of it."
                yield about("R22", e, e.origins(lang).of(longest), what, do)
    for lang, wording in e.line.wordings.items():
        for name, menu in e.line.menus.items():
            said = (wording.title(name), *wording.choices(name, menu.keys))
            said += () if menu.question else (wording.count(len(menu.keys)),)
            if (seconds := e.speech(said, lang)) > MOST_SECONDS_OF_A_MENU:
                what = f"“{name}” takes {seconds:.0f} s, at most {MOST_SECONDS_OF_A_MENU:.0f}"
                line = e.where("flow.yaml", "questions" if menu.question else "menus", name)
                yield Finding("flow.yaml", line, "R22", what, "Shorten its labels.")


def r23_few_points(e: Evidence) -> Findings:
    """A topic opens with a short version of 45 words or 18 s; a part has at most three points.

    Each fact counts as one, unless the author counts the points: a list of cases of one thing is
    one point.

    Source: NHS digital service manual; W3C COGA; the length of the short version is our own.
    Right: summary: the one thing to do, by when and with whom, in 40 words
    Wrong: a part that names five facts and does not say how they hang together
    """
    for piece in e.kind("summary"):
        prompt = e.prompts.get((piece.lang, "normal", piece.text))
        count = len(piece.text.split())
        if count > MOST_WORDS_IN_SHORT and (not prompt or prompt.seconds > MOST_SECONDS_IN_SHORT):
            what = f"a short version of {count} words, at most {MOST_WORDS_IN_SHORT}"
            yield about("R23", e, piece, what, "Keep the one thing to do, by when and with whom.")
    for _, _, file, topic in e.topics():
        for number, part in enumerate(topic.parts):
            if part.points > MOST_POINTS:
                what = f"{part.points} points in one part, at most {MOST_POINTS}"
                do = "Make two parts of it, or write “points:” where some are cases of one thing."
                yield Finding(file, e.where(file, "parts", number), "R23", what, do)


def r24_reading_age(e: Evidence) -> Findings:
    """Every text has a reading grade of 5 or less (age 9 to 11), the whole line of 4 or less.

    All parts of a topic are one text; a menu with its choices is one; the grade is Flesch and
    Kincaid's. English only.

    Source: NHS digital service manual; GOV.UK; the figures are our own.
    Right: You can ask a judge to look again.
    Wrong: The Tribunal adjudicates on disputed provision.
    """
    texts = list(_texts(e.line))
    for file, path, text in texts:
        if len(words_of(text)) >= FEW_WORDS and (hard := grade(text)) > HARDEST_TEXT:
            what = f"grade {hard:.1f}, at most {HARDEST_TEXT:.0f}"
            do = "Use shorter words and sentences."
            yield Finding(file, e.where(file, *path), "R24", what, do)
    count = sum(len(words_of(text)) for _, _, text in texts)
    mean = sum(grade(text) * len(words_of(text)) for _, _, text in texts) / max(1, count)
    if mean > HARDEST_LINE:
        what = f"grade {mean:.1f} over the whole line, at most {HARDEST_LINE:.0f}"
        yield Finding("en/topics", 0, "R24", what, "Mend the hardest topics first.")


def r25_short_sentences(e: Evidence) -> Findings:
    """A sentence has at most 20 words, and 12 in the mean of a topic.

    Source: Plain English Campaign; the mean is our own.
    Right: Look at the date on your letter. It starts the clock.
    Wrong: one sentence of 26 words
    """
    for piece in e.spoken:
        for sentence in sentences(piece.text):
            if (count := len(sentence.split())) > MOST_WORDS_IN_A_SENTENCE:
                what = f"{count} words, at most {MOST_WORDS_IN_A_SENTENCE}: “{sentence[:50]}…”"
                yield about("R25", e, piece, what, "Make two sentences of it.", sentence)
    for _, _, file, topic in e.topics():
        said = [each for part in topic.parts for each in sentences(part.says)]
        mean = sum(len(each.split()) for each in said) / len(said)
        if mean > MEAN_WORDS:
            what = f"{mean:.1f} words a sentence in the mean, at most {MEAN_WORDS}"
            yield Finding(file, e.where(file, "parts"), "R25", what, "Shorten the longest ones.")


def answers(line: Line, lang: str) -> set[tuple[Unit, ...]]:
    """Every part that is said of a last day to appeal, whenever in a year the letter came."""
    found: set[tuple[Unit, ...]] = set()
    for kind, weeks, later in product(get_args(Kind), range(52), (None, 0, 10)):
        printed = DAY.now.date() - timedelta(weeks=weeks)
        certificate = None if later is None else printed + timedelta(weeks=later)
        letter = Letter(printed, kind, certificate)
        call = Call(at="answer", lang=lang, form=Answers.of(letter).write())
        found.update(told_of(Context(line, call, DAY)))
    return found


def _texts(line: Line) -> Iterator[tuple[str, tuple[str | int, ...], str]]:
    """What is judged as one text: a topic, a menu with its choices, each phrase; English only."""
    for lang in (lang for lang in line.languages if lang.startswith("en")):
        words = line.words(lang)
        for name, topic in words.topics.items():
            said = [*(part.says for part in topic.parts), topic.summary]
            yield f"{lang}/topics/{name}.yaml", ("parts",), " ".join(said)
        for name in words.menus:
            keys = line.menus[name].keys
            said = [words.title(name), *words.choices(name, keys), words.help(name, keys)]
            yield f"{lang}/menus.yaml", (name,), " ".join(said)
        phrases = (text for name, text in words.says.items() if name not in WRITTEN)
        yield f"{lang}/says.yaml", (), " ".join(phrases)
