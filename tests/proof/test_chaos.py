"""Callers while things are done to the line: the short version of tests.proof.chaos, on real processes."""

from __future__ import annotations

import ssl
import subprocess
import time
from collections import Counter
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest
import requests

from ivr.simulator.golden_calls import trunk_to
from ivr.simulator.people import Decided, Scripted
from ivr.store import open_store
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices
from tests.proof import chaos
from tests.proof.chaos import line, web_processes
from tests.proof.hosts import Host
from tests.proof.load import AT_ONCE, FORM, Load, Seen
from tests.support.authority import Authority
from tests.support.machine import free_port, proxy

TEXT = "/voice?at=text-complaint&on=key&trail=main~complaint.5"
STEPS = 60
"""So many are answered while something is done, however long that takes."""
IN_TIME = 8.0
"""Seconds within which each comes on a busy machine too: on a quiet one it is 0.01, and 1.3 for what
is refused; what waits in vain waits for 15. ``make chaos`` measures them."""
NOT_NOW, PROMISED = b"news=cannot_text", b"news=sending"
"""What an answer says of a text, as the address of the next step has it."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where its database is."""
    return tmp_path_factory.mktemp("line")


@pytest.fixture(scope="module")
def host(folder):
    """One line for all: each test must leave it well for the next."""
    with line(folder) as made:
        yield made


@pytest.fixture(scope="module")
def load(host):
    """Callers of it."""
    return Load(host.port)


def well(seen: Seen) -> None:
    """Every step was answered in time, nine in ten in half of it, and most without a wait: for a
    lock that is a second."""
    assert seen.errors == [] and len(seen.seconds) >= STEPS
    in_time = max(seen.seconds) <= IN_TIME and seen.percentile(0.9) <= IN_TIME / 2
    assert in_time and seen.percentile(0.5) < 0.9, seen.row()


def until_answered(load: Load) -> chaos.Going:
    """To go on until so many steps are answered after this is first asked, or one is not."""
    first: list[int] = []

    def going() -> bool:
        first.append(len(load.seen.seconds))
        return first[-1] < first[0] + STEPS and not load.seen.errors

    return going


def asked_for_a_text(load: Load, sid: str, later: int = 0) -> bytes:
    """What is answered to who wants a text, at once or not. ``later``: in another step."""
    began = time.monotonic()
    form = FORM | {"CallSid": sid, "From": "+447700900123", "Digits": "1"}
    status, body = load.post(TEXT.replace("&on", f"&last=2.{later}&on"), form)
    assert status == 200 and time.monotonic() - began <= IN_TIME
    return body


def test_while_the_database_is_locked_information_comes_in_time_and_no_text_is_promised(
    load, folder
):
    answers = []

    def lock() -> None:
        with chaos.locked(folder / "line.db"):
            answers.extend(asked_for_a_text(load, f"CA{n}") for n in range(3))
            load.hears(STEPS)

    well(load.during(lock))
    assert all(NOT_NOW in answer for answer in answers) and len(answers) == 3
    assert PROMISED in asked_for_a_text(load, "CA9")
    assert PROMISED not in asked_for_a_text(load, "CA9", later=1), "it is on its way already"


def test_while_the_disk_is_full_information_comes_and_no_text_is_promised(host, load):
    answers = []

    def fill() -> None:
        with chaos.full(web_processes(host)):
            answers.extend(asked_for_a_text(load, f"CB{n}") for n in range(3))
            load.hears(STEPS)

    well(load.during(fill))
    assert all(NOT_NOW in answer for answer in answers) and len(answers) == 3
    assert PROMISED in asked_for_a_text(load, "CB9")


def only_read(folder: Path) -> list[str]:
    """What starts a command to which this folder is a disk that nobody can write to, not even root.

    A mount of its own, in a namespace of its own (unshare(1), mount(8)).
    """
    bound = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
    for user in (["--map-root-user"], []):
        command = ["unshare", "--mount", *user, "sh", "-c", bound, str(folder)]
        if subprocess.run([*command, "true"], capture_output=True).returncode == 0:
            return command
    pytest.skip("this machine lets nobody have a mount of their own")


def test_on_a_disk_that_can_only_be_read_information_comes_and_no_text_is_promised(tmp_path):
    (tmp_path / "disk").mkdir()
    url = f"sqlite:///{tmp_path}/disk/line.db"
    open_store(url).close()
    with Host(url, through=only_read(tmp_path / "disk")) as host:
        load, answers = Load(host.port), []
        for n in range(3):
            answers.append(asked_for_a_text(load, f"CC{n}"))
        well(load.during(lambda: load.hears(STEPS)))
        assert all(NOT_NOW in answer for answer in answers)
        assert requests.get(f"http://127.0.0.1:{host.port}/readyz", timeout=10).status_code == 503


def test_forged_requests_keep_no_caller_waiting_and_are_all_refused(host, load):
    answered, going = Counter(), until_answered(load)

    def forge() -> None:
        while going() or answered.total() < STEPS:
            answered.update(chaos.forgers(host.port, 400, chaos.lasting(0.5), 4))

    well(load.during(forge))
    assert {*answered} == {403}


def test_huge_bodies_keep_no_caller_waiting(host, load):
    going = until_answered(load)

    def send() -> None:
        while going():
            chaos.ten_megabytes(host.port, 5)

    well(load.during(send))


def test_slow_clients_keep_no_caller_waiting_behind_the_proxy(host, tmp_path):
    authority, port = Authority(tmp_path), free_port()
    trust = ssl.create_default_context(cafile=str(authority.file))
    pair = authority.certificate("localhost", days=60)
    with proxy(tmp_path, host.port, pair, port):
        load = Load(port, trust=trust)
        well(load.during(lambda: chaos.slow(port, 60, until_answered(load), trust)))


def test_a_web_process_that_stands_still_costs_no_call(host, load):
    def stall() -> None:
        with chaos.stalled(host):
            load.hears(STEPS)

    well(load.during(stall))


def test_under_load_memory_and_open_files_stay_flat(host):
    load = Load(host.port, rate=5 * STEPS)
    load.during(lambda: load.hears(5 * STEPS))
    memory, files = chaos.held(host)
    load.during(lambda: load.hears(10 * STEPS))
    later, more = chaos.held(host)
    assert later <= memory * 1.05 and more <= files + 2 * AT_ONCE


def test_a_clock_that_is_set_while_people_call_leaves_their_calls_whole(app, settings):
    """Five minutes back and forth between any two steps, over the end of opening hours too."""
    services = services_of(app, CallServices)
    whole, steps = services.clock(), cycle((5, -5, 0, 7 * 60, -1))
    object.__setattr__(services, "clock", lambda: whole + timedelta(minutes=next(steps)))
    for keys in (
        ("2", *"-----", "2", "1"),
        ("0", "2", "1", "1", "1", "1", "2", "1"),
        tuple("42221"),
    ):
        call = trunk_to(app, settings).ring(Scripted(keys), Decided("no-answer"), "+447700900123")
        assert call.ended_by == "caller" and len(call.transcript) > 5
