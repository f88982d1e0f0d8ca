"""The map of personal data names every table there is, and no other, with how long it is kept."""

from __future__ import annotations

import re

from ivr.line.retention import AT_MOST, HANDLED, KEPT
from ivr.store import edition_tables, tables
from tests.support.privacy import ROWS

KEEPS = {name: row[-2] for row in ROWS for name in re.findall(r"`(\w+)`", row[1])}


def test_every_table_is_on_the_map_and_every_table_of_the_map_is_there():
    assert edition_tables.edition.metadata is tables.metadata
    assert set(KEEPS) == set(tables.metadata.tables)


def test_the_map_says_how_long_as_it_is_done():
    months = KEPT["journal"].days // 30
    assert f"{months} months" in KEEPS["journal"] and f"{months} months" in KEEPS["message"]
    assert f"{KEPT['number'].days} days" in KEEPS["message"]
    assert f"{KEPT['answer'].days} days" in KEEPS["answer"]
    assert f"{KEPT['tally'].days // 30} months" in KEEPS["tally"]
    for name in ("callback", "recording"):
        assert f"{HANDLED.days} days after it is done, at most {AT_MOST.days}" in KEEPS[name]
