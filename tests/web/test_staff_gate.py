"""The staff pages let through who may, and nobody else: every route, every role."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from werkzeug.routing import Rule

from ivr.config import read
from ivr.staff import StaffServices
from ivr.staff.gate import COOKIE, HEADERS, local
from ivr.staff.keys import token_hash
from ivr.staff.roles import ROLES, Permission, Role
from ivr.webhooks.extension import services_of
from tests.support.staff_pages import (
    FIELD,
    PASSWORD,
    address,
    joined,
    post,
    rules,
    sign_in,
    signed_in,
)

EVIL = "<script>alert(1)</script>"


def needs(app: Flask, rule: Rule) -> Permission:
    found = getattr(app.view_functions[rule.endpoint], "needs", None)
    assert isinstance(found, Permission), f"{rule.rule} is not behind the gate"
    return found


def test_every_page_names_what_it_needs(app):
    assert len(rules(app)) > 20
    for rule in rules(app):
        assert needs(app, rule) in Permission


@pytest.mark.parametrize("role", Role)
def test_no_page_or_action_is_open_to_the_wrong_role(app, role):
    client = signed_in(app, role)
    as_another = ("/office/sign-out", "/office/demo")
    for rule in rules(app):
        allowed = needs(app, rule) in ROLES[role]
        for method in rule.methods & {"GET", "POST"}:
            path = address(rule)
            if path in as_another:
                continue
            answer = client.get(path) if method == "GET" else post(client, path)
            assert (answer.status_code == 403) == (not allowed), f"{role} {method} {path}"
            if not allowed:
                assert "Not for your role" in answer.text


def test_without_a_sign_in_every_page_leads_to_it_and_nothing_is_done(app):
    client = app.test_client()
    for rule in rules(app):
        if needs(app, rule) is Permission.ANYONE:
            continue
        path = address(rule)
        answer = client.get(path) if "GET" in rule.methods else post(client, path)
        assert answer.status_code == 302, path
        assert answer.location.startswith("/office/sign-in?next="), path


def test_whoever_may_see_personal_things_sets_up_a_second_factor_first(app):
    client = app.test_client()
    sign_in(client, joined(app, "adviser"))
    assert client.get("/office").status_code == 200
    assert client.get("/office/waiting").location == "/office/account/factor"


def test_every_action_is_refused_that_no_page_of_ours_has_sent(app):
    client = signed_in(app, "manager")
    for rule in rules(app):
        if "POST" in rule.methods:
            for form in ({}, {"csrf_token": "another"}):
                answer = client.post(address(rule), data=form)
                assert answer.status_code == 400, rule.rule
                assert "Nothing was changed" in answer.text


def test_every_answer_has_the_headers_and_no_script_in_it(app):
    client = signed_in(app, "manager")
    for rule in rules(app):
        answer = client.get(address(rule)) if "GET" in rule.methods else post(client, address(rule))
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, rule.rule
        for script in re.findall(r"<script[^>]*>(.*?)</script>", answer.text, re.DOTALL):
            assert not script
        assert " style=" not in answer.text and not re.search(r" on\w+=", answer.text)


def test_over_https_the_cookies_are_for_https_alone(settings, opens):
    https = settings.model_copy(update={"public_base_url": "https://line.example.org"})
    app = opens(https)
    client = app.test_client()
    email = joined(app, "viewer")
    shown = client.get("/office/sign-in", base_url="https://line.example.org")
    form = {"csrf_token": FIELD.search(shown.text)[1], "email": email, "password": PASSWORD}
    done = client.post("/office/sign-in", data=form, base_url="https://line.example.org",
                       headers={"Referer": "https://line.example.org/office/sign-in"})  # fmt: skip
    for answer in (shown, done):
        for cookie in answer.headers.getlist("Set-Cookie"):
            assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/office"} <= set(cookie.split("; "))
        assert answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/office/waiting", "/office/waiting"),
        ("/office?a=1", "/office?a=1"),
        ("https://evil.example/office", "/office"),
        ("//evil.example/office", "/office"),
        ("/\\evil.example", "/office"),
        ("/officers", "/office"),
        ("javascript:alert(1)", "/office"),
        ("", "/office"),
    ],
)
def test_after_the_sign_in_one_is_led_to_our_own_pages_only(asked, led):
    assert local(asked) == led


def test_a_link_brings_one_to_where_one_was_going(app):
    client = app.test_client()
    email = joined(app, "viewer")
    there = client.get("/office/account").location
    assert there == "/office/sign-in?next=/office/account"
    done = post(client, "/office/sign-in", there, email=email, password=PASSWORD,
                next="/office/account")  # fmt: skip
    assert done.location == "/office/account"


# --- sessions --------------------------------------------------------------------------------


def test_a_session_that_was_ended_opens_nothing_any_more(app):
    client = signed_in(app, "viewer")
    token = client.get_cookie(COOKIE, path="/office").value
    post(client, "/office/sign-out")
    thief = app.test_client()
    thief.set_cookie(COOKIE, token, path="/office")
    assert thief.get("/office").status_code == 302


def test_the_token_from_before_the_second_factor_is_worth_nothing_after_it(app):
    client = app.test_client()
    sign_in(client, joined(app, "adviser"))
    before = client.get_cookie(COOKIE, path="/office").value
    signed = signed_in(app, "adviser", "Other")
    assert signed.get("/office/waiting").status_code == 200
    from_before = app.test_client()
    from_before.set_cookie(COOKIE, before, path="/office")
    assert from_before.get("/office/waiting").status_code == 302


@pytest.mark.parametrize(
    ("idle", "age", "holds"),
    [(29, 60, True), (31, 60, False), (1, 11 * 60, True), (1, 12 * 60 + 1, False)],
)
def test_a_session_ends_by_itself(app, idle, age, holds):
    client = signed_in(app, "viewer")
    token = client.get_cookie(COOKIE, path="/office").value
    sessions, now = services_of(app, StaffServices).people.sessions, datetime.now(UTC)
    held = sessions.of(token_hash(token), now)
    sessions.end(held.account_id, held.token_hash)
    begun, seen = now - timedelta(minutes=age), now - timedelta(minutes=idle)
    password = services_of(app, StaffServices).people.accounts.by_id(held.account_id).password_hash
    older = type(held)(held.token_hash, held.account_id, begun, seen, True, "", b"")
    assert sessions.begin(older, password)
    assert (client.get("/office").status_code == 200) == holds


@pytest.mark.parametrize("role", ["", "manager"])
def test_what_is_nowhere_below_the_staff_pages_is_answered_in_words(app, role):
    client = signed_in(app, role) if role else app.test_client()
    assert client.get("/office/").location == "/office"
    asked = [
        *(client.get(f"/office/{path}") for path in ("nope", "staff/nope/more", "static/nope.css")),
        *(client.post("/office"), client.get("/office/sign-out"), client.put("/office/account")),
    ]
    assert [each.status_code for each in asked] == [404, 404, 404, 405, 405, 405]
    for answer in asked:
        assert "There is no such page" in answer.text and answer.mimetype == "text/html"
        assert all(answer.headers[name] == value for name, value in HEADERS.items())
    assert "GET" in asked[3].headers["Allow"]
    elsewhere = client.get("/nope")
    assert elsewhere.status_code == 404 and "Advice line" not in elsewhere.text


def test_what_is_typed_is_never_a_script(app):
    client = signed_in(app, "manager")
    form = {"name": EVIL, "email": "evil@example.org", "role": "viewer"}
    for answer in (
        post(client, "/office/staff/invite", "/office/staff", **form),
        post(client, "/office/staff/invite", "/office/staff", **{**form, "email": EVIL}),
        client.get("/office/staff"),
        client.get(f"/office/sign-in?next={EVIL}"),
        client.get(f"/office/waiting/{EVIL}/{EVIL}"),
    ):
        assert EVIL not in answer.text


def test_the_webhooks_need_no_form_of_ours(telephone):
    assert telephone.post("/voice").status_code == 200


def test_on_postgresql_too(store, settings, opens):
    app = opens(read({"DATABASE_URL": store._url}))
    client = signed_in(app, "manager")
    assert client.get("/office").status_code == 200
    assert client.get("/office/staff").status_code == 200
