"""create_app: where the parts of the line are joined, once, and handed to each other.

Builds nothing at import.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flask import Flask, Response

from ivr import staff
from ivr.config import Settings, SettingsError, read
from ivr.content.checks import Finding
from ivr.content.editions.drafting import Drafting
from ivr.health import logs
from ivr.health import services as health
from ivr.health.load import Gauge
from ivr.line.model import Line
from ivr.services import Services, open_services
from ivr.simulator.account import simulated_moment
from ivr.speech.manifest import PromptAudios
from ivr.staff.services import staff_services
from ivr.store.services import StoreServices
from ivr.webhooks.extension import Lifetime, join
from ivr.webhooks.guard import MOST_BODY
from ivr.webhooks.services import WebhookServices
from ivr.webhooks.sessions import StaffSessions

if TYPE_CHECKING:
    from ivr.recording.person import Reading
    from ivr.simulator.demo import Demo

USUAL, DEMONSTRATION = 2, 1
"""Web processes of a line for real calls, and of a demo."""
FRONT = (
    "This is the address of a telephone advice line. It answers calls. There is nothing to read.\n"
)


def from_environment() -> Flask:
    """The line as the environment describes it, made once for web processes that are forked off.

    Nothing runs in the background and no connection is open before ``Lifetime.begin`` in each.
    """
    settings = read()
    logs.set_up(settings)
    app = create_app(settings, begun=False)
    # What is there now stays: looking through it for waste would hold up a caller now and then.
    gc.freeze()
    gc.enable()
    return app


def create_app(settings: Settings, begun: bool = True) -> Flask:
    """The line as a WSGI application. Raises ContentError when the content cannot be used.

    A database that cannot be reached stops nothing: calls are answered, and nothing is promised.
    ``begun``: whether this process answers calls itself; else those do that it forks, each of
    which says so (``Lifetime.begin``).
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY
    app.session_interface = StaffSessions()
    services, gauge = open_services(settings), Gauge()
    check_advisers(services.content_store.line(""), settings)
    _webhook_services(services, gauge).add(app)
    health.add(app, gauge, services.kept, services.checkup, services.today)
    join(app, services, _lifetime(app, services))
    staff.add(app, _staff_services(services))
    if begun:
        services.watch()
    else:
        services.kept.store.close()
    return app


def _webhook_services(services: Services, gauge: Gauge) -> WebhookServices:
    return WebhookServices(
        kept=services.kept,
        content_store=services.content_store,
        live_copy=services.live_copy,
        prompts=services.prompts,
        lookups=services.lookups,
        refuses=gauge.refuses,
        draft=Drafting(services.kept.drafts, services.folders).laid_out,
        clock=services.clock,
        moment=simulated_moment if services.settings.demo_account else wall_moment,
    )


def _lifetime(app: Flask, services: Services) -> Lifetime:
    """How the line begins and ends. A demo is joined here, and its mailbox begins with it."""
    if not services.settings.demo_account:
        app.add_url_rule("/", "front", front)
        return Lifetime(services.begin, services.close, USUAL)
    demo = sound_parts().add_demo(app, services.kept, services.prompts)

    def begin() -> None:
        services.begin()
        demo.begin()

    return Lifetime(begin, services.close, DEMONSTRATION)


def _staff_services(services: Services) -> staff.StaffServices:
    return staff_services(
        services.kept,
        folders=services.folders,
        line=lambda: services.content_store.line(""),
        checkup=services.checkup,
        as_mp3=lambda sent: sound_parts().as_mp3(sent),
        stopping=lambda folder: sound_parts().stopping(folder, services.settings),
        read_aloud=lambda *told: sound_parts().read_aloud(*told),
        clock=services.clock,
        today=services.today,
    )


def front() -> Response:
    """What a line for real calls says to whoever opens its address in a browser."""
    return Response(FRONT, content_type="text/plain; charset=utf-8")


class SoundParts(NamedTuple):
    """The parts of a line that decode sound."""

    add_demo: Callable[[Flask, StoreServices, PromptAudios], Demo]
    as_mp3: Callable[[bytes], bytes]
    stopping: Callable[[Path, Settings], list[Finding]]
    read_aloud: Callable[[Line, str, str, bytes], Reading]


def sound_parts() -> SoundParts:
    """These parts, imported by whoever is the first to need one: a demo, or a sound that is sent.

    They need numpy, which takes a tenth of a second: a line for real calls starts without it.
    """
    from ivr.content.editions.publishing import beyond_recording  # noqa: PLC0415
    from ivr.content.editions.reading import read_aloud  # noqa: PLC0415
    from ivr.simulator import demo  # noqa: PLC0415
    from ivr.speech.announced import as_mp3  # noqa: PLC0415

    return SoundParts(demo.add, as_mp3, beyond_recording, read_aloud)


def check_advisers(line: Line, settings: Settings) -> None:
    """Every adviser of the content has a number in the settings. Raises SettingsError."""
    names = [each.name for services in line.ring_groups.values() for each in services.advisers]
    missing = [name for name in names if name not in settings.advisers]
    if missing and settings.advisers:
        named = ", ".join(missing)
        says = f"ADVISER_NUMBER: has no number for {named}, who is in line.yaml; write {named}=+44…"
        raise SettingsError([says])


def wall_moment() -> int:
    """Milliseconds by the clock on the wall: the same on every machine that answers a call."""
    return time.time_ns() // 1_000_000
