"""TwiML as the simulator understands it: verbs, their attributes and defaults, and what is refused.

Owns the reading of a document. Defaults and nesting are those of Twilio's TwiML voice reference;
error codes those of its error pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

MOST_BYTES = 64 * 1024
LONGEST_SAY = 3_000
XML_TYPES = ("text/xml", "application/xml", "text/html")
MOST_NUMBERS = 10
"""Telephones that one Dial may ring at once."""


class VerbError(Exception):
    """Twilio would refuse this answer. ``code`` is its error code."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(f"{code}: {message}")


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: its name, attributes with defaults filled in, text, and what is nested in it."""

    name: str
    given: Mapping[str, str]
    text: str
    inside: tuple[Verb, ...] = ()

    def __getitem__(self, attribute: str) -> str:
        return self.given[attribute]

    def number(self, attribute: str) -> int:
        """The attribute as a number."""
        return int(self.given[attribute])


ANY = r"(?s:.*)"
WHOLE, POSITIVE = r"[0-9]+", r"0*[1-9][0-9]*"
METHOD, TRUTH, COUNTRY = r"(?i:get|post)", r"true|false", r"[a-z]{2}"
ATTRIBUTES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Say": {"voice": ("man", ANY), "language": ("en-US", ANY), "loop": ("1", WHOLE)},
    "Play": {"loop": ("1", WHOLE), "digits": ("", ANY)},
    "Pause": {"length": ("1", POSITIVE)},
    "Gather": {
        "action": ("", ANY),
        "actionOnEmptyResult": ("false", TRUTH),
        "finishOnKey": ("#", r"[0-9*#]?"),
        "input": ("dtmf", r"\s*((dtmf|speech)(\s+|$))*"),
        "language": ("en-US", ANY),
        "method": ("POST", METHOD),
        "numDigits": ("0", POSITIVE),
        "timeout": ("5", POSITIVE),
    },
    "Redirect": {"method": ("POST", METHOD)},
    "Dial": {
        "action": ("", ANY),
        "answerOnBridge": ("false", TRUTH),
        "callerId": ("", ANY),
        "hangupOnStar": ("false", TRUTH),
        "method": ("POST", METHOD),
        "ringTone": ("", COUNTRY),
        "timeLimit": ("14400", POSITIVE),
        "timeout": ("30", POSITIVE),
    },
    "Number": {"url": ("", ANY), "method": ("POST", METHOD)},
    "Record": {
        "action": ("", ANY),
        "finishOnKey": ("1234567890*#", r"[0-9*#]*"),
        "maxLength": ("3600", POSITIVE),
        "method": ("POST", METHOD),
        "playBeep": ("true", TRUTH),
        "recordingStatusCallback": ("", ANY),
        "recordingStatusCallbackEvent": ("completed", "completed"),
        "recordingStatusCallbackMethod": ("POST", METHOD),
        "timeout": ("5", POSITIVE),
        "trim": ("trim-silence", "trim-silence|do-not-trim"),
    },
    "Hangup": {},
    "Reject": {"reason": ("rejected", "rejected|busy")},
    "Message": {"to": ("", ANY), "from": ("", ANY)},
}
"""Each verb's attributes, with the default and the pattern that a value must fit."""

INSIDE: Mapping[str, tuple[str, ...]] = {
    "Response": tuple(name for name in ATTRIBUTES if name != "Number"),
    "Gather": ("Say", "Play", "Pause"),
    "Dial": ("Number",),
}
SSML: Mapping[str, set[str]] = {
    "break": {"time"},
    "prosody": {"rate"},
    "say-as": {"interpret-as"},
    "sub": {"alias"},
}
"""What is taken of the SSML that Twilio's neural voices know, each with its attributes."""
NEEDS_TEXT = ("Say", "Play", "Redirect", "Number")


def parse(body: bytes, content_type: str) -> tuple[Verb, ...]:
    """The verbs of a document, in order. Raises TwimlError for what Twilio would refuse."""
    if content_type.partition(";")[0].strip().lower() not in XML_TYPES:
        raise VerbError(12300, f"content type {content_type or 'missing'}")
    if len(body) > MOST_BYTES:
        raise VerbError(11750, f"{len(body)} bytes")
    try:
        root = Xml.fromstring(body)  # noqa: S314 - the line's own answer, on this machine
    except Xml.ParseError as error:
        raise VerbError(12100, str(error)) from error
    if root.tag != "Response":
        raise VerbError(12200, f"the document is a {root.tag}, not a Response")
    return tuple(_verb(child, "Response") for child in root)


def _verb(element: Xml.Element, parent: str) -> Verb:
    name = element.tag
    if name not in INSIDE.get(parent, ()):
        raise VerbError(12200, f"{name} may not stand in {parent}")
    text = (element.text or "").strip() if name != "Say" else _spoken(element)
    if name == "Dial" and text:
        element = _dial_with_number(element, text)
    inside = () if name == "Say" else tuple(_verb(child, name) for child in element)
    _check_text(name, text)
    if name == "Dial" and not 1 <= len(inside) <= MOST_NUMBERS:
        raise VerbError(12200, f"a Dial with {len(inside)} numbers")
    return Verb(name, _attributes(element), text, inside)


def _spoken(say: Xml.Element) -> str:
    """The words of a Say, without the SSML that says how they sound."""
    for each in say.iter():
        if each is not say and (each.tag not in SSML or set(each.attrib) != SSML[each.tag]):
            raise VerbError(13513, f"{each.tag} with {', '.join(each.attrib)} may not stand in Say")
    return " ".join("".join(say.itertext()).split())


def _dial_with_number(element: Xml.Element, number: str) -> Xml.Element:
    """A Dial may hold its number as plain text."""
    dial = Xml.Element("Dial", element.attrib)
    Xml.SubElement(dial, "Number").text = number
    dial.extend(list(element))
    return dial


def _attributes(element: Xml.Element) -> dict[str, str]:
    known = ATTRIBUTES[element.tag]
    for name, value in element.attrib.items():
        if name not in known:
            raise VerbError(12200, f"{element.tag} has no attribute {name}")
        if not re.fullmatch(known[name][1], value):
            raise VerbError(12200, f"{element.tag} {name}={value!r}")
    return {name: element.attrib.get(name, default) for name, (default, _) in known.items()}


def _check_text(name: str, text: str) -> None:
    if name in NEEDS_TEXT and not text:
        raise VerbError(13520 if name == "Say" else 12200, f"an empty {name}")
    if name == "Say" and len(text) > LONGEST_SAY:
        raise VerbError(13521, f"a Say of {len(text)} characters")
