"""Who works here: inviting, roles, lost phones and passwords, leaving; and what was done by whom.

Owns these pages, for managers. There is always somebody left who can invite.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import replace

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, StringField

from ivr.outside import mail
from ivr.staff.forms import PageForm, plain
from ivr.staff.gate import PageSection
from ivr.staff.log import told
from ivr.staff.people import InvitationError, StaffMember
from ivr.staff.roles import MAY, Permission, Role, needs_factor
from ivr.staff.services import StaffServices
from ivr.store.accounts import INVITED_FOR, Account, Invitation, LastManagerError

log = logging.getLogger(__name__)
section = PageSection("staff_pages")

LAST_MANAGER = "Somebody must be left who can invite others. Make another person a manager first."


class InviteForm(PageForm):
    """Somebody who is to join; what may stand in it is known to ``ivr.staff.people``."""

    name = StringField("Name", filters=[plain], render_kw={"autocomplete": "off"})
    email = StringField(
        "E-mail", filters=[plain, str.lower], render_kw={"type": "email", "autocomplete": "off"}
    )
    role = RadioField(
        "What this person is here for", validate_choice=False,
        choices=[SelectChoice(role, f"{role}: {may}") for role, may in MAY.items()],
    )  # fmt: skip


class RoleForm(PageForm):
    """Another role."""

    role = SelectField("Role", choices=[SelectChoice(role) for role in MAY])


class WithdrawForm(PageForm):
    """The link of somebody who was invited."""

    email = HiddenField(filters=[plain, str.lower])


@section.get("/staff", needs=Permission.MANAGE)
def people(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Everybody, and those who were invited."""
    return _page(services)


@section.post("/staff/invite", needs=Permission.MANAGE)
def invite(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Ask somebody to join, by mail; the link is shown besides."""
    form, until = InviteForm(), services.now() + INVITED_FOR
    asked = Invitation(form.name.data, form.email.data, form.role.data or "", until, b"")
    if services.people.accounts.by_email(asked.email):
        here = f"{asked.email} is here already; see the list."
        return _page(services, form=form.refuse("email", here))
    try:
        return _asked(services, who, asked)
    except InvitationError as error:
        return _page(services, form=form.refuse(error.of, error))


@section.post("/staff/<account_id>/link", needs=Permission.MANAGE)
def link(services: StaffServices, who: StaffMember, account_id: str) -> ResponseReturnValue:
    """A new link for somebody who has lost a password or a phone: what was lost opens nothing."""
    if (found := services.people.accounts.by_id(account_id)) is None:
        return _gone(services)
    return _asked(services, who, _again(services, found, found.role))


@section.post("/staff/<account_id>/role", needs=Permission.MANAGE)
def role(services: StaffServices, who: StaffMember, account_id: str) -> ResponseReturnValue:
    """Another role. Who may now open what callers left, and could not, gets a new link."""
    found, wanted = services.people.accounts.by_id(account_id), RoleForm().role.data
    if found is None or wanted not in set(Role):
        return _gone(services)
    try:
        if needs_factor(wanted) and not found.wrapped and who.private_key():
            return _asked(services, who, _again(services, found, wanted), lost=False)
        services.people.accounts.set_role(account_id, wanted, but=who.session.token_hash)
    except LastManagerError:
        return _page(services, wrong=LAST_MANAGER)
    services.changes.note(who.id, f"role-{wanted}", account_id, services.now())
    flash(f"{found.name} {MAY[Role(wanted)]}.")
    return redirect(url_for("staff_pages.people"))


@section.post("/staff/<account_id>/sign-out", needs=Permission.MANAGE)
def sign_out(services: StaffServices, who: StaffMember, account_id: str) -> ResponseReturnValue:
    """Sign somebody out everywhere."""
    services.people.sessions.end_all(account_id, but=who.session.token_hash)
    services.changes.note(who.id, "signed-out", account_id, services.now())
    flash("They are signed out everywhere.")
    return redirect(url_for("staff_pages.people"))


@section.get("/staff/<account_id>/remove", needs=Permission.MANAGE)
def leaving(services: StaffServices, who: StaffMember, account_id: str) -> ResponseReturnValue:
    """Asks before somebody is removed."""
    found = services.people.accounts.by_id(account_id) or abort(404)
    return render_template(
        "confirm.html",
        title=f"Remove {found.name}?",
        says=[
            "They are signed out at once, and cannot sign in any more.",
            "What they had in hand is everybody's again. What they did stays in the log.",
        ],
        action=url_for("staff_pages.remove", account_id=account_id),
        label="Remove",
        back=url_for("staff_pages.people"),
    )


@section.post("/staff/<account_id>/remove", needs=Permission.MANAGE)
def remove(services: StaffServices, who: StaffMember, account_id: str) -> ResponseReturnValue:
    """Somebody leaves: they are signed out, and what they had in hand is everybody's again."""
    try:
        services.people.accounts.remove(account_id, services.now())
    except LastManagerError:
        return _page(services, wrong=LAST_MANAGER)
    services.handling.put_back_all(account_id)
    services.changes.note(who.id, "removed", account_id, services.now())
    flash("They cannot sign in any more.")
    return redirect(url_for("staff_pages.people"))


@section.post("/staff/withdraw", needs=Permission.MANAGE)
def withdraw(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Take an invitation back: its link ends."""
    if not services.people.accounts.withdraw(WithdrawForm().email.data):
        return _page(services, wrong="There is no such invitation any more; see the list.")
    flash("That link has ended.")
    return redirect(url_for("staff_pages.people"))


@section.get("/staff/changes", needs=Permission.MANAGE)
def changes(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Who did what, the newest first."""
    return render_template("changes.html", changes=list(told(services)))


def _asked(
    services: StaffServices, who: StaffMember, asked: Invitation, lost: bool = True
) -> ResponseReturnValue:
    """Invite, mail the link, and show it to the manager too: mails get lost."""
    token = services.people.invite(asked, who.private_key(), lost)
    path = url_for("signin.join", token=token)
    address = f"{services.settings.base_url}{path}"
    sent = post_invitation(services, asked, address)
    services.changes.note(who.id, "invited", asked.role, services.now())
    return render_template("invited.html", asked=asked, address=address, sent=sent)


def _again(services: StaffServices, found: Account, role: str) -> Invitation:
    return Invitation(found.name, found.email, role, services.now() + INVITED_FOR, b"")


def post_invitation(services: StaffServices, asked: Invitation, address: str) -> bool:
    """Mail the link; False where that cannot be done here."""
    if services.settings.mail is None:
        return False
    to = replace(services.settings.mail, recipient=asked.email)
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


def _gone(services: StaffServices) -> ResponseReturnValue:
    return _page(services, wrong="That person is not here any more.")


def _page(
    services: StaffServices, wrong: str = "", form: InviteForm | None = None
) -> ResponseReturnValue:
    everybody, accounts = services.people.accounts.all(), services.people.accounts
    page = render_template(
        "staff.html",
        people=[(each, RoleForm(formdata=None, role=each.role).at(each.id)) for each in everybody],
        invited=[
            (each, WithdrawForm(formdata=None, email=each.email))
            for each in accounts.invitations(services.now())
        ],
        form=form or InviteForm(formdata=None),
        wrong=wrong,
    )
    return page, 400 if wrong or form else 200
