"""Whether a text asks for a call in so many words, or gives cause to doubt that one is wanted.

Owns these rules, which read a cleaned and plain text. Who is rung without having asked may be
harmed: where a wish for a call is only likely, any cause for doubt is enough to ask first.
"""

from __future__ import annotations

import re

from ivr.texts.cleaning import words_of
from ivr.texts.denials import DENIES, REMINDS

VERB = r"(?:ring|rng|call|cal|phone|telephone|tel|fone|fon|bell|buzz)"
SOMEONE = r"(?:some ?(?:one|1|body)|sum ?(?:one|1|body)|any ?(?:one|1|body))"
PLEASE = r"(?:please|pls|plz|plse|kindly|just|so|then|better|yes|yeah|hi|hello|hey|sorry|ok)"
WHO = (
    rf"(?:you|u|ya|yous|{SOMEONE}|they|she|he|one of (?:you|u)"
    r"|(?:a|an|the|your) (?:\w+ )?(?:person|human|advis[eo]r|lady|woman|man|bloke|worker|team))"
)
MODAL = r"(?:can|could|cud|will|would|wud|may|want|need|like|ask|get|have|has|tell|for)"
CALL = r"(?:call ?back|(?:phone ?|fone )?call|phone conversation|bell|ring|tinkle)"
OTHERS = r"(?! ?(?:off|you\b|u\b|(?:the )?(?:council|school|police|camhs|gp|999)))"
REQUEST = re.compile(
    rf"^(?:{PLEASE} )*(?:u |you )?{VERB} (?:back|my|our|him|her|mum|dad|on|at|after|then|now|when"
    rf"|whenever|asap|\d|the (?!council|school|police))|(?<!you )\b{VERB} (?:me|us)\b"
    rf"|\b{PLEASE} (?:to |sir |madam |you )?{VERB}\b{OTHERS}"
    rf"|\b{MODAL} (?:\w+ )?{WHO} (?:\w+ ){{0,2}}?(?:to )?{VERB}\b{OTHERS}"
    rf"|\b{WHO} (?:can|could|to|should|will) (?:\w+ )?{VERB}(?: (?:me|us|my|him|her|back)\b|$)"
    rf"|\b{VERB} (?:whenever|any ?time)\b"
    rf"|\b(?:if|better|best|easier) (?:if )?{WHO} (?:\w+ )?{VERB}s?\b{OTHERS}"
    rf"|\bkind (?:as )?to {VERB}\b|\btry (?:me|us)\b|\bpick up the phone to\b"
    r"|\b(?:can|could) (?:i|we) (?:\w+ )?be (?:called|rung|phoned|telephoned)\b"
    rf"|\b(?:give|gimme|giv|gis|gizza) (?:(?:me|us|my \w+|her|him) )?(?:a |the )?(?:\w+ )?{CALL}\b"
    r"|\b(?:need|want|like|prefer|have|get|request|book|arrange|schedule|do) (?:an? |the |my )?"
    rf"(?:\w+ )?{CALL}s?\b|\b(?:book|make|arrange) (?:an? )?(?:\w+ )?(?:slot|appointment)\b"
    r"|\b(?:explain|tell|do|talk\w*|speak\w*) (?:\w+ ){0,4}(?:on|over) the (?:tele)?phone\b"
    r"|\b(?:need|want|get|have) (?:me )?(?:an? )?(?:\w+ )?(?:person|human)\b"
    rf"|\b(?:actual|real) (?:person|human)\b|\bget {SOMEONE} on the (?:line|phone)\b"
    r"|\bhear (?:an? |some\w+ )(?:\w+ )?(?:voice|mouth)\b|\bable to (?:speak|talk) to (?:me|us)\b"
    r"|\b(?:better|prefer|ideally|verbally|rather|easier)\b.*\b(?:by|on|over) (?:the )?phone\b"
    r"|\bprefer to (?:discuss|talk|speak)\b"
    r"|\bto be (?:called|rung|phoned|telephoned) (?:by|on|at)\b"
    r"|\bprefer to be (?:called|rung|phoned|telephoned)\b"
    rf"|\b(?:put|pencil) me (?:in|down) for (?:a |the )?{CALL}\b"
    r"|\b(?:have|need|want|welcome|love|like|do with) (?:an? )?(?:\w+ )?"
    r"(?:chat|natter|conversation)\b"
    r"|\b(?:chat|call|conversation) (?:would|wud|wld) be\b|\b(?:connect|put) me (?:through|to)\b"
    r"|\b(?:contact|reach|get) (?:me|us) (?:by|on|over) (?:the |my )?(?:tele)?phone\b"
    rf"|\b(?:person|advis[eo]r|that (?:you|u)|{SOMEONE}) (?:to )?{VERB} (?:me|us|my|him|her)\b"
    r"|\b(?:could|can|would|will) (?!they|he|she|it)"
    rf"(?:(?!council|school|head|senco|camhs|gp|mediat|tribunal)\w+ ){{2,4}}{VERB} "
    r"(?:me|us|my|him|her)\b"
    rf"|\bwaiting (?:for|on) (?:my|a|the|your|that) {CALL}\b|^(?:can we |lets )talk$"
    rf"|\b(?:{SOMEONE}|person) (?:\w+ )?(?:i|we) (?:can|could) (?:\w+ )?(?:talk|speak|chat)\b"
    r"|\bgive me an? (?:\w+ )?(?:person|human)\b|^(?:a )?human(?: please| pls)?$"
    r"|\b(?:can|could|would|will|please) (?:\w+ ){1,5}(?:get|be|pick up) (?:back )?in touch\b"
    r"|\b(?:say|explain) it (?:to )?me\b"
    r"|\bprefer (?:the |by |to )?(?:phone|talk|talking|speak|speaking)\b"
    rf"|\b{SOMEONE} (?:\w+ )?to (?:talk|speak|chat)\b|\b{SOMEONE} free\b"
    r"|\b(?:can|could|shall) (?:we|u|you) (?:talk|speak|chat)\b|\brather (?:talk|speak|chat)\b"
    r"|\b(?:can|could|may|let|want|wanna|need|like|love|demand) (?:i |we |me |us )?(?:\w+ )?"
    r"(?:2 |to )?(?:speak|speek|talk|chat) (?:to|with|2|w) (?:(?:an?|one of|the) )?(?:\w+ )?"
    rf"(?:{SOMEONE}|person|human|being|whoever|advis[eo]r|manager|you|u)\b"
    rf"|^(?:yes|evening|voice|a)? ?(?:{PLEASE} )?(?:to the |to a )?(?:call|callback)"
    rf"(?: only| request)?(?: {PLEASE})?$"
)
"""Somebody is asked to ring, or a call is asked for."""
ASKS_WHY = re.compile(r"\b(?:why|who|did)\b.*\b(?:me|us)\b")
"""A question about a call that was made."""
NO = DENIES - {"forget"}
NEAR, NEAR_PLEASE = 4, 2
"""Words before a request in which a denial may be of it; "please" begins anew."""
MISTAKE = (
    r"\b(?:accident\w*|by mistake|meant (?:no|not)|(?:didnt|not) mean|pressed|put yes|not sure"
    r"|unsure)\b"
    r"|\bwhose number\b|\bis it (?:you|u)\b|\bna (?:you|u)\b|\band when i\b"
    r"|\b(?:said|say) (?:ring|call|phone)\b"
    r"|\b(?:you|u|somebody|someone) (?:keep )?(?:call|ring|phone)\w* (?:me|us)? ?"
    r"(?:\w+ times?|yesterday|earlier|last|again and)\b"
)
"""A call that was made, or was asked for by mistake."""
UNDONE = (
    r"\b(?:cancel\w*|withdraw\w*|scrap|remove|call off|leave (?:the|that) (?:call|phone|ring)\w*"
    r"|leave it (?:for|thanks|thank|please|pls)|never mind|nvm"
    r"|take (?:\w+ )?(?:\w+ )?off|changed? (?:my|our) mind|no longer|no need|too much(?! to)|panic"
    r"|nightmare|anxi\w+|overwhelm\w*|too fast)\b"
    r"|\b(?:please|pls|plz) (?:dont|do not)\b"
    r"(?! (?:te?xt|txt|mess|msg|forget|hesitate|worry|mind|leave|write|e?mail|send|hang))"
    r"|\b(?:ring|call|phone)(?: me| us| back)?\?? (?:no|nah|nope)\b(?! te?xt| txt| mess)"
)
"""A call that is taken back, or too much."""
WRITING = (
    r"(?:typ(?:e|ing)|writ(?:e|ing|ten)|te?xt(?:s|ing)?|txt(?:s|ing)?|messag(?:e|es|ing)|msgs?"
    r"|e?mails?)"
)
LIKED = r"(?:prefer|rather|better|easier|best|happy|happier|ok|okay|fine|good|only)"
TALKING = r"(?:talk|talking|speak|speaking|ring|call|phone|chat|hear|voice)"
HARD = (
    r"(?:no|not|cant|cannot|never|dont|isnt|arent|aint|hard|difficult|struggle|hate|rubbish"
    r"|enough|slow)"
)
NOT_IN_WRITING = re.compile(
    rf"\b{HARD} (?:(?!{TALKING})\w+ ){{0,4}}{WRITING}\b|\b{WRITING} (?:\w+ ){{0,2}}{HARD}\b"
)
"""Whoever would rather not write."""
IN_WRITING = re.compile(
    rf"\b{LIKED} (?:(?!than|if|when|{TALKING})\w+ ){{0,2}}{WRITING}\b"
    rf"|\b{WRITING} (?:\w+ ){{0,2}}{LIKED}\b(?! (?:than|if|to) {TALKING})"
    rf"|(?<!than )\b(?:in|by|via|through|as a) {WRITING}(?: only)?\b"
    rf"|^{WRITING} (?:me|us|it|please|pls)\b|\b(?:please|pls|just|can (?:you|u)) {WRITING}\b"
    rf"|\bso {WRITING}\b|\b{WRITING} (?:please|pls|plz)$"
)
"""Whoever would rather write."""
SILENT = (
    r"\b(?:cant|cannot|can not|not able to|unable to|rather not|not|dont want to|dont wanna)"
    r"(?: \w+)? (?:talk|speak)\b(?! (?:to|with) an? )(?! \w*(?:ish|ian|ese|ali|urdu)\b)"
    r"|\bvoice (?:\w+ )?(?:gone|lost)\b|\blost (?:my|our) voice\b"
)
"""Whoever cannot talk."""
DOUBT = re.compile("|".join((MISTAKE, UNDONE, SILENT)))


def asks_for_call(sentence: str) -> bool:
    """Whether a sentence asks for a call and denies nothing: "can you ring me", "a call please"."""
    said = REMINDS.sub(" ", sentence).strip()
    found = () if ASKS_WHY.search(said) else REQUEST.finditer(said)
    return any(_affirmed(said, each) for each in found)


def doubtful(text: str) -> bool:
    """Whether a text gives cause to ask before anybody rings."""
    writes = IN_WRITING.search(text) and not NOT_IN_WRITING.search(text)
    return bool(writes or DOUBT.search(text))


def denying(text: str) -> bool:
    """Whether a text denies anything or speaks of writing, so that it must be heard clearly."""
    return bool(NO.intersection(words_of(text)) or re.search(rf"\b{WRITING}\b", text))


def _affirmed(sentence: str, found: re.Match[str]) -> bool:
    near = NEAR_PLEASE if re.match(PLEASE, found[0]) else NEAR
    before = words_of(sentence[: found.start()])[-near:]
    return not NO.intersection((*before, *words_of(found[0])))
