"""Recordings: which clip speaks which words, and what is kept of them."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr.speech import manifest, measure
from ivr.speech.library import Clip, Library, clip_key
from ivr.speech.record import Maker, missing, pieces, press_at

AUDIO = Path(__file__).resolve().parent.parent / "audio"
CLIPS = manifest.read(AUDIO)


def clip(words="Hello.", voice="test", speed="normal", file="a.mp3", pause=0):
    return Clip("en", voice, speed, words, file, "en", 1.0, pause)


def test_a_key_is_made_of_language_voice_speed_and_words():
    keys = {
        clip_key("en", "a", "normal", "Hello."),
        clip_key("ro", "a", "normal", "Hello."),
        clip_key("en", "b", "normal", "Hello."),
        clip_key("en", "a", "slow", "Hello."),
        clip_key("en", "a", "normal", "Hello"),
    }
    assert len(keys) == 5
    assert clip_key("en", "a", "normal", "Hello.") in keys


def test_a_persons_recording_is_preferred():
    library = Library([clip(voice="human", file="h.mp3"), clip(file="a.mp3")])
    assert library.find("en", "normal", "Hello.").file == "h.mp3"
    assert library.has("en", "bf_emma", "normal", "Hello.")


def test_without_a_slow_recording_the_normal_one_is_played():
    assert Library([clip()]).find("en", "slow", "Hello.").file == "a.mp3"


def test_a_missing_recording_is_none():
    library = Library([clip(words="", file="p.mp3", pause=500)])
    assert library.find("en", "normal", "Hello.") is None
    assert library.pause(500).file == "p.mp3" and library.pause(400) is None
    assert library.by_file("../secret") is None


def test_the_manifest_survives_and_a_file_that_is_gone_is_left_out(tmp_path):
    kept, gone = clip(file="a.mp3"), clip(words="Gone.", file="b.mp3")
    manifest.write(tmp_path, [kept, gone])
    assert manifest.read(tmp_path) == sorted([kept, gone])
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "a.mp3").write_bytes(b"sound")
    assert manifest.read_library(tmp_path).clips == (kept,)


@pytest.mark.parametrize("text", ["", "{", '{"clips": [{}]}', '{"other": 1}'])
def test_a_damaged_manifest_is_named(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(manifest.ManifestError, match=r"manifest\.json"):
        manifest.read(tmp_path)


def test_only_what_is_missing_or_changed_is_recorded():
    maker = Maker("test", "en", AUDIO, {})
    library = Library([clip(), clip(speed="slow"), clip(words="Half.")])
    assert missing(library, maker, ["Hello.", "Half.", "New."]) == ["Half.", "New."]
    other = Maker("other", "en", AUDIO, {})
    assert missing(library, other, ["Hello."]) == ["Hello."]


def test_words_are_spoken_a_sentence_at_a_time_and_a_choice_whole():
    assert pieces("Stop. To go on, press one. Now!") == ["Stop.", "To go on, press one.", "Now!"]
    assert press_at("To go on, press one.") == pytest.approx(3 / 5)
    assert press_at("Hello.") == 0


def test_new_recordings_are_taken_up_and_a_damaged_manifest_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(manifest, "LOOK_EVERY", 0)
    manifest.write(tmp_path, [clip()])
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "a.mp3").write_bytes(b"sound")
    recordings = manifest.Recordings(tmp_path)
    manifest.write(tmp_path, [clip(), clip(words="New.")])
    assert recordings.library().find("en", "normal", "New.")
    (tmp_path / "manifest.json").write_text("{")
    assert recordings.library().find("en", "normal", "New.")


# --- the shipped recordings ------------------------------------------------------------------


def test_every_recording_is_named_by_its_bytes_and_none_is_left_over():
    files = {path.relative_to(AUDIO).as_posix() for path in AUDIO.glob("*/*.mp3")}
    assert files == {clip.path for clip in CLIPS}
    for clip in CLIPS:
        sound = (AUDIO / clip.path).read_bytes()
        assert clip.file == hashlib.sha256(sound).hexdigest()[:16] + ".mp3"
        assert len(sound) < 1_000_000


def test_the_recordings_are_small_enough_for_the_repository():
    assert sum((AUDIO / clip.path).stat().st_size for clip in CLIPS) < 40_000_000


SPOKEN = [clip for clip in CLIPS if len(clip.words.split()) > 8]
RATES = {"normal": (128, 152), "slow": (108, 125)}


@pytest.mark.parametrize("speed", RATES)
def test_the_voice_is_level_and_at_the_right_rate(speed):
    """-22 dBov within 2 dB (R54), 130-150 words a minute, slower 110-120 (R56)."""
    low, high = RATES[speed]
    rates = []
    for clip in (clip for clip in SPOKEN if clip.speed == speed):
        sound, rate = soundfile.read(AUDIO / clip.path, dtype="float32")
        assert abs(measure.level(sound, rate) + 22) <= 2, clip.words
        assert np.abs(sound).max() <= 0.99, clip.words
        rates.append(measure.words_a_minute(clip.words, sound, rate))
    assert low <= min(rates) and max(rates) <= high
    assert low + 2 <= sum(rates) / len(rates) <= high - 2


@pytest.mark.parametrize(("amplitude", "dbov"), [(0.5, -9.03), (0.1, -23.01)])
def test_the_level_of_a_tone_is_its_rms(amplitude, dbov):
    tone = (amplitude * np.sin(np.linspace(0, 2000 * np.pi, 16_000))).astype(np.float32)
    assert measure.level(tone, 16_000) == pytest.approx(dbov, abs=0.1)


def test_silence_around_words_does_not_count():
    tone = np.sin(np.linspace(0, 2000 * np.pi, 16_000)).astype(np.float32)
    quiet = np.zeros(8_000, dtype=np.float32)
    sound = np.concatenate([quiet, tone, quiet])
    assert measure.span(sound, 16_000) == pytest.approx(1.0, abs=0.05)
    assert measure.words_a_minute("one two", sound, 16_000) == pytest.approx(120, rel=0.05)
    assert measure.level(quiet, 16_000) == float("-inf")


# --- recordings over the web -----------------------------------------------------------------


def test_a_recording_is_served_for_a_year_with_its_type_and_etag(telephone):
    clip = SPOKEN[0]
    response = telephone.client.get(f"/audio/{clip.file}")
    assert response.status_code == 200 and response.mimetype == "audio/mpeg"
    assert response.data == (AUDIO / clip.path).read_bytes()
    assert "max-age=31536000" in response.headers["Cache-Control"]
    assert "immutable" in response.headers["Cache-Control"]
    etag = response.headers["ETag"]
    again = telephone.client.get(f"/audio/{clip.file}", headers={"If-None-Match": etag})
    assert again.status_code == 304 and again.data == b""


@pytest.mark.parametrize(
    "name",
    [
        "nothing.mp3",
        "../manifest.json",
        "%2e%2e/manifest.json",
        "/etc/passwd",
        "manifest.json",
        "a%00.mp3",
    ],
)
def test_nothing_outside_the_manifest_is_served(telephone, name):
    assert telephone.client.get(f"/audio/{name}").status_code in (404, 308)


def test_a_recording_missing_from_disk_becomes_a_say(tmp_path, settings):
    audio = tmp_path / "audio"
    shutil.copytree(AUDIO, audio, ignore=shutil.ignore_patterns("voices"))
    greeting = next(clip for clip in CLIPS if clip.words.startswith("Special needs advice"))
    (audio / greeting.path).unlink()
    library = manifest.read_library(audio)
    assert library.find("en", "normal", greeting.words) is None
    assert library.find("en", "normal", "For a person, press 0.")
