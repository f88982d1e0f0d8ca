"""The database: texts, voicemails, call-backs, editions, accounts, the journal.

Owns SQL and migrations; no other package knows them. Every write is short, or is refused.
"""

from __future__ import annotations

from ivr.store.database import RowRefusedError, Store, StoreDownError, open_store
from ivr.store.inbox import Asking, Inbox, Item
from ivr.store.journal import Journal
from ivr.store.notices import Notices
from ivr.store.outbox import Outbox
from ivr.store.recordings import Recordings
from ivr.store.talks import Talks

__all__ = [
    "Asking",
    "Inbox",
    "Item",
    "Journal",
    "Notices",
    "Outbox",
    "Recordings",
    "RowRefusedError",
    "Store",
    "StoreDownError",
    "Talks",
    "open_store",
]
