"""Browsers that take pushes and pages that nobody looks at, for whatever module has something wait for people."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from guiju.kernel.actor import Actor
from guiju.kernel.ids import PersonId
from guiju.kernel.posting import Poster
from guiju.modules.identity import service as identity
from guiju.modules.inspection.service import is_public_host
from guiju.modules.messaging.alerting import Alerter
from guiju.modules.messaging.pushing import Pusher
from guiju.runtime import WORK
from tests.support.inside import session_for
from tests.support.pushes import PushService, push_body, push_service
from tests.support.uploading import door_of
from tests.support.world import World

Json = dict[str, Any]


class Telling:
    """`watching` look at a screen; `open_pages` have a page open, which nobody looks at."""

    def __init__(self, world: World, service: PushService) -> None:
        self.world, self.service = world, service
        self.watching: set[PersonId] = set()
        self.open_pages: set[PersonId] = set()
        self._frames: list[tuple[PersonId, Json]] = []
        self._names: dict[PersonId, str] = {}
        poster, secret = Poster(is_public_host, frozenset({"127.0.0.1"})), bytes(range(32))
        door, clock = door_of(world), world.clock
        self.pusher = Pusher(
            door, poster, lambda: secret, clock, "mailto:ops@example.org",
            self.watching.__contains__, work=WORK,
        )  # fmt: skip
        self.alerter = Alerter(
            door, clock, WORK, lambda: self.open_pages, lambda *told: self._frames.append(told)
        )
        self.round()

    def browser(self, name: str, actor: Actor, service: PushService | None = None) -> None:
        """Somebody's browser takes pushes from now on."""
        hashed = identity.token_hash(session_for(self.world, actor))
        session = self.world.read(lambda tx: identity.find_session(tx, hashed))
        assert session is not None, "it has just begun"
        body = push_body((service or self.service).url(name))
        self.pusher.subscribe(actor, session.id, **body.pop("keys"), **body)
        self._names[actor.person_id] = name
        self.round()

    def page(self, actor: Actor, name: str) -> None:
        self.open_pages.add(actor.person_id)
        self._names[actor.person_id] = name

    def round(self) -> None:
        """Hand over what is new, and wait until it was told."""
        self.alerter.run()
        for _ in range(10):
            self.pusher.run()
            deadline = time.monotonic() + 10
            while self.pusher._turns:
                assert time.monotonic() < deadline, "a push does not end"
                time.sleep(0.005)
            if not self.pusher._waiting:
                return

    def pushed(self) -> list[tuple[str, Json]]:
        """Who was pushed what in a round; afterwards it is forgotten."""
        self.round()
        found = [(each.path.rpartition("/")[2], each.said) for each in self.service.pushes]
        self.service.pushes.clear()
        return sorted(found, key=lambda each: each[0])

    def kinds(self) -> list[tuple[str, str]]:
        """The same of work, shortened to its kind."""
        return [(name, said.get("work", "message")) for name, said in self.pushed()]

    def framed(self) -> list[tuple[str, Json]]:
        """What open pages were told since the last time."""
        self.alerter.run()
        found = [(self._names[person], frame) for person, frame in self._frames]
        self._frames.clear()
        return found


@contextmanager
def telling(world: World) -> Iterator[Telling]:
    with push_service() as service:
        made = Telling(world, service)
        yield made
        made.pusher.close()
