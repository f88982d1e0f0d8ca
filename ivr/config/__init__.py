"""Every setting of the line: read from the environment, checked at start, named when wrong.

The environment is read once, on request; no other module reads a setting from it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ivr.config.faults import faults
from ivr.config.settings import (
    DEMO_AUTH_TOKEN,
    DEMO_SECRET,
    LONDON,
    OTHERS,
    ROOT,
    SECRETS,
    MailSettings,
    Settings,
)
from ivr.secrets import files

__all__ = [
    "DEMO_AUTH_TOKEN",
    "DEMO_SECRET",
    "LONDON",
    "ROOT",
    "MailSettings",
    "Settings",
    "SettingsError",
    "read",
]


class SettingsError(Exception):
    """One or more settings cannot be used; ``faults`` names each, with what to do."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises SettingsError naming each one that is wrong."""
    given = os.environ if environment is None else environment
    given = {name.upper(): value for name, value in given.items()}
    if wrong := list(files.faults(given, SECRETS, OTHERS)):
        raise SettingsError(wrong)
    given |= files.values(given, SECRETS)
    try:
        settings = Settings.model_validate({name.lower(): each for name, each in given.items()})
    except ValidationError as error:
        raise SettingsError([_named(each) for each in error.errors()]) from None
    if wrong := list(faults(settings)):
        raise SettingsError(wrong)
    return settings


def _named(error: ErrorDetails) -> str:
    """A value of another kind than its setting's, in words that say what to write."""
    told = error.get("ctx", {})
    words = {
        "literal_error": f"must be {told.get('expected', '')}".replace("'', ", ""),
        "greater_than": f"must be more than {told.get('gt')}",
        "greater_than_equal": f"must be {told.get('ge')} or more",
        "int_parsing": "must be a whole number",
        "bool_parsing": "must be yes or no",
        "datetime_from_date_parsing": "must be an ISO time, such as 2026-11-24T10:00",
    }
    path = ".".join(str(step) for step in error["loc"]).upper()
    return f"{path}: {words.get(error['type'], error['msg'])}"
