"""The recordings: served by content hash from the manifest, and kept a year by who plays them.

Owns ``GET /audio/<file>``. Only files of the manifest are served (faults T6, F12).
"""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, send_file

from ivr.speech.library import Clip

audio = Blueprint("audio", __name__)

YEAR = 31_536_000
TYPES = {"mp3": "audio/mpeg", "wav": "audio/wav"}


@audio.get("/audio/<name>")
def recording(name: str) -> Response:
    """One recording. Its name is a hash of its bytes, so it may be kept for a year."""
    library = current_app.extensions["desk"].library()
    clip = library.by_file(name)
    if clip is None:
        return Response("no such recording", 404)
    response = send_file(
        path_of(clip),
        mimetype=type_of(clip),
        conditional=True,
        etag=name.partition(".")[0],
        max_age=YEAR,
    )
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response


def path_of(clip: Clip) -> Path:
    """Where the file of a clip is: ours, or one that the charity has made."""
    folders = current_app.extensions["audio_dirs"]
    folder = next((each for each in folders if (each / clip.path).is_file()), folders[0])
    return Path(folder) / clip.path


def type_of(clip: Clip) -> str:
    """The content type of a clip."""
    return TYPES[clip.file.rpartition(".")[2]]
