"""Two versions of the program on one database: each goes on while the other takes over, in either order.

The newer one is this program with one more change of the database; the older one writes what it
knows, as it would. A change that is cut off in the middle has changed nothing.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from sqlalchemy import (
    Column,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    create_engine,
    insert,
    inspect,
    select,
    text,
)

from ivr.cli.migrate import migrate as migrate_command
from ivr.health.doctor import Health, inside
from ivr.store import Inbox, Outbox, StoreDownError, open_store
from ivr.store.upgrading import MIGRATIONS
from tests.proof.hosts import CALLS, Balancer, Host, left, ring, told
from tests.support.inbox import NOW, REFERENCES, queue
from tests.support.machine import TIME_LIMITS, Machine, machine, until
from tests.support.postgres import migrate, postgres_url

SCRIPTS = Config()
SCRIPTS.set_main_option("script_location", str(MIGRATIONS))
REVISIONS = [each.revision for each in ScriptDirectory.from_config(SCRIPTS).walk_revisions()][::-1]
HEAD, FUTURE = REVISIONS[-1], "9999"
LONGEST = 8.0
"""Seconds: a caller is told after one, and whoever waits for a change waits for 30."""
CHANGE = f'''"""A change of a version that is not written yet."""

import time
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "{FUTURE}"
down_revision = "{HEAD}"


def upgrade() -> None:
    """Add a column that older programs do not fill, a table, and an index."""
    op.add_column("message", sa.Column("mood", sa.String(8), nullable=False, server_default="calm"))
    op.create_table("weather", sa.Column("day", sa.Integer, primary_key=True))
    wait = Path(__file__).parent.parent / "wait"
    while wait.exists():
        wait.with_name("waits").touch()
        time.sleep(0.05)
    op.create_index("ix_message_mood", "message", ["mood"])


def downgrade() -> None:
    """Never."""
'''


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with the newer program: the same, with one more change of the database."""
    with machine(tmp_path_factory.mktemp("newer")) as made:
        made.settings = {}
        versions = made.folder / "ivr" / "store" / "migrations" / "versions"
        (versions / "m9999_weather.py").write_text(CHANGE)
        yield made


def revision(url: str) -> str:
    """Where the database stands."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    engine.dispose()
    return str(found)


def moods(url: str) -> list[str]:
    """What the newer program sees in the rows of texts."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT mood FROM message")).scalars().all()
    engine.dispose()
    return list(found)


# --- every older program, on the tables of today ----------------------------------------------


def old_row(table: Table, n: int) -> dict[str, object]:
    """A row as a program of that time writes it: every column that it knows and must fill."""
    return {
        column.name: _value(column, n)
        for column in table.columns
        if not column.nullable or column.primary_key
        if column.server_default is None
    }


def _value(column: Column[object], n: int) -> object:
    if isinstance(column.type, DateTime):
        return NOW
    if isinstance(column.type, LargeBinary):
        return b"sealed"
    kind = column.type.python_type
    if kind is date:
        return NOW.date() + timedelta(days=n)
    if kind is bool:
        return False
    return n if kind in (int, float) else str(n)


def tables_at(url: str, wanted: str) -> MetaData:
    """The tables as a program at this revision knows them."""
    migrate(url, wanted)
    engine, known = create_engine(url), MetaData()
    known.reflect(engine)
    engine.dispose()
    return known


@pytest.mark.parametrize("wanted", REVISIONS)
def test_what_an_older_program_writes_and_reads_is_taken_by_the_tables_of_today(empty, wanted):
    old = tables_at(empty, wanted)
    store = open_store(empty)
    assert revision(empty) == HEAD
    engine = create_engine(empty)
    for table in old.sorted_tables:
        if table.name == "alembic_version":
            continue
        with engine.begin() as connection:
            for n in (7001, 7002):
                connection.execute(insert(table).values(old_row(table, n)))
            assert len(connection.execute(select(table)).all()) >= 2, table.name
    engine.dispose()
    assert store.writable()
    assert len(Outbox(store, REFERENCES).waiting()) == 0
    Inbox(store, REFERENCES).items()
    store.close()


def test_a_text_of_the_oldest_program_is_sent_by_the_newest_and_counts(empty):
    old = tables_at(empty, REVISIONS[0])
    store = open_store(empty)
    row = old_row(old.tables["message"], 1) | {
        "id": "old", "number": "+447700900123", "status": "waiting", "tries": 0, "error": "",
        "next_at": NOW, "asked_at": NOW,
    }  # fmt: skip
    engine = create_engine(empty)
    with engine.begin() as connection:
        connection.execute(insert(old.tables["message"]).values(row))
    engine.dispose()
    outbox = Outbox(store, REFERENCES)
    assert outbox.due(NOW) == [("old", 0)]
    assert outbox.claim("old", NOW)
    outbox.accepted("old", "SM1")
    outbox.status("SM1", "delivered")
    assert outbox.due(NOW) == []
    store.close()


# --- a newer program beside this one ----------------------------------------------------------


def test_a_call_goes_on_while_a_newer_program_takes_over(newer):
    """It begins here, the newer one starts in mid-call, and the steps go to both; then back."""
    keys = CALLS["a text to another mobile, typed"]
    with postgres_url() as database:
        hosts = [Host(database)]
        quiet = told(ring(Balancer(hosts), keys))
        try:
            turns = Balancer(hosts)
            turns.before = {4: lambda: hosts.append(Host(database, newer.folder))}
            call = ring(turns, keys)
            assert revision(database) == FUTURE
            assert told(call) == quiet and len(set(turns.asked)) == 2
            hosts.append(Host(database))  # the older one again: as after going back
            turns = Balancer(hosts)
            assert told(ring(turns, keys)) == quiet and len(set(turns.asked)) == 3
            assert left(database) == (3, 0) and moods(database) == ["calm"] * 3
        finally:
            for each in hosts:
                each.kill()


def test_texts_of_both_are_sent_by_the_worker_of_either(empty, newer):
    outbox = Outbox(open_store(empty), REFERENCES)
    queue(outbox, call="CA1")
    assert migrated(newer, empty).returncode == 0
    queue(outbox, call="CA2")
    again = open_store(empty)
    assert again.from_the_future() and again.writable()
    both = Outbox(again, REFERENCES)
    assert len(both.due(NOW)) == 2
    for message_id, _ in both.due(NOW):
        assert both.claim(message_id, NOW)
        both.accepted(message_id, f"SM{message_id}")
    assert outbox.due(NOW) == [] and moods(empty) == ["calm", "calm"]
    again.close()


def test_the_older_one_says_that_it_is_older_and_changes_nothing_back(empty, newer, settings):
    assert migrated(newer, empty).returncode == 0
    told_so = CliRunner().invoke(migrate_command, env={"DATABASE_URL": empty})
    assert "newer than this program" in told_so.output and revision(empty) == FUTURE
    store = open_store(empty)
    (found,) = inside.database(SimpleNamespace(store=store))
    assert found.state is Health.BAD and "newest version" in found.do
    store.close()


# --- a change that is cut off -----------------------------------------------------------------


def migrated(newer: Machine, url: str) -> subprocess.CompletedProcess[str]:
    """What ``ivr migrate`` of the newer program has done."""
    code = newer.folder
    with_it = {"cwd": code, "env": environment(code, url), "timeout": TIME_LIMITS}
    command = [sys.executable, "-m", "ivr", "migrate"]
    return subprocess.run(command, capture_output=True, text=True, check=False, **with_it)


def environment(code: Path, url: str) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(code), "DATABASE_URL": url}


@pytest.fixture
def halts(newer: Machine) -> Iterator[Path]:
    """The newer one's change waits in its middle, and then there is this file."""
    folder = newer.folder / "ivr" / "store" / "migrations"
    (folder / "wait").touch()
    yield folder / "waits"
    for name in ("wait", "waits"):
        (folder / name).unlink(missing_ok=True)


def test_a_change_that_is_killed_in_the_middle_has_changed_nothing_and_the_next_start_makes_it(
    empty, newer, halts
):
    outbox = Outbox(open_store(empty), REFERENCES)
    queue(outbox, call="CA1")
    command = [sys.executable, "-m", "ivr", "migrate"]
    process = subprocess.Popen(command, cwd=newer.folder, env=environment(newer.folder, empty))
    until(halts.exists, "the change is half done")
    began = time.monotonic()
    with pytest.raises(StoreDownError):
        queue(outbox, call="CA2")
    assert time.monotonic() - began < LONGEST, "a caller waits for the change"
    process.kill()
    process.wait(TIME_LIMITS)
    until(lambda: queue(outbox, call="CA3") == "queued", "the database takes texts again")
    assert revision(empty) == HEAD
    engine = create_engine(empty)
    assert not inspect(engine).has_table("weather")
    assert "mood" not in {each["name"] for each in inspect(engine).get_columns("message")}
    engine.dispose()
    halts.with_name("wait").unlink()
    done = migrated(newer, empty)
    assert done.returncode == 0 and revision(empty) == FUTURE, done.stderr
    assert moods(empty) == ["calm", "calm"]
    assert len(outbox.due(datetime.now(UTC))) == 2
