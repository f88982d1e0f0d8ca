"""Somebody at a real handset: keys, and words that are not listened to any further."""

from __future__ import annotations

import time

import pytest

from ivr.simulator.events import Press, Speak
from ivr.simulator.people import Live

LONG = 300.0
"""Seconds that nobody waits for here."""


@pytest.mark.timeout(60)
def test_words_that_are_skipped_are_over_at_once_and_those_after_them_are_not():
    person = Live()
    person.skip()
    assert person.wait(LONG, speaking=True) is None
    person.press("1")
    assert person.wait(LONG, speaking=True).key == "1"


def test_what_the_line_waits_for_cannot_be_skipped():
    person, began = Live(), time.monotonic()
    person.skip()
    assert person.wait(0.2, speaking=False) is None and time.monotonic() - began > 0.19
    person.skip()
    person.press("2")
    assert person.wait(LONG, speaking=False).key == "2"


def test_a_recording_goes_on_whatever_is_skipped():
    person = Live()
    person.skip()
    assert person.recorded(LONG) == Speak(0.2)
    person.press("#")
    assert isinstance(person.recorded(LONG), Press)
