"""How long tests let their line wait for its database: longer than callers may.

A busy machine stands still for a second now and then. A line is right to answer without its
database then, and a test of what it answers with it fails. A file that
tests how long a caller waits says ``HURRIED = True``.
"""

from __future__ import annotations

from functools import partial

import pytest

from ivr.store import open_store, opening
from ivr.webhooks import guard

PATIENCE = 8
"""Seconds."""


def be_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that are opened from now on wait so long."""
    monkeypatch.setattr(opening, "open_store", partial(open_store, wait_ms=PATIENCE * 1000))
    monkeypatch.setattr(guard, "WEBHOOK", PATIENCE)
