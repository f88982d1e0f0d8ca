"""The first minutes of a new user in a real browser, from the start page on."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.support.pages import axe_finds_nothing, fits, in_a_browser

pytestmark = in_a_browser


def test_from_the_start_page_to_a_call_in_the_evening_and_a_filled_picture(served, context):
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("advice line")
    axe_finds_nothing(page)
    fits(page)
    page.get_by_role("button", name="Tuesday evening").click()
    expect(page.locator(".status")).to_have_text(
        "No adviser is there until Wednesday 25 November, 09:00"
    )
    page.get_by_role("button", name="Now").click()
    expect(page.locator(".status")).to_have_text("An adviser is there until 17:00")
    page.get_by_role("button", name="Add a month").click()
    expect(page.get_by_role("button", name="Remove the made-up callers")).to_be_visible()
    axe_finds_nothing(page)
    fits(page)
    page.get_by_role("link", name="Ring the line").click()
    expect(page).to_have_url(re.compile("/phone$"))
    page.get_by_role("link", name="Start page").click()
    page.get_by_role("link", name="Open the staff pages").click()
    axe_finds_nothing(page)
    fits(page)
    page.get_by_role("button", name="Sign in as a made-up manager").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Today")
    page.get_by_role("link", name="Waiting", exact=True).click()
    expect(page.get_by_role("button", name="Take")).to_have_count(4)


def test_the_start_page_fits_a_telephone_and_its_buttons_are_large_enough(served, browser):
    page = browser.new_page(viewport={"width": 375, "height": 800}, base_url=served[1])
    page.goto("/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    axe_finds_nothing(page)
    for each in page.locator("button, .button, header a").all():
        assert each.bounding_box()["height"] >= 44
    page.close()
