"""The page for a lawyer, what leans on which rule, and who is said to have checked the advice."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from click.testing import CliRunner

from ivr.cli import main
from ivr.reports import poster
from ivr.reports.for_a_lawyer import matching, page
from ivr.reports.script import html, paper, plain
from tests.support import broken
from tests.support.paths import ROOT
from tests.support.staff_pages import signed_in

LINE = broken.shipped().line
UNCHECKED = "No lawyer has checked this yet."
NAME = "A. Name, solicitor, 3 December 2026"
CHECKED = replace(LINE, reviewed_by=NAME)


def printed(*words: str):
    return CliRunner().invoke(main, words)


def test_the_page_is_what_the_command_prints():
    kept = (ROOT / "docs" / "for-a-lawyer.md").read_text()
    made = printed("script", "--for-a-lawyer").output
    assert kept == made, "run: ivr script --for-a-lawyer > docs/for-a-lawyer.md"


def test_each_row_has_a_box_a_sentence_its_rule_and_a_day():
    rows = [row.split(" | ") for row in page(LINE).splitlines() if row.startswith("| ☐")]
    assert len(rows) > 100 and {len(row) for row in rows} == {4}
    for _, says, leans, read in rows:
        assert says and re.search(r"\(([FL]\d{2,3}(, )?)+\)$", leans), says
        assert re.fullmatch(r"\d+ November 2026 \|", read)


@pytest.mark.parametrize(
    ("says", "leans"),
    [
        ("You do not need the school's OK.", "section 36(1) and (8)"),
        ("Appeals have a time limit too.", "Regulation 33"),
        ("It cannot look inside most schools.", "24 014 981"),
        ("You may be in time until", "rule 20(1)(c)(ii)"),
        ("A new letter needs a new certificate. So I count", "section 55"),
        ("You have at least fifteen days to answer it.", "Regulation 13(1)"),
    ],
)
def test_a_sentence_stands_beside_its_rule(says, leans):
    assert [row for row in page(LINE).splitlines() if says in row and leans in row]


def test_what_is_open_is_asked():
    made = page(LINE)
    assert made.count("- [ ] ") >= 8 and "rule 20(1)(c)(ii) give one month" in made


def test_a_sentence_that_changes_changes_the_page(tmp_path):
    content = broken.changed(
        tmp_path, "en/topics/complaint.yaml", "That does not stop the clock.",
        "A talk does not stop the clock.",
    )  # fmt: skip
    assert "| A talk does not stop the clock. | A law (F11)" in page(broken.read(content).line)


# -- What leans on one rule


@pytest.mark.parametrize(
    ("asked", "says", "never"),
    [
        (("reg", "33"), "certificate.yaml, part 2: “Say you want to appeal.”", "the school's OK"),
        (("Regulation", "33"), "says.yaml, ring_adviser_by: “Ring the mediation adviser by”", "36(1)"),
        (("section", "36"), "school.yaml, part 4: “You do not need the school's OK.”", "Regulation 33"),
        (("rule", "20"), "mediation.yaml, text: “Advice line", "section 36"),
        (("reg", "13"), "menus.yaml, draft: “A draft plan cannot be appealed yet.", "Regulation 33"),
    ],
    ids=str,
)  # fmt: skip
def test_a_rule_that_has_changed_leads_to_every_sentence_that_leans_on_it(asked, says, never):
    result = printed("facts", *asked)
    assert result.exit_code == 0 and says in result.output and never not in result.output


@pytest.mark.parametrize(
    ("source", "asked"),
    [("Reg 7, SI 2012/1033", ("regulation", "7")), ("Act 2014, s.36(1)", ("section", "36"))],
)
def test_a_rule_is_found_however_its_source_writes_it(source, asked):
    short = replace(LINE, facts={"F01": replace(LINE.facts["F01"], sources=(source,))})
    assert matching(short, asked) == {source: ["F01"]}


def test_regulation_3_is_not_33():
    assert printed("facts", "reg", "3").exit_code == 1


def test_every_fact_is_listed_with_a_sentence_under_each_of_its_sources():
    listed = printed("facts").output
    for name, fact in LINE.facts.items():
        for source in fact.sources:
            under = listed.partition(f"{source}\n")[2].partition("\n\n")[0]
            rows = under.partition(f"  {name}  ")[2].splitlines()
            assert len(rows) > 1 and rows[1].startswith("        en/"), (name, source)


# -- Who has checked it


def test_until_a_lawyer_has_checked_it_paper_page_and_poster_say_so():
    made = paper(LINE, "en", "+442079460100")
    for shown in (plain(made), html(made), poster.html(LINE, "en", "+442079460100")):
        assert UNCHECKED in shown and "June 2026" in shown


def test_once_one_has_they_are_named():
    made = paper(CHECKED, "en", "+442079460100")
    for shown in (
        plain(made),
        html(made),
        poster.html(CHECKED, "en", "+442079460100"),
        page(CHECKED),
    ):
        assert NAME in shown and UNCHECKED not in shown


def test_staff_read_it_over_the_words(app):
    assert UNCHECKED in signed_in(app, "viewer").get("/office/words").text
