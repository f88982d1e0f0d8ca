"""Somebody is told in the log when the texts come near a limit (fault M1).

Owns when that is said: once at each level, and again after the use has been below it.
"""

from __future__ import annotations

import logging
from datetime import datetime

from ivr.store.sent import Sent

log = logging.getLogger(__name__)


class TextAlarms:
    """What has been said so far, by this worker."""

    def __init__(self, sent: Sent) -> None:
        self._sent = sent
        self._said: dict[str, int] = {}

    def look(self, now: datetime) -> None:
        """Warn of each limit of which a higher level is reached. Raises StoreDownError."""
        for use in self._sent.used(now):
            if use.level > self._said.get(use.limit, 0):
                log.warning(
                    "texts: %d %% of %s is reached, %d of %d; see ivr texts",
                    *(use.level, use.limit, use.used, use.most),
                )
            self._said[use.limit] = use.level
