"""What gunicorn is told, in the names of its settings.

Owns that the line is loaded once and web processes are forked from it: one that dies has a
successor within moments, and what they share is in memory once. Loads nothing of the line itself.
Source of the names: gunicorn's page on settings.
"""

from __future__ import annotations

import gc
import importlib
import os
from contextlib import suppress
from typing import Any

from ivr.server.cores import post_fork, pre_fork
from ivr.server.web import READY

__all__ = ["post_fork", "pre_fork"]

# Nothing that is loaded from here on is waste, and looking for it takes a tenth of the start. It is
# looked for again once the line is there (``ivr.app.from_environment``).
gc.disable()

USUAL, DEMONSTRATION = 2, 1
"""Web processes of a line for real calls, and of a demo."""
workers = 0
worker_class = "ivr.server.process.Process"
preload_app = True
graceful_timeout = 15
keepalive = 30
limit_request_line = 8_190
"""By GET all fields stand in the address: as long a one as gunicorn takes."""
loglevel = "warning"
logger_class = "ivr.health.access.AccessLog"


def on_starting(server: Any) -> None:
    """The line is loaded; where nobody said how many processes there are to be, it tells."""
    if not server.num_workers:
        shown = "mailbox" in server.app.wsgi().extensions
        server.num_workers = DEMONSTRATION if shown else USUAL


def post_worker_init(worker: Any) -> None:
    """A web process was forked off, and answers from here on."""
    importlib.import_module("ivr.app").begin(worker.wsgi)
    with suppress(KeyError, OSError):
        os.write(int(os.environ[READY]), b".")
