"""Recordings: which prompt speaks which words, and what is kept of them."""

from __future__ import annotations

import hashlib
import shutil

import numpy as np
import pytest
import soundfile

from ivr.content import load
from ivr.line.call import Pause
from ivr.recording.record import Maker, missing, press_at, sentence_takes
from ivr.recording.sentences import cut, sentences
from ivr.recording.voices import kokoro_speed
from ivr.speech import manifest
from ivr.speech.figures import count_words, words_a_minute
from ivr.speech.frames import FRAME
from ivr.speech.library import Library, PromptAudio, prompt_key
from ivr.speech.measure import measured
from ivr.speech.survey import survey
from tests.support.paths import ROOT

AUDIO = ROOT / "audio"
PROMPTS = manifest.read(AUDIO)


def prompt(words="Hello.", voice="test", speed="normal", file="a.mp3", pause=0):
    return PromptAudio("en", voice, speed, words, file, "en", 1.0, pause)


def test_a_key_is_made_of_language_voice_speed_and_words():
    keys = {
        prompt_key("en", "a", "normal", "Hello."),
        prompt_key("ro", "a", "normal", "Hello."),
        prompt_key("en", "b", "normal", "Hello."),
        prompt_key("en", "a", "slow", "Hello."),
        prompt_key("en", "a", "normal", "Hello"),
    }
    assert len(keys) == 5
    assert prompt_key("en", "a", "normal", "Hello.") in keys


def test_a_persons_recording_is_preferred():
    library = Library([prompt(voice="human", file="h.mp3"), prompt(file="a.mp3")])
    assert library.find("en", "normal", "Hello.").file == "h.mp3"
    assert library.has("en", "bf_emma", "normal", "Hello.")


def test_without_a_slow_recording_the_normal_one_is_played():
    assert Library([prompt()]).find("en", "slow", "Hello.").file == "a.mp3"


def test_a_missing_recording_is_none():
    library = Library([prompt(words="", file="p.mp3", pause=500)])
    assert library.find("en", "normal", "Hello.") is None
    assert library.pause(500).file == "p.mp3" and library.pause(400) is None
    assert library.by_file("../secret") is None


def test_the_manifest_survives_and_a_file_that_is_gone_is_left_out(tmp_path):
    kept, gone = prompt(file="a.mp3"), prompt(words="Gone.", file="b.mp3")
    manifest.write(tmp_path, [kept, gone])
    assert manifest.read(tmp_path) == sorted([kept, gone])
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "a.mp3").write_bytes(b"sound")
    assert manifest.read_library(tmp_path).prompts == (kept,)


@pytest.mark.parametrize("text", ["", "{", '{"clips": [{}]}', '{"other": 1}'])
def test_a_damaged_manifest_is_named(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(manifest.ManifestError, match=r"manifest\.json"):
        manifest.read(tmp_path)


def test_only_what_is_missing_or_changed_is_recorded():
    maker = Maker("test", "en", AUDIO, {})
    library = Library([prompt(), prompt(speed="slow"), prompt(words="Half.")])
    assert missing(library, maker, ["Hello.", "Half.", "New."]) == ["Half.", "New."]
    other = Maker("other", "en", AUDIO, {})
    assert missing(library, other, ["Hello."]) == ["Hello."]


def test_what_holds_a_word_that_is_said_anew_is_recorded_again():
    maker = Maker("test", "en", AUDIO, {})
    library = Library(
        [prompt(words, speed=speed) for words in ("To go.", "On.") for speed in RATES]
    )
    assert missing(library, maker, ["To go.", "On."], again="go") == ["To go."]


@pytest.mark.parametrize(
    ("words", "speed"),
    [
        pytest.param("zero,", 1.15, id="a digit"),
        pytest.param("the first", 1.15, id="a day"),
        pytest.param("To go back, press star.", 1.0, id="a short choice"),
        pytest.param("Key 2 is not used here.", 1.0, id="a short sentence"),
        pytest.param("Have you talked to the school about your worries?", 0.85, id="a long one"),
    ],
)
def test_few_words_are_spoken_fast_so_that_nothing_false_is_heard_beside_them(words, speed):
    assert kokoro_speed(words) == speed


def test_a_choice_is_one_sentence_and_press_has_its_place_in_it():
    assert sentences("Stop. To go on, press one. Now!") == ["Stop.", "To go on, press one.", "Now!"]
    assert sentences("Șase luni. Șapte zile.") == ["Șase luni.", "Șapte zile."]
    assert sentences("নাম বলুন। তারপর অপেক্ষা করুন।") == ["নাম বলুন।", "তারপর অপেক্ষা করুন।"]
    assert press_at("To go on, press one.", "press") == pytest.approx(3 / 5)
    assert press_at("Hello.", "press") == 0
    assert press_at("Pentru a continua, apăsați 1.", "apăsați") == pytest.approx(3 / 5)
    assert sentences("Șase luni. Șapte zile.") == ["Șase luni.", "Șapte zile."]
    assert sentences("নাম বলুন। তারপর অপেক্ষা করুন।") == ["নাম বলুন।", "তারপর অপেক্ষা করুন।"]
    assert press_at("To go on, press one.", "") == 0


def breath(*lengths: float):
    """A take: speech and quiet in turns, so many seconds each."""
    tone = np.sin(np.linspace(0, 2000 * np.pi, 24_000)).astype(np.float32)
    quiet = np.zeros(24_000, dtype=np.float32)
    parts = [(quiet if at % 2 else tone)[: int(each * 24_000)] for at, each in enumerate(lengths)]
    return np.concatenate(parts)


@pytest.mark.parametrize(
    ("take", "lengths"),
    [
        pytest.param(breath(0.5, 0.4, 0.5), [0.7, 0.7], id="two sentences"),
        pytest.param(breath(0.5, 0.1, 0.5, 0.5, 1), [1.35, 1.25], id="a comma is not cut"),
        pytest.param(breath(1, 0.5, 0.5, 0.1, 0.5), [1.25, 1.35], id="nor one after the stop"),
    ],
)
def test_a_take_is_cut_at_its_full_stops(take, lengths):
    pieces = cut(take, 24_000, ["A word or two.", "A word or two."])
    assert [len(piece) / 24_000 for piece in pieces] == pytest.approx(lengths, abs=0.02)


@pytest.mark.parametrize(
    "take",
    [
        pytest.param(breath(1), id="no pause at all"),
        pytest.param(breath(0.1, 0.5, 1), id="a pause where no full stop can be"),
    ],
)
def test_a_take_that_cannot_be_cut_is_not(take):
    assert cut(take, 24_000, ["A word or two.", "A word or two."]) is None


class Breathless:
    """A voice that makes a pause at a full stop, but never after "Oh"."""

    def __init__(self):
        self.asked = []

    def take(self, words):
        self.asked.append(words)
        spoken = words.replace("Oh. ", "Oh ").split(". ")
        return breath(*[each for words in spoken for each in (0.05 * len(words), 0.4)][:-1])


def test_a_part_is_spoken_in_one_breath_and_halved_where_a_full_stop_is_not_heard():
    voice = Breathless()
    assert len(sentence_takes(voice, ["We listen.", "You choose.", "It is free."])) == 3
    assert voice.asked == ["We listen. You choose. It is free."]
    voice = Breathless()
    said = ["Oh.", "That is sad.", "We listen.", "You choose."]
    assert len(sentence_takes(voice, said)) == 4
    assert voice.asked[1:] == ["Oh. That is sad.", "Oh.", "That is sad.", "We listen. You choose."]


def test_new_recordings_are_taken_up_and_a_damaged_manifest_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(manifest, "LOOK_EVERY", 0)
    manifest.write(tmp_path, [prompt()])
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "a.mp3").write_bytes(b"sound")
    recordings = manifest.PromptAudios(tmp_path)
    manifest.write(tmp_path, [prompt(), prompt(words="New.")])
    assert recordings.library().find("en", "normal", "New.")
    (tmp_path / "manifest.json").write_text("{")
    assert recordings.library().find("en", "normal", "New.")


# --- the shipped recordings ------------------------------------------------------------------


def test_every_recording_is_named_by_its_bytes_and_none_is_left_over():
    files = {path.relative_to(AUDIO).as_posix() for path in AUDIO.glob("*/*.mp3")}
    assert files == {prompt.path for prompt in PROMPTS}
    for prompt in PROMPTS:
        sound = (AUDIO / prompt.path).read_bytes()
        assert prompt.file == hashlib.sha256(sound).hexdigest()[:16] + ".mp3"
        assert len(sound) < 1_000_000


def test_the_recordings_are_small_enough_for_the_repository():
    assert sum((AUDIO / prompt.path).stat().st_size for prompt in PROMPTS) < 40_000_000


SPOKEN = [prompt for prompt in PROMPTS if count_words(prompt.words) > 3]
RATES = {"normal": (130, 150), "slow": (110, 120)}


@pytest.fixture(scope="module")
def measures():
    """What every shipped recording measures."""
    return survey(AUDIO, PROMPTS)


@pytest.mark.parametrize("speed", RATES)
def test_every_recording_is_at_the_right_rate(measures, speed):
    """130-150 words a minute, slower 110-120 (R56)."""
    low, high = RATES[speed]
    rates = {
        prompt.words: words_a_minute(prompt.words, measures[prompt.file].span)
        for prompt in SPOKEN
        if prompt.speed == speed
    }
    assert {words: rate for words, rate in rates.items() if not low <= rate <= high} == {}


def test_every_recording_is_level_clean_and_still_between_its_words(measures):
    """-22 dBov within 2 dB, peaks of -3 dBFS (R54); background 20 dB down (R55)."""
    for prompt in (prompt for prompt in PROMPTS if prompt.words):
        sums = measures[prompt.file]
        assert abs(sums.level + 22) <= 2, prompt.words
        assert sums.peak <= -3 and sums.clipped == 0, prompt.words
        assert sums.background >= 20, prompt.words
        assert sums.lead <= 0.25 and sums.tail <= 0.25, prompt.words


def test_all_recordings_are_equally_loud_on_the_telephone(measures):
    levels = [measures[prompt.file].phone_level for prompt in PROMPTS if prompt.words]
    assert max(levels) - min(levels) <= 4


def test_there_is_a_pause_before_press(measures):
    """300 ms (R40), but for the two frames that may hold a sound at its ends."""
    for prompt in (prompt for prompt in SPOKEN if ", press " in prompt.words):
        gaps = [length for _, length in measures[prompt.file].gaps]
        assert max(gaps, default=0) > 0.3 - 2.5 * FRAME, prompt.words


def read_back(speed: str, number: str):
    """The sound of a phone number as a caller hears it, and its rate."""
    library, words = manifest.read_library(AUDIO), load(ROOT / "prompts").words("en")
    prompts = [
        library.pause(unit.ms) if isinstance(unit, Pause) else library.find("en", speed, unit)
        for unit in words.phone(number)
    ]
    sounds = [soundfile.read(AUDIO / prompt.path, dtype="float32")[0] for prompt in prompts]
    return measured(np.concatenate(sounds), 16_000)


def test_a_phone_number_is_read_back_slowly_in_groups_of_5_3_3():
    """At most 120 words a minute, slower still in the slow mode, 500 ms between groups (R43)."""
    normal, slow = (read_back(speed, "+447700900123") for speed in RATES)
    assert 60 * 11 / normal.span <= 120
    assert slow.span > 1.1 * normal.span
    between = [length for _, length in normal.gaps if length >= 0.5]
    assert len(between) == 2


# --- recordings over the web -----------------------------------------------------------------


def test_a_recording_is_served_for_a_year_with_its_type_and_etag(telephone):
    prompt = SPOKEN[0]
    response = telephone.client.get(f"/audio/{prompt.file}")
    assert response.status_code == 200 and response.mimetype == "audio/mpeg"
    assert response.data == (AUDIO / prompt.path).read_bytes()
    assert "max-age=31536000" in response.headers["Cache-Control"]
    assert "immutable" in response.headers["Cache-Control"]
    etag = response.headers["ETag"]
    again = telephone.client.get(f"/audio/{prompt.file}", headers={"If-None-Match": etag})
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
    greeting = next(prompt for prompt in PROMPTS if prompt.words.startswith("Special needs advice"))
    (audio / greeting.path).unlink()
    library = manifest.read_library(audio)
    assert library.find("en", "normal", greeting.words) is None
    assert library.find("en", "normal", "For a person, press 0.")
