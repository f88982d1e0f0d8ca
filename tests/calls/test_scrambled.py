"""Nothing of the line searches for English: the same content with every word's letters turned."""

from __future__ import annotations

import re
import shutil
from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from ivr.app import create_app
from ivr.cli import main
from ivr.config import read as settings_of
from ivr.content import read
from ivr.content.checks import check
from ivr.content.checks.inspection import evidence
from ivr.reports.script import html, paper
from ivr.simulator import golden_calls, golden_names
from ivr.simulator.events import AdviserHears, Dialling
from ivr.simulator.people import Decided, Scripted
from ivr.simulator.simulated_calls.rig import here
from ivr.simulator.simulated_calls.run import run
from ivr.texts.answers import answers
from ivr.texts.asked import asked
from tests.support import scrambled
from tests.support.paths import ROOT
from tests.support.staff_pages import post, signed_in
from tests.support.whole import demo, opened

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def alone(tmp_path_factory) -> Path:
    """The made-up language in the place of English."""
    return scrambled.alone(tmp_path_factory.mktemp("alone") / "prompts")


@pytest.fixture(scope="module")
def beside(tmp_path_factory) -> Path:
    """The made-up language after English."""
    return scrambled.beside(tmp_path_factory.mktemp("beside") / "prompts")


def test_no_word_of_it_is_left_as_it_was(alone):
    said = read(alone).line.units(scrambled.LANG)
    words = {word.lower() for unit in said for word in re.findall(r"[A-Za-z]+", unit)}
    assert "sserp" in words and "press" not in words


def test_content_check_finds_nothing_but_missing_recordings(alone, beside):
    for root in (alone, beside):
        findings = check(evidence(read(root)))
        assert [each for each in findings if each.rule != "CLIPS"] == []


def test_another_word_for_press_is_no_crash_and_callers_find_their_way(tmp_path):
    root = Path(shutil.copytree(ROOT / "prompts", tmp_path / "prompts"))
    says = root / "en" / "says.yaml"
    says.write_text(says.read_text().replace("To {label}, press {key}.", "To {label}, tap {key}."))
    assert {each.rule for each in check(evidence(read(root)))} == {"CLIPS"}
    with here(settings_of({"CONTENT_DIR": str(root)}), create_app) as rig:
        outcomes = [make() for make in run(rig, ["plain", "relay", "message", "callback"])]
    assert [(each.replay, each.faults) for each in outcomes if each.faults] == []


def test_every_caller_is_served_in_it(alone):
    with here(settings_of({"CONTENT_DIR": str(alone)}), create_app) as rig:
        # A third of those who ring the shipped line: each kind of caller, each topic.
        outcomes = [make() for make in [*run(rig)][::3]]
    assert len(outcomes) > 70
    assert [(each.replay, each.faults) for each in outcomes if each.faults] == []


def heard_by(root: Path, name: str) -> tuple[str, str]:
    """What the golden call does not reach that its name says, and its transcript."""
    (script,) = (each for each in golden_calls.golden_calls(root) if each.name == name)
    settings, at = settings_of({"CONTENT_DIR": str(root)}), datetime.fromisoformat(script.at)
    with golden_calls.passing(settings, create_app, line_clock=at) as (app, changed):
        made = golden_calls.make(app, changed, script)
    return golden_names.lost(read(root).line, script, made), "\n".join(made.transcript)


def test_golden_calls_are_offered_for_it_and_reach_what_their_names_say(beside, alone):
    for root in (beside, alone):
        known = {each.name for each in golden_calls.golden_calls(root)}
        offered = dict(golden_names.missing(read(root).line, known))
        ours = {name: text for name, text in offered.items() if name.startswith("cy/")}
        assert len(ours) == len(read(root).line.topics)
        (root / "golden_calls" / "cy").mkdir()
        (root / "golden_calls" / "cy" / "topic-mediation.yaml").write_text(
            ours["cy/topic-mediation"]
        )
        lost, transcript = heard_by(root, "cy/topic-mediation")
        assert lost == "" and "eht noitaidem resivda" in transcript


def test_the_command_adds_a_golden_call_for_each_topic_in_each_language(beside, tmp_path):
    root = Path(shutil.copytree(beside, tmp_path / "prompts"))
    shutil.rmtree(root / "golden_calls")
    made = command(root, "golden-calls", "--add")
    assert "added: cy/topic-mediation" in made.output and "added: en/topic-mediation" in made.output
    call = (root / "golden_calls" / "cy" / "topic-mediation.yaml").read_text()
    assert 'keys: ["6", ' in call
    # None is kept that Twilio's voice has to speak.
    assert made.exit_code == 1 and not list((root / "golden_calls" / "cy").glob("*.txt"))


def test_the_golden_calls_of_the_real_line_reach_the_same_in_it(alone):
    for name in ("person-busy", "text-landline", "deadline-certificate", "callback-withheld"):
        lost, transcript = heard_by(alone, f"en/{name}")
        assert lost == ""
        assert ", sserp 1." in transcript and ", press 1." not in transcript


def command(root: Path, *args: str) -> Result:
    return CliRunner(env={"CONTENT_DIR": str(root)}).invoke(main, args)


def test_the_script_lists_each_choice_of_it_with_its_key(alone, beside):
    for made in (command(alone, "script"), command(beside, "script", "--lang", "cy")):
        assert made.exit_code == 0
        assert "Ot ekam a tnialpmoc, sserp 2." in made.output
    page = html(paper(read(beside).line, "cy", "+442079460100"))
    choice = f'<p lang="{scrambled.TAG}">Ot ekam a tnialpmoc, sserp 2.</p>'
    assert choice in page.replace("\N{NO-BREAK SPACE}", " ")


def test_the_poster_has_its_labels_marked_as_no_english(alone, beside, tmp_path):
    for root, args in ((alone, ()), (beside, ("--lang", "cy"))):
        made = command(root, "poster", "--out", str(tmp_path), *args)
        assert made.exit_code == 0, made.output
        page = (tmp_path / "poster.html").read_text()
        assert '<html lang="en-GB">' in page
        assert f'<b>2</b><span lang="{scrambled.TAG}">ekam a tnialpmoc</span>' in page


def test_a_language_that_the_line_does_not_speak_has_no_poster(tmp_path):
    made = CliRunner().invoke(main, ["poster", "--out", str(tmp_path), "--lang", "cy"])
    assert made.exit_code == 1 and "the line speaks en, and not cy" in made.output


def test_the_fallback_document_is_in_it(alone):
    made = command(alone, "fallback")
    assert made.exit_code == 0
    document = ElementTree.fromstring(made.output.encode())
    says = list(document.iter("Say"))
    assert {each.get("language") for each in says} == {scrambled.TAG}
    assert "sserp" in made.output and "press" not in "".join(each.text or "" for each in says)


def test_a_text_with_a_word_of_it_is_answered_in_it(alone, beside):
    for root in (alone, beside):
        line = read(root).line
        for body in ("noitaidem", "NOITAIDEM!"):
            told = answers(line, asked(line, body, TODAY), TODAY, body)
            assert "a eerf, etavirp gniteem" in told[0], (root, told)
    line = read(beside).line
    told = answers(line, asked(line, "mediation", TODAY), TODAY, "mediation")
    assert "a free, private meeting" in told[0]


def test_the_staff_pages_show_it_and_say_what_is_wrong_with_a_change(alone, tmp_path):
    settings = demo(tmp_path, CONTENT_DIR=str(alone))
    with opened(settings) as app:
        client = signed_in(app, "manager")
        for page in ("", "/words", "/words/mediation", "/words/main", "/waiting", "/callers"):
            assert client.get(f"/office{page}").status_code == 200, page
        assert "Noitaidem" in client.get("/office/words/mediation").text
        at = {"file": "cy/menus.yaml", "at": "main.help"}
        stands = {"was": "Uoy nac ksa.", "value": "Rof taht, sserp 1."}
        page = client.get("/office/draft/value", query_string=at)
        assert page.status_code == 200 and "{key:" in page.text
        shown = post(client, "/office/draft/check", **at, **stands)
        assert "key 1 by hand: “sserp 1”" in shown.text


def with_speaker(beside: Path, tmp_path: Path, speak: str) -> Path:
    """The content where the second adviser speaks this."""
    root = Path(shutil.copytree(beside, tmp_path / "prompts"))
    yaml = YAML()
    line = yaml.load(root / "line.yaml")
    line["desk"]["advisers"][1]["languages"] = speak
    yaml.dump(line, root / "line.yaml")
    return root


def put_through(beside: Path, tmp_path: Path, speak: str, keys: list[str]):
    """A call of somebody who chooses Welsh and a person; ``speak``: the second adviser's."""
    root = with_speaker(beside, tmp_path, speak)
    settings = settings_of({"CONTENT_DIR": str(root)})
    with golden_calls.passing(settings, create_app) as (app, _):
        trunk = golden_calls.trunk_to(app, settings)
        return trunk.ring(Scripted(["6", "0", *keys, "-"]), Decided("answer"), "+447700900123")


@pytest.mark.parametrize(
    ("speak", "keys", "first"),
    [
        pytest.param("English, Welsh", ["1"], "+442079460201", id="the second speaks it"),
        pytest.param("English", ["1", "1"], "+442079460200", id="nobody speaks it"),
    ],
)
def test_who_speaks_it_is_rung_first_and_hears_its_name(beside, tmp_path, speak, keys, first):
    call = put_through(beside, tmp_path, speak, keys)
    rung = [event.number for event in call.events if isinstance(event, Dialling)]
    heard = [event.words for event in call.events if isinstance(event, AdviserHears)]
    assert rung == [first] and "They speak Welsh." in heard


@pytest.mark.parametrize(
    ("speak", "says"),
    [
        ("English, Welsh", "Welsh: second. Callers who choose Welsh are put through to them first"),
        ("English", "Welsh: nobody. Callers who choose Welsh hear that nobody here speaks it"),
    ],
)
def test_the_page_of_advisers_says_whom_callers_of_it_are_put_through_to(
    beside, tmp_path, speak, says
):
    root = with_speaker(beside, tmp_path, speak)
    with opened(demo(tmp_path, CONTENT_DIR=str(root))) as app:
        assert says in signed_in(app, "viewer").get("/office/advisers").text
