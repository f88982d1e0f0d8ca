"""Migrations, run by Alembic.

Owns how; when, and under which lock, is the database's.
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from ivr.store.database import MIGRATIONS, CannotUpgradeError


def upgrade(connection: Connection) -> bool:
    """Run what is missing; False where the database is ahead of this program.

    Raises CannotUpgradeError where what stands in the database leads nowhere.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    known = {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
    now = MigrationContext.configure(connection).get_current_revision()
    if now is not None and now not in known:
        return False
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise CannotUpgradeError(str(error)) from error
    return True
