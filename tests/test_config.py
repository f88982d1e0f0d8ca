"""Settings: a wrong one stops the start and is named; production refuses demonstration values."""

from __future__ import annotations

import pytest

from ivr.app import clock_of
from ivr.config import SettingsError, read

REAL = {
    "IVR_ENV": "production",
    "PUBLIC_BASE_URL": "https://line.example.org",
    "TWILIO_ACCOUNT_SID": "AC" + "0123456789abcdef" * 2,
    "TWILIO_AUTH_TOKEN": "f0e1d2c3b4a5968778695a4b3c2d1e0f",
    "LINE_NUMBER": "+442071234567",
    "ADVISER_NUMBER": "+442071234568",
    "SECRET_KEY": "a secret that is long enough for real callers",
}


def test_without_settings_the_line_is_a_demonstration():
    settings = read({})
    assert settings.demonstration_account and not settings.production
    assert settings.api_base_url == "http://127.0.0.1:8000/exchange"


def test_real_settings_are_taken():
    assert read(REAL).production


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("PUBLIC_BASE_URL", "line.example.org"),
        ("TWILIO_ACCOUNT_SID", "12345"),
        ("TWILIO_AUTH_TOKEN", ""),
        ("ADVISER_NUMBER", "+449098765432"),
        ("ADVISER_NUMBER", "+442079460100"),
        ("LINE_NUMBER", "020"),
        ("LINE_CLOCK", "yesterday"),
        ("IVR_ENV", "test"),
    ],
)
def test_a_wrong_setting_is_named(name, value):
    with pytest.raises(SettingsError) as error:
        read({name: value})
    assert any(fault.startswith(name) for fault in error.value.faults)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_BASE_URL", "http://line.example.org"),
        ("TWILIO_ACCOUNT_SID", "ACdemo0000000000000000000000000000"),
        ("TWILIO_AUTH_TOKEN", "demonstration-only-auth-token"),
        ("SECRET_KEY", "demonstration-only-secret-key-never-for-callers"),
        ("SECRET_KEY", "short"),
        ("LINE_NUMBER", "+442079460100"),
        ("ADVISER_NUMBER", "+442079460200"),
        ("ADVISER_NUMBER", ""),
        ("LINE_CLOCK", "2026-11-24T10:00"),
    ],
)
def test_production_refuses_demonstration_values(name, value):
    with pytest.raises(SettingsError) as error:
        read(REAL | {name: value})
    assert any(fault.startswith(name) for fault in error.value.faults)


def test_all_faults_are_named_at_once():
    with pytest.raises(SettingsError) as error:
        read({"IVR_ENV": "production"})
    assert len(error.value.faults) >= 5


def test_secrets_are_not_shown():
    assert REAL["TWILIO_AUTH_TOKEN"] not in repr(read(REAL))


@pytest.mark.parametrize(
    ("clock", "shown"),
    [("2026-07-01T12:00", "12:00+01:00"), ("2026-07-01T12:00+00:00", "13:00+01:00")],
)
def test_a_fixed_clock_is_london_time(clock, shown):
    assert f"{clock_of(read({'LINE_CLOCK': clock}))().isoformat(timespec='minutes')}".endswith(
        shown
    )
