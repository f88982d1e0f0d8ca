"""Secrets that stand in files: ``NAME_FILE`` names the file that holds what ``NAME`` would.

Owns which files may be read so, and the words for those that cannot. Docker's and Kubernetes'
secrets and systemd's credentials are files; so no secret need stand in an environment, which child
processes inherit and crash reports quote. (pydantic-settings' own ``secrets_dir`` wants one folder
and files named after settings; those systems let people choose neither.)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

ENDING = "_FILE"
LARGEST = 64 * 1024
"""Bytes; what is larger is some other file."""


class SecretFileError(Exception):
    """A secret cannot be taken from its file: why, without the secret."""


def faults(
    environment: Mapping[str, str], secrets: Collection[str], others: Collection[str]
) -> Iterator[str]:
    """What is wrong with the files that are named, each as ``NAME_FILE: words``.

    ``secrets`` and ``others`` are names of settings that may, and may not, stand in files.
    """
    for name, path in _named(environment, [*secrets, *others]):
        if name in others:
            yield f"{name}{ENDING}: only secrets are read from files; give {name} itself"
        elif environment.get(name):
            yield f"{name}{ENDING}: {name} is given too; take one of the two away"
        else:
            try:
                _held(path)
            except SecretFileError as error:
                yield f"{name}{ENDING}: {error}"


def values(environment: Mapping[str, str], secrets: Collection[str]) -> dict[str, str]:
    """The secrets that files hold, by setting. Raises SecretFileError; see ``faults`` first."""
    return {name: _held(path) for name, path in _named(environment, secrets)}


def _named(environment: Mapping[str, str], names: Collection[str]) -> Iterator[tuple[str, Path]]:
    for name in names:
        if path := environment.get(name + ENDING):
            yield name, Path(path)


def _held(path: Path) -> str:
    """What a file holds, without the line break at its end."""
    try:
        with path.open("rb") as file:
            held = file.read(LARGEST + 1)
        text = held.decode("utf-8").rstrip("\r\n")
    except OSError as error:
        raise SecretFileError(f"{path} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise SecretFileError(f"{path} holds no text") from None
    if not text:
        raise SecretFileError(f"{path} is empty")
    if len(held) > LARGEST:
        raise SecretFileError(f"{path} is too large to be a secret")
    return text
