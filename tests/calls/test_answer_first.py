"""How soon callers hear what to do: measured on the recordings, and as docs/accessibility.md says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from ivr.app import create_app
from ivr.config import read
from ivr.content import load
from ivr.simulator.people import Decided
from ivr.simulator.simulated_calls.evidence import CallEvidence
from ivr.simulator.simulated_calls.rig import Rig, here
from ivr.simulator.simulated_calls.table import find
from tests.support.paths import ROOT

REAL = load(ROOT / "prompts")
MOST = {"interrupter": 60, "plain": 85}
AFTER_DANGER = ("ways", "service", "others")
"""They stand in the menu that first says what to do in danger."""
COLUMN = {"interrupter": 1, "plain": 3}


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    """The real line."""
    with here(read({}), create_app) as made:
        yield made


def written(topic: str, caller: str) -> int:
    """The seconds that the document says."""
    table = (ROOT / "docs/accessibility.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| {topic} \|(.*)\|$", table, re.MULTILINE)
    assert row, f"{topic} is not in the table"
    return int(row[1].split("|")[COLUMN[caller]])


@pytest.mark.parametrize("caller", MOST)
@pytest.mark.parametrize("topic", REAL.topics)
def test_the_short_version_ends_within_the_goal_and_as_the_table_says(rig, topic, caller):
    call = find(rig.line, f"{caller}:{topic}")
    way = rig.trunk(call.hours)
    made = way.ring(call.person(), Decided(call.adviser), call.phone, lambda event: None)
    heard = CallEvidence(made.events, rig.line, way.library, topic, call.lang).spoken
    short = REAL.words("en").topics[topic].summary
    ended = next(each.at + each.seconds for each in heard if each.words == short)
    assert abs(ended - written(topic, caller)) <= 1
    danger = 8 if caller == "interrupter" and topic in AFTER_DANGER else 0
    assert ended <= MOST[caller] + danger
