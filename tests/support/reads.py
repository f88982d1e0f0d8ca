"""What a page costs, counted and not timed: the same on any machine, however busy it is."""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from ivr.store import Store


@contextmanager
def reads(store: Store) -> Iterator[Counter[str]]:
    """How many ``files`` this thread opens meanwhile, and how many ``questions`` it asks a database."""
    done, here, open_ = Counter[str](), threading.get_ident(), io.open

    def asked(*known: object) -> None:
        done["questions"] += threading.get_ident() == here

    def opened(*known: Any, **more: Any) -> Any:
        done["files"] += threading.get_ident() == here
        return open_(*known, **more)

    event.listen(store._engine, "before_cursor_execute", asked)
    try:
        with patch("io.open", opened), patch("builtins.open", opened):
            yield done
    finally:
        event.remove(store._engine, "before_cursor_execute", asked)
