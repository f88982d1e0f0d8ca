"""A marked number and name, sent through everything, are found only where docs/privacy.md says."""

from __future__ import annotations

import json
import re

import pytest

from ivr.config import DEMO_SECRET
from ivr.secrets.sealed_box import pair_of, unseal
from ivr.simulator.demo import Demo
from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices
from tests.proof import canary, canary_acts
from tests.proof.canary import ADVISER, ADVISERS, CALLER, CALLERS, STAFF, TYPED, marks
from tests.support.privacy import ROWS

RUNG = re.compile(rf"(<Number[^>]*>){re.escape(ADVISER)}(</Number>)")
"""The one place where an adviser's number must stand: Twilio rings it."""
KINDS = ("number", "name", "e-mail")
LEFT_OUT = re.compile(r"\breferences?\b|^no\b|^sealed:|of a number|the name stays")
"""Words of a clause that names nobody: keyed, sealed, or said not to be there."""


def allowed(cell: str) -> set[str]:
    """What may stand in a table in clear, by what its row on the map says of it."""
    clauses = (each.strip() for each in cell.split(";"))
    clear = " ".join(each for each in clauses if not LEFT_OUT.search(each))
    return {kind for kind in KINDS if re.search(rf"\b{kind}\b", clear)}


MAP = {name: allowed(row[2]) for row in ROWS for name in re.findall(r"`(\w+)`", row[1])}


def test_the_map_is_read_as_it_is_meant():
    assert MAP["message"] == {"number"} and MAP["account"] == {"name", "e-mail"}
    assert MAP["callback"] == MAP["journal"] == MAP["optout"] == MAP["item_note"] == set()


@pytest.mark.parametrize(
    "text",
    ["07700 900 461", "%2B447700900461", "gASVFgAAAAAAAACMDSs0NDc3MDA5MDA0NjGULg==", "Q: zaTHRAS"],
)
def test_a_mark_is_found_however_it_is_written(text):
    assert marks(text, CALLERS["number"] + CALLERS["name"])


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    with canary.scene(tmp_path_factory.mktemp("canary")) as made:
        canary_acts.an_adviser_is_entered(made)
        canary_acts.callers_do(made)
        canary_acts.callers_text(made)
        canary.all_is_done(made)
        canary_acts.strangers_try(made)
        canary_acts.staff_work(made)
        canary_acts.a_test_number_rings(made)
        canary_acts.all_breaks(made)
        canary.all_is_done(made)
        services_of(made.app, CallServices).journal.close()
        yield made


@pytest.mark.timeout(300)
def test_they_have_come_where_they_must(scene):
    kept = canary.tables(scene)
    assert CALLER in kept["message"] and TYPED in kept["message"]
    assert "Ysolde Brackwater" in kept["account"] and "Ysolde" in kept["staff"]
    assert kept["journal"].count("rang") > 20
    items = services_of(scene.app, StoreServices).inbox.items()
    opened = [
        unseal(pair_of(DEMO_SECRET)[1], each.sealed) for each in items if each.kind == "callback"
    ]
    assert {json.loads(each)["number"] for each in opened} >= {CALLER, TYPED}
    assert len(services_of(scene.app, Demo).mailbox.mails) >= 2
    told = canary.places(scene)
    assert (
        "a step failed" in told["the web side's log"] and "sqlalchemy" in told["the web side's log"]
    )
    assert (
        "ValueError" in told["the web side's log"]
        and "the worker is ready" in told["the worker's log"]
    )
    assert len(kept["workflow_status"]) > 100
    assert len(RUNG.findall(told["answers to Twilio"])) > 3
    (adviser,) = services_of(scene.app, StoreServices).advisers.roster().people
    assert adviser.number == ADVISER and adviser.key in kept["talk"]


def test_no_table_holds_them_but_those_of_the_map(scene):
    found = {
        (table, kind)
        for table, text in canary.tables(scene).items()
        for people in (CALLERS, STAFF, ADVISERS)
        for kind, wanted in people.items()
        if marks(text, wanted) and kind not in MAP.get(table, set())
    }
    assert not found


def test_a_callers_name_is_in_no_table_at_all(scene):
    found = [name for name, text in canary.tables(scene).items() if marks(text, CALLERS["name"])]
    assert not found


def test_nobody_is_in_a_log_a_figure_an_address_or_an_answer(scene):
    everybody = tuple(
        each for people in (CALLERS, STAFF, ADVISERS) for kind in people.values() for each in kind
    )
    found = {
        name: [line for line in RUNG.sub(r"\1\2", text).splitlines() if marks(line, everybody)][:5]
        for name, text in canary.places(scene).items()
    }
    assert not any(found.values()), found


def test_no_caller_and_no_advisers_number_is_in_a_mail_or_a_text(scene):
    mails = "\n".join(str(each) for each in services_of(scene.app, Demo).mailbox.mails)
    assert "waits" in mails and not marks(mails, CALLERS["number"] + CALLERS["name"])
    said = [f"{each.subject} {each.body}" for each in services_of(scene.app, Demo).mailbox.mails]
    sent = "\n".join([*said, canary.tables(scene)["message"]])
    assert not marks(mails, ADVISERS["number"])
    assert not marks(sent, ADVISERS["number"] + ADVISERS["name"])
