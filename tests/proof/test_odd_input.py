"""Odd input to the readers (T4, T5): what is kept, and that what a search finds is kept and told.

No search is made here: ``make fuzz`` searches, and first of all looks that it finds anything.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.proof import odd_chosen, odd_drawn, odd_input, odd_led
from tests.proof.odd_input import READERS, ROOT, search
from tests.proof.odd_kept import FAILED, KEPT, Finding, keep, kept, told
from tests.proof.odd_led import MOST_BYTES
from tests.proof.odd_targets import TARGETS, line, read

NOTHING_TYPED = "failed-b7947c4213c5"
"""Of 29 November: back at “is that the right number?” with no number, and then no key."""


@pytest.mark.parametrize("name", READERS)
def test_each_reader_takes_what_it_usually_gets(name):
    seeds = list(TARGETS[name].seeds())
    assert len(seeds) >= 3
    for each in seeds:
        read(name, each)


@pytest.mark.filterwarnings("ignore::ruamel.yaml.error.ReusedAnchorWarning")
@pytest.mark.parametrize("name", READERS)
def test_each_reader_takes_every_input_that_is_kept(name):
    inputs = kept(name)
    assert inputs
    for file, data in inputs.items():
        try:
            read(name, data)
        except Exception as error:
            raise AssertionError(
                told(Finding(name, data, repr(error)), KEPT / name / file)
            ) from error


def test_what_is_kept_is_small_and_named_by_what_it_holds(tmp_path):
    assert sorted(each.name for each in KEPT.iterdir() if each.is_dir()) == sorted(READERS)
    for name in READERS:
        for file, data in kept(name).items():
            assert keep(name, data, file.partition("-")[0], tmp_path).name == file
            assert len(data) <= MOST_BYTES


@pytest.mark.parametrize(
    ("trail", "asked"),
    [
        ("", "The main menu."),
        ("&trail=main~number-complaint", "Please enter a UK mobile number."),
    ],
)
def test_who_has_nothing_typed_and_presses_nothing_is_led_back(telephone, trail, asked):
    query, _, form = kept("state")[NOTHING_TYPED].decode().partition("\n")
    assert query == "at=check-complaint&on=silence" and "Digits" not in form
    heard = telephone.words(telephone.voice(query + trail))
    assert asked in heard and line().words("en").say("apology") not in heard


@pytest.fixture
def drawn_alone(monkeypatch):
    """A machine for which there is no atheris."""
    monkeypatch.setattr(odd_input, "find_spec", lambda _: None)


@pytest.mark.usefixtures("drawn_alone")
def test_a_finding_is_kept_and_told_with_what_to_do_and_falls_over_again(tmp_path, capsys):
    """A reader that is broken on purpose stands for one that nobody knows to be."""
    assert search(1, 1, ("broken",), tmp_path) == 1
    said, (file,) = capsys.readouterr().out, (tmp_path / "broken").iterdir()
    assert file.read_bytes() == b"mend" and file.name.startswith(f"{FAILED}-")
    for words in ("AssertionError: broken on purpose", "b'mend'", str(file), "make fuzz"):
        assert words in said
    command = [sys.executable, "-m", "tests.proof.odd_input", str(file)]
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert again.returncode == 1 and "AssertionError" in again.stderr


@pytest.mark.usefixtures("drawn_alone")
def test_a_search_that_finds_nothing_says_what_it_tried(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(odd_input, "AT_ONCE", 5)
    assert search(0, 1, ("texts",), tmp_path) == 0
    said = capsys.readouterr().out
    assert "The search is well" in said and "| texts |" in said and not list(tmp_path.iterdir())


@pytest.mark.usefixtures("drawn_alone")
def test_a_search_that_finds_nothing_in_a_broken_reader_is_told_to_be_broken(capsys, monkeypatch):
    monkeypatch.setattr(odd_input, "SURE", 0)
    monkeypatch.setattr(odd_drawn, "tried", lambda *_: None)
    assert search(1, 1) == 2
    assert "The search itself is broken" in capsys.readouterr().out


def test_a_reader_that_never_comes_back_is_a_finding(monkeypatch):
    def hang(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr(odd_input, "LONGEST", 0.1)
    monkeypatch.setattr(odd_input, "read", hang)
    with pytest.raises(odd_input.TooLong, match="no answer within"):
        odd_input.in_time("texts", b"")


def test_of_what_a_search_led_by_coverage_says_the_figures_are_read():
    said = """#4\tINITED cov: 7 ft: 8 corp: 2/9b exec/s: 0 rss: 90Mb
#9\tNEW    cov: 9 ft: 10 corp: 3/11b lim: 4 exec/s: 0 rss: 90Mb
#12\tREDUCE cov: 11 ft: 12 corp: 4/13b lim: 4 exec/s: 0 rss: 90Mb
stat::number_of_executed_units: 1200
stat::average_exec_per_sec:     60
stat::new_units_added:          3
"""
    assert odd_led._counted(said, None) == odd_led.Tried(1200, 60, 7, 11, 3, None)


def test_of_a_hang_its_summary_is_told():
    said = "ALARM: working on the last Unit\nSUMMARY: libFuzzer: timeout\nstat::peak_rss_mb: 9\n"
    hung = subprocess.CompletedProcess((), 70, "", said)
    assert odd_led._happened(hung).splitlines()[-1] == "SUMMARY: libFuzzer: timeout"


def test_few_inputs_are_chosen_that_reach_what_others_do_not(monkeypatch):
    """Each letter stands for a step; the usual input of this reader is an m."""
    monkeypatch.setattr(odd_chosen, "reached", lambda _, data: set(data))
    few = odd_chosen.chosen("broken", [b"ab", b"abcmm", b"mmm", b"cb", b"abcmmm", b"dd"])
    assert few == [b"abc", b"d"]


def test_what_an_input_reaches_is_counted_in_the_code_that_leads_its_reader():
    plain, escaped = (odd_chosen.reached("guard", each) for each in (b"a=1", b"\n\na=%25"))
    assert {"ivr.webhooks.guard", "ivr.webhooks.fields"} <= {module for module, _, _ in escaped}
    assert escaped - plain and "tests.proof.odd_targets" not in {module for module, _, _ in escaped}
