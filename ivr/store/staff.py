"""Who may change the line by telephone: staff numbers, hashed PINs, and an end to guessing.

Owns the check of a PIN. A PIN is kept only as an argon2id hash (RFC 9106) and never logged. Times
are UTC.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal

from sqlalchemy import delete, insert, select

from ivr.secrets.hashing import Hashing
from ivr.store.database import Kept, Store
from ivr.store.rows import count
from ivr.store.tables import pin_try, staff

SHORTEST_PIN, LONGEST_PIN = 6, 10
NUMBERS = 10_000
LONGEST_NUMBER = 8
"""Characters of a staff number that are told apart when it is typed; real ones have four."""
WINDOW = timedelta(minutes=15)
MOST_WRONG = 5
"""Wrong PINs for one staff number within WINDOW."""
MOST_WRONG_IN_ALL = 20
"""Wrong PINs for all of them: guessing one PIN with many staff numbers ends too."""

Checked = Literal["ok", "wrong", "locked"]


class PinError(Exception):
    """This PIN may not be used. Says why, in plain words."""


class StaffList(Kept):
    """The staff in the database."""

    def __init__(self, store: Store, hashing: Hashing) -> None:
        super().__init__(store)
        self._hashing = hashing

    def add(self, name: str, pin: str, now: datetime) -> str:
        """Add somebody; their new staff number. Raises PinError, StoreDownError."""
        refuse_easy(pin)
        hashed = self._hashing.hash(pin)
        with self._store.write() as connection:
            used = _inside(pin).union(connection.execute(select(staff.c.number)).scalars())
            every = (f"{number:04}" for number in range(NUMBERS))
            number = secrets.choice([each for each in every if each not in used])
            row = {"number": number, "name": name, "pin_hash": hashed, "added_at": now}
            connection.execute(insert(staff).values(row))
        return number

    def remove(self, number: str) -> bool:
        """Take somebody off the list; False where there is no such number. Raises StoreDownError.

        Who has signed in before stays so until the end of that call.
        """
        return self._store.change(delete(staff).where(staff.c.number == number)) == 1

    def names(self) -> dict[str, str]:
        """The name of each staff number, in order of the numbers. Raises StoreDownError."""
        query = select(staff.c.number, staff.c.name).order_by(staff.c.number)
        return {row.number: row.name for row in self._store.rows(query)}

    def check(self, number: str, pin: str, now: datetime) -> Checked:
        """Whether this PIN fits; locked after too many wrong ones, for a right one too.

        Unknown numbers are locked, and take as long, like known ones. A request that is repeated
        counts again. Raises StoreDownError.
        """
        number, now = number[:LONGEST_NUMBER], now.astimezone(UTC)
        mine = self._begin(number, now)
        if self._too_many(number, now):
            self._forget(mine)
            return "locked"
        if not self._fits(number, pin):
            return "wrong"
        self._forget(mine)
        return "ok"

    def _begin(self, number: str, now: datetime) -> int:
        """Count this try as wrong before it is looked at, so that many at once are not more.

        Tries that no longer count are deleted.
        """
        with self._store.write() as connection:
            connection.execute(delete(pin_try).where(pin_try.c.at <= now - WINDOW))
            row = {"staff_number": number, "at": now}
            added = connection.execute(insert(pin_try).values(row).returning(pin_try.c.id))
            mine: int = added.scalar_one()
            return mine

    def _too_many(self, number: str, now: datetime) -> bool:
        """Whether there are more tries than may be wrong, this one among them."""
        recent = pin_try.c.at > now - WINDOW
        with self._store.read() as connection:
            mine = count(connection, pin_try, recent, pin_try.c.staff_number == number)
            every = count(connection, pin_try, recent)
        return mine > MOST_WRONG or every > MOST_WRONG_IN_ALL

    def _fits(self, number: str, pin: str) -> bool:
        hashed = self._store.value(select(staff.c.pin_hash).where(staff.c.number == number))
        return self._hashing.fits(hashed or "", pin)

    def _forget(self, mine: int) -> None:
        self._store.change(delete(pin_try).where(pin_try.c.id == mine))


def refuse_easy(pin: str) -> None:
    """Raises PinError for a PIN of another form, or one that is guessed first."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST_PIN <= len(pin) <= LONGEST_PIN):
        raise PinError(f"A PIN has {SHORTEST_PIN} to {LONGEST_PIN} digits, and nothing else.")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if len(steps) == 1:
        raise PinError("This PIN is easy to guess: its digits are all the same, or run in order.")
    if pin in (pin + pin)[1:-1]:
        raise PinError("This PIN is easy to guess: it says the same digits again.")


def _inside(pin: str) -> set[str]:
    """Staff numbers that stand in a PIN: who knows one would know a part of the other."""
    return {pin[at : at + 4] for at in range(len(pin) - 3)}
