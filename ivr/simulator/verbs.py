"""TwiML as the simulator understands it: verbs, their attributes and defaults, and what is refused.

Owns the reading of a document. Defaults and nesting are those of Twilio's TwiML voice reference;
error codes those of its error pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

MOST_BYTES = 64 * 1024
LONGEST_SAY = 3_000
XML_TYPES = ("text/xml", "application/xml", "text/html")
KEYS = "0123456789*#"
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


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _positive(text: str) -> bool:
    return _whole(text) and int(text) > 0


def _method(text: str) -> bool:
    return text.upper() in ("GET", "POST")


def _truth(text: str) -> bool:
    return text in ("true", "false")


def _keys(text: str) -> bool:
    return all(key in KEYS for key in text)


def _country(text: str) -> bool:
    return len(text) == 2 and text.isascii() and text.isalpha() and text.islower()


def _any(text: str) -> bool:
    return True


Rule = tuple[str, Callable[[str], bool]]
ATTRIBUTES: Mapping[str, Mapping[str, Rule]] = {
    "Say": {"voice": ("man", _any), "language": ("en-US", _any), "loop": ("1", _whole)},
    "Play": {"loop": ("1", _whole), "digits": ("", _any)},
    "Pause": {"length": ("1", _positive)},
    "Gather": {
        "action": ("", _any),
        "actionOnEmptyResult": ("false", _truth),
        "finishOnKey": ("#", lambda text: len(text) <= 1 and _keys(text)),
        "input": ("dtmf", lambda text: set(text.split()) <= {"dtmf", "speech"}),
        "language": ("en-US", _any),
        "method": ("POST", _method),
        "numDigits": ("0", _positive),
        "timeout": ("5", _positive),
    },
    "Redirect": {"method": ("POST", _method)},
    "Dial": {
        "action": ("", _any),
        "answerOnBridge": ("false", _truth),
        "callerId": ("", _any),
        "hangupOnStar": ("false", _truth),
        "method": ("POST", _method),
        "ringTone": ("", _country),
        "timeLimit": ("14400", _positive),
        "timeout": ("30", _positive),
    },
    "Number": {"url": ("", _any), "method": ("POST", _method)},
    "Record": {
        "action": ("", _any),
        "finishOnKey": ("1234567890*#", _keys),
        "maxLength": ("3600", _positive),
        "method": ("POST", _method),
        "playBeep": ("true", _truth),
        "recordingStatusCallback": ("", _any),
        "recordingStatusCallbackEvent": ("completed", lambda text: text == "completed"),
        "recordingStatusCallbackMethod": ("POST", _method),
        "timeout": ("5", _positive),
        "trim": ("trim-silence", lambda text: text in ("trim-silence", "do-not-trim")),
    },
    "Hangup": {},
    "Reject": {"reason": ("rejected", lambda text: text in ("rejected", "busy"))},
    "Message": {"to": ("", _any), "from": ("", _any)},
}
"""Each verb's attributes, with the default and what a value must be."""

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
        if not known[name][1](value):
            raise VerbError(12200, f"{element.tag} {name}={value!r}")
    return {name: element.attrib.get(name, default) for name, (default, _) in known.items()}


def _check_text(name: str, text: str) -> None:
    if name in NEEDS_TEXT and not text:
        raise VerbError(13520 if name == "Say" else 12200, f"an empty {name}")
    if name == "Say" and len(text) > LONGEST_SAY:
        raise VerbError(13521, f"a Say of {len(text)} characters")
