"""What a text asks for: its wishes, the date of a letter, a topic, or none of these.

Owns what goes before what: the carrier's words, danger, no more texts, to be rung or not, a date by
what it is of, a topic. All wishes of one text are heard. What is not sure asks for the menu.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from ivr.line.deadlines import Letter, odd
from ivr.line.model import Line
from ivr.texts.calls import NUMBER
from ivr.texts.certificates import answer_of, beside_letter
from ivr.texts.cleaning import cleaned, gibberish, plain, words_of
from ivr.texts.consent import WORDS, taken
from ivr.texts.days import WrittenDate, dates_in, in_figures
from ivr.texts.keywords import keyword, named_alone
from ivr.texts.languages import UNKNOWN, tag_of
from ivr.texts.questions import AskedInText, Kind, Questions, questions_of
from ivr.texts.roles import Role, letters, other, roles, unsure, vague
from ivr.texts.wishes import Wishes, wishes

ODD: Mapping[str | None, Kind] = {
    "future": "date-future",
    "too-old": "date-old",
    "beyond-table": "date-beyond",
}
"""Why no last day is worked out, by what ``ivr.line.deadlines`` calls it."""
REST: Mapping[str, Kind] = {
    "late": "late",
    "language": "language",
    "picture": "picture",
    "thanks": "thanks",
    "menu": "menu",
    "date": "menu",
    "not-danger": "menu",
    "not-late": "menu",
}
"""Labels of the examples that are no topics."""
WISHES = ("danger", "stop", "ring", "no-ring")
SURE = 0.6
"""How likely a topic must be to be answered beside a wish."""
SPOKEN = 0.1
"""From where on a text may be in another language beside what it asks for."""
WHEN = re.compile(
    r"\bhow (?:long|much time|many (?:days|weeks|months))\b|\bdeadline\b|\blast day\b"
    r"|\btime limit\b|\bwhen\b"
)
RUN_TOGETHER = re.compile(r"(?<![\w.+-])(?=\d{7}\b)[0-3]?\d[01]?\d20[23]\d\b")
"""A date in seven figures: "3112026" may be 3 November or 31 January."""
ABOUT_APPEALS = frozenset(("how-to-appeal", "certificate", "grounds"))


def asked(line: Line, body: str, today: date, waiting: date | None = None) -> AskedInText:
    """What somebody who texts ``body`` asks for. ``today``: in London.

    ``waiting``: the date of their letter, while they have not said if they have a certificate.
    """
    if carriers := _of_consent(body):
        return carriers
    questions = questions_of(line.words(line.languages[0]))
    if waiting and (found := answer_of(line, questions, body, today, waiting)):
        return found
    if found := keyword(line, questions, body) or named_alone(line, questions, body):
        return found
    if gibberish(cleaned(body)):
        return AskedInText("menu")
    scores = _scores(questions, body)
    heard = wishes(body, scores, questions.classifier) if questions.classifier else Wishes()
    rest = _dated(line, questions, body, today) or _topic(line, questions, scores, body, heard)
    rest = _with_topic(line, questions, scores, rest, heard)
    language = _language(questions, scores, rest, body)
    return replace(
        rest,
        language=language,
        lang=language if language in line.languages else rest.lang,
        danger=heard.danger,
        seen=heard.seen,
        stop=heard.stop,
        ring=heard.ring,
        no_ring=heard.no_ring,
        unsure=heard.unsure,
        cancel=heard.cancel,
        note=heard.note,
    )


def _language(
    questions: Questions, scores: Mapping[str, float], rest: AskedInText, body: str
) -> str:
    """The tag of another language that a text is in or asks for; beside something else that it asks
    for only one that is ours."""
    if rest.kind != "language" and (rest.kind == "menu" or scores.get("language", 0) < SPOKEN):
        return ""
    tag = tag_of(body, questions.languages)
    return tag if rest.kind == "language" or tag != UNKNOWN else ""


def _scores(questions: Questions, body: str) -> Mapping[str, float]:
    """What the examples say of a text; of one without words, whether it gives thanks."""
    scores = questions.classifier.scores(body) if questions.classifier else {}
    if re.search(r"[^\W\d_]{2}", body) or NUMBER.search(cleaned(body)):
        return scores
    return {"thanks": scores.get("thanks", 0)}


def _of_consent(body: str) -> AskedInText | None:
    """One of the carrier's own words for STOP and START, and nothing beside it.

    "Stop!" is none to the carrier, which knows the bare word alone: we remember it and say so.
    """
    meant = WORDS.get(" ".join(words_of(cleaned(body))), "")
    if meant == "start" or (meant == "stop" and taken(body)):
        return AskedInText(meant)
    if meant == "help":
        return AskedInText("help")
    return AskedInText("nothing", stop=True) if meant == "stop" else None


def _dated(line: Line, questions: Questions, body: str, today: date) -> AskedInText | None:
    """What a date in a text, or its lack, asks for; None where time is not spoken of."""
    text = in_figures(plain(cleaned(body)), questions.names)
    dates = dates_in(text, questions.names, today)
    if both := _with_certificate(line, questions, text, dates, today):
        return both
    of = roles(text, dates)
    if unsure(text, dates, of) or RUN_TOGETHER.search(text):
        return AskedInText("ask-date")
    if len({each.day for each in dates}) > 1 and set(of) == {"doubt"} and not other(text):
        return AskedInText("date-two")
    if found := letters(dates, of):
        return _of_letter(line, dates, of, today) if len(found) == 1 else AskedInText("date-two")
    told = [each for each, role in zip(dates, of, strict=True) if each.sure or role == "other"]
    if any(each.day is None for each in told):
        return AskedInText("date-odd")
    if told:
        return AskedInText("date-other")
    return AskedInText("ask-date") if vague(text) else None


def _with_certificate(
    line: Line, questions: Questions, text: str, dates: Sequence[WrittenDate], today: date
) -> AskedInText | None:
    """The date of the letter and that of the certificate, where a text says both for sure."""
    if len(dates) != 2 or not (found := beside_letter(text, dates)):
        return None
    certificate, rest = found
    others = dates_in(rest, questions.names, today)
    days = letters(others, roles(rest, others))
    if len(others) != 1 or len(days) != 1 or others[0].misfit or not others[0].day:
        return None
    letter = Letter(others[0].day, certificate=certificate)
    if odd(letter, today, line.calendar):
        return None
    return AskedInText("date", day=letter.decision, other_day=certificate)


def _of_letter(
    line: Line, dates: tuple[WrittenDate, ...], of: list[Role], today: date
) -> AskedInText:
    date_ = next(each for each, role in zip(dates, of, strict=True) if role == "letter")
    if date_.day is None:
        return AskedInText("date-odd")
    if date_.misfit:
        return AskedInText("date-weekday", day=date_.day)
    return AskedInText(ODD.get(odd(Letter(date_.day), today, line.calendar), "date"), day=date_.day)


def _topic(
    line: Line, questions: Questions, scores: Mapping[str, float], body: str, heard: Wishes
) -> AskedInText:
    """What the examples say it is about."""
    label = max((each for each in scores if each not in WISHES), key=scores.__getitem__, default="")
    if heard.any:
        sure = label.startswith("topic:") or label in ("late", "language")
        if not sure or scores[label] < SURE:
            return AskedInText("nothing")
    elif not questions.classifier or scores[label] < questions.classifier.bar(label):
        return AskedInText("menu")
    if label == "date" and not re.search(r"\d", cleaned(body)):
        return AskedInText("ask-date")
    when = bool(WHEN.search(cleaned(body)))
    return _of_label(line, questions, label, when=when)


def _of_label(line: Line, questions: Questions, label: str, *, when: bool) -> AskedInText:
    if label in REST:
        return AskedInText(REST[label])
    name = label.removeprefix("topic:")
    topic = next((each for each in questions.topics.get(name, ()) if each in line.topics), "")
    if not topic:
        return AskedInText("menu")
    dated: Literal["", "ask-date"] = "ask-date" if when and name in ABOUT_APPEALS else ""
    return AskedInText("topic", topic, label=name, dated=dated)


def _with_topic(
    line: Line, questions: Questions, scores: Mapping[str, float], rest: AskedInText, heard: Wishes
) -> AskedInText:
    """A date that is not the letter's beside a topic: the topic is answered, and the date asked."""
    if rest.kind != "date-other" or heard.any:
        return rest
    label = max((each for each in scores if each not in WISHES), key=scores.__getitem__, default="")
    if not (label.startswith("topic:") or label == "late") or scores[label] < SURE:
        return rest
    return replace(_of_label(line, questions, label, when=False), dated="date-other")
