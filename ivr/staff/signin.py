"""Signing in and out, and joining after an invitation.

Owns these pages. What they say is the same whether or not there is such an account.
"""

from __future__ import annotations

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ivr.staff import keys
from ivr.staff.gate import COOKIE, ROOT, Section, local, secure
from ivr.staff.parts import Office
from ivr.staff.people import Person, TooManyError
from ivr.staff.roles import MAY, Permission, Role

section = Section("signin")

WRONG = "That e-mail or password is not right. Please try again."
WRONG_CODE = "That code is not right. Wait for the next one, or use a recovery code."
TOO_MANY = "Too many tries. Please wait five minutes, then try again."


@section.get("/sign-in", needs=Permission.ANYONE)
def sign_in(office: Office) -> ResponseReturnValue:
    """The form; who is signed in goes on."""
    if g.who is not None:
        return redirect(local(request.args.get("next", "")))
    return render_template("sign-in.html", next=local(request.args.get("next", "")))


@section.post("/sign-in", needs=Permission.ANYONE)
def give_password(office: Office) -> ResponseReturnValue:
    """Take e-mail and password; the second factor may come after."""
    form, going = request.form, local(request.form.get("next", ""))
    browser = request.user_agent.string
    try:
        token = office.people.sign_in(
            form.get("email", ""), form.get("password", "")[: keys.LONGEST_PASSWORD],
            request.remote_addr or "", browser, office.now(),
        )  # fmt: skip
    except TooManyError:
        return render_template("sign-in.html", next=going, wrong=TOO_MANY), 429
    if not token:
        return render_template("sign-in.html", next=going, wrong=WRONG), 401
    return with_token(office, redirect(going), token)


@section.get("/code", needs=Permission.OWN)
def code(office: Office, who: Person) -> ResponseReturnValue:
    """The form for the second factor."""
    return render_template("code.html", next=local(request.args.get("next", "")))


@section.post("/code", needs=Permission.OWN)
def give_code(office: Office, who: Person) -> ResponseReturnValue:
    """Take the digits, or a recovery code."""
    going = local(request.form.get("next", ""))
    try:
        token = office.people.second(who, request.form.get("code", "")[:40], office.now())
    except TooManyError:
        return render_template("code.html", next=going, wrong=TOO_MANY), 429
    if not token:
        return render_template("code.html", next=going, wrong=WRONG_CODE), 401
    return with_token(office, redirect(going), token)


@section.post("/sign-out", needs=Permission.OWN)
def sign_out(office: Office, who: Person) -> ResponseReturnValue:
    """End this session."""
    office.people.sessions.end(who.id, who.session.token_hash)
    flash("You are signed out.")
    answer = make_response(redirect(url_for("signin.sign_in")))
    answer.delete_cookie(COOKIE, path=ROOT)
    return answer


@section.get("/join/<token>", needs=Permission.ANYONE)
def join(office: Office, token: str) -> ResponseReturnValue:
    """Choose a password, and so become an account."""
    return _joining(office, token)


@section.post("/join/<token>", needs=Permission.ANYONE)
def joined(office: Office, token: str) -> ResponseReturnValue:
    """Take the password that was chosen."""
    password, again = request.form.get("password", ""), request.form.get("again", "")
    if password != again:
        return _joining(office, token, "The two passwords are not the same.")
    try:
        account_id = office.people.join(token, password, office.now())
    except keys.PasswordError as error:
        return _joining(office, token, str(error))
    if not account_id:
        return _joining(office, token)
    office.changes.note(account_id, "joined", account_id, office.now())
    flash("Your password is set. Please sign in with it.")
    return redirect(url_for("signin.sign_in"))


def _joining(office: Office, token: str, wrong: str = "") -> ResponseReturnValue:
    asked = office.people.invited(token, office.now())
    if asked is None:
        return render_template("trouble.html", title="This link has ended", why="link"), 404
    may = MAY[Role(asked.role)]
    page = render_template("join.html", asked=asked, may=may, wrong=wrong, link=token)
    return page, 400 if wrong else 200


def with_token(office: Office, answer: object, token: str) -> Response:
    """An answer that hands the browser its token, for our pages and nobody's script."""
    made = make_response(answer)
    made.set_cookie(COOKIE, token, path=ROOT, httponly=True, secure=secure(office), samesite="Lax")
    return made
