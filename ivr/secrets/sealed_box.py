"""What only staff can read: sealed with a public key, opened with the private one.

Owns the pair of keys and the sealed box (X25519, as in libsodium). The web side holds the public
key only: it can write a message or a phone number down, but never read it back.
"""

from __future__ import annotations

import base64
import hashlib
import re

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

MAKE = "make a pair: ivr inbox keys"


class SealedBoxError(Exception):
    """A key cannot be used, or does not open this: which, and what to do."""


def key_pair() -> tuple[str, str]:
    """A new pair: the public key, the private key."""
    return _pair(PrivateKey.generate())


def pair_of(secret: str) -> tuple[str, str]:
    """The pair of the demo, made from its secret: the same each time."""
    return _pair(PrivateKey(hashlib.sha256(b"sealed box " + secret.encode()).digest()))


def seal(public_key: str, content: bytes) -> bytes:
    """``content`` so that only the private key opens it. Raises SealedBoxError."""
    try:
        sealed: bytes = SealedBox(PublicKey(_key(public_key))).encrypt(content)
    except CryptoError:
        raise SealedBoxError(f"is no key; {MAKE}") from None
    return sealed


def unseal(private_key: str, sealed: bytes) -> bytes:
    """What was sealed. Raises SealedBoxError where the key is another's."""
    try:
        content: bytes = SealedBox(PrivateKey(_key(private_key))).decrypt(sealed)
    except CryptoError:
        raise SealedBoxError("this key does not open it; use the key of the time it came") from None
    return content


def faults_of(public_key: str) -> str:
    """What is wrong with a key as it is written; empty when nothing is."""
    try:
        seal(public_key, b"a trial")
    except SealedBoxError as error:
        return str(error)
    return ""


def opens(private_key: str, public_key: str) -> bool:
    """Whether a private key opens what is sealed with this public one."""
    try:
        return unseal(private_key, seal(public_key, b"a trial")) == b"a trial"
    except SealedBoxError:
        return False


def same(one: str, other: str) -> bool:
    """Whether two keys are one, however they are written. Raises SealedBoxError."""
    return _key(one) == _key(other)


def _pair(private: PrivateKey) -> tuple[str, str]:
    keys = (bytes(private.public_key), bytes(private))
    public, secret = (base64.urlsafe_b64encode(key).decode().rstrip("=") for key in keys)
    return public, secret


def _key(text: str) -> bytes:
    bare = text.rstrip("=")
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}", bare):
        raise SealedBoxError(f"a key has 43 letters, figures, - and _; {MAKE}")
    return base64.urlsafe_b64decode(bare + "=")
