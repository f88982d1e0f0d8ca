"""Measures of a recording: level, pauses, background, rate; and what a telephone leaves of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr.speech.figures import count_words, words_a_minute
from ivr.speech.frames import level, power
from ivr.speech.library import PromptAudio
from ivr.speech.measure import measured
from ivr.speech.survey import survey
from ivr.speech.telephone import CALL_RATE, noisy, through

RATE = 16_000


def tone(seconds: float, amplitude: float = 0.5, hertz: float = 1_000.0, rate: int = RATE):
    at = np.arange(int(seconds * rate)) / rate
    return (amplitude * np.sin(2 * np.pi * hertz * at)).astype(np.float32)


def quiet(seconds: float, amplitude: float = 0.0):
    return tone(seconds, amplitude, hertz=440)


def joined(*pieces):
    return np.concatenate(pieces)


@pytest.mark.parametrize(
    ("spoken", "words"),
    [
        pytest.param("To appeal, press 1.", 4, id="a key is one word"),
        pytest.param("It has 11 digits", 4, id="eleven is one word"),
        pytest.param("28", 1, id="twenty-eight is one word"),
        pytest.param("105", 4, id="one hundred and five"),
        pytest.param("2027", 4, id="two thousand and twenty-seven"),
        pytest.param("1500 1000", 6, id="one thousand five hundred, one thousand"),
        pytest.param("the local NHS", 5, id="letters said one by one"),
        pytest.param("the NHS's and UK", 7, id="letters with an s"),
        pytest.param("Ask IPSEA.", 6, id="a name said letter by letter"),
        pytest.param("Ask a SENCO.", 3, id="a name said as a word"),
        pytest.param("I agree", 2, id="I is a word"),
        pytest.param("thirty-first – or so", 3, id="a dash is no word"),
        pytest.param("yes/no", 2, id="two words with a stroke"),
        pytest.param("child's needs", 2, id="a child's is one word"),
        pytest.param(" . ", 0, id="nothing"),
    ],
)
def test_words_are_counted_as_they_are_said(spoken, words):
    assert count_words(spoken) == words


def test_the_rate_is_words_over_the_time_of_speech():
    assert words_a_minute("To appeal, press 1.", 2.0) == 120
    assert words_a_minute("Hello.", 0.0) == 0


@pytest.mark.parametrize(("amplitude", "dbov"), [(0.5, -9.03), (0.1, -23.01)])
def test_the_level_of_a_tone_is_its_rms(amplitude, dbov):
    assert measured(tone(1, amplitude), RATE).level == pytest.approx(dbov, abs=0.1)


def test_quiet_around_and_inside_speech_is_measured_and_does_not_lower_the_level():
    sums = measured(joined(quiet(0.3), tone(1), quiet(0.4), tone(0.6), quiet(0.2)), RATE)
    assert sums.level == pytest.approx(-9.03, abs=0.1)
    assert sums.seconds == pytest.approx(2.5)
    assert (sums.lead, sums.span, sums.tail) == pytest.approx((0.3, 2.0, 0.2))
    assert sums.gaps == (pytest.approx((1.3, 0.4)),)


def test_a_breath_of_less_than_a_tenth_of_a_second_is_no_gap():
    assert measured(joined(tone(1), quiet(0.08), tone(1)), RATE).gaps == ()


def test_speech_that_is_too_quiet_beside_the_rest_is_no_speech():
    sums = measured(joined(tone(1), tone(1, 0.05)), RATE)
    assert sums.span == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("gap", "below"),
    [
        pytest.param(quiet(0.4, 0.005), 40, id="a hum 40 dB under the voice"),
        pytest.param(quiet(0.4, 0.05), 20, id="music 20 dB under the voice"),
        pytest.param(quiet(0.4), float("inf"), id="silence"),
        pytest.param(quiet(0.2, 0.05), float("inf"), id="a gap too short to show anything"),
    ],
)
def test_the_background_is_what_sounds_in_the_gaps(gap, below):
    sums = measured(joined(tone(1), gap, tone(1)), RATE)
    assert sums.background == pytest.approx(below, abs=0.5)


def test_a_cut_off_wave_is_counted_and_a_peak_that_just_fits_is_not():
    cut = np.clip(tone(1, 1.5), -1, 1)
    assert measured(cut, RATE).clipped > RATE / 10
    assert measured(cut, RATE).peak == pytest.approx(0)
    fits = tone(1)
    fits[100:102] = 1.0
    assert measured(fits, RATE).clipped == 0


def test_top_is_where_the_power_ends():
    assert measured(tone(1, hertz=1_000), RATE).top == pytest.approx(1_000, abs=70)
    both = tone(1, 0.3, 500) + tone(1, 0.3, 6_000)
    assert measured(both, RATE).top == pytest.approx(6_000, abs=70)


@pytest.mark.parametrize("sound", [quiet(1), quiet(0)], ids=["silence", "nothing at all"])
def test_silence_can_be_measured(sound):
    sums = measured(sound, RATE)
    assert sums.level == sums.phone_level == sums.peak == float("-inf")
    assert (sums.span, sums.tail, sums.gaps, sums.top) == (0, 0, (), 0)
    assert sums.lead == sums.seconds == len(sound) / RATE


# --- the telephone ---------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 44_100])
def test_a_call_carries_the_middle_of_the_voice_and_not_its_ends(rate):
    kept = through(tone(1, 0.5, 1_000, rate), rate)
    assert len(kept) == CALL_RATE
    assert level(kept, CALL_RATE) == pytest.approx(-9.03, abs=0.2)
    for lost in (150, 3_600):
        assert power(through(tone(1, 0.5, lost, rate), rate), CALL_RATE).mean() < 1e-5


def test_mu_law_is_fine_for_quiet_speech_and_coarse_for_loud():
    loud, soft = (through(tone(1, size), RATE) for size in (0.5, 0.005))
    at = np.arange(CALL_RATE) / CALL_RATE
    wave = np.sin(2 * np.pi * 1_000 * at)
    assert 0.001 < np.abs(loud - 0.5 * wave).max() < 0.02
    assert np.abs(soft - 0.005 * wave).max() < 0.0002


def test_the_phone_level_leaves_out_what_a_call_does_not_carry():
    sums = measured(tone(1, 0.5, 1_000) + tone(1, 0.5, 6_000), RATE)
    assert sums.level == pytest.approx(-6.02, abs=0.1)
    assert sums.phone_level == pytest.approx(-9.03, abs=0.2)


def test_noise_lies_so_many_decibels_under_the_voice_and_is_the_same_each_time():
    voice = tone(2, 0.1, rate=CALL_RATE)
    noise = noisy(voice, 5, seed=1) - voice
    assert 10 * np.log10(np.mean(noise**2)) == pytest.approx(level(voice, CALL_RATE) - 5, abs=0.05)
    assert np.array_equal(noisy(voice, 5, seed=1), noisy(voice, 5, seed=1))
    assert not np.array_equal(noisy(voice, 5, seed=1), noisy(voice, 5, seed=2))


def test_noise_is_pink_each_octave_has_the_same_power():
    voice = tone(20, 0.1, rate=CALL_RATE)
    spectrum = np.abs(np.fft.rfft(noisy(voice, 5, seed=1) - voice)) ** 2
    octaves = [spectrum[20 * low : 40 * low].sum() for low in (100, 200, 400, 800, 1_600)]
    assert max(octaves) / min(octaves) < 1.3


def test_silence_gets_no_noise():
    assert not noisy(quiet(1), 5, seed=1).any()


# --- all recordings --------------------------------------------------------------------------


def recording(folder: Path, file: str) -> PromptAudio:
    return PromptAudio("en", "test", "normal", "Hello.", file, folder.name, 1.0)


def test_every_recording_is_measured_and_one_that_is_damaged_or_gone_is_left_out(tmp_path):
    soundfile.write(tmp_path / "good.wav", tone(1), RATE)
    soundfile.write(tmp_path / "two.wav", np.stack([tone(1), quiet(1)], axis=1), RATE)
    (tmp_path / "damaged.mp3").write_bytes(b"no sound")
    prompts = [recording(tmp_path, name) for name in ("good.wav", "two.wav", "damaged.mp3", "gone")]
    found = survey(tmp_path.parent, prompts)
    assert found.keys() == {"good.wav", "two.wav"}
    assert found["good.wav"].level == pytest.approx(-9.03, abs=0.1)
