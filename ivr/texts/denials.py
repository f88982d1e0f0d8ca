"""Whether a text denies a call, or asks why there was none, or how to make one.

Owns these rules: who is rung against their will may be harmed, so they must be certain. They read
one sentence or a text, cleaned and plain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ivr.texts.cleaning import listed, words_of

DENIES = listed(
    "dont don't dnt never not no nobody noone cant cannot can't wont won't doesnt doesn't "
    "didnt didn't without stop stopped quit neednt shouldnt mustnt hate cancel scrap forget "
    "rather-not"
)
CALLS = listed("ring ringing call calls calling phone phoning telephone fone callback callbacks")
WRITES = listed("text texts texting txt txting sms message messages msg email write")
JOINS = frozenset(("or", "nor", "and"))
THEM = frozenset(("you", "u", "ya", "council", "school"))
BETWEEN = listed(
    "want wants wanted wanting need needs needing to you u ya a an any anyone anybody someone "
    "somebody one ever bother even me my us the that this more again get getting be being have "
    "having under circumstances please like think should for safe good point reason it somebodys "
    "try trying keep them him her just really now"
)
"""Words that may stand between a denial and what it denies."""
REACH = 5
"""Words from a denial to what it denies."""
ENDS = frozenset(
    ("so", "just", "but", "please", "pls", "plz", "because", "cos", "then", "rather", "instead")
)
NOT_AFTER = frozenset(("no", "not", "nobody", "noone"))
ASKED_WHY = re.compile(
    r"\b(?:why|cant|can't|wont|could|didnt) (?:dont |not )?(?:you|u|someone|somebody|anyone"
    r"|any1|some1)\b"
)
REMINDS = re.compile(r"\b(?:dont|do not|never|not) (?:you )?forget(?: to| about)?\b")
"""A denial that asks for what follows."""
RUNG = r"(?:calls|rings|phones|called|rang|rung|ringed|phoned|telephoned)"
VERB = r"(?:ring|call|phone|telephone|fone)"
NOBODY = r"(?:no ?one|nobody|no1|noone)"
COMPLAINS = re.compile(
    rf"\b{NOBODY} (?:(?:has|have|had|is|was|ever|even|actually|still|bothered to) )*{RUNG}\b"
    rf"|\b(?:why|how come) (?:\w+ )?{NOBODY} (?:\w+ ){{0,2}}{VERB}"
    rf"|\bwhy (?:dont|doesnt|didnt|havent|hasnt|wont|cant|do not|have not|will not) "
    rf"(?:you|u|someone|somebody|anyone|any1|they) (?:\w+ ){{0,2}}(?:{VERB}|{RUNG})\b"
)
"""That nobody has rung: whoever says so wants it."""
ELSEWHERE = re.compile(
    r"\b(?:council|school|head|teacher|senco|caseworker|camhs|gp|doctor|mediator|lea|nhs)s?\b"
)
"""Who else might have rung, or is to be."""
GIVES_UP = re.compile(r"\b(?:dont|do not) bother\b|\btoo late\b|\bno need\b|\bforget it\b")
"""That a call is not wanted any more."""
REFUSES = re.compile(
    r"\b(?:dont|do not|not|never|no|wont) (?:\w+ ){0,4}?be (?:called|rung|rang|phoned|telephoned)\b"
    r"|\b(?:refrain|abstain|desist|avoid)\w* (?:from )?(?:call|ring|phon|telephon)ing\b"
    r"|(?<!he )(?<!she )\b(?:cant|cannot|can not|unable to|not able to|never|dont|do not) "
    r"(?:\w+ )?(?:talk|speak|hear|use|answer|take|come|do)(?: (?:on|to|over|in|a|any|the|my|voice|"
    r"phone))* (?:phones?|fone|telephone|calls?)\b"
    r"|\b(?:texts?|txts?|sms|messages?) only\b(?! (?:came|yesterday|today|just|got|once))"
    rf"|\bno need (?:\w+ ){{0,5}}(?:to )?{VERB}\b"
    r"|\bnot (?:on|by|over|via) (?:a |the )?(?:phone|call)\b"
    r"|\bonly (?:by |via )?(?:text|txt|sms)\b|\b(?:im|i am|were both) (?:\w+ )?deaf\b(?! in)"
    r"|\b(?:take|taking|took) back (?:my|the|our|that) (?:request|call|callback|ring)\w*"
    r"|\b(?:withdraw\w*|undo|retract|revoke) (?:my|the|our|that) (?:request|call|callback|ring)"
)
"""Other ways of not wanting to be rung."""
PUT_OFF = re.compile(
    rf"\b(?:dont|do not|not) (?!to )(?:\w+ ){{0,2}}?{VERB}(?: \w+){{0,3}}? "
    r"(?:un)?(?:till?|before|b4)\b(?! (?:i|ive|we|weve|he|she|they|further)\b)"
    rf"|\b(?:dont|do not|not) {VERB}(?: me| us| back)?(?: (?!or|nor)\w+){{1,2}},? {VERB}"
    r"(?= (?:me|us|back|on|at|in|after|tomorrow|then|[a-z]+day)\b|$)"
)
"""Not now, but later: whoever says when wants it."""
INSTEAD = re.compile(
    r"\b(?:dont|do not|no|not) (?:text|txt|message|msg)\w*(?: me| us)?,? "
    rf"(?:please |pls |just |but |so )*{VERB}\b"
)
"""To be rung and not texted."""
CALLS_THEMSELVES = re.compile(
    rf"\b(?:what|which|wot|wat)\b.{{0,20}}\bnumber\b.*\b(?:do|can|should|to) (?:i |we )?{VERB}\b"
    rf"|\b(?:when|what time|how|who|where|can|could|should|shall|do|must|may)"
    rf"(?: can| do| should| could| must| shall)? (?:i|we) {VERB}\b(?! ?back)"
    rf"|\b{VERB} (?:the |an? )?(?:police|ambulance|cops|999|samaritans|social services)\b"
)
"""Asks how to ring, or wants somebody else to be rung."""
RING_ME = re.compile(rf"\b{VERB}(?:ing)? (?:me|us|my|him|her)\b|\bcall ?back")


def complains(text: str) -> bool:
    """Whether somebody waits for a call of ours that never came."""
    return bool(COMPLAINS.search(text)) and not (ELSEWHERE.search(text) or GIVES_UP.search(text))


def refuses(sentence: str) -> bool:
    """Whether a sentence says that its writer is not to be rung."""
    given_up = COMPLAINS.search(sentence) and GIVES_UP.search(sentence)
    return denies(sentence, CALLS) or bool(given_up or REFUSES.search(sentence))


def calls_themselves(text: str) -> bool:
    """Whether no call of ours is asked for, though one is spoken of."""
    return bool(CALLS_THEMSELVES.search(text)) and not RING_ME.search(text)


def denies(sentence: str, verbs: frozenset[str]) -> bool:
    """Whether one of these verbs is denied: "never ring", not "dont text just ring"."""
    if ASKED_WHY.search(sentence):
        return False
    said = COMPLAINS.sub(" ", REMINDS.sub(" ", sentence))
    words = [word for word in words_of(said) if word not in ("is", "are", "r")]
    after = any(
        word in verbs
        and NOT_AFTER.intersection(words[at + 1 : at + 2])
        and not WRITES.intersection(words[at + 2 : at + 3])
        for at, word in enumerate(words)
    )
    return after or any(
        word in DENIES and _denied(words[at + 1 :], verbs) for at, word in enumerate(words)
    )


def _denied(words: Sequence[str], verbs: frozenset[str]) -> bool:
    for at, word in enumerate(words[:REACH]):
        if word in ENDS:
            return False
        if word in verbs:
            return not THEM.intersection(words[at + 1 : at + 2])
        if word in WRITES:
            joined = JOINS.intersection(words[at + 1 : at + 3])
            return bool(joined) and bool(verbs.intersection(words[at + 2 : at + 5]))
        if word not in BETWEEN and word not in DENIES:
            return False
    return False
