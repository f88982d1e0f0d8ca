"""What the line is measured beside does the work that it is said to do."""

from __future__ import annotations

import random
import sqlite3

from bench import peers
from bench.parts import Caller, line_settings


def test_the_same_job_the_usual_way_checks_each_signature_and_keeps_a_row(tmp_path, monkeypatch):
    rows = tmp_path / "rows.db"
    for name, value in {**line_settings(""), "BENCH_ROWS": str(rows)}.items():
        monkeypatch.setenv(name, value)
    asked, client = Caller(random.Random(1)).next(), peers.usual.test_client()
    kind = "application/x-www-form-urlencoded"

    def answer(signature: str) -> int:
        headers = {"X-Twilio-Signature": signature}
        return client.post(
            asked.path, data=asked.body, content_type=kind, headers=headers
        ).status_code

    assert [answer(each) for each in (asked.signature, "wrong", asked.signature)] == [200, 403, 200]
    assert sqlite3.connect(rows).execute("SELECT count(*) FROM step").fetchone() == (2,)
