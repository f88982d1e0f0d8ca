"""Secrets of the line: sealing what a caller typed, and keyed references for calls and numbers.

Owns every key that is made from SECRET_KEY, one for each purpose (HKDF, RFC 5869). There may be
several secrets: the first seals, all can open, so that a secret can be changed while calls go on.
References are made from one secret that stays.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

REFERENCE_BYTES = 16


def derived(secret: str, purpose: str, size: int = 32) -> bytes:
    """A key for one purpose, made from the secret."""
    return HKDF(hashes.SHA256(), size, salt=None, info=purpose.encode()).derive(secret.encode())


def fingerprint(secret: str) -> str:
    """By what a secret is known again: nobody can go back from it, nor use it."""
    return derived(secret, "fingerprint", REFERENCE_BYTES).hex()


class Sealer:
    """Seals short texts for one call. The same text gives the same token, so that a webhook that
    Twilio repeats gets the same answer (AES-SIV, RFC 5297)."""

    def __init__(self, *secrets: str, purpose: str = "typed") -> None:
        self._ciphers = [AESSIV(derived(each, purpose, 64)) for each in secrets]

    def seal(self, text: str, call_sid: str) -> str:
        """A token that only this line can open, and only within this call."""
        sealed = self._ciphers[0].encrypt(text.encode(), [call_sid.encode()])
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def open(self, token: str, call_sid: str) -> str:
        """What was sealed; an empty text for a token that is not ours, or of another call."""
        try:
            sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            return ""
        return _first_opened(self._ciphers, sealed, call_sid)


def _first_opened(ciphers: Sequence[AESSIV], sealed: bytes, call_sid: str) -> str:
    for cipher in ciphers:
        try:
            return cipher.decrypt(sealed, [call_sid.encode()]).decode()
        except (InvalidTag, ValueError):
            continue
    return ""


KINDS = ("call", "number", "text")
"""What there are references of, each with a key of its own."""


class References:
    """Keyed references (HMAC-SHA-256, 16 bytes) that stand for a call or a number in tables.

    Without the key nobody can go back from one to what it stands for, not even by trying all
    mobile numbers. With another secret nobody is known any more: who said STOP is forgotten.
    """

    def __init__(self, secret: str) -> None:
        keys = {kind: derived(secret, f"reference-{kind}") for kind in KINDS}
        self._macs = {kind: hmac.new(key, digestmod="sha256") for kind, key in keys.items()}

    def call(self, call_sid: str) -> str:
        """The reference of a call."""
        return self._digest("call", call_sid)

    def number(self, number: str) -> str:
        """The reference of a telephone number in E.164."""
        return self._digest("number", number)

    def text(self, body: str) -> str:
        """The reference of the words of a text."""
        return self._digest("text", body)

    def _digest(self, kind: str, value: str) -> str:
        # Copied, for hmac.digest lets go of the interpreter, and a caller waits to have it back.
        mac = self._macs[kind].copy()
        mac.update(value.encode())
        return mac.digest()[:REFERENCE_BYTES].hex()
