"""Every caller on the real line, judged by what happened; and lines that are broken are caught."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from click.testing import CliRunner

from ivr.app import create_app
from ivr.cli import main
from ivr.config import Settings, read
from ivr.content import load
from ivr.simulator import golden_calls
from ivr.simulator.account import CLOCK_HEADER
from ivr.simulator.callers.keyless import TwiceCaller
from ivr.simulator.events import Event
from ivr.simulator.simulated_calls import chance
from ivr.simulator.simulated_calls.report import shortfalls, table
from ivr.simulator.simulated_calls.rig import (
    CLOSED_AT,
    OPEN_AT,
    Rig,
    ServesRecordings,
    Straight,
    here,
    over_http,
    straight,
)
from ivr.simulator.simulated_calls.run import Outcome, play, run, text_all
from ivr.simulator.simulated_calls.table import LAWS, WITHHELD, find, labels, plan
from ivr.simulator.wire import Answer, Wire
from ivr.speech.manifest import read_library
from tests.support import scrambled
from tests.support.machine import free_port
from tests.support.paths import ROOT
from tests.support.whole import demo, opened, served

CONTENT = ROOT / "prompts"
LINE = load(CONTENT)
CALLS = {simulated_call.name: simulated_call for simulated_call in plan(LINE)}


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    """The real line, in open hours and out of them."""
    with here(read({}), create_app) as made:
        yield made


def outcome(rig: Rig, name: str) -> Outcome:
    simulated_call = find(rig.line, name)
    way = rig.trunk(simulated_call.hours)
    return play(rig, simulated_call, way)


# --- the real line ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", CALLS)
def test_the_caller_comes_to_its_stated_end(rig, name):
    assert play(rig, CALLS[name], rig.trunk(CALLS[name].hours)).faults == ()


def test_every_word_that_the_line_lists_brings_its_topic_by_text(rig):
    assert text_all(rig, rig.trunk("any")).faults == ()


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("case", ["open", "closed"])
def test_who_sends_every_key_twice_comes_to_a_person_or_a_message(case, seed):
    simulated_call = replace(CALLS[f"twice:{case}"], make=lambda *_: TwiceCaller(seed=seed))
    with straight(read({}), create_app) as (rig, step):
        step.now = CLOSED_AT if case == "closed" else OPEN_AT
        assert play(rig, simulated_call, rig.trunks["open"]).faults == ()


def test_every_caller_rings_for_every_topic():
    cases: dict[str, set[str]] = {}
    for call in (call for call in plan(LINE) if call.case in LINE.topics):
        cases.setdefault(call.caller, set()).add(call.case)
    assert len(cases) >= 14
    assert all(topics == set(LINE.topics) for topics in cases.values())


def test_no_call_is_named_twice_and_each_can_be_found_by_its_name():
    assert len(CALLS) == len(plan(LINE))
    for name, simulated_call in CALLS.items():
        assert find(LINE, name).case == simulated_call.case


def test_300_calls_by_chance_have_no_dead_end_no_error_and_no_unwarned_end():
    assert chance.batch(read({}), create_app, range(300)).falls == ()


def test_a_call_by_chance_is_the_same_call_again():
    def heard() -> list[tuple[type[Event], float]]:
        happened: list[tuple[type[Event], float]] = []
        chance.ring(rig, step, 8123, lambda event: happened.append((type(event), event.at)))
        return happened

    with straight(read({}), create_app) as (rig, step):
        first = heard()
        assert first == heard() and len(first) > 10


# --- another language ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_languages(tmp_path_factory) -> Settings:
    """The real content with a second, made-up language beside it."""
    root = scrambled.beside(tmp_path_factory.mktemp("two") / "prompts")
    return read({"CONTENT_DIR": str(root)})


def test_who_chooses_another_language_hears_nothing_in_english_afterwards(two_languages):
    with here(two_languages, create_app) as rig:
        outcomes = [make() for make in run(rig, ["other-language-cy"])]
    assert len(outcomes) == len(LINE.topics)
    assert [each.faults for each in outcomes] == [()] * len(outcomes)


def test_english_callers_are_served_as_before_beside_another_language(two_languages):
    with here(two_languages, create_app) as rig:
        for name in ("interrupter:mediation", "shaky:complaint", "wrong-key:open", "silent:open"):
            assert outcome(rig, name).faults == (), name


# --- over HTTP -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[Settings]:
    """The line on a real port, in open hours."""
    folder, port = tmp_path_factory.mktemp("http"), free_port()
    settings = demo(folder, PUBLIC_BASE_URL=f"http://127.0.0.1:{port}")
    with opened(settings) as app, served(app, port):
        yield settings


def test_callers_ring_a_running_line_over_http(running):
    rig = over_http(running, LINE, read_library(running.audio_dir))
    assert set(rig.trunks) == {"open"}
    for name in ("interrupter:complaint", "shaky:school", "person:busy"):
        assert outcome(rig, name).faults == (), name
    assert text_all(rig, rig.trunk("any")).faults == ()


# --- broken lines ----------------------------------------------------------------------------


class Broken:
    """A transport to a line that is broken in one way."""

    def __init__(self, transport, form=lambda form: form, body=lambda body: body, faster=1) -> None:
        self.transport, self.form, self.body, self.faster = transport, form, body, faster

    def send(self, method, url, form, headers) -> Answer:
        headers = dict(headers)
        if CLOCK_HEADER in headers:
            headers[CLOCK_HEADER] = str(float(headers[CLOCK_HEADER]) * self.faster)
        answer = self.transport.send(method, url, self.form(dict(form)), headers)
        return replace(answer, body=self.body(answer.body)) if method == "POST" else answer


def zero_does_nothing(form: dict[str, str]) -> dict[str, str]:
    return form | ({"Digits": "7"} if form.get("Digits") == "0" else {})


def swapped(old: str, new: str):
    return lambda body: re.sub(old.encode(), new.encode(), body)


def ends_where_it_waits(body: bytes) -> bytes:
    """The line hangs up instead of asking again."""
    at = body.find(b"<Redirect")
    return body[:at] + b"<Hangup/></Response>" if b'timeout="20"' in body and at > 0 else body


def mishears(form: dict[str, str]) -> dict[str, str]:
    typed = form.get("Digits", "")
    return form | ({"Digits": typed[:-1] + "9"} if len(typed) == 11 else {})


def other_than_9(form: dict[str, str]) -> dict[str, str]:
    return form | ({"Digits": "7"} if form.get("Digits") == "9" else {})


def withheld(form: dict[str, str]) -> dict[str, str]:
    return form | ({"From": WITHHELD} if "From" in form else {})


def unsaid(phrase: str):
    """A phrase is left out, whether it is recorded or read by Twilio's voice."""
    words = LINE.words("en").says[phrase]
    prompt = read_library(read({}).audio_dir).find("en", "normal", words)
    return swapped(
        f"<(Play|Say)[^>]*>[^<]*{prompt.file if prompt else re.escape(words)}</(Play|Say)>", ""
    )


def talked(form: dict[str, str]) -> dict[str, str]:
    return form | ({"DialCallStatus": "completed"} if "DialCallStatus" in form else {})


AFTERWARDS = swapped("(?s)(<Gather[^>]*>)(.*)(</Gather>)", r"\2\1\3")
HURRY = swapped(r'timeout="\d+"', 'timeout="5"')
BREAKS = {
    "0 does nothing": ("person:answer", {"form": zero_does_nothing}, "no person was rung"),
    "0 does nothing in panic": ("panic:0:school", {"form": zero_does_nothing}, "0 led to no"),
    "it hangs up on silence": ("silent:open", {"body": ends_where_it_waits}, "without a warning"),
    "the last wait is short": ("silent:open", {"body": swapped('timeout="20"', 'timeout="18"')}, "without a warning"),
    "every wait is 5 seconds": ("slow-100:mediation", {"body": HURRY}, "not heard to its end"),
    "it does not wait for a relay": ("relay:appealing", {"body": HURRY}, "not heard to its end"),
    "a shaking hand counts twice": ("shaky:mediation", {"faster": 10}, "no text was promised"),
    "keys are heard only afterwards": ("interrupter:school", {"body": AFTERWARDS}, "not heard to its end"),
    "slow speech does not last": ("slower:0:school", {"body": swapped("speed=slow", "speed=normal")}, "at the usual speed"),
    "it mishears digits": ("texting-withheld:ways", {"form": mishears}, "not read back"),
    "slips are never counted": ("wrong-key:open", {"body": swapped("slip[a-z]+=[0-9]+", "x=1")}, "no person was rung"),
    "busy is taken for a talk": ("person:busy", {"form": talked}, "it was not said why"),
    "texts are asked for in vain": ("texting-mobile:ways", {"body": swapped("at=text-ways", "at=ways")}, "no text was promised"),
    "the adviser is not told": ("person:told", {"body": swapped("about=[a-z-]+", "about=")}, "was not told"),
    "nobody rings after the question": ("panic:0:school", {"body": swapped("at=tell(&amp;[^#<]*on=silence)", r"at=main\1")}, "0 led to no person"),
    "a message is not played": ("message:closed", {"body": swapped("<Play>[^<]*/audio/heard/[^<]*</Play>", "")}, "not heard back"),
    "a message is not kept": ("message:closed", {"body": swapped("at=keep", "at=message")}, "not said that the message was kept"),
    "who has hung up is talked to": ("breaking-off:closed", {"body": swapped("<Response><Hangup />", "<Response><Play>x</Play><Hangup />")}, "did not end the call"),
    "it is not asked if it is safe": ("callback:own", {"body": unsaid("ask_safe")}, "if it is safe"),
    "a known number is asked for": ("callback:own", {"form": withheld}, "a number was asked for"),
    "a reference is not said": ("callback:own", {"body": unsaid("your_reference")}, "the reference was not said"),
    "it mishears who is to be rung": ("callback:typed", {"form": mishears}, "not read back"),
    "9 is a key like any other": ("danger:early", {"form": other_than_9}, "did not lead to what to do"),
    "no advice in short": ("talking:closed", {"body": swapped("at=nobody-closed", "at=leaving")}, "in short was not heard"),
    "a message needs a key": ("talking:closed", {"body": swapped("(?s)<Record.*?/>", "")}, "seconds was recorded"),
    "nobody is rung for who talks": ("talking:open", {"body": swapped("(?s)<Dial.*?</Dial>", "")}, "no person was rung"),
    "an answer is no TwiML": ("plain:school", {"body": swapped("<Response>", "<Html>")}, "failed"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "how", "says"), BREAKS.values(), ids=BREAKS)
def test_a_broken_line_is_caught(name, how, says):
    with straight(read({}), create_app) as (rig, step):
        simulated_call, way = find(rig.line, name), rig.trunks["open"]
        step.now = CLOSED_AT if simulated_call.hours == "closed" else OPEN_AT
        wire = Wire(ServesRecordings(Broken(step, **how), way.recordings), "")
        faults = play(rig, simulated_call, replace(way, wire=wire)).faults
    assert any(says in fault for fault in faults), faults


def test_a_topic_that_no_menu_leads_to_is_caught(tmp_path):
    shutil.copytree(CONTENT, tmp_path / "prompts")
    flow = tmp_path / "prompts" / "flow.yaml"
    flow.write_text(flow.read_text().replace("3: mediation, 4: certificate", "3: mediation"))
    with here(read({"CONTENT_DIR": str(tmp_path / "prompts")}), create_app) as rig:
        assert labels(rig.line, "en")["certificate"] == ()
        assert "not heard to its end" in outcome(rig, "plain:certificate").faults[0]
        assert outcome(rig, "plain:mediation").faults == ()


class DeadEnd(Straight):
    """A line whose star leads nowhere, and whose last words come without a warning."""

    def send(self, method, url, form, headers) -> Answer:
        return super().send(method, url, {**form, "Digits": form["Digits"].replace("*", "#")}
                            if "Digits" in form else form, headers)  # fmt: skip


def test_a_dead_end_is_found_by_chance(settings, app):
    step = DeadEnd(app, settings)
    way = replace(golden_calls.trunk(settings, step, step.library), wire=Wire(step, ""))
    rig = Rig(LINE, {"open": way})
    faults = {fault for seed in range(60) for fault in chance.ring(rig, step, seed)}
    assert "star did not lead back to the main menu" in faults


# --- how it is told --------------------------------------------------------------------------

SHORT = Outcome(
    "plain", "Hears each menu out.", "plain:school", "school", ("it was late",), 12.5, 40.0
)
GOOD = Outcome("plain", "Hears each menu out.", "plain:ways", "ways", (), 11.0, 44.0)


def test_the_table_counts_topics_and_shows_the_longest_waits():
    row = table([SHORT, GOOD])[1]
    assert re.split(r"\s{2,}", row)[2:] == ["1 of 2", "12.5 s", "44.0 s", "1 of 2 fell short"]


def test_what_fell_short_is_named_with_the_command_that_plays_it_again():
    falls = chance.Batch(10, (chance.Fall(7, ("a dead end",)),))
    told = shortfalls([SHORT, GOOD], falls)
    assert told == [
        "plain:school", "  it was late", "  ivr call --replay plain:school",
        "random:7", "  a dead end", "  ivr call --replay random:7",
    ]  # fmt: skip


def command(*words: str):
    return CliRunner(mix_stderr=False).invoke(main, words)


def test_the_command_prints_a_table_and_ends_well():
    result = command("callers", "--caller", "person", "--random", "20")
    assert result.exit_code == 0, result.output
    assert "person" in result.stdout and "20 calls" in result.stdout


def test_the_command_speaks_to_machines():
    result = command("callers", "--caller", "wrong-key", "--json")
    found = json.loads(result.stdout)
    assert [each["faults"] for each in found["callers"]] == [[], []]


def test_a_caller_that_does_not_exist_is_named():
    result = command("callers", "--caller", "nobody")
    assert result.exit_code == 2 and "no caller nobody" in result.stderr


@pytest.mark.parametrize("law", LAWS.values())
def test_every_law_is_one_sentence_that_help_shows(law):
    assert law.endswith(".") and law in command("callers", "--help").output


@pytest.mark.parametrize("name", ["interrupter:complaint", "slower:3:mediation", "random:8123"])
def test_a_call_is_played_again_as_a_transcript(name):
    result = command("call", "--replay", name)
    assert result.exit_code == 0, result.output
    assert "Special needs advice" in result.output and "the call is ended" in result.output


def test_a_call_that_does_not_exist_is_not_replayed():
    assert command("call", "--replay", "nobody:at-all").exit_code == 2
    assert command("call", "--replay", "random").exit_code == 2
