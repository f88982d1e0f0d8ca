"""The line on paper: that it holds what callers hear, can be read by everyone, and is made whole."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from datetime import date, time
from html.parser import HTMLParser
from importlib.abc import MetaPathFinder
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner, Result

from ivr.cli.script import script
from ivr.content import load
from ivr.line.hours import Hours
from ivr.line.phrases import SAYS
from ivr.reports import pdf
from ivr.reports.front import one_off, printed, weekly
from ivr.reports.paper import Paper, Row
from ivr.reports.script import html, paper, plain
from ivr.reports.sections import written
from tests.support.lines import LINE, TWO_LANGUAGES, WORDS
from tests.support.paths import ROOT

REAL = load(ROOT / "prompts")
WORDS_SAID = REAL.words("en")
DEMONSTRATION = "+442079460100"
PAPER = paper(REAL, "en", DEMONSTRATION)
PAGE = html(PAPER)
SMALLEST = 18 / 0.75
"""18 points in the pixels that WeasyPrint measures in."""
UNCLOSED = {"meta", "link", "br"}


def rows_of(made: Paper, name: str) -> tuple[Row, ...]:
    return next(section.rows for section in made.sections() if section.name == name)


def words_on(made: Paper) -> str:
    """Every word on the paper, a title and a heading as the line says it: with its full stop."""
    rows = [row.words for section in made.sections() for row in section.rows]
    heads = [f"{row.words}." for section in made.sections() for row in section.rows]
    titles = [f"{section.title}." for section in made.sections()]
    return "\n".join([*rows, *heads, *titles])


# --- what stands on it -----------------------------------------------------------------------


def form_of(phrase: str) -> str:
    """A pattern of all that one phrase can be, whatever fills it."""
    return re.sub(r"\\\{\w+\\\}", ".+", re.escape(WORDS_SAID.says[phrase]))


DESK = tuple(WORDS_SAID.says[name] for name in SAYS if name.startswith(("desk_", "draft_")))
"""What an adviser or a test number hears, and no caller."""
FILLED = [form_of(name) for name, fields in SAYS.items() if fields and name != "choice"]


def test_everything_the_line_can_say_stands_on_the_paper():
    shown = words_on(PAPER)
    pieces = set(WORDS_SAID.pieces.all())
    missing = [
        unit
        for unit in REAL.units("en")
        if unit not in pieces and unit not in DESK and unit not in shown
        and not any(re.fullmatch(form, unit) for form in FILLED)
    ]  # fmt: skip
    assert missing == []


@pytest.mark.parametrize("phrase", ["count", "not_used", "digits_heard"])
def test_a_phrase_with_a_number_in_it_stands_there_once_at_least(phrase):
    assert re.search(form_of(phrase), words_on(PAPER))


@pytest.mark.parametrize("name", REAL.menus)
def test_every_key_of_a_menu_stands_beside_its_words_and_names_where_it_leads(name):
    choices = {row.key: row for row in rows_of(PAPER, name) if row.kind == "choice"}
    for key, to in REAL.menus[name].keys.items():
        label = WORDS_SAID.choice(WORDS_SAID.node(to).label, key)
        answer = WORDS_SAID.say("yes" if key == "1" else "no")
        assert choices[key].words == (answer if REAL.menus[name].question else label)
        assert choices[key].to == to


@pytest.mark.parametrize("name", REAL.topics)
def test_a_topic_stands_there_in_order_with_its_text_message(name):
    topic = WORDS_SAID.topics[name]
    said = [row.words for row in rows_of(PAPER, name) if row.kind in ("said", "text")]
    keys = "To have it all read to you, wait, or press 1."
    assert said == [topic.summary, keys, *(part.says for part in topic.parts), topic.text]
    following = next(row for row in rows_of(PAPER, name) if row.key == "1")
    assert following.to == REAL.topics[name].next


@pytest.mark.parametrize("name", REAL.topics)
def test_a_topic_can_be_found_by_each_word_that_may_be_texted(name):
    row = next(row for row in rows_of(PAPER, "by-text") if row.to == name)
    assert re.split(", | or ", row.key) == list(WORDS_SAID.topics[name].keywords)


def test_the_four_keys_stand_first_a_person_before_all():
    keys = [row.key for row in rows_of(PAPER, "four-keys") if row.kind == "choice"]
    assert keys == ["0", "*", "#", "8"]


def test_who_presses_nothing_reads_how_long_each_wait_is():
    heads = [row.words for row in rows_of(PAPER, "no-key") if row.kind == "head"]
    waits = [re.findall(r"\d+", words) for words in heads]
    no_waits = [[]] * 4
    assert waits == [
        *(["10"], ["20"], ["30"], ["40"], []),
        *(["10"], [], ["20"], *no_waits),
    ]


def test_who_presses_nothing_reads_of_the_advice_in_short_and_of_the_message():
    words = [row.words for row in rows_of(PAPER, "no-key")]
    assert WORDS_SAID.topics["ways"].summary in words
    assert words.index("Here is the advice in short.") < words.index(
        "To leave a message for the advisers, stay on the line."
    )


CALLED_BACK = (
    *("ask_safe", "not_safe", "ask_leave", "ask_saying", "ask_when", "will_ring_on"),
    *("ring_any", "ring_morning", "leave_no", "saying_friend", "callback_kept", "cannot_note"),
)


@pytest.mark.parametrize(
    ("section", "phrases"),
    [
        pytest.param("adviser", ("putting_through", "trying_another", "may_tell"), id="a person"),
        pytest.param("nobody", ("busy", "no_answer", "failed", "closed"), id="nobody"),
        pytest.param(
            "message",
            (
                "message_intro",
                "danger",
                "message_end",
                "after_tone",
                "kept_hang_up",
                "message_kept",
                "message_deleted",
                *("cannot_keep", "cannot_delete", "message_full", "message_gone"),
            ),
            id="a message",
        ),
        pytest.param("callback", CALLED_BACK, id="being rung back"),
        pytest.param("danger", ("danger_now", "worried"), id="danger"),
    ],
)
def test_each_way_to_a_person_stands_in_its_section(section, phrases):
    shown = "\n".join(row.words for row in rows_of(PAPER, section))
    assert [name for name in phrases if WORDS_SAID.says[name] not in shown] == []


@pytest.mark.parametrize(
    ("section", "keys"),
    [
        ("nobody", "01234"),
        ("message", "11234**1"),
        ("callback", "12" * 5 + "123" + "12" + "1" + "1234"),
    ],
)
def test_each_key_on_the_way_to_a_person_stands_there(section, keys):
    shown = [row.key for row in rows_of(PAPER, section) if row.kind == "choice"]
    assert "".join(shown) == keys


def test_no_key_names_the_section_that_it_stands_in():
    for section in PAPER.sections():
        assert section.name not in [row.to for row in section.rows], section.name


def test_the_line_with_one_adviser_does_not_promise_another():
    assert WORDS.says["trying_another"] not in plain(paper(LINE, "en", DEMONSTRATION))


def test_the_paper_says_what_the_flow_says_of_a_changed_line():
    topics = WORDS.topics | {"pears": replace(WORDS.topics["pears"], summary="Eat them soon.")}
    changed = replace(LINE, wordings={"en": replace(WORDS, topics=topics)})
    assert "Eat them soon." not in plain(paper(LINE, "en", DEMONSTRATION))
    assert "Eat them soon." in plain(paper(changed, "en", DEMONSTRATION))


def test_every_row_that_is_written_stands_on_the_paper_where_the_line_has_its_call():
    shown = {row.words for section in PAPER.sections() for row in section.rows}
    chapters = written()["chapters"].values()
    sections = [each for chapter in chapters for each in chapter.get("sections", {}).values()]
    heads = [row["head"] for each in sections for row in each["rows"] if "head" in row]
    of_two_languages, filled = {"Your language", "When you press 4"}, {"{relay}"}
    assert set(heads) - shown == of_two_languages | filled
    two = plain(paper(TWO_LANGUAGES, "en", DEMONSTRATION))
    assert all(f"{words}:" in two for words in of_two_languages)


# --- the number and the hours ----------------------------------------------------------------


def test_a_made_up_number_is_said_to_be_made_up():
    assert "Ring 020 7946 0100" in plain(PAPER) and "made up" in plain(PAPER)


def test_a_real_number_is_given_without_that_for_voice_relay_and_text():
    real = plain(paper(REAL, "en", "+442072193000"))
    assert "made up" not in real
    assert "Ring 020 7219 3000" in real and "18001 and then 020 7219 3000" in real
    assert "Text one of these words to 020 7219 3000" in real


@pytest.mark.parametrize(
    ("number", "as_written"),
    [
        pytest.param("+442079460100", "020 7946 0100", id="London"),
        pytest.param("+447700900123", "07700 900123", id="mobile"),
        pytest.param("+448081570000", "0808 157 0000", id="free"),
        pytest.param("+353209141234", "+353 20 914 1234", id="abroad"),
        pytest.param("+9990123456", "+9990123456", id="of no country"),
    ],
)
def test_a_number_is_written_as_people_here_write_it(number, as_written):
    assert printed(number) == as_written


NINE_TO_FIVE, MORNING = ((time(9), time(17)),), ((time(9, 30), time(12)),)


@pytest.mark.parametrize(
    ("week", "rows"),
    [
        pytest.param(
            (NINE_TO_FIVE,) * 5 + ((), ()),
            ["Monday to Friday: 9 am to 5 pm.", "Saturday and Sunday: closed."],
            id="working days",
        ),
        pytest.param(
            (MORNING,) + ((),) * 5 + (NINE_TO_FIVE,),
            [
                "Monday: 9:30 am to midday.",
                "Tuesday to Saturday: closed.",
                "Sunday: 9 am to 5 pm.",
            ],
            id="single days",
        ),
        pytest.param(
            ((*MORNING, (time(13), time(16))),) * 7,
            ["Monday to Sunday: 9:30 am to midday and 1 pm to 4 pm."],
            id="twice a day",
        ),
    ],
)
def test_days_with_the_same_hours_stand_together(week, rows):
    assert list(weekly(Hours(week))) == rows


def test_bank_holidays_are_said_to_be_closed_only_where_they_are():
    closed = Hours((NINE_TO_FIVE,) * 7, frozenset({date(2026, 12, 25)}))
    assert "Bank holidays: closed." in weekly(closed)
    assert "Bank holidays: closed." not in weekly(Hours((NINE_TO_FIVE,) * 7))


@pytest.mark.parametrize(
    ("other", "rows"),
    [
        pytest.param(
            {date(2026, 12, 24): MORNING}, ["24 December 2026: 9:30 am to midday."], id="one day"
        ),
        pytest.param(
            {date(2026, 12, day): () for day in (31, 29, 30)},
            ["29 December 2026 to 31 December 2026: closed."],
            id="days in a row",
        ),
        pytest.param(
            {date(2026, 12, 28): (), date(2026, 12, 30): ()},
            ["28 December 2026: closed.", "30 December 2026: closed."],
            id="a day between them",
        ),
        pytest.param(
            {date(2027, 1, 2): ((time(18), time(0)),)},
            ["2 January 2027: 6 pm to midnight."],
            id="to the end of the day",
        ),
    ],
)
def test_one_off_days_stand_with_their_own_hours(other, rows):
    assert list(one_off(Hours((NINE_TO_FIVE,) * 7, other=other))) == rows


def test_one_off_days_stand_on_the_paper_where_there_are_any():
    shown = {date(2026, 12, 24): MORNING}
    with_one = replace(REAL, hours=replace(REAL.hours, other=shown))
    assert "24 December 2026: 9:30 am to midday." in plain(paper(with_one, "en", DEMONSTRATION))
    assert "On these days" not in plain(PAPER)


# --- as a page -------------------------------------------------------------------------------


class Reader(HTMLParser):
    """Reads a page as a screen reader does: headings, names, links, languages; nesting is checked."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.names: list[str] = []
        self.links: list[str] = []
        self.languages: list[str] = []
        self.title = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag not in UNCLOSED:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.names += [found["id"]] if "id" in found else []
        self.links += [found["href"].removeprefix("#")] if "href" in found else []
        self.languages += [found["lang"]] if "lang" in found else []

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data):
        if self.open and self.open[-1] == "title":
            self.title += data


def test_the_page_is_well_formed_and_names_its_language_and_title():
    reader = Reader(PAGE)
    assert PAGE.startswith("<!doctype html>")
    assert reader.open == [] and reader.languages[0] == "en-GB"
    assert reader.title == f"{REAL.name}: what the line says"


def test_every_link_on_the_page_leads_somewhere_and_no_name_is_there_twice():
    reader = Reader(PAGE)
    assert set(reader.links) <= set(reader.names)
    assert len(reader.names) == len(set(reader.names))


def test_headings_go_down_one_step_at_a_time():
    headings = Reader(PAGE).headings
    assert headings.count(1) == 1
    assert all(lower - upper <= 1 for upper, lower in pairwise(headings))


def test_the_page_needs_nothing_from_elsewhere():
    assert not re.search(r"https?:|src=|@import|url\((?!page)", PAGE.replace("attr(href url)", ""))


def test_words_in_another_language_are_marked_as_such():
    page = html(paper(TWO_LANGUAGES, "xx", DEMONSTRATION))
    assert '<p lang="xx-XX">XX To XX hear apples, press\N{NO-BREAK SPACE}1.</p>' in page
    offers = html(paper(TWO_LANGUAGES, "en", DEMONSTRATION))
    assert re.search(r'<p lang="xx-XX">XX For this language, press\N{NO-BREAK SPACE}6.</p>', offers)


def test_wording_cannot_become_part_of_the_page():
    topics = WORDS.topics | {"pears": replace(WORDS.topics["pears"], summary="<script>1</script>")}
    page = html(
        paper(replace(LINE, wordings={"en": replace(WORDS, topics=topics)}), "en", DEMONSTRATION)
    )
    assert "<script>" not in page and "&lt;script&gt;" in page


# --- as a paper ------------------------------------------------------------------------------


class Made(NamedTuple):
    """What the command wrote into a folder and said, and the pages of the paper."""

    folder: Path
    result: Result
    document: Any


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Made:
    """Laid out by the command, and once: it takes seconds."""
    folder, lay_out, documents = tmp_path_factory.mktemp("script") / "new", pdf.laid_out, []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            pdf, "laid_out", lambda page: documents.append(lay_out(page)) or documents[0]
        )
        result = run("--large-print", "--out", str(folder))
    return Made(folder, result, *documents)


@pytest.fixture(scope="module")
def document(made):
    """The pages of the paper."""
    return made.document


def test_the_paper_has_a_title_and_a_page_for_each_menu_and_topic_at_least(document):
    assert document.metadata.title == f"{REAL.name}: what the line says"
    assert len(REAL.menus) + len(REAL.topics) < len(document.pages) < 130


def test_no_letter_on_the_paper_is_smaller_than_18_points_and_none_is_slanted(document):
    styles = [box.style for page in document.pages for box in letters(page._page_box)]
    assert len(styles) > 1000
    assert min(style["font_size"] for style in styles) >= SMALLEST
    assert {style["font_style"] for style in styles} == {"normal"}
    assert {style["text_transform"] for style in styles} == {"none"}


def letters(box):
    """Every run of text in a page, in its margins too."""
    if hasattr(box, "text"):
        yield box
    for child in getattr(box, "children", ()):
        yield from letters(child)


def test_every_part_of_a_topic_stays_on_one_page(document):
    pages = [" ".join(box.text for box in letters(page._page_box)) for page in document.pages]
    # A line may end behind the dash of a word.
    pages = [" ".join(page.split()).replace("- ", "-") for page in pages]
    for topic in WORDS_SAID.topics.values():
        for part in topic.parts:
            assert any(part.says in page for page in pages), part.says


def test_the_file_is_tagged_for_screen_readers_in_its_language(document):
    written = document.write_pdf(uncompressed_pdf=True, pdf_variant=pdf.VARIANT)
    assert b"/MarkInfo" in written and b"/StructTreeRoot" in written
    assert b"/Lang (en-GB)" in written and b"pdfuaid" in written


# --- the command -----------------------------------------------------------------------------


def run(*words: str):
    return CliRunner().invoke(script, words)


def test_the_command_prints_the_whole_line_as_plain_text():
    result = run()
    assert result.exit_code == 0, result.output
    assert result.output == plain(PAPER)
    assert max(len(row) for row in result.output.splitlines()) <= 78


def test_the_command_writes_a_page_and_a_paper_and_says_where(made):
    assert made.result.exit_code == 0, made.result.output
    page, written = made.folder / "script.html", made.folder / "script.pdf"
    assert str(page) in made.result.output and str(written) in made.result.output
    assert page.read_text() == PAGE and written.read_bytes().startswith(b"%PDF-1.7")


def test_without_the_extra_the_page_is_written_and_the_command_says_what_to_do(
    tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    result = run("--large-print", "--out", str(tmp_path))
    assert result.exit_code == 0 and (tmp_path / "script.html").is_file()
    assert "The PDF was not made." in result.output and "sh tools/setup.sh print" in result.output
    assert not (tmp_path / "script.pdf").exists()


class NoPango(MetaPathFinder):
    """A machine on which WeasyPrint is installed and Pango is not."""

    def find_spec(self, name, path, target=None):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")


def test_without_pango_the_page_is_written_and_the_command_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPango(), *sys.meta_path])
    result = run("--large-print", "--out", str(tmp_path))
    assert result.exit_code == 0 and (tmp_path / "script.html").is_file()
    assert "Pango" in result.output and "sh tools/setup.sh print" in result.output


def test_a_language_that_is_not_switched_on_is_refused_in_words():
    result = run("--lang", "xx")
    assert result.exit_code == 1 and "the line speaks en, and not xx" in result.output


# --- the page on testing with people ---------------------------------------------------------

TESTING = (ROOT / "docs" / "user-testing.md").read_text()
Z = 1.96
"""Standard deviations on each side that hold 95 % of a normal curve."""


def interval(right: int, asked: int) -> tuple[int, int]:
    """The adjusted Wald 95 % interval of a rate, in whole percents (Agresti and Coull 1998)."""
    people = asked + Z**2
    rate = (right + Z**2 / 2) / people
    margin = Z * (rate * (1 - rate) / people) ** 0.5
    return round(100 * max(0, rate - margin)), round(100 * min(1, rate + margin))


STORIES = {
    int(task): (story, re.findall(r"\d", keys))
    for task, story, keys in re.findall(r"(?m)^\| (\d+) \| ([A-Z(][^|]+) \| (\d[^|]*) \|", TESTING)
}
INTERVALS = [
    (int(right), int(asked), (int(low), int(high)))
    for right, asked, low, high in re.findall(r"(\d+) of (\d+): (\d+)-(\d+) %", TESTING)
]


def test_the_table_holds_the_rows_that_a_round_needs():
    assert {asked for _, asked, _ in INTERVALS} == {5, 8, 10, 15, 20, 30}
    assert len(INTERVALS) >= 40


@pytest.mark.parametrize(
    ("right", "asked", "given"), INTERVALS, ids=lambda value: str(value).replace(" ", "")
)
def test_every_interval_in_the_page_is_right(right, asked, given):
    assert interval(right, asked) == given


@pytest.mark.parametrize(
    ("task", "topic"), [(1, "school"), (2, "complaint"), (3, "mediation"), (4, "certificate")]
)
def test_the_keys_of_a_task_lead_to_its_topic(task, topic):
    place = REAL.start
    for key in STORIES[task][1]:
        place = REAL.keys()[place][key]
    assert place == topic


@pytest.mark.parametrize("task", [1, 2, 3, 4])
def test_a_story_does_not_give_away_the_words_of_the_menu(task):
    places = [*REAL.menus["main"].keys.values(), *REAL.menus["agree"].keys.values()]
    labels = " ".join(WORDS_SAID.node(name).label for name in places)
    given_away = set(re.findall(r"\w{6,}", labels)) & set(re.findall(r"\w+", STORIES[task][0]))
    assert given_away == set()
