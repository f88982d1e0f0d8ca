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
    r"|on) (?:the )?(?:very )?top\b|\btop of\b|\btyped\b|\bletter of (?:the )?$|\bon it\b"
    r"|\bprinted\b|\b(?:was|is|were) (?:wrote|written|typed)\b|\bletters? date\b"
)
"""Says of a date that it is printed on something: the letter, unless something else is named."""
LETTER = (
    r"\bletter\w*|\bleter\w*|\bdecision\b|\brefus\w+|\b(?:say\w*|said|says) no\b"
    r"|\bturned (?:\w+ )?down\b|\bwont assess\b|\bdate\b|\bscrisoare\w*|\bcarta\b|\blist(?:u"
    r"|em)? z\b|\bpism\w+|\bletra\b|\bletren\b|\bписмо\w*|\bлист\b|\blaisk\w+|\bwarqad\w*"
    r"|\bmektup\w*|\bmektub\w*|চিঠি\S*|\bخط\b|\bچٹھی\b"
)
OURS = (
    r"\b(?:i|we|ive|weve) (?:\w+ )?(?:sent|wrote|written|emailed|posted|gave)\b"
    r"|\bletter to\b(?! (?:me|us|(?:my|our) (?:son|daughter|child|boy|girl|lad|husband|wife|house"
    r"|home))\b)"
)
"""A letter that a parent wrote."""
NAMED = (
    rf"{OURS}|\b(?:you|u) said\b|\bcamhs\b|\bgps?\b|\bdoctor\w*|\bhospital\b|\bpaed\w*|\bnhs\b"
    r"|\bdla\b|\bpip\b|\bdwp\b|\bbenefits?\b|\btax\b|\brent\b|\bhousing\b|\bsolicitor\w*|\bbank\b"
    r"|\bdiagnos\w*|\bfine\b|\bsocial (?:worker|services)\b|\bdeadlines?\b|\bdead line\b"
    r"|\bappeal(?:ed|s|ing)?\b|\bdue\b|\b(?:last|final) da(?:y|te)\b|\bexpir\w+|\bends?\b|\bended\b"
    r"|\bcert\w*|\bform\w*|\bapplication\b|\bborn\b|\bbirth\w*|\bb ?day\b|\bdob\b|\bturn(?:s|ing"
    r"|ed)\b(?! (?:\w+ )?down)|\bhearing\b|\bmeeting\w*|\breview\w*|\bmediat\w+|\bappointment\b"
    r"|\btribunal\b|\bpanel\b|\bcourt\b|\bexclu\w+|\bsuspen\w+|\bexpel\w*|\bstart(?:s|ed|ing)?\b"
    r"|\breport\b|(?<!wrong )(?<!name the )(?<!naming the )\bschool\b(?! (?:placement|named|we"
    r"|i)\b)|\bphone\w*|\bcall\w*|\brang\b|\bring\b|(?<!\bu )(?<!you )\b(?:ask|asked|asking"
    r"|appl(?:y|ied|ying)|request\w*) (?:\w+ )?(?:for|to)\b|\bapplied\b"
)
"""Things that have a date of their own. Before "dated" they take it away from the letter."""
LIMIT = r"\bby\b|\bbefore\b|\bb4\b|\buntil\b|\btill?\b|\bmust\b|\bhave to\b|\bwithin\b|\bno later\b"
MOVED = (
    r"\bsent\b|\bsend\w*|\bpost(?:ed|mark\w*|ing)?\b|\bemail\w*|\bsubmit\w*|\bfile[ds]?\b"
    r"|\breceiv\w+|\brecieved\b|\bgot\b|\bget\b|\bcame\b|\bcom(?:e|es|ing)\b|\barriv\w+|\bopen\w*"
    r"|\bland(?:ed|s)\b|\bdeliver\w*|\bthrough the door\b|\bthru\b|\bhanded\b|\btold\b|\bspoke\b"
    r"|\bsince\b|\bhad\b|\bsaw\b|\bseen\b|\bpicked\b"
)
"""What was done with a letter, and not when it was written."""
EVENTS = (
    r"\b(?:i|he|she|we|they) (?:\w+ )?(?:was|were|had|did|went|fell|broke|hit|saw|met|left|\w+ed)\b"
    r"|\b(?:thats|that is|is|was|its) (?:when|my|his|her|our)\b|\bwedding\b|\bholidays?\b|\btrip\b"
    r"|\bparty\b|\bvisit\w*|\bhospital\b|\bdoctor\w*|\bgp\b|\bdentist\b|\boperation\b|\btherap\w*"
    r"|\bfuneral\b|\binterview\b|\bmov(?:ed|ing)\b|\bpaid\b|\bpayment\b|\bfree\b|\bis (?:that"
    r"|it) ok\b|\bok for\b|\bsuits?\b"
)
"""What happened or will, in the other sentences of a text: a date may be of that."""
YES_OR_NO = (
    r"^\W*(?:yes|yep|yeah|yea|yh|ya|aye|no|nope|nah)\b\W*(?:(?:i|we|ive|do|have|got|one|its|it|is"
    r"|was|the|date|dated|on|from|of|please)\b\W*)*#"
)
"""An answer to a question that nobody asked, of which "#" is the date."""
OWN_PAPERS = (
    r"\b(?:my|our) (?:\w+ )?emails? (?:to|of|on|is|was|dated)\b|\b(?:email|form)s? dated\b"
    r"|\brequest\b(?!.*\b(?:letter|decision) .*#).*#|\brequest letter\b|\b(?:repl\w+|respon\w+"
    r"|answer\w*|thanks?(?: you)? for) (?:to )?(?:my|our|your)\b|\bno (?:reply|answer|response)\b"
    r"|\bignored (?:me|us|it)\b|\b(?:not|never|havent|hasnt) (?:\w+ )?(?:repl|answered|respond)\w*"
    r"|\bi (?:\w+ )?(?:requested|complained|chased)\b"
    r"|\bmy letter to\b|\b(?:i|we) (?:\w+ )?asked (?:\w+ )?(?:on )?(?:the )?#"
)
"""What a parent wrote or asked for."""
NEGATIONS = "not|not to|not been|dont|didnt|never|wont|refused to|refusing to|refuse to|no|havent"
NOT_YET = "".join(rf"(?<!\b{no} )" for no in (*NEGATIONS.split("|"), "hasnt", "arent", "cant"))
NO_REFUSAL = (
    rf"{NOT_YET}\b(?:draft\w*|propos\w+|agree\w*|accept\w*|grant\w*|approv\w*|transport\w*"
    r"|(?:will|going to|gonna|decided to) (?:now |be |do )?(?:an |the )?(?:re)?assess\w*|(?:are"
    r"|theyre) (?:now )?(?:re)?assessing|yes to|sa(?:id|ys?|ying) yes)\b"
)
"""A draft, an agreement or a matter that has another way of appeal."""
REFUSAL = re.compile(r"\b(?:refus\w+|final\w*|no|not|wont|down|didnt|dont|ceas\w+)\b")
PAPERS = (
    r"\b(?:dla|pip|dwp|tax|housing|rent|invoice\w*|bills?|universal credit|benefits?|invit\w+"
    r"|complain\w*|acknowledg\w+|admissions?|blue badge|direct payments?|short breaks?|home office"
    r"|job ?centre|taxi|more info\w*|old letter|school place|(?:another|other|different) council"
    r"|stage (?:1|2|3|one|two|three)|ombudsman|lgsco|envelope|social (?:services|workers?|care))\b"
)
"""Papers that are not the decision, wherever beside a date they are named."""
PEOPLE = (
    r"(?:hospital|doctor\w*|drs?|gps?|nhs|\w*therap\w+|salt|camhs|cahms|diagnos\w+|paed\w*|nurse"
    r"|consultant|psych\w+|dentist|health visitor|solicitors?|lawyers?|mps?|governors?|landlord"
    r"|police|councillor)\b"
)
TEACHERS = r"(?:schools?|nursery|college|senco|head\w*|teachers?|tribunal|ofsted)\b(?! plac)"
FROM = "from|by|off|at|via"
OTHERS_PAPERS = (
    rf"\b{PEOPLE}.*#|#.*\b(?:{FROM}|about|with|for|re|of) (?!\w* ?council)(?:\w+ ){{0,3}}{PEOPLE}"
    rf"|# {PEOPLE}|\b(?:{FROM}) (?!\w* ?council)(?:\w+ ){{0,2}}{TEACHERS}|\b{TEACHERS} (?:letter"
    rf"|report|email|decision)|\b(?:{PEOPLE}|{TEACHERS}) (?:\w+ )?(?:sent|wrote|gave|emailed)\b"
)
"""What somebody else than the council wrote."""
NOT_SO = (
    r"\b(?:not|isnt|wasnt|aint|never) (?:(?:the|on|dated|from|a|be) )*#|\bdated wrong\w*"
    r"|\bwrong(?:ly)? date\w*|# (?:is|was) (?:the )?(?:wrong\b(?! school)|not\b|a mistake)"
    r"|\bnot (?:\w+ )?dated\b|\byears? (?:ago|old letter)\b|\blast year\b|\bby mistake\b"
)
"""What a date is said not to be, or cannot be."""
ELSEWHERE = re.compile("|".join((OWN_PAPERS, NO_REFUSAL, PAPERS, OTHERS_PAPERS, NOT_SO)))
JOINED = re.compile(
    r"[,;.(-](?=\s?(?:its |it is |it was |and )?(?:date\w*|from|by|about|re)\b)"
    r"|\b(?:but|and)\b(?=\s(?:that|its?)\b)"
)
UNSURE = re.compile(r"(?:\beither\b.*|\b\d{1,2}(?:st|nd|rd|th)? ?(?:or|/) ?(?:the )?|\?)$")
END = re.compile(r"[,;.!?()]\s|\s-\s|\b(?:and|but|so|then)\b")
NEUTRAL = listed(
    "a an the is was it its this that of on in at for from about to my our his her their your me "
    "us we i id im son sons daughter daughters child childs kid kids boy boys girl girls lad "
    "grandson granddaughter year years old yr says said say saying have has been u you asked ask "
    "think guess maybe sorry hi hiya hello hey dear love hun mate x xx xxx thanks thank thx ta "
    "cheers please pls plz ok okay yes yep yeah here hers letter letters dated date day council "
    "councils councel lbbd la local authority la's decision refusal refused refusing refuse no "
    "not assess asses assessing assessment plan ehcp ehc ehcna needs need wont will issue st nd "
    "rd th and written wrote top printed which ref reference number tel mobile time am pm oclock "
    "e din de do z dnia data carta del scrisoarea mon monday tue tues tuesday wed weds wednesday "
    "thu thur thurs thursday fri friday sat saturday sun sunday ending ended refuses decided "
    "deciding or they theyve them thats what if know ages ago final autism autistic adhd buna "
    "este jest yra salam assalamu alaikum hola bonjour witam dzien dobry merhaba zdravei от на е "
    "із від m r d г р y scrisorii fecha tarihi tarih তারিখ হল হচ্ছে کی کا ہے تاریخ پر का है मेरी"
)
"""Words beside a date that take nothing away from a letter."""
POINTS = listed(
    "yesterday today week weeks month months fortnight ago term easter christmas xmas summer "
    "january february april june july august september sept october oct november nov december dec "
    "monday tuesday wednesday thursday friday saturday sunday recently nth weekend march may jan "
    "feb autumn spring winter diwali eid ramadan vaisakhi tygodniu tygodnie saptamani saptamana "
    "luna luni semana semanas mes meses সপ্তাহে মাসে ہفتے مہینے седмица седмици javen jave hafta"
)
"""Words that alone say when, if vaguely."""
VAGUE = POINTS | listed(
    "last before after half holidays holiday beginning start end middle mid early late around "
    "roughly about sometime other couple few days just between aug sep mon tue tues wed thu thurs "
    "fri night morning two three one four five six the back ish cant remember exactly w zeszlym "
    "temu acum vreo trecuta trecut hace pasada গত আগে পেয়েছি پچھلے پہلے miналата преди миналата "
    "e kaluar para gecen ay once"
)
CHAT = listed("lol soz omg halloween bonfire guy fawkes remembrance gone oh ah right well again")
COUNTS = (
    r"\b20\d\d\b|(?<![\w/.-])\d{1,2}(?= (?:days?|weeks?|wks?|months?|tygodni\w*|saptaman\w*"
    r"|semanas?|meses|hafta|jave))"
)
"""How many weeks it is, or the year of a month: without a day these make no date."""


class Beside(NamedTuple):
    """The words before a date and those after it, up to its neighbours or the sentence's ends."""

    before: str
    after: str


def roles(text: str, dates: Sequence[WrittenDate]) -> list[Role]:
    """The role of each date."""
    besides = [_beside(text, dates, at) for at in range(len(dates))]
    whole = _without(text, dates)
    found = [_role(each, whole) for each in besides]
    found = [
        "other" if role != "other" and _elsewhere(text, dates, at) else role
        for at, role in enumerate(found)
    ]
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
    points = POINTS if len(words) == 1 else POINTS - {"may", "march"}
    return VAGUE.issuperset(words) and bool(points.intersection(words))


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


def _elsewhere(text: str, dates: Sequence[WrittenDate], at: int) -> bool:
    """Whether the sentence of a date says that it is not of a decision that was refused."""
    joined = JOINED.sub(lambda found: " " * len(found[0]), text)
    before, after = _beside(joined, dates, at)
    answer = re.search(YES_OR_NO, text[: dates[at].start] + "#") and not re.search(LETTER, after)
    agreed = re.search(NO_REFUSAL, text) and not REFUSAL.search(text)
    return bool(answer or agreed or ELSEWHERE.search(f"{before}#{after}"))


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
