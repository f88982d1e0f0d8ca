"""A backup that is put back lets nobody in who was out, and is not put under a running line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result

from ivr.app import create_app
from ivr.config import read
from ivr.staff import StaffServices
from ivr.store import open_store
from ivr.store.accounts import Accounts
from ivr.store.backup import copy_out
from ivr.store.heartbeats import Heartbeats
from ivr.store.services import StoreServices
from ivr.webhooks.extension import Lifetime, services_of
from tests.proof.hosts import Host
from tests.support.commands import ivr
from tests.support.killing import worker
from tests.support.machine import until
from tests.support.postgres import fresh_sqlite
from tests.support.staff_pages import (
    PASSWORD,
    invite,
    joined,
    post,
    sign_in,
    signed_in,
)

NOW = datetime.now(UTC)


@pytest.fixture
def url(url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An address that the commands know, too."""
    monkeypatch.setenv("DATABASE_URL", url)
    return url


def restore(file: Path) -> Result:
    return ivr("restore", str(file), "--yes")


def test_who_was_out_is_named_and_everybody_is_signed_out(url, tmp_path, opens):
    app, copy = create_app(read({"DATABASE_URL": url})), tmp_path / "line.backup"
    people = services_of(app, StaffServices).people
    manager = signed_in(app, "manager")
    joined(app, "viewer", "Gone Oak")
    joined(app, "editor", "Less Elm")
    joined(app, "viewer", "New Word")
    joined(app, "viewer", "The Same")
    _, link = invite(app, "viewer", "Asked Once")
    pins = services_of(app, StoreServices).staff_list
    number, stays = pins.add("Gone Oak", "402615", NOW), pins.add("The Same", "719364", NOW)
    copy_out(url, copy)
    ids = {each.name: each.id for each in people.accounts.all()}
    people.accounts.remove(ids["Gone Oak"], NOW)
    people.accounts.set_role(ids["Less Elm"], "viewer")
    new = {"password": "eight loud oceans", "again": "eight loud oceans"}
    client = app.test_client()
    sign_in(client, "new.word@example.org")
    post(client, "/office/account/password", "/office/account", old=PASSWORD, **new)
    people.accounts.withdraw("asked.once@example.org")
    pins.remove(number)
    services_of(app, Lifetime).close()

    done = restore(copy)
    assert done.exit_code == 0, done.output
    said = done.output.partition("Not so just before.")[2].splitlines()[1:]
    assert [each.strip() for each in said] == [
        "Gone Oak, gone.oak@example.org: can get in as viewer",
        "Less Elm, less.elm@example.org: is editor again, was viewer",
        "New Word, new.word@example.org: gets in with what held then (password, phone or PIN)",
        f"Gone Oak, staff number {number}: can get in",
    ]
    assert stays not in done.output and "Everybody is signed out" in done.output
    for who in ("Gone.Oak@example.org", number):
        assert ivr("staff", "remove", who).exit_code == 0
        again = ivr("staff", "remove", who)
        assert again.exit_code == 1 and "there is nobody with" in again.output
    listed = ivr("staff", "list").output
    assert "gone.oak@example.org" not in listed and number not in listed
    assert "the.same@example.org  The Same, viewer" in listed
    last = ivr("staff", "remove", "manager@example.org")
    assert last.exit_code == 1 and "nobody else could invite" in last.output
    again = opens(read({"DATABASE_URL": url}))
    token = manager.get_cookie("office", path="/office").value
    browser = again.test_client()
    browser.set_cookie("office", token, path="/office")
    assert browser.get("/office").location.startswith("/office/sign-in")
    assert browser.get(link).status_code == 404
    assert sign_in(browser, "the.same@example.org", PASSWORD).status_code == 302


@pytest.mark.parametrize("left", [b"", b"spoiled " * 1000, None], ids=["empty", "spoiled", "none"])
def test_where_nobody_can_say_who_could_get_in_everybody_is_named(tmp_path, monkeypatch, left):
    url, copy = fresh_sqlite(tmp_path), tmp_path / "line.backup"
    monkeypatch.setenv("DATABASE_URL", url)
    app = create_app(read({"DATABASE_URL": url}))
    joined(app, "viewer", "Vi Oak")
    services_of(app, Lifetime).close()
    copy_out(url, copy)
    for file in tmp_path.glob("line.db*"):
        file.unlink()
    if left is not None:
        (tmp_path / "line.db").write_bytes(left)
    done = restore(copy)
    assert done.exit_code == 0, done.output
    assert "Vi Oak, vi.oak@example.org: can get in as viewer" in done.output


def working(url: str) -> bool:
    """Whether a worker has begun."""
    store = open_store(url)
    try:
        return "worker" in Heartbeats(store).all()
    finally:
        store.close()


@contextmanager
def running(url: str, part: str) -> Iterator[None]:
    """One part of the line, until it is killed."""
    if part == "web":
        with Host(url):
            yield
    else:
        with worker(DATABASE_URL=url):
            until(lambda: working(url), "a worker works")
            yield


@pytest.mark.parametrize("part", ["web", "worker"])
def test_under_a_running_line_nothing_is_put_back(url, tmp_path, part):
    copy = tmp_path / "line.backup"
    app = create_app(read({"DATABASE_URL": url}))
    copy_out(url, copy)
    joined(app, "viewer", "Since Then")
    services_of(app, Lifetime).close()
    with running(url, part):
        refused = restore(copy)
        assert refused.exit_code == 1, refused.output
        assert "stop the line first" in refused.output and "nothing was changed" in refused.output
        store = open_store(url)
        assert [each.name for each in Accounts(store).all()] == ["Since Then"]
        store.close()
    # PostgreSQL lets go of a killed program only once it has seen that it is gone.
    until(lambda: restore(copy).exit_code == 0, "it is put back once nobody has it open")
    store = open_store(url)
    assert Accounts(store).all() == []
    store.close()
