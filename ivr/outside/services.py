"""The carrier's interfaces, for the account that settings name.

Owns which settings each is made with.
"""

from __future__ import annotations

from ivr.config import Settings
from ivr.outside.line_types import Lookups, NoLookups
from ivr.outside.twilio import calls, lookups, numbers, recordings
from ivr.secrets.seal import References


def recordings_api(
    settings: Settings, timeout: float = recordings.TIMEOUT
) -> recordings.RecordingsApi:
    """Recordings at the carrier."""
    account, token = settings.twilio_account_sid, settings.auth_token
    return recordings.RecordingsApi(account, token, settings.api_base_url, timeout)


def numbers_api(settings: Settings, timeout: float = numbers.TIMEOUT) -> numbers.NumbersApi:
    """The account's own numbers."""
    account, token = settings.twilio_account_sid, settings.auth_token
    return numbers.NumbersApi(account, token, settings.api_base_url, timeout)


def calls_api(settings: Settings) -> calls.CallsApi:
    """Calls that the line itself makes."""
    account, token = settings.twilio_account_sid, settings.auth_token
    return calls.CallsApi(account, token, settings.api_base_url, settings.line_number)


def lookups_api(settings: Settings) -> lookups.LookupsApi:
    """What the carrier knows of any number."""
    account, token = settings.twilio_account_sid, settings.auth_token
    return lookups.LookupsApi(account, token, settings.lookups_base_url)


def lookups_of(settings: Settings, references: References) -> Lookups | NoLookups:
    """Who asks the carrier about numbers: nobody, unless the settings say so."""
    if not settings.texts_lookup:
        return NoLookups()
    return Lookups(lookups_api(settings).line_type, references)
