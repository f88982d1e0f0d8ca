"""Whatever comes again, in whatever order, to whichever host: nothing is kept twice, nothing is lost (T2)."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings, strategies

from ivr.config import DEMO_SECRET
from ivr.secrets.sealed_box import pair_of, unseal
from ivr.simulator.golden_calls import trunk
from ivr.simulator.people import Decided, Scripted
from ivr.simulator.wire import InProcess
from ivr.store.services import StoreServices
from ivr.store.tables import callback, notice, recording, sms
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices
from tests.support.sent import Kept
from tests.support.whole import demo, emptied, opened

MOBILE = "+447700900123"
CALLS = {
    "a text to another mobile": ("2", *"11111", "2", "2", "07700900456#", "1"),
    "two texts": ("2", *"-----", "2", "1", "*", "*", "1", *"------", "2", "1"),
    "being rung back": ("0", "2", "1", "1", "1", "1", "2", "1"),
    "a message": ("0", "1", "1", "say:12", "#", "1"),
}


def left(app: Flask) -> list[str]:
    """What waits because of callers: texts, and what is for people, opened."""
    texts = [
        f"text {number} {body}" for number, body in services_of(app, StoreServices).outbox.waiting()
    ]
    private = pair_of(DEMO_SECRET)[1]
    items = services_of(app, StoreServices).inbox.items()
    wishes = [json.loads(unseal(private, each.sealed)) for each in items if each.sealed]
    kinds = [each.kind for each in items]
    return sorted([*texts, *kinds, *(json.dumps(each, sort_keys=True) for each in wishes)])


@pytest.fixture(scope="module", params=CALLS.values(), ids=CALLS)
def call(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """A call that was made once: what was asked, and what it left."""
    own = demo(tmp_path_factory.mktemp("once"))
    with opened(own) as app:
        kept = Kept(app)
        way = trunk(own, kept, services_of(app, CallServices).library())
        made = way.ring(Scripted(request.param), Decided("no-answer"), MOBILE)
        found = left(app)
    assert made.ended_by == "caller" and found
    return kept.sent, found


@pytest.fixture(scope="module")
def two_hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Flask]]:
    """Two hosts on one database, which is emptied for each try."""
    made = demo(tmp_path_factory.mktemp("twice"))
    with opened(made) as one, opened(made) as other:
        yield [one, other]


@settings(
    phases=[Phase.explicit, Phase.generate],
    max_examples=12,
    deadline=None,
    suppress_health_check=[*HealthCheck],
)
@given(chance=strategies.randoms(use_true_random=False), data=strategies.data())
def test_any_request_may_come_up_to_five_times_in_any_order_to_either_host(
    call, two_hosts, chance: random.Random, data
):
    sent, once = call
    often = strategies.integers(1, 5)
    repeated = [each for each in sent for _ in range(data.draw(often))]
    chance.shuffle(repeated)
    emptied(two_hosts[0], sms, callback, recording, notice)
    for each in repeated:
        answer = InProcess(chance.choice(two_hosts)).send("POST", each.url, each.form, each.headers)
        assert answer.status in (200, 204)
    assert left(two_hosts[0]) == left(two_hosts[1]) == once
