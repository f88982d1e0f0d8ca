"""What a database that cannot be used says. Owns these errors; who raises them is elsewhere."""

from __future__ import annotations


class StoreDownError(Exception):
    """The database did not take it in time. Nothing was kept, so nothing may be promised."""


class RowRefusedError(StoreDownError):
    """The database is well and refuses this row: to try again would bring the same.

    Nothing was kept. Who only promises what is kept need not tell it from a database that is away.
    """


class OtherKeyError(StoreDownError):
    """The references in this database are made with another key: nothing here may use it.

    ``known``: the fingerprint of that key.
    """

    def __init__(self, known: str) -> None:
        self.known = known
        super().__init__("the references in this database are made with another key")


class NoDatabaseError(StoreDownError):
    """No database of a line is here, or another; what to do. None is made: see GONE."""


class CannotUpgradeError(Exception):
    """The database's tables cannot be brought up to date."""
