"""The line as one web process that begins by itself, for servers that fork none."""

from __future__ import annotations

from flask import Flask

from ivr.app import begin, from_environment


def application() -> Flask:
    """See ``ivr.app``."""
    app = from_environment()
    begin(app)
    return app
