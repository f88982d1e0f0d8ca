"""One call with all that Twilio tells beside it: how a text went, how ringing ended, that a recording is
there, and that the call is over. In whatever order, however often, and with any of it lost, the
same rows are left, and nobody is held (T2, T3, M4).
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings, strategies
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from ivr.config import Settings
from ivr.simulator.delivery import reliable
from ivr.simulator.golden_calls import trunk
from ivr.simulator.people import Decided, Scripted
from ivr.simulator.wire import InProcess, Wire
from ivr.store.services import StoreServices
from ivr.store.tables import notice, recording, sms, talk
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices
from tests.support.sent import Kept, Sent, Told
from tests.support.whole import emptied

MOBILE = "+447700900123"
KEYS = ("2", *"-----", "2", "1", "0", "1", "-", "1", "1", "say:12", "bye")
"""Asks for a text, then for a person; nobody comes, so a message is left by hanging up."""
SM = "SM" + "0a" * 16
RINGS = timedelta(minutes=3)
"""More than a telephone rings."""


class Left(NamedTuple):
    """What is left of the call: how its text stands, its messages, and who is held for it."""

    text: str
    messages: list[str]
    held: int
    told: int


@pytest.fixture(scope="module")
def call(line_of_each) -> tuple[Told, Told]:
    """A call that was made once: its own steps, and what is told beside them."""
    emptied(line_of_each, sms, recording, notice, talk)
    kept, made = Kept(line_of_each), services_of(line_of_each, Settings)
    way = trunk(made, kept, services_of(line_of_each, CallServices).library(), reliable())
    way.ring(Scripted(KEYS), Decided("no-answer"), MOBILE)
    news = [each for each in kept.sent if is_news(each)]
    assert [urlsplit(each.url).path for each in news] == [
        "/voice", "/voice", "/voice/recording", "/voice/status"
    ]  # fmt: skip
    return Told(each for each in kept.sent if not is_news(each)), Told(news)


def is_news(sent: Sent) -> bool:
    parts = urlsplit(sent.url)
    return parts.path != "/voice" or "on=transfer" in parts.query


def handed_over(app: Flask) -> Sent:
    """The text is with the carrier, as the worker leaves it; what is told when it has arrived."""
    outbox, now = services_of(app, StoreServices).outbox, datetime.now(UTC)
    (due,) = outbox.due(now, 5)
    outbox.claim(due[0], now)
    outbox.accepted(due[0], SM)
    made = services_of(app, Settings)
    form = MultiDict({"MessageSid": SM, "MessageStatus": "delivered", "To": MOBILE})
    url = f"{made.base_url}/sms/status?id={due[0]}"
    token = made.twilio_auth_token.get_secret_value()
    signed = Wire(InProcess(app), token, reliable())._headers("POST", url, form)
    return Sent(url, form, signed)


def left(app: Flask) -> Left:
    """What stands in the tables once telephones have rung out and the call's time is over."""
    later = datetime.now(UTC) + RINGS
    rows = services_of(app, StoreServices).recordings
    for sid, _ in rows.due(later + timedelta(hours=1), 5):
        work = rows.claim(sid, later + timedelta(hours=1))
        rows.fetched(work.sid, b"sealed", later)
    with services_of(app, StoreServices).outbox._store.read() as connection:
        (text,) = connection.execute(select(sms.c.status)).scalars()
        messages = connection.execute(select(recording.c.status)).scalars().all()
        held = connection.execute(select(talk).where(talk.c.ended_at > later)).all()
        told = connection.execute(select(notice)).all()
    return Left(text, list(messages), len(held), len(told))


@settings(
    phases=[Phase.explicit, Phase.generate],
    max_examples=25,
    deadline=None,
    suppress_health_check=[*HealthCheck],
)
@given(chance=strategies.randoms(use_true_random=False), data=strategies.data())
def test_whatever_is_told_beside_a_call_is_lost_late_or_often_the_same_is_left(
    line_of_each, call, chance: random.Random, data
):
    steps, news = call
    emptied(line_of_each, sms, recording, notice, talk)
    for each in steps:
        assert InProcess(line_of_each).send("POST", *each).status == 200
    delivered = handed_over(line_of_each)
    often = strategies.integers(0, 3)
    told = [each for each in (*news, delivered) for _ in range(data.draw(often))]
    chance.shuffle(told)
    for each in told:
        assert InProcess(line_of_each).send("POST", *each).status in (200, 204)
    assert left(line_of_each) == Left(
        text="delivered" if delivered in told else "accepted", messages=["fetched"], held=0, told=1
    )
