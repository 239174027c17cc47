"""Bring a database to the schema of this program, or refuse to touch it.

A revision is named like its file, which begins with its date: the last name is the newest revision.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, column, inspect, select, table

from guiju.kernel.db import Database

_FOLDER = Path(__file__).parent
_VERSION = table("alembic_version", column("version_num"))

_EMPTIED = "emptied"
_AFTERWARDS = "afterwards"

Fill = Callable[[Connection, frozenset[str]], None]
"""Puts into tables that are new or empty in a database what its ledger says, in the transaction that makes them so."""


class SchemaError(Exception):
    """The database is of a newer program, or not Guiju's."""


def current(database: Database) -> str | None:
    """The revision of the database; None when it is empty."""
    with database.read() as connection:
        if not inspect(connection).has_table(_VERSION.name):
            return None
        found: str | None = connection.execute(select(_VERSION.c.version_num)).scalar()
        return found


def newest() -> str:
    """The revision of this program."""
    return _known()[-1]


def _known() -> list[str]:
    return sorted(path.stem for path in (_FOLDER / "versions").glob("*.py"))


def upgrade(database: Database, fill: Fill | None = None) -> None:
    """Run the migrations that are missing; `fill` gets the tables that an existing database has gained, or has emptied.

    Raises SchemaError when the database is newer than this program.
    """
    revision = current(database)
    if revision is not None and revision not in _known():
        raise SchemaError(f"the database has revision {revision}, which this program does not know")
    if revision != newest():
        _migrate(database, fill if revision is not None else None)


def fill_again(context: Any, table: str) -> None:
    """Have a governed table filled from the ledger once more, which a migration has emptied: facts mean something else to it."""
    context.config.attributes[_EMPTIED].add(table)


def after_filling(context: Any, act: Callable[[Connection], None]) -> None:
    """Have something done that depends on what the ledger says: once the tables are filled, in the same transaction."""
    context.config.attributes[_AFTERWARDS].append(act)


def _migrate(database: Database, fill: Fill | None) -> None:
    # Alembic takes an eighth of a start to import, and only a database that is behind needs it.
    from alembic import command  # noqa: PLC0415  # slow to import
    from alembic.config import Config  # noqa: PLC0415  # slow to import

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    with database.write() as connection:
        before = frozenset(inspect(connection).get_table_names())
        config.attributes["connection"] = connection
        config.attributes[_EMPTIED] = set[str]()
        config.attributes[_AFTERWARDS] = list[Callable[[Connection], None]]()
        command.upgrade(config, "head")
        if fill is not None:
            after = frozenset(inspect(connection).get_table_names())
            fill(connection, (after - before) | config.attributes[_EMPTIED])
        for act in config.attributes[_AFTERWARDS]:
            act(connection)
    assert current(database) == newest(), "the newest revision is named like the last file"
