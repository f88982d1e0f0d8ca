"""A part that takes things at once and does them soon, in a thread of its own.

Owns when that thread begins: with the first thing that is taken, so in the process that takes it
and not in its parent; and that it may end what it has begun.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod


class Background(ABC):
    """What begins a thread and ends it. ``_run`` is what the thread does until ``_closing``."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._beginning = threading.Lock()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    @abstractmethod
    def _run(self) -> None:
        """What is done in the thread."""

    def _begin(self) -> None:
        if self._thread is None:
            with self._beginning:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                    self._thread.start()

    def close(self) -> None:
        """Write what is left, and stop."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
