"""What recordings measure is kept, stays true, and is never taken for another recording's."""

from __future__ import annotations

import shutil
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from ivr.speech import manifest, measurements
from ivr.speech.figures import Measured
from ivr.speech.survey import keep, survey
from tests.support.paths import ROOT

AUDIO = ROOT / "audio"
PROMPTS = [prompt for prompt in manifest.read(AUDIO) if not prompt.pause]
TWO = PROMPTS[:2]


def copied(folder: Path) -> Path:
    """Two of the shipped recordings, with what they measure kept beside them."""
    (folder / "en").mkdir()
    for prompt in TWO:
        shutil.copy(AUDIO / prompt.path, folder / prompt.path)
    keep(folder, TWO)
    return folder


def figures(sums: Measured) -> list[float]:
    """Every figure of a recording, to hold against those of another processor."""
    row = asdict(sums)
    gaps = row.pop("gaps")
    return [*row.values(), *(second for gap in gaps for second in gap)]


def test_what_ships_is_kept_and_is_what_measuring_anew_gives(tmp_path):
    kept = measurements.read(AUDIO)
    assert set(kept) == {prompt.file for prompt in PROMPTS}, "run make record"
    sample = PROMPTS[::7]
    for prompt in sample:
        (tmp_path / prompt.folder).mkdir(exist_ok=True)
        shutil.copy(AUDIO / prompt.path, tmp_path / prompt.path)
    anew = survey(tmp_path, sample)
    assert len(anew) == len(sample)
    for file, sums in anew.items():
        # Two processors add in another order. A block of sound at the very edge of what counts as
        # speech then counts on one only, which moves the level by a ten-thousandth of a decibel.
        assert figures(sums) == pytest.approx(figures(kept[file]), abs=0.001)


def test_a_recording_put_in_anothers_place_is_measured_itself(tmp_path):
    folder = copied(tmp_path)
    shutil.copy(folder / TWO[1].path, folder / TWO[0].path)
    found = survey(folder, TWO)
    assert found[TWO[0].file] == found[TWO[1].file]


def test_what_was_measured_in_another_way_is_measured_anew(tmp_path):
    folder = copied(tmp_path)
    kept = measurements.read(folder)
    wrong = {file: replace(sums, level=0.0) for file, sums in kept.items()}
    measurements.write(folder, wrong)
    assert survey(folder, TWO)[TWO[0].file].level == 0.0
    path = folder / measurements.NAME
    path.write_text(path.read_text().replace('"how": "', '"how": "x'))
    assert survey(folder, TWO) == kept


def test_a_damaged_file_only_costs_time(tmp_path):
    folder = copied(tmp_path)
    kept = measurements.read(folder)
    (folder / measurements.NAME).write_text("{")
    assert survey(folder, TWO) == kept


def test_a_recording_that_is_gone_is_left_out(tmp_path):
    folder = copied(tmp_path)
    (folder / TWO[0].path).unlink()
    assert set(survey(folder, TWO)) == {TWO[1].file}
