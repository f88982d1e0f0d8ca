"""The database: texts, voicemails, call-backs, editions, accounts, the journal.

Owns SQL and migrations; no other package knows them. Every write is short, or is refused.
"""

from __future__ import annotations

from ivr.store.database import RowRefusedError, Store, StoreDownError, open_store
from ivr.store.drafts import Drafts
from ivr.store.editions import Editions
from ivr.store.inbox import Asking, Inbox, Item
from ivr.store.journal import Journal
from ivr.store.notices import Notice, Notices
from ivr.store.outbox import Outbox, QueuedText
from ivr.store.prompts import OwnPrompts
from ivr.store.recordings import Recordings
from ivr.store.rings import Rings
from ivr.store.talks import Talks

__all__ = [
    "Asking",
    "Drafts",
    "Editions",
    "Inbox",
    "Item",
    "Journal",
    "Notice",
    "Notices",
    "Outbox",
    "OwnPrompts",
    "QueuedText",
    "Recordings",
    "Rings",
    "RowRefusedError",
    "Store",
    "StoreDownError",
    "Talks",
    "open_store",
]
