"""What can only be seen from outside: the public address, its certificate, the clock, the carrier.

Owns one function for each thing that is looked at. Each asks the network and waits a few seconds
at most, so none of this is ever on a caller's way.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests

from ivr.config import Settings
from ivr.health.doctor.checkup import Checkup
from ivr.health.doctor.finding import Diagnosis, bad, good, judged, look
from ivr.health.doctor.testcall import ELSEWHERE, IN_ITS_PLACE, TEST_CALL, TestCallError, ring
from ivr.outside import mail
from ivr.outside.services import numbers_api
from ivr.outside.twilio import CarrierError, GoneError

TIMEOUT = 5
CERTIFICATE_SOON = timedelta(days=21)
CLOCK_OFF = timedelta(seconds=30)


def address(checkup: Checkup) -> Iterator[Diagnosis]:
    """A call as Twilio would make it, through the public address and whatever stands before it."""
    settings = checkup.settings
    try:
        heard = ring(checkup)
    except TestCallError as error:
        yield bad("address", f"A test call to {settings.base_url} failed: {error}", error.do)
        return
    yield good("address", f"A test call to {settings.base_url} was answered: “{heard}”")
    forged = requests.post(f"{settings.base_url}/voice", {"CallSid": TEST_CALL}, timeout=TIMEOUT)
    says = f"A call that is not signed by Twilio was answered ({forged.status_code})."
    wrong, well = forged.status_code != 403, "A call that is not signed by Twilio is refused."
    yield judged("signature", says if wrong else "", IN_ITS_PLACE, well)


def certificate(checkup: Checkup) -> Iterator[Diagnosis]:
    """Whether the certificate of the public address is good, and for how long (fault F3)."""
    parts = urlsplit(checkup.settings.base_url)
    if parts.scheme != "https":
        if checkup.settings.production:
            yield bad("certificate", "The address is not https.", "Set PUBLIC_BASE_URL to https.")
        return
    host = parts.hostname or ""
    try:
        ends = _certificate_ends(host, parts.port or 443)
    except (OSError, ValueError) as error:
        says = f"The certificate of {host} cannot be used: {error}"
        yield bad("certificate", says, "Renew it; Caddy does so by itself (docs/deploy.md).")
        return
    left = ends - datetime.now(UTC)
    says = f"The certificate of {host} ends in {left.days} days."
    do = "See why it was not renewed: docs/deploy.md."
    well = f"The certificate of {host} is good for {left.days} days."
    yield judged("certificate", says if left <= CERTIFICATE_SOON else "", do, well)


def audio_address(checkup: Checkup) -> Iterator[Diagnosis]:
    """Whether recordings can be had at the operator's own address, the oldest and the newest."""
    if not checkup.settings.audio_base_url:
        return
    prompts = checkup.library().prompts
    for prompt in {prompts[0].file, prompts[-1].file} if prompts else ():
        if wrong := _wrong_sound(checkup.settings.audio_url, prompt):
            says = f"A recording cannot be had at {checkup.settings.audio_url}{prompt}: {wrong}."
            yield bad("audio-address", says, ELSEWHERE)
            return
    yield good("audio-address", f"Recordings come from {checkup.settings.audio_url}")


def clock(checkup: Checkup) -> Iterator[Diagnosis]:
    """Whether this machine's clock is right: held against the carrier's."""
    if checkup.settings.line_clock is not None:
        yield look("clock", "The clock is fixed by LINE_CLOCK.", "Take LINE_CLOCK away.")
        return
    try:
        answer = requests.head(checkup.settings.api_base_url, timeout=TIMEOUT)
        theirs = parsedate_to_datetime(answer.headers["Date"]).replace(tzinfo=UTC)
    except (requests.RequestException, KeyError, ValueError):
        yield look("clock", "Nobody could be asked what time it is.", "Look at the network.")
        return
    off = abs(datetime.now(UTC) - theirs)
    says = f"The clock of this machine is {off.total_seconds():.0f} seconds off."
    do = "Set it by the network: timedatectl set-ntp true"
    well = f"The clock is right. In London it is {checkup.now:%H:%M}."
    yield judged("clock", says if off >= CLOCK_OFF else "", do, well)


def number(checkup: Checkup) -> Iterator[Diagnosis]:
    """Whether the carrier knows the account and the number, and where it sends calls."""
    settings = checkup.settings
    api = numbers_api(settings, TIMEOUT)
    try:
        account, found = api.account(), api.find(settings.line_number)[1]
    except GoneError:
        says = f"The account has no number {settings.line_number}."
        yield bad("number", says, "Set LINE_NUMBER to the number that callers ring.")
        return
    except CarrierError as error:
        says = f"Twilio could not be asked ({error.code})."
        yield bad("number", says, "See TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.")
        return
    yield from _account(account)
    yield from _addresses(settings, found)


def post(checkup: Checkup) -> Iterator[Diagnosis]:
    """Whether the mail server takes mail for staff."""
    if checkup.settings.mail is None:
        if not checkup.settings.staff_mobile:
            says = "Nobody is told when somebody has left a message."
            yield bad("mail", says, "Set STAFF_EMAIL and SMTP_HOST, or STAFF_MOBILE.")
        return
    try:
        mail.greet(checkup.settings.mail)
    except mail.MailError as error:
        says = f"The mail server cannot be used ({error})."
        yield bad("mail", says, "See SMTP_HOST, SMTP_USER and SMTP_PASSWORD (docs/settings.md).")
    else:
        yield good("mail", f"Staff are told by mail: {checkup.settings.mail.recipient}.")


CHECKS = (address, certificate, audio_address, clock, number, post)


def _account(account: Mapping[str, str]) -> Iterator[Diagnosis]:
    if account["status"] != "active":
        says = f"Twilio says that the account is {account['status']}."
        yield bad("twilio", says, "See Twilio's console: it says why.")
    elif account["type"] == "Trial":
        says = "The account is a trial: 5 calls at once, and only to numbers it knows."
        yield bad("twilio", says, "Upgrade it, with a business profile: no limit on calls.")
    else:
        do = "A business profile in Twilio's console lifts the limit of 10 calls at once."
        yield look("twilio", "The account is active. Calls at once depend on its profile.", do)


def _addresses(settings: Settings, found: Mapping[str, str]) -> Iterator[Diagnosis]:
    """Calls and texts come here; and something answers when this does not (fault F3)."""
    wrong = [
        what
        for what, path in (("voice_url", "/voice"), ("sms_url", "/sms"))
        if found[what].partition("#")[0] != f"{settings.base_url}{path}"
    ]
    says = f"{settings.line_number} does not lead here: {', '.join(wrong)}." if wrong else ""
    well = f"{settings.line_number} leads here."
    # Whoever tries out a demonstration rings it on its page: no number leads there.
    how = look if settings.demo_account else bad
    yield judged("number", says, "Point it here: ivr connect", well, how)
    says = "" if found["voice_fallback_url"] else "Nothing answers when this line does not."
    do = "Put the fallback document there (docs/fallback.md), then: ivr connect --fallback"
    yield judged("fallback", says, do, "Something answers when this line does not.", how)


def _wrong_sound(folder: str, name: str) -> str:
    """What is wrong with a recording there; its name is a hash of its bytes."""
    try:
        got = requests.get(
            folder + name, timeout=TIMEOUT, headers={"User-Agent": "TwilioProxy/1.1"}
        )
    except requests.exceptions.SSLError:
        return "its certificate cannot be trusted"
    except requests.RequestException:
        return "nothing answers there"
    kind = got.headers.get("Content-Type", "nothing")
    if got.status_code != 200:
        return f"HTTP {got.status_code}"
    if not kind.startswith("audio/"):
        return f"it is {kind}"
    same = hashlib.sha256(got.content).hexdigest().startswith(name.partition(".")[0])
    return "" if same else "it is another sound"


def _certificate_ends(host: str, port: int) -> datetime:
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=TIMEOUT) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        ends = str((secure.getpeercert() or {}).get("notAfter", ""))
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC)
