"""Today, and what callers left: seen, opened by who may, worked on by one, done, and deleted."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr.secrets.sealed_box import key_pair, seal
from ivr.staff import StaffServices
from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices
from tests.support.commands import ivr
from tests.support.inbox import WISH, effects_of, everything, left, message, path
from tests.support.staff_pages import joined, post, signed_in


def test_today_says_what_is_so(app):
    left(app)
    page = signed_in(app, "viewer").get("/office").text
    assert 'class="big">Open until 17:00<' in page
    assert "1 to ring back, 0 messages" in page
    assert "Every sentence has its recording" in page
    assert not re.search(r"\b(1 \w+s|[02-9] (message|text))\b", shown_words(page))
    inbox = services_of(app, StaffServices).inbox
    inbox.done(inbox.items()[0], datetime.now(UTC), "")
    page = signed_in(app, "adviser", "Ada").get("/office").text
    assert "Nothing waits." in page and "Take" not in page


def listed(page: str) -> tuple[list[str], str, list[str]]:
    """What needs doing, red and not, on the page Today; and what is missing before real calls."""
    doing = re.search(r'id="needs">(.*?)</section>', page, re.S)[1]
    now, _, later = doing.partition("<details>")
    red, calm = (
        [shown_words(each) for each in re.findall(rf'<li class="{kind}">(.*?)</li>', now, re.S)]
        for kind in ("bad", "look")
    )
    return (
        red,
        calm,
        [shown_words(each) for each in re.findall(r'<li class="">(.*?)</li>', later, re.S)],
    )


def test_only_what_callers_notice_is_red(app):
    beats, now = services_of(app, StoreServices).beats, datetime.now(UTC)
    client = signed_in(app, "viewer")
    for name in ("worker", "purge", "counting", "test-call"):
        beats.beat(name, now)
    assert "Nothing. The line is well." in client.get("/office").text
    beats.beat("purge", now - timedelta(days=3))
    beats.beat("worker", now - timedelta(days=3))
    red, calm, _ = listed(client.get("/office").text)
    assert len(red) == 1 and "Texts are not sent" in red[0] and "Tell whoever runs" in red[0]
    assert len(calm) == 1 and "not being deleted" in calm[0]


def test_what_a_demonstration_lacks_stands_apart(app):
    beats, now = services_of(app, StoreServices).beats, datetime.now(UTC)
    for name in ("worker", "purge", "counting", "test-call"):
        beats.beat(name, now)
    for name in ("number", "fallback"):
        beats.beat(f"outside:{name}", now, says="+442079460100 does not lead here: voice_url.")
        beats.beat(f"looks:{name}", now, good=False)
    red, calm, later = listed(signed_in(app, "viewer").get("/office").text)
    assert red == [] and calm == [] and len(later) >= 2
    assert any("The number that callers ring does not lead to this line" in each for each in later)


def shown_words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_who_may_closes_the_line_and_the_next_caller_hears_it(app, telephone):
    ada = signed_in(app, "adviser", "Ada Ash")
    asked = ada.get("/office/hours/close")
    assert "it opens again tomorrow at nine in the morning" in shown_words(asked.text)
    assert "The usual hours hold." in ada.get("/office").text, "nothing is closed by asking"
    page = post(ada, "/office/hours/close", "/office/hours/close")
    assert page.location == "/office"
    shown = signed_in(app, "viewer").get("/office").text
    assert 'class="big">Closed until tomorrow, 09:00<' in shown
    assert "Set by hand by Ada Ash, until midnight." in shown
    services_of(app, CallServices).live_settings.look()
    assert (
        services_of(app, CallServices)
        .live_settings.override(services_of(app, StaffServices).clock())
        .open
        is False
    )
    post(signed_in(app, "manager"), "/office/hours/usual", "/office")
    assert "The usual hours hold." in signed_in(app, "viewer", "V").get("/office").text


def at_its_field(page) -> str:
    """The error at the field for a sound file, which says itself that it is wrong."""
    field = re.search(r'<div class="field invalid">((?:(?!</div>).)*id="sound".*?)</div>', page.text, re.S)  # fmt: skip
    assert field and 'aria-invalid="true"' in field[1]
    return field[1]


def test_a_sound_file_becomes_todays_announcement(app):
    client = signed_in(app, "adviser")
    wav = io.BytesIO()
    tone = [0.2 * (turn % 40 - 20) / 20 for turn in range(16_000)]
    soundfile.write(wav, tone, 8_000, format="WAV")
    refused, taken = (
        post(client, "/office/announce", "/office", sound=(io.BytesIO(sent), "a.wav"))
        for sent in (b"no sound", wav.getvalue())
    )
    assert refused.status_code == 422 and "no sound that can be played" in at_its_field(refused)
    assert "is up" in client.get(taken.location).text
    page = client.get("/office").text
    assert "/office/announcement/" in page
    found = re.search(r'src="(/office/announcement/[^"]+)"', page)
    sound = client.get(found[1])
    assert sound.content_type == "audio/mpeg" and len(sound.data) > 1_000


def telephone_sound(seconds: int) -> io.BytesIO:
    made = io.BytesIO()
    tone = np.tile(np.arange(-20, 20, dtype=np.float32) / 100, seconds * 200)
    soundfile.write(made, tone, 8_000, format="WAV", subtype="PCM_16")
    made.seek(0)
    return made


def test_three_minutes_of_a_telephone_become_the_announcement_and_more_is_refused_there(app):
    client = signed_in(app, "adviser")
    taken = post(client, "/office/announce", "/office", sound=(telephone_sound(180), "a"))
    assert "is up" in client.get(taken.location).text
    for seconds in (190, 3_000):
        large = post(client, "/office/announce", "/office", sound=(telephone_sound(seconds), "a"))
        assert large.status_code == 413 and "larger than 3 MB" in at_its_field(large)
    assert "/office/announcement/" in client.get("/office").text


def test_sound_that_cannot_be_played_says_why_at_its_place(app):
    client, odd = signed_in(app, "adviser"), io.BytesIO()
    soundfile.write(odd, [0.1, -0.1] * 4_000, 96_000, format="WAV")
    odd.seek(0)
    answer = post(client, "/office/announce", "/office", sound=(odd, "a.wav"))
    assert answer.status_code == 422 and "96,000 samples in a second" in at_its_field(answer)


def test_a_form_that_is_too_large_is_refused_with_words_for_strangers_too(app):
    for client in (app.test_client(), signed_in(app, "viewer"), signed_in(app, "adviser")):
        for at in ("/office/sign-in", "/office/account/password", "/office/hours/close"):
            answer = client.post(at, data={"password": "x" * 80_000})
            assert answer.status_code == 413 and "That is too big" in answer.text
    for client in (app.test_client(), signed_in(app, "viewer", "V")):
        sent = {"sound": (telephone_sound(60), "a.wav")}
        assert client.post("/office/announce", data=sent).status_code == 413


def test_only_who_has_taken_a_call_back_sees_the_number(app):
    item = left(app)
    ada, ben = signed_in(app, "adviser", "Ada Ash"), signed_in(app, "adviser", "Ben Elm")
    assert WISH.number not in ada.get("/office/waiting").text + ada.get(path(item)).text
    assert post(ada, path(item, "/take"), "/office/waiting").location == path(item)
    taken = post(ben, path(item, "/take"), "/office/waiting")
    assert "Somebody else has just taken it" in ben.get(taken.location).text
    page = ada.get(path(item)).text
    assert WISH.number in page and "say you are <strong>a friend</strong>" in page
    assert WISH.number not in ben.get(path(item)).text
    assert "taken by Ada Ash" in ben.get("/office/waiting").text
    assert "Opened, Ada Ash" in ben.get(path(item)).text


def test_the_language_of_who_is_to_be_rung_back_is_read_by_its_name(app, monkeypatch):
    kept = services_of(app, StoreServices)
    wish = {"number": WISH.number, "leave": True, "saying": "friend"}
    sealed = seal(kept.settings.public_key, json.dumps(wish).encode())
    known = {"about": "", "lang": "ro", "best": "morning"}
    digits = kept.inbox.keep_callback("CA1", WISH.number, sealed, datetime.now(UTC), **known)
    (item,), client = kept.inbox.items(), signed_in(app, "adviser")
    assert "· Romanian ·" in client.get("/office/waiting").text
    post(client, path(item, "/take"), "/office/waiting")
    assert "Ring mornings, and speak Romanian." in client.get(path(item)).text
    monkeypatch.setenv("DATABASE_URL", kept.settings.database)
    assert "in the morning, Romanian, taken" in ivr("inbox").output
    assert "Ring in the morning, and speak Romanian." in ivr("inbox", "show", digits).output


def test_what_is_to_be_minded_stands_before_the_number(app):
    item = left(app, replace(WISH, leave=False, read=True, body="The last day is 5 May."))
    client = signed_in(app, "adviser")
    post(client, path(item, "/take"), "/office/waiting")
    page = client.get(path(item)).text
    assert 0 < page.index("Do not leave a message") < page.index(f"tel:{WISH.number}")
    assert "read this out" in page and "The last day is 5 May." in page


def test_whoever_asked_again_is_found_by_their_digits_and_the_most_careful_answers_count(
    app, monkeypatch
):
    item = left(app, replace(WISH, leave=False, saying="friend"))
    line, careless = (
        services_of(app, StaffServices).line(),
        replace(WISH, leave=True, saying="line"),
    )
    digits = effects_of(app).do("CA2", careless, line, WISH.number)
    assert digits.isdigit() and digits != item.reference
    client = signed_in(app, "adviser")
    assert f"{item.reference}, {digits}" in client.get("/office/waiting").text
    post(client, path(item, "/take"), "/office/waiting")
    page = client.get(path(item)).text
    assert "Do not leave a message" in page and "say you are <strong>a friend</strong>" in page
    assert "a message may be left; if someone else answers, say you are the advice line" in page
    monkeypatch.setenv("DATABASE_URL", services_of(app, StaffServices).settings.database)
    told = ivr("inbox", "show", digits).output
    assert "Do NOT leave a message" in told and "we are a friend" in told


def test_what_came_of_it_is_written_down_sealed_and_it_is_done(app):
    item = left(app)
    client = signed_in(app, "adviser", "Ada Ash")
    post(client, path(item, "/take"), "/office/waiting")
    words = "Her sister answered"
    post(client, path(item, "/note"), path(item), outcome="no-answer", words=words)
    assert words in client.get(path(item)).text
    assert words not in everything(services_of(app, StoreServices).store)
    post(client, path(item, "/note"), path(item), outcome="talked", done="1")
    assert "Nothing waits" in client.get("/office/waiting").text
    done = client.get("/office/waiting?done=1").text
    assert "done by Ada Ash" in done
    assert services_of(app, StaffServices).inbox.item("callback", item.id).done_at is not None


def test_the_list_says_when_each_is_deleted(app):
    left(app)
    page = signed_in(app, "adviser").get("/office/waiting").text
    assert "deleted on" in page and str((datetime.now(UTC)).year) in page


def test_a_message_is_played_to_who_has_taken_it_alone(app):
    item = message(app, b"RIFF the sound")
    ada, ben = signed_in(app, "adviser", "Ada"), signed_in(app, "adviser", "Ben")
    assert ada.get(path(item, "/sound.wav")).status_code == 404
    post(ada, path(item, "/take"), "/office/waiting")
    assert ada.get(path(item, "/sound.wav")).data == b"RIFF the sound"
    assert ben.get(path(item, "/sound.wav")).status_code == 404
    assert "Opened, Ada" in ben.get(path(item)).text


def test_it_is_handed_over_to_who_may_have_it(app):
    item = left(app)
    ada, ben = signed_in(app, "adviser", "Ada"), signed_in(app, "adviser", "Ben")
    joined(app, "viewer", "Vi")
    people = services_of(app, StaffServices).people.accounts
    bens, vis = (people.by_email(f"{name}@example.org").id for name in ("ben", "vi"))
    post(ada, path(item, "/take"), "/office/waiting")
    refused = post(ada, path(item, "/hand-over"), path(item), to=vis)
    assert "That person cannot take it" in ada.get(refused.location).text
    post(ada, path(item, "/hand-over"), path(item), to=bens)
    assert WISH.number in ben.get(path(item)).text
    assert WISH.number not in ada.get(path(item)).text
    post(ben, path(item, "/hand-over"), path(item), to="")
    assert "waits" in ada.get("/office/waiting").text


def test_a_manager_gives_on_what_somebody_has_who_is_away(app):
    item = left(app)
    ada, manager = signed_in(app, "adviser", "Ada"), signed_in(app, "manager")
    post(ada, path(item, "/take"), "/office/waiting")
    post(manager, path(item, "/hand-over"), path(item), to="")
    assert services_of(app, StaffServices).inbox.items()[0].taken_at is None


def test_what_somebody_had_who_leaves_is_everybodys_again(app):
    item = left(app)
    ada, manager = signed_in(app, "adviser", "Ada"), signed_in(app, "manager")
    post(ada, path(item, "/take"), "/office/waiting")
    adas = services_of(app, StaffServices).people.accounts.by_email("ada@example.org").id
    post(manager, f"/office/staff/{adas}/remove", "/office/staff")
    assert services_of(app, StaffServices).inbox.items()[0].taken_at is None


def test_an_account_without_the_key_is_told_so_and_opens_nothing(settings, opens):
    app = opens(settings.model_copy(update={"messages_public_key": key_pair()[0]}))
    item, client = left(app), signed_in(app, "adviser")
    post(client, path(item, "/take"), "/office/waiting")
    page = client.get(path(item)).text
    assert "your account has no key" in page and WISH.number not in page


@pytest.mark.parametrize("address", ["callback/none", "message/none", "king/1", "callback/%00"])
def test_addresses_that_are_guessed_lead_nowhere(app, address):
    assert signed_in(app, "adviser").get(f"/office/waiting/{address}").status_code == 404


def gone(store) -> None:
    """Take the database away: nothing can be read or written."""
    store.close()
    file = Path(store._engine.url.database)
    for each in file.parent.glob(f"{file.name}*"):
        each.unlink()
    file.mkdir()


def test_while_the_database_is_away_it_is_said_in_words(app):
    client = signed_in(app, "viewer")
    store = services_of(app, StoreServices).store
    gone(store)
    page = client.get("/office")
    assert page.status_code == 503 and "Callers still hear everything" in page.text


def test_what_was_typed_of_a_call_back_is_kept_where_its_outcome_is_missing(app):
    client, item = signed_in(app, "adviser"), left(app)
    post(client, path(item, "/take"), "/office/waiting")
    page = post(client, path(item, "/note"), path(item), words="She rings on Friday", done="1")
    assert page.status_code == 422
    assert re.search(r'<a href="#outcome-0">Say what came of it\.</a>', page.text)
    assert re.search(r"<textarea[^>]*>\s*She rings on Friday</textarea>", page.text)
    assert "Nothing yet" not in client.get(path(item)).text
    assert "Say what came of it" not in client.get(path(item)).text
