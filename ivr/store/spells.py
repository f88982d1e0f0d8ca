"""A trouble that lasts, told in the log once when it begins, when it changes, and when it is over.

Owns that. What is looked at every two seconds would else fill the log of an operator, and the disk,
with one line that says nothing new.
"""

from __future__ import annotations

import logging


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
