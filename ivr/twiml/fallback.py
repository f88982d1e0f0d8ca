"""The fallback document: TwiML that helps callers while nothing of ours answers (fault F3).

Owns that document. It lies outside our servers, where the fallback address of the number points;
so it holds no address and no recording of ours, and asks nobody what time it is. Pure.
Source: Twilio's TwiML reference: Gather without an action asks for its own document again, Dial
without one goes on to the next verb; 64 kB at most (11750).
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as Xml

from ivr.flow.adviser import LAST_WAIT
from ivr.line.model import Line
from ivr.line.ring_groups import RING_SECONDS, TALK_SECONDS
from ivr.speech.marks import ssml

PEN_AND_PAPER = 10
"""Seconds for a key after the advice, to hear it again (R31)."""
MOST_BYTES = 60_000


def fallback_document(line: Line, line_number: str, adviser: str) -> bytes:
    """The document, in the first language. ``adviser``: who is rung (E.164); empty: nobody.

    Raises ValueError when it is larger than Twilio reads.
    """
    response = Xml.Element("Response")
    _say(line, response, "twin_away")
    if adviser:
        _say(line, response, "putting_through", "twin_stay")
        _dial(response, line_number, adviser)
    advice = _gather(response, PEN_AND_PAPER)
    for words in _advice(line):
        _speak(line, advice, words)
        Xml.SubElement(advice, "Pause", length="1")
    _say(line, advice, "twin_again")
    _say(line, _gather(response, LAST_WAIT), "ring_again", "will_end")
    _say(line, response, "goodbye")
    Xml.SubElement(response, "Hangup")
    Xml.indent(response)
    document: bytes = Xml.tostring(response, "utf-8", xml_declaration=True) + b"\n"
    if len(document) > MOST_BYTES:
        raise ValueError(f"the fallback document has {len(document)} bytes, at most {MOST_BYTES}")
    return document


def same(one: bytes, other: bytes) -> bool:
    """Whether two documents do the same, however they are set out."""
    return _plain(one) == _plain(other)


def _advice(line: Line) -> Iterator[str]:
    """What is in short: every topic by its name and its summary."""
    words = line.words(line.languages[0])
    yield words.say("twin_short")
    for name in line.topics:
        yield f"{words.title(name)} {words.topics[name].summary}"


def _gather(response: Xml.Element, seconds: int) -> Xml.Element:
    return Xml.SubElement(
        response, "Gather", input="dtmf", numDigits="1", finishOnKey="", timeout=str(seconds)
    )


def _dial(response: Xml.Element, line_number: str, adviser: str) -> None:
    dial = Xml.SubElement(response, "Dial", timeout=str(RING_SECONDS), timeLimit=str(TALK_SECONDS))
    dial.set("answerOnBridge", "true")
    dial.set("ringTone", "uk")
    dial.set("callerId", line_number)
    Xml.SubElement(dial, "Number").text = adviser


def _say(line: Line, parent: Xml.Element, *names: str) -> None:
    words = line.words(line.languages[0])
    _speak(line, parent, " ".join(words.say(name) for name in names))


def _speak(line: Line, parent: Xml.Element, words: str) -> None:
    lang = line.languages[0]
    say = Xml.fromstring(f"<Say>{ssml(words, line.words(lang).pronounced)}</Say>")  # noqa: S314 - ours
    say.attrib.update(voice=line.voices[lang].say, language=line.voices[lang].tag)
    parent.append(say)


def _plain(document: bytes) -> str:
    return Xml.canonicalize(document.decode("utf-8"), strip_text=True)
