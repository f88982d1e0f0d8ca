"""Calls, texts in and requests to be rung back in any order: what was promised is kept, once.

Hypothesis plays callers who press and text anything; a count beside it knows what must be kept.
"""

from __future__ import annotations

import os
from itertools import count
from typing import ClassVar

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete

from ivr.store.services import StoreServices
from ivr.store.tables import callback, notice, sms
from ivr.webhooks.extension import services_of
from tests.support.telephone import Telephone
from tests.support.whole import demo

RUNS, STEPS = int(os.environ.get("STATE_RUNS", "12")), 80
KEYS = some.sampled_from([*"00112233456789*#", "07700900456#", "1#", "10#", "26#", "hangup"])
BODIES = some.sampled_from(
    ["STOP", "START", "HELP", "PERSON", "complaint", "letter 26 10 2026", "?"]
)
CALLS = count()


class Callers(RuleBasedStateMachine):
    """One caller with one telephone, who may ring again and again."""

    app: ClassVar[Flask]
    phone: ClassVar[Telephone]

    def __init__(self) -> None:
        super().__init__()
        number = next(CALLS)
        self.me = f"+4477009{number % 100_000:05}"
        with services_of(self.app, StoreServices).outbox._store.write() as connection:
            for table in (sms, callback, notice):
                connection.execute(delete(table))
        self.texts, self.stopped = self.waiting(), False
        self.ring()

    def waiting(self) -> int:
        """Texts that are to be sent."""
        return len(services_of(self.app, StoreServices).outbox.waiting())

    def kept(self) -> int:
        """What waits for people."""
        return len(services_of(self.app, StoreServices).inbox.items())

    def follow(self, address: str, **form: str) -> None:
        """The next step; what it promises is counted."""
        form |= {"CallSid": self.sid, "From": self.me}
        self.at = self.phone.follow(address, **form)
        promised = any("news=sending" in (each.text or "") for each in self.at.iter("Redirect"))
        before, self.texts = self.texts, self.waiting()
        assert self.texts - before in ((0, 1) if promised else (0,))

    @rule()
    def ring(self) -> None:
        """A new call."""
        self.sid = f"CA{next(CALLS):032x}"
        self.follow("http://x/voice")

    @rule(keys=KEYS)
    def press(self, keys: str) -> None:
        """Press something, where something is listened for."""
        gather = self.at.find("Gather")
        if gather is None:
            self.ring()
        else:
            self.follow(gather.get("action") or "", Digits=keys)

    @rule()
    def wait(self) -> None:
        """Press nothing; nobody answers where somebody is rung."""
        dial, on = self.at.find("Dial"), self.at.find("Redirect")
        if dial is not None and dial.get("action"):
            self.follow(dial.get("action") or "", DialCallStatus="no-answer")
        elif on is not None:
            self.follow(on.text or "")
        else:
            self.ring()

    @rule(body=BODIES)
    def text(self, body: str) -> None:
        """A text to the line, told twice by Twilio."""
        form = {"From": self.me, "Body": body, "MessageSid": f"SM{next(CALLS):032x}"}
        before = self.kept()
        answers = [self.phone.post("/sms", form) for _ in range(2)]
        assert [each.status_code for each in answers] == [200, 200]
        assert self.kept() - before in ((0, 1) if body == "PERSON" else (0,))
        self.stopped = body == "STOP" or (self.stopped and body != "START")

    @invariant()
    def a_step_is_spoken_and_goes_on(self) -> None:
        """Whatever was done."""
        assert self.at[-1].tag in ("Redirect", "Dial", "Hangup", "Record")

    @invariant()
    def stop_is_known(self) -> None:
        """Who said STOP is not texted."""
        assert services_of(self.app, StoreServices).optouts.stopped(self.me) == self.stopped


@pytest.mark.timeout(max(600, 5 * RUNS))
def test_whatever_callers_do_what_was_promised_is_kept_once(opens, tmp_path):
    most = {"TEXTS_A_DAY": "100000", "TEXTS_A_MONTH": "100000", "TEXTS_PENCE_A_MONTH": "10000000"}
    made = demo(tmp_path, **most)
    Callers.app = opens(made)
    Callers.phone = Telephone(Callers.app, made)
    so = settings(
        max_examples=RUNS, stateful_step_count=STEPS, deadline=None, database=None,
        suppress_health_check=[*HealthCheck],
    )  # fmt: skip
    run_state_machine_as_test(Callers, settings=so)  # type: ignore[no-untyped-call]
