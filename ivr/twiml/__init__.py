"""Turn → TwiML, and nothing leaves that was not checked (``ivr.twiml.check``).

Owns all knowledge of TwiML in the line. Pure: addresses and recordings are handed in, and the
same turn gives the same bytes. Sources: Twilio's TwiML voice reference; limits from its error
pages 11750 (64 kB), 12100, 12200, 13520 and 13521.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree import ElementTree as Xml
from xml.sax.saxutils import escape

from ivr.line.call import (
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
from ivr.line.ring_groups import TALK_SECONDS
from ivr.line.wording import AFTER_KEY, KEYS
from ivr.speech.library import Library
from ivr.twiml.check import TwimlError, check, check_children
from ivr.twiml.kept import TwimlCache

__all__ = ["Ink", "Kept", "LastDesk", "Pen", "TwimlError", "check", "last_words", "write"]

BEFORE_RINGING = 1
"""Seconds for a key after the last word before it rings: the shortest wait that there is."""


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """What every call of a line is written with: recordings, voices, and where things are.

    ``audio`` is the folder of the recordings; ``numbers`` those that may be rung, by the
    adviser's name; ``line_number`` what an adviser sees; ``whisper(call, transfer)`` where an
    adviser's telephone asks what to hear before the talk.
    ``kept``: what was written before with the same recordings and voices; ``figures``: what only
    callers' numbers and dates are read with, so that no row that holds one is kept.
    """

    library: Library
    say_voice: Mapping[str, str]
    tags: Mapping[str, str]
    audio: str
    numbers: Mapping[str, str]
    line_number: str = ""
    whisper: Callable[[Call, Transfer], str] = lambda call, transfer: ""
    kept: TwimlCache = field(default_factory=TwimlCache)
    figures: frozenset[str] = frozenset()


class Renderer(NamedTuple):
    """What one call is written with: ``address(call, on)`` is the whole address of its next step,
    ``played(recording, lang)`` where the sound of what was recorded by telephone is."""

    render_settings: RenderSettings
    address: Callable[[Call, str], str] = lambda call, on: on
    played: Callable[[str, str], str] = lambda recording, lang: recording


JOINED = b"<?xml version='1.0' encoding='utf-8'?>\n<Response />"
"""Nothing more to hear before two are joined."""


def write(turn: Turn, renderer: Renderer) -> bytes:
    """The TwiML of ``turn``, checked. Raises TwimlError if Twilio would refuse it."""
    return _as_before(turn, renderer) or _checked(_whole(turn, renderer))


def _as_before(turn: Turn, renderer: Renderer) -> bytes:
    """What this turn was when it was first written, with the addresses of this call.

    Empty for what is not kept: somebody's own words or figures, and who is rung. What is kept is
    parsed and checked when it leaves for the first time; after that only the addresses differ,
    in which nothing can stand but what is escaped.
    """
    call, kept = turn.call, renderer.render_settings.kept
    row = (call.lang, call.speed, turn.say, turn.then)
    if pieces := kept.row(row):
        return _filled(pieces, call, renderer)
    if isinstance(turn.then, Transfer) or not _is_ours(turn.say, renderer.render_settings):
        return b""
    written = Xml.tostring(
        _whole(turn, Renderer(renderer.render_settings, _marked)), "utf-8", xml_declaration=True
    )
    pieces = tuple(written.decode().split(MARK))
    document = _filled(pieces, call, renderer)
    check(document)
    kept.keep(row, pieces)
    return document


def _is_ours(said: tuple[Unit, ...], render_settings: RenderSettings) -> bool:
    """Whether these are the line's own words alone."""
    return render_settings.figures.isdisjoint(said) and not any(
        isinstance(unit, Playback) for unit in said
    )


MARK = "\x00"
"""Stands on both sides of an event's name, where its address will be. XML cannot hold it, and so no
words do."""
QUOTE = {'"': "&quot;"}


def _marked(call: Call, on: str) -> str:
    return f"{MARK}{on}{MARK}"


def _filled(pieces: tuple[str, ...], call: Call, renderer: Renderer) -> bytes:
    """What was written, with the address of each event whose name stands between two pieces."""
    filled = list(pieces)
    filled[1::2] = [escape(renderer.address(call, on), QUOTE) for on in pieces[1::2]]
    return "".join(filled).encode()


def _whole(turn: Turn, renderer: Renderer) -> Xml.Element:
    response = Xml.Element("Response")
    match turn.then:
        case Listen():
            _listen(response, turn, turn.then, renderer)
        case Transfer():
            _before_it_rings(response, turn, renderer)
            _dial(response, turn, turn.then, renderer)
        case Record():
            _speak(response, turn, renderer)
            _record(response, turn, turn.then, renderer)
        case _:
            _speak(response, turn, renderer)
            Xml.SubElement(response, "Hangup")
    return response


def _listen(response: Xml.Element, turn: Turn, listen: Listen, renderer: Renderer) -> None:
    """A Gather around the words, so that a key interrupts them, and a Redirect for silence.

    Where a number is typed, the half second after a press stands before the Gather: no key is
    heard in it, so that a key pressed twice by a shaking hand is not the number's first digit.
    """
    if listen.many and turn.say[:1] == (AFTER_KEY,):
        _unit(response, AFTER_KEY, turn.call.lang, turn.call.speed, renderer)
        turn = turn._replace(say=turn.say[1:])
    gather = Xml.SubElement(response, "Gather", input="dtmf", timeout=str(listen.seconds))
    gather.set("finishOnKey", "#" if listen.many else "")
    if not listen.many:
        gather.set("numDigits", "1")
    gather.set("action", renderer.address(turn.call, "key"))
    gather.set("method", "POST")
    _speak(gather, turn, renderer)
    Xml.SubElement(response, "Redirect", method="POST").text = renderer.address(
        turn.call, "silence"
    )


def _before_it_rings(response: Xml.Element, turn: Turn, renderer: Renderer) -> None:
    """The words in a Gather, so that star counts from the moment it is spoken of."""
    if turn.say:
        gather = _one_key(response, BEFORE_RINGING, renderer.address(turn.call, "key"))
        _speak(gather, turn, renderer)


def _dial(response: Xml.Element, turn: Turn, transfer: Transfer, renderer: Renderer) -> None:
    """Ring a group of telephones. The caller hears British ringing until somebody has taken it.

    Star stops it, and nothing else: no other key is heard while a Dial lasts.
    """
    dial = Xml.SubElement(
        response,
        "Dial",
        action=renderer.address(turn.call, "transfer"),
        method="POST",
        timeout=str(transfer.ring),
        timeLimit=str(TALK_SECONDS),
        answerOnBridge="true",
        ringTone="uk",
        hangupOnStar="true",
    )
    if renderer.render_settings.line_number:
        dial.set("callerId", renderer.render_settings.line_number)
    whisper = renderer.render_settings.whisper(turn.call, transfer)
    for name in transfer.who:
        number = Xml.SubElement(dial, "Number")
        number.text = renderer.render_settings.numbers[name]
        if whisper:
            number.set("url", whisper)
            number.set("method", "POST")


def _record(response: Xml.Element, turn: Turn, record: Record, renderer: Renderer) -> None:
    """Record; where there was only silence, for which no action is asked, go on all the same."""
    Xml.SubElement(
        response,
        "Record",
        action=renderer.address(turn.call, "recorded"),
        method="POST",
        maxLength=str(record.most),
        timeout=str(record.silence),
        finishOnKey=KEYS,
        playBeep="true",
        recordingStatusCallback=renderer.address(turn.call, "complete"),
    )
    Xml.SubElement(response, "Redirect", method="POST").text = renderer.address(
        turn.call, "unheard"
    )


def whisper(
    units: tuple[Unit, ...], lang: str, wait: int, action: str, render_settings: RenderSettings
) -> bytes:
    """What an adviser hears, and the wait for the key that takes the call; else they are let go."""
    response = Xml.Element("Response")
    gather = _one_key(response, wait, action)
    for unit in units:
        _unit(gather, unit, lang, "normal", Renderer(render_settings))
    Xml.SubElement(response, "Hangup")
    return _checked(response)


def _one_key(response: Xml.Element, wait: int, action: str) -> Xml.Element:
    """A Gather for one key of any kind."""
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


def taken(units: tuple[Unit, ...], lang: str, render_settings: RenderSettings) -> bytes:
    """The last words before two are joined: a whisper that ends without a Hangup."""
    response = Xml.Element("Response")
    for unit in units:
        _unit(response, unit, lang, "normal", Renderer(render_settings))
    document: bytes = Xml.tostring(response, "utf-8", xml_declaration=True)
    check_children(response)
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


def _speak(parent: Xml.Element, turn: Turn, renderer: Renderer) -> None:
    for unit in turn.say:
        _unit(parent, unit, turn.call.lang, turn.call.speed, renderer)


def _unit(parent: Xml.Element, unit: Unit, lang: str, speed: Speed, renderer: Renderer) -> None:
    """A recording, or where one is missing the words for Twilio's own voice."""
    render_settings = renderer.render_settings
    if isinstance(unit, Playback):
        Xml.SubElement(parent, "Play").text = renderer.played(unit.recording, lang)
        return
    if isinstance(unit, Pause):
        prompt = render_settings.library.pause(unit.ms)
        if prompt is None:
            Xml.SubElement(parent, "Pause", length="1")
            return
    else:
        lang, words = (unit.lang, unit.words) if isinstance(unit, InLanguage) else (lang, unit)
        prompt = render_settings.library.find(lang, speed, words)
        if prompt is None:
            say = Xml.SubElement(
                parent,
                "Say",
                voice=render_settings.say_voice[lang],
                language=render_settings.tags[lang],
            )
            say.text = words
            return
    Xml.SubElement(parent, "Play").text = render_settings.audio + prompt.file


@dataclass(frozen=True, slots=True)
class LastDesk:
    """Whom to ring when all else fails: a number, what it sees, and where it asks for a key."""

    number: str
    line_number: str
    whisper: str


def last_words(words: str, voice: str, tag: str, start: str, ring_group: LastDesk | None) -> bytes:
    """What is said when even the apology cannot be made: prepared while all is well.

    Rings the ring group where there is one; else, or afterwards, the call begins anew at ``start``.
    """
    response = Xml.Element("Response")
    Xml.SubElement(response, "Say", voice=voice, language=tag).text = words
    if ring_group:
        dial = Xml.SubElement(
            response,
            "Dial",
            action=start,
            method="POST",
            timeout="25",
            timeLimit=str(TALK_SECONDS),
            answerOnBridge="true",
            callerId=ring_group.line_number,
        )
        number = Xml.SubElement(dial, "Number", url=ring_group.whisper, method="POST")
        number.text = ring_group.number
    else:
        Xml.SubElement(response, "Pause", length="10")
        Xml.SubElement(response, "Redirect", method="POST").text = start
    return _checked(response)
