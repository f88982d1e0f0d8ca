"""Messages and call-backs survive workers that are killed; the long version is tests.kills."""

from __future__ import annotations

import pytest

from tests.kills import quick_worker, run


@pytest.mark.timeout(180)
def test_killed_workers_lose_and_double_no_message_and_no_call_back(tmp_path):
    outcome = run(tmp_path, 25, quick_worker, (0.05, 0.4))
    assert outcome.messages == outcome.callbacks == 25
    assert outcome.sound, outcome
