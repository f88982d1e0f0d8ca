"""What the doctor looks at: all that is kept, the line's content and recordings, and the clock.

Owns nothing but the list of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ivr.config import Settings
from ivr.line.model import Line
from ivr.speech.library import Library
from ivr.store import Store
from ivr.store.services import StoreServices


@dataclass(frozen=True)
class Checkup:
    """One line, as it stands. ``now`` is London time."""

    kept: StoreServices
    line: Line
    library: Callable[[], Library]
    now: datetime

    @property
    def settings(self) -> Settings:
        """What the operator has set."""
        return self.kept.settings

    @property
    def store(self) -> Store:
        """The database."""
        return self.kept.store
