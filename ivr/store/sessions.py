"""Who is signed in to the staff pages, how often somebody has failed to, and what was changed.

Owns sessions, tries and the list of changes. Only hashes of tokens are here. Times are UTC.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, insert, select, update

from ivr.store.database import Store, StoreDownError, utc
from ivr.store.tables import account, change, invitation, sign_in_try, staff_session

log = logging.getLogger(__name__)

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
TRY_WINDOW = timedelta(minutes=5)
SEEN_EVERY = timedelta(minutes=1)
"""A page need not write down each time that somebody is still there."""
LONGEST_BROWSER = 64


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is signed in. ``second``: whether the second factor was given in it."""

    token_hash: str
    account_id: str
    made_at: datetime
    seen_at: datetime
    second: bool
    browser: str
    held: bytes


@dataclass(frozen=True, slots=True)
class StaffChange:
    """One thing that somebody did. ``by`` an account; ``of`` what it was done to."""

    at: datetime
    by: str
    what: str
    of: str


class Sessions:
    """The sessions in the database. Everything here raises StoreDownError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, made: Session) -> None:
        """Somebody has signed in."""
        row = {name: getattr(made, name) for name in ("token_hash", "account_id", "second")}
        row |= {"made_at": made.made_at, "seen_at": made.seen_at, "held": made.held or None}
        row["browser"] = made.browser[:LONGEST_BROWSER]
        with self._store.write() as connection:
            old = staff_session.c.made_at <= made.made_at - LONGEST
            connection.execute(delete(staff_session).where(old))
            connection.execute(insert(staff_session).values(row))

    def of(self, token_hash: str, now: datetime) -> Session | None:
        """The session of this token, while it holds; it has been seen now.

        Where that cannot be written down, the page is given all the same: it may end sooner.
        """
        fresh = and_(
            staff_session.c.token_hash == token_hash,
            staff_session.c.seen_at > now - IDLE,
            staff_session.c.made_at > now - LONGEST,
        )
        with self._store.read() as connection:
            row = connection.execute(select(staff_session).where(fresh)).one_or_none()
        if row is not None and utc(row.seen_at) < now - SEEN_EVERY:
            self._see(token_hash, now)
        return _session(row) if row else None

    def _see(self, token_hash: str, now: datetime) -> None:
        own = staff_session.c.token_hash == token_hash
        try:
            with self._store.write() as connection:
                connection.execute(update(staff_session).where(own).values(seen_at=now))
        except StoreDownError as error:
            log.warning("that somebody is still signed in could not be written down: %s", error)

    def of_account(self, account_id: str, now: datetime) -> list[Session]:
        """Where somebody is signed in, the newest first."""
        own = and_(
            staff_session.c.account_id == account_id,
            staff_session.c.seen_at > now - IDLE,
            staff_session.c.made_at > now - LONGEST,
        )
        query = select(staff_session).where(own).order_by(staff_session.c.made_at.desc())
        with self._store.read() as connection:
            return [_session(row) for row in connection.execute(query)]

    def end(self, account_id: str, token_hash: str) -> None:
        """End one session of an account."""
        own = and_(
            staff_session.c.account_id == account_id, staff_session.c.token_hash == token_hash
        )
        with self._store.write() as connection:
            connection.execute(delete(staff_session).where(own))

    def end_all(self, account_id: str, but: str = "") -> None:
        """End every session of an account, ``but`` one, and every link by which it is entered."""
        with self._store.write() as connection:
            end_entries(connection, account_id, but)


class Tries:
    """Failures to sign in, counted before it is known that they fail. Raises StoreDownError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, who: str, most: int, now: datetime) -> bool:
        """Count a try by ``who``; False, and it is too many, where ``most`` have failed lately."""
        lately = and_(sign_in_try.c.who == who, sign_in_try.c.at > now - TRY_WINDOW)
        with self._store.write() as connection:
            connection.execute(delete(sign_in_try).where(sign_in_try.c.at <= now - TRY_WINDOW))
            query = select(func.count()).select_from(sign_in_try).where(lately)
            if connection.execute(query).scalar_one() >= most:
                return False
            connection.execute(insert(sign_in_try).values(who=who, at=now))
        return True

    def forget(self, who: str) -> None:
        """It went well: what failed before does not count any more."""
        with self._store.write() as connection:
            connection.execute(delete(sign_in_try).where(sign_in_try.c.who == who))


class Changes:
    """What staff did. Raises StoreDownError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, by: str, what: str, of: str, now: datetime) -> None:
        """Write down that ``by`` did it."""
        row = {"at": now.astimezone(UTC), "by": by, "what": what, "of": of[:64]}
        with self._store.write() as connection:
            connection.execute(insert(change).values(row))

    def newest(self, most: int = 200) -> list[StaffChange]:
        """The last changes, the newest first."""
        query = select(change).order_by(change.c.id.desc()).limit(most)
        with self._store.read() as connection:
            rows = connection.execute(query).all()
        return [StaffChange(utc(row.at), row.by, row.what, row.of) for row in rows]


def end_entries(connection: Connection, account_id: str, but: str = "") -> None:
    """End each way in that an account has but its password: sessions ``but`` one, and links."""
    others = and_(staff_session.c.account_id == account_id, staff_session.c.token_hash != but)
    address = select(account.c.email).where(account.c.id == account_id).scalar_subquery()
    connection.execute(delete(invitation).where(invitation.c.email == address))
    connection.execute(delete(staff_session).where(others))


def _session(row: Row[Any]) -> Session:
    return Session(
        row.token_hash,
        row.account_id,
        utc(row.made_at),
        utc(row.seen_at),
        row.second,
        row.browser,
        row.held or b"",
    )
