"""Turn → TwiML, and nothing leaves that was not checked (``ivr.twiml.check``).

Owns all knowledge of TwiML in the line. Pure: addresses and recordings are handed in, and the
same turn gives the same bytes. Sources: Twilio's TwiML voice reference; limits from its error
pages 11750 (64 kB), 12100, 12200, 13520 and 13521.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple

from ivr.line.call import (
    Call,
    InLanguage,
    Listen,
    Pause,
    Playback,
    Record,
    Speed,
    Then,
    Transfer,
    Turn,
    Unit,
)
from ivr.line.ring_groups import RING_SECONDS, TALK_SECONDS
from ivr.line.wording import AFTER_KEY, KEYS, Wording
from ivr.speech.library import Library
from ivr.speech.marks import ssml
from ivr.twiml.check import TwimlError, check

__all__ = ["LastDesk", "RenderSettings", "Renderer", "TwimlError", "check", "last_words", "write"]

BEFORE_RINGING = 1
"""Seconds for a key after the last word before it rings: the shortest wait that there is."""
MOST_KEPT = 2_000
"""Rows of words; the whole line has about a thousand. Of up to 4 kB each, so at most 8 MB."""
Row = tuple[str, Speed, tuple[Unit, ...], Then]


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """What every call of a line is written with: recordings, voices, and where things are.

    ``audio`` is the folder of the recordings; ``numbers`` those that may be rung, by the
    adviser's name; ``line_number`` what an adviser sees; ``whisper(call, transfer)`` where an
    adviser's telephone asks what to hear before the talk.
    ``kept``: each thing said as TwiML that was found to be sound, by the language, the speed, all
    that is said and what is waited for; ``figures``: what only callers' numbers and dates are read
    with, so that no row that holds one is kept. ``wordings``: how a Say is to sound, by language.
    ``instead``: sentences of languages that Twilio may have no voice for, in the ``first`` one.
    """

    library: Library
    say_voice: Mapping[str, str]
    tags: Mapping[str, str]
    audio: str
    numbers: Mapping[str, str]
    line_number: str = ""
    whisper: Callable[[Call, Transfer], str] = lambda call, transfer: ""
    kept: dict[Row, tuple[str, ...]] = field(default_factory=dict)
    figures: frozenset[str] = frozenset()
    wordings: Mapping[str, Wording] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    first: str = ""


class Renderer(NamedTuple):
    """What one call is written with: ``address(call, on)`` is the whole address of its next step,
    ``played(recording, lang)`` where the sound of what was recorded by telephone is."""

    render_settings: RenderSettings
    address: Callable[[Call, str], str] = lambda call, on: on
    played: Callable[[str, str], str] = lambda recording, lang: recording


HEAD = "<?xml version='1.0' encoding='utf-8'?>\n"
JOINED = f"{HEAD}<Response />".encode()
"""Nothing more to hear before two are joined."""


def write(turn: Turn, renderer: Renderer) -> bytes:
    """The TwiML of ``turn``, checked. Raises TwimlError if Twilio would refuse it.

    What was said before in the same way is neither written nor checked again: only the addresses
    around it differ, in which nothing can stand but what is escaped. Somebody's own words or
    figures are never kept, nor who is rung.
    """
    call, kept = turn.call, renderer.render_settings.kept
    row = (call.lang, call.speed, turn.say, turn.then)
    if (known := kept.get(row)) is not None:
        return _whole(turn, known, renderer)
    said = tuple(_unit(unit, call.lang, call.speed, renderer) for unit in turn.say)
    document = _whole(turn, said, renderer)
    check(document)
    if _is_ours(turn, renderer.render_settings):
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[row] = said
    return document


def _is_ours(turn: Turn, render_settings: RenderSettings) -> bool:
    """Whether these are the line's own words alone, after which nobody is rung."""
    return (
        not isinstance(turn.then, Transfer)
        and render_settings.figures.isdisjoint(
            unit.words if isinstance(unit, InLanguage) else unit for unit in turn.say
        )
        and not any(isinstance(unit, Playback) for unit in turn.say)
    )


def _response(*children: str) -> bytes:
    return f"{HEAD}<Response>{''.join(children)}</Response>".encode()


def _whole(turn: Turn, said: tuple[str, ...], renderer: Renderer) -> bytes:
    match turn.then:
        case Listen():
            return _response(*_listen(turn, turn.then, said, renderer))
        case Transfer():
            before = _before_it_rings(turn, said, renderer)
            return _response(*before, _dial(turn, turn.then, renderer))
        case Record():
            return _response(*said, *_record(turn, turn.then, renderer))
        case _:
            return _response(*said, HANGUP)


HANGUP = "<Hangup />"


def _redirect(address: str) -> str:
    return f'<Redirect method="POST">{escape(address)}</Redirect>'


def _listen(
    turn: Turn, listen: Listen, said: tuple[str, ...], renderer: Renderer
) -> tuple[str, ...]:
    """A Gather around the words, so that a key interrupts them, and a Redirect for silence.

    Where a number is typed, the half second after a press stands before the Gather: no key is
    heard in it, so that a key pressed twice by a shaking hand is not the number's first digit.
    """
    before = 1 if listen.many and turn.say[:1] == (AFTER_KEY,) else 0
    gather = _gather(
        said[before:], listen.seconds, renderer.address(turn.call, "key"), many=listen.many
    )
    return (*said[:before], gather, _redirect(renderer.address(turn.call, "silence")))


def _gather(said: tuple[str, ...], wait: int, action: str, many: bool = False) -> str:
    """A Gather for one key of any kind; ``many``: for a number, ended with hash."""
    keys = 'finishOnKey="#"' if many else 'finishOnKey="" numDigits="1"'
    head = f'<Gather input="dtmf" timeout="{wait}" {keys} action="{escape(action)}" method="POST">'
    return f"{head}{''.join(said)}</Gather>"


def _before_it_rings(turn: Turn, said: tuple[str, ...], renderer: Renderer) -> tuple[str, ...]:
    """The words in a Gather, so that star counts from the moment it is spoken of."""
    if not said:
        return ()
    return (_gather(said, BEFORE_RINGING, renderer.address(turn.call, "key")),)


def _dial(turn: Turn, transfer: Transfer, renderer: Renderer) -> str:
    """Ring a group of telephones. The caller hears British ringing until somebody has taken it.

    Star stops it, and nothing else: no other key is heard while a Dial lasts.
    """
    render_settings = renderer.render_settings
    shown = escape(render_settings.line_number)
    shown = f' callerId="{shown}"' if shown else ""
    whisper = escape(render_settings.whisper(turn.call, transfer))
    asks = f' url="{whisper}" method="POST"' if whisper else ""
    numbers = (escape(render_settings.numbers[who]) for who in transfer.who)
    rung = "".join(f"<Number{asks}>{number}</Number>" for number in numbers)
    return (
        f'<Dial action="{escape(renderer.address(turn.call, "transfer"))}" method="POST" '
        f'timeout="{transfer.ring}" timeLimit="{TALK_SECONDS}" answerOnBridge="true" ringTone="uk" '
        f'hangupOnStar="true"{shown}>{rung}</Dial>'
    )


def _record(turn: Turn, record: Record, renderer: Renderer) -> tuple[str, str]:
    """Record; where there was only silence, for which no action is asked, go on all the same."""
    action, complete = (escape(renderer.address(turn.call, on)) for on in ("recorded", "complete"))
    recorded = (
        f'<Record action="{action}" method="POST" maxLength="{record.most}" '
        f'timeout="{record.silence}" finishOnKey="{KEYS}" playBeep="true" '
        f'recordingStatusCallback="{complete}" />'
    )
    return recorded, _redirect(renderer.address(turn.call, "unheard"))


def whisper(
    units: tuple[Unit, ...], lang: str, wait: int, action: str, render_settings: RenderSettings
) -> bytes:
    """What an adviser hears, and the wait for the key that takes the call; else they are let go."""
    renderer = Renderer(render_settings)
    said = tuple(_unit(unit, lang, "normal", renderer) for unit in units)
    return _checked(_gather(said, wait, action), HANGUP)


def taken(units: tuple[Unit, ...], lang: str, render_settings: RenderSettings) -> bytes:
    """The last words before two are joined: a whisper that ends without a Hangup."""
    renderer = Renderer(render_settings)
    document = _response(*(_unit(unit, lang, "normal", renderer) for unit in units))
    check(document, ends=False)
    return document


def last_whisper(words: str, voice: str, tag: str, wait: int, action: str) -> bytes:
    """What an adviser hears when it cannot be told who is calling; still a key takes the call."""
    return _checked(_gather((_say(words, voice, tag),), wait, action), HANGUP)


def said_twice(words: str, voice: str, tag: str) -> bytes:
    """Words for whoever picks up a telephone that the line rings; twice, as it is often not at the
    ear yet. Then it ends."""
    said = _say(words, voice, tag)
    return _checked('<Pause length="1" />', said, '<Pause length="1" />', said, HANGUP)


def let_go() -> bytes:
    """The end of a leg: an adviser who does not take the call."""
    return _checked(HANGUP)


def _checked(*children: str) -> bytes:
    document = _response(*children)
    check(document)
    return document


def _say(words: str, voice: str, tag: str, wording: Wording | None = None) -> str:
    said = escape(words)
    if wording:
        said = ssml(wording.marks.get(words, words), wording.pronounced)
    return f'<Say voice="{escape(voice)}" language="{escape(tag)}">{said}</Say>'


def _play(address: str) -> str:
    return f"<Play>{escape(address)}</Play>"


def _unit(unit: Unit, lang: str, speed: Speed, renderer: Renderer) -> str:
    """A recording, or where one is missing the words for Twilio's own voice."""
    render_settings = renderer.render_settings
    if isinstance(unit, Playback):
        return _play(renderer.played(unit.recording, lang))
    if isinstance(unit, Pause):
        prompt = render_settings.library.pause(unit.ms)
        if prompt is None:
            return '<Pause length="1" />'
    else:
        lang, words = (unit.lang, unit.words) if isinstance(unit, InLanguage) else (lang, unit)
        prompt = render_settings.library.find(lang, speed, words)
        if prompt is None:
            if not render_settings.say_voice[lang]:
                lang, words = render_settings.first, render_settings.instead.get(words, "")
            if not words:
                return '<Pause length="1" />'
            voice, tag = render_settings.say_voice[lang], render_settings.tags[lang]
            return _say(words, voice, tag, render_settings.wordings.get(lang))
    return _play(render_settings.audio + prompt.file)


@dataclass(frozen=True, slots=True)
class LastDesk:
    """Whom to ring when all else fails: a number, what it sees, and where it asks for a key."""

    number: str
    line_number: str
    whisper: str


def last_words(
    words: str, voice: str, tag: str, start: str, ring_group: LastDesk | None, wait: int = 10
) -> bytes:
    """What is said when even the apology cannot be made: prepared while all is well.

    Rings the ring group where there is one; else, after ``wait`` seconds, or afterwards, the call
    begins anew at ``start``.
    """
    said = _say(words, voice, tag)
    if not ring_group:
        pause = [f'<Pause length="{wait}" />'] if wait else []
        return _checked(said, *pause, _redirect(start))
    number, shown, whisper = map(
        escape, (ring_group.number, ring_group.line_number, ring_group.whisper)
    )
    dial = (
        f'<Dial action="{escape(start)}" method="POST" timeout="{RING_SECONDS}" '
        f'timeLimit="{TALK_SECONDS}" answerOnBridge="true" callerId="{shown}">'
        f'<Number url="{whisper}" method="POST">{number}</Number></Dial>'
    )
    return _checked(said, dial)
