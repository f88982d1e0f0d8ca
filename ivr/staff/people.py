"""Signing in: who somebody is, what they may do, and what they may open.

Owns the steps from a password to a session, and the limits on guessing. Every step takes the same
time and says the same, whether or not there is such an account.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network

from ivr.config.addresses import is_mail
from ivr.secrets.hashing import Hashing
from ivr.secrets.seal import References, Sealer
from ivr.staff import factor, keys
from ivr.staff.roles import Permission, Role, may, needs_factor
from ivr.store.accounts import Account, Accounts, Invitation
from ivr.store.sessions import Session, Sessions, Tries

LONGEST_NAME = 64
MOST_FAILURES = 10
MOST_FAILURES_OF_ADDRESS = 20
"""Failures within five minutes (Cyber Essentials)."""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who is signed in. ``token``: what their browser sent."""

    account: Account
    session: Session
    token: str

    @property
    def id(self) -> str:
        """Their account."""
        return self.account.id

    @property
    def code_due(self) -> bool:
        """Whether the second factor has still to be given."""
        return bool(self.account.factor) and not self.session.second

    @property
    def factor_lacking(self) -> bool:
        """Whether somebody who may do personal things has no second factor yet."""
        return needs_factor(self.account.role) and not self.account.factor

    @property
    def name(self) -> str:
        """What they are called."""
        return self.account.name

    def may(self, permission: Permission) -> bool:
        """Whether they may do this."""
        return may(self.account.role, permission)

    def private_key(self) -> str:
        """What opens messages and requests to be rung back; empty for who may not."""
        return keys.opened(self.token, self.session.held) if self.session.second else ""


class InvitationError(Exception):
    """Nobody can be invited like this: ``of`` what, and why, for who asked."""

    def __init__(self, of: str, why: str) -> None:
        self.of = of
        super().__init__(why)


def refuse_unfit(asked: Invitation) -> None:
    """Raises InvitationError for a name, an address or a role that is none."""
    if not 0 < len(asked.name) <= LONGEST_NAME or not asked.name.isprintable():
        raise InvitationError("name", f"Please give a name of up to {LONGEST_NAME} letters.")
    if asked.role not in set(Role):
        raise InvitationError("role", "Please say what this person is here for.")
    if not is_mail(asked.email):
        why = "Please give the person's e-mail address, such as anna@example.org."
        raise InvitationError("email", why)


class TooManyError(Exception):
    """Too many have failed: nothing is looked at for some minutes."""


class EndedError(Exception):
    """What let somebody in has ended or changed while they were at it: it came to nothing."""


class People:
    """Signing in and out. Everything here raises StoreDownError.

    ``secrets`` seal second factors; hashes of codes are made from ``reference``, which stays.
    """

    def __init__(
        self, accounts: Accounts, sessions: Sessions, tries: Tries, hashing: Hashing,
        secrets: tuple[str, ...], reference: str, demo_key: str = "",
    ) -> None:  # fmt: skip
        self.accounts = accounts
        self.sessions = sessions
        self._tries = tries
        self._secret = reference
        self._sealer = Sealer(*secrets, purpose="factor")
        self._references = References(self._secret)
        self.hashing = hashing
        self._demo_key = demo_key

    def person(self, token: str, now: datetime) -> StaffMember | None:
        """Who has this token; None where it holds no more, or never did."""
        session = self.sessions.of(keys.token_hash(token), now) if token else None
        found = self.accounts.by_id(session.account_id) if session else None
        return StaffMember(found, session, token) if found and session else None

    def sign_in(self, email: str, password: str, address: str, browser: str, now: datetime) -> str:
        """A token for the browser; empty where password or e-mail is wrong. Raises TooManyError."""
        email = email.strip().lower()
        tried = self._count_both(email, address, now)
        found = self.accounts.by_email(email)
        if not self.hashing.fits(found.password_hash if found else "", password) or not found:
            return ""
        private = keys.unwrapped(self.hashing, password, found.wrapped)
        fresh, made = _session(found.id, private, False, browser, now)
        return fresh if self.sessions.begin(made, found.password_hash, tried=tried) else ""

    def enter_demo(self, account: Account, browser: str, now: datetime) -> str:
        """A token without password or second factor. Raises EndedError wherever callers are real:

        only in a demo the key of messages is in the program, for everybody to read.
        """
        if not self._demo_key:
            raise EndedError
        fresh, made = _session(account.id, self._demo_key, True, browser, now)
        if not self.sessions.begin(made, account.password_hash):
            raise EndedError
        return fresh

    def second(self, person: StaffMember, digits: str, now: datetime) -> str:
        """A new token, after the right digits or a recovery code; else empty.

        Raises TooManyError, EndedError.
        """
        tried = self._name("2nd", person.id)
        self._count({tried: MOST_FAILURES}, now)
        if not self._fits(person.account, digits, now):
            return ""
        return self.again(person, now, tried)

    def again(self, person: StaffMember, now: datetime, tried: str = "") -> str:
        """A new token after the second factor, in place of the old one, which opens nothing more.

        Raises EndedError.
        """
        private, old = keys.opened(person.token, person.session.held), person.session
        fresh, made = _session(person.id, private, True, old.browser, now)
        if not self.sessions.begin(made, person.account.password_hash, old.token_hash, tried):
            raise EndedError
        return fresh

    def invite(self, asked: Invitation, private_key: str, lost: bool = True) -> str:
        """The token of an invitation. With a private key, who joins may open what callers left.

        ``lost``: who is here already cannot sign in until they have used it. Raises
        InvitationError, LastManagerError.
        """
        refuse_unfit(asked)
        fresh = keys.token()
        box = keys.held(fresh, private_key if needs_factor(asked.role) else "")
        self.accounts.invite(replace(asked, wrapped=box), keys.token_hash(fresh), lost)
        return fresh

    def invited(self, token: str, now: datetime) -> Invitation | None:
        """The invitation of this token, while it holds."""
        return self.accounts.invited(keys.token_hash(token), now)

    def join(self, token: str, password: str, now: datetime) -> str:
        """Become an account; its id, or empty. Raises keys.PasswordError."""
        asked = self.invited(token, now)
        if asked is None:
            return ""
        keys.refuse_weak(password, asked.name, asked.email)
        private = keys.opened(token, asked.wrapped) or self._demo(asked.role)
        hashed = self.hashing.hash(password)
        box = keys.wrapped(self.hashing, password, private)
        return self.accounts.join(keys.token_hash(token), hashed, box, now)

    def knows(self, person: StaffMember, password: str, address: str, now: datetime) -> bool:
        """Whether this is their password: to guess it here is to guess it at the sign-in.

        Raises TooManyError.
        """
        tried = self._count_both(person.account.email, address, now)
        if not self.hashing.fits(person.account.password_hash, password):
            return False
        self._tries.forget(tried)
        return True

    def set_password(
        self, person: StaffMember, old: str, new: str, address: str, now: datetime
    ) -> bool:
        """Change one's password; False where the old one is wrong.

        Raises PasswordError, TooManyError, EndedError.
        """
        if not self.knows(person, old, address, now):
            return False
        keys.refuse_weak(new, person.account.name, person.account.email)
        private = keys.unwrapped(self.hashing, old, person.account.wrapped)
        box = keys.wrapped(self.hashing, new, private)
        hashed = self.hashing.hash(new)
        if not self.accounts.set_password(person.account, person.session, hashed, box):
            raise EndedError
        return True

    def offered(self, secret: str, account_id: str) -> str:
        """The secret of a second factor that is not used yet, sealed for its form."""
        return self._sealer.seal(secret, f"offer {account_id}")

    def offer(self, sealed: str, account_id: str) -> str:
        """What was offered to this account; empty for anything else."""
        return self._sealer.open(sealed, f"offer {account_id}")

    def set_factor(self, person: StaffMember, secret: str, digits: str, now: datetime) -> list[str]:
        """Take up a second factor once its digits are right: recovery codes, or none if wrong.

        Raises EndedError.
        """
        step = factor.step_of(secret, digits, now)
        if not step:
            return []
        codes = keys.recovery_codes()
        hashes = [keys.code_hash(self._secret, each) for each in codes]
        sealed = self._sealer.seal(secret, person.id)
        if not self.accounts.set_factor(person.account, person.session, sealed, step, hashes):
            raise EndedError
        return codes

    def seal_anew(self) -> None:
        """Seal second factors with the newest secret, so that an older one can go."""
        for each in self.accounts.all():
            secret = self._sealer.open(each.factor, each.id)
            if secret and (sealed := self._sealer.seal(secret, each.id)) != each.factor:
                self.accounts.seal_anew(each, sealed)

    def _fits(self, account: Account, digits: str, now: datetime) -> bool:
        secret = self._sealer.open(account.factor, account.id)
        step = factor.step_of(secret, digits, now) if secret else 0
        if step:
            return self.accounts.use_step(account.id, step)
        return self.accounts.use_code(account.id, keys.code_hash(self._secret, digits), now)

    def _demo(self, role: str) -> str:
        """The demo's own key, for roles that may open; there is no other there."""
        return self._demo_key if needs_factor(role) else ""

    def _count_both(self, email: str, address: str, now: datetime) -> str:
        """Count a try for the account and for the address; the account's name among tries."""
        account, network = self._name("by", email), self._name("at", network_of(address))
        self._count({account: MOST_FAILURES, network: MOST_FAILURES_OF_ADDRESS}, now)
        return account

    def _count(self, most: dict[str, int], now: datetime) -> None:
        if not self._tries.begin(most, now):
            raise TooManyError

    def _name(self, kind: str, who: str) -> str:
        return f"{kind}:{self._references.text(who)[:16]}"


def network_of(address: str) -> str:
    """Whose address it is: a household has a whole /64 of IPv6, and one address of IPv4."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or ip_network((found.packed, 64), strict=False))


def _session(
    account_id: str, private: str, second: bool, browser: str, now: datetime
) -> tuple[str, Session]:
    """A token for a browser, and the session that it opens."""
    fresh = keys.token()
    box = keys.held(fresh, private)
    return fresh, Session(keys.token_hash(fresh), account_id, now, now, second, browser, box)
