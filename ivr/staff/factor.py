"""The second factor: six digits that change each half minute (RFC 6238), and its square code.

Owns the secret's making and which digits are right. Whether they were used before is kept
elsewhere.
"""

from __future__ import annotations

import io
from datetime import datetime

import pyotp
import segno

STEP = 30
"""Seconds for which digits hold; those just before and just after are taken, too."""
ISSUER = "Advice line"


def new_secret() -> str:
    """A new secret, as an authenticator app takes it."""
    return pyotp.random_base32()


def step_of(secret: str, digits: str, now: datetime) -> int:
    """The time step whose digits these are; 0 for wrong ones."""
    plain = "".join(digits.split())
    totp = pyotp.TOTP(secret)
    here = int(now.timestamp()) // STEP
    for step in (here, here - 1, here + 1):
        if plain.isascii() and pyotp.utils.strings_equal(totp.generate_otp(step), plain):
            return step
    return 0


def square(secret: str, email: str) -> bytes:
    """The square code that an authenticator app reads, as SVG."""
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", scale=5, border=4, light="#fff")
    return picture.getvalue()
