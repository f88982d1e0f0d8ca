"""Signing in and out, and joining after an invitation.

Owns these pages. What they say is the same whether or not there is such an account.
"""

from __future__ import annotations

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo

from ivr.staff import keys
from ivr.staff.browsers import browser
from ivr.staff.forms import PageForm
from ivr.staff.gate import COOKIE, ROOT, PageSection, local, secure
from ivr.staff.people import StaffMember, TooManyError
from ivr.staff.roles import MAY, Permission, Role
from ivr.staff.services import StaffServices

section = PageSection("signin")
LONGEST_CODE = 40

WRONG = "That e-mail or password is not right. Please try again."
WRONG_CODE = "That code is not right. Wait for the next one, or use a recovery code."
TOO_MANY = "Too many tries. Please wait five minutes, then try again."


class SignInForm(PageForm):
    """Who one is, and where one was going."""

    next = HiddenField(default="")
    email = StringField(
        "E-mail", default="", render_kw={"type": "email", "autocomplete": "username"}
    )
    password = PasswordField("Password", default="", render_kw={"autocomplete": "current-password"})


class CodeForm(PageForm):
    """The second factor, and where one was going."""

    next = HiddenField(default="")
    code = StringField(
        "Six digits", default="", render_kw={"autocomplete": "one-time-code"},
        description="From the app on your phone. A recovery code works too.",
    )  # fmt: skip


class NewPasswordForm(PageForm):
    """A password that is chosen, twice."""

    password = PasswordField(
        "A new password", default="", render_kw={"autocomplete": "new-password"},
        description="12 characters or more. Three words will do.",
    )  # fmt: skip
    again = PasswordField(
        "The same again", [EqualTo("password", "The two passwords are not the same.")],
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip


@section.get("/sign-in", needs=Permission.ANYONE)
def sign_in(services: StaffServices) -> ResponseReturnValue:
    """The form; who is signed in goes on."""
    going = local(request.args.get("next", ""))
    if g.who is not None:
        return redirect(going)
    return render_template("sign-in.html", form=SignInForm(formdata=None, next=going))


@section.post("/sign-in", needs=Permission.ANYONE)
def give_password(services: StaffServices) -> ResponseReturnValue:
    """Take e-mail and password; the second factor may come after."""
    form, token = SignInForm(), ""
    try:
        token = services.people.sign_in(
            form.email.data, form.password.data[: keys.LONGEST_PASSWORD],
            request.remote_addr or "", browser(request.user_agent.string), services.now(),
        )  # fmt: skip
    except TooManyError:
        return render_template("sign-in.html", form=form, wrong=TOO_MANY), 429
    if not token:
        return render_template("sign-in.html", form=form.refuse("password", WRONG)), 401
    return with_token(services, redirect(local(form.next.data)), token)


@section.get("/code", needs=Permission.OWN)
def code(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """The form for the second factor."""
    going = local(request.args.get("next", ""))
    return render_template("code.html", form=CodeForm(formdata=None, next=going))


@section.post("/code", needs=Permission.OWN)
def give_code(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Take the digits, or a recovery code."""
    form = CodeForm()
    try:
        token = services.people.second(who, form.code.data[:LONGEST_CODE], services.now())
    except TooManyError:
        return render_template("code.html", form=form, wrong=TOO_MANY), 429
    if not token:
        return render_template("code.html", form=form.refuse("code", WRONG_CODE)), 401
    return with_token(services, redirect(local(form.next.data)), token)


@section.post("/sign-out", needs=Permission.OWN)
def sign_out(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """End this session."""
    services.people.sessions.end(who.id, who.session.token_hash)
    flash("You are signed out.")
    answer = make_response(redirect(url_for("signin.sign_in")))
    answer.delete_cookie(COOKIE, path=ROOT)
    return answer


@section.get("/join/<token>", needs=Permission.ANYONE)
def join(services: StaffServices, token: str) -> ResponseReturnValue:
    """Choose a password, and so become an account."""
    return _joining(services, token)


@section.post("/join/<token>", needs=Permission.ANYONE)
def joined(services: StaffServices, token: str) -> ResponseReturnValue:
    """Take the password that was chosen."""
    form = NewPasswordForm()
    if not form.validate():
        return _joining(services, token, form)
    try:
        account_id = services.people.join(token, form.password.data, services.now())
    except keys.PasswordError as error:
        return _joining(services, token, form.refuse("password", error))
    if not account_id:
        return _joining(services, token)
    services.changes.note(account_id, "joined", account_id, services.now())
    flash("Your password is set. Please sign in with it.")
    return redirect(url_for("signin.sign_in"))


def _joining(
    services: StaffServices, token: str, sent: NewPasswordForm | None = None
) -> ResponseReturnValue:
    asked = services.people.invited(token, services.now())
    if asked is None:
        return render_template("trouble.html", title="This link has ended", why="link"), 404
    form = sent or NewPasswordForm(formdata=None)
    may = MAY[Role(asked.role)]
    page = render_template("join.html", asked=asked, may=may, form=form, link=token)
    return page, 400 if sent else 200


def with_token(services: StaffServices, answer: object, token: str) -> Response:
    """An answer that hands the browser its token, for our pages and nobody's script."""
    made = make_response(answer)
    made.set_cookie(
        COOKIE, token, path=ROOT, httponly=True, secure=secure(services), samesite="Lax"
    )
    return made
