"""``ivr inbox``: what callers left for the advisers, until there are pages for it.

Owns how it is shown. Only the private key opens a message or a telephone number; it belongs on the
machine of an adviser, never on the one that serves the line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from ivr.cli.common import FILE, plainly
from ivr.cli.common import show as print_rows
from ivr.cli.kept import kept_or_stop
from ivr.cli.settings import settings_or_stop
from ivr.config import LONDON, Settings
from ivr.line.tongues import shown
from ivr.secrets import private_files
from ivr.secrets.sealed_box import SealedBoxError, key_pair, unseal
from ivr.store import Inbox, Item
from ivr.store.callbacks import most_careful

WHAT = {"message": "message", "callback": "call-back"}
BEST = {"any": "at any time", "morning": "in the morning", "afternoon": "in the afternoon"}
SAYING = {"line": "we are the advice line", "friend": "we are a friend"}
KEY = click.option(
    "--key-file",
    type=FILE,
    envvar="MESSAGES_PRIVATE_KEY_FILE",
    help="The file with the private key (also MESSAGES_PRIVATE_KEY_FILE).",
)


@click.group(invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help="Also what has been dealt with.")
@click.pass_context
def inbox(context: click.Context, everything: bool) -> None:
    """What callers left: messages, and requests to be rung back. Oldest first.

    Each has four digits, which the caller may know too. Work from top to bottom: take one, so that
    nobody else does; show it; say when it is done.

    \b
      ivr inbox
      ivr inbox take 4821
      ivr inbox show 4821
      ivr inbox done 4821
      ivr inbox keys
    """
    if context.invoked_subcommand is None:
        with _opened() as (found, _):
            items = found.items(done=everything)
        print_rows([_row(item) for item in items] or ["Nothing waits."])


@inbox.command()
@click.argument("reference")
def take(reference: str) -> None:
    """Take one, so that two people never ring the same caller."""
    with _opened() as (found, _):
        item = _find(found, reference)
        if not found.take(item, datetime.now(UTC)):
            raise click.ClickException(f"{reference} is taken already")
    click.echo(f"{reference} is yours. To see it: ivr inbox show {reference}")


@inbox.command()
@click.argument("reference")
def done(reference: str) -> None:
    """Say that one has been dealt with."""
    with _opened() as (found, _):
        if not found.done(_find(found, reference), datetime.now(UTC)):
            raise click.ClickException(f"{reference} was done already")
    click.echo(f"{reference} is done.")


@inbox.command()
@click.argument("reference")
@KEY
@click.option("--out", type=click.Path(path_type=Path), help="Where a message's sound goes.")
def show(reference: str, key_file: Path | None, out: Path | None) -> None:
    """Show who to ring and how, or keep a message as a sound file. Needs the private key."""
    with _opened() as (found, settings):
        item = _find(found, reference)
    if not item.sealed:
        raise click.ClickException(f"{reference} is {_state(item)}")
    with plainly(SealedBoxError):
        key = _private_key(settings, key_file)
        content = unseal(key, item.sealed)
        others = [unseal(key, each) for each in item.beside]
    click.echo(_row(item))
    if item.kind == "message":
        path = out or Path(f"message-{reference}.wav")
        private_files.write(path, content)
        click.echo(f"The message is in {path}. Delete the file when you have heard it.")
        return
    print_rows(_how_to_ring(item, most_careful([json.loads(each) for each in (content, *others)])))


@inbox.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("messages-private-key.txt"),
              show_default=True, help="The file for the private key.")  # fmt: skip
def keys(out: Path) -> None:
    """Make the pair of keys: the public one for the line's settings, the private one for advisers.

    Without the private key nobody can open what callers left, so keep two copies in safe places.
    """
    if out.exists():
        raise click.ClickException(f"{out} is there already; a key that is lost opens nothing")
    public, private = key_pair()
    private_files.write(out, f"{private}\n".encode("ascii"))
    click.echo(f"Into the settings of the line:  MESSAGES_PUBLIC_KEY={public}")
    click.echo(f"The private key is in {out}. Keep it away from the machine of the line.")


@contextmanager
def _opened() -> Iterator[tuple[Inbox, Settings]]:
    settings, away = settings_or_stop(), "the database cannot be reached; see DATABASE_URL"
    with kept_or_stop(settings, away, keyed=False) as kept:
        yield kept.inbox, settings


def _find(found: Inbox, reference: str) -> Item:
    known = [item for item in found.items(done=True) if reference in (item.reference, *item.also)]
    if not known:
        raise click.ClickException(f"nothing has the digits {reference}; see: ivr inbox")
    waiting = [item for item in known if item.done_at is None]
    if len(waiting) > 1:
        raise click.ClickException(f"two things have the digits {reference}; see: ivr inbox")
    return waiting[0] if waiting else max(known, key=lambda item: item.left_at)


def _private_key(settings: Settings, key_file: Path | None) -> str:
    if key_file is None and settings.demo_private_key:
        return settings.demo_private_key
    if key_file is None:
        raise click.ClickException("needs the private key: --key-file messages-private-key.txt")
    return key_file.read_text(encoding="ascii").strip()


def _row(item: Item) -> str:
    """One item on one line, with nothing in it that names anybody."""
    left = f"{item.left_at.astimezone(LONDON):%a %d %b %H:%M}"
    known = [f"{item.seconds} s"] if item.kind == "message" else [BEST.get(item.best, "")]
    known += [f"about {item.about}"] if item.about else []
    known += [shown(item.lang), _state(item)]
    known += [f"asked for again as {each}" for each in item.also]
    return f"{item.reference}  {WHAT[item.kind]:9}  {left}  {', '.join(filter(None, known))}"


def _state(item: Item) -> str:
    if item.done_at:
        return "done"
    if not item.sealed:
        return "lost at the carrier" if item.lost else "not here yet"
    return f"taken {item.taken_at.astimezone(LONDON):%a %H:%M}" if item.taken_at else "waits"


def _how_to_ring(item: Item, wish: dict[str, object]) -> Iterator[str]:
    """What the caller said about being rung: what to mind comes before the number."""
    leave = "You may leave a message." if wish["leave"] else "Do NOT leave a message."
    yield f"If someone else answers, say {SAYING.get(str(wish['saying']), SAYING['line'])}."
    yield leave
    yield f"Ring {BEST.get(item.best, BEST['any'])}, and speak {shown(item.lang)}."
    yield f"The number: {wish['number']}"
    if "said" in wish:
        yield f"They wrote: {wish['said']}"
    if "read" in wish:
        yield f"Read this out, slowly: {wish['read']}"
