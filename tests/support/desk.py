"""Where requests are handed in: for each operation somebody who may perform it, and a body that would be valid."""

from typing import Any

import httpx2

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery
from tests.support.inside import Inside, session_for
from tests.support.matrix import CELLS, EXPECTED, Row, match
from tests.support.requests import Things

ROWS = {
    cell.operation: cell
    for cell in reversed(CELLS)
    if EXPECTED[match(cell)] == "ok"
    and not cell.operation.startswith("SOCKET ")
    and cell.role != "anonymous"
} | {
    cell.operation: cell
    for cell in CELLS
    if cell.operation == "POST /api/setup" and cell.role == "employee"
}


class Desk:
    """The server, and for each operation somebody who may perform it."""

    def __init__(self, inside: Inside, things: Things) -> None:
        self.inside, self.things, self.world = inside, things, things.cast.world
        self._tokens: dict[str, str] = {}
        self._made: dict[str, tuple[Actor, dict[str, Any], dict[str, Any] | None]] = {}

    def token(self, actor: Actor) -> str:
        if actor.name not in self._tokens:
            self._tokens[actor.name] = session_for(self.world, actor)
        return self._tokens[actor.name]

    def forget_sessions(self) -> None:
        """Have everybody sign in again."""
        self._tokens.clear()

    def prepared(self, operation: str) -> tuple[Row, Actor, dict[str, Any], dict[str, Any] | None]:
        """Who asks, the ids of the path, and a body that would be valid."""
        row = ROWS[operation]
        if operation not in self._made:
            actor = self.things.actor(row)
            assert actor is not None
            ids = self.things.ids(row, actor, fresh=False)
            self._made[operation] = actor, ids, self.things.body(row, actor, ids)
        return row, *self._made[operation]

    def call(self, operation: str, content: bytes | None, **extra: Any) -> httpx2.Response:
        _, actor, ids, _ = self.prepared(operation)
        method, _, template = operation.partition(" ")
        headers = {"Content-Type": "application/json"} if content is not None else {}
        headers |= extra.pop("headers", {})
        path = extra.pop("path", None) or template.format(**ids)
        return self.inside.request(
            method, path, self.token(actor), content=content, headers=headers, **extra
        )

    def position(self) -> int:
        return self.world.read(lambda tx: tx.position)

    def check_unchanged(self, before: int) -> None:
        """Nothing was recorded since."""
        left = self.world.read(lambda tx: tx.entries(EntryQuery(after=before)))
        assert not left, [(entry.kind, entry.fact) for entry in left]

    def check_alive(self) -> None:
        """The server goes on: somebody sends a message and reads it."""
        member = self.things.cast.people["employee", "member"]
        text = f"还在{next(self.things.serial)}"
        body = {"cmid": f"alive{next(self.things.serial)}", "body": text}
        path = f"/api/groups/{self.things.group}/messages"
        self.world.clock.advance(1000)  # the flood limit is another matter
        assert (
            self.inside.request("POST", path, self.token(member), body).json()["state"]
            == "delivered"
        )
        items = self.inside.request("GET", path, self.token(member)).json()["items"]
        assert items[-1]["message"]["text"] == text
