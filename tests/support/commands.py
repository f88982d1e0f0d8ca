"""``ivr`` as an operator types it, in this process."""

from __future__ import annotations

from click.testing import CliRunner, Result

from ivr.cli import main


def ivr(*words: str, says: str | None = None) -> Result:
    """What becomes of a command; ``says`` answers its questions."""
    return CliRunner().invoke(main, [*words], input=says)
