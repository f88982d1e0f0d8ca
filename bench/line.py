"""The line as one web process that begins by itself, for servers that fork none."""

from __future__ import annotations

from flask import Flask

from ivr.app import from_environment
from ivr.webhooks.extension import Lifetime, services_of


def application() -> Flask:
    """See ``ivr.app``."""
    app = from_environment()
    services_of(app, Lifetime).begin()
    return app
