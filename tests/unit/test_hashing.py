"""Passwords and PINs are hashed as strongly as RFC 9106 asks, wherever real people rely on them."""

from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher

from ivr.config import read
from ivr.secrets.hashing import DEMONSTRATION, FULL, Hashing
from ivr.store.services import StoreServices

PUBLIC = "gcJ6jQ4FHWMyN1r5JDEeZI1bSmfSnZkm9WlE5hBV0Qk="
REAL = {
    "TWILIO_ACCOUNT_SID": "AC" + "0a" * 16,
    "TWILIO_AUTH_TOKEN": "f0e1d2c3b4a5968778695a4b3c2d1e0f",
}


def cost(hashed: str) -> str:
    """How strongly a hash says that it was made."""
    found = re.match(r"\$argon2id\$v=19\$([^$]+)\$", hashed)
    assert found
    return found[1]


@pytest.mark.parametrize("env", ["demonstration", "production"])
def test_with_an_account_at_the_carrier_every_hash_is_at_full_strength(env):
    real = {"IVR_ENV": env, "PUBLIC_BASE_URL": "https://line.example.org", **REAL,
            "SECRET_KEY": "a secret that is long enough for real callers", "LINE_NUMBER": "+442071234567",
            "ADVISER_NUMBER": "first=+442071234568", "MESSAGES_PUBLIC_KEY": PUBLIC, "STAFF_MOBILE": "+447400123456"}  # fmt: skip
    hashing = StoreServices(read(real), None).hashing
    assert cost(hashing.hash("seven quiet rivers")) == "m=65536,t=3,p=4"
    assert not PasswordHasher().check_needs_rehash(hashing.dummy)


def test_a_demo_whose_secrets_everybody_knows_takes_no_time():
    assert cost(StoreServices(read({}), None).hashing.hash("seven quiet rivers")) == "m=64,t=1,p=1"


@pytest.mark.parametrize("strength", [FULL, DEMONSTRATION], ids=["full", "demonstration"])
def test_a_password_fits_its_own_hash_and_nothing_else_does(strength):
    hashing = Hashing(strength)
    hashed = hashing.hash("seven quiet rivers")
    assert "seven" not in hashed and hashing.fits(hashed, "seven quiet rivers")
    assert not hashing.fits(hashed, "seven quiet river") and not hashing.fits("no hash", "seven")
    assert not hashing.fits("", "") and not hashing.fits("", "seven quiet rivers")


def test_who_does_not_exist_costs_as_much_as_who_does():
    for hashing in (Hashing(FULL), Hashing(DEMONSTRATION)):
        assert cost(hashing.dummy) == cost(hashing.hash("seven quiet rivers"))


def test_a_hash_of_another_strength_is_still_checked():
    assert Hashing(FULL).fits(
        Hashing(DEMONSTRATION).hash("seven quiet rivers"), "seven quiet rivers"
    )
