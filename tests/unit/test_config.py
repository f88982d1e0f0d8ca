"""Settings: a wrong one stops the start and is named; production refuses demo values."""

from __future__ import annotations

import re
import secrets
import string
import subprocess
import sys

import pytest

from bench.parts import line_settings
from ivr.app import create_app
from ivr.config import DEMO_SECRET, Settings, SettingsError, read
from ivr.secrets.sealed_box import pair_of
from ivr.services import clock_of
from tests.support.paths import ROOT
from tests.support.postgres import fresh_sqlite
from tests.support.whole import OWN_KEY, REAL

PRINTED = string.ascii_letters + string.digits + "!#$%&()*+-./:;<=>?@[]^_{|}~"

WRONG_ADDRESSES = [
    *("https://", "https:///voice", "https://?", "https://.", "ftp://line.example.org"),
    *("https://line.example.org?x=1", "https://line.example.org/?", "https://line.example.org#top"),
    *(
        "https://me@line.example.org",
        "https://me:pass@line.example.org",
        " https://line.example.org",
    ),
    *("https://line.example.org ", "https://line example.org", "https://line.example.org:port"),
    *(
        "https://line.example.org:65536",
        "https://line.example.org:",
        "https://l\u00edne.example.org",
    ),
    *("https://line..example.org", "https://line-.example.org", "https://999.999.999.999"),
    *("https://1", "https://line.example.org/../x", "https://line.example.org/.", "https://1.2.3"),
    *("https://line.example.org/%zz", "https://line.example.org/%", "https://line.example.org//x"),
]


NOT_PUBLIC = [
    *("https://a", "https://localhost", "https://line.localhost", "https://192.168.1.1"),
    *("https://line.local", "https://line.example.1", "https://203.0.113.7:8443"),
    *("https://line.example.org/office", "https://line.example.org/voice/"),
    *("https://line.example.org/office/sign-in", "https://line.example.org/phone"),
]
"""What Twilio cannot ask, or a page of the line in place of where it is."""
GUESSED = [
    *("changemechangemechangemechangeme!", "passwordpasswordpasswordpassword1"),
    *("demonstration_only_secret_key_never_for_callers", DEMO_SECRET[:-1], DEMO_SECRET[3:] + "abc"),
    *("abcdefghijklmnopqrstuvwxyzabcdef", "a" * 27 + "bcdefgh", "qwertyuiopasdfghjklzxcvbnmqwerty"),
    *(REAL["TWILIO_AUTH_TOKEN"], f"<{REAL['TWILIO_AUTH_TOKEN']}>", "0123456789" * 4),
    *("https://line.example.org and more", REAL["TWILIO_ACCOUNT_SID"]),
]
NO_TOKENS = [
    *(f'"{REAL["TWILIO_AUTH_TOKEN"]}"', f"{REAL['TWILIO_AUTH_TOKEN']};{'0f1e2d3c' * 4}"),
    *(f"{REAL['TWILIO_AUTH_TOKEN']} 0f1e2d3c4b5a69788796a5b4c3d2e1f0", "0123456789abcdef" * 2),
    *("[AuthToken]aaaaaaaaaaaaaaaaaaaaaa", REAL["TWILIO_AUTH_TOKEN"].upper()),
]
WRONG_DATABASES = [
    *("foo", "mysql://x/y", "line.db", "/srv/line.db", "Postgres://x/y", "POSTGRESQL://x/y"),
    *(" postgresql://x/y", "postgresql://x/y ", '"postgresql://x/y"', "'postgresql://x/y'"),
    *("postgresql://x:99999/y", "postgresql://x:port/y", "postgresql://x:-1/y", "postgresql:/x/y"),
    *("postgresql://x", "postgresql://x/", "postgresql://u:pass/word@x/y", "postgresql://x/y/z"),
    *("postgresql+psycopg2://x/y", "postgresql://u:pass#word@x/y", "postgresql://x:0/y"),
    *("sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://:memory:", "sqlite:/var/line.db"),
    *("sqlite:///file:line?mode=memory", "sqlite:///line.db?mode=ro", "sqlite:/// "),
]


def of(name: str, *values: str) -> list[tuple[str, str]]:
    """Values of one setting."""
    return [(name, value) for value in values]


def test_without_settings_the_line_is_a_demo():
    settings = read({})
    assert settings.demo_account and not settings.production
    assert settings.api_base_url == "http://127.0.0.1:8000/exchange"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////srv/line/var/line.db",
        "sqlite:///var/line.db",
        "sqlite:////srv/the line/line.db",
        "postgres://line:p%40ss@db.example.org:5432/line",
        "postgresql://line@db/line?sslmode=require",
        "postgresql+psycopg://postgres@127.0.0.1:5432/line",
        "postgresql:///line?host=/var/run/postgresql",
        "postgresql://line@[::1]:5432/line",
    ],
)
def test_a_database_that_can_be_opened_is_taken(url):
    assert read({"DATABASE_URL": url}).database.endswith(url.partition("://")[2])


@pytest.mark.parametrize("command", ["doctor --here", "migrate", "serve", "work", "staff list"])
def test_a_wrong_database_is_named_by_every_command_and_its_password_is_not(monkeypatch, command):
    monkeypatch.setenv("DATABASE_URL", "postgresql://line:pineapple@db:99999/line")
    done = subprocess.run(
        [sys.executable, "-m", "ivr", *command.split()], capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1 and "DATABASE_URL: " in said
    assert "pineapple" not in said and "Traceback" not in said


def test_real_settings_are_taken():
    assert read(REAL).production


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("PUBLIC_BASE_URL", "line.example.org"),
        ("TWILIO_ACCOUNT_SID", "12345"),
        *of("TWILIO_AUTH_TOKEN", "", "f0e1d2c3b4a5968778695a4b3c2d1e0f, ", " ", ","),
        *of("SECRET_KEY", "", "a secret that is long enough for real callers,"),
        ("SECRET_KEY", "one that is new and long enough,  ,one that is old and long enough"),
        ("REFERENCE_KEY", "one that is new and long enough,one that is old and long enough"),
        *of("TWILIO_WEBHOOK_KEY", "too short", "aaaaaaaaaaaaaaaaaaaaaaaa"),
        *of("TWILIO_WEBHOOK_KEY", "one that is long enough,", ",one that is long enough"),
        ("TWILIO_WEBHOOK_KEY", "one that is long enough,        ,another that is"),
        *of("ADVISER_NUMBER", "first=+442079460200,", "first=+442079460200,,second=+442079460201"),
        *of("ADVISER_NUMBER", "first=+447797712345", "first=+441481712345", "first=+447624123456"),
        *of("ADVISER_NUMBER", "first=+445512345678", "+449098765432", "+442079460100"),
        *of("ADVISER_NUMBER", "first=+447011234567", "first=+33142685300", "first=999"),
        *of("ADVISER_NUMBER", "first=+44871123456", "first=+442079460200,second=+442079460200"),
        ("ADVISER_NUMBER", "first=+442079460200,first=+442079460201"),
        ("ADVISER_NUMBER", "Anna Smith=+442079460200"),
        ("MESSAGES_PUBLIC_KEY", "short"),
        *of("STAFF_MOBILE", "+442079460200", "+447797712345"),
        *of("STAFF_EMAIL", "advisers", "a@example.org, b", "a@example.org, ", "a,b@example.org"),
        ("STAFF_EMAIL", "a@b..cc"),
        ("MAIL_FROM", "a@example.org."),
        *of("LINE_NUMBER", "020", "+448001111", "+449098765432", "+448451234567", "+447011234567"),
        *of("LINE_NUMBER", "+445612345678", "+441534712345", "+12025550123"),
        *of("TWILIO_API_BASE_URL", "https://", "api.example.org"),
        ("LINE_CLOCK", "yesterday"),
        ("CONTENT_DIR", "/dev/null/nope"),
        ("AUDIO_DIR", "/dev/null/nope"),
        ("IVR_ENV", "test"),
        *(("PUBLIC_BASE_URL", each) for each in WRONG_ADDRESSES),
        *(("DATABASE_URL", each) for each in WRONG_DATABASES),
        *((name, each) for name in ("PORT", "SMTP_PORT") for each in ("-1", "65536", "99999")),
        *(("SMTP_HOST", each) for each in ("bad host", " mail.example.org", "smtp://mail", "a,b")),
        *(("SENTRY_DSN", each) for each in ("x", "https://sentry.example.org/1", "a@b/1")),
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
        *of("TWILIO_AUTH_TOKEN", "demonstration-only-auth-token", "f", "f0e1d2c3b4a59687"),
        *of("TWILIO_AUTH_TOKEN", "f0e1d2c3b4a5968778695a4b3c2d1e0f, f0e1d2c3", "0" * 32),
        ("TWILIO_AUTH_TOKEN", " demonstration-only-auth-token"),
        ("TWILIO_AUTH_TOKEN", "f0e1d2c3b4a59687,demonstration-only-auth-token"),
        ("SECRET_KEY", "demonstration-only-secret-key-never-for-callers"),
        ("SECRET_KEY", "demonstration-only-secret-key-never-for-callers "),
        ("SECRET_KEY", "demonstration-only-secret-key -never-for-callers"),
        *of("SECRET_KEY", "Demonstration-only-secret-key-never-for-callers!", "short", "a" * 40),
        *of("SECRET_KEY", "password" * 5, "a secret that is long enough\u00a0for real callers"),
        ("SECRET_KEY", f"a secret that is long enough for real callers,{DEMO_SECRET}"),
        ("SECRET_KEY", "a,a secret that is long enough for real callers"),
        *of("REFERENCE_KEY", "demonstration-only-secret-key-never-for-callers", "b" * 40, "short"),
        ("REFERENCE_KEY", "a secret that is long enough\u200b for real callers"),
        *of("METRICS_TOKEN", "m", "metricsmetricsmetrics"),
        ("LINE_NUMBER", "+442079460100"),
        *of("ADVISER_NUMBER", "+442079460200", ""),
        *of("MESSAGES_PUBLIC_KEY", "", pair_of(DEMO_SECRET)[0], pair_of(DEMO_SECRET)[0] + "="),
        *of("MESSAGES_PUBLIC_KEY", "!!!" + OWN_KEY, "A" * 43),
        ("STAFF_MOBILE", "+447700900123"),
        ("LINE_CLOCK", "2026-11-24T10:00"),
        *(("PUBLIC_BASE_URL", each) for each in NOT_PUBLIC),
        *(("SECRET_KEY", each) for each in GUESSED),
        *(("REFERENCE_KEY", each) for each in GUESSED),
        *(("TWILIO_AUTH_TOKEN", each) for each in NO_TOKENS),
    ],
)
def test_production_refuses_demo_values(name, value):
    with pytest.raises(SettingsError) as error:
        read(REAL | {name: value})
    assert any(fault.startswith(name) for fault in error.value.faults)


PUBLIC = {
    "TWILIO_AUTH_TOKEN": "demonstration-only-auth-token",
    "SECRET_KEY": DEMO_SECRET,
    "MESSAGES_PUBLIC_KEY": pair_of(DEMO_SECRET)[0],
}
"""What everybody can read in the program."""


def faults_of(given: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as error:
        read(given)
    return error.value.faults


def test_the_line_that_is_measured_starts_with_what_the_bench_tells_it(tmp_path):
    assert not read(line_settings(f"sqlite:///{tmp_path}/line.db")).production


def test_an_account_of_ones_own_is_production_unless_it_is_said_not_to_be():
    own = {name: value for name, value in REAL.items() if name != "IVR_ENV"}
    assert read(own).production and read(own | {"IVR_ENV": ""}).production
    assert not read(own | {"IVR_ENV": "demonstration"}).production


@pytest.mark.parametrize(
    "own",
    [
        {name: value for name, value in REAL.items() if name != "TWILIO_ACCOUNT_SID"},
        {"PUBLIC_BASE_URL": "https://line.example.org", "SECRET_KEY": "a secret of our own, once"},
        {"TWILIO_AUTH_TOKEN": REAL["TWILIO_AUTH_TOKEN"]},
        {"LINE_NUMBER": "+442071234567"},
    ],
    ids=["all but the account", "an address", "a token", "a number"],
)
def test_a_line_that_was_given_no_account_does_not_start_as_a_demo(own):
    (told,) = faults_of(own | {"IVR_ENV": ""})
    assert told.startswith("TWILIO_ACCOUNT_SID: ") and "IVR_ENV=demonstration" in told
    assert all(name in told for name in own if name in ("LINE_NUMBER", "PUBLIC_BASE_URL"))
    assert read(own | {"IVR_ENV": "demonstration"}).demo_account


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "https://localhost:8443", ""])
def test_a_demo_on_ones_own_machine_needs_nothing(address):
    assert read({"PUBLIC_BASE_URL": address, "SECRET_KEY": "one of our own"}).demo_account


def test_a_real_line_may_be_tried_on_this_machine_with_an_account_that_is_nobodys():
    here = {"PUBLIC_BASE_URL": "https://localhost:8443", "TWILIO_ACCOUNT_SID": "AC" + "0" * 32}
    assert read(REAL | here).production
    assert faults_of(REAL | here | {"PUBLIC_BASE_URL": "https://192.168.1.1"})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"IVR_ENV": "real"}, "IVR_ENV: must be 'demonstration' or 'production'"),
        ({"PORT": "many"}, "PORT: must be a whole number"),
        ({"DANGER_A_DAY": "0"}, "DANGER_A_DAY: must be more than 0"),
        ({"TEXTS_A_DAY": "-1"}, "TEXTS_A_DAY: must be 0 or more"),
        ({"TEXTS_LOOKUP": "maybe"}, "TEXTS_LOOKUP: must be yes or no"),
        ({"RESUME_CALLS": "maybe"}, "RESUME_CALLS: must be yes or no"),
        ({"LINE_CLOCK": "noon"}, "LINE_CLOCK: must be an ISO time, such as 2026-11-24T10:00"),
        ({"SMTP_SECURITY": "ssl"}, "SMTP_SECURITY: must be 'starttls', 'tls' or 'none'"),
    ],
)
def test_a_value_of_another_kind_is_refused_in_our_own_words(given, says):
    assert faults_of(given) == [says]


@pytest.mark.parametrize("written", ["Production", "PRODUCTION"])
def test_capitals_in_the_name_of_the_environment_change_nothing(written):
    assert read(REAL | {"IVR_ENV": written}).production


def test_each_setting_that_is_lacking_is_named_once_and_none_is_left_for_the_next_start():
    told = [each.partition(":")[0] for each in faults_of({"IVR_ENV": "production"})]
    assert len(set(told)) == len(told)
    assert set(told) == set(REAL) - {"IVR_ENV", "STAFF_MOBILE"} | {"STAFF_EMAIL"}
    mail = {"STAFF_EMAIL": "a@example.org", "STAFF_MOBILE": ""}
    told = faults_of(REAL | mail)
    assert [each.partition(":")[0] for each in told] == ["STAFF_EMAIL"]


def test_an_account_alone_is_refused_and_all_that_it_lacks_is_named():
    told = faults_of({"TWILIO_ACCOUNT_SID": REAL["TWILIO_ACCOUNT_SID"]})
    assert {each.partition(":")[0] for each in told} == set(REAL) - {
        "IVR_ENV", "TWILIO_ACCOUNT_SID", "STAFF_MOBILE",
    } | {"STAFF_EMAIL"}  # fmt: skip


@pytest.mark.parametrize("env", ["", "demonstration", "production"])
@pytest.mark.parametrize("name", PUBLIC)
@pytest.mark.parametrize("given", [True, False], ids=["given", "left out"])
def test_whatever_it_is_called_a_real_account_never_stands_on_public_secrets(env, name, given):
    own = {each: value for each, value in REAL.items() if each != name} | {"IVR_ENV": env}
    told = faults_of(own | ({name: PUBLIC[name]} if given else {}))
    assert len(told) == 1 and told[0].startswith(f"{name}: ")


@pytest.mark.parametrize("name", ["SECRET_KEY", "REFERENCE_KEY", "TWILIO_AUTH_TOKEN"])
def test_a_secret_that_chance_has_made_is_taken(name):
    for _ in range(200):
        assert read(REAL | {name: secrets.token_hex(16)}).production
        if name != "TWILIO_AUTH_TOKEN":
            assert read(REAL | {name: secrets.token_urlsafe(24)}).production
            assert read(REAL | {name: f"{secrets.randbelow(10**32):032}"}).production
            drawn = (secrets.choice(PRINTED) for _ in range(32))
            assert read(REAL | {name: "".join(drawn)}).production


def test_spaces_around_the_parts_of_a_list_are_no_part_of_them():
    spaced = {
        "TWILIO_AUTH_TOKEN": " f0e1d2c3b4a5968778695a4b3c2d1e0f ,  0f1e2d3c4b5a69788796a5b4c3d2e1f0\n",
        "SECRET_KEY": "a new secret of more than 32 characters, an old secret of more than 32 characters",
        "TWILIO_WEBHOOK_KEY": "one that is long enough , another that is long",
        "ADVISER_NUMBER": " first = +442071234568 ,second=+442071234569 ",
        "SMTP_HOST": "mail.example.org",
        "STAFF_EMAIL": "a@example.org , b@example.org",
    }
    settings = read(REAL | spaced)
    plain = read(
        REAL
        | {name: re.sub(r"\s*([,=])\s*", r"\1", value).strip() for name, value in spaced.items()}
    )
    for each in ("auth_tokens", "secrets", "webhook_keys", "advisers", "reference_secret", "mail"):
        assert getattr(settings, each) == getattr(plain, each)
    assert settings.reference_secret == "an old secret of more than 32 characters"
    assert settings.mail.recipient == "a@example.org, b@example.org"
    assert settings.mail.sender == "a@example.org"


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://Line.Example.ORG", "https://line.example.org"),
        ("HTTPS://LINE.example.org/", "https://line.example.org"),
        ("https://line.example.org:65535", "https://line.example.org:65535"),
        ("https://LINE.example.org:8443/Advice/", "https://line.example.org:8443/Advice"),
    ],
)
def test_capitals_of_the_host_are_as_good_as_small_letters(given, address):
    assert read(REAL | {"PUBLIC_BASE_URL": given}).base_url == address


def test_the_page_about_a_host_names_every_setting_that_production_needs():
    needed = {each.partition(":")[0] for each in faults_of({"IVR_ENV": "production"})}
    page = (ROOT / "docs" / "deploy-heroku.md").read_text()
    named = {
        name
        for row in re.findall(r"(?m)^\| (`.+?) \|", page)
        for name in re.findall(r"`([A-Z_]+)`", row)
    }
    assert needed <= named
    right = REAL | {"DATABASE_URL": "postgres://line@db/line", "PROXIES": "1", "PORT": "8000"}
    right |= {"STAFF_EMAIL": "a@example.org", "SMTP_HOST": "mail.example.org"}
    assert named <= set(right) | {"SMTP_USER", "SMTP_PASSWORD"}
    assert read({name: right[name] for name in named if name in right}).production


def test_nothing_else_takes_a_setting_apart():
    """In one place alone a comma is found, and the space after it is let go."""
    apart = re.compile(r"(twilio_auth_token|secret_key|twilio_webhook_key)\.get_secret_value")
    for path in (ROOT / "ivr").rglob("*.py"):
        assert not apart.search(path.read_text()), path


def test_advisers_are_known_by_name():
    assert read(REAL).advisers == {"first": "+442071234568", "second": "+442071234569"}
    assert read({"ADVISER_NUMBER": "+442079460200"}).advisers == {"first": "+442079460200"}


def test_an_adviser_of_the_content_without_a_number_stops_the_start(tmp_path):
    with pytest.raises(SettingsError, match="second"):
        create_app(
            read({"ADVISER_NUMBER": "first=+442079460200", "DATABASE_URL": fresh_sqlite(tmp_path)})
        )


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


SECRETS = [
    "TWILIO_AUTH_TOKEN",
    "TWILIO_WEBHOOK_KEY",
    "SECRET_KEY",
    "REFERENCE_KEY",
    "SMTP_PASSWORD",
    "METRICS_TOKEN",
    "SENTRY_DSN",
    "DATABASE_URL",
]


@pytest.mark.parametrize("name", SECRETS)
def test_each_secret_may_stand_in_a_file_of_its_own(name, tmp_path):
    file = tmp_path / "any name"
    formed = {
        "DATABASE_URL": "postgresql://line:secret@db/line",
        "SENTRY_DSN": "https://0123456789abcdef@sentry.example.org/1",
    }
    secret = "a secret that is long enough for real callers and ends in a space "
    file.write_text(formed.get(name, secret) + "\n")
    settings = read({"IVR_ENV": "demonstration", f"{name}_FILE": str(file)})
    held = getattr(settings, name.lower())
    shown = held if isinstance(held, str) else held.get_secret_value()
    assert shown == formed.get(name, secret)


def test_no_secret_is_left_out_of_the_list_and_the_page():
    hidden = {
        name.upper() for name, field in Settings.model_fields.items() if "Secret" in str(field)
    }
    assert hidden | {"DATABASE_URL"} == set(SECRETS)
    page = (ROOT / "docs" / "settings.md").read_text()
    said = page.partition("## Secrets")[2]
    assert all(f"`{name}_FILE`" in said for name in SECRETS)


def test_real_settings_with_their_secrets_in_files_are_taken(tmp_path):
    files = {}
    for name in ("TWILIO_AUTH_TOKEN", "SECRET_KEY"):
        (tmp_path / name).write_text(REAL[name] + "\n")
        files[f"{name}_FILE"] = str(tmp_path / name)
    given = {name: value for name, value in REAL.items() if f"{name}_FILE" not in files}
    assert read(given | files) == read(REAL)


def test_the_environment_of_a_process_may_name_files_too(tmp_path, monkeypatch):
    (tmp_path / "token").write_text("from a file")
    monkeypatch.setenv("METRICS_TOKEN_FILE", str(tmp_path / "token"))
    assert read().metrics_token.get_secret_value() == "from a file"


def refused(**given: str) -> str:
    """The one fault of these settings."""
    with pytest.raises(SettingsError) as error:
        read(given)
    (fault,) = error.value.faults
    return fault


def test_a_secret_that_is_given_twice_is_refused(tmp_path):
    (tmp_path / "token").write_text("from a file")
    fault = refused(METRICS_TOKEN="given", METRICS_TOKEN_FILE=str(tmp_path / "token"))
    assert fault.startswith("METRICS_TOKEN_FILE: METRICS_TOKEN is given too; take one")
    assert read({"METRICS_TOKEN": "", "METRICS_TOKEN_FILE": str(tmp_path / "token")})


@pytest.mark.parametrize(
    ("held", "says"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"\xff\xfe", "holds no text"),
        (b"a" * 100_000, "is too large to be a secret"),
    ],
    ids=["not there", "empty", "a line break", "no text", "too large"],
)
def test_a_file_that_holds_no_secret_is_refused_with_words(tmp_path, held, says):
    file = tmp_path / "token"
    if held is not None:
        file.write_bytes(held)
    assert refused(METRICS_TOKEN_FILE=str(file)) == f"METRICS_TOKEN_FILE: {file} {says}"
    assert "cannot be read" in refused(SECRET_KEY_FILE=str(tmp_path))


def test_what_is_no_secret_stands_in_no_file(tmp_path):
    assert refused(LINE_NUMBER_FILE=str(tmp_path)).startswith("LINE_NUMBER_FILE: only secrets")


def test_a_wrong_secret_in_a_file_is_named_by_its_setting_and_never_shown(tmp_path):
    (tmp_path / "key").write_text("too short")
    given = {name: value for name, value in REAL.items() if name != "SECRET_KEY"}
    fault = refused(**given, SECRET_KEY_FILE=str(tmp_path / "key"))
    assert fault.startswith("SECRET_KEY:") and "too short" not in fault
