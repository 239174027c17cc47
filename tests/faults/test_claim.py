"""A server whose session was lost takes its claim again, and gives way only to another server."""

from collections.abc import Iterator

import psycopg
import pytest

from guiju.kernel.claim import DataClaim
from guiju.kernel.db import Database, open_database

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


def test_what_is_left_of_its_own_session_is_nobody_else(
    database: Database, database_url: str
) -> None:
    """The server tells a session that it ends before it has ended, or has not noticed yet that it was lost."""
    claim = DataClaim(database)
    assert claim.take()
    left, claim._session = claim._session, psycopg.connect(database_url)
    claim._session.close()
    assert claim.keep() and claim.keep()
    assert left is not None
    with pytest.raises(psycopg.OperationalError):
        left.execute("SELECT 1")
    assert not DataClaim(database).take(), "it is held again"
    claim.close()


def test_another_server_is(database: Database) -> None:
    first, second = DataClaim(database), DataClaim(database)
    assert first.take() and not second.take()
    assert first._session is not None
    first._session.close()
    for _ in range(100):
        if second.take():
            break
    assert not first.keep() and second.keep()
    second.close()
    assert first.take()
    first.close()


def test_ended_again_and_again_it_stays_the_same_server_s(
    database: Database, database_url: str
) -> None:
    claim = DataClaim(database)
    assert claim.take()
    with psycopg.connect(database_url, autocommit=True) as other:
        for _ in range(30):
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'guiju-claim-%'"
            )
            assert claim.keep()
    claim.close()
