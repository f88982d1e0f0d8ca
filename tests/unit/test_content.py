"""Content with a fault is refused with file, line and plain words, all faults at once."""

from __future__ import annotations

import re
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier

import pytest

from ivr.content import ContentError, load
from ivr.content.content_store import ContentStore
from ivr.content.edit import RefusedError, taken
from ivr.flow import step
from ivr.line.call import Call, NoInput
from ivr.line.model import Line
from tests.support.broken import SHIPPED, change, faults
from tests.support.lines import OPEN, words_of


def test_the_shipped_content_is_sound():
    line = load(SHIPPED)
    assert len(line.facts) >= 129 and line.version
    assert list(line.menus["main"].keys.values()) == [
        "help",
        "complaint",
        "agree",
        "appeal",
        "choose",
    ]


COMPLAINT = "en/topics/complaint.yaml"
FAULTS = {
    "no YAML": (COMPLAINT, "summary:", "summary: [", "not readable"),
    "a tag": (COMPLAINT, "summary:", "summary: !!set", "a tag (!)"),
    "a name misspelt": (COMPLAINT, "summary:", "sumary:", "sumary"),
    "an unknown fact": (COMPLAINT, "F23", "F99", "F99 is not in facts.yaml"),
    "a date that is none": (COMPLAINT, "2026-11-29", "soon", "reviewed"),
    "an empty part": (COMPLAINT, "label: make a complaint", 'label: ""', "label"),
    "a key that leads nowhere": ("flow.yaml", "2: complaint", "2: complaints", "complaints"),
    "a gap in the keys": ("flow.yaml", "4: discrimination", "5: discrimination", "without a gap"),
    "a sixth choice": ("flow.yaml", "5: choose", "5: choose, 6: ways", "main"),
    "a start that is no menu": ("flow.yaml", "start: main", "start: mian", "not a menu"),
    "advice in short of what is no topic": (
        "flow.yaml",
        "short: [ways",
        "short: [wasy",
        "wasy",
    ),
    "a phrase without its field": ("en/says.yaml", "press {key}.", "press.", "{key}"),
    "a phrase that is not known": ("en/says.yaml", "greeting:", "greetings:", "greetings"),
    "hours the wrong way round": ("line.yaml", "09:00-17:00", "17:00-09:00", "opening times"),
    "a day that is none": ("line.yaml", "monday:", "mondag:", "mondag"),
    "a menu without words": ("en/menus.yaml", "agree:", "argee:", "argee"),
    "an adviser with a capital": (
        "line.yaml",
        "{name: second}",
        "{name: Anna Ash}",
        "small letters",
    ),
    "a name twice": ("en/menus.yaml", "agree:", "main:", "main"),
}


@pytest.mark.parametrize(("file", "old", "new", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_with_its_file_and_line(content, file, old, new, said):
    line = change(content, file, old, new)
    found = faults(content)
    assert any(file in fault and said in fault for fault in found), found
    numbers = [int(fault.split(", line ")[1].split(":")[0]) for fault in found if file in fault]
    assert min(abs(number - line) for number in numbers) <= 3 or "missing" in " ".join(found), found


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(f'*{before}' for _ in range(9))}]\n"
    for before, name in pairwise("abcdefghi")
)
"""Four hundred bytes, which are ten thousand million values to whoever follows them."""
ODD = {
    "references": (LAUGHS, 1, "a reference"),
    "a list within itself": ("a: b\nc: &self\n  <<: *self\n", 3, "a reference"),
    "a name that is referred to nowhere": ("a: &b c\n", 1, "a reference"),
    "a reference to nothing": ("a: b\nc: *d\n", 2, "a reference"),
    "a name twice in an ordered list": ("a: b\nc: !!omap\n- a: 1\n- a: 2\n", 2, "a tag (!)"),
    "no yes or no": ('a: !!bool "abc"\n', 1, "a tag (!)"),
    "a tag of nobody's": ("a: b\n# c\nd: ! e\n", 3, "a tag (!)"),
    "bytes": ("a: !!binary abc\n", 1, "a tag (!)"),
    "brackets": ("a: b\nc: " + "[" * 3_000, 2, "within each other"),
    "braces": ("{a: " * 900, 1, "within each other"),
    "lists in a line": ("- " * 2_000, 1, "within each other"),
    "names in a line": ("? " * 2_000, 1, "within each other"),
    "too many values": ("- a\n" * 7_000, 5_000, "values that a file may hold"),
    "too many names": ("".join(f"a{n}: b\n" for n in range(7_000)), 2_500, "values that a file"),
    "too large": ("# words\n" * 130_000, 1, "larger than 1 MB"),
    "too many comments": ("a: b\n" + "#\n" * 497_000, 8_001, "lines that a file may have"),
    "too many empty lines": ("a: b\n" + "\n" * 900_000, 8_001, "lines that a file may have"),
    "too many ends of lines of another kind": (
        "a: b\n" + "#\u2028" * 200_000,
        2,
        "lines that a file may have",
    ),
    "a line too long": ("a: b\nc: " + "w " * 400_000, 2, "this line is too long"),
    "a name that is a list": ("a: b\n? [c, {d: e}]\n: f\n", 2, "do not fit"),
    "a name that is names": ("{{a: b}: c}\n", 1, ""),
    "what is joined to itself": ("<<: [[a]]\n", 1, "not readable"),
    "a number too long": ("a: " + "9" * 3_999, 1, ""),
}
FIRST_LINE = re.compile(r", line (\d+): (.*)")


@pytest.mark.parametrize(("text", "line", "said"), ODD.values(), ids=ODD)
def test_odd_yaml_is_refused_with_its_line_at_once_and_takes_no_memory(content, text, line, said):
    (content / COMPLAINT).write_text(text)
    begun = time.process_time()
    tracemalloc.start()
    try:
        found = [each for each in faults(content) if each.startswith(COMPLAINT)]
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    at, words = FIRST_LINE.search(found[0]).groups()
    assert said in words and (not said or abs(int(at) - line) <= 1), found
    assert most < 100_000_000
    assert time.process_time() - begun < 10, "with what measures memory; a second without"


@pytest.mark.parametrize("text", [text for text, *_ in ODD.values()], ids=ODD)
def test_odd_yaml_that_is_pasted_is_refused_in_words(text):
    with pytest.raises((RefusedError, ContentError)) as error:
        taken(COMPLAINT, text.encode())
        raise ContentError([])
    assert all(each.says for each in error.value.faults)


@pytest.mark.parametrize("text", ["- a list", "NHS: words", "NHS: {says: x}", "NHS: {say: [x]}"])
def test_how_the_voice_says_words_has_its_shape_too(content, text):
    (content / "en" / "pronunciation.yaml").write_text(text)
    assert all(each.startswith("en/pronunciation.yaml, line 1: ") for each in faults(content))


def test_a_file_of_a_megabyte_is_taken():
    whole = (SHIPPED / COMPLAINT).read_text()
    long = whole + f"# a remark of somebody's, kept {'as it stands ' * 9}\n" * 6_500
    assert 950_000 < len(long) < 1_000_000
    assert taken(COMPLAINT, long.replace("\n", "\r\n").encode()) == long


def test_a_missing_file_is_named(content):
    (content / COMPLAINT).unlink()
    assert faults(content) == [f"{COMPLAINT}, line 1: this file is missing"]


def test_all_faults_are_named_at_once(content):
    change(content, COMPLAINT, "summary:", "sumary:")
    change(content, "en/says.yaml", "press {key}.", "press.")
    change(content, "flow.yaml", "2: complaint", "2: complaints")
    assert {fault.split(",")[0] for fault in faults(content)} == {
        COMPLAINT,
        "en/says.yaml",
        "flow.yaml",
    }


def test_a_running_line_keeps_the_last_good_content_and_takes_up_the_next(content):
    content_store = ContentStore(content)
    first = content_store.line("")
    change(content, COMPLAINT, "summary:", "sumary:")
    content_store.look()
    assert content_store.line("") is first
    change(content, COMPLAINT, "sumary:", "summary:")
    change(content, COMPLAINT, "Usually, you need to talk to them first.", "First, talk.")
    content_store.look()
    assert content_store.line("").words("en").topics["complaint"].summary.startswith("First, talk.")
    assert content_store.line(first.version) is first


def test_whoever_looked_for_a_change_finds_it_also_where_another_looks_at_the_same_time(content):
    content_store, together = ContentStore(content), Barrier(2)
    change(content, COMPLAINT, "Usually, you need to talk to them first.", "First, talk.")

    def found() -> str:
        together.wait()
        content_store.look()
        return content_store.line("").words("en").topics["complaint"].summary

    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(found) for _ in range(2)]
    assert all(each.result().startswith("First, talk.") for each in both)


def test_no_wait_is_told_in_figures_as_slower_speech_makes_it_longer():
    told = load(SHIPPED).units("en")
    assert [each for each in told if re.search(r"\bseconds\b", each)] == []


def help_in(line: Line, menu: str) -> str:
    """What a caller hears who has been silent twice in a menu."""
    silent = Call(at=menu, version=line.version, last="5", silences=1)
    return words_of(step(line, silent, NoInput(), OPEN))


def test_hints_follow_keys_that_are_swapped(content):
    change(content, "flow.yaml", "main: {1: help, 2: complaint", "main: {1: complaint, 2: help")
    change(content, "flow.yaml", "3: mediation, 4: certificate", "3: certificate, 4: mediation")
    change(content, "en/topics/mediation.yaml", "label: hear", "label: learn more")
    line = load(content)
    assert "you may want to ask about school or a plan. For that, press 2." in help_in(line, "main")
    assert "to learn more about mediation, press 4." in help_in(line, "agree")


def test_a_hint_counts_the_choices_there_are(content):
    change(content, "flow.yaml", ", 5: choose}", "}")
    change(content, "flow.yaml", "4: discrimination}", "4: choose}")
    assert "You can hear about four things." in help_in(load(content), "main")


ODD_BRACES = (
    "{key}",
    "{key:}",
    "{key:nowhere}",
    "{key!r:school}",
    "{key:{key}}",
    "{0}",
    "{count:school}",
    "{",
    "{label.x:school}",
)


@pytest.mark.parametrize("odd", ODD_BRACES)
def test_a_hint_that_cannot_be_filled_is_refused(odd, content):
    at = change(content, "en/menus.yaml", "press {key:help}", f"press {odd}")
    (fault,) = faults(content)
    assert fault.startswith(f"en/menus.yaml, line {at}:")


def test_the_names_of_services_stand_in_one_place_and_are_heard_and_texted(content):
    line = content / "line.yaml"
    line.write_text(line.read_text().replace("name: IPSEA", "name: The Law Helpers"))
    others = load(content).words("en").topics["others"]
    assert "The Law Helpers gives free advice" in others.parts[2].says
    assert "The Law Helpers" in others.summary and "The Law Helpers" in others.text


@pytest.mark.parametrize("odd", ["{nobody}", "{}", "{0}", "{advice.x}", "{"])
def test_a_service_that_is_no_contact_is_refused(odd, content):
    file = content / "en/topics/others.yaml"
    file.write_text(file.read_text().replace("Ask {ipsea}", f"Ask {odd}"))
    with pytest.raises(ContentError) as caught:
        load(content)
    said = str(caught.value)
    assert "en/topics/others.yaml" in said and "{advice}" in said
