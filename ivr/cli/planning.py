"""``ivr serve --faults``: how the demo's carrier is to fail.

Owns reading what was asked for and telling the carrier, once it is there.
"""

from __future__ import annotations

from collections.abc import Callable

import click
import requests

from ivr.config import Settings
from ivr.simulator.faults import FaultError, SimulatedFault, read_all


def planned(text: str, settings: Settings) -> Callable[[int], None]:
    """What tells the carrier at a port of these failures. Raises ClickException for bad ones."""
    if not settings.demo_account:
        raise click.ClickException("--faults is for the demonstration; Twilio fails by itself")
    try:
        faults = read_all(text)
    except FaultError as error:
        raise click.ClickException(f"--faults {error}") from None
    return lambda port: _tell(port, faults)


def _tell(port: int, faults: list[SimulatedFault]) -> None:
    for fault in faults:
        asked = {"fault": f"{fault}x{fault.times}"}
        requests.post(f"http://127.0.0.1:{port}/exchange/faults", json=asked, timeout=5)
        click.echo(f"The carrier will fail:   {fault}, {fault.times} in a row")
