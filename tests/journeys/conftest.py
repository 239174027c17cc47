"""What the journeys share."""

import secrets
from collections.abc import Iterator

import pytest
from tests.support.postgres import fresh_database


@pytest.fixture(scope="module")
def module_database(postgres_server: str) -> Iterator[str]:
    """The URL of a PostgreSQL database that lives as long as a module's tests."""
    with fresh_database(postgres_server, f"guiju_{secrets.token_hex(6)}") as url:
        yield url
