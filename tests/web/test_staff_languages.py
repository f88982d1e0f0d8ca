"""The pages for translators: beside the English, signed by others, out and back as a PO file."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest

from ivr.content.languages import languages_of
from ivr.jobs.services import publish_job
from ivr.staff import StaffServices
from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices
from tests.support.at_once import at_once
from tests.support.staff_pages import post, signed_in

PAGE = "/office/languages/ro"
GREETING = f"{PAGE}/sentence?name=says.yaml:greeting&part=doorway"
OTHER = "Linia de consiliere pentru părinți."


def stand(app, name: str, lang: str = "ro"):
    files = services_of(app, StaffServices).drafting.files()
    found = {each.sentence.name: each for each in languages_of(files).stands(lang)}
    return found[f"says.yaml:{name}"]


def hidden(page: str, name: str) -> str:
    return unescape(re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)[1])


def write(client, words: str, page: str = "", at: str = GREETING):
    """Send the form of a sentence, as the ``page`` that was seen had it."""
    page = page or client.get(at).text
    sent = {name: hidden(page, name) for name in ("seen", "english")}
    return post(client, at, at, words=words, **sent)


def tick(client, *names: str, page: str = "", **more: str):
    """Sign sentences as the page that was seen shows them."""
    page = page or client.get(PAGE).text
    values = dict(re.findall(r'name="sentences" value="says.yaml:(\w+) ([^"]+)"', page))
    ticked = [f"says.yaml:{name} {values[name]}" for name in names]
    return post(client, f"{PAGE}/sign", PAGE, sentences=ticked, **more)


def po(client, part: str = "doorway") -> str:
    return client.get(f"{PAGE}/po?part={part}").text


def send(client, text: str | bytes, **more: str):
    raw = text.encode() if isinstance(text, str) else text
    return post(client, f"{PAGE}/po", PAGE, file=(io.BytesIO(raw), "ro.po"), **more)


def test_a_translator_sees_each_language_and_each_sentence_beside_the_english(both):
    client = signed_in(both, "translator")
    page = unescape(client.get("/office/languages").text)
    assert "Romanian" in page and "Doorway: 0 of 13 sentences signed" in page
    page = unescape(client.get(PAGE).text)
    assert "nobody has checked it" in page and "Draft" in page and "0 of 13 signed" in page
    assert "Consiliere pentru nevoi speciale, Barking și Dagenham." in page
    urdu = client.get("/office/languages/ur").text
    assert re.search(r'<p lang="ur" dir="rtl">[^<]*[\u0600-\u06ff]', urdu)


def test_a_translation_that_lacks_a_placeholder_is_refused_at_its_field(both):
    client = signed_in(both, "translator")
    at = f"{PAGE}/sentence?name=says.yaml:choice"
    page = client.get(at).text
    assert "<code>{key}</code>" in page and "<code>{label}</code>" in page
    before = stand(both, "choice").words
    for words, says in (
        ("Pentru {label}.", "It must hold {key} {label}"),
        ("Pentru {label}, apăsați <b>{key}</b>.", "markup"),
        ("", "Nothing stands there"),
        ("a" * 2001, "2000"),
    ):
        answer = write(client, words, at=at)
        page = unescape(answer.text)
        assert answer.status_code == 422 and says in page and 'id="words-error"' in page, page
        assert words in page
    assert stand(both, "choice").words == before
    summary = f"{PAGE}/sentence?name=topics/mediation.yaml:summary"
    assert "At most 45 words" in client.get(summary).text
    answer = write(client, "cuvânt " * 46, at=summary)
    assert answer.status_code == 422 and "46 words, at most 45" in answer.text


def test_from_draft_to_signed_by_people_who_are_not_the_same(both):
    ada, bea, cai = (signed_in(both, "translator", name) for name in ("Ada", "Bea", "Cai"))
    answer = write(ada, OTHER)
    assert answer.status_code == 302 and stand(both, "greeting").words == OTHER
    assert "translated it yourself" in unescape(tick(ada, "greeting", translator="X").text)
    assert stand(both, "greeting").why == "draft"
    # Nobody wrote this one on the page, so its translator has to be said.
    assert "say who translated it" in unescape(tick(bea, "find_person").text)
    assert tick(bea, "find_person", translator=" bea ").status_code == 409
    assert tick(bea, "greeting", "find_person", translator="Dan").status_code == 302
    assert not stand(both, "greeting").why and not stand(both, "find_person").why
    page = unescape(bea.get(PAGE).text)
    assert "By Ada and Bea" in page and "By Dan and Bea" in page and "2 of 13 signed" in page
    # 999 in it: two have to read it.
    assert tick(bea, "danger", translator="Dan").status_code == 302
    assert stand(both, "danger").why == "draft"
    assert "second reader must sign it" in unescape(tick(bea, "danger").text)
    assert tick(cai, "danger").status_code == 302 and not stand(both, "danger").why
    assert "read again by Cai" in unescape(cai.get(PAGE).text)


def test_a_sentence_that_was_changed_while_it_was_read_is_not_signed(both):
    ada, bea = (signed_in(both, "translator", name) for name in ("Ada", "Bea"))
    page = bea.get(PAGE).text
    write(ada, OTHER)
    answer = tick(bea, "greeting", page=page, translator="Dan")
    assert answer.status_code == 409 and "changed after this page was made" in answer.text
    assert stand(both, "greeting").why == "draft"


def test_a_change_in_a_language_that_is_off_is_named_by_it_and_is_heard_by_nobody_yet(both):
    write(signed_in(both, "translator"), OTHER)
    page = unescape(signed_in(both, "editor").get("/office/draft").text)
    assert "Romanian: " in page and OTHER in page and "Callers hear now" not in page


def test_of_two_who_translate_the_same_the_second_is_shown_both(both):
    ada, bea = (signed_in(both, "translator", name) for name in ("Ada", "Bea"))
    page = bea.get(GREETING).text
    write(ada, OTHER)
    answer = write(bea, "Altceva.", page)
    shown = unescape(answer.text)
    assert answer.status_code == 409 and OTHER in shown and "Altceva." in shown
    assert stand(both, "greeting").words == OTHER
    # Having seen both, theirs may go before.
    assert write(bea, "Altceva.", answer.text).status_code == 302
    assert stand(both, "greeting").words == "Altceva."


def test_two_who_save_at_the_same_moment_do_not_lose_each_others(both):
    ada, bea = (signed_in(both, "translator", name) for name in ("Ada", "Bea"))
    at = f"{PAGE}/sentence?name=says.yaml:find_person"
    pages = ada.get(GREETING).text, bea.get(at).text
    both_write = (
        lambda: write(ada, OTHER, pages[0]).status_code,
        lambda: write(bea, "Vă fac legătura.", pages[1], at).status_code,
    )
    assert at_once(lambda each: each(), both_write) == [302, 302]
    assert stand(both, "greeting").words == OTHER
    assert stand(both, "find_person").words == "Vă fac legătura."


def test_english_that_was_changed_meanwhile_is_shown_and_nothing_is_kept(both):
    client, editor = signed_in(both, "translator"), signed_in(both, "editor")
    page, before = client.get(GREETING).text, stand(both, "greeting")
    sent = {"file": "en/says.yaml", "at": "greeting", "was": before.sentence.text}
    post(editor, "/office/draft/value", "/office/draft", **sent, value="Advice for parents.")
    answer = write(client, OTHER, page)
    assert answer.status_code == 409 and "Advice for parents." in answer.text
    assert "English was changed" in answer.text and OTHER in unescape(answer.text)
    assert stand(both, "greeting").words == before.words


def test_out_as_a_po_file_and_back_at_a_click(both):
    client = signed_in(both, "translator")
    answer = client.get(f"{PAGE}/po?part=doorway")
    assert "ro.po" in answer.headers["Content-Disposition"]
    text = answer.text
    assert text.count("\nmsgctxt ") == 13
    assert po(client, "").count("\nmsgctxt ") > 600
    old = "Consiliere pentru nevoi speciale, Barking și Dagenham."
    assert send(client, text.replace(old, OTHER)).status_code == 302
    assert stand(both, "greeting").words == OTHER
    draft = unescape(signed_in(both, "editor").get("/office/draft").text)
    assert OTHER in draft


def test_a_file_with_a_fault_is_refused_with_its_line_and_nothing_is_kept(both):
    client, before = signed_in(both, "translator"), stand(both, "greeting").words
    text = po(client).replace("Consiliere", "<b>Consiliere")
    for sent, says in (
        (text, "“<b>” is markup"),
        ("ă".encode("utf-16"), "not text in UTF-8"),
        (po(client).replace("Language: ro", "Language: pl"), "a file of “pl”"),
        (b"#" * 1_100_000, "larger than 1 MB"),
    ):
        answer = send(client, sent)
        assert answer.status_code in (413, 422) and says in unescape(answer.text), answer.text
        assert 'id="file-error"' in answer.text
    assert stand(both, "greeting").words == before


def test_a_file_does_not_win_silently_over_what_was_saved_since_it_was_made(both):
    ada, bea = (signed_in(both, "translator", name) for name in ("Ada", "Bea"))
    old = stand(both, "greeting").words
    text = po(ada)
    write(bea, OTHER)
    answer = send(ada, text.replace(old, "Din fișier."))
    page = unescape(answer.text)
    assert answer.status_code == 422 and "ro.po, line " in page
    assert f"There now: “{OTHER}”. Yours: “Din fișier.”" in page
    assert stand(both, "greeting").words == OTHER
    assert send(ada, text.replace(old, "Din fișier."), over="y").status_code == 302
    assert stand(both, "greeting").words == "Din fișier."


def test_a_language_is_begun_by_its_short_form(both):
    client = signed_in(both, "translator")
    assert client.get("/office/languages?lang=yo").location == "/office/languages/yo"
    assert "Missing" in client.get("/office/languages/yo").text
    page = client.get("/office/languages?lang=xq")
    assert page.status_code == 422 and "No language is called “xq”" in unescape(page.text)
    for lang in ("en", "xq", "..", "RO"):
        assert client.get(f"/office/languages/{lang}").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "adviser"])
def test_who_does_not_translate_may_not_see_or_send_any_of_it(both, role):
    client = signed_in(both, role)
    for path in ("/office/languages", PAGE, GREETING, f"{PAGE}/po"):
        assert client.get(path).status_code == 403
    translator = signed_in(both, "translator")
    assert translator.get("/office/draft").status_code == 403
    assert post(translator, "/office/draft/publish", why="x").status_code == 403


def test_a_charity_signs_a_doorway_switches_it_on_and_callers_hear_it(app, telephone):
    ada, bea = (signed_in(app, "translator", name) for name in ("Ada", "Bea"))
    editor = signed_in(app, "editor")
    page = ada.get(PAGE).text
    names = re.findall(r'name="sentences" value="says.yaml:(\w+) ', page)
    assert len(names) == 13
    assert tick(ada, *names, translator="Dan").status_code == 302
    lacking = re.findall(r'name="sentences" value="says.yaml:(\w+) ', bea.get(PAGE).text)
    assert 0 < len(lacking) < 13
    assert tick(bea, *lacking).status_code == 302
    assert "13 of 13 signed" in bea.get(PAGE).text
    at = "/office/draft/file?file=line.yaml"
    text = services_of(app, StaffServices).drafting.files()["line.yaml"].decode()
    text += "\ndoorways:\n  ro: {say: Google.ro-RO-Standard-B, tag: ro-RO}\n"
    kept = post(editor, at, at, text=text, revision=hidden(editor.get(at).text, "revision"))
    assert kept.status_code == 302, kept.text
    answer = post(editor, "/office/draft/publish", "/office/draft", why="Romanian")
    staff_pages = services_of(app, StaffServices)
    job = publish_job(services_of(app, StoreServices), staff_pages.folders)
    for row, _ in job.due(staff_pages.now(), 5):
        job.attempt(row)
    assert "It is published" in editor.get(answer.headers["Location"]).text
    services_of(app, CallServices).content_store.look()
    opening = telephone.voice()
    assert "Română: 6." in telephone.words(opening)
    said = telephone.words(telephone.press(opening, "6"))
    assert said.startswith("Consiliere pentru nevoi speciale")
