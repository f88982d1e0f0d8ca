"""Who is signed in to the staff pages, how often somebody has failed to, and what was changed.

Owns sessions, tries and the list of changes. Only hashes of tokens are here. Times are UTC.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Delete, and_, delete, insert, or_, select, update

from ivr.store.database import Kept, StoreDownError
from ivr.store.rows import Lock, count, select_as
from ivr.store.tables import account, change, invitation, sign_in_try, staff_session

log = logging.getLogger(__name__)

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
TRY_WINDOW = timedelta(minutes=5)
HOUR = timedelta(hours=1)
SEEN_EVERY = timedelta(minutes=1)
"""A page need not write down each time that somebody is still there."""
LONGEST_BROWSER = 64
STAFF_WAIT = 5.0
"""Seconds that somebody of staff may wait for others who write; callers wait shorter."""


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


class Sessions(Kept):
    """The sessions in the database. Everything here raises StoreDownError."""

    def begin(self, made: Session, password_hash: str, instead: str = "", tried: str = "") -> bool:
        """Somebody has signed in; False where what was checked for it holds no more.

        ``instead``: the session of before, which ends; what was ``tried`` counts no more.
        """
        row = asdict(made) | {"browser": made.browser[:LONGEST_BROWSER]}
        old = staff_session.c.made_at <= made.made_at - LONGEST
        gone = or_(old, staff_session.c.token_hash == instead)
        with self._store.write(STAFF_WAIT) as connection:
            if not holds(connection, made.account_id, password_hash, instead):
                return False
            connection.execute(delete(staff_session).where(gone))
            connection.execute(insert(staff_session).values(row))
            if tried:
                connection.execute(_forgotten(tried))
        return True

    def of(self, token_hash: str, now: datetime) -> Session | None:
        """The session of this token, while it holds; it has been seen now.

        Where that cannot be written down, the page is given all the same: it may end sooner.
        """
        own = staff_session.c.token_hash == token_hash
        found = self._store.one(Session, select_as(Session, staff_session).where(own, _fresh(now)))
        if found and found.seen_at < now - SEEN_EVERY:
            self._see(token_hash, now)
        return found

    def _see(self, token_hash: str, now: datetime) -> None:
        own = staff_session.c.token_hash == token_hash
        try:
            self._store.change(update(staff_session).where(own).values(seen_at=now))
        except StoreDownError as error:
            log.warning("that somebody is still signed in could not be written down: %s", error)

    def of_account(self, account_id: str, now: datetime) -> list[Session]:
        """Where somebody is signed in, the newest first."""
        own = and_(staff_session.c.account_id == account_id, _fresh(now))
        query = select_as(Session, staff_session).where(own)
        return self._store.all(Session, query.order_by(staff_session.c.made_at.desc()))

    def end(self, account_id: str, token_hash: str) -> None:
        """End one session of an account."""
        own = delete(staff_session).where(_is(account_id, token_hash))
        self._store.change(own, STAFF_WAIT)

    def end_all(self, account_id: str, but: str = "") -> None:
        """End every session of an account, ``but`` one, and every link by which it is entered."""
        with self._store.write(STAFF_WAIT) as connection:
            end_entries(connection, account_id, but)


class Tries(Kept):
    """Failures to sign in, counted before it is known that they fail. Raises StoreDownError."""

    def begin(self, most: Mapping[str, int], now: datetime) -> bool:
        """Count a try; False, and it is too many, where as many have failed lately.

        ``most`` are taken of each name that it stands under, such as an account and an address.
        """
        with self._store.write(STAFF_WAIT, Lock.SIGN_IN_TRIES) as connection:
            connection.execute(delete(sign_in_try).where(sign_in_try.c.at <= now - TRY_WINDOW))
            for name, limit in most.items():
                if count(connection, sign_in_try, _under(name)) >= limit:
                    return False
            connection.execute(insert(sign_in_try).values(who=" ".join(most), at=now))
        return True

    def forget(self, name: str) -> None:
        """It went well: what failed before under this name counts no more, under none."""
        self._store.change(_forgotten(name), STAFF_WAIT)


class Changes(Kept):
    """What staff did. Raises StoreDownError."""

    def note(self, by: str, what: str, of: str, now: datetime) -> None:
        """Write down that ``by`` did it."""
        row = {"at": now, "by": by, "what": what, "of": of[:64]}
        with self._store.write() as connection:
            connection.execute(insert(change).values(row))

    def note_limited(self, by: str, what: str, of: str, now: datetime, most: int) -> bool:
        """The same; False, and nothing is written, where ``most`` stand there of the last hour."""
        lately = and_(change.c.what == what, change.c.of == of, change.c.at > now - HOUR)
        with self._store.write(STAFF_WAIT, Lock.ADVISERS) as connection:
            if count(connection, change, lately) >= most:
                return False
            row = {"at": now, "by": by, "what": what, "of": of}
            connection.execute(insert(change).values(row))
        return True

    def newest(self, most: int = 200) -> list[StaffChange]:
        """The last changes, the newest first."""
        query = select_as(StaffChange, change).order_by(change.c.id.desc()).limit(most)
        return self._store.all(StaffChange, query)


def end_entries(connection: Connection, account_id: str, but: str = "") -> None:
    """End each way in that an account has but its password: sessions ``but`` one, and links.

    Its row is held first: who signs in at this moment has begun before, and is ended, or after.
    """
    others = and_(staff_session.c.account_id == account_id, staff_session.c.token_hash != but)
    own = select(account.c.email).where(account.c.id == account_id).with_for_update()
    address = connection.execute(own).scalar()
    connection.execute(delete(invitation).where(invitation.c.email == address))
    connection.execute(delete(staff_session).where(others))


def holds(
    connection: Connection, account_id: str, password_hash: str, token_hash: str = ""
) -> bool:
    """Whether an account still has the password that was checked, and this session of it.

    It stays so until this transaction ends, as whoever ends them waits for its row.
    """
    same = and_(account.c.password_hash == password_hash, account.c.left_at.is_(None))
    query = select(account.c.id).where(account.c.id == account_id, same).with_for_update()
    if connection.execute(query).scalar() is None:
        return False
    return not token_hash or count(connection, staff_session, _is(account_id, token_hash)) > 0


def _under(name: str) -> ColumnElement[bool]:
    return sign_in_try.c.who.contains(name, autoescape=True)


def _forgotten(name: str) -> Delete:
    return delete(sign_in_try).where(_under(name))


def _is(account_id: str, token_hash: str) -> ColumnElement[bool]:
    """One session of an account."""
    own = staff_session.c.account_id == account_id
    return and_(own, staff_session.c.token_hash == token_hash)


def _fresh(now: datetime) -> ColumnElement[bool]:
    """Sessions that hold at ``now``."""
    seen = staff_session.c.seen_at > now - IDLE
    return and_(seen, staff_session.c.made_at > now - LONGEST)
