"""A server, its people, and whole browsers that may lose it: for journeys away from the server."""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from tests.support.browser import DESK, Screen
from tests.support.inside import Inside, session_for
from tests.support.office import Office

_HIDDEN = """
Object.defineProperty(document, 'visibilityState', {get: () => (window.away ? 'hidden' : 'visible')});
document.hasFocus = () => !window.away;
"""
_SECONDS = 30


class Stage:
    """One server, its people, and the browsers that were opened onto it."""

    def __init__(self, browser: Browser, office: Office, inside: Inside) -> None:
        self.browser, self.office, self.inside, self.world = browser, office, inside, office.world
        self.origin = office.world.settings.origin
        self.contexts: list[BrowserContext] = []
        self.count = 0

    def group(self, **changes: Any) -> GroupId:
        self.count += 1
        return self.office.group(**{"name": f"澄远第{600 + self.count}号工作群", **changes})

    def visit(self, actor: Actor, path: str = "/chat", size: tuple[int, int] = DESK) -> Screen:
        """A browser of the actor, signed in, with a worker of its own."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            permissions=["notifications"],
        )
        self.contexts.append(context)
        context.set_default_timeout(_SECONDS * 1000)
        token = session_for(self.world, actor)
        context.add_cookies([{"name": self.inside.cookie, "value": token, "url": self.origin}])
        context.add_init_script(_HIDDEN)
        screen = Screen(context.new_page(), self.origin, [])
        screen.page.on("pageerror", lambda error: screen.errors.append(str(error)))
        return screen.open(path)

    def say(self, group: GroupId, text: str, actor: Actor | None = None) -> int:
        return self.world.send(actor or self.office.owner, group, text).position

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        self.contexts.clear()


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never held"
        time.sleep(0.1)


def kept(screen: Screen) -> None:
    """Wait until the worker has the page, so that it opens without the server."""
    screen.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
