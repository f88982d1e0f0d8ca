"""Whether a number can be texted, as the carrier says: asked in the background, and remembered.

Owns the threads that ask and what is remembered: in memory only, by keyed reference, for a day.
Nobody ever waits for an answer. Until there is one, the rules of ``numbers`` alone decide.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable

from ivr.outside.twilio import CarrierError
from ivr.secrets.seal import References

log = logging.getLogger(__name__)

NOT_MOBILE = frozenset(
    {
        "fixedVoip",
        "landline",
        "nonFixedVoip",
        "pager",
        "personal",
        "premium",
        "sharedCost",
        "tollFree",
        "uan",
        "voicemail",
    }
)
"""Kinds that cannot be texted. With mobile and unknown, all that Twilio's Lookup page names."""

THREADS = 2
MOST_WAITING = 100
MOST_KEPT = 10_000
LASTS = 24 * 3_600
"""Seconds for which an answer is remembered."""


def mobile_by(line_type: Callable[[str], str], number: str) -> bool:
    """Whether ``number`` can be texted, asked now, by who can wait: a worker.

    What each process of the web side remembers is its own; here nothing that is no mobile passes.
    """
    try:
        return line_type(number) not in NOT_MOBILE
    except CarrierError as error:
        log.warning("a number could not be looked up: %s", error.code)
        return True


class NoLookups:
    """Asks nobody: the rules of ``numbers`` alone decide."""

    def ask(self, number: str) -> None:
        """Do nothing."""

    def textable(self, number: str) -> bool:
        """Always: nothing else is known of any number."""
        return True

    def close(self) -> None:
        """Do nothing."""


class Lookups:
    """Asks ``line_type`` what a number is, and remembers whether it can be texted."""

    def __init__(
        self,
        line_type: Callable[[str], str],
        references: References,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._line_type = line_type
        self._references = references
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, bool]] = {}
        self._asking: set[str] = set()
        self._waiting: queue.Queue[str] = queue.Queue(MOST_WAITING)
        for _ in range(THREADS):
            threading.Thread(target=self._run, name="lookups", daemon=True).start()

    def ask(self, number: str) -> None:
        """Have the carrier asked about ``number`` (E.164), unless it was or is being asked.

        Never waits, never fails: where too many are waiting, it is not asked.
        """
        reference = self._references.number(number)
        with self._lock:
            if reference in self._asking or self._told(reference) is not None:
                return
            try:
                self._waiting.put_nowait(number)
            except queue.Full:
                return
            self._asking.add(reference)

    def textable(self, number: str) -> bool:
        """Whether ``number`` may be texted: not where the carrier has said it is no mobile."""
        with self._lock:
            return self._told(self._references.number(number)) is not False

    def close(self) -> None:
        """Ask about nothing that still waits, and stop. What is being asked ends by itself."""
        with self._lock:
            while not self._waiting.empty():
                self._waiting.get_nowait()
            for _ in range(THREADS):
                self._waiting.put_nowait("")

    def _run(self) -> None:
        while number := self._waiting.get():
            reference = self._references.number(number)
            try:
                self._keep(reference, self._line_type(number) not in NOT_MOBILE)
            except CarrierError as error:
                log.warning("a number could not be looked up: %s", error.code)
            finally:
                with self._lock:
                    self._asking.discard(reference)

    def _told(self, reference: str) -> bool | None:
        """Whether it can be texted; None where the carrier has not said so within a day."""
        until, textable = self._known.get(reference, (0.0, None))
        return textable if self._clock() < until else None

    def _keep(self, reference: str, textable: bool) -> None:
        """Remember an answer, and forget what is too old or one too many, the oldest first."""
        with self._lock:
            self._known.pop(reference, None)
            self._known[reference] = (self._clock() + LASTS, textable)
            while len(self._known) > MOST_KEPT or self._oldest() <= self._clock():
                del self._known[next(iter(self._known))]

    def _oldest(self) -> float:
        return next(iter(self._known.values()))[0]
