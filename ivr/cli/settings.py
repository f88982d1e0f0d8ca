"""What every verb needs: settings, or plain words about what is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from ivr.config import Settings, SettingsError
from ivr.config import read as read_settings
from ivr.health import logs


def settings_or_stop(**changes: str) -> Settings:
    """The settings of this process with ``changes`` on top; ends the verb where one is wrong.

    What the process logs from now on goes where the settings say.
    """
    os.environ.update({name.upper(): value for name, value in changes.items()})
    with settings_in_words():
        settings = read_settings()
    logs.set_up(settings)
    return settings


@contextmanager
def settings_in_words() -> Iterator[None]:
    """End the verb with every fault that the settings turn out to have."""
    try:
        yield
    except SettingsError as error:
        lines = "\n".join(f"  {fault}" for fault in error.faults)
        raise click.ClickException(f"these settings cannot be used:\n{lines}") from None
