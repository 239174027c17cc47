"""Empty databases on a PostgreSQL server."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql


@contextmanager
def fresh_database(server: str, name: str, template: str = "template1") -> Iterator[str]:
    """A database of its own on `server`, a copy of `template`; dropped afterwards."""
    parts = urlsplit(server)
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    # One connection for both: a new one takes as much processor time as to drop a database.
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
