"""``ivr connect``: point the number at this line, or point it back.

Owns which addresses the number gets. It shows what it would change first, and keeps what was there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from ivr.cli.common import YES, agreed, show
from ivr.cli.settings import settings_or_stop
from ivr.config import ROOT, Settings
from ivr.outside.services import numbers_api
from ivr.outside.twilio import CarrierError, GoneError, TwilioRefusedError
from ivr.outside.twilio.errors import NOT_KNOWN
from ivr.outside.twilio.numbers import NumbersApi
from ivr.secrets import private_files
from ivr.webhooks.guard import OVERRIDES

STATUS_OVERRIDES = "#rc=3&rp=ct,rt,5xx"
"""News of a call's end has time: three more tries (Twilio: webhooks, connection overrides)."""
NAMES = {
    "voice_url": "a call comes in",
    "voice_fallback_url": "the line does not answer",
    "status_callback": "a call has ended",
    "sms_url": "a text comes in",
}
KEPT = ROOT / "var"
Addresses = Mapping[str, str]


@click.command()
@click.option("--number", help="Another number of the account than LINE_NUMBER.")
@click.option(
    "--staff", is_flag=True, help="It is the number that staff ring (docs/staff-line.md)."
)
@click.option(
    "--fallback",
    "--twin",
    "fallback_url",
    metavar="ADDRESS",
    help="Where the fallback document lies.",
)
@click.option("--undo", is_flag=True, help="Put back what was there before.")
@YES
def connect(
    number: str | None, staff: bool, fallback_url: str | None, undo: bool, yes: bool
) -> None:
    """Point the number at this line: calls, their end, texts, and the fallback document.

    Needs TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and PUBLIC_BASE_URL. What would be changed is shown
    first. What was there is kept in var/, and --undo puts it back.

    \b
      ivr connect --fallback https://handler.twilio.com/twiml/EH...
      ivr connect --staff --number +442079460300
      ivr connect --undo
    """
    settings = settings_or_stop()
    api, number = numbers_api(settings), number or settings.line_number
    sid, before = _found(api, number)
    wanted = _kept(number) if undo else _wanted(settings, staff, fallback_url or "")
    changes = {name: value for name, value in wanted.items() if before.get(name, "") != value}
    if not changes:
        stands = "as it was before" if undo else "connected"
        click.echo(f"{number} is {stands} already. Nothing is changed.")
        return
    show(_shown(before, changes))
    agreed(yes, f"Change {number}?")
    if not undo:
        _keep(number, before)
    _set(api, sid, changes)
    after = _found(api, number)[1]
    if any(after[name] != value for name, value in changes.items()):
        raise click.ClickException(f"Twilio did not keep all of it; look at {number} there")
    click.echo(f"{number} is {'as it was before' if undo else 'connected'}. Ring it, and listen.")


def _wanted(settings: Settings, staff: bool, fallback_url: str) -> Addresses:
    """The addresses of this line. Without one, the fallback stays as it is."""
    base = settings.base_url
    wanted = {"voice_url": f"{base}/{'staff' if staff else 'voice'}{OVERRIDES}"}
    if not staff:
        wanted["status_callback"] = f"{base}/voice/status{STATUS_OVERRIDES}"
        wanted["sms_url"] = f"{base}/sms{OVERRIDES}"
    if fallback_url:
        wanted["voice_fallback_url"] = fallback_url
    return wanted | {f"{name.removesuffix('_url')}_method": "POST" for name in wanted}


def _shown(before: Addresses, changes: Addresses) -> Iterator[str]:
    for name, value in changes.items():
        what = NAMES.get(name, name.replace("_", " "))
        yield f"When {what}:" if name in NAMES else f"The {what}:"
        yield f"  now    {before.get(name) or 'nothing'}"
        yield f"  then   {value or 'nothing'}"


def _found(api: NumbersApi, number: str) -> tuple[str, Addresses]:
    try:
        return api.find(number)
    except GoneError:
        says = f"this account has no number {number}; see LINE_NUMBER, or --number"
        raise click.ClickException(says) from None
    except CarrierError as error:
        raise click.ClickException(_why(error)) from None


def _set(api: NumbersApi, sid: str, changes: Addresses) -> None:
    try:
        api.set(sid, changes)
    except CarrierError as error:
        raise click.ClickException(f"{_why(error)}; try again, or look at Twilio") from None


def _why(error: CarrierError) -> str:
    if error.code == NOT_KNOWN:
        return "Twilio does not know this account and token; see TWILIO_ACCOUNT_SID"
    if error.code == "20404":
        return "Twilio does not know this account; see TWILIO_ACCOUNT_SID"
    what = "did not take it" if isinstance(error, TwilioRefusedError) else "could not be asked"
    return f"Twilio {what} ({error.code})"


def _file(number: str) -> Path:
    return KEPT / f"connect-{number.removeprefix('+')}.json"


def _keep(number: str, before: Addresses) -> None:
    """Keep what was there the first time: to connect twice must not lose it."""
    file = _file(number)
    if not file.exists():
        private_files.folder(file.parent)
        private_files.write(file, f"{json.dumps(dict(before), indent=2)}\n".encode())


def _kept(number: str) -> Addresses:
    try:
        kept: Addresses = json.loads(_file(number).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise click.ClickException(
            f"nothing is kept of {number}: it was not connected here"
        ) from None
    return kept
