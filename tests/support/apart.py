"""Tests and a demonstration on the same machine have nothing to do with each other.

Lines of tests have a demonstration's settings, and with them its ports. Somebody who has one open
while tests run would see made-up mails and texts in it. So no test reaches these ports.
"""

from __future__ import annotations

import sys
from typing import Any

OPEN = (8000, 8025)
"""The ports of ``make run``: the line's, and its mail's."""


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple) and args[1][1] in OPEN:
        raise ConnectionRefusedError(f"port {args[1][1]} is a demonstration's, and no test's")


def keep_apart() -> None:
    """From now on this process is refused there, as where nobody listens."""
    sys.addaudithook(_refuse)
