"""What is wrong with settings, each fault as ``NAME: words`` that say what to do.

Owns which values are taken: in a demo, with any account of somebody's own, in production.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ivr.config.addresses import is_here, is_mail, is_public, is_whole
from ivr.config.demo import PRODUCTION_TEST_SID
from ivr.config.listed import guessable, parts
from ivr.config.servers import server_faults
from ivr.config.settings import DEMO_AUTH_TOKEN, DEMO_SECRET, Settings
from ivr.line.numbers import DRAMA, RULES, Purpose, serves
from ivr.secrets.sealed_box import faults_of, pair_of, same

SHORTEST_SECRET = 32
TOKEN = re.compile("[0-9a-f]{32}")
"""An auth token of Twilio's: anything else is a part of one, or more than one."""
SHORTEST_KEY = 16
"""Characters of a shared key: what is shorter is half of one, or can be guessed."""
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
    elif not settings.ivr_env:
        yield from _half_a_line(settings)
    if settings.production:
        yield from _production_faults(settings)


def _addresses(settings: Settings) -> Iterator[str]:
    for name in ("public_base_url", "twilio_api_base_url"):
        address = getattr(settings, name)
        if address and not is_whole(address):
            yield (
                f"{name.upper()}: must be a whole address, such as https://line.example.org, "
                "without a name, a password, a question mark, a space or a step upwards"
            )
    folder = settings.audio_base_url
    if folder and not (folder.startswith("https://") and is_whole(folder)):
        yield "AUDIO_BASE_URL: must be an https address, such as https://cdn.example.org/audio"


def _lists(settings: Settings) -> Iterator[str]:
    """A comma too many would be a part of nothing, which anybody could sign or seal with."""
    for name in LISTS:
        given = parts(getattr(settings, name))
        if given and not all(given):
            yield f"{name.upper()}: a part of it is empty; take away the comma that is too many"


def _account(settings: Settings) -> Iterator[str]:
    sid = settings.twilio_account_sid
    if not settings.demo_account and not re.fullmatch(r"AC[0-9a-f]{32}", sid):
        yield "TWILIO_ACCOUNT_SID: is AC and 32 of 0-9 and a-f; it is in Twilio's console"
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
    if not all(map(is_mail, filter(None, settings.staff_emails))):
        yield "STAFF_EMAIL: must be an e-mail address; several with a comma between"
    if settings.mail_from and not is_mail(settings.mail_from):
        yield "MAIL_FROM: must be an e-mail address"
    simulated = settings.demo_account and not settings.production
    if settings.staff_emails and not (settings.smtp_host or simulated):
        yield "STAFF_EMAIL: needs SMTP_HOST, the server that sends mail"


def _half_a_line(settings: Settings) -> Iterator[str]:
    """A line for real calls that was given no account would be a demo, open to everybody."""
    base = settings.base_url
    own = {
        "PUBLIC_BASE_URL": base.startswith("https://") and not is_here(base),
        "TWILIO_AUTH_TOKEN": settings.auth_tokens != (DEMO_AUTH_TOKEN,),
        "LINE_NUMBER": not settings.line_number.startswith(DRAMA),
    }
    if given := [name for name, is_own in own.items() if is_own]:
        yield (
            f"TWILIO_ACCOUNT_SID: is the demonstration's, and {' and '.join(given)} of your own; "
            "yours is in Twilio's console (a demonstration like this needs IVR_ENV=demonstration)"
        )


def _of_an_own_account(settings: Settings) -> Iterator[str]:
    """Whoever reads this program knows the demo's secrets: they protect nobody."""
    tokens = tuple(filter(None, settings.auth_tokens))
    known = (*tokens, settings.twilio_account_sid, settings.base_url, DEMO_SECRET)
    if DEMO_AUTH_TOKEN in tokens:
        yield (
            "TWILIO_AUTH_TOKEN: the demonstration token is refused with an account of your own; "
            "yours is in Twilio's console beside the account SID"
        )
    elif any(not TOKEN.fullmatch(each) or _weak(each, len(each)) for each in tokens):
        yield (
            "TWILIO_AUTH_TOKEN: a real one is 32 of 0-9 and a-f; copy the whole of it, and "
            "nothing else, from Twilio's console; two with a comma between"
        )
    own = {"SECRET_KEY": settings.secrets, "REFERENCE_KEY": parts(settings.reference_key)}
    for name, given in own.items():
        if any(_weak(each, SHORTEST_SECRET, known) for each in given):
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


def _weak(secret: str, shortest: int, known: Iterable[str] = ()) -> bool:
    """Whether it is short, can be guessed, or holds what nobody sees and could type anew."""
    plain = secret.isprintable()
    return not plain or len(secret) < shortest or guessable(secret, shortest, known)


def _production_faults(settings: Settings) -> Iterator[str]:
    nobodys = settings.twilio_account_sid == PRODUCTION_TEST_SID
    if not is_public(settings.base_url) and not (nobodys and is_here(settings.base_url)):
        yield (
            "PUBLIC_BASE_URL: production needs the public https address of the line, by its name, "
            "such as https://line.example.org; none of its pages"
        )
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
    if not (settings.staff_emails or settings.staff_mobile):
        yield "STAFF_EMAIL: production needs it (with SMTP_HOST) or STAFF_MOBILE, to tell staff"
    if settings.staff_mobile.startswith(DRAMA):
        yield "STAFF_MOBILE: production needs a real number"
    if settings.smtp_security == "none" and settings.smtp_password.get_secret_value():
        yield "SMTP_SECURITY: a password is never sent without tls or starttls"
