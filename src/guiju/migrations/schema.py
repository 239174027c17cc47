"""Bring a database to the schema of this program, or refuse to touch it."""

import functools
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from guiju.kernel.db import Database


class SchemaError(Exception):
    """The database is of a newer program, or not Guiju's."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def current(database: Database) -> str | None:
    """The revision of the database; None when it is empty."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@functools.cache
def newest() -> str:
    """The revision of this program."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "there is at least one migration"
    return head


def upgrade(database: Database) -> None:
    """Run the migrations that are missing. Raises SchemaError when the database is newer than this program."""
    revision = current(database)
    config = _config()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise SchemaError(f"the database has revision {revision}, which this program does not know")
    if revision == newest():
        return
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
