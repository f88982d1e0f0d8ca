"""Joining, signing in, the second factor, and leaving; and that guessing ends."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pyotp
import pytest
from argon2 import PasswordHasher

from ivr.config import read
from ivr.secrets.sealed_box import key_pair
from ivr.staff import StaffServices, factor, keys
from ivr.staff.keys import PasswordError, refuse_weak
from ivr.staff.people import MOST_FAILURES, MOST_FAILURES_OF_ADDRESS
from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of
from tests.support.commands import ivr
from tests.support.inbox import everything
from tests.support.reads import reads
from tests.support.staff_pages import (
    PASSWORD,
    invite,
    joined,
    post,
    set_up_factor,
    sign_in,
    signed_in,
)
from tests.support.whole import MORNING

OLD_KEY, NEW_KEY = (
    "an old key of thirty-two letters or more",
    "a new key of thirty-two letters or more",
)


def test_from_an_invitation_to_signed_in(app):
    email, link = invite(app, "manager", "Ada Ash")
    client = app.test_client()
    assert "Hello Ada Ash" in client.get(link).text
    done = post(client, link, link, password=PASSWORD, again=PASSWORD)
    assert done.location == "/office/sign-in"
    assert sign_in(client, email).location == "/office"
    set_up_factor(client)
    assert "Ada Ash" in client.get("/office/staff").text


def test_a_link_works_once_and_ends_after_seven_days(app):
    _, link = invite(app, "viewer")
    client = app.test_client()
    post(client, link, link, password=PASSWORD, again=PASSWORD)
    assert client.get(link).status_code == 404
    _, late = invite(app, "viewer", "Late")
    token = late.rpartition("/")[2]
    later = datetime.now(UTC) + timedelta(days=7, seconds=1)
    assert services_of(app, StaffServices).people.join(token, PASSWORD, later) == ""


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "12 characters"),
        ("aaaaaaaaaaaaaa", "again and again"),
        ("password123456", "easy to guess"),
        ("Ada Ash Ada Ash", "easy to guess"),
        ("ada.ash@example.org", "easy to guess"),
        ("barking dagenham", "easy to guess"),
    ],
)
def test_a_weak_password_is_refused_with_what_to_do(password, says):
    with pytest.raises(PasswordError, match=says):
        refuse_weak(password, "Ada Ash", "ada.ash@example.org")


@pytest.mark.parametrize("password", [PASSWORD, "correct horse battery", "žluťoučký kůň pěl"])
def test_three_words_are_enough(password):
    refuse_weak(password, "Ada Ash", "ada.ash@example.org")


def test_digits_are_taken_once_and_a_recovery_code_once(app):
    email = joined(app, "adviser")
    client = app.test_client()
    sign_in(client, email)
    secret, codes = set_up_factor(client)
    again = app.test_client()
    sign_in(again, email)
    assert again.get("/office").location.startswith("/office/code")
    used = pyotp.TOTP(secret).now()
    assert post(again, "/office/code", "/office/code", code=used).status_code == 401
    assert post(again, "/office/code", "/office/code", code=codes[0]).status_code == 302
    assert again.get("/office/waiting").status_code == 200
    third = app.test_client()
    sign_in(third, email)
    assert post(third, "/office/code", "/office/code", code=codes[0]).status_code == 401
    assert "9 recovery codes are left" in again.get("/office/account").text


def test_digits_of_the_step_before_and_after_are_taken_and_no_others():
    secret, now = factor.new_secret(), datetime(2026, 11, 24, 10, 0, 5, tzinfo=UTC)
    digits = {
        away: pyotp.TOTP(secret).at(int(now.timestamp()) + 30 * away) for away in (-2, -1, 0, 1, 2)
    }
    taken = [away for away in digits if factor.step_of(secret, digits[away], now)]
    assert taken == [-1, 0, 1]


@pytest.mark.parametrize("known", [True, False])
def test_guessing_ends_for_a_known_and_an_unknown_account_alike(app, known):
    email = joined(app, "viewer") if known else "nobody@example.org"
    client = app.test_client()
    for _ in range(MOST_FAILURES):
        assert "is not right" in sign_in(client, email, "wrong wrong wrong").text
    stopped = sign_in(client, email)
    assert stopped.status_code == 429 and "wait five minutes" in stopped.text


def test_guessing_many_accounts_from_one_address_ends_too(app):
    email = joined(app, "viewer")
    client = app.test_client()
    for turn in range(MOST_FAILURES_OF_ADDRESS):
        sign_in(client, f"{turn}@example.org", "wrong wrong wrong")
    assert sign_in(client, email).status_code == 429


def test_digits_cannot_be_guessed(app):
    email = joined(app, "adviser")
    client = app.test_client()
    sign_in(client, email)
    set_up_factor(client)
    thief = app.test_client()
    sign_in(thief, email)
    for _ in range(MOST_FAILURES):
        assert post(thief, "/office/code", "/office/code", code="000000").status_code == 401
    assert post(thief, "/office/code", "/office/code", code="000000").status_code == 429


def test_behind_a_proxy_the_address_is_the_callers_and_not_what_they_write(settings, opens):
    app = opens(settings.model_copy(update={"proxies": 1}))
    client = app.test_client()
    for turn in range(MOST_FAILURES_OF_ADDRESS):
        client.environ_base["HTTP_X_FORWARDED_FOR"] = f"10.0.0.{turn}, 192.0.2.7"
        sign_in(client, f"{turn}@example.org", "wrong wrong wrong")
    assert sign_in(client, "x@example.org").status_code == 429
    client.environ_base["HTTP_X_FORWARDED_FOR"] = "192.0.2.8"
    assert sign_in(client, "x@example.org").status_code == 401


def test_a_known_and_an_unknown_account_are_looked_at_alike(app, monkeypatch):
    """One hash of the same strength, and as many questions: no watch can tell the two apart."""
    people, email = services_of(app, StaffServices).people, joined(app, "viewer")
    verify, tried, asked = PasswordHasher.verify, [], []

    def noted(hasher, hashed, secret):
        tried.append(hashed.split("$")[:4])
        return verify(hasher, hashed, secret)

    monkeypatch.setattr(PasswordHasher, "verify", noted)
    for who in (email, "nobody@example.org"):
        with reads(services_of(app, StoreServices).store) as done:
            assert people.sign_in(who, "wrong wrong wrong", who, "", datetime.now(UTC)) == ""
        asked.append(done["questions"])
    assert len(tried) == 2 and tried[0] == tried[1] and asked[0] == asked[1] > 0


# --- what was left is opened by who may -------------------------------------------------------


def test_a_dump_of_the_database_and_the_servers_secrets_open_nothing(settings, tmp_path, opens):
    public, private = key_pair()
    sealed = settings.model_copy(update={"messages_public_key": public})
    app = opens(sealed)
    key_file = tmp_path / "key.txt"
    key_file.write_text(private)
    people = services_of(app, StaffServices).people
    _, link = invite(app, "adviser")
    token = link.rpartition("/")[2]
    services_of(app, StaffServices).people.invite(people.invited(token, datetime.now(UTC)), private)
    dump = everything(services_of(app, StoreServices).store)
    assert private not in dump
    secret = sealed.secret_key.get_secret_value()
    boxes = re.findall(r"b'((?:[^'\\]|\\.)+)'", dump)
    for box in boxes:
        raw = box.encode().decode("unicode_escape").encode("latin-1")
        assert keys.opened(secret, raw) == "" and keys.unwrapped(people.hashing, secret, raw) == ""


def test_a_new_password_still_opens_what_was_left(app):
    client = signed_in(app, "adviser")
    done = post(client, "/office/account/password", "/office/account", old=PASSWORD,
                password="eight loud oceans", again="eight loud oceans")  # fmt: skip
    assert done.status_code == 302
    people = services_of(app, StaffServices).people
    found = people.accounts.by_email("adviser@example.org")
    private = services_of(app, StaffServices).settings.demo_private_key
    assert keys.unwrapped(people.hashing, "eight loud oceans", found.wrapped) == private
    assert keys.unwrapped(people.hashing, PASSWORD, found.wrapped) == ""


def test_another_browser_is_signed_out_by_a_new_password(app):
    client = signed_in(app, "viewer")
    other = app.test_client()
    sign_in(other, "viewer@example.org")
    post(client, "/office/account/password", "/office/account", old=PASSWORD,
         password="eight loud oceans", again="eight loud oceans")  # fmt: skip
    assert client.get("/office").status_code == 200
    assert other.get("/office").status_code == 302


def new_factor(client, **form):
    page = client.get("/office/account/factor").text
    offer = unescape(re.search(r'name="offer" value="([^"]+)"', page)[1])
    secret = re.search(r'<code class="words">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")
    given = {"offer": offer, "code": pyotp.TOTP(secret).now()} | form
    return post(client, "/office/account/factor", "/office/account/factor", **given)


def test_another_browser_is_signed_out_by_a_new_second_factor(both):
    client, other, email = both.test_client(), both.test_client(), joined(both, "adviser")
    sign_in(client, email)
    _, codes = set_up_factor(client)
    sign_in(other, email)
    post(other, "/office/code", "/office/code", code=codes[0])
    assert other.get("/office/waiting").status_code == 200
    assert new_factor(client, password=PASSWORD).status_code == 200
    assert client.get("/office/waiting").status_code == 200
    assert other.get("/office/waiting").location.startswith("/office/sign-in")


@pytest.mark.parametrize("role", ["adviser", "viewer"])
def test_a_browser_that_is_left_open_is_not_enough_for_a_second_factor(both, role):
    client = signed_in(both, role)
    email = f"{role}@example.org"
    before = services_of(both, StaffServices).people.accounts.by_email(email)
    refused = new_factor(client)
    assert refused.status_code == 400 and "Your password is not right" in refused.text
    for _ in range(MOST_FAILURES - 1):
        assert new_factor(client, password="wrong wrong wrong").status_code == 400
    assert new_factor(client, password=PASSWORD).status_code == 429
    assert sign_in(both.test_client(), email).status_code == 429
    assert services_of(both, StaffServices).people.accounts.by_email(email) == before


def test_the_first_second_factor_leaves_the_link_of_a_new_role_as_it_is(both):
    manager, editor = signed_in(both, "manager"), signed_in(both, "editor")
    own = services_of(both, StaffServices).people.accounts.by_email("editor@example.org").id
    page = post(manager, f"/office/staff/{own}/role", "/office/staff", role="adviser").text
    sign_in(editor, "editor@example.org")
    set_up_factor(editor)
    assert both.test_client().get(link_in(page)).status_code == 200


# --- managers ---------------------------------------------------------------------------------


def link_in(page: str) -> str:
    found = re.search(r"http://127.0.0.1:8000(/office/join/[\w-]+)", page)
    assert found
    return found[1]


def test_a_manager_invites_and_who_joins_can_open_what_was_left(app):
    manager = signed_in(app, "manager")
    shown = post(manager, "/office/staff/invite", "/office/staff", name="Ben Elm",
                 email="Ben@Example.org", role="adviser")  # fmt: skip
    link = link_in(shown.text)
    ben = app.test_client()
    post(ben, link, link, password=PASSWORD, again=PASSWORD)
    sign_in(ben, "ben@example.org")
    set_up_factor(ben)
    people = services_of(app, StaffServices).people
    found = people.accounts.by_email("ben@example.org")
    assert keys.unwrapped(people.hashing, PASSWORD, found.wrapped)


def test_the_last_manager_stays(app):
    manager = signed_in(app, "manager")
    own = services_of(app, StaffServices).people.accounts.by_email("manager@example.org").id
    for path, form in ((f"{own}/remove", {}), (f"{own}/role", {"role": "viewer"})):
        answer = post(manager, f"/office/staff/{path}", "/office/staff", **form)
        assert answer.status_code == 400 and "Somebody must be left" in answer.text


def test_who_leaves_is_out_at_once_and_their_address_can_be_invited_again(app):
    manager, viewer = signed_in(app, "manager"), signed_in(app, "viewer")
    theirs = services_of(app, StaffServices).people.accounts.by_email("viewer@example.org").id
    post(manager, f"/office/staff/{theirs}/remove", "/office/staff")
    assert viewer.get("/office").status_code == 302
    assert sign_in(app.test_client(), "viewer@example.org").status_code == 401
    joined(app, "viewer")
    assert sign_in(app.test_client(), "viewer@example.org").status_code == 302


def test_who_may_now_open_what_was_left_gets_a_new_link_and_others_only_the_role(app):
    manager, viewer = signed_in(app, "manager"), signed_in(app, "viewer")
    theirs = services_of(app, StaffServices).people.accounts.by_email("viewer@example.org").id
    post(manager, f"/office/staff/{theirs}/role", "/office/staff", role="editor")
    assert services_of(app, StaffServices).people.accounts.by_id(theirs).role == "editor"
    assert viewer.get("/office").status_code == 302
    shown = post(manager, f"/office/staff/{theirs}/role", "/office/staff", role="adviser")
    assert link_in(shown.text)


def test_a_lost_phone_ends_with_a_new_link(app):
    manager, adviser = signed_in(app, "manager"), signed_in(app, "adviser")
    theirs = services_of(app, StaffServices).people.accounts.by_email("adviser@example.org").id
    link = link_in(post(manager, f"/office/staff/{theirs}/link", "/office/staff").text)
    post(adviser, link, link, password="eight loud oceans", again="eight loud oceans")
    assert adviser.get("/office").status_code == 302
    sign_in(adviser, "adviser@example.org", "eight loud oceans")
    assert adviser.get("/office/waiting").location == "/office/account/factor"


def test_managers_see_who_did_what(app):
    manager = signed_in(app, "manager", "Ada Ash")
    post(manager, "/office/hours/close", "/office")
    shown = manager.get("/office/staff/changes").text
    assert "<strong>Ada Ash</strong> closed the line until midnight" in shown
    assert "<strong>Ada Ash</strong> set up their second factor" in shown


def test_an_invitation_is_taken_back_however_its_address_is_written(both):
    manager = signed_in(both, "manager")
    email, link = invite(both, "viewer", "Ben Elm")
    form = {"email": f" {email.upper()} "}
    done = post(manager, "/office/staff/withdraw", "/office/staff", **form)
    assert done.status_code == 302
    assert "That link has ended" in manager.get(done.location).text
    assert both.test_client().get(link).status_code == 404
    again = post(manager, "/office/staff/withdraw", "/office/staff", **form)
    assert again.status_code == 400 and "no such invitation" in again.text


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "email": "a@example.org", "role": "viewer"},
        {"name": "A", "email": "no address", "role": "viewer"},
        {"name": "A", "email": "a@example.org", "role": "king"},
        {"name": "A" * 65, "email": "a@example.org", "role": "viewer"},
        {"name": "A", "email": "manager@example.org", "role": "viewer"},
    ],
)
def test_an_invitation_that_cannot_be_is_refused_with_why(app, form):
    manager = signed_in(app, "manager")
    answer = post(manager, "/office/staff/invite", "/office/staff", **form)
    assert answer.status_code == 400 and 'role="alert"' in answer.text


# --- the terminal -----------------------------------------------------------------------------


def test_the_first_manager_is_invited_in_the_terminal(app, settings, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", settings.database)
    asked = ["staff", "invite", "Ada Ash", "ada@example.org"]
    told = ivr(*asked)
    link = link_in(told.output)
    client = app.test_client()
    post(client, link, link, password=PASSWORD, again=PASSWORD)
    assert sign_in(client, "ada@example.org").status_code == 302
    wrong = tmp_path / "key.txt"
    wrong.write_text(key_pair()[1])
    refused = ivr(*asked, "--key-file", str(wrong))
    assert refused.exit_code == 1 and "does not open" in refused.output


def test_a_new_secret_seals_second_factors_and_texts_anew_so_that_the_old_one_can_go(store, opens):
    def line_of(secrets: str):
        keys_of_it = {"SECRET_KEY": secrets, "REFERENCE_KEY": OLD_KEY}
        return opens(read({"DATABASE_URL": store._url, **MORNING, **keys_of_it}))

    first = line_of(OLD_KEY)
    email, browser = joined(first, "adviser"), first.test_client()
    sign_in(browser, email)
    secret, _ = set_up_factor(browser)
    services_of(first, StoreServices).examples.keep("ring", "give us a bell", datetime.now(UTC))

    between = line_of(f"{NEW_KEY},{OLD_KEY}")
    services_of(between, StaffServices).people.seal_anew()
    services_of(between, StoreServices).examples.seal_anew()

    last = line_of(NEW_KEY)
    people = services_of(last, StaffServices).people
    soon = datetime.now(UTC) + timedelta(seconds=30)
    token = people.sign_in(email, PASSWORD, "", "", soon)
    assert people.second(people.person(token, soon), pyotp.TOTP(secret).at(soon), soon)
    assert services_of(last, StoreServices).examples.all() == [("ring", "give us a bell")]


WRONG_FORMS = {
    "/office/staff/invite": ({"name": "Ben", "email": "ben"}, "email", "e-mail address, such as"),
    "/office/account/password": ({"old": "x", "password": "a", "again": "b"}, "again", "the same"),
    "/office/draft/publish": ({"why": ""}, "why", "in a few words"),
    "/office/draft/hours/holidays": ({"bank_holidays": "maybe"}, "bank_holidays-0", ""),
}


@pytest.mark.parametrize("action", WRONG_FORMS)
def test_an_error_stands_at_its_field_and_what_was_typed_is_kept(app, action):
    manager = signed_in(app, "manager")
    form, at, says = WRONG_FORMS[action]
    page = post(manager, action, "/office/account", role="viewer", **form)
    assert page.status_code in (400, 422)
    assert re.search(rf'<a href="#{at}">[^<]*{says}', page.text), "the summary leads to the field"
    assert "<title>Error: " in page.text
    if "name" in form:
        assert 'value="Ben"' in page.text and 'value="ben"' in page.text
        assert re.search(r'<input[^>]*checked[^>]*value="viewer"', page.text)


AGENTS = {
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36": "Chrome on Linux",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1": "Safari on an iPhone",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox on Windows",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0": "Edge on Windows",
    "curl/8": "Another browser",
}


@pytest.mark.parametrize("agent", AGENTS)
def test_where_one_is_signed_in_is_said_in_words(app, agent):
    joined(app, "viewer")
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = agent
    sign_in(client, "viewer@example.org")
    assert f"<td>{AGENTS[agent]}</td>" in client.get("/office/account").text


def test_who_removes_somebody_is_asked_first(app):
    joined(app, "viewer", "Vi Oak")
    manager = signed_in(app, "manager")
    link = re.search(
        r'href="(/office/staff/\w+/remove)">Remove Vi Oak<', manager.get("/office/staff").text
    )[1]
    assert "Remove Vi Oak?" in manager.get(link).text
    assert "Vi Oak" in manager.get("/office/staff").text, "nobody is removed by asking"
    assert manager.get("/office/staff/none/remove").status_code == 404
