"""What turns are written with in tests: three recordings, three telephones."""

from __future__ import annotations

from ivr import twiml
from ivr.speech.library import Library, PromptAudio

PROMPTS = [
    PromptAudio("en", "test", "normal", "Hello.", "aaaa.mp3", "en", 1.0),
    PromptAudio("en", "test", "slow", "Hello.", "bbbb.mp3", "en", 1.4),
    PromptAudio("", "", "normal", "", "cccc.mp3", "pauses", 0.5, 500),
]
RENDER_SETTINGS = twiml.RenderSettings(
    library=Library(PROMPTS),
    say_voice={"en": "Polly.Amy"},
    tags={"en": "en-GB"},
    audio="/audio/",
    numbers={"first": "+442079460200", "second": "+442079460201", "third": "+442079460202"},
    line_number="+442079460100",
    whisper=lambda call, transfer: "/desk",
)
RENDERER = twiml.Renderer(
    RENDER_SETTINGS,
    lambda call, on: f"/voice?at={call.at}&on={on}",
    lambda recording, lang: f"/recordings/{lang}/{recording}",
)
