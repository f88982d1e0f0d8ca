"""What the line keeps: texts asked for and the journal. The only folder that knows SQL."""

from __future__ import annotations

from ivr.store.database import Store, StoreDownError, open_store
from ivr.store.journal import Journal
from ivr.store.outbox import Message, Outbox

__all__ = ["Journal", "Message", "Outbox", "Store", "StoreDownError", "open_store"]
