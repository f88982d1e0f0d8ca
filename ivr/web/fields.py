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
    parts = (each.partition("=") for each in text.split("&") if each)
    return [(_plain(name), _plain(value)) for name, _, value in parts]


def _plain(text: str) -> str:
    if "+" in text:
        text = text.replace("+", " ")
    return unquote(text, errors=ERRORS) if "%" in text else text


def first(fields: list[Pair]) -> dict[str, str]:
    """The first value of each name."""
    return dict(reversed(fields))
