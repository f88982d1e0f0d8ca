"""The fields of an address or a form, in their order: read once, and quickly.

Owns how ``a=1&b=2`` is taken apart: exactly as the standard library's ``parse_qsl`` does as Flask
calls it, in half the time, since hardly anything that Twilio sends is escaped.
"""

from __future__ import annotations

from urllib.parse import unquote

Pair = tuple[str, str]
ERRORS = "werkzeug.url_quote"
"""What is no UTF-8 stays escaped, as in Flask."""


def read(text: str) -> list[Pair]:
    """Every field, also an empty one and one that comes twice."""
    return [
        (_plain(name), _plain(value)) if "%" in each or "+" in each else (name, value)
        for each in text.split("&")
        if each
        for name, _, value in (each.partition("="),)
    ]


def _plain(text: str) -> str:
    """Without escapes. Hardly any comes but the plus before a telephone number."""
    if "%" not in text and "+" not in text:
        return text
    if text.startswith("%2B") and text[3:].isdecimal() and text.isascii():
        return "+" + text[3:]
    return unquote(text.replace("+", " "), errors=ERRORS)


def first(fields: list[Pair]) -> dict[str, str]:
    """The first value of each name."""
    return dict(reversed(fields))
