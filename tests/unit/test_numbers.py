"""Which numbers may be texted, which rung, and what telephone a call comes from."""

from __future__ import annotations

import pytest

from ivr.line.numbers import (
    caller_kind,
    mobile,
    one_form,
    ringable,
    serves,
    uk_mobile,
    uk_number,
)

NOBODYS = [
    *("", "+266696687", "266696687", "+7378742833", "+7378742883", "+2562533", "+8656696"),
    *("+86282452253", "+7748283", "anonymous", "Anonymous", "unavailable", "restricted", "unknown"),
    *("private", "BARCLAYS", "60006", "81025", "client:alice", "client:+447700900123"),
    *("sip:alice@example.org", "sip:+447700900123@example.org", "rcs:agent", "whatsapp:", "+", "0"),
    *("+44770٠900123", "+447700900123,+447700900124", "7700900123", "rcs:+266696687"),
]
ONE_PERSONS = [
    *("+447700900123", "07700900123", "447700900123", "00447700900123", "+4407700900123"),
    *("rcs:+447700900123", "whatsapp:+447700900123", "RCS:07700900123", " 07700 900123 "),
    *("+44 (0)7700 900-123", "tel:+447700900123"),
]


@pytest.mark.parametrize("sent", NOBODYS)
def test_what_is_no_number_is_nobodys(sent):
    assert one_form(sent) == ""
    assert caller_kind(sent) == "withheld"


@pytest.mark.parametrize("sent", ONE_PERSONS)
def test_one_person_has_one_number_however_it_is_sent(sent):
    assert one_form(sent) == "+447700900123"


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        ("02079460123", "+442079460123"),
        ("rcs:+33612345678", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("+12025550123", "+12025550123"),
    ],
)
def test_another_number_keeps_its_country(sent, number):
    assert one_form(sent) == number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("07400123456", "+447400123456"),
        ("7400123456", "+447400123456"),
        ("447400123456", "+447400123456"),
        ("00447400123456", "+447400123456"),
        ("07700900123", "+447700900123"),
        ("07781123456", ""),
        ("07839123456", ""),
        ("07011234567", ""),
        ("02079460000", ""),
        ("0740012345", ""),
        ("074001234567", ""),
        ("077009001234", ""),
        ("0033612345678", ""),
        ("999", ""),
        ("", ""),
        ("abc", ""),
        ("٠٧٤٠٠١٢٣٤٥٦", ""),
    ],
)
def test_a_uk_mobile_as_people_type_it(typed, number):
    assert uk_mobile(typed) == number


@pytest.mark.parametrize(
    ("sender", "kind"),
    [
        ("+447400123456", "mobile"),
        ("+442079460000", "landline"),
        ("+447781123456", "foreign"),
        ("+447011234567", "landline"),
        ("+33612345678", "foreign"),
        ("+266696687", "withheld"),
        ("anonymous", "withheld"),
        ("Restricted", "withheld"),
        ("", "withheld"),
    ],
)
def test_what_telephone_a_call_comes_from(sender, kind):
    assert caller_kind(sender) == kind or (kind == "foreign" and not mobile(sender))


@pytest.mark.parametrize(
    ("number", "allowed"),
    [
        ("+442079460200", True),
        ("+447400123456", True),
        ("+448081570000", True),
        ("+443069990000", True),
        ("+443001234567", True),
        ("+448712345678", False),
        ("+449098765432", False),
        ("+447011234567", False),
        ("999", False),
        ("112", False),
        ("118118", False),
        ("+33142685300", False),
        ("+88213000000", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_only_ordinary_uk_numbers_may_be_rung(number, allowed):
    assert serves(number, "ring an adviser") is allowed


MOBILE, LANDLINE, THREE, FREE = "+447400123456", "+442071234567", "+443001234567", "+448001234567"
ABROAD = {
    "a mobile of Jersey": "+447797712345",
    "Jersey": "+441534712345",
    "a mobile of Guernsey": "+447781123456",
    "Guernsey": "+441481712345",
    "a mobile of Man": "+447624123456",
    "Man": "+441624612345",
    "055": "+445512345678",
    "056": "+445612345678",
    "a personal number": "+447011234567",
    "a pager": "+447640123456",
    "084": "+448451234567",
    "087": "+448712345678",
    "premium": "+449098765432",
    "France": "+33142685300",
    "the USA": "+12025550123",
    "emergency": "999",
}
RINGS = ("ring a caller", "ring an adviser", "line")
TEXTS = ("text a caller", "text staff")


@pytest.mark.parametrize("number", ABROAD.values(), ids=ABROAD)
@pytest.mark.parametrize("purpose", [*RINGS, *TEXTS])
def test_what_costs_more_serves_no_purpose(number, purpose):
    assert not serves(number, purpose)


@pytest.mark.parametrize("purpose", RINGS)
def test_whatever_is_rung_may_be_a_mobile_a_landline_03_or_080(purpose):
    assert all(serves(each, purpose) for each in (MOBILE, LANDLINE, THREE, FREE))
    assert all(serves(each, purpose) for each in ("+442079460123", "+447700900123"))


@pytest.mark.parametrize("purpose", TEXTS)
def test_only_mobiles_are_texted(purpose):
    assert serves(MOBILE, purpose) and serves("+447700900123", purpose)
    assert not any(serves(each, purpose) for each in (LANDLINE, THREE, FREE, "+442079460123"))


@pytest.mark.parametrize("number", ABROAD.values(), ids=ABROAD)
def test_what_callers_type_or_ring_from_is_held_to_the_same_rule(number):
    typed = "0" + number.removeprefix("+44") if number.startswith("+44") else number
    assert uk_number(typed) == ringable(number) == mobile(number) == uk_mobile(typed) == ""


@pytest.mark.parametrize("read", [uk_number, ringable], ids=["typed", "who rings"])
def test_figures_of_another_script_are_no_number(read):
    """They would be kept as they came, and nobody could ring them."""
    assert read("0044７٣00000456") == read("+447٣00000456") == read("00447٣00000456") == ""
