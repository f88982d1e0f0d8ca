"""What gunicorn is told, in the names of its settings.

Owns that the line is loaded once and web processes are forked from it: one that dies has a
successor within moments, and what they share is in memory once. Loads nothing of the line itself.
Source of the names: gunicorn's page on settings.
"""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from typing import Any

from ivr.server.cores import post_fork, pre_fork
from ivr.server.web import READY
from ivr.webhooks.extension import Lifetime, services_of

__all__ = ["post_fork", "pre_fork"]

# Nothing that is loaded from here on is waste, and looking for it takes a tenth of the start. It is
# looked for again once the line is there (``ivr.app.from_environment``).
gc.disable()

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
        server.num_workers = services_of(server.app.wsgi(), Lifetime).processes


def post_worker_init(worker: Any) -> None:
    """A web process was forked off, and answers from here on."""
    services_of(worker.wsgi, Lifetime).begin()
    with suppress(KeyError, OSError):
        os.write(int(os.environ[READY]), b".")
