"""Texts: how the network counts them, and what somebody who texts in is answered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import texts
from tests.lines import LINE


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("’" + "a" * 69, 1),
        ("’" + "a" * 70, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("", 1),
    ],
)
def test_parts_are_counted_as_the_network_counts_them(text, parts):
    assert texts.segments(text) == parts


@given(st.text(alphabet="abcÄ€[]'\n", max_size=500), st.text(alphabet="abc€", max_size=50))
def test_more_text_is_never_fewer_parts(text, more):
    assert texts.segments(text + more) >= texts.segments(text)


@pytest.mark.parametrize("asked", ["apples", "APPLES", " Apples. ", "1", "apples!"])
def test_a_word_or_number_brings_its_topic(asked):
    assert texts.answer(LINE, asked) == "Advice line, about your call: apples."


@pytest.mark.parametrize("asked", ["", "hello", "9", "😀", "x" * 1600])
def test_anything_else_brings_the_words_that_work(asked):
    assert texts.answer(LINE, asked) == "Text one of these: 1 APPLES, 2 PEARS"


@pytest.mark.parametrize("asked", ["STOP", "stop", "Start", "unsubscribe"])
def test_words_that_the_carrier_acts_on_are_left_to_it(asked):
    assert texts.answer(LINE, asked) == ""
