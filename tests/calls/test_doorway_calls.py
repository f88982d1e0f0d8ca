"""Whole calls through a doorway: a golden one, and what each caller of another language reaches."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest

from ivr import texts
from ivr.app import create_app
from ivr.config import read as settings_of
from ivr.content import load
from ivr.line.tongues import name_of
from ivr.simulator import golden_calls
from ivr.simulator.golden_calls import GoldenCall
from tests.support import doors
from tests.support.paths import ROOT

GOLDEN = ROOT / "tests" / "support" / "doorway-call.txt"
TODAY = date(2026, 11, 24)
DAY, NIGHT = "2026-11-24T10:00", "2026-11-24T20:00"
SAY = {"ro": "Google.ro-RO-Standard-B", "pl": "Polly.Ewa", "pt": "Polly.Ines"}
SAY |= {"bg": "Google.bg-BG-Standard-B", "bn": "Google.bn-IN-Standard-A"}
SAY |= {"pa": "Google.pa-IN-Standard-A", "lt": "Google.lt-LT-Standard-B"}
TAGS = {"pt": "pt-PT", "bn": "bn-IN", "pa": "pa-IN", "ur": "ur-PK", "sq": "sq-AL", "so": "so-SO"}
TEN = ("ro", "bn", "ur", "lt", "pl", "pt", "sq", "bg", "pa", "so")
REACHED = {
    "an adviser": "an adviser's telephone rings",
    "rung back": "An adviser will ring you back.",
    "a message": "(a tone; you are recorded)",
}


def heard(root: Path, *keys: str, at: str = NIGHT, caller: str = "mobile", adviser="answer") -> str:
    """The transcript of a call to this content."""
    settings = settings_of({"CONTENT_DIR": str(root)})
    clock = datetime.fromisoformat(at)
    with golden_calls.passing(settings, create_app, line_clock=clock) as (app, changed):
        script = GoldenCall("door", "A parent who has little English.", keys, caller, at, adviser)
        return "\n".join(golden_calls.make(app, changed, script).transcript) + "\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """Romanian, with a voice of Twilio's, and Somali, which has none and is not recorded."""
    made = doors.content(
        tmp_path_factory.mktemp("doors") / "prompts", ro=doors.ROMANIAN, so={"tag": "so-SO"}
    )
    return doors.signed(made, "ro", "so")


def test_the_golden_call_through_a_doorway_while_nobody_answers(root):
    assert heard(root, "6", "-", "1", at=DAY, adviser="no-answer") == GOLDEN.read_text()


def test_without_voice_and_recordings_its_sentences_are_said_in_english_and_it_is_not_offered(root):
    said = heard(root, "7", at=DAY)
    assert "The advice on this line is in English." in said
    opening = said.partition("You: press 7")[0]
    assert "Română: 6." in opening and "press 7" not in opening


PRESSED = {
    # Who presses a key that leads nowhere just now hears so, and then has only to wait.
    "presses nothing": (("-",), "mobile"),
    "presses 0": (("0", "-"), "mobile"),
    "presses 1": (("1",), "mobile"),
    "presses 2": (("2",), "mobile"),
    "presses 2, and hides the number": (("2", "-"), "withheld"),
    "presses 3, a key that is not used": (("3", "-"), "mobile"),
}


def reached(root: Path, *keys: str, at: str, caller: str) -> str:
    """What this caller reaches behind the doorway's key: the first of it in the call."""
    said = heard(root, "6", *keys, at=at, caller=caller).partition("You: press 6")[2]
    places = {said.find(words): name for name, words in REACHED.items() if words in said}
    return places[min(places)]


def texted(root: Path, lang: str) -> dict[str, str]:
    """What who texts the language's name, or CALL and that, gets back."""
    line = load(root)
    door, found = line.doorways[lang], {}
    for texts_, body in (
        ("texts its name", name_of(lang)),
        ("texts CALL and its name", f"CALL {name_of(lang)}"),
    ):
        asked = texts.asked(line, body, TODAY)
        told = texts.whole(line, asked, TODAY, body, "0042")
        own = told[0] in door.says.values()
        found[texts_] = (
            f"{'rung back' if asked.ring else 'how to be rung back'}{', in it' if own else ''}"
        )
    return found


def rows() -> list[list[str]]:
    """The table of docs/languages.md, row by row: what they press, and what they reach."""
    text = (ROOT / "docs" / "languages.md").read_text()
    table = text.partition("### What a caller reaches")[2].partition("\n\n|")[2]
    found = [
        re.split(r"\s*\|\s*", row.strip("| ")) for row in table.partition("\n\n")[0].split("\n")
    ]
    return found[2:]


@pytest.mark.parametrize("lang", TEN)
def test_each_caller_reaches_what_the_table_says(tmp_path, lang):
    lines = {"tag": TAGS.get(lang, f"{lang}-{lang.upper()}"), "say": SAY.get(lang, "")}
    root = doors.signed(doors.content(tmp_path / "prompts", **{lang: lines}), lang)
    found = [[presses, *(reached(root, *keys, at=at, caller=caller) for at in (DAY, NIGHT))]
             for presses, (keys, caller) in PRESSED.items()]  # fmt: skip
    found += [[texts, sent, sent] for texts, sent in texted(root, lang).items()]
    assert found == rows()
