"""What has ended stays ended, whatever was under way at that moment; on each database.

Between the look at a password and what comes of it lies a tenth of a second for the hash: here
somebody else does something just then.
"""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape

import psycopg
import pyotp
import pytest
from sqlalchemy import event

from ivr.staff import StaffServices
from ivr.store import StoreDownError
from ivr.store.accounts import Invitation
from ivr.webhooks.extension import services_of
from tests.support.machine import until
from tests.support.postgres import locked
from tests.support.staff_pages import (
    PASSWORD,
    joined,
    post,
    set_up_factor,
    sign_in,
    signed_in,
)

OTHER, THIRD = "eight loud oceans", "nine green hills"
ADVISER = "adviser@example.org"
HURRIED = True
"""How long who signs in waits is tested here."""


def in_between(monkeypatch, owner, name, do) -> list:
    """The next time that ``owner`` has looked at something, ``do`` is done; what it gave.

    In a thread of its own, as a request of somebody else has.
    """
    look, done = getattr(owner, name), []

    def then(*given):
        seen = look(*given)
        if not done:
            done.append(None)
            with ThreadPoolExecutor(1) as pool:
                done[0] = pool.submit(do).result()
        return seen

    monkeypatch.setattr(owner, name, then)
    return done


def change_password(browser):
    return post(browser, "/office/account/password", "/office/account", old=PASSWORD,
                password=OTHER, again=OTHER)  # fmt: skip


def change_factor(browser):
    page = browser.get("/office/account/factor").text
    secret = re.search(r'<code class="words">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")
    offer = unescape(re.search(r'name="offer" value="([^"]+)"', page)[1])
    return post(browser, "/office/account/factor", "/office/account/factor", offer=offer,
                code=pyotp.TOTP(secret).now(), password=PASSWORD)  # fmt: skip


@pytest.fixture
def at_work(both):
    """A manager; an adviser's browser, and one in which the second factor is still due."""
    manager, browser, half = signed_in(both, "manager"), both.test_client(), both.test_client()
    joined(both, "adviser")
    sign_in(browser, ADVISER)
    _, codes = set_up_factor(browser)
    sign_in(half, ADVISER)
    own = services_of(both, StaffServices).people.accounts.by_email(ADVISER).id

    def end(what: str, **form):
        return lambda: post(manager, f"/office/staff/{own}/{what}", "/office/staff", **form).text

    people = services_of(both, StaffServices).people
    acts = {
        "password": (people.hashing, "fits", lambda: change_password(browser)),
        "factor": (people.hashing, "fits", lambda: change_factor(browser)),
        "sign-in": (people.hashing, "fits", lambda: sign_in(both.test_client(), ADVISER)),
        "code": (people.accounts, "use_code",
                 lambda: post(half, "/office/code", "/office/code", code=codes[0])),
    }  # fmt: skip
    return acts, end, own


def ways_in(app, own: str) -> list:
    return services_of(app, StaffServices).people.sessions.of_account(own, datetime.now(UTC))


@pytest.mark.parametrize("act", ["password", "factor", "sign-in", "code"])
def test_a_new_link_ends_what_is_under_way_and_holds(both, at_work, monkeypatch, act):
    acts, end, own = at_work
    owner, name, do = acts[act]
    done = in_between(monkeypatch, owner, name, end("link"))
    answer = do()
    assert answer.status_code == 401 or answer.location.startswith("/office/sign-in")
    assert ways_in(both, own) == []
    for password in (PASSWORD, OTHER):
        assert sign_in(both.test_client(), ADVISER, password).status_code == 401
    found = services_of(both, StaffServices).people.accounts.by_id(own)
    assert (found.factor, found.wrapped) == ("", b"")
    assert services_of(both, StaffServices).people.accounts.codes_left(own) == 0
    link = re.search(r"(/office/join/[\w-]+)", done[0])[1]
    new = both.test_client()
    assert post(new, link, link, password=THIRD, again=THIRD).status_code == 302
    assert sign_in(new, ADVISER, THIRD).status_code == 302


@pytest.mark.parametrize(
    ("act", "what", "form"),
    [
        *((act, "remove", {}) for act in ("password", "factor", "sign-in", "code")),
        *((act, "sign-out", {}) for act in ("password", "factor", "code")),
        *((act, "role", {"role": "viewer"}) for act in ("password", "factor", "code")),
    ],
)
def test_whoever_is_ended_by_a_manager_gains_nothing_by_what_is_under_way(
    both, at_work, monkeypatch, act, what, form
):
    acts, end, own = at_work
    owner, name, do = acts[act]
    in_between(monkeypatch, owner, name, end(what, **form))
    answer = do()
    assert answer.status_code == 401 or answer.location.startswith("/office/sign-in")
    assert ways_in(both, own) == []
    assert sign_in(both.test_client(), ADVISER, OTHER).status_code == 401


def test_of_two_who_change_one_password_at_once_the_second_changes_nothing(both, monkeypatch):
    first, second = signed_in(both, "viewer"), both.test_client()
    sign_in(second, "viewer@example.org")
    people = services_of(both, StaffServices).people
    in_between(monkeypatch, people.hashing, "fits", lambda: change_password(second))
    third = post(first, "/office/account/password", "/office/account", old=PASSWORD,
                 password=THIRD, again=THIRD)  # fmt: skip
    assert third.location.startswith("/office/sign-in")
    assert sign_in(first, "viewer@example.org", THIRD).status_code == 401
    assert second.get("/office").status_code == 200


def test_of_two_browsers_that_set_up_the_first_second_factor_one_does(both, monkeypatch):
    email, first, second = joined(both, "adviser"), both.test_client(), both.test_client()
    sign_in(first, email)
    sign_in(second, email)
    people = services_of(both, StaffServices).people
    in_between(monkeypatch, people.hashing, "fits", lambda: change_factor(second))
    late = change_factor(first)
    assert late.location.startswith("/office/sign-in")
    shown = first.get(late.location, follow_redirects=True).text
    assert "changed from elsewhere" in shown and "/office/code" in shown
    assert second.get("/office/waiting").status_code == 200


def somebody_waits(app) -> bool:
    """Whether a connection to this PostgreSQL waits for a lock."""
    url = services_of(app, StaffServices).settings.database.replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        return connection.execute(query).fetchone()[0] > 0


@contextmanager
def while_it_is_written(app, statement: str, do):
    """Another begins to ``do`` this while such a row is written, and waits for its end."""
    engine, done = services_of(app, StaffServices).checkup().store._engine, []
    begun, waits = threading.Event(), threading.Event()

    def before(connection, cursor, said, *more) -> None:
        if said.startswith("BEGIN IMMEDIATE") and begun.is_set():
            waits.set()
        if said.startswith(statement) and not begun.is_set():
            begun.set()
            done.append(pool.submit(do))
            sqlite = engine.dialect.name == "sqlite"
            until(lambda: waits.is_set() if sqlite else somebody_waits(app), "it waits")

    event.listen(engine, "before_cursor_execute", before)
    with ThreadPoolExecutor(1) as pool:
        yield done


def test_who_ends_everything_waits_for_a_sign_in_that_is_being_written_and_ends_it_too(both):
    email, people = joined(both, "viewer"), services_of(both, StaffServices).people
    own, now = people.accounts.by_email(email).id, datetime.now(UTC)
    asked = Invitation("Viewer", email, "viewer", now + timedelta(days=1), b"")
    press = partial(people.invite, asked, "")
    with while_it_is_written(both, "INSERT INTO office_session", press) as pressed:
        sign_in(both.test_client(), email)
    assert people.invited(pressed[0].result(), now)
    assert ways_in(both, own) == []


def test_of_two_tries_at_once_the_second_counts_the_first(both):
    tries, now = services_of(both, StaffServices).people._tries, datetime.now(UTC)
    another = partial(tries.begin, {"by:somebody": 1}, now)
    with while_it_is_written(both, "INSERT INTO sign_in_try", another) as done:
        assert another()
    assert done[0].result() is False


# --- a database that is busy --------------------------------------------------------------------


def test_whoever_signs_in_waits_longer_for_who_writes_than_callers_do(app, settings):
    email, store = joined(app, "viewer"), services_of(app, StaffServices).checkup().store
    waits = threading.Event()

    def before(connection, cursor, statement, *more) -> None:
        if statement.startswith("BEGIN IMMEDIATE"):
            waits.set()

    with ThreadPoolExecutor(1) as pool:
        with locked(settings.database):
            event.listen(store._engine, "before_cursor_execute", before)
            answer = pool.submit(sign_in, app.test_client(), email)
            assert waits.wait(60)
            with pytest.raises(StoreDownError), store.write():
                pass
        assert answer.result().status_code == 302


def test_sixteen_who_sign_in_at_once_are_all_let_in(app):
    emails = [joined(app, "viewer", f"Number {turn}") for turn in range(16)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda each: sign_in(app.test_client(), each), emails))
    assert [each.status_code for each in answers] == [302] * 16
