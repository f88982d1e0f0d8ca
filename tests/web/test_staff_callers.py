"""What callers do, on the staff pages, on paper and in the terminal: no small number anywhere."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from ivr.line.call import KeyPressed, NoInput
from ivr.reports import pdf
from ivr.reports.callers import month_of, period, week_of
from ivr.staff import StaffServices
from ivr.store.statistics import Statistics
from ivr.webhooks.extension import services_of
from tests.support.commands import ivr
from tests.support.effort import effort
from tests.support.lines import OPEN
from tests.support.staff_pages import signed_in
from tests.support.traffic import LATER, calls, months

BAD = ["2026", "2026-13", "2026-W60", "1999-01", "x", "2026-11-24", "٢٠٢٦-11"]


def to_the_end(app) -> tuple:
    parts = len(services_of(app, StaffServices).line().words("en").topics["complaint"].parts)
    return (KeyPressed("2"), *(NoInput() for _ in range(parts + 1)))


def test_the_page_says_how_many_rang_were_served_and_where_they_went(app):
    calls(app, 20, *to_the_end(app))
    calls(app, 10, KeyPressed("3"), name="d")
    page = signed_in(app, "viewer").get("/office/callers").text
    assert "30 calls, 20 (67 in 100) served" in page
    assert re.search(r"the main menu → making a complaint</th><td class=\"n\">20</td>", page)
    assert "Counted Tue 24 Nov 2026, 10:00" in page


def test_the_picture_is_drawn_from_the_same_numbers_and_can_be_read(app):
    calls(app, 20, *to_the_end(app))
    calls(app, 2, KeyPressed("3"), name="d")
    page = signed_in(app, "viewer").get("/office/callers").text
    picture = ElementTree.fromstring(re.search(r"<svg.*?</svg>", page, re.S)[0])
    said = ["".join(each.itertext()) for each in picture.iter("{http://www.w3.org/2000/svg}title")]
    assert said == [
        "Where callers went",
        "20 calls went from the main menu to making a complaint",
    ]
    boxes = ["".join(each.itertext()) for each in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert "Making a complaint" in boxes and "under 5" in boxes


def test_small_numbers_are_nowhere(app):
    calls(app, 20, *to_the_end(app))
    calls(app, 3, KeyPressed("3"), name="d")
    client = signed_in(app, "viewer")
    page = client.get("/office/callers").text
    rows = re.findall(r"ways to agree</th>(.*?)</tr>", page, re.S)
    assert rows and "under 5" in rows[0] and not re.search(r">[1-4]<", page)
    table = list(csv.reader(io.StringIO(client.get("/office/callers/2026-11.csv").text)))
    numbers = {row[4] for row in table[1:]}
    assert numbers <= {"0", "", "under 5", "20", "25", "20 (80 in 100)", "100", "80"}
    assert "under 5" in numbers


def test_a_month_without_calls_says_so_everywhere(app):
    client = signed_in(app, "viewer")
    page = client.get("/office/callers?period=2026-03").text
    assert "Nobody rang." in page and "<svg" not in page and "Nothing has been counted" in page
    assert "Nobody rang." in client.get("/office/callers/2026-03/report.html").text
    assert client.get("/office/callers/2026-03.csv").text.count("\n") == 11


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_month_or_week_is_not_there(app, name):
    client = signed_in(app, "viewer")
    paths = (f"/office/callers?period={name}", f"/office/callers/{name}.csv",
             f"/office/callers/{name}/report.html")  # fmt: skip
    assert {client.get(path).status_code for path in paths} == {404}


def test_weeks_and_months_follow_one_another():
    assert period("2026-W53").first == datetime(2026, 12, 28).date()  # noqa: DTZ001
    assert [month_of(period("2026-01").first).beside(by).name for by in (-1, 1)] == [
        "2025-12",
        "2026-02",
    ]
    assert week_of(period("2026-W53").first).beside(1).name == "2027-W01"
    assert period("2026-12").last.day == 31 and period("2028-02").last.day == 29


def test_the_report_is_one_sheet_even_in_a_busy_month(app):
    staff_pages = services_of(app, StaffServices)
    begin = datetime(2026, 10, 1, tzinfo=UTC)
    months(staff_pages.statistics._store, staff_pages.line(), 1_000, begin, 60, OPEN)
    Statistics(staff_pages.statistics._store).count(LATER)
    answer = signed_in(app, "viewer").get("/office/callers/2026-11/report.html")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert len(pdf.laid_out(answer.text).pages) == 1
    assert "Of 100 calls" in answer.text and "What they listened to" in answer.text


def test_the_terminal_writes_the_same_sheet_and_table(app, settings, tmp_path, monkeypatch):
    calls(app, 20, *to_the_end(app))
    monkeypatch.setenv("DATABASE_URL", settings.database)
    files = [tmp_path / f"report.{kind}" for kind in ("html", "pdf", "csv")]
    asked = [f"--{file.suffix[1:]}={file}" for file in files]
    done = ivr("report", "2026-11", *asked)
    assert done.exit_code == 0, done.output
    assert "20 calls came" in files[0].read_text() and files[1].read_bytes()[:4] == b"%PDF"
    assert "2026-11,figures,all calls,Calls,20" in files[2].read_text()
    plain = ivr("report", "2026-11").output
    assert re.search(r"20 \(100 in 100\)  served", plain)
    wrong = ivr("report", "November")
    assert wrong.exit_code == 1 and "write it like 2026-11" in wrong.output


def test_pages_ask_no_more_of_a_long_journal(app):
    staff_pages = services_of(app, StaffServices)
    store, line, statistics = (
        staff_pages.statistics._store,
        staff_pages.line(),
        Statistics(staff_pages.statistics._store),
    )
    months(store, line, 250, datetime(2026, 10, 1, tzinfo=UTC), 55, OPEN)
    statistics.count(LATER)
    client = signed_in(app, "viewer")

    def asked() -> dict[str, int]:
        paths = ("/office", "/office/callers", "/office/callers/2026-11/report.html")
        return {path: effort(store, lambda at=path: client.get(at)) for path in paths}

    asked()
    short = asked()
    months(store, line, 420, datetime(2026, 7, 1, tzinfo=UTC), 92, OPEN)
    statistics.count(LATER)
    long = asked()
    assert all(long[path] < 1.5 * short[path] for path in short), (short, long)


def test_what_was_left_under_the_name_a_topic_had_before_is_shown_by_its_name(app):
    inbox = services_of(app, StaffServices).inbox
    known = {"about": "exclusion", "lang": "en", "best": "any"}
    inbox.keep_callback("CA1", "+447700900123", b"sealed", datetime.now(UTC), **known)
    page = signed_in(app, "adviser").get("/office/waiting").text
    assert "being out of school" in page and "exclusion" not in page
