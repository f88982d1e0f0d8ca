"""How long a job leaves something alone before it is tried again.

Owns these waits. Chance is used only so that many jobs do not try in the same moment.
"""

from __future__ import annotations

import random
from datetime import timedelta

FIRST_BACKOFF, LONGEST_BACKOFF = 0.1, 30.0
"""Seconds, doubling, after "too many requests" (Twilio's advice for 20429)."""
UNCLEAR_BACKOFF = 5.0
"""Seconds before looking up what may or may not have been taken."""


def backoff(tries: int, unclear: bool) -> timedelta:
    """How long to leave a text alone after so many tries, with 10 % of chance either way."""
    first = UNCLEAR_BACKOFF if unclear else FIRST_BACKOFF
    seconds = min(first * 2.0 ** min(tries - 1, 20), LONGEST_BACKOFF)
    return timedelta(seconds=seconds * random.uniform(0.9, 1.1))  # noqa: S311 - not a secret
