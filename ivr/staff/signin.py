"""Signing in and out, and joining after an invitation.

Owns these pages. What they say is the same whether or not there is such an account.
"""

from __future__ import annotations

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ivr.staff import keys
from ivr.staff.gate import COOKIE, ROOT, PageSection, local, secure
from ivr.staff.people import StaffMember, TooManyError
from ivr.staff.roles import MAY, Permission, Role
from ivr.staff.services import StaffServices

section = PageSection("signin")

WRONG = "That e-mail or password is not right. Please try again."
WRONG_CODE = "That code is not right. Wait for the next one, or use a recovery code."
TOO_MANY = "Too many tries. Please wait five minutes, then try again."


@section.get("/sign-in", needs=Permission.ANYONE)
def sign_in(services: StaffServices) -> ResponseReturnValue:
    """The form; who is signed in goes on."""
    if g.who is not None:
        return redirect(local(request.args.get("next", "")))
    return render_template("sign-in.html", next=local(request.args.get("next", "")))


@section.post("/sign-in", needs=Permission.ANYONE)
def give_password(services: StaffServices) -> ResponseReturnValue:
    """Take e-mail and password; the second factor may come after."""
    form, going = request.form, local(request.form.get("next", ""))
    browser = request.user_agent.string
    try:
        token = services.people.sign_in(
            form.get("email", ""), form.get("password", "")[: keys.LONGEST_PASSWORD],
            request.remote_addr or "", browser, services.now(),
        )  # fmt: skip
    except TooManyError:
        return render_template("sign-in.html", next=going, wrong=TOO_MANY), 429
    if not token:
        return render_template("sign-in.html", next=going, wrong=WRONG), 401
    return with_token(services, redirect(going), token)


@section.get("/code", needs=Permission.OWN)
def code(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """The form for the second factor."""
    return render_template("code.html", next=local(request.args.get("next", "")))


@section.post("/code", needs=Permission.OWN)
def give_code(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Take the digits, or a recovery code."""
    going = local(request.form.get("next", ""))
    try:
        token = services.people.second(who, request.form.get("code", "")[:40], services.now())
    except TooManyError:
        return render_template("code.html", next=going, wrong=TOO_MANY), 429
    if not token:
        return render_template("code.html", next=going, wrong=WRONG_CODE), 401
    return with_token(services, redirect(going), token)


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
    password, again = request.form.get("password", ""), request.form.get("again", "")
    if password != again:
        return _joining(services, token, "The two passwords are not the same.")
    try:
        account_id = services.people.join(token, password, services.now())
    except keys.PasswordError as error:
        return _joining(services, token, str(error))
    if not account_id:
        return _joining(services, token)
    services.changes.note(account_id, "joined", account_id, services.now())
    flash("Your password is set. Please sign in with it.")
    return redirect(url_for("signin.sign_in"))


def _joining(services: StaffServices, token: str, wrong: str = "") -> ResponseReturnValue:
    asked = services.people.invited(token, services.now())
    if asked is None:
        return render_template("trouble.html", title="This link has ended", why="link"), 404
    may = MAY[Role(asked.role)]
    page = render_template("join.html", asked=asked, may=may, wrong=wrong, link=token)
    return page, 400 if wrong else 200


def with_token(services: StaffServices, answer: object, token: str) -> Response:
    """An answer that hands the browser its token, for our pages and nobody's script."""
    made = make_response(answer)
    made.set_cookie(
        COOKIE, token, path=ROOT, httponly=True, secure=secure(services), samesite="Lax"
    )
    return made
