"""Turn → TwiML, and the guard that nothing else leaves.

Owns all knowledge of TwiML in the line. Pure: addresses and recordings are handed in, and the
same turn gives the same bytes. Sources: Twilio's TwiML voice reference; limits from its error
pages 11750 (64 kB), 12100, 12200, 13520 and 13521.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from xml.etree import ElementTree as Xml

from ivr.call import Call, InLanguage, Listen, Pause, Speed, Transfer, Turn, Unit
from ivr.speech.library import Library
from ivr.wording import AFTER_KEY

MOST_BYTES = 60_000
MOST_WORDS = 2_900
"""Characters of one Say: under Polly's 3,000 (13521)."""
TALK_LIMIT = 3_600
"""Seconds a talk with an adviser may last before Twilio ends it."""


@dataclass(frozen=True, slots=True)
class Pen:
    """What is needed to write: recordings, voices, and where things are.

    ``address(call, on)`` gives the whole address of the next step; ``audio`` the folder of the
    recordings; ``desks`` the numbers that may be rung; ``line_number`` what an adviser sees.
    """

    library: Library
    say_voice: Mapping[str, str]
    tags: Mapping[str, str]
    address: Callable[[Call, str], str]
    audio: str
    desks: Mapping[str, str]
    line_number: str = ""


class TwimlError(Exception):
    """The document would not be performed: what is wrong with it."""


def write(turn: Turn, pen: Pen) -> bytes:
    """The TwiML of ``turn``, checked. Raises TwimlError if Twilio would refuse it."""
    response = Xml.Element("Response")
    match turn.then:
        case Listen():
            _listen(response, turn, turn.then, pen)
        case Transfer():
            _speak(response, turn, pen)
            _dial(response, turn, turn.then, pen)
        case _:
            _speak(response, turn, pen)
            Xml.SubElement(response, "Hangup")
    document: bytes = Xml.tostring(response, "utf-8", xml_declaration=True)
    check(document)
    return document


def _listen(response: Xml.Element, turn: Turn, listen: Listen, pen: Pen) -> None:
    """A Gather around the words, so that a key interrupts them, and a Redirect for silence.

    Where a number is typed, the half second after a press stands before the Gather: no key is
    heard in it, so that a key pressed twice by a shaking hand is not the number's first digit.
    """
    if listen.many and turn.say[:1] == (AFTER_KEY,):
        _unit(response, AFTER_KEY, turn.call.lang, turn.call.speed, pen)
        turn = replace(turn, say=turn.say[1:])
    gather = Xml.SubElement(response, "Gather", input="dtmf", timeout=str(listen.seconds))
    gather.set("finishOnKey", "#" if listen.many else "")
    if not listen.many:
        gather.set("numDigits", "1")
    gather.set("action", pen.address(turn.call, "key"))
    gather.set("method", "POST")
    _speak(gather, turn, pen)
    Xml.SubElement(response, "Redirect", method="POST").text = pen.address(turn.call, "silence")


def _dial(response: Xml.Element, turn: Turn, transfer: Transfer, pen: Pen) -> None:
    dial = Xml.SubElement(
        response,
        "Dial",
        action=pen.address(turn.call, "transfer"),
        method="POST",
        timeout=str(transfer.ring),
        timeLimit=str(TALK_LIMIT),
    )
    if pen.line_number:
        dial.set("callerId", pen.line_number)
    Xml.SubElement(dial, "Number").text = pen.desks[transfer.desk]


def _speak(parent: Xml.Element, turn: Turn, pen: Pen) -> None:
    for unit in turn.say:
        _unit(parent, unit, turn.call.lang, turn.call.speed, pen)


def _unit(parent: Xml.Element, unit: Unit, lang: str, speed: Speed, pen: Pen) -> None:
    """A recording, or where one is missing the words for Twilio's own voice."""
    if isinstance(unit, Pause):
        clip = pen.library.pause(unit.ms)
        if clip is None:
            Xml.SubElement(parent, "Pause", length="1")
            return
    else:
        lang, words = (unit.lang, unit.words) if isinstance(unit, InLanguage) else (lang, unit)
        clip = pen.library.find(lang, speed, words)
        if clip is None:
            say = Xml.SubElement(parent, "Say", voice=pen.say_voice[lang], language=pen.tags[lang])
            say.text = words
            return
    Xml.SubElement(parent, "Play").text = pen.audio + clip.file


def last_words(words: str, voice: str, tag: str, start: str, desk: str) -> bytes:
    """What is said when even the apology cannot be made: prepared while all is well.

    Rings the desk where there is one; else, or afterwards, the call begins anew at ``start``.
    """
    response = Xml.Element("Response")
    Xml.SubElement(response, "Say", voice=voice, language=tag).text = words
    if desk:
        dial = Xml.SubElement(
            response, "Dial", action=start, method="POST", timeout="25", timeLimit=str(TALK_LIMIT)
        )
        Xml.SubElement(dial, "Number").text = desk
    else:
        Xml.SubElement(response, "Pause", length="10")
        Xml.SubElement(response, "Redirect", method="POST").text = start
    document: bytes = Xml.tostring(response, "utf-8", xml_declaration=True)
    check(document)
    return document


# --- the guard -------------------------------------------------------------------------------

NESTING: Mapping[str, frozenset[str]] = {
    "Response": frozenset({"Say", "Play", "Pause", "Gather", "Redirect", "Dial", "Hangup"}),
    "Gather": frozenset({"Say", "Play", "Pause"}),
    "Dial": frozenset({"Number"}),
}
NEEDED: Mapping[str, frozenset[str]] = {
    "Gather": frozenset({"input", "timeout", "finishOnKey", "action", "method"}),
    "Dial": frozenset({"action", "method", "timeout", "timeLimit"}),
    "Say": frozenset({"voice", "language"}),
    "Redirect": frozenset({"method"}),
}


def check(document: bytes) -> None:
    """Refuse what Twilio would refuse, and what would leave a caller in silence.

    Raises TwimlError: not well formed, too large, verbs nested wrongly, attributes missing, an
    empty or overlong Say, or a last verb that lets the call fall off the end.
    """
    if len(document) > MOST_BYTES:
        raise TwimlError(f"{len(document)} bytes, at most {MOST_BYTES}")
    try:
        root = Xml.fromstring(document)  # noqa: S314 - our own bytes, without entities
    except Xml.ParseError as error:
        raise TwimlError(f"not well formed: {error}") from error
    if root.tag != "Response" or not len(root):
        raise TwimlError("no Response, or an empty one")
    if root[-1].tag not in ("Redirect", "Hangup", "Dial"):
        raise TwimlError(f"falls off the end after {root[-1].tag}")
    _check_children(root)


def _check_children(parent: Xml.Element) -> None:
    for child in parent:
        if child.tag not in NESTING.get(parent.tag, frozenset()):
            raise TwimlError(f"{child.tag} inside {parent.tag}")
        if missing := NEEDED.get(child.tag, frozenset()) - set(child.attrib):
            raise TwimlError(f"{child.tag} without {', '.join(sorted(missing))}")
        if child.tag in ("Say", "Play", "Redirect", "Number") and not (child.text or "").strip():
            raise TwimlError(f"empty {child.tag}")
        if child.tag == "Say" and len(child.text or "") > MOST_WORDS:
            raise TwimlError(f"a Say of {len(child.text or '')} characters")
        _check_children(child)
