"""Whether the line is up: ``/healthz`` for the process, ``/readyz`` for what it leans on.

Owns these two answers. ``/readyz`` may be red while calls go on: a call needs no database.
"""

from __future__ import annotations

import logging

from flask import Blueprint, Response, current_app, jsonify

from ivr.store.spells import Spell

log = logging.getLogger(__name__)
health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> Response:
    """The process answers. Nothing else is asked, so that a slow database restarts nothing."""
    return jsonify(status="ok")


@health.get("/readyz")
def ready() -> tuple[Response, int]:
    """Each thing the line leans on, and whether it is well: 200 when all are, else 503."""
    checks: dict[str, bool] = current_app.extensions["ready"]()
    well = all(checks.values())
    spell: Spell = current_app.extensions.setdefault("not ready", Spell(log))
    if well:
        spell.ends("ready again")
    else:
        wrong = ", ".join(name for name, good in checks.items() if not good)
        spell.begins("not ready: %s", wrong, about=wrong)
    return jsonify(status="ok" if well else "not ready", checks=checks), 200 if well else 503
