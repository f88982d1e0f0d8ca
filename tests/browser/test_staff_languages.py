"""The pages for translators in a real browser: every task, held against axe, wide and narrow."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.pages import as_somebody, axe_finds_nothing, fits, in_a_browser

pytestmark = in_a_browser


@pytest.mark.parametrize("width", [1280, 375])
def test_a_translator_writes_signs_and_sends_a_file(served, context, tmp_path, width):
    app, base = served
    page = as_somebody(context, app, base, "translator")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/office/words")
    page.get_by_role("link", name="Languages").click()
    axe_finds_nothing(page)

    page.get_by_role("link", name="Urdu").click()
    expect(page.get_by_role("main")).to_contain_text("nobody has checked it")
    axe_finds_nothing(page)
    with page.expect_download() as begun:
        page.get_by_role("link", name="Download this part").click()
    file = tmp_path / "ur.po"
    begun.value.save_as(file)

    page.get_by_label("I have read it and stand for it: sentence 1", exact=True).check()
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_role("alert").get_by_role("link", name="say who translated it").click()
    axe_finds_nothing(page)
    expect(
        page.get_by_label("I have read it and stand for it: sentence 1", exact=True)
    ).to_be_checked()
    page.get_by_label("Who translated them").fill("Amna Ash")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("1 sentence is signed")
    expect(page.get_by_role("main")).to_contain_text("By Amna Ash and translator of the page")

    page.goto("/office/languages/ur/sentence?name=says.yaml:doorway_ring&part=doorway")
    words = page.get_by_label("Translation")
    expect(words).to_have_attribute("dir", "rtl")
    axe_finds_nothing(page)
    words.fill("فون")
    page.get_by_role("button", name="Keep, and go on").click()
    page.get_by_role("alert").get_by_role("link", name="It must hold {key_name}").click()
    expect(words).to_be_focused()
    expect(words).to_have_value("فون")
    axe_finds_nothing(page)
    words.fill("فون {key_name}")
    page.get_by_role("button", name="Keep, and go on").click()
    expect(page.get_by_role("status")).to_contain_text("It is kept in the draft")

    page.get_by_label("A PO file that came back").set_input_files(file)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("alert")).to_contain_text("There now: “فون {key_name}”")
    axe_finds_nothing(page)
    for address in ("", "/ur", "/ur/sentence?name=says.yaml:greeting"):
        page.goto(f"/office/languages{address}")
        fits(page)
