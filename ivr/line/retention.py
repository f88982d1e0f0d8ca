"""How long each kind of thing is kept, and when one of them goes.

Owns the figures of the retention schedule (UK GDPR, article 5(1)(e): no longer than necessary).
Pure: what deletes by them is ``store.purging``; what shows them is a page or a document.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

HANDLED = timedelta(days=30)
"""A message or call-back goes so long after somebody has said that it is done."""
AT_MOST = timedelta(days=90)
"""A message or call-back goes so long after it was left, done or not."""

KEPT: Mapping[str, timedelta] = {
    "journal": timedelta(days=396),
    "message": timedelta(days=396),
    "number": timedelta(days=7),
    "talk": timedelta(days=1),
    "text_in": timedelta(days=1),
    "texter": timedelta(days=1),
    "text_example": AT_MOST,
    "ring": timedelta(days=1),
    "last_node": timedelta(minutes=10),
    "answer": timedelta(days=35),
    "notice": AT_MOST,
    "dropped": timedelta(days=30),
    "session": timedelta(days=1),
    "try": timedelta(days=1),
    "change": timedelta(days=396),
    "tally": timedelta(days=1_127),
}
"""The rest, by name: ``number`` is the number and the words of a text, ``message`` what is left of
its row (13 months, like the journal: neither tells who it was). ``answer`` outlives the month whose
money it counts for. ``dropped`` is the row of a recording whose sound is gone; ``tally`` a day's
count of what callers did, in which no call can be found any more: three years and a month, so that
a month can be laid beside those before."""


def goes_at(left_at: datetime, done_at: datetime | None) -> datetime:
    """When a message or call-back is deleted, as things stand now."""
    longest = left_at + AT_MOST
    return min(longest, done_at + HANDLED) if done_at else longest
