"""The poster and the large print, from the pages and in the terminal."""

from __future__ import annotations

import re
import sys

import pytest

from ivr.reports import pdf, poster
from ivr.staff import StaffServices
from ivr.webhooks.extension import services_of
from tests.support.commands import ivr
from tests.support.staff_pages import signed_in


def test_the_poster_has_the_number_every_first_key_and_the_keys_for_a_person(app):
    page = signed_in(app, "viewer").get("/office/print/poster.html")
    assert page.headers["Content-Disposition"] == 'inline; filename="poster.html"'
    line = services_of(app, StaffServices).line()
    assert "020 7946 0100" in page.text
    for key, to in line.menus[line.start].keys.items():
        assert f"<b>{key}</b>to {line.words('en').node(to).label}" in page.text
    assert "<b>0</b>a person" in page.text and "ring 999" in page.text


def test_the_poster_is_one_sheet(app):
    line = services_of(app, StaffServices).line()
    assert len(pdf.laid_out(poster.html(line, "en", "+442079460100")).pages) == 1


@pytest.mark.parametrize("name", ["poster", "script"])
def test_each_paper_is_a_pdf_too(app, name):
    paper = signed_in(app, "viewer").get(f"/office/print/{name}.pdf")
    assert paper.headers["Content-Disposition"] == f'attachment; filename="{name}.pdf"'
    assert paper.content_type == "application/pdf" and paper.data.startswith(b"%PDF")


def test_a_pdf_is_offered_second_and_only_where_it_can_be_made(app, monkeypatch):
    client = signed_in(app, "viewer")
    page = client.get("/office/print").text
    first, second = re.findall(r'<a class="(button[^"]*)" href="/office/print/poster\.(\w+)"', page)
    assert (first, second) == (("button", "html"), ("button quiet", "pdf"))
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    page = client.get("/office/print").text
    assert "Open the page to print" in page and ".pdf" not in page
    policy = client.get("/office/print/poster.html").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "style-src 'unsafe-inline'" in policy


@pytest.mark.parametrize("path", ["king.pdf", "poster.exe", "..%2Fposter.html"])
def test_there_is_no_other_paper(app, path):
    assert signed_in(app, "viewer").get(f"/office/print/{path}").status_code == 404


def test_the_poster_in_the_terminal(tmp_path):
    told = ivr("poster", "--out", str(tmp_path))
    assert told.exit_code == 0
    assert (tmp_path / "poster.html").exists() and (tmp_path / "poster.pdf").exists()
