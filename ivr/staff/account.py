"""One's own account: password, second factor, recovery codes, and where one is signed in.

Owns these pages. Nobody sees or changes another's account here.
"""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ivr.staff import factor as factors
from ivr.staff import keys
from ivr.staff.gate import Section
from ivr.staff.parts import Office
from ivr.staff.people import Person, TooManyError
from ivr.staff.roles import MAY, Permission, Role
from ivr.staff.signin import TOO_MANY, with_token

section = Section("account")


@section.get("/account", needs=Permission.OWN)
def own(office: Office, who: Person) -> ResponseReturnValue:
    """What there is of one's account."""
    return _page(office, who)


@section.post("/account/password", needs=Permission.OWN)
def password(office: Office, who: Person) -> ResponseReturnValue:
    """Change it; every other browser is signed out."""
    form = request.form
    if form.get("password", "") != form.get("again", ""):
        return _page(office, who, "The two new passwords are not the same.")
    try:
        changed = office.people.set_password(
            who, form.get("old", "")[: keys.LONGEST_PASSWORD], form.get("password", ""),
            request.remote_addr or "", office.now(),
        )  # fmt: skip
    except keys.PasswordError as error:
        return _page(office, who, str(error))
    except TooManyError:
        return _page(office, who, TOO_MANY, 429)
    if not changed:
        return _page(office, who, "The old password is not right.")
    office.changes.note(who.id, "password", who.id, office.now())
    flash("Your password is changed. Every other browser is signed out.")
    return redirect(url_for("account.own"))


@section.get("/account/factor", needs=Permission.OWN)
def factor(office: Office, who: Person) -> ResponseReturnValue:
    """Set up the second factor: the square code, and its words."""
    return _offer(office, who, factors.new_secret())


@section.get("/account/factor/<sealed>.svg", needs=Permission.OWN)
def square(office: Office, who: Person, sealed: str) -> ResponseReturnValue:
    """The square code of what was offered to this account."""
    secret = office.people.offer(sealed, who.id)
    if not secret:
        return Response("there is no such code", 404)
    return Response(factors.square(secret, who.account.email), content_type="image/svg+xml")


@section.post("/account/factor", needs=Permission.OWN)
def take_factor(office: Office, who: Person) -> ResponseReturnValue:
    """Take it up once its first digits are right; then the recovery codes are shown, once.

    The password is asked for: a browser that somebody left open is not enough.
    """
    form = request.form
    secret = office.people.offer(form.get("offer", ""), who.id)
    if not secret:
        return redirect(url_for("account.factor"))
    password = form.get("password", "")[: keys.LONGEST_PASSWORD]
    try:
        if not office.people.knows(who, password, request.remote_addr or "", office.now()):
            return _offer(office, who, secret, "Your password is not right.")
    except TooManyError:
        return _offer(office, who, secret, TOO_MANY, 429)
    codes = office.people.set_factor(who, secret, form.get("code", ""), office.now())
    if not codes:
        return _offer(office, who, secret, "Those digits are not right. Wait for the next ones.")
    office.changes.note(who.id, "factor", who.id, office.now())
    token = office.people.again(who, office.now())
    return with_token(office, render_template("codes.html", codes=codes), token)


@section.post("/account/sessions/<token_hash>/end", needs=Permission.OWN)
def end(office: Office, who: Person, token_hash: str) -> ResponseReturnValue:
    """Sign one browser out."""
    office.people.sessions.end(who.id, token_hash)
    flash("That browser is signed out.")
    return redirect(url_for("account.own"))


@section.post("/account/sessions/end", needs=Permission.OWN)
def end_others(office: Office, who: Person) -> ResponseReturnValue:
    """Sign every other browser out."""
    office.people.sessions.end_all(who.id, but=who.session.token_hash)
    flash("Every other browser is signed out.")
    return redirect(url_for("account.own"))


def _page(office: Office, who: Person, wrong: str = "", status: int = 400) -> ResponseReturnValue:
    page = render_template(
        "account.html",
        wrong=wrong,
        may=MAY[Role(who.account.role)],
        codes_left=office.people.accounts.codes_left(who.id),
        sessions=office.people.sessions.of_account(who.id, office.now()),
    )
    return page, status if wrong else 200


def _offer(
    office: Office, who: Person, secret: str, wrong: str = "", status: int = 400
) -> ResponseReturnValue:
    groups = [secret[at : at + 4] for at in range(0, len(secret), 4)]
    offer = office.people.offered(secret, who.id)
    page = render_template("factor.html", offer=offer, words=" ".join(groups), wrong=wrong)
    return page, status if wrong else 200
