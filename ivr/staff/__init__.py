"""The staff pages, for the people who run the line, under ``/office``.

Owns the list of their sections, and how they are joined to the web side. What stands at the top of
each is ``navigation``.
"""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from ivr.config import LONDON
from ivr.line.numbers import printed
from ivr.secrets.seal import derived
from ivr.staff import (
    account,
    advisers,
    callers,
    contacts,
    demo,
    draft,
    draft_numbers,
    editions,
    gate,
    printing,
    readings,
    signin,
    staff,
    texts,
    timetable,
    today,
    topics,
    translating,
    value,
    waiting,
    words,
)
from ivr.staff.navigation import navigation
from ivr.staff.services import StaffServices
from ivr.staff.titles import first_words
from ivr.webhooks.extension import join

SECTIONS = (
    *(signin.section, demo.section, account.section, staff.section),
    *(
        today.section,
        waiting.section,
        callers.section,
        texts.section,
        words.section,
        printing.section,
    ),
    *(draft.section, value.section, timetable.section, contacts.section, editions.section),
    *(topics.section, advisers.section, readings.section, draft_numbers.section),
    translating.section,
)

__all__ = ["StaffServices", "add"]


def add(app: Flask, services: StaffServices) -> None:
    """Join the staff pages to the line. Webhooks are not touched by any of it."""
    first, *others = services.settings.secrets
    app.config.update(
        SECRET_KEY=derived(first, "forms").hex(),
        SECRET_KEY_FALLBACKS=[derived(each, "forms").hex() for each in others],
        SESSION_COOKIE_NAME="office_form",
        SESSION_COOKIE_PATH=gate.ROOT,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=gate.secure(services),
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        # It asks for a Referer, which many browsers never send; the gate looks at what they say.
        WTF_CSRF_SSL_STRICT=False,
    )
    gate.csrf.init_app(app)
    join(app, services)
    look = Blueprint(
        "office", __name__, static_folder="static", static_url_path=f"{gate.ROOT}/static",
        template_folder="templates",
    )  # fmt: skip
    look.app_template_filter("london")(london)
    look.app_template_filter("day")(day)
    look.app_template_filter("printed")(printed)
    look.app_template_filter("first_words")(first_words)
    look.app_template_filter("name_of")(lambda key, roster: roster.name(key))
    look.app_context_processor(lambda: {"navigation": navigation()})
    look.app_template_global("demo_is_offered")(lambda: demo.offered(services))
    look.after_request(gate.headed)
    for status in (404, 405, 413, 500):
        look.app_errorhandler(status)(gate.astray)
    app.register_blueprint(look)
    for section in SECTIONS:
        app.register_blueprint(section.blueprint)
    if services.settings.proxies:
        # Only the address of who asks is taken from a header; signatures never depend on one.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=services.settings.proxies, x_proto=0, x_host=0
        )


def london(moment: datetime) -> str:
    """A moment as staff read it: day and London time."""
    return f"{moment.astimezone(LONDON):%a %-d %b %Y, %H:%M}"


def day(moment: datetime) -> str:
    """The London day of a moment."""
    return f"{moment.astimezone(LONDON):%-d %B %Y}"
