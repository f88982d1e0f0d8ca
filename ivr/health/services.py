"""What the probes and figures of a line are made from, joined to the application.

Owns what makes ``/readyz`` red, of all that is looked at.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

from flask import Flask

from ivr.health import access, headers, load
from ivr.health.doctor import OUTSIDE, Checkup, Health, from_here
from ivr.health.load import Gauge
from ivr.health.metrics import Figures, metrics
from ivr.health.probe import Readiness, health
from ivr.store import StoreDownError
from ivr.store.services import StoreServices
from ivr.store.spells import Spell
from ivr.webhooks.extension import join

log = logging.getLogger(__name__)

READY = frozenset({"database", "disk", "worker", "purge", "test-call"})
"""What makes ``/readyz`` red, of all that is looked at from here."""


def add(
    app: Flask,
    gauge: Gauge,
    kept: StoreServices,
    checkup: Callable[[], Checkup],
    today: Callable[[], date],
) -> None:
    """Join the probes and the figures, and what is done around each request.

    ``today()`` by the line's clock.
    """
    access.add(app)
    load.add(app, gauge)
    headers.add(app, kept.settings.base_url)
    join(
        app,
        Readiness(partial(ready, checkup, Spell(log))),
        Figures(
            token=kept.settings.metrics_token.get_secret_value(),
            totals=lambda: kept.live_settings.totals(today()),
            sent=kept.sent,
            beats=kept.beats,
            ready=partial(ready, checkup, Spell(log)),
            now=lambda: datetime.now(UTC),
        ),
    )
    for blueprint in (health, metrics):
        app.register_blueprint(blueprint)


def ready(checkup: Callable[[], Checkup], away: Spell) -> dict[str, bool]:
    """What the line leans on, and whether each is well; also what the worker saw from outside."""
    made = checkup()
    found = {each.name: each.state is not Health.BAD for each in from_here(made)}
    checks = {name: well for name, well in found.items() if name in READY}
    try:
        checks |= {
            name.removeprefix(OUTSIDE): beat.good
            for name, beat in made.kept.beats.all().items()
            if name.startswith(OUTSIDE)
        }
    except StoreDownError as error:
        away.begins("the database is away (%s): what the worker saw cannot be read", error)
    else:
        away.ends("the database is there again")
    return checks | {"content": bool(made.line.version)}
