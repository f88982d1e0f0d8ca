"""What a key press costs when the line has more places, and when its journal has more rows.

Owns the made-up lines and journals. One process, no server: only the line's own work is timed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import NamedTuple

from flask import Flask
from sqlalchemy import text
from werkzeug.test import EnvironBuilder

from bench.parts import Asked, line_settings, presses
from ivr.app import create_app
from ivr.config import read
from ivr.line.model import Line, Menu
from ivr.line.wording import MenuWords
from ivr.store import open_store
from ivr.webhooks.extension import Lifetime, join, services_of
from ivr.webhooks.voice import CallServices


def press_time(app: Flask, asked: Sequence[Asked]) -> float:
    """Microseconds of processor for a key press, the middle of five runs."""
    times = []
    for _ in range(5):
        environments = [environment(each) for each in asked]
        began = time.thread_time()
        for each in environments:
            b"".join(app.wsgi_app(each, lambda *told: len))
        times.append((time.thread_time() - began) / len(asked) * 1e6)
    return median(times)


def environment(asked: Asked) -> dict[str, object]:
    """The request as a server hands it on."""
    form = "application/x-www-form-urlencoded"
    headers = [("X-Twilio-Signature", asked.signature)]
    made = EnvironBuilder(
        asked.path, method="POST", data=asked.body, content_type=form, headers=headers
    )
    return made.get_environ()


def in_process(app: Flask, many: int) -> list[Asked]:
    """Presses of callers of this line."""
    client = app.test_client()
    return presses(lambda asked: client.open(environment(asked)).text, many)


class Grown(NamedTuple):
    """A line with menus added, or topics taken away, in place of the content store."""

    grown: Line

    def line(self, version: str) -> Line:
        """The only one."""
        return self.grown


def by_nodes(folder: Path, many: int) -> dict[int, float]:
    """The same key presses in a line of so many places."""
    found, asked = {}, list[Asked]()
    for nodes in (10, 100, 1_000):
        app = create_app(read(line_settings(f"sqlite:///{folder}/places-{nodes}.db")))
        services = services_of(app, CallServices)
        line = services.content_store.line("")
        room = nodes - len(line.menus) - len(line.forms)
        topics = dict(list(line.topics.items())[: max(1, room)])
        names = [f"more{number}" for number in range(room - len(topics))]
        said = dict.fromkeys(names, MenuWords("hear more", "hearing more", "Press 1."))
        menus = {**line.menus, **dict.fromkeys(names, Menu({"1": line.start}))}
        wordings = {
            lang: replace(each, menus={**each.menus, **said})
            for lang, each in line.wordings.items()
        }
        grown = replace(line, menus=menus, topics=topics, wordings=wordings)
        join(app, replace(services, content_store=Grown(grown)))
        asked = asked or in_process(app, many)
        found[nodes] = press_time(app, asked)
        services_of(app, Lifetime).close()
    return found


FILL = """
INSERT INTO journal (at, call_ref, event, place, detail)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)
SELECT datetime('now', -i || ' seconds'), hex(randomblob(16)), 'went', 'complaint', '1' FROM n
"""


def by_rows(folder: Path, many: int, most: int) -> dict[int, float]:
    """A key press with so many rows in the journal, one noted each time."""
    found, written, url = {}, 0, f"sqlite:///{folder}/rows.db"
    for rows in (each for each in (1_000, 10_000, 100_000, 1_000_000) if each <= most):
        store = open_store(url)
        with store.write() as connection:
            connection.execute(text(FILL), {"rows": rows - written})
        store.close()
        app, written = create_app(read(line_settings(url))), rows
        found[rows] = press_time(app, in_process(app, many))
        services_of(app, Lifetime).close()
    return found
