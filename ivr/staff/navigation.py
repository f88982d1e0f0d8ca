"""What stands at the top of each page: five items, each with the pages that it holds.

Owns the list. A new page under an item is one more ``Page`` in it, which also lights the item.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, g, request

from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission
from ivr.staff.saving import unpublished
from ivr.staff.services import StaffServices
from ivr.store import StoreDownError
from ivr.webhooks.extension import services_of


@dataclass(frozen=True, slots=True)
class Page:
    """A page that an item leads to. ``also``: endpoints and sections that belong to it."""

    label: str
    endpoint: str
    needs: Permission
    also: tuple[str, ...] = ()

    def holds(self, endpoint: str) -> bool:
        """Whether this endpoint is the page, or belongs to it."""
        named = (endpoint, endpoint.partition(".")[0])
        return endpoint == self.endpoint or any(each in self.also for each in named)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the navigation, which leads to the first of its pages that one may see."""

    label: str
    pages: tuple[Page, ...]


NAVIGATION = (
    Item("Today", (Page("Today", "today.today", Permission.SEE, ("today",)),)),
    Item("Waiting", (Page("Waiting", "waiting.waiting", Permission.WAITING, ("waiting",)),)),
    Item(
        "Words",
        (
            Page("Topics", "words.words", Permission.SEE, ("words.node", "value", "topics")),
            Page("Other sentences", "words.phrases", Permission.SEE),
            Page("Languages", "translating.languages", Permission.TRANSLATE, ("translating",)),
            Page("Recordings", "readings.readings", Permission.EDIT, ("readings",)),
            Page("Changes", "draft.draft", Permission.EDIT, ("draft", "test_numbers")),
            Page("History", "editions.editions", Permission.SEE, ("editions",)),
            Page("Print", "printing.papers", Permission.SEE, ("printing",)),
        ),
    ),
    Item(
        "Advisers",
        (
            Page("Rota", "advisers.advisers", Permission.SEE, ("advisers",)),
            Page("Hours and closures", "timetable.timetable", Permission.EDIT, ("timetable",)),
            Page("Contacts", "contacts.contacts", Permission.EDIT, ("contacts",)),
        ),
    ),
    Item(
        "Callers",
        (
            Page("Figures", "callers.callers", Permission.SEE, ("callers",)),
            Page("Texts", "texts.texts", Permission.SEE, ("texts",)),
        ),
    ),
)
OWN = (
    Page("Your account", "account.own", Permission.OWN, ("account",)),
    Page("Staff", "staff_pages.people", Permission.MANAGE, ("staff_pages",)),
    Page("Who did what", "staff_pages.changes", Permission.MANAGE),
)
"""What stands at the right, under one's name."""
CHANGING = ("Words", "Advisers")
"""Items whose pages change what callers hear: the unpublished changes are named on each."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An item or page for who looks: ``here`` marks where they are; ``count`` what waits there."""

    label: str
    endpoint: str
    here: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Navigation:
    """The top of one page: the items, the pages of the item that is lit, and one's own."""

    items: tuple[Shown, ...] = ()
    pages: tuple[Shown, ...] = ()
    own: tuple[Shown, ...] = ()
    lit: str = ""
    unpublished: int = 0


def navigation() -> Navigation:
    """The pages that somebody who is signed in may see."""
    who: StaffMember | None = g.get("who")
    if who is None or who.code_due:
        return Navigation()
    items = [(item.label, _seen(who, item.pages)) for item in NAVIGATION]
    lit, pages = next(
        ((label, pages) for label, pages in items if any(each.here for each in pages)), ("", ())
    )
    waiting, unpublished = _counted(who, lit)
    counts = {"Waiting": waiting}
    top = tuple(
        Shown(label, pages[0].endpoint, label == lit, counts.get(label, 0))
        for label, pages in items
        if pages
    )
    return Navigation(top, pages, _seen(who, OWN), lit, unpublished)


def _seen(who: StaffMember, pages: tuple[Page, ...]) -> tuple[Shown, ...]:
    """The pages that one may see; a page itself is lit before what belongs to another."""
    endpoint = request.endpoint or ""
    exact = any(each.endpoint == endpoint for each in pages)
    return tuple(
        Shown(each.label, each.endpoint, _lit(each, endpoint, exact))
        for each in pages
        if who.may(each.needs)
    )


def _lit(page: Page, endpoint: str, exact: bool) -> bool:
    return page.endpoint == endpoint if exact else page.holds(endpoint)


def _counted(who: StaffMember, lit: str) -> tuple[int, int]:
    """What waits, and how many changes are not published; none where that cannot be read."""
    services = services_of(current_app, StaffServices)
    waits = who.may(Permission.WAITING) and not who.factor_lacking
    try:
        waiting = services.inbox.waiting() if waits else 0
        edits = lit in CHANGING and who.may(Permission.EDIT) and request.endpoint != "draft.draft"
        return waiting, len(unpublished(services)) if edits else 0
    except StoreDownError:
        return 0, 0
