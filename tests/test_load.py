"""A line that is asked for more than it can do: what it leaves undone, in which order, with words."""

from __future__ import annotations

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from ivr.call import SendText
from ivr.web.load import FROM, MOST, Gauge
from tests.chaos import FORM, Load, locked
from tests.hosts import Host
from tests.machine import until
from tests.telephone import CALL

STEPS = st.lists(st.tuples(st.booleans(), st.floats(0, 1)), max_size=40)


class Clock:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def pressed(gauge: Gauge, clock: Clock, seconds: float) -> None:
    """All threads are busy for so long, and still are."""
    for _ in range(gauge.threads):
        gauge.enter()
    clock.now += seconds
    gauge.leave()
    gauge.enter()


@given(STEPS)
def test_pressure_comes_only_from_busy_threads_and_goes_with_calm(steps):
    clock = Clock()
    gauge = Gauge(4, clock)
    busy = longest = 0.0
    for all_busy, lasted in steps:
        for _ in range(4 if all_busy else 1):
            gauge.enter()
        clock.now += lasted
        for _ in range(4 if all_busy else 1):
            gauge.leave()
        busy = busy + lasted if all_busy else 0.0
        longest = max(longest, busy)
        refused = [what for what in FROM if gauge.refuses(what)]
        assert refused == ["text", "page", "ring"][: len(refused)]
        assert sum(took for full, took in steps if full) >= FROM["text"] or not refused
    clock.now += MOST
    gauge.enter()
    assert not any(gauge.refuses(what) for what in FROM)


@pytest.mark.parametrize(
    ("seconds", "text", "page", "ring"),
    [
        (0.4, False, False, False),
        (1, True, False, False),
        (2, True, True, False),
        (3.5, True, True, True),
    ],
)
def test_texts_are_refused_first_then_pages_and_new_calls_last(app, telephone, seconds, text, page, ring):  # fmt: skip
    clock, gauge = Clock(), app.extensions["gauge"]
    gauge._clock = clock
    gauge._seen = 0.0
    pressed(gauge, clock, seconds)
    line = app.extensions["desk"].shelf.line("")
    asked = SendText("complaint", "en", "+447700900123")
    outcome = app.extensions["desk"].errand("CA" + "1" * 32, asked, line, "+447700900123")
    assert (outcome == "failed") == text
    sign_in = app.test_client().get("/office/sign-in")
    assert (sign_in.status_code == 503) == page
    assert not page or ("come first" in sign_in.text and sign_in.headers["Retry-After"])
    rang = telephone.post("/voice", CALL).text
    assert ("something on our side is not working" in rang) == ring
    assert "<Gather" in telephone.post("/voice?at=main&on=key", CALL | {"Digits": "2"}).text


ASKS_FOR_A_PERSON = (("/voice?at=tell&on=key&trail=main", {"Digits": "1"}),)
"""A step that waits for the database: for a second, while that is locked."""


def test_asked_for_three_times_what_it_can_do_it_answers_calls_and_is_itself_again_soon(tmp_path):
    host = Host(f"sqlite:///{tmp_path}/line.db", processes=1, threads=4)
    load = Load(host.port, rate=12, steps=ASKS_FOR_A_PERSON)
    page = f"http://127.0.0.1:{host.port}/office/sign-in"

    def turned_away() -> bool:
        return requests.get(page, timeout=10).status_code == 503

    try:
        with locked(tmp_path / "line.db"):
            seen = load.during(lambda: until(turned_away, "a page is turned away"))
        assert seen.seconds and seen.errors == []
        until(lambda: not turned_away(), "the page is there again")
        rang = load.post("/voice", FORM | {"CallSid": "CA1"})[1]
        assert b"<Gather" in rang and b"not working" not in rang
    finally:
        host.kill()
