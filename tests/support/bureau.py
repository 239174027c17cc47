"""A group with people in every relation to it, and how they ask for heads and proofs."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection

from guiju.app import Server
from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from guiju.ledger import tables
from guiju.modules.groups import roster
from guiju.modules.messaging import review
from tests.support.tamper import rows_of
from tests.support.world import World

Json = dict[str, Any]


def sign(world: World) -> str:
    """Sign what is there; the note as a client keeps it."""
    world.runtime.signer.sign_now(world.runtime.lane)
    return str(rows_of(world, tables.checkpoint)[-1]["note"])


def policy(world: World, *heads: str) -> Json:
    origin = world.runtime.origin
    return {
        "origin": origin,
        "log_keys": [world.runtime.signer.vkey(origin)],
        "heads": list(heads),
        "quorum": 1,
    }


class Bureau:
    """A group, people in every relation to it, and messages of every state."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.app = _app_of(world)
        self.people: dict[str, Actor] = {
            "registrar": world.person("王登记", "registrar"),
            "reviewer": world.person("周审", "reviewer"),
            "auditor": world.person("冯计", "audit_admin"),
            "security": world.person("孙安", "security_admin"),
            "outsider": world.person("外人"),
            "owner": world.person("张三"),
            "administrator": world.person("李四"),
            "sender": world.person("赵六"),
            "member": world.person("钱七"),
            "leaver": world.person("吴八"),
        }
        owner, administrator = self.people["owner"], self.people["administrator"]
        rest = [self.people[name] for name in ("sender", "member", "leaver")]
        self.group: GroupId = world.group(owner, [administrator], rest, rules="一、守纪律")
        sender = self.people["sender"]
        self.sent = world.send(sender, self.group, "大家好").position
        self.masked = world.send(sender, self.group, "证件号 11010119900307889X").position
        self.blocked = world.send(sender, self.group, "去赌博网站玩").position
        held = [world.send(sender, self.group, f"标底清单之{n}").position for n in range(3)]
        self.held = held[2]
        reviewer = self.people["reviewer"]
        world.write(lambda tx: review.release(tx, reviewer, held[0], masked=False, reason="已脱密"))
        world.write(lambda tx: review.refuse(tx, reviewer, held[1], reason="涉密"))
        self.released = self.find("messaging.released")
        self.refused = self.find("messaging.refused")
        leaver = self.people["leaver"]
        world.write(
            lambda tx: roster.remove(tx, owner, self.group, leaver.person_id, reason="私事")
        )
        self.removed = self.find("groups.member_changed")

    def client(self, name: str) -> TestClient:
        """The server's routes as this person reaches them."""
        return TestClient(self.app, headers={"x-person": self.people[name].person_id})

    def find(self, kind: str) -> int:
        return self.world.entries(kind)[-1].position


class DirectGate:
    """The lane and the readers of the world, as routes await them."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def write(self, verb: Callable[[Any], Any]) -> Any:
        return self._world.write(verb)

    async def read(self, verb: Callable[[Any], Any]) -> Any:
        return self._world.read(verb)


def _app_of(world: World) -> FastAPI:
    """The routes of the server; who asks is named by a header instead of a session."""

    async def authenticate(connection: HTTPConnection) -> Actor:
        return Actor(connection.headers["x-person"])  # type: ignore[arg-type]  # an id made by the world

    app = Server(world.runtime).http
    app.state.authenticate, app.state.gate = authenticate, DirectGate(world)
    return app
