"""Empty databases on a PostgreSQL server."""

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

# A clean-up of the server's own files that every database would pay for; PostgreSQL before 15 knows no other way.
_COPYING, _KNOWS_COPYING = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY"), 150_000
# Who connects anew for every test proves a password that often: by a method that is not made to be slow.
AUTH = "md5"


@cache
def _administrator(server: str) -> psycopg.Connection[Any]:
    """One connection for as long as the process lives: a new one takes more time than to drop a database."""
    made = psycopg.connect(server, autocommit=True)
    atexit.register(made.close)
    return made


@contextmanager
def fresh_database(server: str, name: str, template: str = "template1") -> Iterator[str]:
    """A database of its own on `server`, a copy of `template`; dropped afterwards."""
    parts = urlsplit(server)
    connection = _administrator(server)
    create = _COPYING
    if connection.info.server_version < _KNOWS_COPYING:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )
