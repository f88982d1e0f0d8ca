"""What a key press costs when the line has more places, and when its journal has more rows.

Owns the made-up lines and journals. One process, no server: only the line's own work is timed.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy import insert
from werkzeug.test import EnvironBuilder

from bench.callers import Asked, Caller
from bench.servers import line_settings
from ivr.app import create_app
from ivr.config import read
from ivr.line.model import Line, Menu
from ivr.line.wording import MenuWords
from ivr.services import Services
from ivr.store import Store, open_store
from ivr.store.tables import journal
from ivr.webhooks.extension import Lifetime, services_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

NODES = (10, 100, 1_000)
ROWS = (1_000, 10_000, 100_000, 1_000_000)
BATCH = 20_000
FORM = "application/x-www-form-urlencoded"
Curve = Mapping[int, float]
"""Microseconds a key press, by how many places or rows there were."""


def by_nodes(folder: Path, presses: int) -> Curve:
    """The same key presses in a line of so many places."""
    found: dict[int, float] = {}
    asked: list[Asked] = []
    for nodes in NODES:
        app = _app(folder / f"places-{nodes}.db")
        content_store = services_of(app, Services).content_store
        grown = _grown(content_store.line(""), nodes)
        content_store._newest, content_store._lines = grown, {grown.version: grown}
        asked = asked or _presses(app, presses)
        found[nodes] = _press_time(app, asked)
        services_of(app, Lifetime).close()
    return found


def by_rows(folder: Path, presses: int, most: int = ROWS[-1]) -> Curve:
    """More calls noted: a key press with so many rows in the journal, one noted each time."""
    found, path, written = {}, folder / "rows.db", 0
    for rows in (each for each in ROWS if each <= most):
        store = open_store(f"sqlite:///{path}")
        _fill(store, rows - written)
        written = rows
        store.close()
        app = _app(path)
        found[rows] = _press_time(app, _presses(app, presses))
        services_of(app, Lifetime).close()
    return found


def _app(path: Path) -> Flask:
    return create_app(read(line_settings(f"sqlite:///{path}")))


def _grown(line: Line, nodes: int) -> Line:
    """The line with menus added, or topics taken away, until it has so many places."""
    room = nodes - len(line.menus) - len(line.forms)
    topics = dict(list(line.topics.items())[: max(1, room)])
    names = [f"more{number}" for number in range(room - len(topics))]
    said = dict.fromkeys(names, MenuWords("hear more", "hearing more", "Press 1."))
    menus = dict.fromkeys(names, Menu({"1": line.start}))
    wordings = {
        lang: replace(each, menus={**each.menus, **said}) for lang, each in line.wordings.items()
    }
    return replace(line, menus={**line.menus, **menus}, topics=topics, wordings=wordings)


def _fill(store: Store, rows: int) -> None:
    chance, now = random.Random(5), datetime.now(UTC)
    events = ("went", "part", "heard-out", "silence", "rang")
    for begin in range(0, rows, BATCH):
        made = [
            {
                "at": now - timedelta(seconds=chance.randrange(30_000_000)),
                "call_ref": f"{chance.getrandbits(128):032x}",
                "event": chance.choice(events),
                "place": "complaint",
                "detail": "1",
            }
            for _ in range(min(BATCH, rows - begin))
        ]
        with store.write() as connection:
            connection.execute(insert(journal), made)


def _press_time(app: Flask, asked: list[Asked]) -> float:
    """Microseconds of a key press, the middle of five runs."""
    return statistics.median(_run(app, asked) / len(asked) * 1e6 for _ in range(5))


def _presses(app: Flask, many: int) -> list[Asked]:
    caller, client, found = Caller(random.Random(3)), app.test_client(), list[Asked]()
    while len(found) < many:
        step = caller.next()
        if "Digits=" in step.body:
            found.append(step)
        headers = {"X-Twilio-Signature": step.signature}
        answer = client.post(step.path, data=step.body, headers=headers, content_type=FORM)
        caller.hear(answer.data)
    return found


def _run(app: Flask, presses: list[Asked]) -> float:
    """Seconds that so many take, the WSGI environment made beforehand."""
    environments = [_environment(each) for each in presses]
    began = time.perf_counter()
    for environment in environments:
        b"".join(app.wsgi_app(environment, _started))
    return time.perf_counter() - began


def _environment(asked: Asked) -> WSGIEnvironment:
    path, _, query = asked.path.partition("?")
    return EnvironBuilder(
        path=path,
        query_string=query,
        method="POST",
        data=asked.body,
        content_type=FORM,
        headers=[("X-Twilio-Signature", asked.signature)],
    ).get_environ()


def _started(status: str, headers: object, info: object = None) -> Callable[[bytes], object]:
    return len
