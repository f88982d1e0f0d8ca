"""The first sign-in of a demo: one click, as a made-up manager.

Owns who that is, and to whom it is offered: to a browser on the machine that the demo runs on, and
never beside a real account, whose key of messages the demo does not have.
"""

from __future__ import annotations

from ipaddress import ip_address

import pyotp
from flask import abort, redirect, request
from flask.typing import ResponseReturnValue

from ivr.config.addresses import is_here
from ivr.staff import factor, keys
from ivr.staff.browsers import browser
from ivr.staff.gate import ROOT, PageSection
from ivr.staff.roles import Permission, Role
from ivr.staff.services import StaffServices
from ivr.staff.signin import with_token
from ivr.store.accounts import INVITED_FOR, Account, Invitation

section = PageSection("demo")

NAME, EMAIL = "Demo Manager", "manager@example.org"


@section.post("/demo", needs=Permission.ANYONE)
def sign_in(services: StaffServices) -> ResponseReturnValue:
    """Sign in as the made-up manager, second factor and all."""
    if not offered(services):
        abort(404)
    people, now = services.people, services.now()
    known = people.accounts.by_email(EMAIL)
    found = known or _made(services)
    token = people.enter_demo(found, browser(request.user_agent.string), now)
    who = people.person(token, now)
    if who and who.factor_lacking:
        secret = factor.new_secret()
        people.set_factor(who, secret, pyotp.TOTP(secret).at(now), now)
    return with_token(services, redirect(ROOT), token)


def offered(services: StaffServices) -> bool:
    """Whether who asks sits at this machine, and the line is a demo that nobody else reaches."""
    addresses = (services.settings.base_url, f"http://{request.host}")
    passed_on = request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded")
    return (
        services.settings.demo_account
        and not passed_on
        and all(map(is_here, addresses))
        and ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104 - nobody's
    )


def _made(services: StaffServices) -> Account:
    """The account, with a password that nobody knows."""
    people, now = services.people, services.now()
    asked = Invitation(NAME, EMAIL, Role.MANAGER, now + INVITED_FOR, b"")
    account_id = people.join(people.invite(asked, ""), keys.token(), now)
    services.changes.note(account_id, "joined", account_id, now)
    return people.accounts.by_id(account_id) or abort(503)
