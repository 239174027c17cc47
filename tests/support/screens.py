"""Everything that one person can ask for about a group's messages, or gets by itself, as one text to search."""

import json
from collections.abc import Callable
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.errors import GuijuError
from guiju.kernel.ids import GroupId
from guiju.kernel.live import items_for
from guiju.ledger_routes import Sight, sight_of
from guiju.modules.messaging import _change_shape, _shape, changes, service
from guiju.modules.policy import service as policy
from guiju.runtime import ROUTERS
from tests.support.world import World


def everything(world: World, actor: Actor, group: GroupId) -> str:
    """Timelines, rows, threads, pins, versions, facts told again since the beginning, and bodies of proofs."""

    def take(tx: ReadTx) -> list[Any]:
        view = world.runtime.new_view(tx)
        entries = tx.entries(EntryQuery(limit=10_000))
        roles, places = policy.roles_of(tx, actor), service.present_groups(tx, actor)
        found: list[Any] = [
            items_for(ROUTERS, view, entries, actor.person_id, roles, places),
            [_shape.conversation(view, row) for row in service.list_conversations(tx, actor)],
            [str(each.fact) for each in entries if sight_of(tx, actor, each) is Sight.BODY],
        ]

        def ask(read: Callable[[], Any]) -> None:
            try:
                found.append(read())
            except GuijuError as refusal:
                found.append(refusal.code)

        ask(
            lambda: _shape.items(
                view, service.timeline(tx, actor, group, before=None, limit=200).items
            )
        )
        ask(lambda: _shape.items(view, changes.list_pins(tx, actor, group)))
        for entry in entries:
            if entry.kind in ("messaging.sent", "messaging.released"):
                for read in ways(tx, entry.position):
                    ask(read)
        return found

    def ways(tx: ReadTx, at: int) -> list[Callable[[], Any]]:
        view = world.runtime.new_view(tx)

        def thread() -> Any:
            root, page = changes.thread(tx, actor, group, at, before=None, limit=50)
            return _shape.items(view, [root, *page.items])

        def versions() -> Any:
            found = changes.versions(tx, actor, group, at)
            return [_change_shape.version(each) for each in found]

        return [
            thread,
            versions,
            lambda: _shape.items(view, [changes.get_message(tx, actor, group, at)]),
            lambda: _shape.items(view, changes.around(tx, actor, group, at, limit=10).items),
        ]

    return json.dumps(world.read(take), ensure_ascii=False)


def shown(world: World, group: GroupId, position: int, actor: Actor) -> dict[str, Any]:
    """A message as somebody sees it now."""

    def take(tx: ReadTx) -> Any:
        entry = changes.get_message(tx, actor, group, position)
        return _shape.items(world.runtime.new_view(tx), [entry])[0]["message"]

    found: dict[str, Any] = json.loads(json.dumps(world.read(take)))
    return found
