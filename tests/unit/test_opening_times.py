"""Opening times are read as people write them; what may be two things is asked back."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.line.hours import written
from ivr.staff.opening_times import as_kept, read_times

READ = {
    "": [],
    "closed": [],
    "9.00-12.00": ["09:00-12:00"],
    "9am to noon": ["09:00-12:00"],
    "9am - 12pm": ["09:00-12:00"],
    "9am-12pm": ["09:00-12:00"],
    "9-12": ["09:00-12:00"],
    "9 am to 5 pm": ["09:00-17:00"],
    "9 a.m. till 5 p.m.": ["09:00-17:00"],
    "9.30-1": ["09:30-13:00"],
    "9–5": ["09:00-17:00"],
    "from 9 until 5 o'clock": ["09:00-17:00"],
    "0900 - 1700": ["09:00-17:00"],
    "9:00am-17:00pm": ["09:00-17:00"],
    "12-4": ["12:00-16:00"],
    "12 noon to 4": ["12:00-16:00"],
    "Mid-day – 5pm": ["12:00-17:00"],
    "1-5": ["13:00-17:00"],
    "7-5": ["07:00-17:00"],
    "7am to midnight": ["07:00-24:00"],
    "9 - 12 and 1 - 5": ["09:00-12:00", "13:00-17:00"],
    "9am to midday, 1.30pm to 5pm": ["09:00-12:00", "13:30-17:00"],
    "9:00 until 12:00 , 13.30—17.00,": ["09:00-12:00", "13:30-17:00"],
    "10-2; 6-8": ["10:00-14:00", "18:00-20:00"],
    "09:00-24:00": ["09:00-24:00"],
}


@pytest.mark.parametrize(("words", "times"), READ.items(), ids=READ)
def test_times_are_read_as_people_write_them(words, times):
    assert as_kept(words) == times


REFUSED = {
    "7-9": "this may be 07:00-09:00 or 07:00-21:00 or 19:00-21:00. Write the one you mean.",
    "8-10pm": "this may be 08:00-22:00 or 20:00-22:00",
    "9am to 12am": "12am may be noon or midnight",
    "nine to five": "write times like",
    "9": "write times like",
    "17:00-09:00": "the earlier one first",
    "5pm-9am": "the earlier one first",
    "09:00-17:00-18:00": "write times like",
    "25:00-26:00": "write times like",
    "9-12:75": "write times like",
    "9-5 but not at lunch": "write times like",
    "9-12, 11-1": "one after another, none over the next",
    "09:00-12:00, 11:00-13:00": "one after another, none over the next",
}


@pytest.mark.parametrize(("words", "says"), REFUSED.items(), ids=REFUSED)
def test_what_cannot_be_read_or_may_be_two_things_is_refused_with_words(words, says):
    with pytest.raises(ValueError, match=r".") as refused:
        as_kept(words)
    assert says in str(refused.value)


@given(st.sets(st.integers(0, 24 * 60), min_size=2, max_size=6).map(sorted))
def test_times_as_a_page_shows_them_are_read_back_as_they_were(minutes):
    clocks = [time(each // 60 % 24, each % 60) for each in minutes]
    spans = tuple(zip(clocks[::2], clocks[1::2], strict=False))
    assert read_times(", ".join(written(spans))) == spans
