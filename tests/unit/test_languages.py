"""Another language: offered in itself, chosen with one key, kept to the end of the call (R50)."""

from __future__ import annotations

from ivr.line.call import Call, CallStarted, InLanguage, KeyPressed, NoInput
from tests.support.lines import LINE, TWO_LANGUAGES, follow, words_of


def heard(*keys: str, call: Call | None = None):
    """The last turn on the line with two languages; "-" is silence."""
    things = [NoInput() if key == "-" else KeyPressed(key) for key in keys]
    return follow(*([] if call else [CallStarted()]), *things, call=call, line=TWO_LANGUAGES)


def test_the_opening_offers_each_other_language_in_itself_after_0_and_before_the_choices():
    assert words_of(heard()) == (
        "<greeting> <for_person> XX For this language, press 6. To hear apples, press 1. "
        "To hear more, press 2. <for_hearing>"
    )
    assert InLanguage("xx", "XX For this language, press 6.") in heard().say


def test_a_line_with_one_language_offers_none():
    assert "language" not in words_of(follow(CallStarted()))
    assert words_of(follow(CallStarted(), KeyPressed("8"))).count("press") == 3


def test_its_key_works_in_the_whole_first_menu_and_then_all_is_said_in_it():
    for keys in (["6"], ["-", "6"], ["7", "6"], ["2", "*", "6"]):
        turn = heard(*keys)
        assert turn.call.lang == "xx" and turn.call.at == "main"
        assert words_of(turn).startswith("XX <greeting>")


def test_its_key_does_nothing_elsewhere():
    turn = heard("2", "6")
    assert turn.call.lang == "en" and "Key 6 is not used here." in words_of(turn)


def test_it_holds_for_menus_topics_slips_silence_and_the_way_back_from_a_person():
    for keys in (["2"], ["1"], ["1", "1"], ["7"], ["-"], ["-", "-"], ["8"], ["0"], ["1", "*"]):
        turn = heard("6", *keys)
        assert turn.call.lang == "xx"
        said = [unit for unit in turn.say if isinstance(unit, str)]
        assert said and all("XX" in unit for unit in said), said


def test_key_8_then_4_lists_the_languages_each_in_itself():
    menu = heard("8")
    assert "To <language_label>, press 4." in words_of(menu)
    assert InLanguage("xx", "XX To XX <language_label>, press 4.") in menu.say
    listed = heard("8", "4")
    assert listed.call.at == "languages"
    assert InLanguage("en", "For this language, press 1.") in listed.say
    assert InLanguage("xx", "XX For this language, press 2.") in listed.say


def test_a_language_chosen_in_a_topic_goes_on_with_the_same_part():
    turn = heard("1", "1", "8", "4", "2")
    assert (turn.call.at, turn.call.part, turn.call.lang) == ("apples", 1, "xx")
    assert words_of(turn).startswith("XX <language_on>")
    assert heard("4", "1", call=heard("8", call=turn.call).call).call.lang == "en"


def test_key_4_of_the_hearing_menu_is_not_used_with_one_language():
    assert "Key 4 is not used here." in words_of(
        follow(CallStarted(), KeyPressed("8"), KeyPressed("4"))
    )


def test_what_is_recorded_holds_the_offers_only_where_there_are_several():
    assert not any("this language" in unit for unit in LINE.units("en"))
    assert "XX For this language, press 6." in TWO_LANGUAGES.units("xx")
    assert "For this language, press 1." in TWO_LANGUAGES.units("en")
