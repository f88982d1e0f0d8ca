"""Whatever Twilio tells of a call to a person is lost, late or told often: nobody stays held over it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings, strategies

from ivr.config import Settings
from ivr.simulator.golden_calls import trunk
from ivr.simulator.people import Advisers, Decided, Scripted
from ivr.simulator.wire import InProcess
from ivr.store.services import StoreServices
from ivr.store.tables import talk
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices
from tests.support.reaching import Leaving, Starring
from tests.support.sent import Kept, Sent, Told
from tests.support.whole import emptied

FIRST, SECOND = "+442079460200", "+442079460201"
NAMES = {FIRST: "first", SECOND: "second"}
CALLERS = {"there": Scripted, "star": Starring, "gone": Leaving}
CALLS = {
    "the first takes it": ("there", Decided("answer")),
    "the second takes it": ("there", Advisers({FIRST: "no-answer", SECOND: "answer"})),
    "one refuses, the second takes it": ("there", Advisers({FIRST: "refuse", SECOND: "answer"})),
    "nobody takes it": ("there", Advisers({FIRST: "machine", SECOND: "busy"})),
    "the caller presses star": ("star", Advisers({FIRST: "refuse", SECOND: "answer"})),
    "the caller hangs up": ("gone", Decided("no-answer")),
}
RINGING, LONGEST = timedelta(minutes=3), timedelta(minutes=80)
"""More than a telephone rings, and than a talk takes."""


@pytest.fixture(scope="module", params=CALLS.values(), ids=CALLS)
def told(request, line_of_each) -> Told:
    """Everything that Twilio told of one call to a person, in its order."""
    emptied(line_of_each, talk)
    caller, advisers = request.param
    person = CALLERS[caller](["0", "-"])
    kept = Kept(line_of_each)
    way = trunk(
        services_of(line_of_each, Settings), kept, services_of(line_of_each, CallServices).library()
    )
    way.ring(person, advisers, "+447700900123", getattr(person, "follow", lambda event: None))
    assert any(urlsplit(each.url).path == "/voice/status" for each in kept.sent)
    return Told(kept.sent)


@dataclass
class Watch:
    """Who talks with this caller, as somebody would know it who sees every telephone."""

    app: Flask
    talks: dict[str, str] = field(default_factory=dict)

    def is_free(self, name: str, later: timedelta = timedelta(0)) -> bool:
        """Whether another call would ring this adviser."""
        services, now = services_of(self.app, StoreServices).talks, datetime.now(UTC) + later
        got = services.hold("CAother", "adviser", 99, [(name,)], now)
        services.release("CAother", now)
        return got == (name,)

    def send(self, sent: Sent) -> None:
        """Tell the line something once more, and look what became of it."""
        called = NAMES.get(sent.form.get("To", ""), "")
        takes = urlsplit(sent.url).path == "/desk" and sent.form.get("Digits") == "1"
        was_held = takes and not self.is_free(called)
        answer = InProcess(self.app).send("POST", sent.url, sent.form, sent.headers)
        assert answer.status in (200, 204)
        if takes and was_held and b"<Hangup" not in answer.body:
            self.talks = {called: sent.form["CallSid"]}
        over = urlsplit(sent.url).path == "/voice/status" or sent.form["CallStatus"] == "completed"
        bridged = sent.form.get("DialBridged") == "true"
        if over or bridged or sent.form.get("DialCallSid") in self.talks.values():
            self.talks = {}


def is_a_key(sent: Sent) -> bool:
    """What the caller does, which Twilio tells in its order: each step leads to the next."""
    parts = urlsplit(sent.url)
    return parts.path == "/voice" and "on=transfer" not in parts.query


def in_their_order(told: list[Sent], news: list[Sent]) -> list[Sent]:
    """Each as often as in ``news``, in the order of the call."""
    return [each for each in told for _ in range(max(is_a_key(each), news.count(each)))]


FEW = settings(
    phases=[Phase.explicit, Phase.generate],
    max_examples=10,
    deadline=None,
    suppress_health_check=[*HealthCheck],
)


@FEW
@given(chance=strategies.randoms(use_true_random=False), data=strategies.data())
def test_in_every_order_loss_and_repetition_nobody_stays_held_and_nobody_is_rung_in_a_talk(
    told, line_of_each, chance: random.Random, data
):
    often = strategies.integers(0, 3)
    keys = [each for each in told if is_a_key(each)]
    news = [each for each in told if not is_a_key(each) for _ in range(data.draw(often))]
    chance.shuffle(news)
    sent = [*keys, *news] if data.draw(strategies.booleans()) else in_their_order(told, news)
    emptied(line_of_each, talk)
    watch = Watch(line_of_each)
    for each in sent:
        watch.send(each)
        for name in watch.talks:
            assert not watch.is_free(name), "somebody who talks would be rung"
    ended = any(urlsplit(each.url).path == "/voice/status" for each in sent)
    for name in NAMES.values():
        assert watch.is_free(name, LONGEST)
        if ended or not watch.talks:
            assert watch.is_free(name, RINGING), "held for a call that is over"


def test_told_once_and_in_order_nobody_is_held_at_the_end(told, line_of_each):
    emptied(line_of_each, talk)
    watch = Watch(line_of_each)
    for each in told:
        watch.send(each)
    assert all(watch.is_free(name) for name in NAMES.values())
