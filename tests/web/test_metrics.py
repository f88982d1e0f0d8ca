"""Figures for whoever watches: for who has the token alone, true, and without anything personal."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import requests
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from ivr.store.heartbeats import Heartbeats
from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices
from tests.proof.hosts import Host
from tests.support.inbox import REFERENCES, WISH, effects
from tests.support.lines import LINE
from tests.support.machine import TIME_LIMITS
from tests.support.telephone import Telephone

TOKEN = "a token of some length"


@pytest.fixture
def watched(settings, opens):
    token = type(settings.metrics_token)(TOKEN)
    return opens(settings.model_copy(update={"metrics_token": token}))


def figures(app: Flask, token: str = TOKEN) -> dict[tuple[str, str], float]:
    shown = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert shown.status_code == 200
    return {
        (sample.name, next(iter(sample.labels.values()))): sample.value
        for family in text_string_to_metric_families(shown.text)
        for sample in family.samples
    }


def test_the_figures_are_those_of_the_line(watched, settings):
    telephone = Telephone(watched, settings)
    for call in range(3):
        telephone.post("/voice", {"CallSid": f"CA{call}{'f' * 31}", "From": "+447700900123"})
    store = services_of(watched, StoreServices).store
    assert effects(store).do("CA1", WISH, LINE).isdigit()
    Heartbeats(store).beat("worker", datetime.now(UTC))
    services_of(watched, CallServices).journal.close()
    found = figures(watched)
    assert found["ivr_waiting", "callback"] == 1 and found["ivr_waiting", "message"] == 0
    assert found["ivr_well", "database"] == 1
    assert 0 <= found["ivr_job_age_seconds", "worker"] < 60
    assert found["ivr_texts_used", "a_day"] == 0
    assert WISH.number not in str(found) and REFERENCES.number(WISH.number) not in str(found)


def test_how_long_answers_take_is_told_of_every_process(settings):
    """A real line with two processes: each request is in the figures, whichever answers."""
    with Host(settings.database, processes=2, METRICS_TOKEN=TOKEN) as line:
        base, whole = f"http://127.0.0.1:{line.port}", {"Authorization": f"Bearer {TOKEN}"}
        for _ in range(20):
            refused = requests.post(f"{base}/voice", data={"CallSid": "CA1"}, timeout=TIME_LIMITS)
            assert refused.status_code == 403
        told = requests.get(f"{base}/metrics", headers=whole, timeout=TIME_LIMITS)
    found = {
        (sample.name, sample.labels.get("route"), sample.labels.get("status")): sample.value
        for family in text_string_to_metric_families(told.text)
        for sample in family.samples
    }
    assert found["ivr_answers_total", "/voice", "403"] == 20
    assert found["ivr_answer_seconds_count", "/voice", None] == 20


def test_for_anybody_else_there_is_no_such_page(app, watched):
    for line in (app, watched):
        for given in ("", "Bearer ", "Bearer wrong", TOKEN[:-1], "Bearer é"):
            answer = line.test_client().get("/metrics", headers={"Authorization": given})
            assert answer.status_code == 404 and "ivr_" not in answer.text, given
    assert app.test_client().get("/metrics").status_code == 404


def test_while_the_database_is_away_what_is_known_is_told(settings, opens):
    token = type(settings.metrics_token)(TOKEN)
    away = {"metrics_token": token, "database_url": "sqlite:////proc/nowhere/line.db"}
    app = opens(settings.model_copy(update=away))
    found = figures(app)
    assert found["ivr_well", "database"] == 0
    assert ("ivr_waiting", "callback") not in found
