"""How much a database does for an answer, counted and not timed: the same on any machine.

How long answers take is measured by hand, on a quiet machine: docs/calls.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from ivr.store import Store

GRAIN = 100


def effort(store: Store, ask: Callable[[], object]) -> int:
    """SQLite's own instructions for this, by the hundred."""
    done = [0]

    def one_more() -> None:
        done[0] += 1

    def counted(connection: Any, *known: object) -> None:
        connection.set_progress_handler(one_more, GRAIN)

    event.listen(store._engine, "checkout", counted)
    try:
        ask()
    finally:
        event.remove(store._engine, "checkout", counted)
    return done[0]
