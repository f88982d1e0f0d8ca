"""``ivr reply``: what a text would be answered and done, without doing it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from ivr.cli import main

DAY = ("--today", "2026-11-24")


def replied(*args: str) -> list[dict[str, list[str]]]:
    done = CliRunner().invoke(main, ["reply", "--json", *DAY, *args])
    assert done.exit_code == 0, done.output
    return [json.loads(row) for row in done.output.splitlines()]


@pytest.mark.parametrize(
    ("body", "kinds", "does", "says"),
    {
        "a letter": ("letter dated 3 november 2026", ["letter:2026-11-03"], [], 2),
        "a call": ("please ring me", ["ring"], ["call-back"], 1),
        "no more": ("STOP", ["stop"], ["opt-out"], 0),
        "again": ("START", ["start"], ["opt-in"], 0),
        "danger": ("he hit me", ["danger"], ["alert"], 2),
        "no call": ("never phone me", ["no-ring"], ["cancel-call-back"], 1),
        "a review": (
            "annual review 3.11.26",
            ["deadline", "topic:provision", "topic:complaint"],
            [],
            2,
        ),
        "nothing": ("", ["menu"], [], 1),
    }.values(),
)
def test_a_text_is_replied_to_in_one_object(body, kinds, does, says):
    (found,) = replied(body)
    assert (found["kinds"], found["does"], len(found["says"])) == (kinds, does, says)


def test_a_newer_topic_is_named_first_and_the_label_before_it_after():
    (found,) = replied("my son was excluded from school")
    assert found["kinds"] == ["topic:out-of-school", "topic:exclusion"]


@pytest.mark.parametrize(
    ("body", "tag"),
    {
        "do you have somebody who speaks polish": "pl",
        "is there an interpreter for Romanian please": "ro",
        "can someone explain in Urdu": "ur",
        "nu inteleg scrisoarea de la scoala": "ro",
        "nie rozumiem tego listu ze szkoły": "pl",
        "mano sūnus negauna pagalbos mokykloje": "lt",
        "o meu filho não tem escola": "pt",
        "nuk e kuptoj letrën nga shkolla": "sq",
        "синът ми няма място в училище": "bg",
        "можно получить помощь на русском языке": "ru",
        "চিঠিটা কি বাংলায় পাওয়া যাবে": "bn",
        "میرے بیٹے کو سکول میں جگہ نہیں ملی": "ur",
        "ਕੀ ਇਹ ਚਿੱਠੀ ਪੰਜਾਬੀ ਵਿੱਚ ਮਿਲ ਸਕਦੀ ਹੈ": "pa",
        "ابني لا يذهب إلى المدرسة": "ar",
        "oğlum okula gitmiyor ne yapmalıyım": "tr",
        "wiilkaygu iskuul ma haysto": "so",
    }.items(),
)
def test_a_language_is_named_by_its_tag(body, tag):
    (found,) = replied(body)
    assert f"language:{tag}" in found["kinds"]


def test_the_tag_stands_before_the_plain_name():
    assert replied("nie rozumiem angielskiego")[0]["kinds"] == ["language:pl", "language"]


def test_a_language_that_is_none_of_ours_has_the_tag_for_that():
    assert "language:und" in replied("is there an interpreter for klingon")[0]["kinds"]


def test_a_file_has_a_row_for_each_of_its_lines(tmp_path):
    file = tmp_path / "texts.txt"
    file.write_text("please ring me\n\ndanger\the hit me\n3/11/26\n", encoding="utf-8")
    found = replied("--file", str(file))
    assert [each["kinds"][0] for each in found] == ["ring", "menu", "danger", "letter:2026-11-03"]


def test_a_number_that_is_no_mobile_gets_one_part_and_one_abroad_no_call():
    assert len(replied("3/11/26", "--from", "+442079460123")[0]["says"]) == 1
    assert (
        "only ring UK numbers" in replied("please ring me", "--from", "+33612345678")[0]["says"][0]
    )


def test_people_read_what_was_understood_said_and_done():
    done = CliRunner().invoke(main, ["reply", *DAY, "please ring me"])
    assert "understood: ring" in done.output and "does: call-back" in done.output


@pytest.mark.parametrize("args", [[], ["a", "--file", __file__]])
def test_one_text_or_a_file_must_be_given(args):
    assert CliRunner().invoke(main, ["reply", *args]).exit_code == 2
