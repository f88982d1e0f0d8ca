"""Who works here: inviting, roles, lost phones and passwords, leaving; and what was done by whom.

Owns these pages, for managers. There is always somebody left who can invite.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ivr.outside import mail
from ivr.staff.gate import Section
from ivr.staff.parts import Office
from ivr.staff.people import InvitationError, Person
from ivr.staff.roles import MAY, Permission, Role, needs_factor
from ivr.store.accounts import INVITED_FOR, Account, Invitation, LastManagerError

log = logging.getLogger(__name__)
section = Section("staff_pages")

LAST_MANAGER = "Somebody must be left who can invite others. Make another person a manager first."


@section.get("/staff", needs=Permission.MANAGE)
def people(office: Office, who: Person) -> ResponseReturnValue:
    """Everybody, and those who were invited."""
    return _page(office)


@section.post("/staff/invite", needs=Permission.MANAGE)
def invite(office: Office, who: Person) -> ResponseReturnValue:
    """Ask somebody to join, by mail; the link is shown besides."""
    name, email = request.form.get("name", "").strip(), request.form.get("email", "").strip()
    role = request.form.get("role", "")
    asked = Invitation(name, email.lower(), role, office.now() + INVITED_FOR, b"")
    if office.people.accounts.by_email(asked.email):
        return _page(office, wrong=f"{asked.email} is here already; see the list.")
    try:
        return _asked(office, who, asked)
    except InvitationError as error:
        return _page(office, wrong=str(error))


@section.post("/staff/<account_id>/link", needs=Permission.MANAGE)
def link(office: Office, who: Person, account_id: str) -> ResponseReturnValue:
    """A new link for somebody who has lost a password or a phone: what was lost opens nothing."""
    if (found := office.people.accounts.by_id(account_id)) is None:
        return _gone(office)
    return _asked(office, who, _again(office, found, found.role))


@section.post("/staff/<account_id>/role", needs=Permission.MANAGE)
def role(office: Office, who: Person, account_id: str) -> ResponseReturnValue:
    """Another role. Who may now open what callers left, and could not, gets a new link."""
    found, wanted = office.people.accounts.by_id(account_id), request.form.get("role", "")
    if found is None or wanted not in set(Role):
        return _gone(office)
    try:
        if needs_factor(wanted) and not found.wrapped and who.private_key():
            return _asked(office, who, _again(office, found, wanted), lost=False)
        office.people.accounts.set_role(account_id, wanted, but=who.session.token_hash)
    except LastManagerError:
        return _page(office, wrong=LAST_MANAGER)
    office.changes.note(who.id, f"role-{wanted}", account_id, office.now())
    flash(f"{found.name} {MAY[Role(wanted)]}.")
    return redirect(url_for("staff_pages.people"))


@section.post("/staff/<account_id>/sign-out", needs=Permission.MANAGE)
def sign_out(office: Office, who: Person, account_id: str) -> ResponseReturnValue:
    """Sign somebody out everywhere."""
    office.people.sessions.end_all(account_id, but=who.session.token_hash)
    office.changes.note(who.id, "signed-out", account_id, office.now())
    flash("They are signed out everywhere.")
    return redirect(url_for("staff_pages.people"))


@section.post("/staff/<account_id>/remove", needs=Permission.MANAGE)
def remove(office: Office, who: Person, account_id: str) -> ResponseReturnValue:
    """Somebody leaves: they are signed out, and what they had in hand is everybody's again."""
    try:
        office.people.accounts.remove(account_id, office.now())
    except LastManagerError:
        return _page(office, wrong=LAST_MANAGER)
    office.handling.put_back_all(account_id)
    office.changes.note(who.id, "removed", account_id, office.now())
    flash("They cannot sign in any more.")
    return redirect(url_for("staff_pages.people"))


@section.post("/staff/withdraw", needs=Permission.MANAGE)
def withdraw(office: Office, who: Person) -> ResponseReturnValue:
    """Take an invitation back: its link ends."""
    if not office.people.accounts.withdraw(request.form.get("email", "").strip().lower()):
        return _page(office, wrong="There is no such invitation any more; see the list.")
    flash("That link has ended.")
    return redirect(url_for("staff_pages.people"))


@section.get("/staff/changes", needs=Permission.MANAGE)
def changes(office: Office, who: Person) -> ResponseReturnValue:
    """Who did what, the newest first."""
    names = office.people.accounts.names()
    return render_template("changes.html", changes=office.changes.newest(), names=names)


def _asked(
    office: Office, who: Person, asked: Invitation, lost: bool = True
) -> ResponseReturnValue:
    """Invite, mail the link, and show it to the manager too: mails get lost."""
    token = office.people.invite(asked, who.private_key(), lost)
    path = url_for("signin.join", token=token)
    address = f"{office.settings.base_url}{path}"
    sent = post_invitation(office, asked, address)
    office.changes.note(who.id, "invited", asked.role, office.now())
    return render_template("invited.html", asked=asked, address=address, sent=sent)


def _again(office: Office, found: Account, role: str) -> Invitation:
    return Invitation(found.name, found.email, role, office.now() + INVITED_FOR, b"")


def post_invitation(office: Office, asked: Invitation, address: str) -> bool:
    """Mail the link; False where that cannot be done here."""
    if office.settings.mail is None:
        return False
    to = replace(office.settings.mail, recipient=asked.email)
    body = (
        f"Hello {asked.name},\n\nyou are invited to the staff pages of the advice line. Choose a "
        f"password here within seven days:\n\n{address}\n\nThe link works once. If you did not "
        "expect this, do nothing.\n"
    )
    try:
        mail.send(to, "Your invitation to the advice line's staff pages", body, uuid.uuid4().hex)
    except mail.MailError as error:
        log.warning("an invitation could not be mailed: %s", error)
        return False
    return True


def _gone(office: Office) -> ResponseReturnValue:
    return _page(office, wrong="That person is not here any more.")


def _page(office: Office, wrong: str = "") -> ResponseReturnValue:
    page = render_template(
        "staff.html",
        people=office.people.accounts.all(),
        invited=office.people.accounts.invitations(office.now()),
        roles=MAY,
        wrong=wrong,
    )
    return page, 400 if wrong else 200
