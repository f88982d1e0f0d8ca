"""A person's own voice: sent up, heard back, heard by callers, and no more once the words change."""

from __future__ import annotations

import io
import re
from html import unescape
from itertools import count

import numpy as np
import pytest
import soundfile

from ivr.config.extras import ExtraMissingError
from ivr.content import read
from ivr.content.checks import check
from ivr.content.checks.inspection import evidence
from ivr.content.editions.publishing import Place, PublishJob
from ivr.recording import person
from ivr.speech import manifest
from ivr.speech.figures import count_words
from ivr.staff import StaffServices
from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices
from tests.support import doors
from tests.support.postgres import KINDS, database
from tests.support.staff_pages import post, signed_in
from tests.support.telephone import Telephone
from tests.support.voices import AUDIO, read_by_somebody, sent, spoken
from tests.support.whole import demo, opened
from tests.support.words import COMPLAINT, SUMMARY, glanced, studio

NEW = "Talk first. Then use the complaints procedure. It can be done in writing."
LIST = "/office/recordings"
NUMBER = count(1)


class Deaf:
    """A machine without the recogniser."""

    def __init__(self) -> None:
        raise ExtraMissingError("This needs the listen extra.")


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """New recordings are taken up at the next step; nothing is transcribed unless a test says so."""
    monkeypatch.setattr(manifest, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(person, "Whisper", Deaf)


@pytest.fixture(params=KINDS)
def line(request, tmp_path):
    """A line on a database of each kind, with folders of its own."""
    with database(request.param, tmp_path) as url:
        settings = demo(tmp_path, DATABASE_URL=url)
        with opened(settings) as app:
            yield app, Telephone(app, settings)


def summary(app) -> str:
    return services_of(app, StaffServices).line().words("en").topics["complaint"].summary


def page_of(client, words: str) -> str:
    """The address of a sentence's page, from the list."""
    rows = re.findall(r"<li><div>.*?</li>", client.get(LIST).text, re.S)
    (row,) = [row for row in rows if f">{words}<" in unescape(row)]
    return re.search(r'href="([^"]+)"', row)[1]


def send(client, at: str, sound: bytes, name: str = "voice.wav", by: str = "Rosa Reed"):
    return post(client, at, at, sound=(io.BytesIO(sound), name), by=by)


def button(page: str, label: str) -> str:
    """Where the form of a button leads."""
    forms = re.findall(r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>', page, re.S)
    return next(action for action, inner in forms if f">{label}<" in inner)


def put_to_use(client, words: str, sound: bytes) -> str:
    at = page_of(client, words)
    assert send(client, at, sound).status_code == 302
    post(client, button(client.get(at).text, "Use it"), at)
    return at


def voices(app, words: str) -> list[str]:
    """Who speaks these words to callers, at each speed."""
    library = services_of(app, CallServices).library()
    return [library.find("en", speed, words).voice for speed in ("normal", "slow")]


def shown(page) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def published(app, *, recorder=None) -> str:
    """The worker publishes what was handed in; with a stand-in for the line's own voice."""
    kept = services_of(app, StoreServices)
    pages = services_of(app, StaffServices)
    place = Place(AUDIO, kept.settings.own_audio_dir, ())
    rows = (kept.editions, kept.own_prompts, pages.folders, place, pages.now)
    job = PublishJob(*rows, recorder=recorder or studio(), inspect=glanced)
    ((row, _),) = job.due(pages.now(), 5)
    told = job.attempt(row)
    services_of(app, CallServices).content_store.look()
    return told


def change(app, new: str) -> None:
    pages = services_of(app, StaffServices)
    was = summary(app)
    pages.drafting.change(COMPLAINT, SUMMARY, was, new, "Ada", pages.now())


def test_a_sentence_read_by_a_person_is_heard_until_its_words_change_and_again_when_they_are_back(
    line,
):
    app, telephone = line
    client, words = signed_in(app, "editor", "Ada Ash"), summary(app)
    at = page_of(client, words)
    answer = send(client, at, read_by_somebody(words))
    assert answer.location == at
    page = client.get(at)
    assert "It is not in use yet." in shown(page) and "Sent up, not in use" in shown(page)
    assert "human" not in voices(app, words), "nobody has heard it back"
    back = [client.get(url) for url in re.findall(r'<audio[^>]*src="([^"]+)"', page.text)]
    assert [each.content_type for each in back] == ["audio/mpeg"] * 2
    lengths = [len(soundfile.read(io.BytesIO(each.data))[0]) for each in back]
    assert lengths[1] > 1.1 * lengths[0], "the second is the slower one"

    post(client, button(page.text, "Use it"), at)
    assert voices(app, words) == ["human", "human"]
    complaint = telephone.voice("at=complaint&part=0&lang=en&on=key&speed=normal", Digits="#")
    played = [each.text for each in complaint.iter("Play")]
    library = services_of(app, CallServices).library()
    theirs = [url for url in played if library.by_file(url.rpartition("/")[2]).voice == "human"]
    assert len(theirs) == 1
    heard = app.test_client().get(f"/audio/{theirs[0].rpartition('/')[2]}")
    assert heard.data == back[0].data
    assert "Read by Rosa Reed on " in shown(client.get(at))
    assert "Read by Rosa Reed on " in shown(client.get("/office/words/complaint"))

    change(app, NEW)
    pages = services_of(app, StaffServices)
    pages.drafting.publish("Ada", "shorter", pages.now())
    assert published(app) == "published"
    assert summary(app) == NEW and voices(app, NEW) == ["bf_emma", "bf_emma"]
    assert "The words have changed since Rosa Reed read them" in shown(client.get(LIST))
    assert "Record them again" in shown(client.get(page_of(client, NEW)))

    change(app, words)
    pages.drafting.publish("Ada", "as before", pages.now())
    assert published(app) == "published"
    assert voices(app, words) == ["human", "human"], "the same words, the same recording"


def test_words_that_are_not_published_yet_can_be_read_before_callers_hear_them(line):
    app, _ = line
    client = signed_in(app, "editor")
    change(app, NEW)
    like = summary(app)
    sound, rate = spoken(like)
    seconds = len(sound) / rate * len(NEW.split()) / len(like.split())
    put_to_use(client, NEW, sent(0.4 * sound[: int(seconds * rate)], rate))
    assert "heard once these words are published" in shown(client.get(LIST))
    pages = services_of(app, StaffServices)
    pages.drafting.publish("Ada", "shorter", pages.now())

    def nobody(*_: object, **__: object):
        raise AssertionError("the line's own voice was asked for words that a person has read")

    assert published(app, recorder=nobody) == "published"
    assert voices(app, NEW) == ["human", "human"]


def test_what_is_removed_is_spoken_by_the_line_and_calls_that_play_it_are_not_broken(line):
    app, _ = line
    client, words = signed_in(app, "editor"), summary(app)
    at = put_to_use(client, words, read_by_somebody(words))
    voices(app, words)
    file = services_of(app, CallServices).library().find("en", "normal", words).file
    page = client.get(at).text
    answer = post(client, button(page, "Remove it"), at)
    assert "The recording by Rosa Reed is gone." in shown(client.get(answer.location))
    assert "human" not in voices(app, words)
    assert app.test_client().get(f"/audio/{file}").status_code == 200


def test_another_recording_of_the_same_words_takes_the_place_of_the_first(line):
    app, _ = line
    client, words = signed_in(app, "editor"), summary(app)
    put_to_use(client, words, read_by_somebody(words))
    first = services_of(app, CallServices).library().find("en", "normal", words).file
    at = page_of(client, words)
    assert send(client, at, read_by_somebody(words, "FLAC"), by="Sam Sea").status_code == 302
    use = button(client.get(at).text, "Use it")
    assert send(client, at, read_by_somebody(words, "OGG"), by="Tia Tan").status_code == 302
    late = post(client, use, at)
    assert "Somebody has sent another" in shown(client.get(late.location))
    use = button(client.get(at).text, "Use it")
    late = post(client, use.replace(at, page_of(client, WORDS)), at)
    assert "Somebody has sent another" in shown(client.get(late.location)), "it is of other words"
    post(client, use, at)
    assert "Read by Tia Tan on " in shown(client.get(at))
    assert services_of(app, CallServices).library().find("en", "normal", words).file != first
    assert len(services_of(app, StoreServices).people_read.all()) == 1


def test_a_language_that_no_machine_speaks_is_read_by_people_alone(tmp_path):
    root = doors.signed(doors.content(tmp_path / "prompts", so={"tag": "so-SO"}), "so")
    settings = demo(tmp_path, CONTENT_DIR=str(root))

    def refused() -> list[str]:
        seen = evidence(read(root), settings.audio_dir, settings.own_audio_dir)
        return [each.what for each in check(seen) if each.level == "must" and "so" in each.what]

    with opened(settings) as app:
        telephone, client = Telephone(app, settings), signed_in(app, "editor")
        assert any("has no voice" in each for each in refused())
        somali = services_of(app, StaffServices).line().units("so")
        rows = client.get(f"{LIST}?lang=so").text
        assert rows.count("Not recorded") == len(somali)
        for words, at in zip(somali, re.findall(rf'href="({LIST}/so/[^"]+)"', rows), strict=True):
            page = send(client, at, as_long_as(words), by="Hodan")
            assert page.status_code == 302, shown(page)
            post(client, button(client.get(at).text, "Use it"), at)
        assert refused() == []
        library = services_of(app, CallServices).library()
        opening = telephone.voice()
        assert "Soomaali: 6." in telephone.words(opening)
        assert not [*opening.iter("Say")]
        door = telephone.press(opening, "6")
        said = [library.by_file(each.text.rpartition("/")[2]) for each in door.iter("Play")]
        assert {each.voice for each in said if each.lang == "so"} == {"human"}
        assert sum(each.lang == "so" for each in said) >= 4
        assert not [*door.iter("Say")]


def as_long_as(words: str) -> bytes:
    """Somebody reads as many words, in as many sentences, slower than English is let to be; the
    name of the language, which everybody hears, quickly."""
    usual = [each for each in manifest.read(AUDIO) if each.speed == "normal" and each.words]
    alike = [each for each in usual if each.words.count(".") == words.count(".")]
    near = min(alike, key=lambda each: abs(count_words(each.words) - count_words(words)))
    tempo = 0.8 if count_words(words) > 3 else 1.3
    return sent(faster(spoken(near.words)[0] * 0.4, tempo), 16_000, seed=len(words))


# --- what cannot be taken --------------------------------------------------------------------

WORDS = "Sorry, something on our side is not working. You can go on from here."


def of(turn) -> bytes:
    """The sentence, with something done to its sound."""
    sound, rate = spoken(WORDS)
    return sent(turn(sound, rate), rate)


def faster(sound, by: float):
    at = np.arange(0, len(sound), by)
    return np.interp(at, np.arange(len(sound)), sound).astype(np.float32)


ODD = {
    "nothing": (lambda: b"", "no sound that can be read"),
    "a letter": (lambda: b"Dear Sir or Madam, " * 50, "no sound that can be read"),
    "M4A": (lambda: b"\x00\x00\x00\x20ftypM4A " + bytes(2_000), "an M4A file"),
    "silence": (lambda: of(lambda sound, _: 0 * sound), "Nobody is heard"),
    "digital silence": (lambda: sent(np.zeros(48_000), 16_000, hiss=0), "Nobody is heard"),
    "a fan": (lambda: sent(np.zeros(64_000), 16_000, hiss=0.1), "Nobody is heard"),
    "far away": (lambda: sent(spoken(WORDS)[0] * 0.004, 16_000, hiss=0), "Nobody is heard"),
    "too loud": (lambda: of(lambda sound, _: sound * 30), "too loud: parts of it are cut off"),
    "one word of it": (lambda: of(lambda sound, rate: sound[: rate // 2]), "too short"),
    "another sentence": (lambda: read_by_somebody("To make a complaint, press 2."), "too short"),
    "all of it four times": (lambda: of(lambda sound, _: np.tile(sound, 4)), "too long"),
    "an hour": (lambda: sent(np.zeros(8_000 * 600) + 0.01, 8_000, "FLAC", hiss=0), "too long"),
    "a loud room": (lambda: sent(spoken(WORDS)[0] * 0.4, 16_000, hiss=0.01), "where it is quiet"),
    "very slow": (lambda: of(lambda sound, _: faster(sound, 0.6)), "words a minute"),
    "96 kHz": (lambda: sent(spoken(WORDS)[0], 96_000), "samples in a second"),
}


@pytest.mark.parametrize(("made", "says"), ODD.values(), ids=ODD)
def test_a_recording_that_cannot_be_taken_is_refused_in_words_at_its_field(one_line, made, says):
    app, _ = one_line
    client = signed_in(app, "editor", f"Ada {next(NUMBER)}")
    at = page_of(client, WORDS)
    page = send(client, at, made())
    assert page.status_code == 422
    (error,) = re.findall(r'<p class="wrong" id="sound-error">(.*?)</p>', page.text, re.S)
    assert says in unescape(error), error
    assert 'aria-invalid="true"' in page.text and 'value="Rosa Reed"' in page.text
    assert services_of(app, StoreServices).people_read.all() == []


def test_a_file_that_is_too_big_and_words_that_are_gone_are_said(one_line):
    app, _ = one_line
    client = signed_in(app, "editor", "Big")
    at = page_of(client, WORDS)
    answer = send(client, at, bytes(12_100_000))
    assert "larger than 12 MB" in shown(client.get(answer.location))
    gone = client.get(f"{LIST}/en/0123456789abcdef")
    assert "no longer said" in shown(client.get(gone.location))
    assert client.get(f"{LIST}?lang=tlh").status_code == 404


def test_who_may_not_change_words_may_not_record_them(one_line):
    app, _ = one_line
    for role in ("viewer", "adviser"):
        client = signed_in(app, role, f"No {role}")
        assert client.get(LIST).status_code == 403
        assert post(client, f"{LIST}/x/remove", "/office/account").status_code == 403


def test_words_that_the_recogniser_hears_otherwise_are_asked_about(app, monkeypatch):
    pytest.importorskip("whisper_normalizer", reason="needs the listen extra")

    class Ear:
        def hear(self, sound, lang):
            return "To make a complaint, press 2."

    monkeypatch.setattr(person, "Whisper", Ear)
    client = signed_in(app, "editor")
    at = page_of(client, WORDS)
    send(client, at, read_by_somebody(WORDS))
    page = shown(client.get(at))
    assert "“To make a complaint, press 2.”. Is it this sentence?" in page
    assert "Sent up, not in use" in page
    monkeypatch.setattr(
        Ear, "hear", lambda *_: "sorry something on our side isn't working you can go on from here"
    )
    send(client, at, read_by_somebody(WORDS))
    assert "By machine this was heard" not in shown(client.get(at))
