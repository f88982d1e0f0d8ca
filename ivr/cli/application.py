"""The line as gunicorn loads it.

Owns what is said where it cannot be loaded.
"""

from __future__ import annotations

import click
from flask import Flask

from ivr import app
from ivr.cli.common import in_words
from ivr.cli.settings import settings_or_stop


def application() -> Flask:
    """The line; where it cannot be loaded, the end with words about what is wrong."""
    try:
        with in_words(settings_or_stop().content_dir):
            return app.from_environment()
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from None
