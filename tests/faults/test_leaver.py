"""[leaver]: who leaves is out within a second, on every line that stands open."""

import json
import time

import pytest
from websockets.exceptions import ConnectionClosed

from guiju.modules.identity import service as identity
from tests.support.inside import served, session_for
from tests.support.office import open_office
from tests.support.world import World

SOON = 1.0
ENDED = 4401


@pytest.mark.parametrize("act", ["suspended", "closed"])
def test_a_socket_is_cut_and_the_token_opens_nothing_more(world: World, act: str) -> None:
    office = open_office(world)
    group = office.group()
    admin = world.person("系统", "security_admin")
    account = world.read(lambda tx: identity.find_account_of(tx, office.member.person_id))
    assert account is not None
    verb = identity.suspend if act == "suspended" else identity.close
    with served(world) as inside:
        token = session_for(world, office.member)
        with inside.socket(token) as socket:
            socket.send(json.dumps({"type": "hello", "cursor": None}))
            assert json.loads(socket.recv(10))["type"] == "welcome"
            began = time.monotonic()
            world.write(lambda tx: verb(tx, admin, account.id, reason="离职"))
            with pytest.raises(ConnectionClosed) as cut:
                while True:
                    assert "大家好" not in str(socket.recv(10))
            assert cut.value.rcvd is not None and cut.value.rcvd.code == ENDED
            assert time.monotonic() - began < SOON
        assert inside.request("GET", "/api/conversations", token).status_code == 401
        send = {"cmid": "c", "body": {"text": "大家好"}}
        path = f"/api/groups/{group}/messages"
        assert inside.request("POST", path, token, send).status_code == 401
        with inside.socket(token) as again, pytest.raises(ConnectionClosed):
            again.recv(10)
    assert world.entries("messaging.sent") == []
