"""The staff pages as staff use them: real accounts, real sessions, forms sent as a browser does."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pyotp
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from ivr.jobs.services import publish_job
from ivr.secrets import hashing
from ivr.secrets.hashing import Hashing
from ivr.staff import StaffServices
from ivr.store.accounts import INVITED_FOR, Invitation
from ivr.store.services import StoreServices
from ivr.webhooks.extension import join, services_of
from ivr.webhooks.voice import CallServices

PASSWORD = "seven quiet rivers"
FIELD = re.compile(r'name="csrf_token" value="([^"]+)"')


def clock_at(app: Flask, later: timedelta) -> None:
    """From now on the pages believe that it is so much later."""
    join(app, replace(services_of(app, StaffServices), now=lambda: datetime.now(UTC) + later))


def invite(app: Flask, role: str, name: str = "") -> tuple[str, str]:
    """Somebody with this role who has an invitation: their e-mail, and the link's path."""
    name, people = name or role.title(), services_of(app, StaffServices).people
    email = f"{name.lower().replace(' ', '.')}@example.org"
    asked = Invitation(name, email, role, datetime.now(UTC) + INVITED_FOR, b"")
    token = people.invite(asked, services_of(app, StaffServices).settings.demo_private_key)
    return email, f"/office/join/{token}"


def joined(app: Flask, role: str, name: str = "") -> str:
    """Somebody with an account and a password; their e-mail."""
    email, link = invite(app, role, name)
    people = services_of(app, StaffServices).people
    people.join(link.rpartition("/")[2], PASSWORD, datetime.now(UTC))
    return email


def post(client: FlaskClient, path: str, page: str = "", **form: object) -> TestResponse:
    """Send a form as the page at ``page`` (or the sign-in's) would: with its hidden token."""
    shown = client.get(page or "/office/account").text
    found = FIELD.search(shown) or FIELD.search(client.get("/office/sign-in").text)
    assert found, f"no form at {page}"
    return client.post(path, data={"csrf_token": found[1], **form})


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD) -> TestResponse:
    """Give e-mail and password."""
    return post(client, "/office/sign-in", "/office/sign-in", email=email, password=password)


def set_up_factor(client: FlaskClient, password: str = PASSWORD) -> tuple[str, list[str]]:
    """Set up the second factor: its secret, and the recovery codes."""
    page = client.get("/office/account/factor").text
    words = re.search(r'<code class="words">([A-Z2-7 ]+)</code>', page)
    offer = re.search(r'name="offer" value="([^"]+)"', page)
    assert words and offer
    secret = words[1].replace(" ", "")
    done = post(
        client, "/office/account/factor", "/office/account/factor",
        offer=unescape(offer[1]), code=pyotp.TOTP(secret).now(), password=password,
    )  # fmt: skip
    codes = re.findall(r"<code>(\w{5} \w{5})</code>", done.text)
    assert len(codes) == 10, done.text
    return secret, codes


def signed_in(app: Flask, role: str, name: str = "") -> FlaskClient:
    """A browser in which somebody with this role is signed in, second factor and all."""
    client = app.test_client()
    assert sign_in(client, joined(app, role, name)).status_code == 302
    if role in ("adviser", "manager"):
        set_up_factor(client)
    return client


def changes(page: str) -> str:
    """What is changed, of the page Changes."""
    return re.search(r"What is changed(.*?)Before callers hear it", page, re.S)[1]


def plain(html: str) -> str:
    bare = re.sub(r'<span class="away">.*?</span>|<[^>]+>', "", html)
    return unescape(" ".join(bare.split()))


def publish(client, app, why: str = "a test"):
    answer = post(client, "/office/draft/publish", "/office/draft", why=why)
    worked_off(app)
    return answer


def worked_off(app) -> None:
    """What is to be published is published, as the worker does it."""
    staff_pages = services_of(app, StaffServices)
    store = staff_pages.statistics._store
    job = publish_job(StoreServices(staff_pages.settings, store), staff_pages.folders)
    for row, _ in job.due(staff_pages.now(), 5):
        job.attempt(row)
    services_of(app, CallServices).content_store.look()


def at_field(page: str, label: str) -> str:
    """What stands between this label and the end of its field."""
    return re.search(rf"<label[^>]*>{label}</label>(.*?)</div>", page, re.S)[1]


PARTS = {
    "account_id": "none",
    "item_id": "none",
    "kind": "callback",
    "token": "t",
    "sealed": "s",
    "name": "x",
    "number": "1",
}
"""What stands for each part of an address; nothing is there."""


def rules(app: Flask) -> list[Rule]:
    """Every address of the staff pages but the files of their look."""
    found = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/office")]
    return [rule for rule in found if rule.endpoint != "office.static"]


def address(rule: Rule) -> str:
    return re.sub(r"<(?:[^<>]+:)?(\w+)>", lambda part: PARTS.get(part[1], "1"), rule.rule)


@contextmanager
def others(monkeypatch):
    """Two hashes are being made and do not come to an end."""
    stuck, begun = threading.Event(), threading.Barrier(3)

    def hash_(self, secret):
        begun.wait(60)
        stuck.wait(60)
        return "none"

    monkeypatch.setattr(hashing, "LONGEST_WAIT", 0.05)
    with monkeypatch.context() as patched, ThreadPoolExecutor(2) as pool:
        patched.setattr(PasswordHasher, "hash", hash_)
        making = Hashing()
        for _ in range(2):
            pool.submit(making.hash, "a")
        begun.wait(60)
        yield
        stuck.set()
