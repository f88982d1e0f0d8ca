"""Turn → TwiML, and the guard that nothing else leaves.

Owns all knowledge of TwiML in the line. Pure: addresses and recordings are handed in, and the
same turn gives the same bytes. Sources: Twilio's TwiML voice reference; limits from its error
pages 11750 (64 kB), 12100, 12200, 13520 and 13521.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from xml.etree import ElementTree as Xml

from ivr.call import (
    Call,
    InLanguage,
    Listen,
    Pause,
    Playback,
    Record,
    Speed,
    Transfer,
    Turn,
    Unit,
)
from ivr.speech.library import Library
from ivr.wording import AFTER_KEY, KEYS

MOST_BYTES = 60_000
MOST_WORDS = 2_900
"""Characters of one Say: under Polly's 3,000 (13521)."""
TALK_LIMIT = 3_600
"""Seconds a talk with an adviser may last before Twilio ends it."""


@dataclass(frozen=True, slots=True)
class Pen:
    """What is needed to write: recordings, voices, and where things are.

    ``address(call, on)`` gives the whole address of the next step; ``audio`` the folder of the
    recordings; ``numbers`` those that may be rung, by the adviser's name; ``line_number`` what an
    adviser sees; ``whisper(call, transfer)`` where an adviser's telephone asks what to hear before
    the talk; ``played(recording)`` the sound of what a caller recorded; ``recorded`` the address
    that is told when a recording is complete.
    """

    library: Library
    say_voice: Mapping[str, str]
    tags: Mapping[str, str]
    address: Callable[[Call, str], str]
    audio: str
    numbers: Mapping[str, str]
    line_number: str = ""
    whisper: Callable[[Call, Transfer], str] = lambda call, transfer: ""
    played: Callable[[str], str] = str
    recorded: str = ""


JOINED = b"<?xml version='1.0' encoding='utf-8'?>\n<Response />"
"""Nothing more to hear before two are joined."""


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
        case Record():
            _speak(response, turn, pen)
            _record(response, turn, turn.then, pen)
        case _:
            _speak(response, turn, pen)
            Xml.SubElement(response, "Hangup")
    return _checked(response)


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
    """Ring a group of telephones. The caller hears British ringing until somebody has taken it."""
    dial = Xml.SubElement(
        response,
        "Dial",
        action=pen.address(turn.call, "transfer"),
        method="POST",
        timeout=str(transfer.ring),
        timeLimit=str(TALK_LIMIT),
        answerOnBridge="true",
        ringTone="uk",
    )
    if pen.line_number:
        dial.set("callerId", pen.line_number)
    whisper = pen.whisper(turn.call, transfer)
    for name in transfer.who:
        number = Xml.SubElement(dial, "Number")
        number.text = pen.numbers[name]
        if whisper:
            number.set("url", whisper)
            number.set("method", "POST")


def _record(response: Xml.Element, turn: Turn, record: Record, pen: Pen) -> None:
    """Record; where there was only silence, for which no action is asked, go on all the same."""
    Xml.SubElement(
        response,
        "Record",
        action=pen.address(turn.call, "recorded"),
        method="POST",
        maxLength=str(record.most),
        timeout=str(record.silence),
        finishOnKey=KEYS,
        playBeep="true",
        recordingStatusCallback=pen.recorded,
    )
    Xml.SubElement(response, "Redirect", method="POST").text = pen.address(turn.call, "unheard")


def whisper(units: tuple[Unit, ...], lang: str, wait: int, action: str, pen: Pen) -> bytes:
    """What an adviser hears, and the wait for the key that takes the call; else they are let go."""
    response = Xml.Element("Response")
    gather = _one_key(response, wait, action)
    for unit in units:
        _unit(gather, unit, lang, "normal", pen)
    Xml.SubElement(response, "Hangup")
    return _checked(response)


def _one_key(response: Xml.Element, wait: int, action: str) -> Xml.Element:
    """A Gather for the key that takes a call."""
    return Xml.SubElement(
        response,
        "Gather",
        input="dtmf",
        timeout=str(wait),
        finishOnKey="",
        numDigits="1",
        action=action,
        method="POST",
    )


def taken(units: tuple[Unit, ...], lang: str, pen: Pen) -> bytes:
    """The last words before two are joined: a whisper that ends without a Hangup."""
    response = Xml.Element("Response")
    for unit in units:
        _unit(response, unit, lang, "normal", pen)
    document: bytes = Xml.tostring(response, "utf-8", xml_declaration=True)
    _check_children(response)
    return document


def last_whisper(words: str, voice: str, tag: str, wait: int, action: str) -> bytes:
    """What an adviser hears when it cannot be told who is calling; still a key takes the call."""
    response = Xml.Element("Response")
    gather = _one_key(response, wait, action)
    Xml.SubElement(gather, "Say", voice=voice, language=tag).text = words
    Xml.SubElement(response, "Hangup")
    return _checked(response)


def let_go() -> bytes:
    """The end of a leg: an adviser who does not take the call."""
    response = Xml.Element("Response")
    Xml.SubElement(response, "Hangup")
    return _checked(response)


def _checked(response: Xml.Element) -> bytes:
    document: bytes = Xml.tostring(response, "utf-8", xml_declaration=True)
    check(document)
    return document


def _speak(parent: Xml.Element, turn: Turn, pen: Pen) -> None:
    for unit in turn.say:
        _unit(parent, unit, turn.call.lang, turn.call.speed, pen)


def _unit(parent: Xml.Element, unit: Unit, lang: str, speed: Speed, pen: Pen) -> None:
    """A recording, or where one is missing the words for Twilio's own voice."""
    if isinstance(unit, Playback):
        Xml.SubElement(parent, "Play").text = pen.played(unit.recording)
        return
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


@dataclass(frozen=True, slots=True)
class LastDesk:
    """Whom to ring when all else fails: a number, what it sees, and where it asks for a key."""

    number: str
    line_number: str
    whisper: str


def last_words(words: str, voice: str, tag: str, start: str, desk: LastDesk | None) -> bytes:
    """What is said when even the apology cannot be made: prepared while all is well.

    Rings the desk where there is one; else, or afterwards, the call begins anew at ``start``.
    """
    response = Xml.Element("Response")
    Xml.SubElement(response, "Say", voice=voice, language=tag).text = words
    if desk:
        dial = Xml.SubElement(
            response,
            "Dial",
            action=start,
            method="POST",
            timeout="25",
            timeLimit=str(TALK_LIMIT),
            answerOnBridge="true",
            callerId=desk.line_number,
        )
        number = Xml.SubElement(dial, "Number", url=desk.whisper, method="POST")
        number.text = desk.number
    else:
        Xml.SubElement(response, "Pause", length="10")
        Xml.SubElement(response, "Redirect", method="POST").text = start
    return _checked(response)


# --- the guard -------------------------------------------------------------------------------

NESTING: Mapping[str, frozenset[str]] = {
    "Response": frozenset(
        {"Say", "Play", "Pause", "Gather", "Redirect", "Dial", "Record", "Hangup"}
    ),
    "Gather": frozenset({"Say", "Play", "Pause"}),
    "Dial": frozenset({"Number"}),
}
NEEDED: Mapping[str, frozenset[str]] = {
    "Gather": frozenset({"input", "timeout", "finishOnKey", "action", "method"}),
    "Dial": frozenset({"action", "method", "timeout", "timeLimit"}),
    "Record": frozenset({"action", "method", "maxLength", "timeout", "finishOnKey"}),
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
