"""Errors told to Sentry: a real server takes them, and finds nobody in them."""

from __future__ import annotations

import gzip
import http.server
import json
import os
import subprocess
import sys
import threading

import brotli
import pytest

PROGRAM = """
import logging, os
from ivr.config import read
from ivr.health import logs
logs.set_up(read())
caller = "+447700900123"
try:
    raise ValueError(f"{caller} Lovelace")
except ValueError:
    logging.getLogger("ivr.webhooks.voice").exception("a step failed for %s", caller)
logging.getLogger("ivr.webhooks.voice").warning("only a warning")
import sentry_sdk
sentry_sdk.flush(10)
"""


@pytest.fixture
def sentry():
    """A server that takes what Sentry's would; its address and what came."""
    came: list[bytes] = []

    class Taker(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            unpack = {"gzip": gzip.decompress, "br": brotli.decompress}
            came.append(unpack.get(self.headers.get("Content-Encoding"), bytes)(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://key@127.0.0.1:{server.server_port}/1", came
    server.shutdown()


def run(dsn: str, program: str = PROGRAM) -> subprocess.CompletedProcess[str]:
    own = {**os.environ, "SENTRY_DSN": dsn}
    return subprocess.run([sys.executable, "-c", program], env=own, capture_output=True, text=True)


def test_an_error_is_told_and_nobody_is_in_it(sentry):
    dsn, came = sentry
    done = run(dsn)
    assert done.returncode == 0, done.stderr
    told = b"\n".join(came).decode()
    events = [json.loads(line) for line in told.splitlines() if '"logger"' in line]
    assert [event["logger"] for event in events] == ["ivr.webhooks.voice"]
    line = json.loads(events[0]["message"])
    assert line["event"].startswith("a step failed") and "ValueError" in line["exception"]
    for personal in ("447700900123", "Lovelace", "only a warning", os.uname().nodename):
        assert personal not in told
    assert set(events[0]) <= {
        "event_id",
        "timestamp",
        "level",
        "logger",
        "message",
        "platform",
        "release",
        "sdk",
    }


def test_a_dsn_that_is_none_stops_the_start_with_words():
    done = run("sentry.example.org")
    assert done.returncode != 0 and "SENTRY_DSN: this is no DSN" in done.stderr
