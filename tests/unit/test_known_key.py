"""The key by which numbers are known is never changed without a word: every STOP would be forgotten."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, text

from ivr.app import create_app
from ivr.config import Settings, SettingsError, read
from ivr.health import doctor
from ivr.secrets.seal import References
from ivr.staff import StaffServices
from ivr.store import StoreDownError
from ivr.store.opening import store_of
from ivr.store.optouts import OptOuts
from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of
from tests.proof.hosts import Balancer, Host
from tests.support.commands import ivr
from tests.support.postgres import migrate
from tests.support.telephone import Telephone

OLD, NEW = "an old secret of more than 32 characters", "a new secret of more than 32 characters"
NUMBER = "+447700900123"


def settings_of(url: str, **given: str) -> Settings:
    return read({"DATABASE_URL": url, "LINE_CLOCK": "2026-11-24T10:00", **given})


def optouts(settings: Settings) -> OptOuts:
    return OptOuts(store_of(settings), References(settings.reference_secret))


def says_stop(url: str, **given: str) -> None:
    """On a line with these settings somebody says STOP."""
    optouts(settings_of(url, **given)).stop(NUMBER, datetime.now(UTC))


def why_not(url: str, **given: str) -> str:
    """Why the line does not start with these settings."""
    with pytest.raises(SettingsError) as error:
        create_app(settings_of(url, **given))
    (fault,) = error.value.faults
    return fault


def dump(url: str) -> str:
    """All that stands in the table of the key."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM known_key")).all()
    engine.dispose()
    return repr(rows)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"SECRET_KEY": NEW}, ("SECRET_KEY: ", "put it into REFERENCE_KEY")),
        ({"SECRET_KEY": f"{OLD}, {NEW}"}, ("SECRET_KEY: ", "put it last")),
        ({"SECRET_KEY": OLD, "REFERENCE_KEY": NEW}, ("REFERENCE_KEY: ", "put it there alone")),
        ({"SECRET_KEY": NEW, "REFERENCE_KEY": NEW}, ("REFERENCE_KEY: ", "into REFERENCE_KEY")),
        ({}, ("SECRET_KEY: ", "put it into REFERENCE_KEY")),
    ],
    ids=["another", "in the wrong order", "beside it", "all another", "the demonstration's"],
)
def test_without_the_key_of_its_references_a_line_does_not_start_and_says_how_to_put_it_back(
    url, given, says
):
    says_stop(url, SECRET_KEY=OLD)
    fault = why_not(url, **given)
    assert fault.startswith(says[0]) and says[1] in fault and "STOP" in fault
    assert OLD not in fault and NEW not in fault
    assert optouts(settings_of(url, SECRET_KEY=OLD)).stopped(NUMBER)


@pytest.mark.parametrize(
    "given",
    [
        {"SECRET_KEY": f"{NEW},{OLD}"},
        {"SECRET_KEY": f" {NEW} ,  {OLD} "},
        {"SECRET_KEY": NEW, "REFERENCE_KEY": f" {OLD} "},
    ],
    ids=["behind a new one", "with spaces", "in its own setting"],
)
def test_a_new_secret_beside_the_key_of_references_forgets_no_stop(url, given):
    says_stop(url, SECRET_KEY=OLD)
    assert optouts(settings_of(url, **given)).stopped(NUMBER)


def test_a_database_from_before_takes_the_key_up_and_none_of_it_is_kept(empty):
    migrate(empty, "0010")
    says_stop(empty, SECRET_KEY=OLD)
    assert OLD not in dump(empty) and len(re.findall(r"[0-9a-f]{32}", dump(empty))) == 1
    assert "STOP" in why_not(empty, SECRET_KEY=NEW)


def test_a_database_that_knows_no_key_takes_up_the_one_it_is_given(url):
    says_stop(url, SECRET_KEY=OLD)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM known_key"))
    engine.dispose()
    says_stop(url, SECRET_KEY=NEW)
    assert optouts(settings_of(url, SECRET_KEY=NEW)).stopped(NUMBER)


def test_what_was_tried_as_a_demo_becomes_a_real_line(url):
    says_stop(url)
    says_stop(url, SECRET_KEY=OLD)
    assert "STOP" in why_not(url)


def test_of_many_that_start_on_a_fresh_database_all_with_one_key_go_on(url):
    def started(secret: str) -> bool:
        try:
            return bool(store_of(settings_of(url, SECRET_KEY=secret)))
        except SettingsError:
            return False

    asked = [OLD, NEW] * 3
    with ThreadPoolExecutor(len(asked)) as threads:
        went_on = list(threads.map(started, asked))
    assert went_on in ([True, False] * 3, [False, True] * 3)


@pytest.mark.parametrize("verb", ["work", "texts", "doctor --here", "migrate", f"erase {NUMBER}"])
def test_no_command_that_knows_numbers_works_with_another_key(url, monkeypatch, verb):
    says_stop(url, SECRET_KEY=OLD)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SECRET_KEY", NEW)
    done = ivr(*verb.split(), *(["--yes"] if "erase" in verb else []))
    assert done.exit_code == 1 and "STOP" in done.output and "SECRET_KEY: " in done.output


def test_who_has_lost_the_key_can_go_on_knowing_what_it_costs(url, monkeypatch):
    says_stop(url, SECRET_KEY=OLD)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SECRET_KEY", NEW)
    lost = ["migrate", "--new-reference-key"]
    no = ivr(*lost, says="n\n")
    assert no.exit_code == 1 and "texted again" in no.output
    assert "STOP" in why_not(url, SECRET_KEY=NEW)
    yes = ivr(*lost, says="y\n")
    assert yes.exit_code == 0 and "up to date" in yes.output
    assert not optouts(settings_of(url, SECRET_KEY=NEW)).stopped(NUMBER)


def test_serving_with_another_key_ends_with_words_and_no_port(tmp_path, monkeypatch, capfd):
    url = f"sqlite:///{tmp_path}/line.db"
    says_stop(url, SECRET_KEY=OLD)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SECRET_KEY", NEW)
    monkeypatch.setenv("PORT", "0")  # the command sets it for its own processes
    done = ivr("serve", "--port", "0")
    seen = capfd.readouterr().err
    assert done.exit_code == 1 and seen.count("who said STOP has gone") == 1
    assert "Traceback" not in seen


def test_two_web_processes_and_more_hosts_share_one_key(tmp_path):
    url = f"sqlite:///{tmp_path}/line.db"
    hosts = [Host(url, processes=2, worker=True, SECRET_KEY=OLD)]
    hosts.append(Host(url, processes=2, SECRET_KEY=f"{NEW}, {OLD}"))
    assert Balancer(hosts)
    for host in hosts:
        host.kill()
    says_stop(url, SECRET_KEY=f"{NEW}, {OLD}")


def test_while_the_database_is_away_calls_are_answered_and_then_nothing_is_promised(
    tmp_path, opens
):
    """Only once it is back can be seen that it knows another key."""
    there, away = tmp_path / "there", tmp_path / "away"
    there.mkdir()
    says_stop(f"sqlite:///{there}/line.db", SECRET_KEY=OLD)
    there.rename(away)
    there.touch()
    settings = settings_of(f"sqlite:///{there}/line.db", SECRET_KEY=NEW)
    app = opens(settings)
    telephone = Telephone(app, settings)
    assert telephone.post("/voice").status_code == 200
    there.unlink()
    away.rename(there)
    with pytest.raises(StoreDownError, match="another key"):
        services_of(app, StoreServices).optouts.stopped(NUMBER)
    assert telephone.post("/voice").status_code == 200
    with pytest.raises(StoreDownError):
        services_of(app, StoreServices).optouts.stop("+447700900456", datetime.now(UTC))
    room = services_of(app, StaffServices).checkup()
    (seen,) = [each for each in doctor.from_here(room) if each.name == "database"]
    assert seen.state is doctor.Health.BAD and "REFERENCE_KEY" in seen.do
