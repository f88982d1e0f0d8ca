"""The database that settings name, opened only with the key that it knows.

Owns the words for a key that has gone: which setting, and how to put it back.
"""

from __future__ import annotations

from ivr.config import DEMO_SECRET, Settings, SettingsError
from ivr.secrets.seal import fingerprint
from ivr.store.database import Key, OtherKeyError, Store, open_store, store_that_is_there

WHICH = "the key by which this database knows who said STOP"
LOST = (
    "Only where it is lost for good: ivr migrate --new-reference-key, and everybody who said STOP "
    "is forgotten"
)


def store_of(settings: Settings) -> Store:
    """The database of these settings, for a start of the line.

    One that is away is tried again at its next use, not here. Raises SettingsError where it knows
    numbers by another key.
    """
    try:
        return open_store(settings.database, key=key_of(settings))
    except OtherKeyError as error:
        raise refused(settings, error) from None


def store_for_a_command(settings: Settings) -> Store:
    """The same for who can wait, and makes none. Raises SettingsError, NoDatabaseError."""
    try:
        return store_that_is_there(settings.database, key_of(settings))
    except OtherKeyError as error:
        raise refused(settings, error) from None


def key_of(settings: Settings) -> Key:
    """The key of these settings. Under the demo's, nobody real has said anything."""
    return Key(settings.fingerprint, fingerprint(DEMO_SECRET))


def refused(settings: Settings, error: OtherKeyError) -> SettingsError:
    """What to do about a database that knows another key."""
    return SettingsError([_gone(settings, error.known)])


def _gone(settings: Settings, known: str) -> str:
    own = bool(settings.reference_key.get_secret_value().strip())
    name = "REFERENCE_KEY" if own else "SECRET_KEY"
    if known in map(fingerprint, settings.secrets):
        do = "put it there alone" if own else "put it last, and any new one in front"
        return f"{name}: {WHICH} stands in SECRET_KEY, but is not the one that counts; {do}"
    return (
        f"{name}: {WHICH} has gone; it was REFERENCE_KEY, or the last of SECRET_KEY, when the line "
        f"last ran: put it into REFERENCE_KEY. {LOST}"
    )
