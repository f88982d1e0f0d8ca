"""A new topic, and the choices of a menu, by form: in the draft, published, and heard by callers."""

from __future__ import annotations

import re
from html import unescape

import pytest

from ivr.staff import StaffServices
from ivr.webhooks.extension import join, services_of
from ivr.webhooks.voice import CallServices
from tests.support.at_once import at_once
from tests.support.staff_pages import post, signed_in
from tests.support.telephone import Telephone
from tests.web.test_staff_draft import at_field, changes, plain, publish

PAGE, CHOICES = "/office/draft/topic", "/office/draft/choices"
TOPIC = {
    "name": "getting to school",
    "label": "ask about buses and taxis",
    "where": "new complaint",
    "place": "0",
    "menu_name": "complaints and travel",
    "menu_label": "complain or ask about travel",
    "menu_help": "There are {count} things here. For example, to {label:this}, press {key:this}.",
    "part1": "The council may have to take your child to school. You do not have to pay for it. "
    "A complaint does not stop the clock for an appeal. We can tell you the last day.",
    "part2": "Write to the council and ask for a bus or a taxi. Keep a copy of what you write.",
    "summary": "The council may have to take your child to school. Write and ask for it.",
    "text": "Advice line, about your call: the council may have to take your child to school. Write "
    "and ask. A complaint does not stop the clock for an appeal: ring us to hear your last day.",
    "keyword": "travel",
    "limit": "L02",
    "after": "complaint",
    "sources": "Education Act 1996, section 508B\nEducation Act 1996, Schedule 35B",
    "reviewed": "2026-11-20",
    "by": "",
    "owner": "the service manager",
}


@pytest.fixture
def app(both):
    """The whole line on a database of each kind."""
    return both


def drafting(app):
    return services_of(app, StaffServices).drafting


def sent(client, **other: str):
    return post(client, PAGE, PAGE, **TOPIC | other)


def choices(client, menu: str) -> list[str]:
    """The choices of a menu as its page has them."""
    page = client.get(f"{CHOICES}/{menu}").text
    return [plain(each) for each in re.findall(r"<li><span>(.*?)</span>\s*<span", page, re.S)]


def act(client, menu: str, path: str = "", **form: object):
    """Press a button on the page of a menu's choices."""
    page = f"{CHOICES}/{menu}"
    seen = unescape(re.search(r'name="seen" value="([^"]*)"', client.get(page).text)[1])
    return post(client, f"{page}{path}", page, **{"seen": seen, **form})


def room(client) -> None:
    """A menu with room for a choice."""
    assert act(client, "choose", out=3).status_code == 422
    assert act(client, "appeal", out=1).status_code == 302


def test_a_new_topic_by_form_is_published_and_heard_by_a_caller(app):
    client = signed_in(app, "editor")
    page = client.get(PAGE).text
    assert "Every menu is full: make a new one" in page
    answer = sent(client)
    assert answer.location == "/office/words/getting-to-school"
    page = client.get(answer.location).text
    assert "Not published" in page and "Keep a copy of what you write." in page
    assert "complaints and travel</a>, key 2" in page
    said = changes(client.get("/office/draft").text)
    assert "The main menu · key 2" in plain(said)
    assert "To complain or ask about travel, press 2." in plain(said)
    assert ".yaml" not in plain(said)
    checked = post(client, "/office/draft/check-all", "/office/draft").text
    assert "Nothing stands in the way of publishing." in checked, plain(checked)[-1500:]
    assert "It is published" in client.get(publish(client, app).location).text
    telephone = Telephone(app, services_of(app, StaffServices).settings)
    call = telephone.voice()
    assert "To complain or ask about travel, press 2." in telephone.words(call)
    call = telephone.press(call, "2")
    heard = telephone.words(call)
    assert "To make a complaint, press 1. To ask about buses and taxis, press 2." in heard
    heard = telephone.words(telephone.press(call, "2"))
    assert "getting to school" in heard.lower()
    assert "take your child to school" in heard
