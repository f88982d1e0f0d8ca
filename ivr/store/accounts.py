"""Who may use the staff pages: accounts, and the invitations that become one.

Owns their rows. Passwords, tokens and codes come here as hashes, keys wrapped. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from ivr.store.database import Kept
from ivr.store.rows import select_as
from ivr.store.sessions import STAFF_WAIT, Session, end_entries, holds
from ivr.store.tables import account, fresh_id, invitation, recovery_code

INVITED_FOR = timedelta(days=7)
MANAGER = "manager"
NOTHING = {"password_hash": "", "factor": "", "wrapped": b""}
"""What is known of an account that nobody can sign in to."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. ``factor``: the sealed secret of the second one, or empty."""

    id: str
    name: str
    email: str
    role: str
    password_hash: str
    factor: str
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody who was asked to join, up to ``until``. ``wrapped`` may be empty."""

    name: str
    email: str
    role: str
    until: datetime
    wrapped: bytes


THERE = select_as(Account, account).where(account.c.left_at.is_(None))


class LastManagerError(Exception):
    """Somebody must be left who can invite others."""


class Accounts(Kept):
    """The accounts in the database. Everything here raises StoreDownError."""

    def invite(self, asked: Invitation, token_hash: str, lost: bool = True) -> None:
        """Ask somebody to join; an earlier invitation of the same address ends.

        Who has joined before has this role at once and is signed out; and where they have ``lost``
        something, nothing old lets anybody in. Raises LastManagerError.
        """
        query = select(account.c.id).where(account.c.email == asked.email)
        with self._store.write(STAFF_WAIT) as connection:
            if known := connection.execute(query).scalar():
                _change(connection, known, {"role": asked.role}, lost)
            connection.execute(delete(invitation).where(invitation.c.email == asked.email))
            fresh = asdict(asked) | {"token_hash": token_hash}
            connection.execute(insert(invitation).values(fresh))

    def invited(self, token_hash: str, now: datetime) -> Invitation | None:
        """The invitation of this token, while it holds."""
        own = and_(invitation.c.token_hash == token_hash, invitation.c.until > now)
        return self._store.one(Invitation, select_as(Invitation, invitation).where(own))

    def invitations(self, now: datetime) -> list[Invitation]:
        """Those who have not joined yet."""
        query = select_as(Invitation, invitation).where(invitation.c.until > now)
        return self._store.all(Invitation, query.order_by(invitation.c.name))

    def withdraw(self, email: str) -> bool:
        """Take an invitation back; False where there is none."""
        gone = delete(invitation).where(invitation.c.email == email)
        return self._store.change(gone, STAFF_WAIT) > 0

    def join(self, token_hash: str, password_hash: str, wrapped: bytes, now: datetime) -> str:
        """Make an invitation an account, or give its account a new password; its id.

        Empty where the invitation does not hold any more. A lost second factor goes, too, and
        whoever is signed in.
        """
        own = and_(invitation.c.token_hash == token_hash, invitation.c.until > now)
        with self._store.write(STAFF_WAIT) as connection:
            _managers(connection)
            asked = connection.execute(select(invitation).where(own)).one_or_none()
            if asked is None:
                return ""
            # Held before the invitation is, as who ends the ways into an account does it.
            query = select(account.c.id).where(account.c.email == asked.email).with_for_update()
            known = connection.execute(query).scalar()
            if connection.execute(delete(invitation).where(own)).rowcount != 1:
                return ""
            values = {"name": asked.name, "role": asked.role, "password_hash": password_hash}
            values |= {"wrapped": wrapped, "factor": ""}
            if known:
                _change(connection, known, values, lost=True)
                return str(known)
            fresh = fresh_id()
            new = {"id": fresh, "email": asked.email, "made_at": now}
            connection.execute(insert(account).values(values | new))
            return fresh

    def by_email(self, email: str) -> Account | None:
        """The account of this address."""
        return self._store.one(Account, THERE.where(account.c.email == email))

    def by_id(self, account_id: str) -> Account | None:
        """The account of this id, while it has not been removed."""
        return self._store.one(Account, THERE.where(account.c.id == account_id))

    def all(self) -> list[Account]:
        """Everybody who may sign in, by name."""
        return self._store.all(Account, THERE.order_by(account.c.name))

    def names(self) -> dict[str, str]:
        """The name of everybody there is or was, by id."""
        rows = self._store.rows(select(account.c.id, account.c.name))
        return {row.id: row.name for row in rows}

    def set_role(self, account_id: str, role: str, but: str = "") -> None:
        """Give somebody another role; sessions ``but`` one end, and links.

        Raises LastManagerError.
        """
        with self._store.write(STAFF_WAIT) as connection:
            _change(connection, account_id, {"role": role}, lost=False, but=but)

    def remove(self, account_id: str, now: datetime) -> None:
        """Nobody signs in with it any more, and its address is free. Raises LastManagerError."""
        gone = {"left_at": now, "email": f"left {account_id}"}
        with self._store.write(STAFF_WAIT) as connection:
            _keep_a_manager(connection, account_id, "")
            _change(connection, account_id, gone, lost=True)

    def set_password(self, of: Account, by: Session, password_hash: str, wrapped: bytes) -> bool:
        """A new password, and the key as it opens it; other sessions end, and links.

        False where the account or the session is not any more what it was when it was looked at.
        """
        values = {"password_hash": password_hash, "wrapped": wrapped}
        with self._store.write(STAFF_WAIT) as connection:
            if not holds(connection, of.id, of.password_hash, by.token_hash):
                return False
            _change(connection, of.id, values, lost=False, but=by.token_hash)
        return True

    def set_factor(
        self, of: Account, by: Session, sealed: str, step: int, code_hashes: Iterable[str]
    ) -> bool:
        """A new second factor, of which ``step`` is used, and its recovery codes.

        In place of an old one, other sessions end, and links. False as for ``set_password``.
        """
        same = and_(account.c.id == of.id, account.c.factor == of.factor)
        taken_up = update(account).where(same).values(factor=sealed, factor_step=step)
        with self._store.write(STAFF_WAIT) as connection:
            if not holds(connection, of.id, of.password_hash, by.token_hash):
                return False
            if connection.execute(taken_up).rowcount != 1:
                return False
            _forget_codes(connection, of.id)
            rows = [{"account_id": of.id, "code_hash": each} for each in code_hashes]
            connection.execute(insert(recovery_code), rows)
            # Beside a first one, the others wait for its digits; and the link of a new role holds.
            if of.factor:
                end_entries(connection, of.id, by.token_hash)
        return True

    def seal_anew(self, of: Account, sealed: str) -> None:
        """The same second factor, sealed with a newer secret; nothing where it is another now."""
        same = and_(account.c.id == of.id, account.c.factor == of.factor)
        self._store.change(update(account).where(same).values(factor=sealed), STAFF_WAIT)

    def use_step(self, account_id: str, step: int) -> bool:
        """Take a code of the second factor as used; False where it was used before."""
        fresh = and_(account.c.id == account_id, account.c.factor_step < step)
        used = update(account).where(fresh).values(factor_step=step)
        return self._store.change(used, STAFF_WAIT) == 1

    def use_code(self, account_id: str, code_hash: str, now: datetime) -> bool:
        """Take a recovery code as used; False where there is no such code left."""
        fresh = and_(_left(account_id), recovery_code.c.code_hash == code_hash)
        used = update(recovery_code).where(fresh).values(used_at=now)
        return self._store.change(used, STAFF_WAIT) == 1

    def codes_left(self, account_id: str) -> int:
        """How many recovery codes are not used yet."""
        return self._store.count(recovery_code, _left(account_id))


def _left(account_id: str) -> ColumnElement[bool]:
    """The recovery codes that are not used yet."""
    return and_(recovery_code.c.account_id == account_id, recovery_code.c.used_at.is_(None))


def _change(
    connection: Connection, account_id: str, values: dict[str, Any], lost: bool, but: str = ""
) -> None:
    """Change an account: links and sessions ``but`` one end, and all that was ``lost`` as well."""
    if "role" in values:
        _keep_a_manager(connection, account_id, values["role"])
    end_entries(connection, account_id, but)
    if lost:
        _forget_codes(connection, account_id)
        values = NOTHING | values
    connection.execute(update(account).where(account.c.id == account_id).values(values))


def _managers(connection: Connection) -> set[str]:
    """All managers. Their rows are held first by whoever changes who may do what, so that two do

    not demote each other, and nobody waits for another who waits for them.
    """
    there = and_(account.c.role == MANAGER, account.c.left_at.is_(None))
    query = select(account.c.id).where(there).order_by(account.c.id).with_for_update()
    return set(connection.execute(query).scalars())


def _keep_a_manager(connection: Connection, account_id: str, role: str) -> None:
    if _managers(connection) == {account_id} and role != MANAGER:
        raise LastManagerError


def _forget_codes(connection: Connection, account_id: str) -> None:
    connection.execute(delete(recovery_code).where(recovery_code.c.account_id == account_id))
