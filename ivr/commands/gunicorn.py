"""What gunicorn is told, in the names of its settings, and what it serves.

Owns that the line is loaded once and web processes are forked from it: one that dies has a
successor within moments, and what they share is in memory once. Source of the names: gunicorn's
page on settings.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

import click
from flask import Flask

from ivr import app
from ivr.commands.common import in_words
from ivr.commands.process import Process
from ivr.commands.settings import settings_or_stop
from ivr.commands.web import READY

worker_class = Process
preload_app = True
graceful_timeout = 15
keepalive = 30
loglevel = "warning"
logger_class = "ivr.web.access.AccessLog"


def application() -> Flask:
    """The line; where it cannot be loaded, the end with words about what is wrong."""
    try:
        with in_words(settings_or_stop().content_dir):
            return app.from_environment()
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from None


def post_worker_init(worker: Any) -> None:
    """A web process was forked off, and answers from here on."""
    app.begin(worker.wsgi)
    with suppress(KeyError, OSError):
        os.write(int(os.environ[READY]), b".")
