"""Rules about sound, on real recordings that were spoilt in one way; and a walk of the command."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr.content.checks import RULES, check, inspection
from ivr.speech import manifest
from tests.support import broken
from tests.support.commands import ivr

AUDIO = broken.ROOT / "audio"
WORDS = broken.shipped().line.words("en").topics["ways"].summary
RULES_OF_SOUND = {"R38", "R54", "R55", "R56", "R57"}


@cache
def prompts():
    """The shipped recordings of one sentence and of a few others, at both speeds."""
    others = [topic.summary for topic in broken.shipped().line.words("en").topics.values()]
    return [prompt for prompt in manifest.read(AUDIO) if prompt.words in others]


def found(folder: Path, spoil=None, speed="normal", **changes):
    """The must findings of sound where one recording of the sentence was spoilt."""
    made = [prompt for prompt in manifest.read(AUDIO) if prompt.pause]
    shutil.copytree(AUDIO / "pauses", folder / "pauses")
    (folder / "en").mkdir()
    for number, prompt in enumerate(prompts()):
        sound, rate = soundfile.read(AUDIO / prompt.path, dtype="float32")
        meant = prompt.words == WORDS and prompt.speed == speed
        if spoil and meant:
            sound, rate = spoil(sound, rate)
        soundfile.write(folder / "en" / f"{number}.wav", sound, rate)
        made.append(replace(prompt, file=f"{number}.wav", **(changes if meant else {})))
    manifest.write(folder, made)
    heard = inspection.evidence(broken.shipped(), folder)
    findings = {each for name in RULES_OF_SOUND for each in RULES[name].check(heard)}
    return sorted(each for each in findings if each.level == "must")


def loud(sound, rate):
    return np.clip(sound * 4, -1, 1), rate


def quiet(sound, rate):
    return sound * 0.4, rate


def hiss(level):
    def noisy(sound, rate):
        noise = np.random.default_rng(1).normal(0, level, len(sound)).astype("float32")
        return np.clip(sound + noise, -1, 1), rate

    return noisy


def muffled(sound, rate):
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(len(sound), 1 / rate) > 1_500] = 0
    return np.fft.irfft(spectrum, len(sound)).astype("float32") * 1.1, rate


def fast(sound, rate):
    return sound, int(rate * 1.4)


SPOILT = {
    "R54: a loud clip": ("R54", loud, "normal"),
    "R54: a quiet clip": ("R54", quiet, "slow"),
    "R55: hiss in the pauses": ("R55", hiss(0.01), "normal"),
    "R55: hiss so loud that there are no pauses": ("R55", hiss(0.03), "normal"),
    "R55: a muffled clip": ("R55", muffled, "normal"),
    "R56: too fast": ("R56", fast, "normal"),
    "R56: a slow one that is not slow": ("R56", fast, "slow"),
}


def test_nothing_fires_on_the_sentence_as_it_ships(tmp_path):
    assert found(tmp_path / "audio") == []


@pytest.mark.parametrize(("rule", "spoil", "speed"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_recording_is_found_by_its_rule(rule, spoil, speed, tmp_path):
    findings = found(tmp_path / "audio", spoil, speed)
    assert {finding.rule for finding in findings} == {rule}, findings
    (line,) = {finding.line for finding in findings}
    assert findings[0].file == "en/topics/ways.yaml"
    assert line == broken.line_of(broken.ROOT / "prompts", "en/topics/ways.yaml", "summary:")
    assert f"({speed})" in findings[0].what


def test_a_missing_slow_recording_is_found(tmp_path):
    audio = tmp_path / "audio"
    found(audio)
    manifest.write(audio, [prompt for prompt in manifest.read(audio) if prompt.speed == "normal"])
    findings = check(inspection.evidence(broken.shipped(), audio))
    musts = [each for each in findings if each.level == "must"]
    assert {each.rule for each in musts} == {"R38"}
    assert "en/topics/ways.yaml" in {each.file for each in musts}
    assert all("make record" in each.do for each in musts)


def test_another_voice_in_the_middle_of_a_call_is_found(tmp_path):
    (finding,) = found(tmp_path / "audio", voice="someone")
    assert finding.rule == "R57" and "someone" in finding.what


def test_a_sentence_without_a_recording_is_named_and_fails_nothing(tmp_path):
    findings = check(inspection.evidence(broken.shipped(), tmp_path))
    unrecorded = [each for each in findings if each.rule == "CLIPS"]
    assert len(unrecorded) == len(broken.shipped().line.units("en"))
    assert {each.level for each in unrecorded} == {"should"}


# --- the command -----------------------------------------------------------------------------


def run(*words: str):
    return ivr("check", *words)


def test_the_command_passes_on_the_shipped_line_and_says_how_much_it_looked_at():
    result = run()
    assert result.exit_code == 0, result.output
    line = broken.shipped().line
    assert f"{len(line.facts)} facts" in result.output
    assert f"{len(line.units('en'))} recorded" in result.output


def test_the_command_names_file_line_and_remedy_and_fails(tmp_path):
    content = broken.changed(tmp_path, "en/topics/complaint.yaml", "summary: Talk", "summary: Dial")
    result = run("--content", str(content))
    assert result.exit_code == 1
    assert "R13   en/topics/complaint.yaml, line" in result.output
    assert "Say press" in result.output and "ivr check --explain R13" in result.output


def test_the_command_speaks_to_programs(tmp_path):
    six = "3: choose, 4: service, 5: others, 6: deadline}"
    content = broken.changed(tmp_path, "flow.yaml", "3: choose}", six)
    result = run("--content", str(content), "--json")
    (finding,) = (each for each in json.loads(result.output) if each["rule"] != "CLIPS")
    assert result.exit_code == 1
    assert (finding["rule"], finding["file"], finding["level"]) == ("R01", "flow.yaml", "must")
    assert finding["line"] == broken.line_of(content, "flow.yaml", "main: {1")


def test_the_command_says_what_is_wrong_with_a_folder_that_holds_nothing(tmp_path):
    result = run("--content", str(tmp_path))
    assert result.exit_code == 1 and "line.yaml" in result.output


@pytest.mark.parametrize(
    ("rule", "shown"), [("r24", "ivr check"), ("R16", "ivr callers"), ("R31", "make test")]
)
def test_a_rule_is_explained_with_its_source_and_examples(rule, shown):
    result = run("--explain", rule)
    assert result.exit_code == 0
    for word in (rule.upper(), "Source:", "Right:", "Wrong:", shown):
        assert word in result.output


def test_a_rule_that_is_not_there_is_met_with_those_that_are():
    result = run("--explain", "R99")
    assert result.exit_code == 1 and "R01" in result.output


def test_the_score_card_is_a_page_with_every_sentence_and_a_player(tmp_path):
    page = tmp_path / "card" / "page.html"
    result = run("--html", str(page))
    assert result.exit_code == 0, result.output
    html, facts = page.read_text(), len(broken.shipped().line.facts)
    assert '<html lang="en-GB">' in html and "Every rule that can be checked holds" in html
    assert html.count("<audio ") > 150 and f"{facts} of {facts}" in html
    first = html.split('src="')[1].split('"')[0]
    assert (page.parent / first).resolve().is_file()


def test_the_score_card_shows_what_is_broken(tmp_path):
    content = broken.changed(tmp_path, "en/topics/complaint.yaml", "summary: Talk", "summary: Dial")
    page = tmp_path / "page.html"
    assert run("--content", str(content), "--html", str(page)).exit_code == 1
    html = page.read_text()
    assert "1 rule broken" in html and "says “dial”" in html
