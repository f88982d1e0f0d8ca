"""Which words a verb reads: those that callers hear now, another edition, or the files.

Owns the two options, and that the verb says which. Editions are in the database, whose library is
loaded only where one is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ivr.config import Settings

Command = TypeVar("Command", bound=Callable[..., Any])
CHOSEN = "ivr.cli.words"
FILES, NOW = "files", "now"


def any_words(verb: Command) -> Command:
    """The verb reads the words that callers hear now, unless it is told which."""
    edition = click.option(
        "--edition", type=click.IntRange(0), metavar="NUMBER", expose_value=False, callback=_chosen,
        help="The words of this edition (ivr editions), in place of those that callers hear now.",
    )  # fmt: skip
    files = click.option(
        "--files", is_flag=True, expose_value=False, callback=_chosen,
        help="The files of prompts/, in place of the words that callers hear now.",
    )  # fmt: skip
    return edition(files(verb))


def _chosen(ctx: click.Context, param: click.Parameter, value: int | bool | None) -> None:
    """Keep what was chosen where ``with_chosen_words`` finds it."""
    before = ctx.meta.get(CHOSEN, NOW)
    chosen = before if value is None or value is False else FILES if value is True else value
    if NOW not in (before, chosen) and chosen != before:
        raise click.UsageError("choose --edition or --files, not both", ctx)
    ctx.meta[CHOSEN] = chosen


def others_chosen() -> bool:
    """Whether other words were chosen than those that callers hear now."""
    return bool(click.get_current_context().meta.get(CHOSEN, NOW) != NOW)


def with_chosen_words(settings: Settings) -> Settings:
    """These settings with the folder of the words that were chosen; says which on standard error.

    A verb without these options reads the files, and says nothing.
    """
    ctx = click.get_current_context(silent=True)
    chosen = ctx.meta.get(CHOSEN) if ctx else None
    if ctx is None or chosen is None:
        return settings
    if chosen == FILES:
        folder, which = settings.content_dir, "the files of prompts/"
    else:
        from ivr.cli.edition_words import edition  # noqa: PLC0415 - it loads the database's library

        folder, which = edition(settings, None if chosen == NOW else chosen)
    if which:
        click.echo(f"These are the words of {which}.", err=True)
    del ctx.meta[CHOSEN]  # Once: a verb may ask twice.
    return settings.model_copy(update={"content_dir": folder})
