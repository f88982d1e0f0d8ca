"""``ivr doctor`` names what is wrong in plain words, with what to do, and is quiet when all is well."""

from __future__ import annotations

import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from sqlalchemy import text
from werkzeug.wrappers import Response

from ivr.config import LONDON, Settings, read
from ivr.content import load
from ivr.health import doctor
from ivr.health.doctor import Checkup, Diagnosis, Health, inside, outside
from ivr.health.doctor.needs import need
from ivr.jobs.watch import Watch
from ivr.line.hours import Hours
from ivr.line.model import Contact
from ivr.line.ring_groups import Adviser, RingGroup
from ivr.speech.library import Library
from ivr.speech.manifest import read_library
from ivr.store import Outbox, Store, open_store
from ivr.store.answers import AnswerLog, TextIn
from ivr.store.limits import caps_of
from ivr.store.services import StoreServices
from ivr.store.tables import journal, metadata
from ivr.webhooks.extension import Lifetime, services_of
from tests.support.commands import ivr
from tests.support.inbox import REFERENCES, WISH, effects
from tests.support.machine import free_port
from tests.support.postgres import fresh_sqlite
from tests.support.proxies import CHANGES, Change, proxy
from tests.support.staff_pages import signed_in
from tests.support.whole import TEN, opened, served

MINUTE = timedelta(minutes=1)
ALWAYS = ((time(9), time(17)),)
WEEK = Hours(week=(ALWAYS,) * 5 + ((), ()))
LOST = "sqlite:////proc/nowhere/line.db"


@pytest.fixture
def room(settings: Settings) -> Iterator[Checkup]:
    """The line of the tests, on a morning on which everything runs."""
    line = load(settings.content_dir)
    store = open_store(settings.database)
    made = Checkup(
        StoreServices(settings, store), line, lambda: read_library(settings.audio_dir), TEN
    )
    for name in ("worker", "purge", "test-call", "backup"):
        made.kept.beats.beat(name, TEN)
    yield made
    store.close()


def found(findings) -> dict[str, tuple[Health, str, str]]:
    return {each.name: (each.state, each.says, each.do) for each in findings}


def test_when_all_is_well_nothing_is_bad(room):
    seen = found(doctor.from_here(room))
    assert {state for state, _, _ in seen.values()} <= {Health.GOOD, Health.LOOK}
    assert "Every sentence has its recording" in seen["recordings"][1]
    assert seen["test-call"] == (
        Health.GOOD,
        "The test call went well at Tuesday 24 November, 10:00.",
        "",
    )


def an_old_beat(name: str, age: timedelta) -> Callable[[Checkup], Checkup]:
    def change(room: Checkup) -> Checkup:
        room.kept.beats.beat(name, TEN - age)
        return room

    return change


def a_failed_call(room: Checkup) -> Checkup:
    room.kept.beats.beat("test-call", TEN + MINUTE, good=False, says="HTTP 502")
    return room


def waits_for_a_fortnight(room: Checkup) -> Checkup:
    done = effects(room.store)
    assert done.do("CA1", WISH, room.line).isdigit()
    return replace(room, now=datetime.now(LONDON) + timedelta(days=14))


def full_of_texts(room: Checkup) -> Checkup:
    settings = room.settings.model_copy(update={"texts_a_day": 1})
    now = TEN.astimezone(UTC)
    Outbox(room.store, REFERENCES).queue("CA1", "apples", "en", "+447700900123", "Apples.", now)
    return replace(room, kept=StoreServices(settings, room.store))


def a_text_that_is_stuck(room: Checkup) -> Checkup:
    asked = TEN.astimezone(UTC) - timedelta(hours=9)
    Outbox(room.store, REFERENCES).queue("CA1", "apples", "en", "+447700900123", "Apples.", asked)
    return room


def changed(**line: object) -> Callable[[Checkup], Checkup]:
    return lambda room: replace(room, line=replace(room.line, **line))


def full_of_answers(room: Checkup) -> Checkup:
    settings = room.settings.model_copy(update={"answers_a_day": 2})
    answers = AnswerLog(room.store, REFERENCES, caps_of(settings))
    now = TEN.astimezone(UTC)
    assert answers.text_in(TextIn("SM1", "+447700900123", full=2, short=1), now).size == "full"
    return replace(room, kept=StoreServices(settings, room.store))


def test_the_most_that_texts_can_cost_is_the_sum_of_every_kind(room):
    """By hand, with the figures of docs/settings.md: a part costs 4 pence, and 50 elsewhere."""
    texts, answers, staff = 150, 100, 20
    short, danger, elsewhere = 25 * 31 * 0.04, 200 * 31 * 0.04, 60 * 0.50
    whole = texts + answers + staff + short + danger + 2 * elsewhere
    _, says, _ = found(inside.money(room))["money"]
    assert says.startswith(
        f"Texts that are sent can cost at most £{whole:.2f} in a month: £150.00 for texts"
    )
    assert "come in" in says and "not in it" in says
    settings = {"texts_pence_a_month": 0, "answers_pence_a_month": 0, "danger_a_day": 1}
    less = replace(room, kept=StoreServices(room.settings.model_copy(update=settings), room.store))
    whole -= texts + answers + 199 * 31 * 0.04
    assert f"at most £{whole:.2f} in" in found(inside.money(less))["money"][1]


def many_wait(room: Checkup) -> Checkup:
    for n in range(21):
        now = TEN.astimezone(UTC)
        known = {"about": "", "lang": "en", "best": "any"}
        room.kept.inbox.keep_callback(f"CA{n}", f"+447700900{n:03}", b"sealed", now, **known)
    return room


WRONG = {
    "many callers wait": ("waiting", many_wait, "look", "More than one person"),
    "the worker is silent": ("worker", an_old_beat("worker", 4 * MINUTE), "bad", "ivr work"),
    "nothing was deleted": ("purge", an_old_beat("purge", 27 * 60 * MINUTE), "bad", "log"),
    "the test call failed": ("test-call", a_failed_call, "bad", "Ring the line yourself"),
    "no recordings": (
        "recordings", lambda room: replace(room, library=Library), "look", "ivr record",
    ),
    "a caller waits": ("waiting", waits_for_a_fortnight, "bad", "Ring them first"),
    "the money is used": ("limits:0", full_of_texts, "look", "TEXTS_A_DAY"),
    "answers are used up": ("limits:5", full_of_answers, "look", "ANSWERS_A_DAY"),
    "a text is stuck": ("texts", a_text_that_is_stuck, "look", "ivr texts"),
    "holidays end": (
        "bank-holidays", lambda room: replace(room, now=TEN.replace(year=2028)), "bad", "newest",
    ),
    "nobody is on duty": (
        "rota", changed(hours=WEEK, ring_groups={"adviser": RingGroup((Adviser("first", Hours((ALWAYS,) + ((),) * 6)),))}),
        "look", "advisers",
    ),
    "a number nobody has rung": (
        "contacts", changed(contacts=(Contact("SENDIASS", "+442079460123"),), safeguarding="+442079460124"),
        "look", "Ring it",
    ),
    "old advice": ("advice", lambda room: replace(room, now=TEN.replace(year=2028)), "look", "law"),
    "a name nobody has checked": (
        "contacts", changed(contacts=(Contact("Kids", id="mediation", spoken="Kids"),), safeguarding="+442079460124"),
        "look", "still do this work",
    ),
    "a name checked over a year ago": (
        "contacts", changed(contacts=(Contact("Kids", id="mediation", spoken="Kids", name_verified=date(2025, 11, 1)),), safeguarding="+442079460124"),
        "look", "still do this work",
    ),
    "a proxy that is not counted": (
        "proxies", lambda room: replace(room, kept=StoreServices(room.settings.model_copy(update={"public_base_url": "https://line.example.org"}), room.store)),
        "look", "PROXIES=1",
    ),
    "no adviser": (
        "advisers", lambda room: replace(room, kept=StoreServices(room.settings.model_copy(update={"adviser_number": ""}), room.store)),
        "bad", "ADVISER_NUMBER",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "change", "state", "do"), WRONG.values(), ids=WRONG)
def test_each_fault_is_named_with_what_to_do(room, name, change, state, do):
    got = [each for each in doctor.from_here(change(room)) if each.name == name]
    assert [each.state for each in got] == [state]
    assert do in got[0].do


SERVERS_WORDS = re.compile(r"\.ya?ml|\.md|\bivr\b|\bprompts\b|[A-Z]+_[A-Z]+|chmod|\d+/|/\w+/")


def test_a_manager_is_told_what_to_do_without_names_of_files_commands_or_settings(
    room, tmp_path, app
):
    wrong = [each for _, change, _, _ in WRONG.values() for each in doctor.from_here(change(room))]
    wrong += doctor.from_outside(
        replace(room, kept=StoreServices(read(environment(tmp_path, 9)), room.store))
    )
    known = (
        "purge database disk files edition proxies refusals keys mail certificate number fallback"
    )
    wrong += [Diagnosis(name, Health.BAD, "prompts/line.yaml", "ivr") for name in known.split()
              if name not in ("refusals", "keys", "edition")]  # fmt: skip
    needs = [need(each) for each in wrong if each.state is not Health.GOOD]
    assert [each for each in needs if SERVERS_WORDS.search(f"{each.says} {each.do}")] == []
    assert all(each.says.endswith(".") and each.do.endswith(".") for each in needs)
    client = signed_in(app, "manager")
    assert {client.get(page).status_code for page in {each.page for each in needs} if page} == {200}


def test_a_full_disk_is_said_while_there_is_still_room(room, monkeypatch):
    monkeypatch.setattr(inside.shutil, "disk_usage", lambda path: SimpleNamespace(free=10**8))
    assert found(inside.disk(room))["disk"][:2] == (
        Health.BAD,
        "The disk is nearly full: 100 MB left.",
    )


def test_a_database_that_is_away_is_said_once_for_each_thing_that_needs_it(room):
    away = replace(room, kept=StoreServices(room.settings, open_store(LOST)))
    seen = found(doctor.from_here(away))
    assert seen["database"][0] is Health.BAD and "Calls go on" in seen["database"][2]
    assert seen["jobs"][1] == "“jobs” needs the database."


def test_a_database_of_a_newer_version_is_used_and_said(room, settings):
    with room.store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer = open_store(settings.database)
    assert newer.writable()
    assert (
        found(inside.database(replace(room, kept=StoreServices(room.settings, newer))))["database"][
            0
        ]
        is Health.BAD
    )
    newer.close()


def test_a_gap_of_minutes_is_said_with_its_time(room):
    until_four = Hours(
        (((time(9), time(12, 20)), (time(12, 35), time(17))),)
        + (((time(9), time(17)),),) * 4
        + ((), ())
    )
    group = RingGroup((Adviser("first", until_four),))
    told = found(inside.people(changed(hours=WEEK, ring_groups={"adviser": group})(room)))["rota"]
    assert told[1] == (
        "Nobody is on duty once while the line is open, first on Monday 30 November, 12:20 to 12:35."
    )


# --- from outside: a real line on a real port -------------------------------------------------


@contextmanager
def line_at(folder: Path, change: Change = str, **more: str) -> Iterator[tuple[int, Flask]]:
    """A port for a line that is told its own address, behind a proxy that changes the query so."""
    number = free_port()
    with (
        opened(read(environment(folder, number, **more))) as app,
        served(proxy(app, change), number),
    ):
        yield number, app


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    with line_at(tmp_path) as (number, _):
        yield number


def environment(folder: Path, port: int, **more: str) -> dict[str, str]:
    here = f"http://127.0.0.1:{port}"
    return {
        "IVR_ENV": "demonstration",
        "DATABASE_URL": f"sqlite:///{folder}/line.db",
        "PUBLIC_BASE_URL": here,
        "TWILIO_API_BASE_URL": f"{here}/exchange",
        **more,
    }


def seen_from_outside(room: Checkup, folder: Path, port: int, **more: str):
    return found(
        doctor.from_outside(
            replace(room, kept=StoreServices(read(environment(folder, port, **more)), room.store))
        )
    )


def a_real_line(room: Checkup, folder: Path, port: int, monkeypatch) -> Checkup:
    """A line of an account of its own, whose numbers Twilio (the one of the tests) knows."""
    demo = read(environment(folder, port))
    api = outside.numbers_api(demo)
    monkeypatch.setattr(outside, "numbers_api", lambda settings, timeout: api)
    settings = demo.model_copy(update={"twilio_account_sid": "AC" + "1" * 32})
    return replace(room, kept=StoreServices(settings, room.store))


def test_a_line_that_is_not_connected_is_red_and_a_connected_one_green(
    room, tmp_path, port, monkeypatch
):
    seen = seen_from_outside(room, tmp_path, port)
    assert (seen["number"][0], seen["fallback"][0]) == (Health.LOOK, Health.LOOK), "none rings it"
    before = found(doctor.from_outside(a_real_line(room, tmp_path, port, monkeypatch)))
    assert before["address"][:2] == (
        Health.GOOD,
        f"A test call to http://127.0.0.1:{port} was answered: "
        "“Special needs advice, Barking and Dagenham.”",
    )
    assert before["signature"][0] is Health.GOOD
    assert before["clock"][0] is Health.GOOD
    assert before["number"] == (
        Health.BAD, "+442079460100 does not lead here: voice_url, sms_url.",
        "Point it here: ivr connect",
    )  # fmt: skip
    assert before["fallback"][0] is Health.BAD
    monkeypatch.undo()
    for name, value in environment(tmp_path, port).items():
        monkeypatch.setenv(name, value)
    address = "https://handler.example.org/twiml/EH1"
    monkeypatch.setattr("ivr.cli.connect.KEPT", tmp_path)
    assert ivr("connect", "--fallback", address, "--yes").exit_code == 0
    after = seen_from_outside(room, tmp_path, port)
    assert (after["number"][0], after["fallback"][0]) == (Health.GOOD, Health.GOOD)


KEYS_REFUSED = (
    "keys are refused (HTTP 403), as something before the line changes the addresses: it {}"
)
OTHERWISE = KEYS_REFUSED.format("writes some signs in another way (such as %7E for ~)")
ON_THE_WAY = {
    "escapes dots": OTHERWISE,
    "escapes tildes": OTHERWISE,
    "escapes in small letters": OTHERWISE,
    "drops": KEYS_REFUSED.format("leaves out what stands after the question mark"),
    "adds": "11200: HTTP 403",
    "adds to some": KEYS_REFUSED.format("changes them, or adds to them"),
    "lower-cases": KEYS_REFUSED.format("writes them in small letters"),
}
"""What the doctor says of each proxy that harms; of the others that all is well."""


@pytest.mark.parametrize("name", CHANGES)
def test_a_proxy_that_changes_the_addresses_is_named_with_what_it_does(room, tmp_path, name):
    with line_at(tmp_path, CHANGES[name]) as (number, _):
        there = replace(room, kept=StoreServices(read(environment(tmp_path, number)), room.store))
        ((state, says, do),) = [
            (each.state, each.says, each.do)
            for each in outside.address(there)
            if each.name == "address"
        ]
    if name not in ON_THE_WAY:
        assert state is Health.GOOD
        return
    assert state is Health.BAD and says.endswith(f"failed: {ON_THE_WAY[name]}")
    assert "as they came" in do and "docs/connect.md" in do


def test_the_test_call_goes_as_far_as_an_address_that_carries_what_a_caller_answered(
    room, tmp_path
):
    asked: list[dict[str, str]] = []

    def overheard(query: str) -> str:
        asked.append(dict(parse_qsl(query)))
        return query

    with line_at(tmp_path, overheard) as (number, _):
        there = replace(room, kept=StoreServices(read(environment(tmp_path, number)), room.store))
        assert doctor.testcall.ring(there) == "Special needs advice, Barking and Dagenham."
    calls = [each for each in asked if each.get("at")]
    assert [each["on"] for each in calls] == ["key", "key", "key", "silence"]
    assert calls[-1]["trail"].count("~") >= 1 and calls[-1]["form"]
    assert "other" not in calls[-1]["form"] and len(calls[-1]["form"]) > 20


def kept(store: Store) -> dict[str, int]:
    """How many rows there are in each table, but for those of jobs, and what a start leaves."""
    others = ("heartbeat", "journal", "known_key")
    tables = (table for table in metadata.sorted_tables if table.name not in others)
    return {table.name: store.count(table) for table in tables}


def test_where_a_shared_key_is_set_the_test_call_is_signed_with_it(room, tmp_path):
    key = {"TWILIO_WEBHOOK_KEY": "a secret of Twilio's making,an older one of them"}
    with line_at(tmp_path, **key) as (number, _):
        assert seen_from_outside(room, tmp_path, number, **key)["address"][0] is Health.GOOD
        another = {"TWILIO_WEBHOOK_KEY": "another secret of the kind"}
        refused = seen_from_outside(room, tmp_path, number, **another)["address"]
    assert refused[0] is Health.BAD and "TWILIO_WEBHOOK_KEY" in refused[2]


@pytest.mark.parametrize("hour", ["2026-11-24T10:00", "2026-11-24T23:00"], ids=["open", "shut"])
def test_the_test_call_leaves_nothing_behind(room, tmp_path, url, hour):
    more = {"DATABASE_URL": url, "LINE_CLOCK": hour}
    with line_at(tmp_path, **more) as (number, app):
        store = open_store(read(environment(tmp_path, number, **more)).database)
        before = kept(store)
        there = replace(
            room, kept=StoreServices(read(environment(tmp_path, number, **more)), room.store)
        )
        for _ in range(3):
            doctor.testcall.ring(there)
        live_settings = services_of(app, StoreServices).live_settings
        assert live_settings.totals(datetime.fromisoformat(hour).date()).calls == 0
    assert store.count(journal) == 0
    assert kept(store) == before and not any(before.values())
    store.close()


@pytest.mark.parametrize(
    "answer",
    [
        '<Gather action="https://elsewhere.example/voice?at=main" numDigits="1"/>',
        "<Hangup/>",
    ],
)
def test_an_answer_that_leads_elsewhere_or_nowhere_is_found_out(room, tmp_path, answer):
    greeting = "Special needs advice, Barking and Dagenham."
    body = f"<Response><Say>{greeting}</Say>{answer}</Response>".encode()

    def rewritten(environ, start):
        start("200 OK", [("Content-Type", "text/xml")])
        return [body]

    with served(rewritten) as number:
        seen = seen_from_outside(room, tmp_path, number)
        assert seen["address"][0] is Health.BAD and "no address of its own" in seen["address"][1]
        assert "PUBLIC_BASE_URL" in seen["address"][2]


def test_an_answer_that_is_given_again_is_found_out(room, tmp_path):
    """A proxy that keeps the answer to the ring answers each key with it."""
    kept: list[Response] = []

    with line_at(tmp_path) as (number, app):
        plain = app.wsgi_app

        def keeping(environ, start):
            if environ["PATH_INFO"] != "/voice":
                return plain(environ, start)
            kept.append(Response.from_app(plain, environ, buffered=True))
            return kept[0](environ, start)

        app.wsgi_app = keeping
        seen = seen_from_outside(room, tmp_path, number)
    assert seen["address"][0] is Health.BAD
    assert "was answered as if it were another" in seen["address"][1]


@pytest.mark.parametrize(
    "change",
    [lambda form: urlencode(parse_qsl(form)), lambda form: form.replace("%C3%AB", "%EB")],
    ids=["leaves out what is empty", "writes letters otherwise"],
)
def test_a_proxy_that_changes_the_form_is_found_out(room, tmp_path, change):
    with line_at(tmp_path) as (number, app):
        plain = app.wsgi_app

        def changed(environ, start):
            form = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
            sent = change(form).encode()
            environ |= {"wsgi.input": BytesIO(sent), "CONTENT_LENGTH": str(len(sent))}
            return plain(environ, start)

        app.wsgi_app = changed
        seen = seen_from_outside(room, tmp_path, number)
    assert seen["address"][0] is Health.BAD and "the form" in seen["address"][2]


def test_another_token_than_twilios_is_named(room, tmp_path, port):
    seen = seen_from_outside(room, tmp_path, port, TWILIO_AUTH_TOKEN="another")
    assert seen["address"][0] is Health.BAD and "TWILIO_AUTH_TOKEN" in seen["address"][2]
    assert seen["number"][0] is Health.BAD and "TWILIO_AUTH_TOKEN" in seen["number"][2]


def test_a_number_that_the_account_has_not_is_named(room, tmp_path, port):
    seen = seen_from_outside(room, tmp_path, port, LINE_NUMBER="+442079460999")
    assert seen["number"][:2] == (Health.BAD, "The account has no number +442079460999.")


def test_where_nothing_answers_it_is_said(room, tmp_path):
    seen = seen_from_outside(room, tmp_path, free_port())
    assert "nothing answers there" in seen["address"][1]
    assert seen["mail"][0] is Health.BAD and "SMTP_HOST" in seen["mail"][2]


def page(environ, start):
    """A web server that knows nothing of the line."""
    start("200 OK", [("Content-Type", "text/html")])
    return [b"<h1>It works!</h1>"]


def test_another_server_in_the_lines_place_is_found_out(room, tmp_path):
    with served(page) as number:
        seen = seen_from_outside(room, tmp_path, number)
        assert seen["address"][0] is Health.BAD
        assert "Something before the line answers in its place" in seen["address"][2]


class Late(BaseHTTPRequestHandler):
    """A web server whose clock says that ours is five minutes fast."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return f"{datetime.now(UTC) - 5 * MINUTE:%a, %d %b %Y %H:%M:%S} GMT"

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.end_headers()


def test_a_clock_that_is_wrong_is_said_with_by_how_much(room, tmp_path):
    with HTTPServer(("127.0.0.1", 0), Late) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        there = replace(
            room, kept=StoreServices(read(environment(tmp_path, server.server_port)), room.store)
        )
        state, says, do = found(outside.clock(there))["clock"]
    assert state is Health.BAD and "seconds off" in says and "30" in says and "timedatectl" in do


def certificate(folder: Path, days: int) -> tuple[ssl.SSLContext, Path]:
    """A server's certificate for this machine, and the file that trusts it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=90))
        .not_valid_after(now + timedelta(days=days, hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context, pem


@pytest.mark.parametrize(
    ("days", "trusted", "state", "says"),
    [
        (60, True, Health.GOOD, "good for 60 days"),
        (20, True, Health.BAD, "ends in 20 days"),
        (-1, True, Health.BAD, "expired"),
        (60, False, Health.BAD, "self-signed"),
    ],
)
def test_a_certificate_is_looked_at_in_time(
    room, tmp_path, monkeypatch, days, trusted, state, says
):
    context, pem = certificate(tmp_path, days)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with served(page, context=context) as number:
        address = f"https://localhost:{number}"
        there = room.settings.model_copy(update={"public_base_url": address})
        seen = found(outside.certificate(replace(room, kept=StoreServices(there, room.store))))[
            "certificate"
        ]
        assert seen[0] is state and says in seen[1]


# --- the command, and the worker's round ------------------------------------------------------


def test_the_command_ends_red_and_speaks_json(tmp_path, monkeypatch):
    fresh_sqlite(tmp_path)
    closed = free_port()
    for name, value in environment(tmp_path, closed).items():
        monkeypatch.setenv(name, value)
    shown = ivr("doctor")
    told = f"BAD   A test call to http://127.0.0.1:{closed} failed"
    assert shown.exit_code == 1 and told in shown.output
    told = ivr("doctor", "--here", "--json")
    assert told.exit_code == 0
    assert {each["state"] for each in json.loads(told.output)} == {"good", "look"}


def test_a_fault_is_told_once_when_seen_twice_and_so_is_its_end(room, tmp_path, port):
    told: list[str] = []
    now = [datetime.now(UTC)]
    settings = read(environment(tmp_path, port))

    def here() -> Checkup:
        return replace(
            room, kept=StoreServices(settings, room.store), now=now[0].astimezone(LONDON)
        )

    watch = Watch(here, room.kept.beats, lambda subject, body: told.append(subject))
    settings = read(environment(tmp_path, free_port()))
    for _ in range(4):
        watch.round(now[0])
        now[0] += MINUTE
    assert [each for each in told if "test call" in each] == [
        "Advice line: The test call failed: 11205: nothing answers there"
    ]
    settings = read(environment(tmp_path, port))
    for _ in range(3):
        watch.round(now[0])
        now[0] += MINUTE
    assert told.count("Advice line: it is well again") == 1


def told_over(room: Checkup, rooms: list[Checkup]) -> list[tuple[str, str]]:
    """What is mailed over so many rounds, one a minute."""
    told: list[tuple[str, str]] = []
    watch = Watch(lambda: rooms[0], room.kept.beats, lambda *mail: told.append(mail), "https://x")
    for n in range(len(rooms)):
        watch._alert(doctor.from_here(rooms.pop(0)), TEN.astimezone(UTC) + n * MINUTE)
    return told


def test_what_somebody_must_act_on_within_a_day_is_mailed_once(room):
    gap = WRONG["nobody is on duty"][1](room)
    rooms = [gap, room, gap, gap, gap, room, room, gap, gap]
    ((first, body), (again, _)) = told_over(room, rooms)
    assert first == again and first.startswith("Advice line: Nobody is on duty 4 times")
    assert "Agree who is on duty" in body and "https://x/office/advisers" in body


def test_each_limit_on_texts_is_mailed_by_itself(room):
    one = WRONG["the money is used"][1](room)
    settings = one.settings.model_copy(update={"answers_a_day": 2})
    now = TEN.astimezone(UTC)
    AnswerLog(room.store, REFERENCES, caps_of(settings)).text_in(
        TextIn("SM1", "+447700900123", full=2, short=1), now
    )
    both = replace(one, kept=StoreServices(settings, room.store))
    told = [subject for subject, _ in told_over(room, [one, one, both, both, one, one])]
    assert len(told) == 2 and all("100 % of a limit on texts is used" in each for each in told)
    assert "texts in 24 hours" in told[0] and "parts in answer" in told[1]


@pytest.mark.parametrize(
    "name", ["no recordings", "a text is stuck", "old advice", "holidays end", "the money is used"]
)
def test_what_waits_for_a_person_is_mailed_though_no_caller_notices(room, name):
    about, change, _, _ = WRONG[name]
    changed_room = change(room)
    said = next(each.says for each in doctor.from_here(changed_room) if each.name == about)
    told = [subject for subject, _ in told_over(room, [changed_room] * 3)]
    assert told.count(f"Advice line: {said}") == 1


def test_what_can_wait_is_not_mailed(room):
    number = WRONG["a number nobody has rung"][1](room)
    assert told_over(room, [number] * 3) == []


def test_the_worker_tells_at_once_that_the_database_is_away(room):
    told: list[str] = []
    away, stop = (
        replace(room, kept=StoreServices(room.settings, open_store(LOST))),
        threading.Event(),
    )
    looks = iter([lambda: None, lambda: None, stop.set])

    def here() -> Checkup:
        next(looks)()
        return away

    Watch(here, away.kept.beats, lambda subject, body: told.append(subject)).run(stop, 0, 0)
    assert told == [
        "Advice line: The database is away. Calls go on; texts and messages are refused."
    ]


def test_that_the_database_is_there_again_is_told_once(room, caplog):
    told: list[tuple[str, str]] = []
    away = replace(room, kept=StoreServices(room.settings, open_store(LOST)))
    stop = threading.Event()
    rooms = [away, away, room, room, away, room]

    def here() -> Checkup:
        watch._beats = rooms[0].kept.beats
        if len(rooms) == 1:
            stop.set()
        return rooms.pop(0)

    watch = Watch(here, room.kept.beats, lambda subject, body: told.append((subject, body)))
    watch.run(stop, 0, 0)
    about = [subject for subject, body in told if "database" in subject + body]
    assert (
        about
        == [
            "Advice line: The database is away. Calls go on; texts and messages are refused.",
            "Advice line: it is well again",
        ]
        * 2
    )
    assert caplog.text.count("the database is there") == 2


def test_a_test_call_is_in_no_total(telephone, app, settings):
    began = datetime.now(LONDON).date()
    telephone.post("/voice", {"CallSid": doctor.testcall.TEST_CALL, "From": "+266696687"})
    telephone.post("/voice", {"CallSid": "CA" + "f" * 32, "From": "+266696687"})
    services_of(app, Lifetime).close()
    days = {began, datetime.now(LONDON).date()}
    assert sum(services_of(app, StoreServices).live_settings.totals(day).calls for day in days) == 1


# --- /healthz and /readyz ---------------------------------------------------------------------


def ready(app) -> tuple[int, dict[str, bool]]:
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.json["checks"]


def test_a_line_is_ready_when_nothing_it_leans_on_is_bad(app, room):
    now = datetime.now(UTC)
    for name in ("worker", "purge", "test-call"):
        room.kept.beats.beat(name, now)
    assert app.test_client().get("/healthz").json == {"status": "ok"}
    status, checks = ready(app)
    assert status == 200 and checks["database"] and checks["content"]
    room.kept.beats.beat("outside:certificate", now, good=False, says="ends in 3 days")
    status, checks = ready(app)
    assert (status, checks["certificate"], checks["database"]) == (503, False, True)


def test_without_its_database_the_line_lives_and_is_not_ready(settings, opens):
    app = opens(settings.model_copy(update={"database_url": LOST}))
    assert app.test_client().get("/healthz").status_code == 200
    status, checks = ready(app)
    assert (status, checks["database"]) == (503, False)


def test_each_cause_of_red_is_one_line_in_the_log(app, room, caplog, monkeypatch):
    now = datetime.now(UTC)
    for name in ("worker", "purge", "test-call"):
        room.kept.beats.beat(name, now)
    room.kept.beats.beat("outside:certificate", now, good=False, says="ends in 3 days")
    for _ in range(3):
        assert ready(app)[0] == 503
    monkeypatch.setattr(Store, "writable", lambda store: False)
    for _ in range(3):
        assert not ready(app)[1]["database"]
    monkeypatch.undo()
    room.kept.beats.beat("outside:certificate", now)
    for _ in range(3):
        assert ready(app)[0] == 200
    told = [each.getMessage() for each in caplog.records if "ready" in each.getMessage()]
    assert told == [
        "not ready: certificate",
        "not ready: database, certificate",
        "ready again",
    ]
