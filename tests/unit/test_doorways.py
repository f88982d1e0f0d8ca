"""A doorway: a few signed sentences of a language that lead to a person; all else is English."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ivr.content import ContentError, load, read
from ivr.content.checks import check
from ivr.content.checks.inspection import evidence
from ivr.flow import step
from ivr.line.call import (
    Call,
    CallStarted,
    EffectDone,
    Event,
    HoldRingGroup,
    InLanguage,
    KeepCallback,
    KeyPressed,
    NoInput,
    Record,
    RecordingDone,
    Transfer,
    Turn,
)
from ivr.line.model import Line
from ivr.speech.library import Library
from ivr.twiml import Renderer, RenderSettings, write
from ivr.webhooks.whisper import _whisper
from tests.support import doors
from tests.support.lines import AT_NIGHT, CLOSED, OPEN

OFFER = "Română: 6."
ENGLISH_ADVICE = "Sfaturile de la această linie sunt în limba engleză."
PERSON = "Pentru a vorbi cu o persoană, apăsați 0."
MESSAGE = "Pentru a lăsa un mesaj în limba dumneavoastră, apăsați 1."
RING_ME = "Pentru a fi sunat pe acest telefon, apăsați 2."
NOBODY = "Nimeni nu poate răspunde acum."
RINGING = "Acum sun o persoană."
WILL_RING = "Vă vom suna pe acest telefon. Nu vom lăsa niciun mesaj."
INTERPRETER = "Un consilier poate vorbi cu dumneavoastră printr-un interpret."
AT_HOME = OPEN._replace(ringable="+447700900123")


@pytest.fixture(scope="module")
def line(tmp_path_factory) -> Line:
    return load(doors.romanian(tmp_path_factory.mktemp("door") / "prompts"))


def follow(line: Line, *events: Event | str, facts=AT_HOME, call: Call | None = None) -> Turn:
    """The last turn; a str is a key, "-" a silence."""
    turn = Turn(call or Call(at=line.start, version=line.version))
    for each in events:
        heard = each if not isinstance(each, str) else KeyPressed(each)
        turn = step(line, turn.call, NoInput() if each == "-" else heard, facts)
    return turn


def said(turn: Turn, lang: str = "ro") -> list[str]:
    return [each.words for each in turn.say if isinstance(each, InLanguage) and each.lang == lang]


def test_the_opening_offers_it_in_its_own_words_and_its_key_opens_it(line):
    opening = follow(line, CallStarted())
    assert said(opening) == [OFFER] and opening.call.lang == "en"
    door = follow(line, CallStarted(), "6")
    assert said(door)[1:] == [ENGLISH_ADVICE, PERSON, MESSAGE, RING_ME]
    assert said(door, "en") == [] and not any(isinstance(each, str) for each in door.say)


def test_key_8_then_4_lists_it_and_leads_there_from_anywhere(line):
    listed = follow(line, "2", "8", "4")
    assert "Română: 2." in said(listed)
    door = follow(line, "2", "8", "4", "2")
    assert ENGLISH_ADVICE in said(door)
    assert follow(line, "*", call=door.call).call.at == "complaint"


def test_silence_and_0_ring_an_adviser_after_words_of_its_own(line):
    for key in ("-", "0"):
        held = follow(line, "6", key)
        assert isinstance(held.effect, HoldRingGroup), key
        ringing = follow(line, EffectDone(held.effect, "free:first"), call=held.call)
        assert isinstance(ringing.then, Transfer) and ringing.then.tell and not ringing.then.about
        assert said(ringing) == [RINGING] and ringing.call.lang == "ro"


def test_where_nobody_answers_it_says_so_and_asks_nothing_in_english(line):
    held = follow(line, "6", "0")
    ringing = follow(line, EffectDone(held.effect, "free:first"), call=held.call)
    nobody = follow(line, EffectDone(ringing.then, "no-answer"), call=ringing.call)
    assert said(nobody)[0] == NOBODY and {MESSAGE, RING_ME} <= set(said(nobody))
    assert said(nobody, "en") == []


def test_an_open_line_that_nobody_speaks_on_rings_an_adviser_once(line):
    held = follow(line, "6", "-")
    ringing = follow(line, EffectDone(held.effect, "free:first"), call=held.call)
    after = follow(line, EffectDone(ringing.then, "completed"), "-", call=ringing.call)
    assert isinstance(after.then, Record)


def test_closed_it_says_so_and_silence_records_a_message_that_keeps_the_language(line):
    door = follow(line, "6", facts=AT_NIGHT)
    assert NOBODY in said(door) and PERSON not in said(door)
    for key in ("-", "1"):
        tone = follow(line, "6", key, facts=AT_NIGHT)
        assert isinstance(tone.then, Record) and len(said(tone)) == 1
        kept = follow(line, RecordingDone("RE1", 5), call=tone.call, facts=AT_NIGHT)
        assert kept.effect.lang == "ro"


def test_one_key_asks_to_be_rung_back_in_the_language(line):
    asked = follow(line, "6", "2", facts=AT_NIGHT)
    wanted = KeepCallback("+447700900123", False, "friend", "any", "ro", "")
    assert asked.effect == wanted
    noted = follow(line, EffectDone(wanted, "1234"), call=asked.call, facts=AT_NIGHT)
    assert said(noted) == [WILL_RING] and noted.call.at == "noted-1234"


def test_a_call_back_that_cannot_be_kept_leads_to_a_message(line):
    asked = follow(line, "6", "2", facts=AT_NIGHT)
    for outcome in ("full", "failed"):
        turn = follow(line, EffectDone(asked.effect, outcome), call=asked.call, facts=AT_NIGHT)
        assert isinstance(turn.then, Record), outcome


def test_a_phone_that_cannot_be_rung_is_not_offered_it(line):
    door = follow(line, "6", facts=CLOSED)
    assert RING_ME not in said(door)
    assert follow(line, "6", "2", facts=CLOSED).effect is None


def test_an_interpreter_is_spoken_of_only_where_the_charity_has_one(line):
    assert INTERPRETER not in said(follow(line, "6"))
    with_one = replace(line, interpreters=True)
    assert INTERPRETER in said(follow(with_one, "6"))
    asked = follow(with_one, "6", "2")
    assert INTERPRETER in said(follow(with_one, EffectDone(asked.effect, "1234"), call=asked.call))


def test_star_hash_and_8_are_as_everywhere(line):
    door = follow(line, "6")
    assert said(follow(line, "#", call=door.call)) == said(door)
    assert follow(line, "8", call=door.call).call.at == "hearing"
    back = follow(line, "*", call=door.call)
    assert (back.call.at, back.call.lang) == ("main", "en")


def test_a_doorway_that_is_taken_out_during_a_call_leads_to_the_first_menu(line):
    door = follow(line, "6")
    gone = follow(replace(line, doorways={}), "1", call=door.call)
    assert gone.call.at == "main" and gone.say


def problems(root: Path) -> list[tuple[str, str]]:
    found = check(evidence(read(root)))
    return [(each.rule, each.what) for each in found if each.level == "must"]


def test_a_signed_doorway_passes_the_check(tmp_path):
    assert problems(doors.romanian(tmp_path / "prompts")) == []


def test_an_unsigned_one_is_off_and_refused_with_words_and_callers_hear_none_of_it(tmp_path):
    root = doors.content(tmp_path / "prompts", ro=doors.ROMANIAN)
    ((rule, what),) = problems(root)
    assert rule == "LANG" and "“ro” is off" in what and "greeting (nobody has signed it)" in what
    line = load(root)
    assert said(follow(line, CallStarted())) == [] and not line.language_keys
    assert "not used" in " ".join(each for each in follow(line, "6").say if isinstance(each, str))


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("ro", "în limba engleză", "doar în engleză", "changed after it was signed"),
        ("ro", "doorway_nobody: Nimeni", "doorway_nobody: <b>Nimeni", "markup"),
        ("ro", "mesaj în limba dumneavoastră, apăsați {key_name}", "mesaj", "must hold {key_name}"),
        ("ro", "doorway_noted: ", "doorway_knotted: ", "doorway_noted (not translated)"),
        ("en", "Nobody can answer just now.", "Nobody is in.", "first language has changed"),
        ("ro", "greeting: Consiliere", "greeting: \u202eConsiliere", "cannot be seen"),
        ("ro", "greeting: Consiliere", "greeting: [", "greeting (not translated)"),
    ],
)
def test_a_sentence_that_is_not_as_it_was_signed_shuts_it_and_is_named(
    tmp_path, file, old, new, says
):
    root = doors.romanian(tmp_path / "prompts")
    path = root / file / "says.yaml"
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    assert any("“ro” is off" in what and says in what for _, what in problems(root))
    assert not load(root).doorways


def test_what_has_a_figure_wants_a_second_reader(tmp_path):
    root = doors.signed(doors.content(tmp_path / "p", ro=doors.ROMANIAN), "ro", second_reader="")
    ((_, what),) = problems(root)
    assert "for_person" in what and "second reader" in what and "greeting" not in what


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ({"en": {"tag": "en-GB"}}, "is a language of the line already"),
        ({"qq": {"tag": "qq-QQ"}}, "no language is called “qq”"),
        ({"ro": {"tag": "pl-PL"}}, "is a tag of another language than “ro”"),
        ({"ro": {"say": "x"}}, "tag"),
        ({each: {"tag": each} for each in ("ro", "pl", "bg", "lt")}, "the keys 6, 7, 9 are taken"),
    ],
)
def test_a_line_that_cannot_be_is_refused_at_its_place(tmp_path, lines, says):
    root = doors.content(tmp_path / "prompts", **lines)
    with pytest.raises(ContentError) as refused:
        load(root)
    assert any(fault.file == "line.yaml" and says in str(fault) for fault in refused.value.faults)


def test_without_a_voice_of_twilios_every_sentence_must_be_recorded(tmp_path):
    root = doors.signed(doors.content(tmp_path / "prompts", so={"tag": "so-SO"}), "so")
    ((rule, what),) = problems(root)
    assert rule == "CLIPS" and "“so” has no voice" in what


def test_a_callers_own_figures_are_never_kept_in_memory_in_a_doorway_either():
    library = Library(())
    for words, kept in (("seven,", 0), ("Just words.", 1)):
        settings = RenderSettings(
            library,
            {"en": "Polly.Amy", "ro": ""},
            {"en": "en-GB"},
            "",
            {},
            figures=frozenset({"seven,"}),
        )
        turn = Turn(Call(lang="ro"), (InLanguage("en", words),))
        write(turn, Renderer(settings, address=lambda call, on: f"https://line.example/{on}"))
        assert len(settings.kept) == kept, words


def test_the_adviser_who_answers_hears_the_language_by_its_name(line):
    assert "They speak Romanian." in _whisper(line, {"lang": "ro"})
