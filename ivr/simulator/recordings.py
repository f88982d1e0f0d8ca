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

import numpy as np
import soundfile
from flask import Blueprint, Response, jsonify, request
from numpy.typing import NDArray

from ivr.simulator.account import SimulatedAccount
from ivr.simulator.rest import (
    ACCOUNT,
    FIRST,
    LARGEST_PAGE,
    LAST,
    PAGE,
    VERSION,
    Refused,
    missing,
    moment,
    page,
    path_of,
    resource,
)

RATE = 8_000
PITCH_LASTS = 0.5
"""Seconds of speech at one pitch."""
LOWEST, LOUD = 150, 0.1
TWILIO = "https://api.twilio.com"
READY_AFTER = 1.0
"""Seconds after its end in which a recording has no sound yet."""
API = f"{ACCOUNT}/Recordings"
MEDIA = (("plain", "", "wav"), ("wav", ".wav", "wav"), ("mp3", ".mp3", "mp3"))
"""The sounds of a recording: a name, how the address ends, and what is served."""
TYPES = {"wav": "audio/x-wav", "mp3": "audio/mpeg"}

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
        return self.api_base + path_of(account, "Recordings", sid)


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


def blueprint(recordings: SimulatedRecordings, account: SimulatedAccount) -> Blueprint:
    """The Recordings resource over HTTP.

    As for every new account of Twilio's, a sound needs the account's name and token in each of its
    forms, and is not found in its first second.
    """
    api = resource("recordings", account)

    @api.get(API + ".json")
    def index(account_sid: str) -> Response:
        try:
            return jsonify(_page(recordings, account, request.args))
        except ValueError:
            raise Refused(20001, "Invalid parameter") from None

    @api.get(API + "/<sid>.json")
    def one(account_sid: str, sid: str) -> Response:
        return jsonify(_shown(account, _there(recordings.get(sid))))

    @api.delete(API + "/<sid>.json")
    def delete(account_sid: str, sid: str) -> Response:
        if not recordings.delete(sid):
            raise missing()
        return Response(status=204)

    for name, ending, kind in MEDIA:
        api.add_url_rule(f"{API}/<sid>{ending}", name, _media(recordings, kind))
    return api


def _media(recordings: SimulatedRecordings, kind: str) -> Callable[[str, str], Response]:
    def media(account_sid: str, sid: str) -> Response:
        recording = _there(recordings.sound(sid))
        sound = recording.sound if kind == "wav" else _mp3(recording)
        return Response(sound, content_type=TYPES[kind])

    return media


def _there(recording: StoredRecording | None) -> StoredRecording:
    if recording is None:
        raise missing()
    return recording


def _page(
    recordings: SimulatedRecordings, account: SimulatedAccount, asked: Mapping[str, str]
) -> dict[str, object]:
    """One page of the list. Raises ValueError for a parameter that is none."""
    size = min(max(1, int(asked.get("PageSize", PAGE))), LARGEST_PAGE)
    number, call = int(asked.get("Page", 0)), asked.get("CallSid", "")
    since = moment(asked.get("DateCreated>", ""), FIRST)
    last = moment(asked.get("DateCreated<", ""), LAST)
    older = recordings.newest(asked.get("PageToken", "").removeprefix("PA"))
    found = [each for each in older if call in ("", each.call_sid) and since <= each.made <= last]
    rows = {"recordings": [_shown(account, each) for each in found[:size]]}
    following = found[size - 1].sid if len(found) > size else ""
    path = path_of(account, "Recordings.json")
    return page(path, rows, number=number, size=size, following=following)


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
        "api_version": VERSION,
        "uri": path_of(account, "Recordings", f"{recording.sid}.json"),
        "media_url": None,
        "subresource_uris": {},
    }
