"""The one account that the simulator serves. It never stands in for a real one."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import request

from ivr.config.demo import DEMO_ACCOUNT_SID, PRODUCTION_TEST_SID

CLOCK_HEADER = "X-Exchange-Clock"
"""Seconds into the call, sent with each webhook: the simulator's time may run faster than real."""


class RealAccountError(Exception):
    """The simulator was asked to serve an account that is not its own."""


@dataclass(frozen=True, slots=True)
class SimulatedAccount:
    """The account whose calls and texts the simulator carries. Raises RealAccountError."""

    sid: str
    token: str
    number: str

    def __post_init__(self) -> None:
        if self.sid not in (DEMO_ACCOUNT_SID, PRODUCTION_TEST_SID):
            raise RealAccountError("the exchange never stands in for a real account")


def simulated_moment() -> int:
    """Milliseconds in a call of the simulator, whose clock may run faster than that on the wall."""
    seconds = request.headers.get(CLOCK_HEADER, type=float)
    return round((time.time() if seconds is None else seconds) * 1000)
