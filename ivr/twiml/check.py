"""The guard that nothing leaves which Twilio would refuse.

Owns what may stand in what, and what may not be missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as Xml

MOST_BYTES = 60_000
MOST_WORDS = 2_900
"""Characters of one Say: under Polly's 3,000 (13521)."""


class TwimlError(Exception):
    """The document would not be performed: what is wrong with it."""


NESTING: Mapping[str, frozenset[str]] = {
    "Response": frozenset(
        {"Say", "Play", "Pause", "Gather", "Redirect", "Dial", "Record", "Hangup"}
    ),
    "Gather": frozenset({"Say", "Play", "Pause"}),
    "Dial": frozenset({"Number"}),
    "Say": frozenset({"break", "prosody", "say-as", "sub"}),
    "prosody": frozenset({"say-as", "sub"}),
}
NEEDED: Mapping[str, frozenset[str]] = {
    "Gather": frozenset({"input", "timeout", "finishOnKey", "action", "method"}),
    "Dial": frozenset({"action", "method", "timeout", "timeLimit"}),
    "Record": frozenset({"action", "method", "maxLength", "timeout", "finishOnKey"}),
    "Say": frozenset({"voice", "language"}),
    "Redirect": frozenset({"method"}),
}


def check(document: bytes, ends: bool = True) -> None:
    """Refuse what Twilio would refuse, and what would leave a caller in silence.

    Raises TwimlError: not well formed, too large, verbs nested wrongly, attributes missing, an
    empty or overlong Say, or a last verb that lets the call fall off the end. Without ``ends`` that
    may be: so a whisper hands over to the talk.
    """
    if len(document) > MOST_BYTES:
        raise TwimlError(f"{len(document)} bytes, at most {MOST_BYTES}")
    try:
        root = Xml.fromstring(document)  # noqa: S314 - our own bytes, without entities
    except Xml.ParseError as error:
        raise TwimlError(f"not well formed: {error}") from error
    if root.tag != "Response" or not len(root):
        raise TwimlError("no Response, or an empty one")
    if ends and root[-1].tag not in ("Redirect", "Hangup", "Dial"):
        raise TwimlError(f"falls off the end after {root[-1].tag}")
    _check_children(root)


def _check_children(parent: Xml.Element) -> None:
    """See ``check``, for what stands in ``parent``."""
    for child in parent:
        if child.tag not in NESTING.get(parent.tag, frozenset()):
            raise TwimlError(f"{child.tag} inside {parent.tag}")
        if missing := NEEDED.get(child.tag, frozenset()) - set(child.attrib):
            raise TwimlError(f"{child.tag} without {', '.join(sorted(missing))}")
        text = "".join(child.itertext())
        if child.tag in ("Say", "Play", "Redirect", "Number") and not text.strip():
            raise TwimlError(f"empty {child.tag}")
        if child.tag == "Say" and len(text) > MOST_WORDS:
            raise TwimlError(f"a Say of {len(text)} characters")
        _check_children(child)
