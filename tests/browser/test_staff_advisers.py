"""The page Advisers in a real browser: every task, held against axe, wide and narrow."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from ivr.services import Services
from ivr.simulator import golden_calls
from ivr.simulator.events import Dialling
from ivr.simulator.people import Decided, Scripted
from ivr.staff import StaffServices
from ivr.store.services import StoreServices
from ivr.webhooks.extension import join, services_of
from tests.support.pages import as_somebody, axe_finds_nothing, fits, in_a_browser

pytestmark = in_a_browser


def enter(page: Page, name: str, number: str, **days: str) -> None:
    """Fill in the form and send it."""
    page.get_by_role("link", name="Add an adviser").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Telephone number").fill(number)
    if days:
        page.get_by_label("At these times").check()
    for day, hours in days.items():
        page.get_by_label(day).fill(hours)
    page.get_by_role("button", name="Add", exact=True).click()


def rung(app) -> list[str]:
    """The telephones that ring when a caller asks for a person."""
    services_of(app, Services).live_copy.look()
    settings = services_of(app, StoreServices).settings
    way = golden_calls.trunk_to(app, settings)
    call = way.ring(Scripted(["0", "-"]), Decided("busy"), "+447700900123")
    return [event.number for event in call.events if isinstance(event, Dialling)]


@pytest.mark.parametrize("width", [1280, 375])
def test_a_manager_enters_changes_orders_and_takes_away(served, context, width):
    app, base = served
    page = as_somebody(context, app, base, "manager")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/office/advisers")
    expect(page.get_by_role("main")).to_contain_text("Callers ring first, second.")
    axe_finds_nothing(page)

    enter(page, "", "12", Wednesday="nine")
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("There is a problem")
    problem.get_by_role("link", name="Wednesday: write times like").click()
    expect(page.get_by_label("Wednesday")).to_be_focused()
    expect(page.get_by_label("Wednesday")).to_have_value("nine")
    axe_finds_nothing(page)
    page.get_by_label("Name").fill("Anna Ash")
    page.get_by_label("Telephone number").fill("020 7946 0155")
    page.get_by_label("Wednesday").fill("9.00 to 12.00, 12.30 to 17.00")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Anna Ash is entered")

    enter(page, "Ben Birch", "07700 900 166")
    expect(page.get_by_role("listitem").filter(has_text="Ben Birch")).to_contain_text(
        "Rings second"
    )
    expect(page.get_by_role("main")).to_contain_text("Somebody is on whenever the line is open")
    page.get_by_role("button", name="Ring sooner Ben Birch").click()
    expect(page.get_by_role("listitem").filter(has_text="Ben Birch")).to_contain_text("Rings first")
    assert rung(app) == ["+447700900166"]

    page.get_by_role("link", name="Change Ben Birch").click()
    axe_finds_nothing(page)
    page.get_by_role("link", name="Take Ben Birch away").click()
    axe_finds_nothing(page)
    page.get_by_role("button", name="Take away Ben Birch").click()
    gap = page.get_by_role("row").filter(has_text="12:00–12:30")
    expect(gap.first).to_contain_text("Gap: nobody is on")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.eval_on_selector_all(
        "main a.button, main button", "all => all.filter(each => each.offsetHeight < 44).length"
    )
    assert small == 0
    axe_finds_nothing(page)
    fits(page)


def test_a_test_ring_is_sent_and_followed(served, context):
    app, base = served
    staff = services_of(app, StaffServices)
    own = staff.settings.model_copy(update={"twilio_api_base_url": f"{base}/exchange"})
    join(app, replace(staff, settings=own))
    page = as_somebody(context, app, base, "manager")
    page.goto("/office/advisers")
    enter(page, "Anna Ash", "020 7946 0155")
    page.get_by_role("button", name="Test ring Anna Ash").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Test ring of Anna Ash")
    axe_finds_nothing(page)
    while page.get_by_role("link", name="Look again").count():
        page.get_by_role("link", name="Look again").click()
    expect(page.get_by_role("main")).to_contain_text("The telephone of Anna Ash was picked up.")
    axe_finds_nothing(page)
    fits(page)
