"""Who can get in, compared before and after a backup is put back; and everybody signed out.

Owns the comparison. What was changed since the backup is undone by it: who was removed is back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select

from ivr.store.database import Store
from ivr.store.tables import account, invitation, staff, staff_session


@dataclass(frozen=True, slots=True)
class Entry:
    """One way in. ``role`` is empty for the staff line; ``proofs`` are what is asked for there."""

    name: str
    role: str
    proofs: tuple[str, ...]


Entries = Mapping[str, Entry]
"""Every way in, by the e-mail or staff number that it is known by."""


def entries(store: Store) -> Entries:
    """Everybody who can sign in to the pages or the staff line. Raises StoreDownError."""
    pages = select(account).where(account.c.left_at.is_(None)).order_by(account.c.name)
    with store.read() as connection:
        found = {
            row.email: Entry(row.name, row.role, (row.password_hash, row.factor))
            for row in connection.execute(pages)
        }
        for row in connection.execute(select(staff).order_by(staff.c.number)):
            found[f"staff number {row.number}"] = Entry(row.name, "", (row.pin_hash,))
    return found


def sign_everybody_out(store: Store) -> None:
    """End every session and every link. Raises StoreDownError."""
    with store.write() as connection:
        connection.execute(delete(staff_session))
        connection.execute(delete(invitation))


def came_back(before: Entries, after: Entries) -> Iterator[str]:
    """One line for each way in that was not there just before, or not so."""
    for known_by, now in after.items():
        who, then = f"{now.name}, {known_by}", before.get(known_by)
        if then is None:
            yield f"{who}: can get in" + (f" as {now.role}" if now.role else "")
        elif then.role != now.role:
            yield f"{who}: is {now.role} again, was {then.role}"
        elif then.proofs != now.proofs:
            yield f"{who}: gets in with what held then (password, phone or PIN)"
