"""Telephone numbers: what kind they are, and which may be used for what.

Owns the rules for numbers, one for each purpose, after GOV.UK Notify's (region GB, an allow-list of
kinds). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

import phonenumbers
from phonenumbers import PhoneNumberType as Kind

from ivr.line.call import CallerKind

KEPT = 1_024
"""Numbers whose kind is kept: it is asked anew with every key of a call."""
WITHHELD = frozenset(
    {"266696687", "7378742833", "7378742883", "2562533", "8656696", "86282452253", "7748283"}
)
"""How a withheld number arrives, typed as ANONYMOUS, RESTRICTED (also with a slip), BLOCKED,
UNKNOWN, UNAVAILABLE and PRIVATE are. Such a word itself, a client or an address is no number."""
CHANNEL = re.compile(r"(?:rcs|sms|tel|whatsapp):", re.IGNORECASE)
"""What Twilio puts before a number that is reached in another way. It is the same person."""
WRITTEN = re.compile(r"(\+|00|0|(?=44[1-9][0-9]{8,9}$))([1-9][0-9]{6,14})", re.ASCII)
"""A number with its country, or as it is written within the UK; a short code is neither."""
BETWEEN = str.maketrans("", "", " -()")

UK_E164 = re.compile(r"\+44[0-9]{9,10}")
ANY_UK = re.compile(r"\+44[0-9]{7,10}")
"""With the shortest that there are, such as 0800 1111: some contacts have one, never a line."""

DRAMA_MOBILE = "+447700900"
"""Ofcom's mobile numbers for drama: they stand for a UK mobile in examples and demonstrations."""
DRAMA = (DRAMA_MOBILE, "+442079460", "+448081570", "+443069990")

ORDINARY = frozenset({Kind.FIXED_LINE, Kind.MOBILE, Kind.TOLL_FREE, Kind.UAN})
"""01 and 02, 07, 080, and 03: never premium, personal, for a pager, or emergency."""
COMPANIES = "+4455"
"""Numbers of companies, which are of the same kind as 03 and may cost more than any other."""
NOT_UK = "Jersey, Guernsey and Isle of Man numbers cost more and are not taken"


class NumberRule(NamedTuple):
    """Which numbers serve a purpose; ``words`` name them to whoever set another one.

    All are of the United Kingdom alone: Jersey, Guernsey and Man share +44, and are abroad for
    whoever pays. ``drama``: which of Ofcom's numbers for drama stand for such a number.
    """

    kinds: frozenset[int]
    drama: tuple[str, ...]
    words: str
    form: re.Pattern[str] = UK_E164


Purpose = Literal["text a caller", "ring a caller", "ring an adviser", "line", "text staff"]
_MOBILE = frozenset({Kind.MOBILE})
_RUNG = f"a UK number that may be rung (01, 02, 03, 07 or 080), such as +442079460200; {NOT_UK}"
_TEXTED = f"a UK mobile, such as +447700900123; {NOT_UK}"
RULES: Mapping[Purpose, NumberRule] = {
    "text a caller": NumberRule(_MOBILE, (DRAMA_MOBILE,), _TEXTED),
    "text staff": NumberRule(_MOBILE, (DRAMA_MOBILE,), _TEXTED),
    "ring a caller": NumberRule(ORDINARY, DRAMA, _RUNG, ANY_UK),
    "ring an adviser": NumberRule(ORDINARY, DRAMA, _RUNG),
    "line": NumberRule(
        ORDINARY,
        DRAMA,
        "the line's number with its country code, such as +442079460100: 01, 02, 03, 07 or 080, "
        f"which nobody pays more for; {NOT_UK}",
    ),
}
"""What each purpose takes."""


@lru_cache(maxsize=KEPT)
def serves(number: str, purpose: Purpose) -> bool:
    """Whether a number in E.164 may be used for this (fault M3)."""
    rule = RULES[purpose]
    if number.startswith(DRAMA):
        return number.startswith(rule.drama) and len(number) == len("+442079460123")
    parsed = _parsed(number) if rule.form.fullmatch(number) else None
    if parsed is None or number.startswith(COMPANIES):
        return False
    british = phonenumbers.region_code_for_number(parsed) == "GB"
    return british and phonenumbers.number_type(parsed) in rule.kinds


@lru_cache(maxsize=KEPT)
def one_form(sent: str) -> str:
    """The number that a request comes from, in E.164: one person has one, on every way.

    Empty for what is nobody's number, such as a withheld one: who that is nobody knows.
    """
    number = CHANNEL.sub("", sent.strip(), count=1).translate(BETWEEN)
    written = WRITTEN.fullmatch(number)
    if written is None or number.removeprefix("+") in WITHHELD:
        return ""
    before, digits = written.groups()
    number = f"+44{digits}" if before == "0" else f"+{digits}"
    return "+44" + number.removeprefix("+440") if number.startswith("+440") else number


def uk_mobile(typed: str) -> str:
    """The E.164 form of a UK mobile typed as 07, 7, 447 or 00447, else an empty string.

    Jersey, Guernsey and Man are not region GB and are refused, as Notify does.
    """
    if not (typed.isascii() and typed.isdigit()):
        return ""
    digits = typed.removeprefix("00")
    if digits.startswith("7"):
        digits = "44" + digits
    return mobile("+" + digits if digits.startswith("44") else "+44" + digits.removeprefix("0"))


def printed(number: str) -> str:
    """A number (E.164) as people write it: 020 7946 0100; one from abroad with its country code.

    A number of no country stays as it is.
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    ours = parsed.country_code == phonenumbers.country_code_for_region("GB")
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if ours else form.INTERNATIONAL)


@lru_cache(maxsize=KEPT)
def mobile(number: str) -> str:
    """``number`` in E.164 if it is a UK mobile that can be texted, else an empty string."""
    parsed = _parsed(number)
    if parsed is None:
        return ""
    text = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return text if serves(text, "text a caller") else ""


@lru_cache(maxsize=KEPT)
def caller_kind(number: str) -> CallerKind:
    """What kind of telephone a call comes from, by its ``From``."""
    if not one_form(number):
        return "withheld"
    if mobile(number):
        return "mobile"
    return "landline" if number.startswith("+44") else "foreign"


def uk_number(typed: str) -> str:
    """The E.164 form of a UK number that may be rung, typed as 0…, 44… or 0044…, else empty.

    A mobile without its first 0 is understood; any other number needs it.
    """
    national = re.fullmatch(r"(?:0044|44|0)0?([1-9][0-9]{8,9})", typed)
    number = f"+44{national[1]}" if national else ""
    return uk_mobile(typed) or (number if serves(number, "ring a caller") else "")


@lru_cache(maxsize=KEPT)
def ringable(number: str) -> str:
    """``number`` as it stands in ``From``, where it is a UK number that may be rung; else empty."""
    return number if can_be_read(number) and serves(number, "ring a caller") else ""


def can_be_read(number: str) -> bool:
    """Whether this is a UK number in E.164 as far as its figures go, so that it can be read out."""
    return bool(UK_E164.fullmatch(number))


def _parsed(number: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number, "GB")
    except phonenumbers.NumberParseException:
        return None
