"""What only a demo has: its start page, its clock, made-up callers, a sign-in at a click."""

from __future__ import annotations

import re
import socket
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from click.testing import CliRunner

from ivr.app import create_app
from ivr.cli import main
from ivr.config import read
from ivr.config.addresses import is_here
from ivr.content import load
from ivr.jobs.services import notice_job
from ivr.line.call import Note
from ivr.line.hours import Hours
from ivr.simulator import samples
from ivr.simulator.account import RealAccountError
from ivr.simulator.demo import Demo
from ivr.simulator.mail import Mailbox
from ivr.staff import StaffServices
from ivr.staff.people import EndedError
from ivr.store.services import StoreServices
from ivr.webhooks.extension import Lifetime, services_of
from tests.support.machine import free_port
from tests.support.paths import ROOT
from tests.support.postgres import fresh_sqlite
from tests.support.staff_pages import joined
from tests.support.telephone import Telephone
from tests.support.whole import REAL

HERE = "http://127.0.0.1:8000"
OURS = {"Sec-Fetch-Site": "same-origin"}


def choose(app, name: str):
    return app.test_client().post("/demo/clock", data={"time": name}, headers=OURS)


def sample(app, what: str):
    return app.test_client().post("/demo/sample", data={"what": what}, headers=OURS)


def send(client, path: str, page: str, base_url: str = HERE, **more):
    """Send the form of a page as a browser at this address does."""
    shown = client.get(page, base_url=base_url, **more).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)[1]
    return client.post(path, data={"csrf_token": token}, base_url=base_url, **more)


def manager(app):
    """A browser on this machine that has pressed the one button."""
    client = app.test_client()
    assert "Sign in as a made-up manager" in client.get("/office/sign-in", base_url=HERE).text
    assert send(client, "/office/demo", "/office/sign-in").location == "/office"
    return client


@pytest.fixture
def real(tmp_path):
    """A line for real calls."""
    made = create_app(read(REAL | {"DATABASE_URL": fresh_sqlite(tmp_path)}))
    yield made
    services_of(made, Lifetime).close()


def test_a_line_for_real_calls_says_what_it_is_and_has_nothing_of_the_demo(real):
    client = real.test_client()
    front = client.get("/")
    assert front.status_code == 200 and front.mimetype == "text/plain"
    assert front.text.startswith("This is the address of a telephone advice line.")
    assert "made-up manager" not in client.get("/office/sign-in").text
    assert client.get("/phone").status_code == client.get("/phone/").status_code == 404
    assert choose(real, "tuesday").status_code == sample(real, "add").status_code == 404
    for address in ("https://line.example.org", HERE):
        assert send(client, "/office/demo", "/office/sign-in", address).status_code == 404


def test_no_made_up_caller_and_no_sign_in_without_a_password_beside_a_real_account(real):
    kept, now = services_of(real, StoreServices), datetime.now(UTC)
    line = services_of(real, StaffServices).line()
    with pytest.raises(RealAccountError):
        samples.add(kept, line, now)
    with pytest.raises(RealAccountError):
        samples.remove(kept, now)
    assert not samples.there(kept)
    email, people = joined(real, "manager"), services_of(real, StaffServices).people
    with pytest.raises(EndedError):
        people.enter_demo(people.accounts.by_email(email), "Firefox", now)


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("/phone/", "/phone"),
        ("/phone/?edition=1234abcd", "/phone?edition=1234abcd"),
        ("/office/", "/office"),
        ("/office/sign-in/?next=/office/words", "/office/sign-in?next=/office/words"),
    ],
)
def test_a_slash_at_the_end_leads_to_the_page(app, asked, leads):
    assert app.test_client().get(asked).location == leads


def test_one_click_opens_every_staff_page_and_what_callers_left(both):
    sample(both, "add")
    for _ in range(2):
        client = manager(both)
        for page in ("", "/waiting", "/callers", "/words", "/draft", "/staff", "/account"):
            assert client.get(f"/office{page}", base_url=HERE).status_code == 200, page
    waits = client.get("/office/waiting", base_url=HERE).text
    item = re.search(r"/office/waiting/callback/\w+", waits)[0]
    send(client, f"{item}/take", "/office/waiting")
    assert re.search(r"7700 ?9006", client.get(item, base_url=HERE).text)


@pytest.mark.parametrize(
    ("address", "more"),
    [
        ("http://192.168.1.7:8000", {}),
        ("http://127.evil.example:8000", {}),
        (HERE, {"REMOTE_ADDR": "192.168.1.9"}),
        (HERE, {"HTTP_X_FORWARDED_FOR": "203.0.113.7"}),
    ],
)
def test_no_other_machine_is_let_in_by_a_click(app, address, more):
    client = app.test_client()
    asked = {"base_url": address, "environ_overrides": more}
    assert "made-up manager" not in client.get("/office/sign-in", **asked).text
    assert send(client, "/office/demo", "/office/sign-in", **asked).status_code == 404
    assert services_of(app, StoreServices).accounts.all() == []


def test_a_public_demonstration_lets_nobody_in_by_a_click(tmp_path):
    public = {"IVR_ENV": "demonstration", "PUBLIC_BASE_URL": "https://demo.example.org"}
    app = create_app(read(public | {"DATABASE_URL": fresh_sqlite(tmp_path)}))
    assert "made-up manager" not in app.test_client().get("/office/sign-in", base_url=HERE).text
    services_of(app, Lifetime).close()


def test_this_machine_is_known_by_its_address_and_not_by_a_name_that_looks_like_one():
    assert is_here("http://127.0.0.1:8000") and is_here("http://localhost:8000")
    assert not is_here("http://127.evil.example") and not is_here("http://evil.example")


@pytest.mark.parametrize(
    ("name", "shown", "adviser"),
    [
        ("tuesday", "Tuesday 24 November 2026, 11:00", True),
        ("evening", "Tuesday 24 November 2026, 20:00", False),
        ("holiday", "Monday 31 August 2026, 11:00", False),
        ("now", "Tuesday 24 November 2026, 10:00", True),
    ],
)
def test_the_line_follows_the_clock_that_is_chosen(both, name, shown, adviser):
    choose(both, "evening")
    assert choose(both, name).location == "/#clock"
    page = both.test_client().get("/").text
    assert shown in page and ("An adviser is there until" in page) is adviser
    today = manager(both).get("/office", base_url=HERE).text
    assert ('class="big">Open until' in today) is adviser
    telephone = Telephone(both, services_of(both, StaffServices).settings)
    asked = telephone.press(telephone.voice(), "0")
    if adviser:
        asked = telephone.press(asked, "1")
    assert ("not here just now" in telephone.words(asked)) is not adviser, telephone.words(asked)


def test_another_sites_page_and_a_time_that_there_is_not_change_nothing(app):
    client, strange = app.test_client(), {"Sec-Fetch-Site": "cross-site"}
    evening = {"time": "evening"}
    assert client.post("/demo/clock", data=evening, headers=strange).status_code == 403
    more = {"what": "add"}
    assert client.post("/demo/sample", data=more, headers=strange).status_code == 403
    assert choose(app, "1999").status_code == sample(app, "nothing").status_code == 400
    assert "Tuesday 24 November 2026, 10:00" in client.get("/").text


def test_mail_to_staff_follows_the_clock_that_is_chosen(tmp_path, store):
    port, now = free_port(), datetime.now(UTC)
    kept = StoreServices(read({"DATABASE_URL": store._url, "SMTP_PORT": str(port)}), store)
    # Closed for a month by the real clock; open all day on the day that is chosen.
    day, later = date(2026, 2, 3), (now + timedelta(30)).date()
    hours = Hours(week=((),) * 7, other=dict.fromkeys((day, later), ((time(9), time(17)),)))
    chosen = datetime.combine(day, time(11), UTC)
    kept.live_settings.set_clock(chosen - now, now)
    job = notice_job(kept, lambda: replace(load(ROOT / "prompts"), hours=hours))
    with Mailbox(port) as mailbox:
        for number in ("1", "2"):
            known = {"about": "", "lang": "en", "best": "any"}
            kept.inbox.keep_callback(f"CA{number}", f"+4477009007{number}0", b"-", now, **known)
            for notice_id, _ in job.due(datetime.now(UTC), 10):
                job.attempt(notice_id)
        assert len(mailbox.mails) == 1
        assert job.due(datetime.now(UTC) + timedelta(minutes=61), 10), "an hour of work later"


def test_a_start_of_the_demo_is_at_the_real_time_and_tells_commands_its_port(
    tmp_path, store, monkeypatch
):
    mail, port = free_port(), free_port()
    told = {"DATABASE_URL": store._url, "SMTP_PORT": str(mail), "PORT": str(port)}
    app = create_app(read(told))
    choose(app, "evening")
    demo = services_of(app, Demo)
    try:
        demo.begin()
        assert not services_of(app, StoreServices).live_settings.standing().ahead
        assert "cannot be shown" not in app.test_client().get("/").text
        monkeypatch.delenv("PORT", raising=False)
        monkeypatch.setenv("DATABASE_URL", store._url)
        done = CliRunner().invoke(main, ["staff", "invite", "Ada Ash", "ada@example.org"])
        assert f"http://127.0.0.1:{port}/office/join/" in done.output
        monkeypatch.setenv("PORT", "8765")
        done = CliRunner().invoke(main, ["staff", "invite", "Ada Ash", "ada@example.org"])
        assert "http://127.0.0.1:8765/office/join/" in done.output
        monkeypatch.delenv("PORT")
        done = CliRunner().invoke(main, ["doctor"])
        assert f"A test call to http://127.0.0.1:{port} failed" in done.output
    finally:
        demo.mailbox.stop()
        services_of(app, Lifetime).close()


def test_where_mail_cannot_be_shown_the_pages_say_why(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = {"DATABASE_URL": fresh_sqlite(tmp_path), "SMTP_PORT": str(port)}
        app = create_app(read(told))
        services_of(app, Demo).begin()
    for page in ("/", "/phone"):
        shown = " ".join(app.test_client().get(page).text.split())
        assert f"cannot be shown.</b> Another program has port {port}" in shown
        assert f"SMTP_PORT={port + 1} make run" in shown
    services_of(app, Lifetime).close()


def counted(app, what: str = "calls") -> int:
    """Of the last forty days, as the pages count."""
    today = datetime.now(UTC).date()
    return services_of(app, StoreServices).statistics.between(today - timedelta(40), today).of(what)


def test_made_up_callers_fill_the_pages_and_go_again_and_ones_own_stay(both):
    kept, now = services_of(both, StoreServices), datetime.now(UTC)
    line = services_of(both, StaffServices).line()
    own = (Note("rang", line.start), Note("went", next(iter(line.topics)), line.start))
    kept.journal.note("CA" + "7" * 32, own)
    kept.journal.close()
    kept.statistics.count(now)
    asked = {"about": "", "lang": "en", "best": "any"}
    kept.inbox.keep_callback("CA" + "7" * 32, "+447700900123", b"-", now, **asked)
    assert counted(both) == 1
    for _ in range(2):
        assert sample(both, "add").location == "/#sample"
        assert counted(both) > 300 and counted(both, "talked") and counted(both, "texted")
        assert counted(both, "callback") and counted(both, "heard-any")
        assert kept.outbox.waiting() == [], "no text is sent"
        assert len(kept.inbox.items()) == 5, "four wait besides one's own"
        assert "Remove the made-up callers" in both.test_client().get("/").text
    sample(both, "remove")
    assert counted(both) == 1 and not counted(both, "talked")
    assert len(kept.inbox.items(done=True)) == 1
    assert not any(kept.erasing.show(samples.NUMBER.format(0)).values())
    assert kept.erasing.show("+447700900123")["callback"]
    assert "Add a month of made-up callers" in both.test_client().get("/").text


def test_drafts_are_heard_in_the_demonstration_and_said_to_be_drafts(app, telephone):
    page = app.test_client().get("/").text
    assert "Nobody has checked them" in page and 'value="so">Somali<' in page
    sent = {"data": {"lang": "ro"}, "headers": OURS}
    answer = app.test_client().post("/demo/doorway", **sent)
    assert answer.status_code == 303
    page = app.test_client().get(answer.location).text
    assert "a draft in Romanian, made by a machine. Nobody has checked this." in page
    version = re.search(r"edition=([0-9a-f]{8})", answer.location)[1]
    opening = telephone.voice(f"v={version}")
    assert "Română: 6." in telephone.words(opening)
    said = telephone.words(telephone.press(opening, "6"))
    assert said.startswith("Draft, nobody has checked this. Consiliere pentru nevoi speciale")
    # Whoever just rings hears none of it.
    assert "Română" not in telephone.words(telephone.voice(CallSid="CA2"))
    assert (
        app.test_client().post("/demo/doorway", data={"lang": "xx"}, headers=OURS).status_code
        == 400
    )
