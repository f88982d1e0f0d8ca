"""One's own account: password, second factor, recovery codes, and where one is signed in.

Owns these pages. Nobody sees or changes another's account here.
"""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo

from ivr.staff import factor as factors
from ivr.staff import keys
from ivr.staff.forms import PageForm
from ivr.staff.gate import PageSection
from ivr.staff.people import StaffMember, TooManyError
from ivr.staff.roles import MAY, Permission, Role
from ivr.staff.services import StaffServices
from ivr.staff.signin import TOO_MANY, with_token

section = PageSection("account")


class PasswordForm(PageForm):
    """Another password in place of the old one."""

    old = PasswordField(
        "The old password", default="", render_kw={"autocomplete": "current-password"}
    )
    password = PasswordField(
        "A new password", default="", render_kw={"autocomplete": "new-password"},
        description="12 characters or more. Three words will do.",
    )  # fmt: skip
    again = PasswordField(
        "The new one again", [EqualTo("password", "The two new passwords are not the same.")],
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip


class FactorForm(PageForm):
    """The first digits of a second factor, and whose it is to be."""

    offer = HiddenField(default="")
    password = PasswordField(
        "Your password", default="", render_kw={"autocomplete": "current-password"}
    )
    code = StringField("Six digits", default="", render_kw={"autocomplete": "one-time-code"})


@section.get("/account", needs=Permission.OWN)
def own(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """What there is of one's account."""
    return _page(services, who)


@section.post("/account/password", needs=Permission.OWN)
def password(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Change it; every other browser is signed out."""
    form = PasswordForm()
    if not form.validate():
        return _page(services, who, form)
    try:
        changed = services.people.set_password(
            who, form.old.data[: keys.LONGEST_PASSWORD], form.password.data,
            request.remote_addr or "", services.now(),
        )  # fmt: skip
    except keys.PasswordError as error:
        return _page(services, who, form.refuse("password", error))
    except TooManyError:
        return _page(services, who, form.refuse("old", TOO_MANY), 429)
    if not changed:
        return _page(services, who, form.refuse("old", "The old password is not right."))
    services.changes.note(who.id, "password", who.id, services.now())
    flash("Your password is changed. Every other browser is signed out.")
    return redirect(url_for("account.own"))


@section.get("/account/factor", needs=Permission.OWN)
def factor(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Set up the second factor: the square code, and its words."""
    return _offer(services, who, factors.new_secret())


@section.get("/account/factor/<sealed>.svg", needs=Permission.OWN)
def square(services: StaffServices, who: StaffMember, sealed: str) -> ResponseReturnValue:
    """The square code of what was offered to this account."""
    secret = services.people.offer(sealed, who.id)
    if not secret:
        return Response("there is no such code", 404)
    return Response(factors.square(secret, who.account.email), content_type="image/svg+xml")


@section.post("/account/factor", needs=Permission.OWN)
def take_factor(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Take it up once its first digits are right; then the recovery codes are shown, once.

    The password is asked for: a browser that somebody left open is not enough.
    """
    form = FactorForm()
    secret = services.people.offer(form.offer.data, who.id)
    if not secret:
        return redirect(url_for("account.factor"))
    password = form.password.data[: keys.LONGEST_PASSWORD]
    try:
        if not services.people.knows(who, password, request.remote_addr or "", services.now()):
            form.refuse("password", "Your password is not right.")
            return _offer(services, who, secret, form)
    except TooManyError:
        return _offer(services, who, secret, form.refuse("password", TOO_MANY), 429)
    codes = services.people.set_factor(who, secret, form.code.data, services.now())
    if not codes:
        form.refuse("code", "Those digits are not right. Wait for the next ones.")
        return _offer(services, who, secret, form)
    services.changes.note(who.id, "factor", who.id, services.now())
    token = services.people.again(who, services.now())
    return with_token(services, render_template("codes.html", codes=codes), token)


@section.post("/account/sessions/<token_hash>/end", needs=Permission.OWN)
def end(services: StaffServices, who: StaffMember, token_hash: str) -> ResponseReturnValue:
    """Sign one browser out."""
    services.people.sessions.end(who.id, token_hash)
    flash("That browser is signed out.")
    return redirect(url_for("account.own"))


@section.post("/account/sessions/end", needs=Permission.OWN)
def end_others(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Sign every other browser out."""
    services.people.sessions.end_all(who.id, but=who.session.token_hash)
    flash("Every other browser is signed out.")
    return redirect(url_for("account.own"))


def _page(
    services: StaffServices, who: StaffMember, sent: PasswordForm | None = None, status: int = 400
) -> ResponseReturnValue:
    page = render_template(
        "account.html",
        form=sent or PasswordForm(formdata=None),
        may=MAY[Role(who.account.role)],
        codes_left=services.people.accounts.codes_left(who.id),
        sessions=services.people.sessions.of_account(who.id, services.now()),
    )
    return page, status if sent else 200


def _offer(
    services: StaffServices,
    who: StaffMember,
    secret: str,
    sent: FactorForm | None = None,
    status: int = 400,
) -> ResponseReturnValue:
    groups = [secret[at : at + 4] for at in range(0, len(secret), 4)]
    offer = services.people.offered(secret, who.id)
    form = sent or FactorForm(formdata=None)
    form.offer.data = offer
    page = render_template("factor.html", form=form, words=" ".join(groups))
    return page, status if sent else 200
