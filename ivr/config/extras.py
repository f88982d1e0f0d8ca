"""Packages that only some tasks need: found by name, or missed in plain words."""

from __future__ import annotations

import importlib
from typing import Any


class ExtraMissingError(Exception):
    """A package of an extra is not installed: which, and how to install it."""


def extra(module: str, name: str) -> Any:
    """The module of an extra, such as ``voice``. Raises ExtraMissingError."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ExtraMissingError(
            f"This needs the {name} extra ({error.name} is missing). "
            f"To install it: sh tools/setup.sh {name}"
        ) from error
