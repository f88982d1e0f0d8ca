"""``/metrics``: figures for whoever watches the line (Prometheus), without anything personal.

Owns their names. They are counted from the database, so that every process of every host tells the
same; a figure that cannot be had is left out. Only how long answers take is each host's own
(``times``). Only for who has METRICS_TOKEN.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from ivr.health import times
from ivr.line.call import Totals
from ivr.store import StoreDownError
from ivr.store.heartbeats import Heartbeats
from ivr.store.sent import Sent
from ivr.webhooks.extension import services_of

metrics = Blueprint("metrics", __name__)


@dataclass(frozen=True, slots=True)
class Figures:
    """Where figures come from. ``token`` empty: nobody gets any. ``now()`` has a zone.

    ``totals()`` are those of today; ``ready()`` says of each thing the line leans on if it is well.
    """

    token: str
    totals: Callable[[], Totals]
    sent: Sent
    beats: Heartbeats
    ready: Callable[[], dict[str, bool]]
    now: Callable[[], datetime]

    def collect(self) -> Iterator[Metric]:
        """See prometheus_client: one family of figures after another."""
        yield _family("ivr_well", "1 where it is well", "what", self.ready())
        for family in (self._today, self._texts, self._jobs):
            try:
                yield from family()
            except StoreDownError:
                continue

    def _today(self) -> Iterator[Metric]:
        totals = self.totals()
        told = {"calls": totals.calls, "heard": totals.heard, "talks": totals.talks}
        told |= {"texts": totals.texts}
        waits = {"callback": totals.callbacks, "message": totals.messages}
        yield _family("ivr_today", "So many since midnight in London", "what", told)
        yield _family("ivr_waiting", "Left by callers and not done", "kind", waits)

    def _texts(self) -> Iterator[Metric]:
        now = self.now()
        lately, used = self.sent.lately(now), self.sent.used(now)
        share = {use.limit: use.used / use.most for use in used if use.most}
        yield _family("ivr_texts_day", "Texts of the last 24 hours", "status", lately)
        yield _family("ivr_texts_used", "Share of each limit that is used", "limit", share)

    def _jobs(self) -> Iterator[Metric]:
        beats, now = self.beats.all(), self.now()
        ages = {
            name: (now - beat.good_at).total_seconds()
            for name, beat in beats.items()
            if beat.good_at and ":" not in name
        }
        yield _family("ivr_job_age_seconds", "Since it last went well", "job", ages)


@metrics.get("/metrics")
def shown() -> Response:
    """The figures, for who has the token; for anybody else there is no such page."""
    figures = services_of(current_app, Figures)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not figures.token or not hmac.compare_digest(given.encode(), figures.token.encode()):
        return Response("not here", 404)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(figures)
    times.tell(registry)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _family(name: str, help_: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, help_, labels=[label])
    for key, value in values.items():
        family.add_metric([key], float(value))
    return family
