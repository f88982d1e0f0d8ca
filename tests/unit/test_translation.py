"""A further language: what is missing, unsigned or older is said in English, and never refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from ruamel.yaml import YAML

from ivr.app import create_app
from ivr.config import read as settings_of
from ivr.content import ContentError, load, read
from ivr.content.checks import check
from ivr.content.checks.inspection import evidence
from ivr.content.content_store import ContentStore
from ivr.health.doctor.inside import edition
from ivr.line.call import Call, InLanguage, Note
from ivr.line.statistics import CountKey, Noted, counted
from ivr.simulator.simulated_calls.rig import here
from ivr.simulator.simulated_calls.run import run
from tests.support import scrambled
from tests.support.lines import OPEN, follow, keys, words_of
from tests.support.paths import ROOT

HONEST = "Siht trap si ylno ni Hsilgne."
MEDIATION = "cy/topics/mediation.yaml"
SUMMARY = "It is a free, private meeting to try to agree with the council."


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    return scrambled.beside(tmp_path_factory.mktemp("whole") / "prompts")


@pytest.fixture
def root(whole, tmp_path) -> Path:
    """English, and a second language with every sentence signed."""
    return Path(shutil.copytree(whole, tmp_path / "prompts"))


def change(root: Path, file: str, at: str, words: object) -> None:
    """Write other words at a place of a file, or take what stands there out."""
    yaml = YAML()
    tree = node = yaml.load(root / file)
    *way, last = (int(step) if step.isdigit() else step for step in at.split("."))
    for step in way:
        node = node[step]
    if words is None:
        del node[last]
    else:
        node[last] = words
    yaml.dump(tree, root / file)


def found(root: Path) -> list[tuple[str, str, str]]:
    """What check says of languages: file, level and words."""
    findings = (each for each in check(evidence(read(root))) if each.rule == "LANG")
    return [(each.file, each.level, each.what) for each in findings]


def hears(root: Path, *pressed: str):
    """The last turn for who has chosen the second language, and then presses these keys."""
    return follow(*keys(*pressed), call=Call(lang="cy", at="main"), facts=OPEN, line=load(root))


def test_a_language_with_every_sentence_signed_is_said_and_nothing_is_found(root):
    assert load(root).languages == ("en", "cy") and found(root) == []


def test_a_missing_sentence_is_heard_in_english_after_one_honest_sentence_and_noted(root):
    change(root, MEDIATION, "summary", None)
    turn = hears(root, "3", "3")
    said = [each for each in turn.say if isinstance(each, InLanguage)]
    assert [each.lang for each in said] == ["en"] and said[0].words.startswith(SUMMARY)
    words = words_of(turn)
    assert words.count(HONEST) == 1 and words.index(HONEST) < words.index(SUMMARY)
    assert Note("untranslated", "mediation", "cy") in turn.notes
    assert found(root) == [(MEDIATION, "should", "not translated: summary")]


def test_what_english_callers_hear_stays_as_it_was(root):
    change(root, MEDIATION, "summary", None)
    turn = follow(*keys("3", "3"), call=Call(lang="en", at="main"), facts=OPEN, line=load(root))
    assert not any(isinstance(each, InLanguage) for each in turn.say) and HONEST not in words_of(
        turn
    )


def test_a_translation_is_stale_once_the_english_has_changed(root):
    change(
        root, "en/topics/mediation.yaml", "summary", "Mediation is free. Ring within two months."
    )
    turn = hears(root, "3", "3")
    assert InLanguage("en", "Mediation is free. Ring within two months.") in turn.say
    assert found(root) == [(MEDIATION, "should", "older than the first language: summary")]


def test_one_that_was_changed_after_it_was_signed_is_a_draft_and_check_refuses_it(root):
    change(root, MEDIATION, "summary", "Ti si a yaw.")
    assert InLanguage("en", hears_summary(root)) in hears(root, "3", "3").say
    ((file, level, what),) = found(root)
    assert (file, level) == (MEDIATION, "must") and "summary (it was changed after" in what


def hears_summary(root: Path) -> str:
    return load(root).words("en").topics["mediation"].summary


def test_a_label_that_is_missing_makes_the_whole_choice_english_and_never_half_of_it(root):
    change(root, "cy/topics/complaint.yaml", "label", None)
    said = hears(root, "#").say
    assert InLanguage("en", "To make a complaint, press 2.") in said
    assert not any("make a complaint" in each for each in said if isinstance(each, str))
    assert "Ot ksa tuoba loohcs ro a nalp, sserp 1." in said


def test_the_name_of_a_topic_that_is_missing_makes_title_and_way_on_english(root):
    change(root, MEDIATION, "name", None)
    assert InLanguage("en", "Mediation.") in hears(root, "3", "3").say
    line = load(root)
    assert (
        line.words("cy").choice(
            line.words("cy").say("go_on_to", name=line.words("cy").node("mediation").name), "1"
        )
        == "To go on to mediation, press 1."
    )


@pytest.mark.parametrize(
    ("file", "at"),
    [("cy/pieces.yaml", "months.3"), ("cy/says.yaml", "choice"), ("cy/says.yaml", "untranslated")],
)
def test_without_what_it_cannot_do_without_a_language_is_off_and_the_line_goes_on(root, file, at):
    change(root, file, at, None if at != "months.3" else "")
    line = load(root)
    assert line.languages == ("en",) and line.language_keys == {}
    off = [each for each in found(root) if each[0] == "line.yaml"]
    assert off and off[0][1] == "should" and "“cy” is off" in off[0][2]


def test_a_language_that_nobody_has_signed_is_off_and_check_refuses_it_in_words(root):
    (root / "cy" / "signed.yaml").unlink()
    assert load(root).languages == ("en",)
    drafts = {file: what for file, level, what in found(root) if level == "must"}
    assert "label (nobody has signed it)" in drafts[MEDIATION]
    assert "nobody has signed a sentence" in drafts["cy/signed.yaml"]


def test_a_language_that_is_off_is_logged_and_named_by_the_doctor(root, caplog):
    change(root, "cy/says.yaml", "choice", None)
    line = ContentStore(root).line("")
    assert "languages that callers are not offered (ivr language status): cy" in caplog.text
    (diagnosis,) = edition(SimpleNamespace(line=line))
    assert "Callers are not offered cy" in diagnosis.says


def test_a_language_without_any_file_is_off_and_check_refuses_it_in_words(root):
    shutil.rmtree(root / "cy")
    assert load(root).languages == ("en",)
    assert (
        "cy/signed.yaml",
        "must",
        "not signed: the file (nobody has signed a sentence)",
    ) in found(root)


def test_a_time_limit_that_only_one_person_has_read_is_not_said(root):
    yaml = YAML()
    signed = yaml.load(root / "cy/signed.yaml")
    signed[0]["second_reader"] = ""
    yaml.dump(signed, root / "cy/signed.yaml")
    assert load(root).languages == ("en",)
    assert any("a second reader must sign it" in what for _, _, what in found(root))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("Sserp {rebmun}.", "it must hold"),
        ("Sserp {key_name", "stands alone"),
        ("Yek <b>{key_name}</b> si ton.", "markup"),
        ("Yek &amp; {key_name}.", "markup"),
        ("Yek {key_name}\u202e.", "cannot be seen"),
        ("[slow: Yek {key_name}]", "sound marks"),
        ("a" * 2001 + " {key_name}", "2012 letters, at most 2000"),
    ],
)
def test_a_translation_that_does_not_fit_is_named_and_not_said(root, words, says):
    change(root, "cy/says.yaml", "not_used", words)
    (named,) = [each for each in found(root) if each[0] == "cy/says.yaml"]
    assert named[1] == "should" and says in named[2]


def test_a_file_that_cannot_be_read_leaves_the_rest_as_it_is(root):
    (root / MEDIATION).write_text("label: [\n")
    assert load(root).languages == ("en", "cy")
    assert InLanguage("en", "Mediation.") in hears(root, "3", "3").say
    assert any("the file (line 2" in what for _, _, what in found(root)), found(root)


def test_a_sentence_of_a_name_that_english_does_not_have_is_named(root):
    change(root, "cy/says.yaml", "old_phrase", "Dlo.")
    assert found(root) == [("cy/says.yaml", "should", "not in the first language: old_phrase")]


def test_what_is_borrowed_is_recorded_once_in_english(root):
    change(root, MEDIATION, "summary", None)
    line = load(root)
    assert not any("free, private" in unit for unit in line.units("cy"))
    assert any("free, private" in unit for unit in line.units("en"))
    assert HONEST in line.units("cy")


def test_the_text_about_a_topic_is_that_of_the_first_language_where_it_is_missing(root):
    change(root, MEDIATION, "text", None)
    assert (
        load(root).words("cy").topics["mediation"].text.startswith("Advice line, about your call")
    )


def test_callers_of_the_language_hear_each_topic_to_its_end_with_sentences_missing(root):
    for at in ("summary", "parts.0.says", "name", "label"):
        change(root, MEDIATION, at, "")
    with here(settings_of({"CONTENT_DIR": str(root)}), create_app) as rig:
        outcomes = [make() for make in run(rig, ["other-language-cy"])]
    assert len(outcomes) == len(rig.line.topics)
    assert [(each.replay, each.faults) for each in outcomes if each.faults] == []


def test_a_call_that_heard_english_instead_is_counted_by_its_language(root):
    change(root, MEDIATION, "summary", None)
    notes = hears(root, "3", "3").notes
    at_this = counted(
        (Noted(each.event, each.node, each.detail) for each in notes),
        10,
        texted=False,
        family=lambda node: node,
    )
    assert CountKey("untranslated", "cy") in at_this


def test_a_full_language_without_a_voice_of_twilios_is_refused_in_words(root):
    change(root, "line.yaml", "languages.cy.say", None)
    with pytest.raises(
        ContentError, match="Where Twilio has none for a language, it can be a doorway"
    ):
        load(root)


DRAFTS = ("ro", "bn", "ur", "lt", "pl", "pt", "sq", "bg", "pa", "so")


@pytest.mark.parametrize("lang", DRAFTS)
def test_a_shipped_draft_fits_and_switching_it_on_is_refused_in_words(tmp_path, lang):
    root = Path(shutil.copytree(ROOT / "prompts", tmp_path / "prompts"))
    written = (root / lang / "says.yaml").read_text()
    assert "Nobody has checked this." in written.split("\n")[0]
    change(root, "line.yaml", f"languages.{lang}", {"recorded": "gtts", "say": "x", "tag": lang})
    assert load(root).languages == ("en",)
    said = found(root)
    refused = {
        what for file, level, what in said if file == f"{lang}/says.yaml" and level == "must"
    }
    assert len(refused) == 1 and "nobody has signed it" in refused.pop()
    assert not any(what.startswith(("not fit", "not in the")) for _, _, what in said)
