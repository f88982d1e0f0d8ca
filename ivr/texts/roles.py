"""What a date in a text is of: the council's letter, or something else.

Owns that question, decided by the words beside the date. A last day to appeal rests on it, so that
in doubt it is not the letter's. The words before a date count first, up to the date before it or
the end of a sentence; those after it only where none before it tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple

from ivr.texts.cleaning import listed, words_of
from ivr.texts.days import WrittenDate

Role = Literal["letter", "other", "doubt"]

DATED = (
    r"\bdated\b|\b(?:date (?:on|at|of|printed)|day (?:on|at|printed))\b(?! birth)|\b(?:at"
    r"|on) (?:the )?(?:very )?top\b|\btop of\b|\btyped\b"
    r"|\bon it\b|\bprinted\b|\b(?:was|is|were) (?:wrote|written|typed)\b|\bletters? date\b"
)
"""Says of a date that it is printed on something: the letter, unless something else is named."""
LETTER = (
    r"\bletter\w*|\bleter\w*|\bdecision\b|\brefus\w+|\b(?:say\w*|said|says) no\b"
    r"|\bturned (?:\w+ )?down\b"
    r"|\bwont assess\b|\bdate\b|\bscrisoare\w*|\bcarta\b|\blist(?:u|em)? z\b|\bpism\w+"
    r"|\bletra\b|\bletren\b"
    r"|\bписмо\w*|\bлист\b|\blaisk\w+|\bwarqad\w*|\bmektup\w*|\bmektub\w*|চিঠি\S*|\bخط\b|\bچٹھی\b"
)
OURS = r"\b(?:i|we|ive|weve) (?:\w+ )?(?:sent|wrote|written|emailed|posted|gave)\b|\bletter to\b"
"""A letter that a parent wrote."""
NAMED = (
    rf"{OURS}|\b(?:you|u) said\b|\bcamhs\b|\bgps?\b|\bdoctor\w*|\bhospital\b|\bpaed\w*|\bnhs\b"
    r"|\bdla\b|\bpip\b|\bdwp\b|\bbenefits?\b|\btax\b|\brent\b|\bhousing\b|\bsolicitor\w*|\bbank\b"
    r"|\bdiagnos\w*|\bfine\b|\bsocial (?:worker|services)\b"
    r"|\bdeadlines?\b|\bdead line\b|\bappeal(?:ed|s|ing)?\b|\bdue\b|\blast day\b|\bexpir\w+"
    r"|\bends?\b|\bended\b"
    r"|\bcert\w*|\bform\w*|\bapplication\b|\bborn\b|\bbirth\w*|\bb ?day\b|\bdob\b|\bturn(?:s"
    r"|ing|ed)\b(?! (?:\w+ )?down)"
    r"|\bhearing\b|\bmeeting\w*|\breview\w*|\bmediat\w+|\bappointment\b|\btribunal\b|\bpanel\b"
    r"|\bcourt\b"
    r"|\bexclu\w+|\bsuspen\w+|\bexpel\w*|\bschool\b|\bstart(?:s|ed|ing)?\b|\breport\b"
    r"|\bphone\w*|\bcall\w*|\brang\b|\bring\b"
    r"|(?<!\bu )(?<!you )\b(?:ask|asked|asking|appl(?:y|ied|ying)"
    r"|request\w*) (?:\w+ )?(?:for|to)\b|\bapplied\b"
)
"""Things that have a date of their own. Before "dated" they take it away from the letter."""
LIMIT = r"\bby\b|\bbefore\b|\bb4\b|\buntil\b|\btill?\b|\bmust\b|\bhave to\b|\bwithin\b|\bno later\b"
MOVED = (
    r"\bsent\b|\bsend\w*|\bpost(?:ed|mark\w*|ing)?\b|\bemail\w*|\bsubmit\w*|\bfile[ds]?\b"
    r"|\breceiv\w+|\brecieved\b"
    r"|\bgot\b|\bget\b|\bcame\b|\bcom(?:e|es|ing)\b|\barriv\w+|\bopen\w*|\bland(?:ed|s)\b|\bdeliver\w*"
    r"|\bthrough the door\b"
    r"|\bthru\b|\bhanded\b|\btold\b|\bspoke\b|\bsince\b|\bhad\b|\bsaw\b|\bseen\b|\bpicked\b"
)
"""What was done with a letter, and not when it was written."""
EVENTS = (
    r"\b(?:i|he|she|we|they) (?:\w+ )?(?:was|were|had|did|went|fell|broke|hit|saw|met|left|\w+ed)\b"
    r"|\b(?:thats|that is|is|was|its) (?:when|my|his|her|our)\b|\bwedding\b|\bholidays?\b|\btrip\b"
    r"|\bparty\b|\bvisit\w*|\bhospital\b|\bdoctor\w*|\bgp\b|\bdentist\b|\boperation\b"
    r"|\btherap\w*|\bfuneral\b|\binterview\b|\bmov(?:ed|ing)\b|\bpaid\b|\bpayment\b|\bfree\b"
    r"|\bis (?:that|it) ok\b|\bok for\b|\bsuits?\b"
)
"""What happened or will, in the other sentences of a text: a date may be of that."""
UNSURE = re.compile(r"(?:\beither\b.*|\b\d{1,2}(?:st|nd|rd|th)? ?(?:or|/) ?(?:the )?|\?)$")
END = re.compile(r"[,;.!?()]\s|\s-\s|\b(?:and|but|so|then)\b")
NEUTRAL = listed(
    "a an the is was it its this that of on in at for from about to my our his her their your "
    "me us we i id im son sons daughter daughters child childs kid kids boy boys girl girls "
    "lad grandson granddaughter year years old yr says said say saying have has been u you "
    "asked ask think guess maybe sorry hi hiya hello hey dear love hun mate x xx xxx thanks "
    "thank thx ta cheers please pls plz ok okay yes yep yeah here hers letter letters dated "
    "date day council councils councel lbbd la local authority la's decision refusal refused "
    "refusing refuse no not assess asses assessing assessment plan ehcp ehc ehcna needs need "
    "wont will issue st nd rd th and written wrote top printed which ref reference number tel "
    "mobile time am pm oclock e din de do z z dnia data la carta del scrisoarea mon monday "
    "tue tues tuesday wed weds wednesday thu thur thurs thursday fri friday sat saturday sun "
    "sunday ending ended refuses decided deciding or they theyve them thats what if know ages "
    "final "
    "boy girl autism autistic adhd buna este e jest to yra salam assalamu alaikum hola bonjour "
    "witam dzien dobry merhaba zdravei от на е із від m r d г р y scrisorii data fecha tarihi "
    "tarih তারিখ হল হচ্ছে کی کا ہے تاریخ پر का है मेरी"
)
"""Words beside a date that take nothing away from a letter."""
VAGUE = listed(
    "yesterday today week weeks month months fortnight ago last before after half term easter "
    "christmas xmas summer holidays holiday beginning start end middle mid early late around "
    "roughly about sometime other couple few days just between january jan february feb march "
    "april may june july august aug september sept sep october oct november nov december dec "
    "autumn spring winter monday tuesday wednesday thursday friday saturday sunday mon tue "
    "tues wed thu thurs fri recently weekend night morning two three one four five six the "
    "nth back ish diwali eid ramadan vaisakhi few cant remember exactly w zeszlym tygodniu "
    "tygodnie temu acum vreo saptamani saptamana trecuta luna luni trecut hace semana semanas "
    "pasada mes meses গত সপ্তাহে মাসে আগে পেয়েছি پچھلے ہفتے مہینے پہلے miналата преди седмица "
    "седмици миналата javen e kaluar para jave gecen hafta ay once"
)
POINTS = listed(
    "yesterday today week weeks month months fortnight ago term easter christmas xmas summer "
    "january february april june july august september sept october oct november nov december "
    "dec monday tuesday wednesday thursday friday saturday sunday recently nth weekend march "
    "may jan feb autumn spring winter diwali eid ramadan vaisakhi tygodniu tygodnie saptamani "
    "saptamana luna luni semana semanas mes meses সপ্তাহে মাসে ہفتے مہینے седмица седмици javen "
    "jave hafta"
)
"""Those that alone say when, if vaguely."""
CHAT = listed("lol soz omg halloween bonfire guy fawkes remembrance gone oh ah right well again")
COUNTS = (
    r"\b20\d\d\b|(?<![\w/.-])\d{1,2}(?= (?:days?|weeks?|wks?|months?|tygodni\w*|saptaman\w*"
    r"|semanas?|meses|hafta|jave))"
)
"""How many weeks it is, or the year of a month: without a day these make no date."""
MONTHS_ALSO_WORDS = frozenset(["may", "march"])


class Beside(NamedTuple):
    """The words before a date and those after it, up to its neighbours or the sentence's ends."""

    before: str
    after: str


def roles(text: str, dates: Sequence[WrittenDate]) -> list[Role]:
    """The role of each date."""
    besides = [_beside(text, dates, at) for at in range(len(dates))]
    whole = _without(text, dates)
    found = [_role(each, whole) for each in besides]
    told = zip(besides, found, strict=True)
    apart = whole
    for beside in (each for each, role in told if role == "other"):
        apart = apart.replace(beside.before, " ").replace(beside.after, " ")
    return [
        "letter"
        if role == "doubt" and each.sure and _alone(text[: each.start], beside, apart)
        else role
        for each, beside, role in zip(dates, besides, found, strict=True)
    ]


def unsure(text: str, dates: Sequence[WrittenDate], found: Sequence[Role]) -> bool:
    """Whether a text names two days for one, or one that cannot be read: "9 or 10/11"."""
    return "other" not in found and any(UNSURE.search(text[: each.start]) for each in dates)


def vague(text: str) -> bool:
    """Whether a text says when, and nothing more, in words that make no date."""
    counted = re.sub(r"\b\d{1,2}(?:st|nd|rd|th)\b", "nth", text)
    counted = re.sub(COUNTS, " ", counted)
    words = [word for word in words_of(counted) if word not in NEUTRAL or word in POINTS]
    known = all(word in VAGUE for word in words)
    alone = words == ["may"] or words == ["march"]
    return known and bool(POINTS.difference(MONTHS_ALSO_WORDS).intersection(words) or alone)


def letters(dates: Sequence[WrittenDate], found: Sequence[Role]) -> set[date | None]:
    """The days that are said to be a letter's."""
    return {each.day for each, role in zip(dates, found, strict=True) if role == "letter"}


def _beside(text: str, dates: Sequence[WrittenDate], at: int) -> Beside:
    start = dates[at - 1].end if at else 0
    end = dates[at + 1].start if at + 1 < len(dates) else len(text)
    before, after = text[start : dates[at].start], text[dates[at].end : end]
    ends = [found.end() for found in END.finditer(before) if before[found.end() :].strip()]
    if ends:
        before = before[ends[-1] :]
    stop = END.search(after)
    return Beside(before, after[: stop.start()] if stop else after)


def _alone(before: str, beside: Beside, rest: str) -> bool:
    """Whether a date is all that its sentence says, and no other sentence says what it is of.

    It comes first, or what comes before speaks of the letter: "my wedding. 7/11/26" is none.
    """
    ended = re.search(r"[.!?]\s*$", beside.before)
    if not _neutral(("" if ended else beside.before) + " " + beside.after):
        return False
    first = all(word in NEUTRAL | VAGUE | CHAT for word in words_of(before))
    told = other(re.sub(r"\bsince\b", " ", rest)) or re.search(EVENTS, rest)
    return (first or bool(re.search(LETTER, before))) and not told


def _role(beside: Beside, whole: str) -> Role:
    if _tells(beside.before):
        return _of(beside.before, beside.after, whole)
    if _tells(beside.after):
        return _of(beside.after, beside.before, whole, behind=True)
    if other(whole):
        return "doubt"
    return "letter" if _tells(whole) or _neutral(whole) else "doubt"


def _of(words: str, others: str, whole: str, *, behind: bool = False) -> Role:
    """By the words on one side of a date, which tell something; ``others``: on the other side."""
    dated = _last(DATED, words)
    if dated is not None:
        owner = " ".join(words_of(words[: dated.start()])[-3:])
        rest = words[dated.end() :] if not behind else words[: dated.start()]
        if re.search(f"{NAMED}|{LIMIT}", rest) or re.search(NAMED, owner) or re.search(OURS, words):
            return "other"
        return "letter"
    if other(words):
        return "other"
    if re.search(DATED, others) and not re.search(f"{NAMED}|{LIMIT}", others):
        return "letter"
    if other(others):
        return "doubt"
    return "letter" if _neutral(_after_letter(words) if not behind else words) else "doubt"


def _after_letter(words: str) -> str:
    found = _last(LETTER, words)
    return words[found.end() :] if found else words


def _tells(words: str) -> bool:
    return bool(re.search(f"{DATED}|{LETTER}|{NAMED}|{LIMIT}|{MOVED}", words))


def other(words: str) -> bool:
    """Whether words name something else that has a date, or what was done with a letter."""
    return bool(re.search(f"{NAMED}|{LIMIT}|{MOVED}", words))


def _neutral(words: str) -> bool:
    names = r"\b(?:mr|mrs|ms|miss|dr) \w+"
    without_figures = re.sub(rf"\S*\d\S*|{names}|{LETTER}", " ", words)
    return all(word in NEUTRAL for word in words_of(without_figures))


def _last(pattern: str, words: str) -> re.Match[str] | None:
    found = list(re.finditer(pattern, words))
    return found[-1] if found else None


def _without(text: str, dates: Sequence[WrittenDate]) -> str:
    parts, at = [], 0
    for each in dates:
        parts.append(text[at : each.start])
        at = each.end
    return " ".join((*parts, text[at:]))
