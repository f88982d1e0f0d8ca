"""Sound marks in the content, and words that voices say wrongly: the same for every engine."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as Xml

import numpy as np
import pytest

from ivr import twiml
from ivr.content import ContentError, load
from ivr.content.source import pronunciation
from ivr.line.call import Call, Listen, Turn
from ivr.recording import voices
from ivr.recording.record import Maker, make, missing, record
from ivr.recording.voices import RATE, Gtts
from ivr.simulator.verbs import parse
from ivr.speech.library import Library, PromptAudio
from ivr.speech.manifest import read
from tests.support.paths import ROOT

SUMMARY = "Talk first. [pause] Say [slow: what you want], or ring [digits: 18001]."
PLAIN = "Talk first. Say what you want, or ring 1 8 0 0 1."


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the shipped content."""
    return Path(shutil.copytree(ROOT / "prompts", tmp_path / "prompts"))


def with_summary(content: Path, summary: str, field: str = "summary"):
    path = content / "en/topics/complaint.yaml"
    rows = path.read_text().splitlines()
    (at,) = [n for n, row in enumerate(rows) if row.startswith(f"{field}: ")]
    until = next(n for n in range(at + 1, len(rows)) if not rows[n].startswith(" "))
    rows[at:until] = [f"{field}: {summary!r}"]
    path.write_text("\n".join(rows))
    return load(content)


def said_by_twilio(line, words: str) -> Xml.Element:
    """The Say of these words, where no recording has them."""
    settings = twiml.RenderSettings(
        Library(), {"en": "Polly.Amy-Neural"}, {"en": "en-GB"}, "", {}, wordings=line.wordings
    )
    document = twiml.write(Turn(Call(), (words,), Listen(10)), twiml.Renderer(settings))
    (verb,) = [each for each in parse(document, "text/xml") if each.name == "Gather"]
    assert verb.inside[0].text.replace(" ", "") == words.replace(" ", "")
    return Xml.fromstring(document).find("Gather/Say")


def test_everybody_reads_the_plain_words_and_marks_are_only_heard(content):
    words = with_summary(content, SUMMARY).words("en")
    assert words.topics["complaint"].summary == PLAIN
    say = said_by_twilio(load(content), PLAIN)
    assert [each.tag for each in say] == ["break", "prosody", "say-as"]
    assert say.find("break").attrib == {"time": "500ms"}
    assert say.find("prosody").text.strip(" ,") == "what you want"
    assert (say.find("say-as").get("interpret-as"), say.find("say-as").text) == ("digits", "18001")


@pytest.mark.parametrize(
    "odd", ["[paus] Hello.", "[slow: ] Hello.", "[digits: one] Hello.", "Hello [there.",
            "[pause] Hello.", "Hello. [pause]", "Hello. [pause] [pause] You."],
)  # fmt: skip
def test_a_mark_that_means_nothing_is_refused(odd, content):
    with pytest.raises(ContentError, match=r"mark|pause"):
        with_summary(content, odd)


@pytest.mark.parametrize("field", ["label", "name"])
def test_a_mark_is_refused_where_words_are_joined(field, content):
    with pytest.raises(ContentError, match="whole sentences"):
        with_summary(content, "make [slow: a complaint]", field)


class Buzz:
    """A voice that says each word as long as its letters, and remembers what it was given."""

    name = "buzz"

    def __init__(self) -> None:
        self.given: list[str] = []

    def take(self, words: str) -> np.ndarray:
        self.given.append(words)
        rng = np.random.default_rng(1)
        pieces = []
        for word in words.split():
            pieces.append(rng.normal(0, 0.2, int(len(word) * 0.08 * RATE)))
            rest = 0.3 if word.endswith((".", "?")) else 0.02
            pieces.append(np.zeros(int(rest * RATE)))
        return np.concatenate(pieces).astype(np.float32)


def test_a_recording_has_the_pause_the_slow_words_and_each_digit():
    voice = Buzz()
    _, plain = make(voice, PLAIN, "en")
    assert voice.given and "what you want, or ring" in " ".join(voice.given)
    voice.given.clear()
    _, marked = make(voice, PLAIN, "en", SUMMARY)
    assert "what you want," in voice.given
    assert any("one, eight, zero, zero, one" in each for each in voice.given)
    assert marked["normal"][0] != plain["normal"][0]


def test_words_whose_marks_have_changed_are_recorded_again():
    done = PromptAudio("en", "buzz", "normal", PLAIN, "a.mp3", "en", 1.0)
    library = Library([done, replace(done, speed="slow")])
    maker = Maker("buzz", "en", Path(), {})
    assert missing(library, maker, [PLAIN]) == []
    again = replace(maker, marks={PLAIN: SUMMARY})
    assert missing(library, again, [PLAIN]) == [PLAIN]
    marked = Library([replace(each, marked=SUMMARY) for each in library.prompts])
    assert missing(marked, again, [PLAIN]) == []
    assert missing(marked, maker, [PLAIN]) == [PLAIN]


def test_what_was_recorded_with_marks_is_known_by_them(tmp_path, monkeypatch):
    monkeypatch.setattr("ivr.recording.record.open_voice", lambda *_: Buzz())
    maker = Maker("buzz", "en", Path(), {}, {PLAIN: SUMMARY})
    assert {each.marked for each in record(tmp_path, maker, [PLAIN], processes=1)} == {SUMMARY}
    assert missing(Library(read(tmp_path)), maker, [PLAIN]) == []


# --- words that a voice would say wrongly ----------------------------------------------------

SPOKEN = {"SENCO": "Sen-koh", "EHCP": "E H C P", "IPSEA": "I P S E A"}


@pytest.mark.parametrize(("word", "spoken"), SPOKEN.items())
def test_twilios_voice_says_short_forms_as_people_do(word, spoken, content):
    line = with_summary(content, f"Ask the {word}, today.")
    (sub,) = said_by_twilio(line, f"Ask the {word}, today.").findall("sub")
    assert (sub.text, sub.get("alias")) == (word, spoken)


@pytest.mark.parametrize(("word", "spoken"), SPOKEN.items())
def test_googles_voice_is_given_short_forms_as_people_say_them(word, spoken, monkeypatch):
    asked = []

    class Refused(Exception):
        pass

    def gtts(words, **_):
        asked.append(words)
        raise Refused

    monkeypatch.setattr(voices, "extra", lambda *_: SimpleNamespace(gTTS=gtts, gTTSError=Refused))
    voice = voices.open_voice("gtts", "en", Path(), pronunciation(ROOT / "prompts", "en"))
    assert isinstance(voice, Gtts)
    with pytest.raises(voices.VoiceError):
        voice.take(f"Ask the {word}, today.")
    assert asked == [f"Ask the {spoken}, today."]


@pytest.mark.parametrize(
    ("word", "sounds"),
    [("SENCO", "sˈɛn kˈQ"), ("EHCP", "ˈiː ˈAʧ sˈiː pˈiː"), ("IPSEA", "ˈI pˈiː ˈɛs ˈiː ˈA")],
)
def test_the_recordings_voice_says_short_forms_as_people_do(word, sounds):
    pytest.importorskip("hibari")
    kokoro = voices.open_voice(
        "bf_emma", "en", ROOT / "audio/voices", pronunciation(ROOT / "prompts", "en")
    )
    assert sounds in kokoro._sounds(f"Ask the {word}, today.")
