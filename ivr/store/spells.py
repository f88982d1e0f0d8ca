"""A trouble that lasts, told in the log once when it begins, when it changes, and when it is over.

Owns that, and that what is asked for again and again is told of once. What is looked at every two
seconds would else fill the log of an operator, and the disk, with one line that says nothing new.
"""

from __future__ import annotations

import logging
from collections.abc import Hashable

LATELY = 1_000


class Once:
    """What was told of lately, by this process: a webhook that is repeated says nothing new."""

    def __init__(self) -> None:
        self._told: dict[Hashable, None] = {}

    def first(self, what: Hashable) -> bool:
        """Whether this was not told of yet; from now on it was."""
        new = what not in self._told
        self._told[what] = None
        if len(self._told) > LATELY:
            self._told.pop(next(iter(self._told)), None)
        return new


class Spell:
    """One trouble, as one part of the program meets it."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._on: object = None

    def begins(self, says: str, *given: object, about: object = True) -> None:
        """It is there; told where it was not before, or was about something else."""
        if self._on != about:
            self._on = about
            self._log.error(says, *given)

    def ends(self, says: str, *given: object) -> None:
        """It is not there; told where it was before."""
        if self._on is not None:
            self._on = None
            self._log.warning(says, *given)
