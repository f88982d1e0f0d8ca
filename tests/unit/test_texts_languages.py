"""A text that names a language, or is in one, is answered in it where it has a doorway or is on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ivr import texts
from ivr.content import load
from ivr.line.model import Line
from ivr.simulator.mailroom import segments
from tests.support import doors, scrambled
from tests.support.paths import ROOT

TODAY = date(2026, 11, 24)
LANGS = ("ro", "bn", "ur", "lt", "pl", "pt", "sq", "bg", "pa", "so")
TEXTED = {
    "ro": ["ROMANA", "Română", "Bună ziua, fiul meu nu are loc la școală.", "nu vorbesc engleza"],
    "bn": ["BANGLA", "বাংলা", "আমার ছেলের স্কুলে সাহায্য দরকার"],
    "ur": ["URDU", "اردو", "میرے بیٹے کو اسکول میں مدد چاہیے"],
    "lt": ["LIETUVIU", "lietuviškai", "Mano sūnui reikia pagalbos mokykloje", "Nekalbu angliškai"],
    "pl": ["POLSKI", "po polsku", "Mój syn potrzebuje pomocy w szkole", "Polish please"],
    "pt": ["PORTUGUES", "Português", "O meu filho precisa de ajuda na escola", "Não falo inglês"],
    "sq": ["SHQIP", "Albanian", "Nuk flas anglisht"],
    "bg": ["БЪЛГАРСКИ", "Bulgarian", "Синът ми има нужда от помощ в училище"],
    "pa": ["PUNJABI", "ਪੰਜਾਬੀ", "ਮੇਰੇ ਪੁੱਤਰ ਨੂੰ ਸਕੂਲ ਵਿੱਚ ਮਦਦ ਚਾਹੀਦੀ ਹੈ"],
    "so": ["SOOMAALI", "Somali", "Wiilkaygu wuxuu u baahan yahay caawimo iskuulka", "Ma hadlo Ingiriisi"],
}  # fmt: skip
ENGLISH = "Advice line: our advice is in English."


@pytest.fixture(scope="module")
def lines(tmp_path_factory) -> dict[str, Line]:
    """The line with each doorway on, three at a time, by language."""
    found = {}
    for at in range(0, len(LANGS), 3):
        some = LANGS[at : at + 3]
        root = tmp_path_factory.mktemp("doors") / "prompts"
        doors.content(root, **{lang: {"say": "x", "tag": lang} for lang in some})
        line = load(doors.signed(root, *some))
        found |= dict.fromkeys(some, line)
    return found


def answer(line: Line, body: str) -> tuple[str, ...]:
    return texts.whole(line, texts.asked(line, body, TODAY), TODAY, body, "0042")


@pytest.mark.parametrize(
    ("lang", "body"), [(k, body) for k, some in TEXTED.items() for body in some]
)
def test_it_is_answered_with_the_sentence_of_the_doorway_in_two_parts_at_most(lines, lang, body):
    (told,) = answer(lines[lang], body)
    assert told == lines[lang].doorways[lang].says["sms_language"] and "CALL " in told
    assert segments(told) <= 2


@pytest.mark.parametrize("body", ["CALL ROMANA", "call, romanian please", "Română call"])
def test_who_asks_to_be_rung_in_it_is_told_so_in_it_and_the_adviser_is_told_which(lines, body):
    found = texts.asked(lines["ro"], body, TODAY)
    assert found.ring and found.language == "ro"
    own, english = answer(lines["ro"], body)
    assert own == "Vă vom suna pe acest telefon. Nu vom lăsa niciun mesaj." and "0042" in english


@pytest.mark.parametrize(
    "body", ["POLSKI", "Mój syn potrzebuje pomocy w szkole", "Môj syn, škola, prosím"]
)
def test_without_its_doorway_a_language_is_answered_in_english(lines, body):
    (told,) = answer(lines["ro"], body)
    assert told.startswith(ENGLISH)


@pytest.mark.parametrize("body", ["school", "complain", "24/9/2026", "my son is polite", "CALL"])
def test_an_english_text_is_answered_in_english_with_doorways_on(lines, body):
    plain = replace(lines["ro"], doorways={})
    assert answer(lines["ro"], body) == answer(plain, body)


def test_who_is_in_danger_hears_that_first_and_then_the_doorway(lines):
    told = answer(lines["pl"], "mąż mnie bije, boję się")
    assert "999" in told[0]
    assert told[1:] in ((), (lines["pl"].doorways["pl"].says["sms_language"],))


def test_in_a_full_language_its_name_brings_the_menu_in_it(tmp_path):
    line = load(scrambled.beside(tmp_path / "prompts"))
    (told,) = answer(line, "WELSH")
    assert told.startswith("Ecivda enil") and segments(told) <= 2


def test_the_answer_of_a_doorway_that_is_too_long_shuts_it(tmp_path):
    root = doors.content(tmp_path / "prompts", ro=doors.ROMANIAN)
    says = root / "ro" / "says.yaml"
    says.write_text(says.read_text().replace("scrieți: CALL", "scrieți" + " ș" * 40 + ": CALL"))
    assert load(doors.signed(root, "ro")).shut == ("ro",)
    assert load(ROOT / "prompts").doorways == {}
