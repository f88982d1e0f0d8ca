"""The least that Flask can do: one view that gives the same bytes to everybody."""

from __future__ import annotations

from flask import Flask, Response

app = Flask(__name__)


@app.post("/voice")
def voice() -> Response:
    """Nothing is read and nothing is worked out."""
    return Response(b"<Response><Hangup/></Response>", content_type="text/xml")
