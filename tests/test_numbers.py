"""Which numbers may be texted, which rung, and what telephone a call comes from."""

from __future__ import annotations

import pytest

from ivr.numbers import caller_kind, may_be_rung, mobile, ringable, uk_mobile, uk_number


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
    assert may_be_rung(number) is allowed


@pytest.mark.parametrize("read", [uk_number, ringable], ids=["typed", "who rings"])
def test_figures_of_another_script_are_no_number(read):
    """They would be kept as they came, and nobody could ring them."""
    assert read("0044７٣00000456") == read("+447٣00000456") == read("00447٣00000456") == ""
