"""``ivr staff``: who may change the line, by telephone or on the pages, and what is set by hand.

Owns the verbs of the staff list. A PIN is typed hidden or read from a file, never given as a word
of the command, where others on the machine could see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from ivr.cli.common import FILE, plainly, show
from ivr.cli.kept import as_it_runs, kept_or_stop
from ivr.cli.settings import settings_or_stop
from ivr.config import LONDON, Settings
from ivr.secrets.sealed_box import opens
from ivr.services import clock_of
from ivr.staff.people import InvitationError
from ivr.staff.roles import Role, needs_factor
from ivr.staff.services import people_of
from ivr.store.accounts import INVITED_FOR, Accounts, Invitation, LastManagerError
from ivr.store.live_settings import CurrentSettings, Post
from ivr.store.services import StoreServices
from ivr.store.staff import LONGEST_PIN, SHORTEST_PIN, PinError, refuse_easy

LONGEST_NAME = 64
LAST_MANAGER = "nobody else could invite others; make another person a manager first"


@click.group()
def staff() -> None:
    """Say who may use the staff pages, and who may open, close and announce by telephone.

    For the pages somebody is invited, and chooses a password (docs/staff.md). On the telephone each
    has a number of four digits and a PIN (docs/staff-line.md).

    \b
      ivr staff invite "Anna Smith" anna@example.org --role manager
      ivr staff add "Anna Smith"
      ivr staff list
      ivr staff remove 4821
      ivr staff remove anna@example.org
      ivr staff status
    """


@staff.command()
@click.argument("name")
@click.argument("email")
@click.option(
    "--role", type=click.Choice([str(role) for role in Role]), default="manager", show_default=True
)
@click.option(
    "--key-file",
    type=FILE,
    help="The private key of messages, so that this person can open what callers left.",
)
def invite(name: str, email: str, role: str, key_file: Path | None) -> None:
    """Make a link with which NAME, who has this EMAIL, joins the staff pages.

    The first manager is invited here; managers then invite others on the pages. The link works
    once, for seven days. Again for the same address: nothing old lets anybody in from then on, and
    with the link they choose a new password and second factor.

    \b
      ivr staff invite "Anna Smith" anna@example.org --key-file messages-private-key.txt
    """
    settings, now = settings_or_stop(), datetime.now(UTC)
    private_key = key_file.read_text(encoding="ascii").strip() if key_file else ""
    if private_key and not opens(private_key, settings.public_key):
        raise click.ClickException(f"{key_file} does not open what is sealed for this line")
    asked = Invitation(name.strip(), email.strip().lower(), role, now + INVITED_FOR, b"")
    with _kept(settings) as kept, plainly(InvitationError), _last_manager_stays():
        token = people_of(kept).invite(asked, private_key or settings.demo_private_key)
        address = as_it_runs(settings, kept.store).base_url
    click.echo(f"Give {name} this link. It works once, for seven days:")
    click.echo(f"  {address}/office/join/{token}")
    if needs_factor(role) and not (private_key or settings.demo_private_key):
        click.echo("Without --key-file this person cannot open messages and requests to ring back.")


@staff.command()
@click.argument("name")
@click.option(
    "--pin-file",
    type=FILE,
    help="Read the PIN from this file; else it is asked for, twice.",
)
def add(name: str, pin_file: Path | None) -> None:
    """Add somebody by NAME, and show their new staff number.

    The PIN has 6 to 10 digits. It is not shown, and cannot be looked up later; who forgets it is
    removed and added again. The exit status is 2 for a PIN or name that may not be used.

    \b
      ivr staff add "Anna Smith"
      ivr staff add "Anna Smith" --pin-file pin.txt
    """
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise click.UsageError(f"Give a name of up to {LONGEST_NAME} characters.")
    pin = pin_file.read_text().strip() if pin_file else _asked()
    try:
        refuse_easy(pin)
        with _kept(settings_or_stop()) as kept:
            number = kept.staff_list.add(name, pin, datetime.now(UTC))
    except PinError as error:
        raise click.UsageError(str(error)) from None
    click.echo(f"The staff number of {name} is {number}.")


@staff.command(name="list")
def list_() -> None:
    """Show who has a staff number, and who uses the staff pages. PINs cannot be shown."""
    with _kept(settings_or_stop()) as kept:
        names = kept.staff_list.names()
        accounts = kept.accounts.all()
    rows = [f"{number}  {name}" for number, name in names.items()]
    rows += [f"{each.email}  {each.name}, {each.role}" for each in accounts]
    show(rows or ['There is nobody yet. Add somebody: ivr staff add "NAME"'])


@staff.command()
@click.argument("who")
def remove(who: str) -> None:
    """Take away WHO: a staff number, or the e-mail address of somebody who uses the staff pages.

    A PIN opens nothing any more; an account is signed out at once, and links for it have ended.

    \b
      ivr staff remove 4821
      ivr staff remove anna@example.org
    """
    with _kept(settings_or_stop()) as kept:
        if "@" in who:
            known = _off_the_pages(kept.accounts, who.strip().lower())
        else:
            known = kept.staff_list.remove(who)
    if not known:
        raise click.ClickException(f"there is nobody with {who}; see: ivr staff list")
    click.echo(f"{who} is removed.")


def _off_the_pages(accounts: Accounts, email: str) -> bool:
    """Whether there was an account with this address, or a link for it."""
    asked = any(each.email == email for each in accounts.invitations(datetime.now(UTC)))
    known = accounts.by_email(email)
    if known:
        with _last_manager_stays():
            accounts.remove(known.id, datetime.now(UTC))
    accounts.withdraw(email)
    return bool(known or asked)


@staff.command()
def status() -> None:
    """Show what staff have set by hand: opening hours, and an announcement."""
    settings = settings_or_stop()
    with _kept(settings) as kept:
        standing, names = kept.live_settings.standing(), kept.staff_list.names()
    now = clock_of(settings)() + standing.ahead
    show(_standing(standing, names, now))


@contextmanager
def _last_manager_stays() -> Iterator[None]:
    try:
        yield
    except LastManagerError:
        raise click.ClickException(LAST_MANAGER) from None


def _asked() -> str:
    pin: str = click.prompt(
        f"A PIN of {SHORTEST_PIN} to {LONGEST_PIN} digits",
        hide_input=True,
        confirmation_prompt=True,
    )
    return pin


def _kept(settings: Settings) -> AbstractContextManager[StoreServices]:
    """What the line keeps, or the end of the verb in plain words."""
    return kept_or_stop(settings, "the database cannot be used; nothing has changed", keyed=False)


def _standing(standing: CurrentSettings, names: dict[str, str], now: datetime) -> Iterator[str]:
    """One line for each thing that can be set, with until when and by whom."""
    hours, sound = standing.post("hours", now), standing.post("announcement", now)
    yield f"Hours: {hours.value} by hand, {_set(hours, names)}" if hours else "Hours: as usual"
    yield f"Announcement: {_set(sound, names)}" if sound else "Announcement: none"


def _set(post: Post, names: dict[str, str]) -> str:
    until = f"until {post.until.astimezone(LONDON):%H:%M on %-d %B}" if post.until else ""
    known = f"staff number {post.by}" if post.by else "staff"
    return f"{until}, set by {names.get(post.by, known)}"
