"""A line that is asked for more than it can do: what it leaves undone, in which order, with words."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from ivr.health.load import FROM, LONG, MOST, Gauge
from ivr.line.call import SendText
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices
from tests.proof.chaos import locked, web_processes
from tests.proof.crowd import Crowd, slowed
from tests.proof.hosts import Host
from tests.proof.load import ASKS_FOR_A_PERSON, FORM, Load, connection
from tests.support.machine import ROOT, until
from tests.support.telephone import CALL

STEPS = st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3)), max_size=40)
"""So long it is quiet, then somebody waits so long."""


class Clock:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def made_to_wait(gauge: Gauge, clock: Clock, seconds: float) -> None:
    """A request waits so long until a thread takes it up."""
    gauge.came()
    clock.now += seconds
    gauge.taken(seconds)


@given(STEPS)
def test_pressure_comes_only_from_waits_and_goes_when_nobody_waits(steps):
    clock = Clock()
    gauge = Gauge(clock)
    waited = 0.0
    for quiet, wait in steps:
        clock.now += quiet
        made_to_wait(gauge, clock, wait)
        waited += wait if wait >= LONG else 0.0
        refused = [what for what in FROM if gauge.refuses(what)]
        assert refused == ["text", "page", "ring"][: len(refused)]
        assert waited >= FROM["text"] or not refused
    clock.now += MOST
    made_to_wait(gauge, clock, 0)
    assert not any(gauge.refuses(what) for what in FROM)


@given(st.lists(st.floats(0, LONG, exclude_max=True), max_size=40))
def test_a_line_that_is_busy_and_well_refuses_nothing(waits):
    clock = Clock()
    gauge = Gauge(clock)
    for each in waits:
        made_to_wait(gauge, clock, each)
    assert not any(gauge.refuses(what) for what in FROM)


def test_quiet_hours_before_one_wait_are_not_pressure():
    clock = Clock()
    gauge = Gauge(clock)
    for _ in range(20):
        clock.now += 3600
        made_to_wait(gauge, clock, 0.4)
    assert not gauge.refuses("text")


def test_many_who_waited_through_the_same_second_are_a_second_of_pressure():
    clock = Clock()
    gauge = Gauge(clock)
    clock.now = 1.0
    for _ in range(20):
        gauge.came()
        gauge.taken(1.0)
    assert gauge.refuses("text") and not gauge.refuses("page")


def test_a_process_moves_unless_somebody_waits_and_nobody_is_taken_up():
    gauge = Gauge(Clock())
    assert gauge.moves() and gauge.moves()
    gauge.came()
    gauge.came()
    assert not gauge.moves()
    gauge.taken(0.0)
    assert gauge.moves() and not gauge.moves()
    gauge.taken(0.0)
    assert gauge.moves() and gauge.moves()


@pytest.mark.parametrize(
    ("seconds", "text", "page", "ring"),
    [
        (0.4, False, False, False),
        (1, True, False, False),
        (2, True, True, False),
        (3.5, True, True, True),
    ],
)
def test_texts_are_refused_first_then_pages_and_new_calls_last(app, telephone, seconds, text, page, ring):  # fmt: skip
    clock, gauge = Clock(), services_of(app, Gauge)
    gauge._clock = clock
    gauge._seen = 0.0
    made_to_wait(gauge, clock, seconds)
    line = services_of(app, CallServices).content_store.line("")
    asked = SendText("complaint", "en", "+447700900123")
    outcome = services_of(app, CallServices).effect("CA" + "1" * 32, asked, line, "+447700900123")
    assert (outcome == "failed") == text
    sign_in = app.test_client().get("/office/sign-in")
    assert (sign_in.status_code == 503) == page
    assert not page or ("come first" in sign_in.text and sign_in.headers["Retry-After"])
    rang = telephone.post("/voice", CALL).text
    assert ("something on our side is not working" in rang) == ring
    assert "<Gather" in telephone.post("/voice?at=main&on=key", CALL | {"Digits": "2"}).text


IN_TIME = 6.0
"""Seconds in which every step is answered, on a busy machine too. On a quiet one it is 1.3; where
everybody waited for the lock in turn it would be 10. ``make chaos`` measures it."""


def test_asked_for_three_times_what_waiting_for_a_lock_allows_it_answers_in_time(tmp_path):
    threads = 8
    with Host(f"sqlite:///{tmp_path}/line.db", threads=threads) as host:
        load = Load(host.port, 3 * threads, steps=ASKS_FOR_A_PERSON, at_once=9 * threads)
        with locked(tmp_path / "line.db"):
            seen = load.during(lambda: load.hears(80))
        assert seen.errors == [] and max(seen.seconds) < IN_TIME
        assert rings(host)


TEXT = "/voice?at=text-complaint&on=key&trail=main~complaint.5"
EVERYBODY = (
    ("/voice", {}),
    ("/voice?at=main&on=key", {"Digits": "2"}),
    ("/voice?at=complaint&on=silence&part=1&trail=main", {}),
    (TEXT, {"Digits": "1", "From": "+447700900123"}),
)


def test_with_more_callers_than_it_can_answer_nothing_that_was_promised_is_lost(tmp_path):
    with Host(f"sqlite:///{tmp_path}/line.db", METRICS_TOKEN="m" * 40) as host:
        crowd = Crowd(host.port, EVERYBODY)

        def press() -> None:
            until(lambda: crowd.heard(TEXT, b"news=sending") > 0, "texts are promised")
            with slowed(host):
                until(lambda: crowd.heard("/voice", b"not working") > 0, "new calls are refused")

        crowd.during(press)
        assert crowd.cut_off == 0 and {status for _, status, _ in crowd.answers} == {200}
        assert all(b"<Gather" in said for path, _, said in crowd.answers if "?" in path)
        with closing(sqlite3.connect(tmp_path / "line.db")) as database:
            kept = database.execute("SELECT count(*) FROM message").fetchone()
        assert kept == (crowd.heard(TEXT, b"news=sending"),)
        until(lambda: rings(host), "new calls are taken again")
        refused = turned_away(host)
        assert refused["text"] > 0 and refused["ring"] > 0


def turned_away(host: Host) -> Counter[str]:
    """What the line says that it has left undone."""
    told = {"Authorization": "Bearer " + "m" * 40}
    page = requests.get(f"http://127.0.0.1:{host.port}/metrics", headers=told, timeout=60).text
    found = re.findall(r'^ivr_turned_away_total\{what="(\w+)"\} (\S+)', page, re.MULTILINE)
    return Counter({what: int(float(times)) for what, times in found})


THREADS = 4
ENDED_AFTER = 3
"""Seconds after which a process that stands still is ended."""


def a_recording(folder: Path) -> Path:
    """One of the recordings of a line that has them in this folder."""
    audio = Path(shutil.copytree(ROOT / "audio", folder / "audio", copy_function=os.symlink))
    return min((audio / "en").glob("*.mp3"))


def short_lived(folder: Path, **settings: str) -> Host:
    """A line with one process and few threads, that is ended when all stand still so long."""
    told = f"--timeout {ENDED_AFTER}"
    url = f"sqlite:///{folder}/line.db"
    return Host(url, threads=THREADS, GUNICORN_CMD_ARGS=told, **settings)


@pytest.fixture(scope="module")
def idle(tmp_path_factory) -> Iterator[tuple[Host, list[int], float]]:
    """A line that nobody asks anything while other tests run, its process, and since when."""
    with short_lived(tmp_path_factory.mktemp("idle")) as host:
        yield host, web_processes(host), time.monotonic()


MOST_OPEN = 40


@pytest.fixture(scope="module")
def left_open(tmp_path_factory) -> Iterator[Host]:
    """A line that holds few connections. On as many of them as it has threads nothing is ever asked:

    each of those keeps a thread for five seconds, gunicorn's own; they pass while other tests run.
    """
    told = f"--worker-connections {MOST_OPEN}"
    folder = tmp_path_factory.mktemp("open")
    url = f"sqlite:///{folder}/line.db"
    with Host(url, threads=THREADS, GUNICORN_CMD_ARGS=told) as host, ExitStack() as ways:
        for _ in range(THREADS):
            ways.enter_context(socket.create_connection(("127.0.0.1", host.port)))
        yield host


@pytest.fixture(scope="module")
def pipe(tmp_path_factory) -> Path:
    """A recording of the line that is never there whole: who reads it waits for ever."""
    return a_recording(tmp_path_factory.mktemp("line"))


@pytest.fixture(scope="module")
def host(idle, left_open, pipe) -> Iterator[Host]:
    """A line for all: each test must leave it well for the next. Those two are there before it."""
    audio = pipe.parent.parent
    with short_lived(audio.parent, AUDIO_DIR=str(audio)) as made:
        pipe.unlink()
        os.mkfifo(pipe)
        yield made


@contextmanager
def held(host: Host, pipe: Path, threads: int) -> Iterator[None]:
    """So many of its threads do nothing else any more, until this ends."""
    asks = f"GET /audio/{pipe.name} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with ExitStack() as ways:
        for _ in range(threads):
            way = ways.enter_context(socket.create_connection(("127.0.0.1", host.port)))
            way.sendall(asks)
        yield
    with suppress(OSError):
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))


def rings(host: Host) -> bool:
    """Whether a new call is answered with the menu, on the first try."""
    status, body = Load(host.port).post("/voice", FORM | {"CallSid": "CA1"})
    return status == 200 and b"<Gather" in body and b"not working" not in body


def test_threads_that_are_held_for_ever_keep_nobody_waiting_while_one_is_free(host, pipe):
    (before,) = web_processes(host)
    load = Load(host.port, rate=20)

    def ask() -> None:
        end = time.monotonic() + 1.5 * ENDED_AFTER
        load.hears(50)
        until(lambda: time.monotonic() > end, "a process that stood still would have been ended")

    with held(host, pipe, THREADS - 1):
        seen = load.during(ask)
    assert (seen.errors, seen.resets) == ([], 0)
    assert web_processes(host) == [before]


def test_a_process_that_takes_nobody_up_any_more_is_replaced(host, pipe):
    (before,) = web_processes(host)
    with held(host, pipe, THREADS):
        with pytest.raises((OSError, http.client.HTTPException)):
            rings(host)
        until(lambda: web_processes(host) not in ([], [before]), "another process is there")
        assert rings(host)


def test_a_process_that_nobody_asks_anything_is_left_alone(idle):
    host, before, since = idle
    end = since + 2 * ENDED_AFTER
    until(lambda: time.monotonic() > end, "a process that stood still would have been ended")
    assert web_processes(host) == before and rings(host)


def test_connections_that_are_left_open_keep_no_new_call_out(left_open):
    with ExitStack() as ways:
        for _ in range(MOST_OPEN - THREADS):
            way = ways.enter_context(closing(connection(left_open.port, None)))
            way.request("GET", "/healthz")
            assert way.getresponse().read() and way.sock
        assert Load(left_open.port).post("/voice", FORM | {"CallSid": "CA1"})[0] == 200
