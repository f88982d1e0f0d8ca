"""What a browser is called on the list of where one is signed in: ``Chrome on Android``.

Owns the names. What a browser says of itself besides is not kept.
"""

from __future__ import annotations

from collections.abc import Mapping

BROWSERS: Mapping[str, str] = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "FxiOS": "Firefox",
    "Firefox": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
"""Most name those after them as well, so that sites take them for those."""
SYSTEMS: Mapping[str, str] = {
    "iPhone": "an iPhone",
    "iPad": "an iPad",
    "Android": "Android",
    "CrOS": "a Chromebook",
    "Windows": "Windows",
    "Mac OS": "a Mac",
    "Linux": "Linux",
}


def browser(agent: str) -> str:
    """The browser and the system that this ``User-Agent`` is of."""
    name = next((BROWSERS[mark] for mark in BROWSERS if mark in agent), "Another browser")
    system = next((f" on {SYSTEMS[mark]}" for mark in SYSTEMS if mark in agent), "")
    return name + system
