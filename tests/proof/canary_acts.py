"""What the marked people do: ring, text, send what is forged or broken, work as staff; all breaks."""

from __future__ import annotations

import re
from dataclasses import replace
from unittest.mock import patch

from ivr.services import Services
from ivr.staff import StaffServices
from ivr.store.services import StoreServices
from ivr.webhooks.extension import join, services_of
from ivr.webhooks.voice import CallServices
from tests.proof.canary import (
    ADVISER,
    ADVISERS_MAIL,
    CALLER,
    EMAIL,
    FIRST,
    LAST,
    STAFF_FIRST,
    STAFF_LAST,
    TYPED,
    Scene,
)
from tests.support.postgres import locked
from tests.support.staff_pages import (
    PASSWORD,
    invite,
    post,
    set_up_factor,
    sign_in,
    signed_in,
)

WEBHOOKS = (
    "/voice",
    "/voice/status",
    "/voice/recording",
    "/staff/recording",
    "/desk",
    "/staff",
    "/sms",
    "/sms/status",
)
NAMED_IN = {
    "From": CALLER, "Caller": CALLER, "To": TYPED, "Digits": "07700900572", "CallSid": "CA" + "5" * 32,
    "MessageSid": "SM" + "5" * 32, "CallerName": f"{FIRST} {LAST}", "FromCity": LAST,
    "Body": f"my name is {FIRST} {LAST}, ring me on 07700 900 572", "SpeechResult": f"{FIRST} {LAST}",
}  # fmt: skip
"""A form with the marks in every field that Twilio has for them."""
QUERY = f"at={LAST}&on=key&part={FIRST}&lang={LAST}&trail={FIRST}-{CALLER[1:]}&typed=07700900572"


def an_adviser_is_entered(scene: Scene) -> None:
    """From now on every caller who asks for a person rings this telephone; it is changed once."""
    manager = signed_in(scene.app, "manager", "First")
    page, new = "/office/advisers", "/office/advisers/new"
    who = {"name": "Peregrine Oakhollow", "email": ADVISERS_MAIL, "when": "open"}
    assert "Write a UK number" in post(manager, new, new, **who, number=f"{ADVISER}9").text
    assert post(manager, new, new, **who, number=ADVISER).status_code == 302
    (link,) = re.findall(r'href="(/office/advisers/[0-9a-f]{8})"', manager.get(page).text)
    scene.look(manager, page)
    scene.look(manager, link)
    (seen,) = re.findall(r'name="seen"[^>]* value="([^"]+)"', manager.get(link).text)
    changed = {**who, "number": "07700 900 683", "seen": seen, "languages": "Welsh"}
    scene.look(manager, link, post(manager, link, link, **changed))
    ringing = post(manager, f"{link}/test", page)
    assert "/test/CA" in ringing.location
    scene.look(manager, ringing.location)
    services_of(scene.app, Services).live_copy.look()


def callers_do(scene: Scene) -> None:
    """Ring, have a text sent, ask to be rung back, talk, leave a message, work out a day."""
    text = ("2", "1", "1", "1", "1", "1", "2")
    assert "sending" in scene.ring(*text, "1")
    scene.ring(*text, "2", "07700900572#", "1")
    scene.ring(*text, "07700900#", "07700900572#", "1", caller="anonymous")
    assert "ring you back" in scene.ring("0", "2", "1", "1", "2", "2", "3", "1", "1")
    scene.ring("0", "2", "07700900572#", "1", "1", "1", "1", "2", "1", caller="anonymous")
    assert "recorded" in scene.ring("1", "1", "0", "1", "1", "1", "say:6", "#", "2", "1", "1")
    scene.ring("1", "1", "0", "1", adviser="answer")
    scene.ring("4", "2", "2", "2", "23#", "11#", "26#", "1", "-", "-")
    scene.ring("07700900572", "*", "7700900572", "07700900572#", "-")
    scene.ring("07700900572#", "07700900572#", staff=True)


def callers_text(scene: Scene) -> None:
    """Text in: a word, a name, a number, a wish to be rung, a day, STOP."""
    for n, body in enumerate(
        ["complaint", f"I am {FIRST} {LAST}", "07700 900 572", f"PERSON {FIRST} {LAST} 07700900572",
         "23 November 2026", f"STOP {LAST}", f"START {LAST}"]
    ):  # fmt: skip
        form = {"MessageSid": f"SM{n:032x}", "From": CALLER, "To": scene.settings.line_number}
        assert scene.send("/sms", form | {"Body": body}) == 200


def strangers_try(scene: Scene) -> None:
    """Forged, odd and broken requests, with the marks in every part of them."""
    client = scene.app.test_client()
    for path in WEBHOOKS:
        assert scene.send(f"{path}?{QUERY}", NAMED_IN, signed=False) == 403
        assert scene.send(f"{path}?{QUERY}", NAMED_IN) < 500
        scene.send(path, NAMED_IN | {"CallSid": f"{FIRST}{LAST}"})
        scene.send(path, NAMED_IN | {"Digits": "07700900572" * 200, LAST * 20: FIRST})
        client.post(path, data=f"{LAST}{CALLER}" * 9_000, content_type="text/plain")
        client.put(f"{path}/{FIRST}?From={CALLER}", headers={"User-Agent": f"{LAST}/{CALLER}"})
    for path in (
        "",
        "/office/join",
        "/office/waiting/callback",
        "/audio",
        "/phone",
        "/office/staff",
    ):
        for named in (f"{FIRST}%20{LAST}", CALLER, "07700900572"):
            client.get(f"{path}/{named}?name={LAST}&From=%2B{CALLER[1:]}")
            client.get(f"{path}/{named}", headers={"Referer": f"/{LAST}/{CALLER}", "Host": LAST})
    for name in ("Authorization", "X-Forwarded-For", "Cookie", "X-Twilio-Signature"):
        client.get("/metrics", headers={name: f"{LAST} {CALLER}"})
    for page in ("/office/sign-in", "/office/code"):
        client.post(page, data={"email": EMAIL, "password": LAST, "code": CALLER})
    post(client, "/office/sign-in", "/office/sign-in", email=EMAIL, password=f"{LAST} {CALLER}")


def staff_work(scene: Scene) -> None:
    """Invite, join, sign in, see what waits, write about it, hand over, announce, take leave."""
    app, name = scene.app, f"{STAFF_FIRST} {STAFF_LAST}"
    manager = signed_in(app, "manager", "Boss")
    asked = {"name": name, "email": EMAIL, "role": "adviser"}
    page = post(manager, "/office/staff/invite", "/office/staff", **asked)
    (link,) = set(re.findall(r"/office/join/[\w-]+", page.text))
    client = app.test_client()
    post(client, link, link, password=PASSWORD, again=PASSWORD)
    sign_in(client, EMAIL)
    set_up_factor(client)
    work_on_what_waits(scene, client)
    sound = (scene.app.test_client().get("/office"), f"{LAST}-{CALLER}.mp3")[1]
    post(client, "/office/announce", "/office", sound=(open(__file__, "rb"), sound))  # noqa: SIM115, PTH123
    post(client, "/office/hours/close", "/office")
    post(client, "/office/hours/plan", "/office")
    for path in ("", "/waiting", "/staff", "/staff/changes", "/account", "/words", "/print"):
        scene.look(manager, f"/office{path}")
    invite(app, "viewer", name)
    services = services_of(app, Services)
    services.kept.staff_list.add(name, "402817", services.clock())


def work_on_what_waits(scene: Scene, client) -> None:
    """Take each thing, open it, write the marks about it."""
    items = services_of(scene.app, StaffServices).inbox.items()
    assert {each.kind for each in items} == {"callback", "message"}
    for each in items:
        path = f"/office/waiting/{each.kind}/{each.id}"
        post(client, f"{path}/take", path)
        scene.look(client, path)
        said = {"outcome": "reached", "words": f"{FIRST} {LAST} has {CALLER} and {TYPED}"}
        scene.look(client, path, post(client, f"{path}/note", path, **said))
        post(client, f"{path}/hand-over", path, to=f"{LAST}")


class Broken:
    """A part of the line that fails, and says of whom."""

    def __getattr__(self, name: str):
        raise ValueError(f"{FIRST} {LAST}, {CALLER}, {TYPED}, {EMAIL}, {ADVISER}, {ADVISERS_MAIL}")

    def __call__(self, *args: object, **more: object):
        raise RuntimeError(f"{FIRST} {LAST} {args}") from ValueError(f"{CALLER} {more}")


def a_test_number_rings(scene: Scene) -> None:
    """It is entered on its page, and hears the draft."""
    client, page = signed_in(scene.app, "manager", "Third"), "/office/draft/test-numbers"
    told = {"name": "Peregrine Oakhollow", "number": ADVISER}
    scene.look(client, page, post(client, page, page, **told))
    scene.look(client, page)
    services_of(scene.app, Services).live_copy.look()
    scene.ring("2", caller=ADVISER)


def all_breaks(scene: Scene) -> None:
    """Each part fails in turn while somebody uses it; then the database takes nothing."""
    app, services = scene.app, services_of(scene.app, CallServices)
    for part in (
        "journal",
        "effect",
        "content_store",
        "live_settings",
        "lookups",
        "clock",
        "library",
        "played",
        "duties",
        "advisers",
    ):
        join(app, replace(services, **{part: Broken()}))
        scene.ring("2", "1", "1", "1", "1", "1", "2", "2", "07700900572#", "1")
        scene.ring("0", "2", "1", "1", "2", "2", "3", "1", "1")
        scene.send("/sms", NAMED_IN)
    join(app, services)
    staff_pages = services_of(app, StaffServices)
    client = signed_in(app, "manager", "Other")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for part in ("inbox", "handling", "checkup", "changes", "people", "advisers"):
        join(app, replace(staff_pages, **{part: Broken()}))
        for path in ("", "/waiting", f"/waiting/callback/{LAST}", "/staff/changes", "/advisers"):
            client.get(f"/office{path}?name={LAST}")
        client.get(f"/office/join/{'q7-Zathras-' * 4}")
    join(app, staff_pages)
    kept = services_of(app, StoreServices)
    for part in ("outbox", "inbox", "optouts", "answers", "recordings"):
        with patch.object(kept, part, Broken()):
            scene.send("/sms", NAMED_IN | {"Body": f"PERSON {LAST}"})
            scene.send("/voice/status", NAMED_IN | {"CallStatus": "completed"})
            scene.send(f"/sms/status?id={LAST}", NAMED_IN | {"MessageStatus": "delivered"})
    with locked(scene.settings.database):
        scene.ring("2", "1", "1", "1", "1", "1", "2", "2", "07700900572#", "1")
        scene.ring("0", "2", "1", "1", "2", "2", "3", "1", "1")
        scene.send("/sms", NAMED_IN | {"Body": f"PERSON {LAST}"})
