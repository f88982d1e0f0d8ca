"""The recordings: served by content hash from the manifest, and kept a year by who plays them.

Owns ``GET /audio/<file>``. Only files of the manifest are served (faults T6, F12).
"""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, send_file

from ivr.speech.library import PromptAudio
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices

audio = Blueprint("audio", __name__)

YEAR = 31_536_000
TYPES = {"mp3": "audio/mpeg", "wav": "audio/wav"}


@audio.get("/audio/<name>")
def recording(name: str) -> Response:
    """One recording. Its name is a hash of its bytes, so it may be kept for a year."""
    library = services_of(current_app, CallServices).library()
    prompt = library.by_file(name)
    if prompt is None or not path_of(prompt).exists():
        return Response("no such recording", 404)
    response = send_file(
        path_of(prompt),
        mimetype=type_of(prompt),
        conditional=True,
        etag=name.partition(".")[0],
        max_age=YEAR,
    )
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response


def path_of(prompt: PromptAudio) -> Path:
    """Where the file of a prompt is: ours, or one that the charity has made."""
    folders = services_of(current_app, CallServices).audio_dirs
    folder = next((each for each in folders if (each / prompt.path).is_file()), folders[0])
    return folder / prompt.path


def type_of(prompt: PromptAudio) -> str:
    """The content type of a prompt."""
    return TYPES[prompt.file.rpartition(".")[2]]
