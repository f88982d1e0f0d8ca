"""The simulator's recordings: their sound, and the Recordings part of Twilio's REST API.

Owns what callers have left. Nobody's voice is in it: speech is a soft tone, so that a recording
can be heard, measured and deleted like a real one. Forms are those of Twilio's Recordings resource.
"""

from __future__ import annotations

import hashlib
import io
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlencode

import numpy as np
import soundfile
from flask import Blueprint, Response, jsonify, request
from numpy.typing import NDArray

from ivr.simulator.account import SimulatedAccount

RATE = 8_000
PITCH_LASTS = 0.5
"""Seconds of speech at one pitch."""
LOWEST, LOUD = 150, 0.1
TWILIO = "https://api.twilio.com"
PAGE, LARGEST_PAGE = 50, 1_000
READY_AFTER = 1.0
"""Seconds after its end in which a recording has no sound yet."""
API = "/2010-04-01/Accounts/<account_sid>/Recordings"
MEDIA = (("plain", "", "wav"), ("wav", ".wav", "wav"), ("mp3", ".mp3", "mp3"))
"""The sounds of a recording: a name, how the address ends, and what is served."""
TYPES = {"wav": "audio/x-wav", "mp3": "audio/mpeg"}

Fault = Callable[[], Response | None]
Piece = tuple[bool, float]
"""Whether somebody speaks, and for how many seconds."""


@dataclass(frozen=True, slots=True)
class StoredRecording:
    """One recording: a WAV file of 8 kHz, 16 bit, one channel, ``seconds`` long."""

    sid: str
    call_sid: str
    made: datetime
    seconds: float
    sound: bytes


class SimulatedRecordings:
    """Every recording that was made, until it is deleted. May be shared by calls and threads.

    ``api_base`` is where their resource is served, without a slash at the end; ``ready_after``
    the seconds in which a new one has no sound.
    """

    def __init__(self, api_base: str = TWILIO, ready_after: float = READY_AFTER) -> None:
        self.api_base = api_base
        self._ready_after = timedelta(seconds=ready_after)
        # A deleted recording leaves its place, so that a page that begins after it is found.
        self._kept: dict[str, StoredRecording | None] = {}
        self._lock = threading.Lock()

    def keep(
        self, call_sid: str, pieces: Iterable[Piece], made: datetime | None = None
    ) -> StoredRecording:
        """Make a recording of these pieces, one after another. ``made``: when, if not now."""
        sid = "RE" + uuid.uuid4().hex
        sound = _sound(sid, pieces)
        seconds = len(sound) / RATE
        recording = StoredRecording(
            sid, call_sid, made or datetime.now(UTC), seconds, _file(sound, "wav")
        )
        with self._lock:
            self._kept[sid] = recording
        return recording

    def get(self, sid: str) -> StoredRecording | None:
        """A recording; None when there is none, or no longer."""
        with self._lock:
            return self._kept.get(sid)

    def sound(self, sid: str) -> StoredRecording | None:
        """A recording whose sound can be had; None also while it is being made ready."""
        recording = self.get(sid)
        ready = recording and datetime.now(UTC) >= recording.made + self._ready_after
        return recording if ready else None

    def delete(self, sid: str) -> bool:
        """Delete a recording; whether there was one."""
        with self._lock:
            there = self._kept.get(sid) is not None
            if there:
                self._kept[sid] = None
        return there

    def newest(self, after: str = "") -> list[StoredRecording]:
        """The recordings, the newest first; only those that are older than ``after``, a sid."""
        with self._lock:
            order = list(reversed(self._kept))
            begin = order.index(after) + 1 if after in self._kept else 0
            found = (self._kept[sid] for sid in order[begin:])
            return [recording for recording in found if recording]

    def url(self, account: SimulatedAccount, sid: str) -> str:
        """The address of a recording's sound."""
        return f"{self.api_base}{_path(account, sid)}"


def _path(account: SimulatedAccount, sid: str) -> str:
    return f"/2010-04-01/Accounts/{account.sid}/Recordings/{sid}"


# --- sound -----------------------------------------------------------------------------------


def _sound(sid: str, pieces: Iterable[Piece]) -> NDArray[np.float32]:
    made = [_tone(sid, seconds) if speaks else _quiet(seconds) for speaks, seconds in pieces]
    return np.concatenate([*made, _quiet(0)])


def _quiet(seconds: float) -> NDArray[np.float32]:
    return np.zeros(round(seconds * RATE), dtype=np.float32)


def _tone(sid: str, seconds: float) -> NDArray[np.float32]:
    """A tone whose pitches come from the sid."""
    samples = round(seconds * RATE)
    pitches = np.frombuffer(hashlib.sha256(sid.encode()).digest(), dtype=np.uint8) + LOWEST
    turns = np.arange(samples) // int(PITCH_LASTS * RATE)
    phase = 2 * np.pi * np.cumsum(pitches[turns % len(pitches)] / RATE)
    return (LOUD * np.sin(phase)).astype(np.float32)


def _file(sound: NDArray[np.float32], kind: str) -> bytes:
    file = io.BytesIO()
    if kind == "wav":
        soundfile.write(file, sound, RATE, format="WAV", subtype="PCM_16")
    else:
        soundfile.write(file, sound, RATE, format="MP3")
    return file.getvalue()


def _mp3(recording: StoredRecording) -> bytes:
    sound, _ = soundfile.read(io.BytesIO(recording.sound), dtype="float32")
    return _file(sound, "mp3")


# --- over HTTP -------------------------------------------------------------------------------


def blueprint(
    recordings: SimulatedRecordings, account: SimulatedAccount, fault: Fault = lambda: None
) -> Blueprint:
    """The Recordings resource over HTTP. ``fault`` may answer a DELETE or a sound, for tests.

    It is asked before and after each. As for every new account of Twilio's, a sound needs the
    account's name and token in each of its forms, and is not found in its first second.
    """
    api = Blueprint("recordings", __name__)

    @api.before_request
    def authorised() -> Response | None:
        given = request.authorization
        known = given and (given.username, given.password) == (account.sid, account.token)
        return None if known else _error(401, 20003, "Authenticate")

    @api.get(API + ".json")
    def index(account_sid: str) -> Response:
        try:
            return jsonify(_page(recordings, account, request.args))
        except ValueError:
            return _error(400, 20001, "Invalid parameter")

    @api.get(API + "/<sid>.json")
    def one(account_sid: str, sid: str) -> Response:
        recording = recordings.get(sid)
        return jsonify(_shown(account, recording)) if recording else _missing()

    @api.delete(API + "/<sid>.json")
    def delete(account_sid: str, sid: str) -> Response:
        if early := fault():
            return early
        gone = Response(status=204) if recordings.delete(sid) else _missing()
        return fault() or gone

    for name, ending, kind in MEDIA:
        api.add_url_rule(f"{API}/<sid>{ending}", name, _media(recordings, kind, fault))
    return api


def _media(
    recordings: SimulatedRecordings, kind: str, fault: Fault
) -> Callable[[str, str], Response]:
    def media(account_sid: str, sid: str) -> Response:
        if early := fault():
            return early
        recording = recordings.sound(sid)
        if recording is None:
            return fault() or _missing()
        sound = recording.sound if kind == "wav" else _mp3(recording)
        return fault() or Response(sound, content_type=TYPES[kind])

    return media


def _page(
    recordings: SimulatedRecordings, account: SimulatedAccount, asked: Mapping[str, str]
) -> dict[str, object]:
    """One page of the list. Raises ValueError for a parameter that is none."""
    size = min(max(1, int(asked.get("PageSize", PAGE))), LARGEST_PAGE)
    number = int(asked.get("Page", 0))
    older = recordings.newest(asked.get("PageToken", "").removeprefix("PA"))
    found = list(filter(_filter(asked), older))
    shown, path = found[:size], f"/2010-04-01/Accounts/{account.sid}/Recordings.json"
    filters = {name: value for name, value in asked.items() if name not in ("Page", "PageToken")}
    following = {**filters, "PageSize": size, "Page": number + 1}
    if more := len(found) > size:
        following["PageToken"] = "PA" + shown[-1].sid
    return {
        "recordings": [_shown(account, recording) for recording in shown],
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": max(0, number * size + len(shown) - 1),
        "uri": f"{path}?{urlencode(asked)}",
        "first_page_uri": f"{path}?{urlencode({**filters, 'PageSize': size, 'Page': 0})}",
        "next_page_uri": f"{path}?{urlencode(following)}" if more else None,
        "previous_page_uri": None,
    }


def _filter(asked: Mapping[str, str]) -> Callable[[StoredRecording], bool]:
    """Which recordings are asked for. Raises ValueError."""
    call = asked.get("CallSid", "")
    since, until = _moment(asked.get("DateCreated>", "")), _moment(asked.get("DateCreated<", ""))

    def matches(recording: StoredRecording) -> bool:
        early = since is not None and recording.made < since
        late = until is not None and recording.made > until
        return call in ("", recording.call_sid) and not early and not late

    return matches


def _moment(text: str) -> datetime | None:
    """A date (its midnight) or a time, in GMT; None without one. Raises ValueError."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _missing() -> Response:
    return _error(404, 20404, "The requested resource was not found")


def _error(status: int, code: int, words: str) -> Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    response = jsonify(code=code, message=words, more_info=more, status=status)
    response.status_code = status
    return response


def _shown(account: SimulatedAccount, recording: StoredRecording) -> dict[str, object]:
    """A recording in the form of Twilio's Recording resource."""
    made = format_datetime(recording.made)
    return {
        "sid": recording.sid,
        "account_sid": account.sid,
        "call_sid": recording.call_sid,
        "conference_sid": None,
        "status": "completed",
        "source": "RecordVerb",
        "channels": 1,
        "duration": str(round(recording.seconds)),
        "date_created": made,
        "date_updated": made,
        "start_time": made,
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "encryption_details": None,
        "api_version": "2010-04-01",
        "uri": f"{_path(account, recording.sid)}.json",
        "media_url": None,
        "subresource_uris": {},
    }
