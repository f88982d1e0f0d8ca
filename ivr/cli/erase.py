"""``ivr erase``: everything there is about a telephone number, shown or deleted.

Owns the receipt: what was deleted here and at the carrier, and what somebody still has to do.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from ivr.cli.common import YES
from ivr.cli.kept import kept_or_stop
from ivr.cli.settings import settings_or_stop
from ivr.config import Settings
from ivr.jobs.services import carrier_of
from ivr.line.numbers import one_form
from ivr.outside.twilio import CarrierError

REST = (
    "What is left: the carrier's records of calls (its console, or its own retention), and copies "
    "in backups, which end with them. Erase again after a backup is restored."
)


@click.command()
@click.argument("number")
@click.option("--show", is_flag=True, help="Only show what there is, for who asks what you keep.")
@YES
def erase(number: str, show: bool, yes: bool) -> None:
    """Delete everything there is about NUMBER, here and the carrier's records of texts.

    First make sure that who asks is who they say: a number that calls is no proof. That they want
    no texts (STOP) is kept. What callers left is sealed: --show says that it is there, and the
    staff pages open it.

    \b
      ivr erase +447700900123 --show
      ivr erase +447700900123
    """
    known = one_form(number)
    if not known:
        raise click.UsageError("Give a number with its country code, such as +447700900123.")
    settings = settings_or_stop()
    with kept_or_stop(settings, "the database cannot be used; nothing was deleted") as kept:
        if show:
            click.echo(json.dumps(kept.erasing.show(known), indent=1, ensure_ascii=False))
            return
        if not (yes or click.confirm(f"Delete everything about {known}?")):
            raise click.ClickException("nothing was deleted")
        for kind, count in kept.erasing.erase(known, datetime.now(UTC)).items():
            click.echo(f"{count:4}  {kind}")
    _at_the_carrier(settings, known)
    click.echo(REST)


def _at_the_carrier(settings: Settings, number: str) -> None:
    """Delete the carrier's records of texts. Raises ClickException where some are left."""
    try:
        gone, left = carrier_of(settings).erase(number)
    except CarrierError as error:
        says = f"here everything is deleted; Twilio could not be asked ({error.code}): try again"
        raise click.ClickException(says) from None
    click.echo(f"{gone:4}  texts at the carrier")
    if left:
        says = f"{left} texts are under way and cannot be deleted there yet: try again in an hour"
        raise click.ClickException(says)
