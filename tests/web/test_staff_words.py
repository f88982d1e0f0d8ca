"""The words in use are read and heard on the staff pages as callers hear them."""

from __future__ import annotations

import re

from ivr.staff import StaffServices
from ivr.store.services import StoreServices
from ivr.webhooks.extension import join, services_of
from tests.support.reads import reads
from tests.support.staff_pages import post, signed_in


def test_every_node_is_in_the_list_and_has_its_page(app):
    client, line = signed_in(app, "viewer"), services_of(app, StaffServices).line()
    page = client.get("/office/words").text
    named = set(re.findall(r'href="/office/words/([\w-]+)"', page))
    assert named == {*line.topics, *line.menus, *line.forms}
    for name in named:
        assert client.get(f"/office/words/{name}").status_code == 200


def test_a_topic_shows_what_is_said_and_each_recording_plays(app):
    client, line = signed_in(app, "viewer"), services_of(app, StaffServices).line()
    topic = line.words("en").topics["mediation"]
    page = client.get("/office/words/mediation").text
    for part in topic.parts:
        assert part.says.replace("'", "&#39;") in page
    sounds = re.findall(r'src="(/audio/\w+\.mp3)"', page)
    assert len(sounds) >= 2 * len(topic.parts)
    assert {client.get(sound).status_code for sound in sounds} == {200}
    for source in topic.sources:
        assert source in page
    assert "What leads here" in page and "pence" in page


def test_words_are_found_in_whatever_case(app):
    client = signed_in(app, "viewer")
    found = client.get("/office/words?find=CERTIFICATE").text
    assert "/office/words/mediation" in found
    assert "Nothing says “zebra”" in client.get("/office/words?find=zebra").text


def test_advice_that_nobody_has_read_for_a_year_is_flagged(settings, app):
    late = settings.model_copy(update={"line_clock": settings.line_clock.replace(year=2028)})
    assert "read it again" not in signed_in(app, "viewer").get("/office/words").text
    from_then = type(services_of(app, StaffServices))
    staff_pages = services_of(app, StaffServices)
    kept = {name: getattr(staff_pages, name) for name in from_then.__slots__}
    join(app, from_then(**kept | {"clock": lambda: late.line_clock}))
    assert "read it again" in signed_in(app, "viewer", "V").get("/office/words").text


def test_the_list_is_made_from_what_is_known_already(app):
    """Reading all words anew takes a second, the list a hundredth of that."""
    client = signed_in(app, "viewer")
    client.get("/office/words")
    with reads(services_of(app, StoreServices).store) as done:
        assert client.get("/office/words").status_code == 200
    assert done["files"] == 0 and done["questions"] <= 10


def test_every_sentence_is_found_wherever_it_stands(app):
    client = signed_in(app, "viewer")
    found = client.get("/office/words?find=take+your  TIME").text
    (link,) = re.findall(r'href="/office/phrases#([\w-]+)">Take your time\. On a mobile', found)
    assert "Nothing says" in found and f'id="{link}"' in client.get("/office/phrases").text
    assert "Other sentences</h2>" not in client.get("/office/words").text


def test_pages_for_managers_name_things_in_peoples_words(app):
    """No name of the program, no file, no setting, no number of a rule, a fact or a version."""
    editor = signed_in(app, "editor")
    sentence = {"file": "en/says.yaml", "at": "take_your_time"}
    spoilt = "Utilise the aforementioned keypad forthwith, and {so_on}."
    judged = post(
        editor, "/office/draft/check", "/office/words/mediation", **sentence, value=spoilt
    )
    assert "Check</h2>" in judged.text and '<p class="look">' in judged.text
    lost = {"file": "en/topics/mediation.yaml", "at": "parts.0.says", "value": "Nothing."}
    judged_fact = post(editor, "/office/draft/check", "/office/words/mediation", **lost)
    assert "This must be said here" in judged_fact.text
    for page in ("/office/words", "/office/phrases", "/office/words/mediation", "/office/advisers"):
        read(editor.get(page).text)
    read(judged.text)
    read(judged_fact.text)


def read(page: str) -> None:
    words = re.sub(r"<(textarea|script).*?</\1>|<[^>]+>", " ", page, flags=re.S)
    jargon = (
        r"\b\w+\.yaml|\b[A-Z]+_[A-Z]+\b|\([RCF]\d+\)|\bF\d\d\b|\bversion [0-9a-f]{8}|\{braces\}"
    )
    assert not re.search(jargon, words), re.findall(jargon, words)
    names = re.findall(r"\b(?:for_person|no_ears|take_your_time|sms_\w+)\b", words)
    assert not names and not re.search(r'aria-label="[a-z_]+_[a-z]+"', page)
