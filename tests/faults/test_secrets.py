"""When the database breaks, the log says what broke and never the values that it broke over."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from guiju.modules.identity import service as identity
from guiju.setup import SYSTEM, open_account
from tests.support.inside import Inside, served_world, session_for
from tests.support.world import World

PASSWORD = "correct horse 7"
LAST = {"Connection": "close"}  # as the server does after a bug
TOKEN = "a-token-that-nobody-may-read"
BREAKING = {
    "sqlite": "CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END",
    "postgresql": "ALTER TABLE {table} ADD CONSTRAINT broken CHECK (false) NOT VALID",
}
MENDING = {
    "sqlite": "DROP TRIGGER broken",
    "postgresql": "ALTER TABLE {table} DROP CONSTRAINT broken",
}


@contextmanager
def broken(world: World, table: str) -> Iterator[None]:
    """While every row that is added to a table is refused; PostgreSQL quotes the whole row when it says so."""
    database = world.runtime.database
    engine = database.writers.dialect.name

    def run(statement: str) -> None:
        with database.write() as connection:
            connection.execute(text(statement.format(table=table)))

    run(BREAKING[engine])
    try:
        yield
    finally:
        run(MENDING[engine])


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """All that the log has, with every exception and its causes."""
    return "\n".join(logging.Formatter().format(record) for record in caplog.records)


def check_log(caplog: pytest.LogCaptureFixture, *secret: str) -> None:
    found = logged(caplog)
    assert "broken" in found, "what broke is told"
    assert [each for each in secret if each in found] == []


@pytest.fixture
def place(database_url: str | None) -> Iterator[tuple[World, Inside]]:
    with served_world(database_url) as made:
        yield made


def test_a_login_that_fails_leaves_no_secret_in_the_log(
    place: tuple[World, Inside], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[secret-rest]: in logs."""
    world, inside = place
    actor, hashed = world.person("王小明", certified=False), identity.hash_password(PASSWORD)
    world.write(
        lambda tx: open_account(tx, SYSTEM, actor.person_id, password_hash=hashed, proof="test")
    )
    account = world.read(lambda tx: identity.find_account_of(tx, actor.person_id))
    assert account is not None and account.login is not None
    monkeypatch.setattr(identity, "new_token", lambda: (TOKEN, identity.token_hash(TOKEN)))
    body = {"account": account.login, "password": PASSWORD}
    with broken(world, "identity_session"):
        answer = inside.request("POST", "/api/session", None, body, headers=LAST)
    assert (answer.status_code, answer.json()["code"]) == (500, "http.internal")
    check_log(caplog, TOKEN, identity.token_hash(TOKEN), PASSWORD, hashed, account.id)
    assert inside.request("POST", "/api/session", None, body).status_code == 200


def test_a_send_that_fails_leaves_no_secret_in_the_log(
    place: tuple[World, Inside], caplog: pytest.LogCaptureFixture
) -> None:
    world, inside = place
    owner, helper, member = (world.person(name) for name in ("张群主", "李管理", "赵成员"))
    world.person("王登记", "registrar")
    group = world.group(owner, [helper], [member])
    token, words = session_for(world, member), "冲压线的停机时间"
    body = {"cmid": "a-key-of-its-own", "body": {"text": words, "mentions": [owner.person_id]}}
    with broken(world, "messaging_message"):
        answer = inside.request("POST", f"/api/groups/{group}/messages", token, body, headers=LAST)
    assert (answer.status_code, answer.json()["code"]) == (500, "http.internal")
    check_log(caplog, token, words, "a-key-of-its-own", member.person_id, owner.person_id)
    answer = inside.request("POST", f"/api/groups/{group}/messages", token, body)
    assert answer.json()["state"] == "delivered"
