"""Telephone numbers: what kind they are, and which may be texted or rung.

Owns the rules for numbers, after GOV.UK Notify's (region GB, an allow-list of kinds). Pure.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType as Kind

from ivr.call import CallerKind

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

DRAMA_MOBILE = "+447700900"
"""Ofcom's mobile numbers for drama: they stand for a UK mobile in examples and demonstrations."""
DRAMA = (DRAMA_MOBILE, "+442079460", "+448081570", "+443069990")

DESK_KINDS = frozenset(
    {Kind.FIXED_LINE, Kind.MOBILE, Kind.FIXED_LINE_OR_MOBILE, Kind.TOLL_FREE, Kind.UAN}
)
"""What a desk may be: 01, 02, 03, 07 and 080. Never premium, personal, foreign or emergency."""


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


@lru_cache(maxsize=KEPT)
def mobile(number: str) -> str:
    """``number`` in E.164 if it is a UK mobile that can be texted, else an empty string."""
    parsed = _parsed(number)
    if parsed is None:
        return ""
    text = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if text.startswith(DRAMA_MOBILE) and len(text) == len("+447700900123"):
        return text
    kind = phonenumbers.number_type(parsed)
    british = phonenumbers.region_code_for_number(parsed) == "GB"
    return text if british and kind == Kind.MOBILE else ""


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
    return uk_mobile(typed) or (number if number and may_be_rung(number) else "")


@lru_cache(maxsize=KEPT)
def ringable(number: str) -> str:
    """``number`` as it stands in ``From``, where it is a UK number that may be rung; else empty."""
    return number if can_be_read(number) and may_be_rung(number) else ""


def can_be_read(number: str) -> bool:
    """Whether this is a UK number in E.164 as far as its figures go, so that it can be read out."""
    return bool(UK_E164.fullmatch(number))


def may_be_rung(number: str) -> bool:
    """Whether a desk may have this number (fault M3): a UK number of an allowed kind."""
    if number.startswith(DRAMA):
        return len(number) == len("+442079460123")
    parsed = _parsed(number)
    if parsed is None or parsed.country_code != 44:
        return False
    return phonenumbers.number_type(parsed) in DESK_KINDS


def _parsed(number: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number, "GB")
    except phonenumbers.NumberParseException:
        return None
