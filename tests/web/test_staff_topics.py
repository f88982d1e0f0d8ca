"""A new topic, and the choices of a menu, by form: in the draft, published, and heard by callers."""

from __future__ import annotations

import re
from html import unescape

import pytest

from ivr.content.editions.publishing import PublishJob
from ivr.staff import StaffServices
from ivr.webhooks.extension import services_of
from tests.support.at_once import at_once
from tests.support.staff_pages import at_field, changes, plain, post, publish, signed_in
from tests.support.telephone import Telephone
from tests.support.whole import demo, opened
from tests.support.words import no_voice

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
def both(url, tmp_path, monkeypatch):
    """The whole line on a database of each kind, with folders of its own, and without a voice."""
    monkeypatch.setattr(PublishJob, "_takes", no_voice)
    with opened(demo(tmp_path, DATABASE_URL=url)) as made:
        yield made


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


def test_a_new_topic_by_form_is_published_and_heard_by_a_caller(both):
    app = both
    client = signed_in(app, "editor")
    page = client.get(PAGE).text
    assert "Every menu is full: make a new one" in page
    assert re.search(r'<option selected value="new complaint">A new menu', page)
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


def test_choices_change_places_with_their_keys_and_callers_hear_the_new_order(both):
    client = signed_in(both, "editor")
    assert [each[-8:] for each in choices(client, "agree")] == [f"press {n}." for n in range(1, 5)]
    first, second, third, last = (each[:-9] for each in choices(client, "agree"))
    assert act(client, "agree", down=0).location == f"{CHOICES}/agree"
    assert act(client, "agree", up=3).status_code == 302
    order = [f"{to} press {n}." for n, to in enumerate((second, first, last, third), start=1)]
    stand = choices(client, "agree")
    assert [each.replace(" Changed, not published", "") for each in stand] == order
    assert all("Changed, not published" in each for each in stand)
    said = plain(changes(client.get("/office/draft").text))
    assert f"Ways to agree · key 1 Callers hear now{first} press 1." in said
    assert f"Changed, not published{second} press 1." in said
    publish(client, both)
    telephone = Telephone(both, services_of(both, StaffServices).settings)
    heard = telephone.words(telephone.press(telephone.voice(), "3"))
    assert " ".join(order) in heard
    assert choices(client, "agree") == order


def test_a_choice_goes_to_a_menu_with_room_and_out_of_a_full_one(both):
    client = signed_in(both, "editor")
    full = client.get(f"{CHOICES}/choose").text
    assert "This menu is full." in full and "Add to the draft" not in full
    for menu, at, says in (
        ("choose", 1, "Callers could not reach it in two presses any more."),
        ("appeal", 1, "Callers could not reach it in two presses any more."),
        ("choose", 0, "names no key of this menu"),
    ):
        answer = act(client, menu, out=at)
        assert answer.status_code == 422 and says in answer.text and ".yaml" not in answer.text
    assert drafting(both).open() is None
    answer = act(client, "choose", "/add", to="complaint")
    assert answer.status_code == 422 and "This menu is full" in at_field(
        answer.text, "What it leads to"
    )
    sent(client)
    menu = "complaints-and-travel"
    assert act(client, menu, "/add", to="ways").status_code == 302
    assert [each.split(",")[0] for each in choices(client, menu)][2] == "To hear all four ways"
    assert act(client, "choose", out=1).status_code == 302
    assert len(choices(client, "choose")) == 3
    other = {"name": "free meals", "label": "get free meals", "keyword": "meals", "where": "choose"}
    assert sent(client, **other, place="2").status_code == 302
    assert choices(client, "choose")[1].startswith("To get free meals, press 2.")


@pytest.mark.parametrize(
    ("wrong", "label", "says"),
    [
        ({"name": ""}, "Its name", "Give a name."),
        ({"name": "18+"}, "Its name", "with letters"),
        ({"name": "x" * 61}, "Its name", "at most 60 letters"),
        ({"name": "<b>bus</b>"}, "Its name", "Leave out < >"),
        ({"name": "{advice}"}, "Its name", "no name that is filled in"),
        ({"name": "Making a  Complaint"}, "Its name", "“making a complaint” already"),
        ({"name": "deadline"}, "Its name", "already. Choose another name."),
        ({"label": " "}, "Its choice, after “To …”", "Say what callers choose."),
        ({"label": "make a bus come"}, "Its choice, after “To …”", "“make” is in both"),
        ({"label": "[slow: go]"}, "Its choice, after “To …”", "Leave out < > [ ]"),
        ({"where": "help"}, "Where callers choose it", "“school and plans” is full"),
        ({"where": "letter"}, "Where callers choose it", "Not a valid choice"),
        ({"where": ""}, "Where callers choose it", "Not a valid choice"),
        ({"menu_name": ""}, "The name of the new menu", "A new menu needs this."),
        ({"menu_name": "Appeals"}, "The name of the new menu", "“appeals” already"),
        ({"menu_name": "Getting to school"}, "The name of the new menu", "another name"),
        ({"menu_help": "Press {key:school}."}, "Help after silence in the new menu", "no key"),
        ({"part1": ""}, "Part 1", "Write what callers hear."),
        ({"part2": "x" * 2_001}, "Part 2 (may be left out)", "at most 2000 letters"),
        ({"part2": "Ask {nobody}."}, "Part 2 (may be left out)", "“{nobody}” is no name"),
        ({"part2": "Ask }."}, "Part 2 (may be left out)", "stands alone"),
        ({"summary": "<script>"}, "In short", "Leave out"),
        ({"summary": "Ask [loud: them]."}, "In short", "Mend the sound marks"),
        ({"text": "Advice line, about your call: "}, "The text message", "after its usual opening"),
        ({"text": "Advice line, about your call: ask."}, "The text message", "Say the time limit"),
        ({"part1": "Ask them."}, "The time limit that it says", "“does not stop the clock"),
        ({"keyword": "complain"}, "A word that people can text for it", "“making a complaint”"),
        ({"keyword": "two words"}, "A word that people can text for it", "Write one word"),
        ({"sources": ""}, "Sources, each in a line of its own", "Name the statute"),
        ({"reviewed": "soon"}, "The day it was read against the law", "Not a valid date"),
        ({"reviewed": "2099-01-01"}, "The day it was read against the law", "in the future"),
        ({"owner": ""}, "Who sees that it is read again", "Say who."),
    ],
)
def test_what_is_wrong_with_a_new_topic_stands_at_its_field_and_nothing_typed_is_lost(
    editor, wrong, label, says
):
    app, client = editor
    answer = sent(client, **wrong)
    field = unescape(at_field(answer.text, re.escape(label)))
    assert answer.status_code == 422 and unescape(says) in field and 'aria-invalid="true"' in field
    assert "Education Act 1996, Schedule 35B" in answer.text or "sources" in wrong
    assert "There is a problem" in answer.text and "<script>" not in answer.text
    assert drafting(app).open() is None


@pytest.fixture(scope="module")
def editor(line_of_each):
    """A line of each kind of database, and an editor of it who leaves no draft."""
    return line_of_each, signed_in(line_of_each, "editor")


def test_a_topic_that_was_never_published_is_taken_out_whole(both):
    client = signed_in(both, "editor")
    before = drafting(both).files()
    sent(client, limit="")
    page = client.get("/office/words/getting-to-school").text
    part = re.search(r'<section class="card"[^>]* id="parts.1.says">(.*?)</form>', page, re.S)[1]
    hidden = dict(re.findall(r'name="(file|at|was)" value="([^"]*)"', part))
    answer = post(client, "/office/draft/value", **hidden, value="It is easy.")
    assert answer.location == "/office/words/getting-to-school#parts.1.says"
    page = client.get(answer.location.partition("#")[0]).text
    part = page.partition('id="parts.1.says"')[2].partition("</section>")[0]
    assert "<details open>" in part and "Says “easy”" in part, "what speaks against it is seen"
    said = plain(changes(client.get("/office/draft").text))
    assert "Keys and menus · topics that say no time limit, 4" in said
    path = "/office/draft/topic/getting-to-school/remove"
    assert "Callers never heard it." in client.get(path).text
    assert post(client, path, path).location == "/office/draft"
    assert drafting(both).files() == before, "the menu that was made for it is gone too"
    assert client.get("/office/words/getting-to-school").status_code == 404
    assert client.get("/office/draft/topic/complaint/remove").status_code == 404


def test_of_two_who_add_the_same_topic_at_once_one_is_told_at_the_field(both):
    editors = [signed_in(both, "editor", name) for name in ("Ada", "Bea")]
    answers = at_once(lambda editor: sent(editor), editors)
    assert sorted(each.status_code for each in answers) == [302, 422]
    refused = next(each.text for each in answers if each.status_code == 422)
    assert re.search("Somebody has just|already", at_field(refused, "Its name"))
    assert len(choices(editors[0], "complaints-and-travel")) == 2


def test_an_order_that_somebody_else_has_changed_is_not_written_over(both):
    client = signed_in(both, "editor")
    old = unescape(
        re.search(r'name="seen" value="([^"]*)"', client.get(f"{CHOICES}/agree").text)[1]
    )
    act(client, "agree", down=0)
    stands = choices(client, "agree")
    answer = act(client, "agree", seen=old, down=2)
    assert answer.status_code == 422 and "Somebody has changed this meanwhile" in answer.text
    assert choices(client, "agree") == stands


def test_what_is_no_menu_or_no_choice_is_not_changed(editor):
    app, client = editor
    for menu in ("letter", "complaint", "none", "1"):
        assert client.get(f"{CHOICES}/{menu}").status_code == 404
    for odd in ({"up": 0}, {"down": 3}, {"out": 9}, {"out": "x"}, {}):
        assert act(client, "agree", **odd).status_code == 400
    assert drafting(app).open() is None


def test_who_may_not_edit_sees_no_draft_of_a_topic(both):
    sent(signed_in(both, "editor"))
    viewer = signed_in(both, "viewer")
    assert viewer.get("/office/words/getting-to-school").status_code == 404
    assert "getting to school" not in viewer.get("/office/words").text
    assert viewer.get(PAGE).status_code == 403
