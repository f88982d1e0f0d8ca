"""Passwords and PINs: hashed with argon2id (RFC 9106), and checked.

Owns how strongly, and how many at once. What somebody chose is never kept, and a hash tells nothing
of it. Who does not exist is looked at with the same care as who does.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw


class Strength(NamedTuple):
    """What one hash costs: passes, KiB of memory, and threads."""

    passes: int
    memory: int
    threads: int


FULL = Strength(passes=3, memory=65_536, threads=4)
"""RFC 9106's second recommendation, and the library's own default: 64 MiB, a tenth of a second."""
DEMONSTRATION = Strength(passes=1, memory=64, threads=1)
"""Where the secrets are in the program's own text a hash protects nothing, and takes no time."""
DUMMY = (
    "$argon2id$v=19$m=65536,t=3,p=4$fOtwM8hFWgKpaKfsO23VAg"
    "$IYi8NaQjj8IReWAg/xYviZNz4lYD2UurLku1ZiuH88E"
)
"""A hash at full strength of 64 random figures that nobody kept. To make one takes a tenth of a
second, at each start."""


AT_ONCE = 2
"""In one process: each takes 64 MiB and four threads, and callers are on the same machine."""
LONGEST_WAIT = 10.0
"""Seconds to wait for others; each takes a tenth of one, or one where the machine is busy."""
_turns = threading.BoundedSemaphore(AT_ONCE)


class HashingBusyError(Exception):
    """Too many others wait for a hash. Nothing was looked at."""


@contextmanager
def _turn() -> Iterator[None]:
    """One of the few at once. Raises BusyError."""
    if not _turns.acquire(timeout=LONGEST_WAIT):
        raise HashingBusyError("too many passwords at once")
    try:
        yield
    finally:
        _turns.release()


class Hashing:
    """Hashes of one strength. A hash says its own: one that was made otherwise is still checked.

    Everything here raises BusyError.
    """

    def __init__(self, strength: Strength = FULL) -> None:
        self._strength = strength
        self._hasher = PasswordHasher(*strength)
        self.dummy = DUMMY if strength == FULL else self.hash(secrets.token_hex())

    def hash(self, secret: str) -> str:
        """What is kept of a password or a PIN."""
        with _turn():
            return self._hasher.hash(secret)

    def fits(self, hashed: str, secret: str) -> bool:
        """Whether it is the right one. Takes as long where there is none to compare it with."""
        try:
            with _turn():
                return self._hasher.verify(hashed or self.dummy, secret) and bool(hashed)
        except (VerificationError, InvalidHashError):
            return False

    def key(self, secret: str, salt: bytes, size: int) -> bytes:
        """A key of ``size`` bytes that only this secret makes, for something to be sealed with."""
        passes, memory, threads = self._strength
        with _turn():
            return hash_secret_raw(secret.encode(), salt, passes, memory, threads, size, Type.ID)
