"""What the staff pages are made from, handed in once by ``create_app``.

Owns the list of it, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ivr.config import Settings
from ivr.content.editions import EditionFolders
from ivr.content.editions.drafting import Drafting
from ivr.health.doctor import Checkup
from ivr.line.model import Line
from ivr.staff.people import People
from ivr.store import Inbox, Outbox
from ivr.store.editions import Editions
from ivr.store.handling import Handling
from ivr.store.live_settings import LiveSettings
from ivr.store.sessions import Changes
from ivr.store.statistics import Statistics


@dataclass(frozen=True, slots=True)
class StaffServices:
    """Everything pages use. ``now()`` is UTC by the real clock; ``clock()`` the line's London time.

    ``line()`` gives the content in use, ``room()`` the line as the doctor looks at it.
    """

    settings: Settings
    people: People
    changes: Changes
    inbox: Inbox
    handling: Handling
    outbox: Outbox
    live_settings: LiveSettings
    statistics: Statistics
    drafting: Drafting
    editions: Editions
    folders: EditionFolders
    line: Callable[[], Line]
    room: Callable[[], Checkup]
    clock: Callable[[], datetime]
    now: Callable[[], datetime]
