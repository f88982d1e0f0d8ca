"""Whatever Twilio adds to a request of a golden call, the answer stays the same (T1d)."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from ivr.app import create_app
from ivr.simulator import golden_calls
from ivr.simulator.delivery import reliable
from ivr.simulator.people import Decided, Scripted
from ivr.simulator.phone import PHONES
from ivr.simulator.wire import Answer, InProcess
from ivr.webhooks.extension import Lifetime, services_of
from ivr.webhooks.played import Heard
from ivr.webhooks.voice import CallServices
from tests.support.paths import ROOT
from tests.support.sent import Kept, Sent, Told
from tests.support.whole import demo

CONTENT = ROOT / "prompts"
MORNING = "2026-11-24T10:00"
TWILIOS = ("CallSid", "From", "To", "Digits", "CallStatus", "ParentCallSid", "Recording", "Dial")
"""How the fields begin that a call is made of; whatever else comes is nothing to the line."""
MOST_BODY, MOST_VALUE, MOST_FIELDS = 60_000, 20_000, 200


def unknown(name: str) -> bool:
    return not name.startswith(TWILIOS)


NAMES = strategies.text(min_size=1, max_size=30).filter(unknown)
LONG = strategies.builds(
    lambda text, times: (text * times)[:MOST_VALUE],
    strategies.text(max_size=20),
    strategies.integers(1, 2_000),
)
VALUES = strategies.one_of(strategies.text(max_size=30), LONG)
BESIDE = strategies.lists(strategies.tuples(NAMES, VALUES), min_size=1, max_size=MOST_FIELDS)


class Line:
    """A line in the morning, and every request of golden calls that were made then.

    Of those of one kind, from one kind of telephone, the call with most keys.
    """

    def __init__(self, folder: Path) -> None:
        made = demo(folder)
        self.app = create_app(made)
        services_of(self.app, Heard).clock = lambda: 1_800_000_000.0
        self.validator = RequestValidator(made.twilio_auth_token.get_secret_value())
        self.asked = Told()
        morning = [each for each in golden_calls.golden_calls(CONTENT) if each.at == MORNING]
        morning.sort(key=lambda each: len(each.keys))
        kinds = {(each.name.partition("-")[0], each.caller): each for each in morning}
        for walk in kinds.values():
            self._make(walk, made)

    def _make(self, walk: golden_calls.GoldenCall, made) -> None:
        kept = Kept(self.app)
        way = golden_calls.trunk(
            made, kept, services_of(self.app, CallServices).library(), reliable()
        )
        way.ring(Scripted(walk.keys), Decided("no-answer"), PHONES[walk.caller][1])
        self.asked.extend(kept.sent)

    def answer(self, sent: Sent, beside: list[tuple[str, str]]) -> Answer:
        """What the line says to this request, with fields beside those that Twilio sent."""
        own = list(sent.form.items(multi=True))
        form = MultiDict([*own, *within(beside, MOST_BODY - len(urlencode(own)))])
        signature = self.validator.compute_signature(sent.url, form)
        headers = {**sent.headers, "X-Twilio-Signature": signature}
        return InProcess(self.app).send("POST", sent.url, form, headers)


def within(beside: list[tuple[str, str]], room: int) -> list[tuple[str, str]]:
    """As many of these as a body still has room for."""
    kept = []
    for each in beside:
        size = len(urlencode([each])) + 1
        if size <= room:
            kept.append(each)
            room -= size
    return kept


@pytest.fixture(scope="module")
def line(tmp_path_factory):
    made = Line(tmp_path_factory.mktemp("unknown"))
    yield made
    services_of(made.app, Lifetime).close()


def test_the_golden_calls_ask_every_kind_of_step(line):
    paths = {urlsplit(each.url).path for each in line.asked}
    assert {"/voice", "/voice/status", "/voice/recording"} <= paths and len(line.asked) > 100


@settings(
    phases=[Phase.explicit, Phase.generate],
    max_examples=80,
    deadline=None,
    suppress_health_check=[*HealthCheck],
)
@given(data=strategies.data(), beside=BESIDE)
def test_whatever_is_added_to_a_request_of_a_golden_call_the_answer_is_the_same(line, data, beside):
    sent = line.asked[data.draw(strategies.integers(0, len(line.asked) - 1))]
    plain, more = line.answer(sent, []), line.answer(sent, beside)
    assert more == plain and plain.status in (200, 204)
