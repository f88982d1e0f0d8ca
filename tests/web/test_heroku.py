"""A host that starts a Procfile: its own lines, its kind of settings, and a disk that does not last."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from ivr.config import read
from ivr.secrets.sealed_box import pair_of
from ivr.store import open_store
from tests.support.machine import ROOT, TIME_LIMITS, Machine, answers, until
from tests.support.postgres import postgres_url
from tests.support.words import Host, studio
from tests.support.world import World, world_at

NEW = "Talk first. Then use the complaints procedure. It can be done in writing."
COMPLAINT = ("2", *"-----", "2", "1")
LINES = dict(
    row.split(": ", 1) for row in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """As such a host hands one out: ``postgres://``, and a user who may make no other."""
    with postgres_url() as url:
        made = make_url(url)
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f'CREATE ROLE "{made.database}" LOGIN')
            connection.execute(f'ALTER DATABASE "{made.database}" OWNER TO "{made.database}"')
        yield f"postgres://{made.database}:secret@127.0.0.1:{made.port}/{made.database}"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[World]:
    """Settings of production and no file of them."""
    folder = tmp_path_factory.mktemp("host")
    with pytest.MonkeyPatch.context() as patched, world_at(folder, patched) as made:
        made.here.settings = {
            **made.right,
            **made.elsewhere,
            "IVR_ENV": "production",
            "MESSAGES_PUBLIC_KEY": pair_of("a secret of our own, for tests only")[0],
            "DATABASE_URL": database,
            "PORT": str(made.here.port),
            "PROXIES": "1",
        }
        try:
            yield made
        finally:
            made.here.stop()


def released(here: Machine) -> subprocess.CompletedProcess[str]:
    """What the host runs before the new version takes over."""
    command = ["sh", "-c", LINES["release"]]
    told = {"env": here.environment(), "cwd": here.folder, "timeout": TIME_LIMITS}
    return subprocess.run(command, capture_output=True, text=True, check=False, **told)


def started(here: Machine) -> None:
    """The other two lines, each in a process as the host starts it."""
    for name in ("web", "worker"):
        here.run(["sh", "-c", f"exec {LINES[name]}"])
    until(lambda: answers(here.port), "the web side starts")


def a_new_disk(world: World, folder: Path) -> None:
    """Every day, and at each release: the code again, and nothing that was written since."""
    told, port = world.here.settings, world.here.port
    world.here.stop()
    folder.mkdir()
    world.here = Machine(folder)
    world.here.settings, world.here.port = told, port


@pytest.mark.timeout(300)
def test_the_three_lines_answer_a_call_and_lose_nothing_with_the_disk(world, tmp_path, database):
    done = released(world.here)
    assert done.returncode == 0 and "up to date" in done.stdout, done.stderr
    started(world.here)
    assert world.here.ivr("connect --yes").returncode == 0
    heard = world.ring(*COMPLAINT)
    assert any("Special needs advice" in each for each in heard), heard
    until(
        lambda: [each.status for each in world.carrier.room.newest()] == ["delivered"], "the text"
    )
    store = open_store(read({"DATABASE_URL": database}).database)
    host = Host(store, tmp_path / "another")
    host.change(NEW)
    assert host.publish(recorder=studio()) == "published"
    store.close()
    a_new_disk(world, tmp_path / "new")
    assert released(world.here).returncode == 0
    started(world.here)
    until(lambda: f"Line: {NEW}" in world.ring(*COMPLAINT[:-2]), "the new words, recorded")
    assert "1 of 300 texts" in world.here.ivr("texts").stdout


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATABASE_URL", "postgres://line@127.0.0.1:9/line", "DATABASE_URL"),
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("CONTENT_DIR", "audio", "the content has faults"),
    ],
    ids=["no database", "a wrong setting", "no content"],
)
def test_a_release_that_could_not_run_is_stopped_before_it_takes_over(
    world, monkeypatch, name, value, says
):
    monkeypatch.setitem(world.here.settings, name, value)
    done = released(world.here)
    assert done.returncode != 0 and says in done.stderr and "Traceback" not in done.stderr


def test_the_host_finds_what_to_install_and_which_python():
    assert (ROOT / "requirements.txt").read_text(encoding="utf-8") == "-r requirements/base.lock\n"
    assert (ROOT / ".python-version").read_text(encoding="utf-8") == "3.11\n"
