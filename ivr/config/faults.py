"""What is wrong with settings, each fault as ``NAME: words`` that say what to do.

Owns which values are taken: in a demo, with any account of somebody's own, in production.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from ivr.config.listed import guessable, parts
from ivr.config.servers import HIGHEST_PORT, server_faults
from ivr.config.settings import DEMO_AUTH_TOKEN, DEMO_SECRET, Settings
from ivr.line.numbers import DRAMA, RULES, Purpose, serves
from ivr.secrets.sealed_box import faults_of, pair_of, same

SHORTEST_SECRET = 32
SHORTEST_TOKEN = 32
"""Characters of an auth token of Twilio's: what is shorter is a part of one."""
SHORTEST_KEY = 16
"""Characters of a shared key: what is shorter is half of one, or can be guessed."""
HOST = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9]\d{,4})?"
ADDRESS = re.compile(rf"https?://{HOST}(/[\w.~%-]+)*/?", re.ASCII | re.IGNORECASE)
"""An address to which a path can be added, and nothing of which could be lost on the way."""
FOLDER = re.compile(r"https://[\w.-]+(:\d{1,5})?(/[\w.~%-]+)*/?", re.ASCII)
"""The same for files, over https alone."""
LISTS = ("twilio_auth_token", "twilio_webhook_key", "secret_key", "adviser_number", "staff_email")
MAKE_ONE = "make one with: openssl rand -hex 32"


def faults(settings: Settings) -> Iterator[str]:
    """Every fault of these settings."""
    yield from _addresses(settings)
    yield from server_faults(settings)
    yield from _lists(settings)
    yield from _account(settings)
    yield from _adviser_faults(settings)
    yield from _number("LINE_NUMBER", settings.line_number, "line")
    yield from _message_faults(settings)
    if not settings.demo_account:
        yield from _of_an_own_account(settings)
    if settings.production:
        yield from _production_faults(settings)


def _addresses(settings: Settings) -> Iterator[str]:
    for name in ("public_base_url", "twilio_api_base_url"):
        address = getattr(settings, name)
        if address and not _whole(address):
            yield (
                f"{name.upper()}: must be a whole address, such as https://line.example.org, "
                "without a name, a password, a question mark or a space"
            )
    if settings.audio_base_url and not FOLDER.fullmatch(settings.audio_base_url):
        yield "AUDIO_BASE_URL: must be an https address, such as https://cdn.example.org/audio"


def _whole(address: str) -> bool:
    if not ADDRESS.fullmatch(address):
        return False
    port = urlsplit(address).netloc.partition(":")[2]
    return int(port or 0) <= HIGHEST_PORT


def _lists(settings: Settings) -> Iterator[str]:
    """A comma too many would be a part of nothing, which anybody could sign or seal with."""
    for name in LISTS:
        given = parts(getattr(settings, name))
        if given and not all(given):
            yield f"{name.upper()}: a part of it is empty; take away the comma that is too many"


def _account(settings: Settings) -> Iterator[str]:
    if not re.fullmatch(r"AC\w+", settings.twilio_account_sid):
        yield "TWILIO_ACCOUNT_SID: begins with AC; it is in Twilio's console"
    if not settings.auth_tokens:
        yield "TWILIO_AUTH_TOKEN: is empty; it is in Twilio's console beside the account SID"
    if not settings.secrets:
        yield f"SECRET_KEY: is empty; {MAKE_ONE}"
    if any(_weak(key, SHORTEST_KEY) for key in settings.webhook_keys if key):
        yield (
            f"TWILIO_WEBHOOK_KEY: each key must have {SHORTEST_KEY} characters or more: the secret "
            "that Twilio showed when the shared key was made; two with a comma between"
        )
    if "," in settings.reference_key.get_secret_value():
        yield "REFERENCE_KEY: is one key and never changes; write it without a comma"


def _adviser_faults(settings: Settings) -> Iterator[str]:
    named = [each for each in settings.named_numbers if each[1]]
    for name, number in named:
        if not re.fullmatch(r"[a-z][a-z-]*", name):
            yield f"ADVISER_NUMBER: “{name}” is no name; write first=+442079460200"
        if not serves(number, "ring an adviser"):
            yield f"ADVISER_NUMBER: {name} must have {RULES['ring an adviser'].words}"
        if number == settings.line_number:
            yield f"ADVISER_NUMBER: {name} has the line's own number; callers would ring the line"
    for what, each in (("name", 0), ("number", 1)):
        if len({pair[each] for pair in named}) < len(named):
            yield f"ADVISER_NUMBER: a {what} stands there twice"


def _number(name: str, number: str, purpose: Purpose) -> Iterator[str]:
    if not serves(number, purpose):
        yield f"{name}: must be {RULES[purpose].words}"


def _message_faults(settings: Settings) -> Iterator[str]:
    if settings.messages_public_key and (wrong := faults_of(settings.messages_public_key)):
        yield f"MESSAGES_PUBLIC_KEY: {wrong}"
    if settings.staff_mobile:
        yield from _number("STAFF_MOBILE", settings.staff_mobile, "text staff")
    if not all(map(_address_of_mail, filter(None, settings.staff_emails))):
        yield "STAFF_EMAIL: must be an e-mail address; several with a comma between"
    if settings.mail_from and not _address_of_mail(settings.mail_from):
        yield "MAIL_FROM: must be an e-mail address"
    if settings.staff_emails and not settings.mail:
        yield "STAFF_EMAIL: needs SMTP_HOST, the server that sends mail"


def _address_of_mail(text: str) -> bool:
    return bool(re.fullmatch(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+", text))


def _of_an_own_account(settings: Settings) -> Iterator[str]:
    """Whoever reads this program knows the demo's secrets: they protect nobody."""
    if not re.fullmatch(r"AC[0-9a-f]{32}", settings.twilio_account_sid):
        yield "TWILIO_ACCOUNT_SID: a real one is AC and 32 of 0-9 and a-f"
    tokens = tuple(filter(None, settings.auth_tokens))
    if any(_public(each, DEMO_AUTH_TOKEN) for each in tokens):
        yield (
            "TWILIO_AUTH_TOKEN: the demonstration token is refused with an account of your own; "
            "yours is in Twilio's console beside the account SID"
        )
    elif any(_weak(each, SHORTEST_TOKEN) for each in tokens):
        yield (
            f"TWILIO_AUTH_TOKEN: a real one has {SHORTEST_TOKEN} characters; copy the whole of it "
            "from Twilio's console; two with a comma between"
        )
    own = {"SECRET_KEY": settings.secrets, "REFERENCE_KEY": parts(settings.reference_key)}
    for name, given in own.items():
        if any(_public(each, DEMO_SECRET) or _weak(each, SHORTEST_SECRET) for each in given):
            yield (
                f"{name}: needs a secret of your own, {SHORTEST_SECRET} characters or more that "
                f"nobody can guess; {MAKE_ONE}"
            )
    key = settings.messages_public_key
    if not key:
        yield "MESSAGES_PUBLIC_KEY: needs one of your own; make it with: ivr inbox keys"
    elif not faults_of(key) and same(key, pair_of(DEMO_SECRET)[0]):
        yield (
            "MESSAGES_PUBLIC_KEY: the demonstration's key is refused with an account of your own; "
            "make yours with: ivr inbox keys"
        )


def _public(secret: str, demo: str) -> bool:
    """Whether this is the demo's, whatever stands around or within it."""
    return demo in "".join(secret.split()).lower()


def _weak(secret: str, shortest: int) -> bool:
    return len(secret) < shortest or guessable(secret)


def _production_faults(settings: Settings) -> Iterator[str]:
    if not settings.base_url.startswith("https://"):
        yield "PUBLIC_BASE_URL: production needs the public https address of the line"
    if settings.demo_account:
        yield "TWILIO_ACCOUNT_SID: the demonstration account is refused in production"
        yield from _of_an_own_account(settings)
    numbers = {"line_number": [settings.line_number], "adviser_number": settings.advisers.values()}
    for name, given in numbers.items():
        if not given or any(not number or number.startswith(DRAMA) for number in given):
            yield f"{name.upper()}: production needs a real number"
    yield from _unseen(settings)
    token = settings.metrics_token.get_secret_value()
    if token and _weak(token, SHORTEST_KEY):
        yield f"METRICS_TOKEN: needs {SHORTEST_KEY} characters or more; {MAKE_ONE}"
    if settings.line_clock is not None:
        yield "LINE_CLOCK: a fixed clock is refused in production"


def _unseen(settings: Settings) -> Iterator[str]:
    """Staff must be told of what callers leave."""
    if not settings.ways:
        yield "STAFF_EMAIL: production needs it (with SMTP_HOST) or STAFF_MOBILE, to tell staff"
    if settings.staff_mobile.startswith(DRAMA):
        yield "STAFF_MOBILE: production needs a real number"
    if settings.smtp_security == "none" and settings.smtp_password.get_secret_value():
        yield "SMTP_SECURITY: a password is never sent without tls or starttls"
