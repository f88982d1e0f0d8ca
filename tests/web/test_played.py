"""What was recorded is heard back: from an address of ours, in its call only, and never an error.

The carrier is on a real port. As for every new account of Twilio's it asks for a password, and a
recording has no sound in its first second.
"""

from __future__ import annotations

import io
import threading
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import soundfile
from flask import Response

from ivr.app import create_app
from ivr.speech.library import Library
from ivr.webhooks.extension import Lifetime, services_of
from ivr.webhooks.played import Heard
from ivr.webhooks.voice import CallServices
from tests.support.carrier import LocalCarrier, error
from tests.support.telephone import CALL, Telephone

TONE = "at=message&on=recorded&trail=main~nobody-closed"
NOT_YET = "I cannot play that yet."


class Hearing:
    """A line and its carrier, and a caller who has left a message and wants to hear it."""

    def __init__(self, settings, carrier: LocalCarrier) -> None:
        self.carrier = carrier
        self.app = create_app(settings.model_copy(update={"twilio_api_base_url": carrier.url}))
        self.telephone = Telephone(self.app, settings)
        self.heard = services_of(self.app, Heard)

    def recorded(self, ago: float = 5.0) -> str:
        """Somebody has spoken; the recording's id."""
        made = datetime.now(UTC) - timedelta(seconds=ago)
        return self.carrier.sounds.keep(CALL["CallSid"], [(True, 3.0)], made).sid

    def asked(self, recording: str) -> list[str]:
        """What is played to a caller who presses the key to hear it."""
        told = {"RecordingSid": recording, "RecordingDuration": "3", "Digits": "#"}
        keep = self.telephone.voice(TONE, **told)
        heard = self.telephone.press(keep, "2")
        return [each.text for each in heard.iter("Play")]

    def address(self, recording: str) -> str:
        """Where the recording is heard."""
        (found,) = [each for each in self.asked(recording) if recording_like(each)]
        return found

    def get(self, address: str) -> Response:
        """Fetched as by a Play: nothing is signed, and no password is sent."""
        return self.app.test_client().get(urlsplit(address).path)

    def words(self, got: Response) -> str:
        """The words of what was fetched, where it is one of the line's own recordings."""
        prompts = services_of(self.telephone.app, CallServices).library().prompts
        folder = services_of(self.app, CallServices).audio_dirs[0]
        return next((c.words for c in prompts if (folder / c.path).read_bytes() == got.data), "")


def recording_like(address: str) -> bool:
    return "/audio/heard/" in address


@pytest.fixture
def hearing(settings):
    carrier = LocalCarrier()
    made = Hearing(settings, carrier)
    made.heard.time_limits = 0.3
    yield made
    services_of(made.app, Lifetime).close()
    carrier.close()


def test_a_caller_hears_what_they_said(hearing):
    sid = hearing.recorded()
    got = hearing.get(hearing.address(sid))
    assert (got.status_code, got.mimetype) == (200, "audio/wav")
    assert got.data == hearing.carrier.sounds.get(sid).sound
    assert soundfile.info(io.BytesIO(got.data)).duration == pytest.approx(3.0)


def test_whoever_asks_in_the_first_second_waits_a_little_and_hears_it(hearing):
    hearing.heard.time_limits = 30.0
    sid = hearing.recorded(ago=0.0)
    got = hearing.get(hearing.address(sid))
    assert got.data == hearing.carrier.sounds.get(sid).sound


def test_what_is_not_ready_for_long_is_said_and_can_be_heard_later(hearing):
    sid = hearing.recorded(ago=-60.0)
    address = hearing.address(sid)
    assert NOT_YET in hearing.words(hearing.get(address))
    found = hearing.carrier.sounds
    found._kept[sid] = found.keep(CALL["CallSid"], [(True, 2.0)], datetime.now(UTC) - timedelta(1))
    assert hearing.get(address).data == found.get(sid).sound


FAULTS = {
    "it is gone": lambda carrier, sid: carrier.sounds.delete(sid),
    "an error": lambda carrier, sid: carrier.faults.extend([error(500, 20500)] * 20),
    "our token is no longer good": lambda carrier, sid: carrier.faults.extend([error(401, 20003)] * 20),
    "a page in place of the sound": lambda carrier, sid: carrier.faults.extend(
        [Response("<html>", 200) for _ in range(20)]
    ),
    "it does not answer": lambda carrier, sid: carrier.close(),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_whatever_fails_words_are_heard_and_never_an_error(hearing, fault):
    sid = hearing.recorded()
    address = hearing.address(sid)
    fault(hearing.carrier, sid)
    got = hearing.get(address)
    assert got.status_code == 200 and NOT_YET in hearing.words(got)


def test_words_without_a_recording_become_a_moment_of_quiet(hearing):
    library = services_of(hearing.app, CallServices).library()
    prompts = [prompt for prompt in library.prompts if NOT_YET not in prompt.words]
    services = services_of(hearing.app, CallServices)
    address = hearing.address(hearing.recorded(ago=-60.0))
    object.__setattr__(services, "library", lambda: Library(prompts))
    got = hearing.get(address)
    sound, rate = soundfile.read(io.BytesIO(got.data))
    assert got.status_code == 200 and len(sound) / rate < 1 and not sound.any()


def test_the_address_is_good_in_its_call_and_for_minutes_only(hearing):
    address = hearing.address(hearing.recorded())
    call, token = urlsplit(address).path.split("/")[-2:]
    for other in (f"/audio/heard/CA{'9' * 32}/{token}", f"/audio/heard/{call}/{token[:-2]}AA",
                  f"/audio/heard/{call}/", f"/audio/heard/{call}/RE{'0a' * 16}"):  # fmt: skip
        assert hearing.get(other).status_code == 404, other
    now = time.time()
    hearing.heard.clock = lambda: now + 299
    assert hearing.get(address).status_code == 200
    hearing.heard.clock = lambda: now + 601
    assert hearing.get(address).status_code == 404


def test_nothing_of_it_is_kept_on_the_way(hearing):
    got = hearing.get(hearing.address(hearing.recorded()))
    assert got.cache_control.no_store


def test_a_step_that_is_repeated_has_the_same_address(hearing):
    hearing.heard.clock = lambda: 1_800_000_150.0
    sid = hearing.recorded()
    first = hearing.asked(sid)
    hearing.heard.clock = lambda: 1_800_000_290.0
    assert hearing.asked(sid) == first


def test_while_many_wait_for_sounds_the_next_one_hears_at_once_that_it_is_not_ready(hearing):
    """Each wait holds a thread, and the others are for callers."""
    address = hearing.address(hearing.recorded(ago=-60.0))
    hearing.heard.time_limits = 60.0
    asked, let = threading.Semaphore(0), threading.Event()

    def held(recording: str) -> bytes:
        asked.release()
        let.wait(60)
        return b"RIFF"

    hearing.heard.fetch = held
    waiting = [threading.Thread(target=hearing.get, args=(address,)) for _ in range(4)]
    for each in waiting:
        each.start()
    assert all(asked.acquire(timeout=60) for _ in waiting)
    assert NOT_YET in hearing.words(hearing.get(address))
    let.set()
    for each in waiting:
        each.join(60)
    assert hearing.get(address).data == b"RIFF"
