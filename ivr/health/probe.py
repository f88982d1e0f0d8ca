"""Whether the line is up: ``/healthz`` for the process, ``/readyz`` for what it leans on.

Owns these two answers. ``/readyz`` may be red while calls go on: a call needs no database.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Blueprint, Response, current_app, jsonify

from ivr.store.spells import Spell
from ivr.webhooks.extension import services_of

log = logging.getLogger(__name__)
health = Blueprint("health", __name__)


@dataclass(frozen=True, slots=True)
class Readiness:
    """``checks()``: each thing the line leans on, and whether it is well."""

    checks: Callable[[], dict[str, bool]]
    spell: Spell = field(default_factory=lambda: Spell(log))


@health.get("/healthz")
def alive() -> Response:
    """The process answers. Nothing else is asked, so that a slow database restarts nothing."""
    return jsonify(status="ok")


@health.get("/readyz")
def ready() -> tuple[Response, int]:
    """Each thing the line leans on, and whether it is well: 200 when all are, else 503."""
    readiness = services_of(current_app, Readiness)
    checks = readiness.checks()
    well = all(checks.values())
    if well:
        readiness.spell.ends("ready again")
    else:
        wrong = ", ".join(name for name, good in checks.items() if not good)
        readiness.spell.begins("not ready: %s", wrong, about=wrong)
    return jsonify(status="ok" if well else "not ready", checks=checks), 200 if well else 503
