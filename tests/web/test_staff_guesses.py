"""Guessing ends wherever a password is asked for, and many at once do not fill the machine."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from argon2 import PasswordHasher
from flask import Flask

from ivr.secrets import hashing
from ivr.secrets.hashing import Hashing, HashingBusyError
from ivr.store.accounts import Accounts
from tests.support.commands import ivr
from tests.support.staff_pages import (
    FIELD,
    PASSWORD,
    clock_at,
    joined,
    others,
    post,
    rules,
    sign_in,
    signed_in,
)

OTHER = "eight loud oceans"
WAYS = ("hash", "verify")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def guess(client, old: str):
    return post(client, "/office/account/password", "/office/account", old=old,
                password=OTHER, again=OTHER)  # fmt: skip


def test_the_old_password_cannot_be_guessed_by_who_has_a_browser_that_is_signed_in(both):
    client = signed_in(both, "viewer")
    for _ in range(10):
        assert "The old password is not right" in guess(client, "wrong wrong wrong").text
    stopped = guess(client, PASSWORD)
    assert stopped.status_code == 429 and "wait five minutes" in stopped.text
    assert sign_in(both.test_client(), "viewer@example.org").status_code == 429
    clock_at(both, timedelta(minutes=5, seconds=1))
    assert guess(client, PASSWORD).status_code == 302
    assert sign_in(both.test_client(), "viewer@example.org", OTHER).status_code == 302


def test_guesses_here_and_at_the_sign_in_count_together(both):
    client = signed_in(both, "viewer")
    for _ in range(5):
        guess(client, "wrong wrong wrong")
        sign_in(both.test_client(), "viewer@example.org", "wrong wrong wrong")
    assert guess(client, PASSWORD).status_code == 429


def test_a_right_password_lets_one_change_it_as_often_as_one_likes(both):
    client, now, then = signed_in(both, "viewer"), PASSWORD, OTHER
    for _ in range(12):
        done = post(client, "/office/account/password", "/office/account", old=now,
                    password=then, again=then)  # fmt: skip
        assert done.status_code == 302
        now, then = then, now


def signing_in_from(app, address: str, email: str, password: str) -> int:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return sign_in(client, email, password).status_code


def test_an_own_account_clears_nothing_but_its_own_failures(both):
    """Who has an account guesses at others between two sign-ins of their own."""
    own, at, tried = joined(both, "viewer"), "192.0.2.7", []
    for turn in range(25):
        if turn in (5, 12):
            signing_in_from(both, at, own, "wrong wrong wrong")
            assert signing_in_from(both, at, own, PASSWORD) == 302
        tried.append(signing_in_from(both, at, f"{turn}@example.org", "wrong wrong wrong"))
    assert tried == [401] * 20 + [429] * 5
    assert signing_in_from(both, "192.0.2.8", own, PASSWORD) == 302


@pytest.mark.parametrize(
    ("addresses", "another"),
    [
        ("2001:db8:1:2:{0:x}::{0:x}", "2001:db8:1:3::1"),
        ("2001:db8:1:2::{0:x}%eth0", "2001:db8:1:3::1"),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.8"),
    ],
)
def test_one_household_is_one_address_however_many_it_has(app, addresses, another):
    email = joined(app, "viewer")
    for turn in range(20):
        at = addresses.format(turn + 1)
        assert signing_in_from(app, at, f"{turn}@example.org", "wrong wrong wrong") == 401
    assert signing_in_from(app, addresses.format(99), email, PASSWORD) == 429
    assert signing_in_from(app, another, email, PASSWORD) == 302


# --- many at once -----------------------------------------------------------------------------


@contextmanager
def counted(monkeypatch):
    """How many hashes are made or checked at the same time, at the most."""
    lock, here, most = threading.Lock(), [0], [0]

    def watched(real):
        def call(*given, **named):
            with lock:
                here[0] += 1
                most[0] = max(most[0], here[0])
            try:
                return real(*given, **named)
            finally:
                with lock:
                    here[0] -= 1

        return call

    for way in WAYS:
        monkeypatch.setattr(PasswordHasher, way, watched(getattr(PasswordHasher, way)))
    monkeypatch.setattr(hashing, "hash_secret_raw", watched(hashing.hash_secret_raw))
    yield most


def test_of_sixteen_at_once_two_are_hashed_and_all_are_answered(monkeypatch):
    monkeypatch.setattr(hashing, "LONGEST_WAIT", 60)  # however slow the machine is
    makers = [Hashing(), Hashing()]
    known = makers[0].hash(PASSWORD)

    def do(turn: int) -> object:
        mine = makers[turn % 2]
        return mine.key(PASSWORD, b"0" * 16, 32) if turn % 4 == 0 else mine.fits(known, PASSWORD)

    with counted(monkeypatch) as most, ThreadPoolExecutor(16) as pool:
        assert all(pool.map(do, range(16)))
    assert 1 <= most[0] <= 2


def test_who_would_wait_too_long_is_told_so_and_so_is_the_log(both, monkeypatch, caplog):
    email = joined(both, "viewer")
    client = both.test_client()
    with others(monkeypatch):
        with pytest.raises(HashingBusyError):
            Hashing().fits("", "a")
        answer = sign_in(client, email)
        assert answer.status_code == 503 and "Too many people are signing in" in answer.text
    assert "too many passwords at once" in caplog.text
    assert sign_in(client, email).status_code == 302


# --- who is let in is somebody with an address ------------------------------------------------


@pytest.mark.parametrize(
    ("name", "email", "says"),
    [
        ("Ada Ash", "notanemail", "e-mail address"),
        ("Ada Ash", "ada@example", "e-mail address"),
        ("Ada Ash", "ada@example.org\x00", "e-mail address"),
        ("Ada Ash", f"ada@{'e' * 250}.org", "e-mail address"),
        ("Ada Ash", "a@..bb", "e-mail address"),
        ("Ada Ash", "a@b..cc", "e-mail address"),
        ("Ada Ash", "x@example.org.", "e-mail address"),
        ("Ada Ash", ".@-.--", "e-mail address"),
        ("Ada Ash", "a..b@example.org", "e-mail address"),
        ("", "ada@example.org", "a name"),
        ("A" * 65, "ada@example.org", "a name"),
        ("Ada\x1bAsh", "ada@example.org", "a name"),
    ],
)
def test_the_terminal_invites_nobody_who_is_none(store, monkeypatch, name, email, says):
    monkeypatch.setenv("DATABASE_URL", store._url)
    refused = ivr("staff", "invite", name, email)
    assert refused.exit_code == 1 and says in refused.output and "/join/" not in refused.output
    assert Accounts(store).invitations(LONG_AGO) == []


def test_the_page_invites_nobody_whose_name_cannot_be_kept(both):
    manager = signed_in(both, "manager")
    for name, email in (("Ada\x00", "a@example.org"), ("Ada", "a\x00@example.org")):
        form = {"name": name, "email": email, "role": "viewer"}
        assert post(manager, "/office/staff/invite", "/office/staff", **form).status_code == 400
    form = {"name": "Ada\x1b", "email": "a@example.org", "role": "viewer"}
    assert post(manager, "/office/staff/invite", "/office/staff", **form).status_code == 400


def test_nothing_that_no_database_takes_is_a_database_that_is_away(both):
    """A NUL in what is typed, in an address, or behind its question mark."""
    client = signed_in(both, "manager")
    for rule in rules(both):
        if "<" in rule.rule:
            path = re.sub(r"<[^>]+>", "1%00", rule.rule)
            answer = client.get(path) if "GET" in rule.methods else post(client, path)
            assert answer.status_code in ((400, 404) if "<" in rule.rule else (302, 404)), rule.rule
    for form in ({"email": "a\x00", "password": "b"}, {"email": "a", "password": "b\x00"}):
        answer = post(both.test_client(), "/office/sign-in", **form)
        assert answer.status_code == 400 and "a sign that cannot be seen" in answer.text
    assert client.get("/office/words?find=%00").status_code == 200
    assert client.get("/office").status_code == 200


# --- browsers that keep to themselves where they come from --------------------------------------

HERE = "https://line.example.org"


@pytest.fixture
def https(settings, opens) -> Flask:
    return opens(settings.model_copy(update={"public_base_url": HERE}))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 302),
        ({"Referer": f"{HERE}/office/sign-in"}, 302),
        ({"Origin": HERE}, 302),
        ({"Origin": f"{HERE}:443"}, 302),
        ({"Origin": "HTTPS://LINE.example.org"}, 302),
        ({"Referer": f"{HERE}:443/office"}, 302),
        ({"Origin": "http://line.example.org"}, 400),
        ({"Origin": f"{HERE}:8443"}, 400),
        ({"Origin": f"{HERE}:port"}, 400),
        ({"Referer": "http://line.example.org/office"}, 400),
        ({"Origin": "null"}, 302),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 302),
        ({"Origin": "https://evil.example"}, 400),
        ({"Origin": "https://[evil"}, 400),
        ({"Origin": "https://x.line.example.org"}, 400),
        ({"Origin": "null", "Referer": "https://evil.example/office"}, 400),
        ({"Referer": "https://evil.example/?line.example.org"}, 400),
        ({"Sec-Fetch-Site": "cross-site"}, 400),
        ({"Sec-Fetch-Site": "same-site"}, 400),
        ({"Origin": HERE, "Sec-Fetch-Site": "cross-site"}, 400),
    ],
)
def test_a_form_is_taken_from_a_browser_that_sends_no_referer_and_from_no_other_site(
    https, headers, status
):
    client, email = https.test_client(), joined(https, "viewer")
    shown = client.get("/office/sign-in", base_url=HERE)
    form = {"csrf_token": FIELD.search(shown.text)[1], "email": email, "password": PASSWORD}
    done = client.post("/office/sign-in", data=form, base_url=HERE, headers=headers)
    assert done.status_code == status
    if status == 400:
        assert "Nothing was changed" in done.text


def test_a_form_without_its_token_is_refused_whatever_the_browser_says(https):
    email = joined(https, "viewer")
    form = {"email": email, "password": PASSWORD}
    headers = {"Origin": HERE, "Sec-Fetch-Site": "same-origin", "Referer": f"{HERE}/office"}
    answer = https.test_client().post("/office/sign-in", data=form, base_url=HERE, headers=headers)
    assert answer.status_code == 400


# --- where one is led after the sign-in ---------------------------------------------------------


@pytest.mark.parametrize(
    "going",
    ["/office/%0D%0A", "/office/%0D%0ASet-Cookie:a=b", "/office/%00", "/office/%1B", "//%5B", "/office/%E2%80%A8",
     "/office/%7F", "/office/%ED%A0%80", "http://%5B/office"],
)  # fmt: skip
def test_no_address_to_go_on_to_is_an_error(app, going):
    client, email = app.test_client(), joined(app, "adviser")
    page, form = f"/office/sign-in?next={going}", {"email": email, "password": PASSWORD}
    assert client.get(page).status_code == 200
    done = post(client, "/office/sign-in", next=unquote(going), **form)
    assert done.status_code == 302 and done.location.startswith("/office")
    assert client.get(page).location.startswith("/office")
    assert client.get(f"/office/code?next={going}").status_code == 200
    answer = post(client, "/office/code", "/office/code", code="1", next=unquote(going))
    assert answer.status_code == 401
