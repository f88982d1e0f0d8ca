"""What callers asked for survives workers that are killed.

The long versions are tests.proof.kills, for messages and call-backs, and tests.proof.kills_texts.
"""

from __future__ import annotations

import pytest

from ivr.store.outbox import LEASE
from tests.proof import kills_texts
from tests.proof.kills import quick_worker, run


@pytest.mark.timeout(180)
def test_killed_workers_lose_and_double_no_message_and_no_call_back(tmp_path):
    outcome = run(tmp_path, 10, quick_worker, (0.05, 0.4))
    assert outcome.messages == outcome.callbacks == 10
    assert outcome.sound, outcome


@pytest.mark.timeout(180)
def test_killed_workers_lose_and_double_no_text(empty):
    outcome = kills_texts.run(empty, rows=30, workers=3, kills=8, lease=LEASE)
    assert outcome.rows == outcome.taken == 30 and outcome.again
    assert outcome.sound, outcome
