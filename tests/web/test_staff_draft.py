"""Words, hours and contacts are changed on the staff pages, as a draft, and published."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html import unescape

import pytest

from ivr.content.edit import value_at
from ivr.staff import StaffServices
from ivr.staff.timetable import spans
from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices
from tests.support.at_once import at_once
from tests.support.reads import reads
from tests.support.staff_pages import (
    at_field,
    changes,
    clock_at,
    plain,
    post,
    publish,
    signed_in,
    worked_off,
)

SUMMARY = {"file": "en/topics/complaint.yaml", "at": "summary"}
PART = {"file": "en/topics/certificate.yaml", "at": "parts.0.says"}
PAGE = "/office/draft/value"
NEW = "Talk first. Then use the complaints procedure. It can be done in writing."


def stands(app, file: str = SUMMARY["file"], *path):
    return value_at(
        services_of(app, StaffServices).drafting.files()[file].decode(), path or ("summary",)
    )


def change(client, app, new: str, **where: str):
    where = where or SUMMARY
    page = client.get(PAGE, query_string=where).text
    was = unescape(re.search(r'name="was" value="([^"]*)"', page)[1])
    return post(
        client, PAGE, f"{PAGE}?file={where['file']}&at={where['at']}", **where, was=was, value=new
    )


def card(page: str, at: str) -> str:
    """One sentence on the page of its topic, with its form."""
    return unescape(re.search(rf'<section class="card"[^>]* id="{at}">(.*?)</form>', page, re.S)[1])


def hidden(html: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', html)[1]


def heard(telephone, query: str = "") -> str:
    """Everything said to a caller who skips through the advice on complaints."""
    answer = telephone.voice(query)
    said = [telephone.words(answer)]
    parts = (
        services_of(telephone.app, CallServices)
        .content_store.line("")
        .words("en")
        .topics["complaint"]
        .parts
    )
    for key in "2" + "1" * len(parts):
        answer = telephone.press(answer, key)
        said.append(telephone.words(answer))
    return " ".join(said)


def test_a_changed_sentence_is_a_draft_until_it_is_published_and_then_callers_hear_it(
    app, telephone
):
    client = signed_in(app, "editor")
    before = services_of(app, StaffServices).line().words("en").topics["complaint"].summary
    place = "/office/words/complaint"
    page = client.get(place).text
    assert before in card(page, "summary") and "not published" not in page
    sent = {"was": hidden(card(page, "summary"), "was"), "value": NEW}
    kept = post(client, PAGE, place, **SUMMARY, **sent)
    assert kept.location == f"{place}#summary", "one comes back to the sentence"
    page = client.get(place).text
    old, _, new = card(page, "summary").partition("Changed, not published")
    assert before in old and NEW in new and page.count("Changed, not published") == 1
    draft = client.get("/office/draft").text
    assert "Making a complaint · in short" in draft and ".yaml" not in plain(changes(draft))
    now, then = re.findall(r"<h4>.*?</h4>\s*<p>(.*?)</p>", changes(draft), re.S)
    assert plain(now) == before and plain(then) == NEW, "each stands whole beside the other"
    assert services_of(app, StaffServices).line().words("en").topics["complaint"].summary == before
    answer = publish(client, app)
    assert "It is published" in client.get(answer.headers["Location"]).text
    assert services_of(app, StaffServices).line().words("en").topics["complaint"].summary == NEW
    said = heard(telephone)
    assert NEW in said


def test_going_back_publishes_the_words_before(app):
    client = signed_in(app, "editor")
    before = services_of(app, StaffServices).line().words("en").topics["complaint"].summary
    change(client, app, NEW)
    publish(client, app, "shorter")
    assert "shorter" in client.get("/office/editions").text
    answer = post(client, "/office/editions/0/back", "/office/editions")
    publish(client, app)
    assert "back to edition 0" in client.get(answer.headers["Location"]).text
    assert services_of(app, StaffServices).line().words("en").topics["complaint"].summary == before


def test_what_speaks_against_words_stands_beside_them(app):
    client = signed_in(app, "editor")
    bad = {**PART, "was": "", "value": "Press 3 for this, it is easy. You must not be wrong."}
    page = post(
        client, "/office/draft/check", f"{PAGE}?file={PART['file']}&at={PART['at']}", **bad
    ).text
    assert "<!doctype html>" in page and "Says “easy”" in page
    assert "The key does not come last" in page and "R28" in page
    assert "must be said here" in page  # the facts of this part are gone
    good = client.get(PAGE, query_string=PART).text
    assert "Nothing speaks against these words" in good and "reading grade" in good


@pytest.mark.parametrize(
    ("file", "at", "words"),
    [
        ("en/says.yaml", "law_same", "“last day the law gives”"),
        ("en/menus.yaml", "draft.question", "“at least fifteen days”"),
    ],
)
def test_what_a_phrase_or_a_question_must_say_stands_beside_it(app, file, at, words):
    client = signed_in(app, "editor")
    bare = {"file": file, "at": at, "was": "", "value": "That is all."}
    page = post(client, "/office/draft/check", f"{PAGE}?file={file}&at={at}", **bare).text
    assert "must be said here" in page and words in page


def test_a_text_shows_its_parts_and_price(app):
    client = signed_in(app, "editor")
    where = {"file": "en/topics/complaint.yaml", "at": "text"}
    assert re.search(r"as a text 2 parts, \d", client.get(PAGE, query_string=where).text)
    long = {**where, "was": "", "value": "Advice line, about your call: " + "ring us. " * 60}
    page = post(client, "/office/draft/check", f"{PAGE}?file={where['file']}&at=text", **long).text
    assert "at most 2 (306 characters)" in page


def test_curly_quotes_and_odd_signs_of_a_word_processor_are_mended(app):
    client = signed_in(app, "editor")
    change(
        client,
        app,
        "Talk\u00a0first.\u200b Then use the school’s “procedure”.".replace("\u200b", ""),
    )
    assert stands(app) == 'Talk first. Then use the school\'s "procedure".'


@pytest.mark.parametrize(
    "where",
    [
        {"file": "../line.yaml", "at": "name"},
        {"file": "/etc/passwd", "at": "x"},
        {"file": "en/none.yaml", "at": "x"},
        {"file": "line.yaml", "at": "hours.monday"},
        {"file": "line.yaml", "at": "a.b.c.9999999999999999999999"},
        {"file": "line.yaml", "at": ""},
        {"file": "", "at": "name"},
    ],
)
def test_only_words_of_the_draft_can_be_asked_for(app, where):
    client = signed_in(app, "editor")
    assert client.get(PAGE, query_string=where).status_code == 404
    answer = post(
        client, PAGE, f"{PAGE}?file={SUMMARY['file']}&at=summary", **where, was="", value="x"
    )
    assert answer.status_code == 404
    assert services_of(app, StaffServices).drafting.open() is None


def test_two_editors_of_the_same_sentence_lose_nothing(app):
    one, two = signed_in(app, "editor", "Ada"), signed_in(app, "editor", "Bea")
    was = stands(app)
    assert change(one, app, NEW).status_code == 302
    page = f"{PAGE}?file={SUMMARY['file']}&at=summary"
    answer = post(two, PAGE, page, **SUMMARY, was=was, value="Bea's own words.")
    assert answer.status_code == 409
    assert (
        NEW in answer.text
        and "Bea&#39;s own words." in answer.text
        and "Ada has changed this" in answer.text
    )
    assert stands(app) == NEW


def test_two_editors_of_different_things_both_keep_theirs(app):
    editors = [signed_in(app, "editor", name) for name in ("Ada", "Bea")]
    places = [SUMMARY, {"file": "en/topics/school.yaml", "at": "summary"}]
    at_once(lambda n: change(editors[n], app, f"Words {n}.", **places[n]), range(2))
    assert (stands(app), stands(app, "en/topics/school.yaml", "summary")) == (
        "Words 0.",
        "Words 1.",
    )


def test_a_name_in_braces_that_is_lost_is_refused_with_words_and_nothing_typed_is_lost(app):
    client = signed_in(app, "editor")
    answer = change(client, app, "There are some choices.", file="en/says.yaml", at="count")
    assert answer.status_code == 422 and "count" in answer.text and "line" in answer.text
    assert "There are some choices." in answer.text
    assert services_of(app, StaffServices).drafting.open() is None


# --- hours -----------------------------------------------------------------------------------


def seen(page: str, near: str) -> str:
    """The state of a form that the page was made from."""
    form = page.split(near)[1]
    return unescape(re.search(r'name="seen" value="([^"]*)"', form)[1])


def test_hours_are_typed_as_people_write_them_and_closures_come_and_go(app):
    client = signed_in(app, "editor")
    at = "/office/draft/hours"
    page = client.get(at).text
    week = dict.fromkeys(("monday", "tuesday"), "9.00 to 17:00") | {
        "wednesday": "09:00-12:00, 13:00–16:30"
    }
    done = post(client, f"{at}/week", at, seen=seen(page, "/hours/week"), **week)
    assert done.status_code == 302
    hours = stands(app, "line.yaml", "hours")
    assert hours["monday"] == ["09:00-17:00"] and hours["wednesday"] == [
        "09:00-12:00",
        "13:00-16:30",
    ]
    assert hours["friday"] == []
    page = client.get(at).text
    closed = {"from": "2026-12-24", "until": "2026-12-31", "hours": "", "why": "the office is shut"}
    assert (
        post(
            client,
            f"{at}/other",
            at,
            seen=seen(page, 'action="/office/draft/hours/other"'),
            **closed,
        ).status_code
        == 302
    )
    page = client.get(at).text
    assert "24 December 2026 to 31 December 2026" in page and "the office is shut" in page
    post(client, f"{at}/other/0", at, seen=seen(page, "/hours/other/0"))
    assert stands(app, "line.yaml", "other_days") == []


@pytest.mark.parametrize(
    "hours", ["nine to five", "17:00-09:00", "25:00-26:00", "9", "09:00-17:00-18:00"]
)
def test_hours_that_are_none_are_refused_and_stay_to_be_mended(app, hours):
    client = signed_in(app, "editor")
    at = "/office/draft/hours"
    answer = post(
        client, f"{at}/week", at, seen=seen(client.get(at).text, "/hours/week"), monday=hours
    )
    assert answer.status_code == 422
    field = at_field(answer.text, "Monday")
    assert "Monday: write times like 09:00-17:00" in field and f'value="{hours}"' in field
    assert 'href="#monday"' in answer.text and "line.yaml" not in answer.text
    assert "aria-invalid" not in at_field(answer.text, "Tuesday")
    assert services_of(app, StaffServices).drafting.open() is None


@pytest.mark.parametrize(
    ("days", "label", "says"),
    [
        ({"from": ""}, "First day", "Choose the first day."),
        ({"from": "soon"}, "First day", "Not a valid date"),
        ({"from": "2026-12-24", "until": "2026-12-20"}, "Last day, if there are several", "before"),
        ({"from": "2026-12-24", "hours": "9 till 5"}, "Hours on these days", "like 09:00-17:00"),
    ],
)
def test_what_is_wrong_with_a_closure_stands_at_its_field(app, days, label, says):
    client, at = signed_in(app, "editor"), "/office/draft/hours"
    old = seen(client.get(at).text, 'action="/office/draft/hours/other"')
    answer = post(client, f"{at}/other", at, seen=old, why="a fair", **days)
    field = at_field(answer.text, label)
    assert answer.status_code == 422 and says in field and 'aria-invalid="true"' in field
    assert 'value="a fair"' in answer.text, "nothing that was typed is lost"
    assert services_of(app, StaffServices).drafting.open() is None


def test_a_week_that_somebody_else_has_changed_is_not_written_over(app):
    client, at = signed_in(app, "editor"), "/office/draft/hours"
    old = seen(client.get(at).text, "/hours/week")
    post(client, f"{at}/week", at, seen=old, monday="10:00-11:00")
    answer = post(client, f"{at}/week", at, seen=old, monday="12:00-13:00")
    assert answer.status_code == 422 and "Somebody has changed this meanwhile" in answer.text
    assert stands(app, "line.yaml", "hours")["monday"] == ["10:00-11:00"]


def test_spans():
    assert spans("") == [] and spans("09:00-24:00") == ["09:00-24:00"]
    assert spans("9:00 until 12:00 , 13.30—17.00") == ["09:00-12:00", "13:30-17:00"]


# --- contacts --------------------------------------------------------------------------------


def test_a_contact_is_added_rung_and_taken_out(app):
    client, at = signed_in(app, "editor"), "/office/draft/contacts"
    page = client.get(at).text
    count = page.count("Take out</button>")
    fresh = {
        "name": "Family line",
        "number": "+44 20 7946 0101",
        "verified": "2026-11-20",
        "by": "Ada",
    }
    assert post(client, f"{at}/{count}", at, seen=seen(page, "Add one"), **fresh).status_code == 302
    page = client.get(at).text
    assert "rung on 20 November 2026" in page
    post(client, f"{at}/{count}/remove", at, seen=seen(page, f"/contacts/{count}/remove"))
    assert "Family line" not in client.get(at).text


def test_a_name_that_callers_hear_is_flagged_until_somebody_has_checked_it(app):
    client, at = signed_in(app, "editor"), "/office/draft/contacts"
    page = client.get(at).text
    card = page[page.index('<h2 id="c1">Barking and Dagenham SENDIASS') :].partition("</section>")[
        0
    ]
    assert "Callers hear: Carers of Barking and Dagenham." in card
    assert "Nobody has checked that this name still holds" in card
    number = card.partition("/contacts/")[2].partition('"')[0]
    state = seen(page, f"/contacts/{number}")
    fresh = {"name": "SENDIASS", "spoken": "Families First", "name_verified": "2026-11-20"}
    assert post(client, f"{at}/{number}", at, seen=state, **fresh).status_code == 302
    page = client.get(at).text
    assert "Callers hear: Families First. The name was checked on 20 November 2026." in page
    said = client.get("/office/draft/value?file=en/topics/service.yaml&at=summary").text
    assert "{advice}" in said


def test_a_contact_that_topics_name_cannot_be_taken_out(app):
    client, at = signed_in(app, "editor"), "/office/draft/contacts"
    page = client.get(at).text
    card = page[page.index('">Kids SEND Mediation</h2>') :].partition("</section>")[0]
    number = card.partition("/contacts/")[2].partition('"')[0]
    path = f"/contacts/{number}/remove"
    answer = post(client, f"{at}/{number}/remove", at, seen=seen(page, path))
    assert answer.status_code == 422 and "“{mediation}” is not known" in answer.text


def test_a_contact_needs_a_name_and_a_real_day(app):
    client, at = signed_in(app, "editor"), "/office/draft/contacts"
    state = seen(client.get(at).text, "Add one")
    for wrong, label, says in (
        ({"name": "", "by": "Ada"}, "Name", "Give a name."),
        ({"name": "A", "verified": "yesterday"}, "The day somebody rang it, and it was right", "date"),
        ({"name": "A", "verified": "2099-01-01"}, "The day somebody rang it, and it was right", "future"),
    ):  # fmt: skip
        answer = post(client, f"{at}/0", at, seen=state, **wrong)
        field = at_field(answer.text, label)
        assert answer.status_code == 422 and says in field and 'aria-invalid="true"' in field
    assert services_of(app, StaffServices).drafting.open() is None


# --- whole files, checking, publishing --------------------------------------------------------


def test_a_whole_file_is_read_before_it_is_kept(app):
    client = signed_in(app, "editor")
    page = "/office/draft/file?file=en/says.yaml"
    good = stands_text(app, "en/says.yaml")
    for bad, says in (
        ("greeting: [", "not readable"),
        (good.replace("greeting:", "greting:"), "greting"),
        ("a: b\x00", "cannot be seen"),
    ):
        answer = post(client, "/office/draft/file", page, file="en/says.yaml", revision=0, text=bad)
        assert answer.status_code == 422 and says in answer.text, says
    assert services_of(app, StaffServices).drafting.open() is None
    kept = good.replace("Take your time.", "There is time.")
    assert (
        post(
            client, "/office/draft/file", page, file="en/says.yaml", revision=0, text=kept
        ).status_code
        == 302
    )
    assert "There is time." in stands_text(app, "en/says.yaml")


def test_a_file_of_a_megabyte_is_kept_and_a_larger_one_refused_where_it_was_sent(app):
    client = signed_in(app, "editor")
    page = "/office/draft/file?file=en/says.yaml"
    whole = stands_text(app, "en/says.yaml")
    remark = f"# a remark of somebody's, kept {'as it stands ' * 9}\n"
    long = whole + remark * ((990_000 - len(whole)) // len(remark))
    for field in (
        {"text": long.replace("\n", "\r\n")},
        {"upload": (io.BytesIO(long.encode()), "a")},
    ):
        revision = services_of(app, StaffServices).drafting.open()
        sent = {"revision": revision.revision if revision else 0, "text": whole} | field
        assert post(client, page, page, **sent).status_code == 302
        assert stands_text(app, "en/says.yaml") == long
    answer = post(client, page, page, revision=9, text=long + remark * 120)
    assert answer.status_code == 422 and "larger than 1 MB" in answer.text
    answer = post(client, page, page, revision=9, text=long * 4)
    assert answer.status_code == 413 and "larger than 1 MB" in answer.text
    assert "<textarea" in answer.text and "greeting:" in answer.text


@pytest.mark.parametrize("text", ["a: &a [b, *a]\n", "a: !!bool abc\n", "[" * 3_000, "<<: [[a]]\n"])
def test_a_file_with_what_is_not_taken_is_refused_with_its_line(app, text):
    client = signed_in(app, "editor")
    page = "/office/draft/file?file=en/says.yaml"
    answer = post(client, page, page, revision=0, text=text)
    assert answer.status_code == 422 and "line 1" in answer.text
    assert services_of(app, StaffServices).drafting.open() is None


def stands_text(app, file: str) -> str:
    return services_of(app, StaffServices).drafting.files()[file].decode()


def test_everything_is_checked_before_it_is_published_and_refused_with_what_to_do(app):
    client = signed_in(app, "editor")
    change(client, app, "It is easy and you forgot it.")
    checked = post(client, "/office/draft/check-all", "/office/draft").text
    found = plain(re.search(r"Checked</h2>(.*?)</section>", checked, re.S)[1])
    assert found.startswith("Making a complaint · in short: says “easy”. Say what is known")
    assert "It is easy and you forgot it." in found, "the sentence itself stands there"
    assert ".yaml" not in found and "line" not in found
    assert 'href="/office/words/complaint#summary"' in checked
    answer = publish(client, app)
    page = client.get(answer.headers["Location"]).text
    assert 'href="/office/words/complaint#summary">Making a complaint · in short</a>: says' in page
    assert (
        "It was refused" in page and ".yaml, line" not in page and "Callers go on hearing" in page
    )
    assert stands(app) == "It is easy and you forgot it."


def test_publishing_needs_words_and_something_that_is_changed(app):
    client = signed_in(app, "editor")
    assert (
        "nothing to publish" in post(client, "/office/draft/publish", "/office/draft", why="x").text
    )
    was = stands(app)
    change(client, app, NEW)
    assert (
        "Say in a few words" in post(client, "/office/draft/publish", "/office/draft", why=" ").text
    )
    change(client, app, was)
    assert (
        "Nothing is changed" in post(client, "/office/draft/publish", "/office/draft", why="x").text
    )


def test_throwing_the_draft_away_asks_and_can_be_undone_for_a_day(app):
    client = signed_in(app, "editor", "Ada")
    change(client, app, NEW)
    asked = client.get("/office/draft/throw-away").text
    assert "1 unpublished change by Ada would be gone" in asked and stands(app) == NEW
    thrown(client, app)
    assert "Put it back" in client.get("/office/draft").text
    post(client, "/office/draft/put-back", "/office/draft")
    assert stands(app) == NEW and "Put it back" not in client.get("/office/draft").text
    thrown(client, app)
    clock_at(app, timedelta(hours=25))
    other = signed_in(app, "editor", "Bea")
    assert "Put it back" not in other.get("/office/draft").text
    late = post(other, "/office/draft/put-back", "/office/draft/hours")
    assert late.status_code == 422 and stands(app) != NEW


def thrown(client, app) -> None:
    post(client, "/office/draft/throw-away", "/office/draft/throw-away")
    assert services_of(app, StaffServices).drafting.open() is None and stands(app) != NEW


def test_a_draft_that_was_thrown_away_does_not_come_back_over_what_came_later(app):
    client = signed_in(app, "editor", "Ada")
    change(client, app, NEW)
    thrown(client, app)
    change(client, app, "Words that came later.")
    assert post(client, "/office/draft/put-back", "/office/draft").status_code == 422
    assert stands(app) == "Words that came later."
    thrown(client, app)
    post(client, "/office/editions/0/back", "/office/editions")
    assert post(client, "/office/draft/put-back", "/office/draft/hours").status_code == 422
    worked_off(app)
    assert "Put it back" not in client.get("/office/draft").text
    assert post(client, "/office/draft/put-back", "/office/draft/hours").status_code == 422


def test_changes_are_named_in_peoples_words(app):
    client, at = signed_in(app, "editor"), "/office/draft/hours"
    days = {"from": "2026-12-24", "until": "2026-12-31", "hours": "09:00-12:00"}
    page = client.get(at).text
    sent = {**days, "why": "Christmas closure"}
    post(client, f"{at}/other", at, seen=seen(page, 'action="/office/draft/hours/other"'), **sent)
    change(client, app, "There are {count} choices in all.", file="en/says.yaml", at="count")
    shown = changes(client.get("/office/draft").text)
    titles = [plain(each) for each in re.findall(r"<h3[^>]*>(.*?)</h3>", shown, re.S)]
    assert titles == [
        "“There are {count} choices in all.”",
        "Christmas closure, first day",
        "Christmas closure, hours",
        "Christmas closure, last day",
        "Christmas closure, why",
    ]
    assert (
        "24 December 2026" in shown
        and "31 December 2026" in shown
        and "2026-12-" not in plain(shown)
    )


def test_the_draft_is_rung_on_the_phone_page_and_callers_hear_what_they_heard(app, telephone):
    client = signed_in(app, "editor")
    change(client, app, NEW)
    answer = post(client, "/office/draft/try", "/office/draft")
    version = answer.headers["Location"].rpartition("=")[2]
    assert "You ring the draft" in client.get(answer.headers["Location"]).text
    assert NEW in heard(telephone, f"v={version}")
    assert NEW not in heard(telephone)


def test_pages_of_the_draft_read_no_file_and_ask_the_database_little(app):
    """Reading the whole content for a page takes a second, such a page a hundredth of that."""
    client, store = signed_in(app, "editor"), services_of(app, StoreServices).store
    change(client, app, NEW)
    for path in ("/office/draft", "/office/words/complaint", f"{PAGE}?file={SUMMARY['file']}&at=summary", "/office/phrases",
                 "/office/draft/hours", "/office/draft/contacts", "/office/editions"):  # fmt: skip
        client.get(path)
        with reads(store) as done:
            assert client.get(path).status_code == 200
        assert done["files"] == 0 and done["questions"] <= 25, path


def test_the_log_names_the_sentence_that_was_changed(app):
    client = signed_in(app, "manager", "Ada Ash")
    change(client, app, NEW)
    log = plain(client.get("/office/staff/changes").text)
    assert "Ada Ash changed Making a complaint · in short" in log
