"""What the doctor looks at, handed in: settings, content, database, recordings, and the clock.

Owns nothing but the list of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ivr.config import Settings
from ivr.line.model import Line
from ivr.secrets.seal import References
from ivr.speech.library import Library
from ivr.store import Inbox, Store
from ivr.store.heartbeats import Heartbeats
from ivr.store.limits import caps_of
from ivr.store.refusals import Refusals
from ivr.store.sent import Sent
from ivr.store.statistics import Statistics
from ivr.store.there import TextsThere


@dataclass(frozen=True)
class Checkup:
    """One line, as it stands. ``now`` is London time."""

    settings: Settings
    line: Line
    store: Store
    library: Callable[[], Library]
    now: datetime

    @cached_property
    def inbox(self) -> Inbox:
        """What callers left."""
        return Inbox(self.store, References(self.settings.reference_secret))

    @cached_property
    def sent(self) -> Sent:
        """How texts went."""
        return Sent(self.store, caps_of(self.settings))

    @cached_property
    def there(self) -> TextsThere:
        """Texts that are still at the carrier."""
        return TextsThere(self.store)

    @cached_property
    def statistics(self) -> Statistics:
        """What callers did, day by day."""
        return Statistics(self.store)

    @cached_property
    def beats(self) -> Heartbeats:
        """When jobs last ran."""
        return Heartbeats(self.store)

    @cached_property
    def refusals(self) -> Refusals:
        """Requests whose signature did not fit."""
        return Refusals(self.store)
