"""The recordings: served by content hash from the manifest, and kept a year by who plays them.

Owns ``GET /audio/<file>``. Only files of the manifest are served (faults T6, F12).
"""

from __future__ import annotations

from flask import Blueprint, Response, current_app, send_from_directory

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
    folders = current_app.extensions["audio_dirs"]
    response = send_from_directory(
        next((each for each in folders if (each / clip.path).is_file()), folders[0]),
        clip.path,
        mimetype=TYPES[name.rpartition(".")[2]],
        conditional=True,
        etag=name.partition(".")[0],
        max_age=YEAR,
    )
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response
