"""AUDIO_BASE_URL: recordings come from the operator's own address, and it is noticed when they do not."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask, Response, request

from ivr.app import create_app
from ivr.config import Settings, SettingsError, read
from ivr.content import load
from ivr.health.doctor import Checkup, Health, outside
from ivr.health.doctor.testcall import TestCallError, ring
from ivr.simulator.golden_calls import trunk
from ivr.simulator.people import Decided, Scripted
from ivr.simulator.wire import Answer, Http, InProcess
from ivr.speech.manifest import read_library
from ivr.store import open_store
from ivr.store.services import StoreServices
from ivr.webhooks.extension import Lifetime, services_of
from ivr.webhooks.voice import CallServices
from tests.support.authority import Authority
from tests.support.machine import free_port
from tests.support.telephone import WEBHOOKS
from tests.support.whole import TEN, opened, served

SETTING = "AUDIO_BASE_URL"
Change = Callable[[Response], Response]


@dataclass
class ContentStore:
    """The operator's own address: the recordings by their names, or what ``change`` makes of them."""

    address: str
    asked: list[str]
    change: Change = lambda response: response


@pytest.fixture
def content_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ContentStore]:
    """An https server with the recordings, as a CDN has them."""
    authority, page = Authority(tmp_path), Flask("page")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.certificate("localhost", days=60))
    made = ContentStore("", [])

    @page.get("/sounds/<name>")
    def sound(name: str) -> Response:
        made.asked.append(request.path)
        prompt = read_library(read({}).audio_dir).by_file(name)
        body = (read({}).audio_dir / prompt.path).read_bytes()
        return made.change(Response(body, content_type="audio/mpeg"))

    with served(page, context=context) as port:
        made.address = f"https://localhost:{port}/sounds"
        yield made


def told(settings: Settings, address: str) -> Settings:
    """These settings with this address."""
    return settings.model_copy(update={"audio_base_url": address})


WRONG = {
    "not https": "http://cdn.example.org/audio",
    "no address": "cdn.example.org/audio",
    "no host": "https:///audio",
    "a question": "https://cdn.example.org/audio?v=1",
    "a question mark": "https://cdn.example.org/audio?",
    "a fragment": "https://cdn.example.org/audio#top",
    "a name and password": "https://me:secret@cdn.example.org/audio",
    "a space": "https://cdn.example.org/my audio",
    "a quote behind it": 'https://cdn.example.org/audio"',
    "a port that is none": "https://cdn.example.org:port/audio",
}


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
def test_an_address_that_twilio_could_not_use_stops_the_start_and_is_named(value):
    with pytest.raises(SettingsError, match=SETTING):
        read({SETTING: value})


@pytest.mark.parametrize(
    ("value", "folder"),
    [
        ("", "https://line.example.org/audio/"),
        ("https://cdn.example.org", "https://cdn.example.org/"),
        ("https://cdn.example.org:8443/a/b/", "https://cdn.example.org:8443/a/b/"),
    ],
    ids=["not set", "a host", "a folder with a slash"],
)
def test_recordings_are_where_the_setting_says(value, folder):
    settings = read(
        {SETTING: value, "PUBLIC_BASE_URL": "https://line.example.org", "IVR_ENV": "demonstration"}
    )
    assert settings.audio_url == folder


class Both:
    """The line in this process; every other address over real https."""

    def __init__(self, app: Flask, line: str) -> None:
        self._line, self._inside, self._outside = line, InProcess(app), Http()

    def send(self, method: str, url: str, form: dict[str, str], headers: dict[str, str]) -> Answer:
        way = self._inside if url.startswith(self._line) else self._outside
        return way.send(method, url, form, headers)


def test_a_whole_call_plays_every_recording_from_there(settings, content_store):
    there = told(settings, content_store.address)
    app = create_app(there)
    way = trunk(there, Both(app, there.base_url), services_of(app, CallServices).library())
    call = way.ring(Scripted(["2", *"-----", "0", "1"]), Decided("answer"), "+447700900123")
    services_of(app, Lifetime).close()
    assert "Line: Making a complaint." in call.transcript and call.ended_by != "error"
    assert "(you talk with the adviser)" in call.transcript
    played = {event.url for event in call.events if type(event).__name__ == "Played"}
    assert len(played) > 20 and all(each.startswith(content_store.address) for each in played)
    assert len(content_store.asked) >= len(played)


def test_the_line_goes_on_serving_them_for_an_address_that_passes_them_on(settings, opens):
    app = opens(told(settings, "https://cdn.example.org"))
    prompt = services_of(app, CallServices).library().prompts[-1]
    answer = app.test_client().get(f"/audio/{prompt.file}")
    assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"]


def test_no_webhook_plays_from_anywhere_else(settings, telephone, opens):
    """Whatever is asked of the line: its own folder where the setting is, and nothing of the other."""
    there = told(settings, "https://cdn.example.org/audio")
    app = opens(there)
    telephone.client, telephone.app = app.test_client(), app
    for path in WEBHOOKS:
        body = telephone.post(path).get_data(as_text=True)
        assert f"{settings.base_url}/audio/" not in body, path


# --- the doctor -------------------------------------------------------------------------------


@pytest.fixture
def room(settings: Settings, content_store: ContentStore) -> Iterator[Checkup]:
    """The line as the doctor looks at it."""
    store = open_store(settings.database)
    own = told(settings, content_store.address)
    yield Checkup(
        StoreServices(own, store),
        load(own.content_dir),
        lambda: read_library(own.audio_dir),
        TEN,
    )
    store.close()


def seen(room: Checkup) -> list[tuple[Health, str, str]]:
    return [(each.state, each.says, each.do) for each in outside.audio_address(room)]


def test_a_recording_that_is_there_is_good_and_without_the_setting_nothing_is_said(
    room, content_store
):
    ((state, says, _),) = seen(room)
    assert state is Health.GOOD and content_store.address in says and content_store.asked
    assert seen(replace(room, kept=StoreServices(told(room.settings, ""), room.store))) == []


def is_gone(response: Response) -> Response:
    return Response("not here", 404)


def is_a_page(response: Response) -> Response:
    return Response("<h1>Sign in</h1>", content_type="text/html")


def is_another_sound(response: Response) -> Response:
    return Response(response.get_data() + b"x", content_type="audio/mpeg")


@pytest.mark.parametrize(
    ("change", "why"),
    [(is_gone, "HTTP 404"), (is_a_page, "text/html"), (is_another_sound, "another sound")],
)
def test_what_is_wrong_there_is_named_with_what_to_do(room, content_store, change, why):
    content_store.change = change
    ((state, says, do),) = seen(room)
    assert state is Health.BAD and why in says and SETTING in do


def test_where_nothing_answers_or_nobody_is_trusted_it_is_said(room, monkeypatch):
    nobody = replace(
        room, kept=StoreServices(told(room.settings, "https://localhost:9"), room.store)
    )
    assert seen(nobody)[0][0] is Health.BAD
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    ((state, says, _),) = seen(room)
    assert state is Health.BAD and "certificate" in says


def test_the_test_call_of_each_minute_fails_there_and_names_the_setting(
    room, content_store, tmp_path
):
    port = free_port()
    there = room.settings.model_copy(update={"public_base_url": f"http://127.0.0.1:{port}"})
    here = replace(room, kept=StoreServices(there, room.store))
    with opened(there) as app, served(app, port):
        assert ring(here)
        content_store.change = is_gone
        with pytest.raises(TestCallError, match="HTTP 404") as error:
            ring(here)
    assert SETTING in error.value.do
