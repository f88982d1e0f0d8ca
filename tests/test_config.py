"""Settings: a wrong one stops the start and is named; production refuses demonstration values."""

from __future__ import annotations

import pytest

from ivr.app import clock_of, create_app
from ivr.config import DEMO_SECRET, SettingsError, read
from ivr.sealed_box import pair_of

OWN_KEY = pair_of("a secret of our own, for tests only")[0]
REAL = {
    "IVR_ENV": "production",
    "PUBLIC_BASE_URL": "https://line.example.org",
    "TWILIO_ACCOUNT_SID": "AC" + "0123456789abcdef" * 2,
    "TWILIO_AUTH_TOKEN": "f0e1d2c3b4a5968778695a4b3c2d1e0f",
    "LINE_NUMBER": "+442071234567",
    "ADVISER_NUMBER": "first=+442071234568, second=+442071234569",
    "MESSAGES_PUBLIC_KEY": OWN_KEY,
    "SECRET_KEY": "a secret that is long enough for real callers",
    "STAFF_MOBILE": "+447400123456",
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
        ("ADVISER_NUMBER", "first=+447011234567"),
        ("ADVISER_NUMBER", "first=+33142685300"),
        ("ADVISER_NUMBER", "first=999"),
        ("ADVISER_NUMBER", "first=+44871123456"),
        ("ADVISER_NUMBER", "first=+442079460200,second=+442079460200"),
        ("ADVISER_NUMBER", "first=+442079460200,first=+442079460201"),
        ("ADVISER_NUMBER", "Anna Smith=+442079460200"),
        ("MESSAGES_PUBLIC_KEY", "short"),
        ("STAFF_MOBILE", "+442079460200"),
        ("STAFF_EMAIL", "advisers"),
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
        ("MESSAGES_PUBLIC_KEY", ""),
        ("MESSAGES_PUBLIC_KEY", pair_of(DEMO_SECRET)[0]),
        ("MESSAGES_PUBLIC_KEY", pair_of(DEMO_SECRET)[0] + "="),
        ("MESSAGES_PUBLIC_KEY", "!!!" + OWN_KEY),
        ("MESSAGES_PUBLIC_KEY", "A" * 43),
        ("STAFF_MOBILE", "+447700900123"),
        ("TWILIO_AUTH_TOKEN", "f0e1d2c3b4a59687,demonstration-only-auth-token"),
        ("SECRET_KEY", f"a secret that is long enough for real callers,{DEMO_SECRET}"),
        ("SECRET_KEY", "a,a secret that is long enough for real callers"),
        ("LINE_CLOCK", "2026-11-24T10:00"),
    ],
)
def test_production_refuses_demonstration_values(name, value):
    with pytest.raises(SettingsError) as error:
        read(REAL | {name: value})
    assert any(fault.startswith(name) for fault in error.value.faults)


def test_advisers_are_known_by_name():
    assert read(REAL).advisers == {"first": "+442071234568", "second": "+442071234569"}
    assert read({"ADVISER_NUMBER": "+442079460200"}).advisers == {"first": "+442079460200"}


def test_an_adviser_of_the_content_without_a_number_stops_the_start():
    with pytest.raises(SettingsError, match="second"):
        create_app(read({"ADVISER_NUMBER": "first=+442079460200", "DATABASE_URL": "sqlite://"}))


@pytest.mark.parametrize(
    ("given", "ways"),
    [
        (
            {
                "STAFF_MOBILE": "",
                "SMTP_HOST": "mail.example.org",
                "STAFF_EMAIL": "advisers@example.org",
            },
            ("mail",),
        ),
        ({}, ("text",)),
        (
            {"SMTP_HOST": "mail.example.org", "STAFF_EMAIL": "advisers@example.org"},
            ("mail", "text"),
        ),
    ],
    ids=["by mail", "by text", "both"],
)
def test_staff_are_told_in_the_ways_that_are_set(given, ways):
    assert read(REAL | given).ways == ways


def test_production_needs_somebody_to_tell():
    with pytest.raises(SettingsError, match="STAFF_EMAIL"):
        read(REAL | {"STAFF_MOBILE": ""})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_database_is_taken_in_the_form_in_which_hosts_hand_it_out(scheme):
    given = read(
        {"DATABASE_URL": f"{scheme}://line:p%40ss@db.example.org:5432/line?sslmode=require"}
    )
    assert given.database == (
        "postgresql+psycopg://line:p%40ss@db.example.org:5432/line?sslmode=require"
    )


def test_a_password_is_never_sent_in_the_clear():
    given = {"SMTP_HOST": "mail.example.org", "STAFF_EMAIL": "advisers@example.org"}
    with pytest.raises(SettingsError, match="SMTP_SECURITY"):
        read(REAL | given | {"SMTP_SECURITY": "none", "SMTP_PASSWORD": "open sesame"})


def test_mail_without_a_server_is_named():
    with pytest.raises(SettingsError, match="SMTP_HOST"):
        read(REAL | {"STAFF_EMAIL": "advisers@example.org"})


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
