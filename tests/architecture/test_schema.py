"""One line of migrations, and it makes exactly the tables that the program knows, on both databases."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import guiju.app  # noqa: F401  # some tables are known only to what serves them
from guiju import migrations
from guiju.kernel.db import Database, governed_tables, metadata, open_database
from guiju.migrations import schema
from guiju.runtime import APPLIERS

# SQLAlchemy cannot read indexes over expressions back from SQLite; on PostgreSQL they are compared.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index"),
    pytest.mark.filterwarnings(
        "ignore:autogenerate skipping metadata-specified expression-based index"
    ),
]


@pytest.fixture
def database(database_url: str | None, tmp_path: Path) -> Database:
    return open_database(database_url or f"sqlite:///{tmp_path / 'x.db'}")


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return ScriptDirectory.from_config(config)


def differences(database: Database) -> list[object]:
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, metadata))


def test_there_is_one_head_and_one_base() -> None:
    assert len(scripts().get_heads()) == 1 and len(scripts().get_bases()) == 1
    assert scripts().get_heads() == [schema.newest()]


def test_the_migrations_make_the_tables_of_the_program(database: Database) -> None:
    try:
        assert schema.current(database) is None
        assert differences(database), "an empty database differs"
        schema.upgrade(database)
        assert differences(database) == []
        assert schema.current(database) == schema.newest()
        schema.upgrade(database)
        assert differences(database) == []
    finally:
        database.close()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE groups_group ADD COLUMN extra INTEGER",
        "DROP TABLE messaging_read_mark",
        "DROP INDEX groups_member_person",
        "CREATE TABLE stray (id INTEGER)",
    ],
)
def test_a_difference_would_be_seen(database: Database, change: str) -> None:
    try:
        schema.upgrade(database)
        with database.write() as connection:
            connection.execute(sa.text(change))
        assert differences(database)
    finally:
        database.close()


def test_a_database_of_a_newer_program_is_left_alone(database: Database) -> None:
    try:
        schema.upgrade(database)
        with database.write() as connection:
            connection.execute(
                sa.text("UPDATE alembic_version SET version_num = 'from_the_future'")
            )
        with pytest.raises(schema.SchemaError, match="from_the_future"):
            schema.upgrade(database)
    finally:
        database.close()


def test_every_governed_table_belongs_to_a_module_that_applies() -> None:
    for table in governed_tables():
        assert table.name.partition("_")[0] in {name.rstrip("s") for name in APPLIERS} | set(
            APPLIERS
        ), table.name
