"""Listening by machine: what counts as a wrong word, what is heard, and what is kept of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import pytest
import soundfile

from ivr.config.extras import ExtraMissingError
from ivr.content import load
from ivr.recording import listen
from ivr.recording.ear import HELD_BACK, Whisper, steady
from ivr.recording.listen import Transcript
from ivr.recording.report import reached, report
from ivr.recording.utterances import Utterance, utterances
from ivr.recording.word_errors import Score, errors, total, words_of
from ivr.speech.figures import Measured
from ivr.speech.library import Library, PromptAudio
from tests.support.paths import ROOT

SAMPLE = Measured(2.0, -22.0, -24.0, -5.0, 0, 40.0, 1.5, 0.1, 0.1, (), 6_000.0)


def prompt(words="Hello.", file="aaaaaaaa.mp3", speed="normal", pause=0):
    return PromptAudio("en", "test", speed, words, file, "en", 1.0, pause)


def utterance(words="Hello.", file="aaaaaaaa.mp3"):
    return Utterance("en", "test", "normal", words, (prompt(words, file),))


@dataclass(frozen=True)
class Segment:
    text: str
    compression_ratio: float


@pytest.mark.parametrize(
    ("ratio", "penalties"),
    [(0.9, [1.0]), (16.5, [1.0, HELD_BACK])],
    ids=["words", "one figure for ever"],
)
def test_a_listener_that_runs_away_hears_once_more_and_is_held_back(ratio, penalties):
    asked = []

    def write(penalty):
        asked.append(penalty)
        return [Segment("4, 4, 4", ratio)]

    steady(write)
    assert asked == penalties


# --- wrong words -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "written", "wrong"),
    [
        ("go on", "go on", 0),
        ("go on", "go", 1),
        ("go on", "go on now", 1),
        ("go on", "no on", 1),
        ("the local offer", "local coffer", 2),
        ("go on", "", 2),
        ("", "uh", 1),
    ],
    ids=["right", "dropped", "added", "changed", "dropped and changed", "nothing", "invented"],
)
def test_a_word_is_wrong_when_it_is_changed_dropped_or_added(said, written, wrong):
    assert errors(words_of(said), words_of(written)) == wrong


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("press 2", "press to"),
        ("press 2", "press too"),
        ("press 4", "press for"),
        ("press 4", "pressed for"),
        ("an adviser", "an advisor"),
        ("the advisers", "the advisors"),
        ("barking and dagenham", "barking and daggenham"),
        ("the 12th of march", "march 12th"),
        ("the 12th of march 2027", "12 march 2027"),
        ("the ninth of may 2028", "9 may 2028"),
        ("friday the 20 ninth of march 2030", "friday 29 march 2030"),
        ("8 march 2027", "8 march 2000 and 27"),
        ("8 march 2027", "8 march 2000 and 27th"),
        ("07700 900123", "077 0090 0123"),
    ],
)
def test_what_sounds_the_same_is_right(said, written):
    assert words_of(said) == words_of(written)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("press 2", "press 3"),
        ("press 4", "press or"),
        ("key 2", "key to"),
        ("the council", "the counsel"),
        ("8 march 2027", "8 march 2000 and 26"),
        ("the headteacher", "the head teacher"),
        ("the 12th of march", "the 20th of march"),
        ("the 12th of march", "the 12th of may"),
        ("07700 900123", "07700 900132"),
    ],
)
def test_everything_else_is_wrong(said, written):
    assert errors(words_of(said), words_of(written)) > 0


def test_each_digit_of_a_phone_number_is_a_word():
    assert errors(words_of("you entered 07700 900123"), words_of("you entered 07700 900124")) == 1


def test_a_long_recording_weighs_more_than_a_short_one():
    score = total([Score(98, 0, 3), Score(2, 2, 2)])
    assert score == Score(100, 2, 5)
    assert (score.clean_rate, score.noise_rate) == (2.0, 5.0)


@pytest.mark.parametrize(
    ("score", "goal"),
    [
        pytest.param(Score(100, 2, 6), True, id="just"),
        pytest.param(Score(100, 3, 0), False, id="not clean"),
        pytest.param(Score(100, 0, 7), False, id="not in noise"),
        pytest.param(Score(0, 0, 0), False, id="nothing heard"),
    ],
)
def test_the_goals_are_2_percent_clean_and_6_in_noise(score, goal):
    assert reached(score) is goal


# --- what is heard ---------------------------------------------------------------------------


def recorded_library() -> Library:
    """All that the real line says, in both speeds, each with a file of its own."""
    line = load(ROOT / "prompts")
    said = [
        PromptAudio("en", "test", speed, words, f"{speed}{number}.mp3", "en", 1.0)
        for speed in ("normal", "slow")
        for number, words in enumerate(line.units("en"))
    ]
    return Library([*said, prompt("", "pause.mp3", pause=500)])


@pytest.mark.parametrize("speed", ["normal", "slow"])
def test_every_recording_is_heard_and_no_piece_is_heard_alone(speed):
    line, library = load(ROOT / "prompts"), recorded_library()
    heard = utterances(line.words("en"), library, speed)
    files = {each.file for spoken in heard for each in spoken.prompts if each.words}
    assert files == {each.file for each in library.prompts if each.words and each.speed == speed}
    alone = {spoken.words for spoken in heard if len(spoken.prompts) == 1}
    assert not alone & set(line.words("en").pieces.all())


def test_a_phone_number_is_heard_with_its_pauses():
    heard = utterances(load(ROOT / "prompts").words("en"), recorded_library(), "normal")
    number = next(each for each in heard if each.words.startswith("You entered zero,"))
    assert [each.pause for each in number.prompts if each.pause] == [500, 500, 500]
    assert number.words.startswith("You entered zero, seven, seven, zero, Zero. nine,")


def test_pieces_that_are_not_recorded_are_not_heard():
    heard = utterances(load(ROOT / "prompts").words("en"), Library([prompt()]), "normal")
    assert [each.words for each in heard] == ["Hello."]


def test_the_name_changes_with_any_of_the_recordings():
    one, two, three = (prompt(file=f"{n}.mp3") for n in "123")
    names = {
        Utterance("en", "test", "normal", "Hello.", prompts).name
        for prompts in [(one,), (one, two), (one, three), (two, one)]
    }
    assert len(names) == 4
    assert utterance(file="a.mp3").name == "a.mp3"


# --- what is kept ----------------------------------------------------------------------------


class Parrot:
    """A listener that says how loud and how long the sound was, and how often it was asked."""

    def hear(self, sound, lang):
        return f"{lang} {len(sound)} {np.abs(sound).mean():.3f}"


@pytest.fixture
def audio(tmp_path):
    (tmp_path / "en").mkdir()
    for name in ("aaaaaaaa", "bbbbbbbb", "cccccccc"):
        wave = 0.1 * np.sin(np.arange(16_000) * 0.4)
        soundfile.write(tmp_path / "en" / f"{name}.mp3", wave, 16_000)
    return tmp_path


SPOKEN = [utterance("One two three.", "aaaaaaaa.mp3"), utterance("Two.", "bbbbbbbb.mp3")]


def test_each_is_heard_clean_and_in_noise_and_only_once(audio):
    first = list(listen.listen(audio, listen.unheard(audio, SPOKEN), 1, Parrot))
    assert [each.name for each in first] == ["aaaaaaaa.mp3", "bbbbbbbb.mp3"]
    assert all(each.clean.startswith("en 8000 ") and each.clean != each.noise for each in first)
    assert listen.unheard(audio, SPOKEN) == []
    new = utterance("New.", "cccccccc.mp3")
    assert listen.unheard(audio, [*SPOKEN, new]) == [new]


def test_a_run_that_is_stopped_keeps_what_it_heard(audio):
    run = listen.listen(audio, SPOKEN, 1, Parrot)
    next(run)
    run.close()
    assert listen.read(audio).keys() == {"aaaaaaaa.mp3"}
    assert listen.unheard(audio, SPOKEN) == SPOKEN[1:]


def test_two_processes_hear_the_same_as_one(audio):
    alone = list(listen.listen(audio, SPOKEN, 1, Parrot))
    assert list(listen.listen(audio, SPOKEN, 2, Parrot)) == alone


def test_what_was_heard_is_kept_a_line_each_in_order(audio):
    rows = [Transcript("b", "go on", "no on"), Transcript("a", "“Hello”", "")]
    listen.write(audio, rows)
    lines = (audio / listen.NAME).read_text(encoding="utf-8").splitlines()
    assert [line[:11] for line in lines[1:-1]] == ['{"name": "a', '{"name": "b']
    assert listen.read(audio) == {row.name: row for row in rows}


def test_recordings_that_are_gone_are_forgotten(audio):
    listen.write(audio, [Transcript("aaaaaaaa.mp3", "", ""), Transcript("gone.mp3", "", "")])
    listen.forget(audio, SPOKEN)
    assert listen.read(audio).keys() == {"aaaaaaaa.mp3"}


def test_heard_in_another_way_is_not_heard(audio):
    listen.write(audio, [Transcript("aaaaaaaa.mp3", "", "")])
    path = audio / listen.NAME
    path.write_text(path.read_text().replace("noise 5 dB", "noise 20 dB"))
    assert listen.read(audio) == {}


@pytest.mark.parametrize("text", ["", "{", '{"heard": []}', "[]"])
def test_a_damaged_file_is_named(audio, text):
    (audio / listen.NAME).write_text(text)
    with pytest.raises(listen.HeardError, match=r"heard\.json is damaged"):
        listen.read(audio)


def test_without_the_extra_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(ExtraMissingError, match=r"sh tools/setup\.sh listen"):
        Whisper()


# --- the report ------------------------------------------------------------------------------


def test_the_report_names_each_voice_and_the_worst_with_what_was_heard():
    good, bad = SPOKEN
    scores = {good: Score(98, 0, 2), bad: Score(2, 1, 3)}
    heard = {each.name: Transcript(each.name, "heard clean", "heard badly") for each in SPOKEN}
    text = report(scores, heard, {each.name: SAMPLE for each in SPOKEN})
    assert "| test | normal | 2 | 100 | 1.0 % | 5.0 % |" in text
    assert "| all | both | 2 | 100 | 1.0 % | 5.0 % |" in text
    worst = text.partition("## The ten worst")[2]
    assert worst.index("Two.") < worst.index("One two three.")
    assert "| 1, 3 | normal | Two. | heard clean | heard badly |" in worst


def test_what_was_heard_without_a_fault_is_not_among_the_worst():
    heard = {each.name: Transcript(each.name, "as said", "as said") for each in SPOKEN}
    text = report({each: Score(2, 0, 0) for each in SPOKEN}, heard, {})
    assert "as said" not in text


def test_the_report_says_how_the_recordings_sound():
    heard = {each.name: Transcript(each.name, "", "") for each in SPOKEN}
    scores = {each: Score(2, 0, 0) for each in SPOKEN}
    text = report(scores, heard, {"aaaaaaaa.mp3": SAMPLE})
    assert "| normal | -22.0 to -22.0 | -24.0 to -24.0 | -5.0 | 0 | 40 |" in text
