"""How long answers take, and how they end, by route: counted in each web process, told by any.

Owns these figures, and what was left undone under pressure. Processes share what they counted
through files in a folder that ``ivr serve`` makes anew at each start; without it a process tells of
itself alone.
"""

from __future__ import annotations

import os
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The variable in which prometheus_client finds the folder."""
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0, 5.0)
"""Seconds; 0.15 and 0.5 are what 95 and 99 of 100 steps are to stay under."""

KEPT = 512
"""Routes, and routes with a status, whose figures are found again at once: more than there are."""

OWN = CollectorRegistry()
SECONDS = Histogram(
    "ivr_answer_seconds", "How long answers took", ["route"], buckets=BOUNDS, registry=OWN
)
ANSWERS = Counter(
    "ivr_answers", "Answers by route and HTTP status", ["route", "status"], registry=OWN
)

TURNED_AWAY = Counter(
    "ivr_turned_away", "Left undone because callers came first", ["what"], registry=OWN
)


def turned_away(what: str) -> None:
    """Count one ``text``, ``page`` or ``ring`` that was refused while the line was pressed."""
    TURNED_AWAY.labels(what).inc()


_seconds = lru_cache(maxsize=KEPT)(SECONDS.labels)
_answers = lru_cache(maxsize=KEPT)(ANSWERS.labels)


def answered(route: str, status: int, seconds: float) -> None:
    """Count one answer."""
    _seconds(route).observe(seconds)
    _answers(route, str(status)).inc()


def tell(registry: CollectorRegistry) -> None:
    """Let ``registry`` tell these figures too: of every process here, or of this one."""
    if os.environ.get(SHARED):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return
    for family in (SECONDS, ANSWERS, TURNED_AWAY):
        registry.register(family)
