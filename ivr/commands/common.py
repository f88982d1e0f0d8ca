"""What every verb needs: settings and content, or plain words about what is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from ivr import logs
from ivr.config import Settings, SettingsError
from ivr.config import read as read_settings
from ivr.content import ContentError, load
from ivr.exchange.account import DEMO_ACCOUNT_SID
from ivr.line import Line

CONTENT = Path("prompts")


def settings_or_stop(**changes: str) -> Settings:
    """The settings of this process with ``changes`` on top; ends the verb where one is wrong.

    What the process logs from now on goes where the settings say.
    """
    os.environ.update({name.upper(): value for name, value in changes.items()})
    with in_words():
        settings = read_settings()
    logs.set_up(settings)
    return settings


def line_or_stop(root: Path) -> Line:
    """The content, or the end of the verb with every fault in it."""
    with in_words(root):
        return load(root)


@contextmanager
def in_words(root: Path = CONTENT) -> Iterator[None]:
    """End the verb with every fault that settings or content, in ``root``, turn out to have."""
    try:
        yield
    except SettingsError as error:
        lines = "\n".join(f"  {fault}" for fault in error.faults)
        raise click.ClickException(f"these settings cannot be used:\n{lines}") from None
    except ContentError as error:
        lines = "\n".join(f"  {root.name}/{fault}" for fault in error.faults)
        raise click.ClickException(f"the content has faults:\n{lines}") from None


def demonstration_or_stop(**changes: str) -> Settings:
    """The settings of the demonstration line, with content that can be used, or the verb's end."""
    settings = settings_or_stop(**changes)
    if settings.twilio_account_sid != DEMO_ACCOUNT_SID:
        raise click.ClickException("this rings the demonstration line only; unset TWILIO_*")
    line_or_stop(settings.content_dir)
    return settings
