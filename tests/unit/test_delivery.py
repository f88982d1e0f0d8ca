"""How the simulator delivers: callbacks late, twice or never, answers lost, as with the carrier.

What the line makes of it is shown with whole calls in tests/calls/test_golden_calls.py.
"""

from __future__ import annotations

from collections import Counter

import pytest
from werkzeug.datastructures import MultiDict

from ivr.simulator import events
from ivr.simulator.delivery import Delivery, reliable
from ivr.simulator.mailroom import Mailroom
from ivr.simulator.people import Scripted
from tests.support import exchange
from tests.support.exchange import ACCOUNT, BASE
from tests.support.machine import until

AGAIN = "#rc=2&rp=ct,rt,5xx"
SPEAK = ("say:8", "#")


class Line(exchange.Line):
    """A made-up line that records whoever rings, and writes down what it is asked."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__({}, delivery)
        self.ended_at = 0

    def document(self, path: str, form: MultiDict[str, str]) -> str:
        again = AGAIN.replace("&", "&amp;")
        kept = f'<Record action="/kept{again}" recordingStatusCallback="/news"/>'
        return kept if path == "/voice" else "<Say>Thank you.</Say>"

    def hear(self, event: events.Event) -> None:
        if isinstance(event, events.Ended):
            self.ended_at = len(self.asked)

    def ring(self) -> list[str]:
        """One call in which something is recorded; the addresses that were asked."""
        begin = len(self.asked)
        self.call(Scripted(SPEAK), hear=self.hear, status=f"{BASE}/status")
        return self.paths()[begin:]


def test_a_reliable_carrier_tells_each_thing_once_and_in_time():
    assert Line(reliable()).ring() == ["/voice", "/kept", "/news", "/status"]


def test_callbacks_come_twice_late_and_never_in_turn():
    line = Line(Delivery(loses=0))
    assert [line.ring() for _ in range(4)] == [
        ["/voice", "/kept", "/news", "/news", "/status", "/status"],
        ["/voice", "/kept", "/status", "/news"],
        ["/voice", "/kept"],
        ["/voice", "/kept", "/news", "/status"],
    ]


def test_what_comes_late_comes_when_the_call_is_over():
    line = Line(Delivery(("late",), 0))
    line.ring()
    assert line.paths()[line.ended_at :] == ["/status", "/news"]


def test_what_comes_twice_is_two_requests_and_what_was_lost_is_the_same_one():
    line = Line(Delivery(("twice",), loses=1))
    line.ring()
    told = [(asked.path, asked.token) for asked in line.asked]
    assert len({token for path, token in told if path == "/news"}) == 2
    assert Counter(path for path, _ in told)["/kept"] == 3
    assert len({token for path, token in told if path == "/kept"}) == 1


def test_an_answer_is_lost_only_where_the_address_lets_the_carrier_ask_again():
    line = Line(Delivery(("plain",), loses=1))
    assert line.ring() == ["/voice", *["/kept"] * 3, "/news", "/status"]


def test_every_fifth_answer_is_lost_unless_told_otherwise():
    line = Line(Delivery())
    for _ in range(20):
        line.wire.ask("POST", f"{BASE}/there{AGAIN}", {"CallStatus": "in-progress"})
    assert len(line.asked) == 24


@pytest.mark.parametrize(
    ("ways", "told"),
    [
        (("plain",), ["sent", "delivered"]),
        (("twice",), ["sent", "sent", "delivered", "delivered"]),
        (("lost",), []),
    ],
)
def test_news_of_a_text_goes_the_same_ways(ways, told):
    line = Line(Delivery(ways, 0))
    room = Mailroom(ACCOUNT, line.wire)
    sent = {"To": "+447700900123", "From": ACCOUNT.number, "Body": "Hello",
            "StatusCallback": f"{BASE}/sms/status"}  # fmt: skip
    sid = room.take(sent).sid
    until(lambda: room.texts[sid].status == "delivered", "it is delivered")
    until(lambda: len(line.asked) == len(told), "all is told")
    assert [asked.form["MessageStatus"] for asked in line.asked] == told


def test_late_news_of_a_text_comes_all_the_same():
    line = Line(Delivery(("late",), 0))
    room = Mailroom(ACCOUNT, line.wire)
    room.take({"To": "+447700900123", "From": ACCOUNT.number, "Body": "Hello",
               "StatusCallback": f"{BASE}/sms/status"})  # fmt: skip
    until(lambda: len(line.asked) == 2, "both are told")
