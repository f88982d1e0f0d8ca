"""The keys of the staff pages: passwords, tokens, codes, and the private key that opens messages.

Owns how each is made, held and checked. The private key is never at rest in a form that the server
could open: it is wrapped with a password, or with a token that only a browser or an invitation has.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.utils import random

from ivr.secrets.hashing import Hashing
from ivr.secrets.seal import derived

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
SALT = 16
CODES = 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Of recovery codes: no letter that looks like another."""
CODE_LENGTH = 10
GUESSED_FIRST = (
    *("password", "qwerty", "letmein", "welcome", "iloveyou", "admin", "barking", "dagenham"),
    *("sendiass", "adviceline", "123456", "abcdef", "111111", "football", "sunshine"),
)


class PasswordError(Exception):
    """This password may not be used: why, for the person who chose it."""


def refuse_weak(password: str, name: str, email: str) -> None:
    """Raises PasswordError for one that is short, or that is guessed first."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PasswordError(f"Use {SHORTEST_PASSWORD} characters or more. Three words will do.")
    if len(set(password)) < 5:
        raise PasswordError("It says the same again and again. Try three words.")
    own = [part for part in (*name.split(), *email.replace("@", " ").split()) if len(part) > 2]
    plain = password.lower()
    rest = plain
    for word in (*(part.lower() for part in own), *GUESSED_FIRST):
        rest = rest.replace(word, "")
    if len(rest) < SHORTEST_PASSWORD // 2 and rest != plain:
        raise PasswordError("It is easy to guess: it is mostly a name or a common word.")


def token() -> str:
    """A new secret for a browser or an invitation: 256 bits."""
    return secrets.token_urlsafe(32)


def token_hash(of: str) -> str:
    """What is kept of a token. Nobody can guess 256 bits, so a plain hash is enough."""
    return hashlib.sha256(of.encode()).hexdigest()


def recovery_codes() -> list[str]:
    """New codes for whoever loses their phone."""
    return ["".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(CODES)]


def code_hash(secret: str, code: str) -> str:
    """What is kept of a recovery code: nobody can try codes out without the line's secret."""
    plain = "".join(each for each in code.lower() if each in ALPHABET)
    return hmac.digest(derived(secret, "recovery"), plain.encode(), "sha256").hex()


def wrapped(hashing: Hashing, password: str, private_key: str) -> bytes:
    """The private key as only this password opens it; nothing where there is none."""
    if not private_key:
        return b""
    salt = random(SALT)
    key = hashing.key(password, salt, SecretBox.KEY_SIZE)
    return salt + bytes(SecretBox(key).encrypt(private_key.encode()))


def unwrapped(hashing: Hashing, password: str, box: bytes) -> str:
    """The private key; empty where this password does not open it."""
    if len(box) <= SALT:
        return ""
    return _opened(hashing.key(password, box[:SALT], SecretBox.KEY_SIZE), box[SALT:])


def held(token: str, private_key: str) -> bytes:
    """The private key as only this token opens it."""
    if not private_key:
        return b""
    return bytes(SecretBox(derived(token, "held")).encrypt(private_key.encode()))


def opened(token: str, box: bytes) -> str:
    """The private key; empty where this token does not open it."""
    return _opened(derived(token, "held"), box) if box else ""


def _opened(key: bytes, box: bytes) -> str:
    try:
        return SecretBox(key).decrypt(box).decode()
    except (CryptoError, ValueError):
        return ""
