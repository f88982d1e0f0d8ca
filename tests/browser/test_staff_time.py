"""The staff pages as time goes by, on each kind of database: past every limit on being idle.

What is written down only after a minute must not stand between staff and their pages.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import insert, select, text, update

from ivr.health.load import Gauge
from ivr.health.probe import Readiness
from ivr.store import Store, StoreDownError
from ivr.store.services import StoreServices
from ivr.store.sessions import Changes
from ivr.store.tables import change
from ivr.webhooks.extension import join, services_of
from tests.support.inbox import left
from tests.support.pages import as_somebody, in_a_browser
from tests.support.staff_pages import address, clock_at, joined, rules, sign_in, signed_in

MINUTE = timedelta(minutes=1)
MORNING = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_every_page_is_there_minutes_after_signing_in(both):
    client = signed_in(both, "manager")
    for turn, rule in enumerate(rules(both), 1):
        clock_at(both, turn * 2 * MINUTE)
        if "GET" in rule.methods and rule.endpoint != "signin.sign_in":
            answer = client.get(address(rule))
            assert answer.status_code in (200, 302, 404), rule.rule
            assert not (answer.location or "").startswith("/office/sign-in"), rule.rule


def test_half_an_hour_counts_from_the_last_page_and_twelve_hours_from_the_first(both):
    client = signed_in(both, "viewer")
    for half_hours in range(1, 24):
        clock_at(both, half_hours * 29 * MINUTE)
        assert client.get("/office").status_code == 200, half_hours
    clock_at(both, 23 * 29 * MINUTE + 31 * MINUTE)
    assert client.get("/office").location.startswith("/office/sign-in")
    again = both.test_client()
    sign_in(again, "viewer@example.org")
    begun = 23 * 29 * MINUTE + 31 * MINUTE
    for turn in range(1, 25):
        clock_at(both, begun + turn * 29 * MINUTE)
        assert again.get("/office").status_code == 200
    clock_at(both, begun + timedelta(hours=12, minutes=1))
    assert again.get("/office").location.startswith("/office/sign-in")


def test_a_page_is_given_though_nobody_can_write_down_that_it_was_asked_for(
    both, monkeypatch, caplog
):
    client = signed_in(both, "viewer")
    clock_at(both, 2 * MINUTE)

    def full(*_, **__):
        raise StoreDownError("the disk is full")

    monkeypatch.setattr(Store, "write", full)
    assert client.get("/office/account").status_code == 200
    assert "the disk is full" in caplog.text


def test_every_503_tells_the_log_why(both, caplog):
    client = signed_in(both, "viewer")
    with services_of(both, StoreServices).store.write() as connection:
        connection.execute(text("DROP TABLE tally"))
    with caplog.at_level(logging.ERROR):
        answer = client.get("/office/callers")
    assert answer.status_code == 503
    (said,) = [each.getMessage() for each in caplog.records if each.name == "ivr.staff.gate"]
    assert re.search(r" 42P01|OperationalError SQLITE_ERROR", said)
    join(both, Readiness(lambda: {"disk": True, "database": False}))
    assert client.get("/readyz").status_code == 503
    assert "not ready: database" in caplog.text
    services_of(both, Gauge).refuses = lambda what: what == "page"
    assert client.get("/office").status_code == 503
    assert "callers come first" in caplog.text


def test_who_reads_can_write_nothing_and_who_writes_after_that_can(store):
    """The connections are the same: what one was for must not stay with it."""
    changes = Changes(store)
    row = {"at": MORNING, "by": "somebody", "what": "invited", "of": "them"}
    for turn in range(20):
        for statement in (insert(change).values(row), update(change).values(of="others")):
            with pytest.raises(StoreDownError), store.read() as connection:
                connection.execute(statement)
        changes.note("somebody", f"turn-{turn}", "them", MORNING)
    assert set(store.values(select(change.c.of))) == {"them"}
    assert len(changes.newest()) == 20


@pytest.mark.browser
@in_a_browser[1]
def test_a_morning_at_the_staff_pages(served, context):
    """Signing in, then one thing after another with minutes in between, then a long break."""
    app, base = served
    joined(app, "viewer", "Vi Oak")
    item = left(app)
    page = as_somebody(context, app, base, "manager")
    clock_at(app, 2 * MINUTE)
    page.goto("/office")
    page.get_by_role("link", name="Waiting", exact=True).click()
    clock_at(app, 20 * MINUTE)
    page.get_by_role("button", name=f"Take {item.reference}").click()
    clock_at(app, 45 * MINUTE)
    page.get_by_label("We talked").check()
    page.get_by_role("button", name="it is done").click()
    expect(page.get_by_role("status")).to_contain_text("is done")
    clock_at(app, 70 * MINUTE)
    page.locator("summary", has_text="manager of the page").click()
    page.get_by_role("link", name="Staff", exact=True).click()
    page.get_by_role("link", name="Remove Vi Oak").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("status")).to_have_text("They cannot sign in any more.")
    clock_at(app, 101 * MINUTE)
    page.get_by_role("link", name="Today").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
