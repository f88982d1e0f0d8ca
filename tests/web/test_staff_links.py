"""A link that lets somebody in ends with whatever ends their other ways in; on each database.

Whoever was removed, demoted or signed out does not come back through a link from before, and what
was lost opens nothing from the moment on that a manager says so.
"""

from __future__ import annotations

import re

import pytest

from ivr.staff import StaffServices
from ivr.webhooks.extension import services_of
from tests.support.commands import ivr
from tests.support.staff_pages import (
    PASSWORD,
    invite,
    post,
    set_up_factor,
    sign_in,
    signed_in,
)

OTHER = "eight loud oceans"


def their_id(app, email: str) -> str:
    return services_of(app, StaffServices).people.accounts.by_email(email).id


def new_link(manager, account_id: str) -> str:
    return link_in(post(manager, f"/office/staff/{account_id}/link", "/office/staff"))


def link_in(page) -> str:
    return re.search(r"(/office/join/[\w-]+)", page.text)[1]


def use(client, link: str):
    return post(client, link, link, password=OTHER, again=OTHER)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/office/staff/{}/remove", {}),
        ("/office/staff/{}/role", {"role": "viewer"}),
        ("/office/staff/{}/role", {"role": "manager"}),
        ("/office/staff/{}/sign-out", {}),
        ("/office/staff/{}/link", {}),
    ],
)
def test_what_a_manager_ends_does_not_come_back_through_a_link_from_before(both, path, form):
    manager, theirs = signed_in(both, "manager"), signed_in(both, "adviser")
    own = their_id(both, "adviser@example.org")
    link = new_link(manager, own)
    assert post(manager, path.format(own), "/office/staff", **form).status_code in (200, 302)
    stranger = both.test_client()
    assert use(stranger, link).status_code == 404
    assert "This link has ended" in stranger.get(link).text
    assert sign_in(stranger, "adviser@example.org", OTHER).status_code == 401
    assert theirs.get("/office").status_code == 302


@pytest.mark.parametrize("path", ["/office/account/password", "/office/account/sessions/end"])
def test_what_somebody_ends_themselves_does_not_come_back_either(both, path):
    manager, editor, client = signed_in(both, "manager"), "editor@example.org", both.test_client()
    signed_in(both, "editor")
    asked = {"role": "adviser"}
    page = post(manager, f"/office/staff/{their_id(both, editor)}/role", "/office/staff", **asked)
    link = link_in(page)
    sign_in(client, editor)
    post(client, path, "/office/account", old=PASSWORD, password=OTHER, again=OTHER)
    assert client.get("/office").status_code == 200
    assert use(both.test_client(), link).status_code == 404


def test_a_new_link_ends_everything_that_was_lost_when_it_is_pressed(both):
    manager, adviser = signed_in(both, "manager"), both.test_client()
    email, link = invite(both, "adviser")
    post(adviser, link, link, password=PASSWORD, again=PASSWORD)
    sign_in(adviser, email)
    _, codes = set_up_factor(adviser)
    half = both.test_client()
    sign_in(half, email)
    link = new_link(manager, their_id(both, email))
    for browser in (adviser, half):
        assert browser.get("/office/account").location.startswith("/office/sign-in")
    assert post(half, "/office/code", code=codes[0]).location.startswith("/office/sign-in")
    assert sign_in(both.test_client(), email).status_code == 401
    found = services_of(both, StaffServices).people.accounts.by_email(email)
    assert (found.factor, found.wrapped) == ("", b"")
    assert services_of(both, StaffServices).people.accounts.codes_left(found.id) == 0
    assert use(adviser, link).status_code == 302
    assert sign_in(adviser, email, OTHER).status_code == 302
    assert adviser.get("/office/waiting").location == "/office/account/factor"


def test_another_role_holds_at_once_though_its_link_is_not_used(both):
    manager, editor = signed_in(both, "manager"), signed_in(both, "editor")
    own = their_id(both, "editor@example.org")
    shown = post(manager, f"/office/staff/{own}/role", "/office/staff", role="adviser").text
    assert "/office/join/" in shown and editor.get("/office").status_code == 302
    assert sign_in(editor, "editor@example.org").status_code == 302
    assert editor.get("/office/draft").status_code == 403
    assert editor.get("/office/waiting").location == "/office/account/factor"


def test_the_last_manager_cannot_be_made_less_in_the_terminal(both, store, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", store._url)
    manager = signed_in(both, "manager")
    asked = ["staff", "invite", "Manager", "manager@example.org", "--role"]
    refused = ivr(*asked, "viewer")
    assert refused.exit_code == 1 and "make another person a manager" in refused.output
    assert manager.get("/office/staff").status_code == 200
    told = ivr(*asked, "manager")
    assert told.exit_code == 0 and manager.get("/office/staff").status_code == 302
    link = re.search(r"(/office/join/[\w-]+)", told.output)[1]
    use(manager, link)
    assert sign_in(manager, "manager@example.org", OTHER).status_code == 302


def test_who_was_removed_may_be_invited_anew_as_somebody_else(both):
    manager = signed_in(both, "manager")
    signed_in(both, "adviser")
    first = their_id(both, "adviser@example.org")
    post(manager, f"/office/staff/{first}/remove", "/office/staff")
    form = {"name": "Adviser", "email": "adviser@example.org", "role": "viewer"}
    page = post(manager, "/office/staff/invite", "/office/staff", **form)
    use(both.test_client(), link_in(page))
    again = their_id(both, "adviser@example.org")
    assert again != first
    assert services_of(both, StaffServices).people.accounts.by_id(first) is None
