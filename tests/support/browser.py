"""Real browsers: one Chromium, and for each person a context of their own, as on a machine of their own."""

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    APIResponse,
    Browser,
    Locator,
    Page,
    expect,
    sync_playwright,
)
from playwright.sync_api import TimeoutError as TookTooLong

from tests.support.server import Place

PASSWORD = "guiju-demo-2026"
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
DESK = (1280, 800)
PHONE = (390, 844)
_WAIT_MS = 30_000
# Each window would run pages of the browser's own beside ours: those of its address bar, and a spare one.
_OWN_PAGES = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "SpareRendererForSitePerProcess",
)
# What Playwright switches off, for the last list is the one that counts.
_UNUSED = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
)
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    f"--disable-features={','.join((*_OWN_PAGES, *_UNUSED))}",
    "--no-first-run",
    "--lang=zh-CN",
]
# Violations of these impacts fail; `color-contrast` is among them.
_GRAVE = ("serious", "critical")


_STORED = """async () => {
  const done = (request) => new Promise((ok, no) => { request.onsuccess = () => ok(request.result); request.onerror = () => no(request.error); });
  const all = {local: {...localStorage}};
  for (const {name} of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    for (const drawer of database.objectStoreNames) all[drawer] = await done(database.transaction(drawer).objectStore(drawer).getAll());
    database.close();
  }
  return JSON.stringify(all);
}"""


@contextlib.contextmanager
def chromium(*, whole: bool = False) -> Iterator[Browser]:
    """The system's Chromium until the end of the block.

    Its headless shell does with a fifth less work what pages need; only the `whole` browser shows notifications.
    """
    shell = () if whole else ("chromium-headless-shell",)
    names = (*shell, "chromium", "chromium-browser")
    path = next((found for name in names if (found := shutil.which(name))), None)
    assert path is not None, (
        "Chromium is not installed; tests/system_packages.sh says what is needed"
    )
    expect.set_options(timeout=_WAIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=_ARGUMENTS,
            # The fields for dates follow the language of the browser, not of the context.
            env={**os.environ, "LANGUAGE": "zh_CN"},
        )
        try:
            yield browser
        finally:
            browser.close()


def choose(menu: Locator, act: str) -> None:
    """Choose an act, also one that the menu of a message shows when it is asked for more."""
    wanted, more = (menu.get_by_role("menuitem", name=name, exact=True) for name in (act, "更多"))
    expect(wanted.or_(more).first).to_be_visible()
    if wanted.count() == 0:
        more.click()
    wanted.click()


@dataclass(frozen=True, slots=True)
class Screen:
    """One person's browser with one page; `errors` fills with what went wrong inside it."""

    page: Page
    origin: str
    errors: list[str]

    def stored(self) -> str:
        """All that this browser keeps of the site beyond a reload, as JSON."""
        return str(self.page.evaluate(_STORED))

    def open(self, path: str) -> "Screen":
        """Load a page of the client, as a visit to its address does."""
        self.page.goto(self.origin + path)
        return self

    def sign_in(self, account: str, password: str = PASSWORD) -> "Screen":
        """Sign in through the login page and wait for what the first page after it shows."""
        self.open("/login")
        self.page.get_by_label("账号", exact=True).fill(account)
        self.page.get_by_label("密码", exact=True).fill(password)
        self.press("登录")
        self.page.wait_for_url(re.compile("/chat"))
        self.settle()
        return self

    def press(self, name: str, *, exact: bool = True) -> None:
        """Press the one button with this name."""
        self.page.get_by_role("button", name=name, exact=exact).click()

    def go(self, name: str) -> None:
        """Follow the first link with this name."""
        self.page.get_by_role("link", name=name).first.click()

    def row(self, group: str) -> Locator:
        """A group's row in the list of conversations, by its short name."""
        return self.page.locator("a.cv", has_text=group)

    def message(self, text: str) -> Locator:
        """The message of the open timeline with this text."""
        return self.page.locator("article.m", has_text=text)

    def sent(self, text: str) -> Locator:
        """The message with this text once the server has it: one that waits looks alike and has no menu."""
        return self.page.locator("article.m[data-item]", has_text=text)

    def open_menu(self, text: str) -> Locator:
        """Open what can be done with the first message with this text."""
        return self.menu_of(self.message(text).first)

    def menu_of(self, said: Locator) -> Locator:
        """Open what can be done with one message.

        Its button stands there while the pointer is over the message, and talk that loads may move that away.
        """
        more, menu = said.get_by_role("button", name="更多"), self.page.get_by_role("menu")
        for patience in (1_000, 2_000, 4_000, 8_000):
            with contextlib.suppress(TookTooLong):
                said.hover(timeout=patience)
                more.click(timeout=patience)
            # A press that took too long may have opened it, which then covers the message.
            with contextlib.suppress(TookTooLong):
                menu.wait_for(timeout=patience)
                return menu
        raise AssertionError(f"{said} shows no menu")

    def menu(self, text: str, act: str) -> None:
        """Choose an act from the menu of the message with this text."""
        choose(self.open_menu(text), act)

    def write(self, text: str) -> None:
        """Write into the composer without sending."""
        self.page.get_by_role("textbox", name="消息").fill(text)

    def send(self, text: str) -> None:
        """Write a message and press Enter."""
        self.write(text)
        self.page.keyboard.press("Enter")

    def uploaded(self, files: int = 1) -> None:
        """Wait until so many of the composer's files may be sent.

        To read a picture takes seconds, and many of them where other tests compute.
        """
        ready = self.page.locator(".cp .tray").get_by_text("已上传")
        expect(ready).to_have_count(files, timeout=60_000)

    def settle(self) -> None:
        """Wait until nothing is loading and no picture moves."""
        expect(self.page.locator("main:visible, aside:visible").first).to_be_visible()
        expect(self.page.locator(".lines:visible")).to_have_count(0)

    def check_access(self, where: str) -> None:
        """Fail when axe finds a serious or critical violation, or the page is wider than the screen."""
        self.settle()
        found = violations(self.page)
        assert not found, f"{where}: " + "\n".join(found)
        self.check_width(where)

    def check_width(self, where: str) -> None:
        """Fail when the page is wider than the screen."""
        extra = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert extra <= 0, f"{where} is {extra} pixels wider than the screen"

    def get(self, path: str) -> Any:
        """What the server answers this person."""
        return self.page.request.get(f"{self.origin}/api{path}").json()

    def post(self, path: str, body: object) -> APIResponse:
        """Ask the server to do something, as the client would."""
        url, origin = f"{self.origin}/api{path}", {"Origin": self.origin}
        return self.page.request.post(url, headers=origin, data=body)


def violations(page: Page) -> list[str]:
    """Axe's serious and critical findings on a page, one line for each node."""
    if not page.evaluate("'axe' in window"):
        # As a script of the developer tools: the page's own policy lets nothing be injected.
        page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    report = page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]} {json.dumps(node['any'][0]['message'] if node['any'] else '')}"
        for one in report["violations"]
        if one["impact"] in _GRAVE
        for node in one["nodes"]
    ]


@dataclass(frozen=True, slots=True)
class Screens:
    """Opens browsers onto one server; `none_failed` says that nothing went wrong in any of them."""

    browser: Browser
    place: Place
    opened: list[Screen]

    def new(
        self,
        *,
        size: tuple[int, int] = DESK,
        scheme: Any = "light",
        motion: Any = "reduce",
        worker: bool = False,
    ) -> Screen:
        """A browser without any history. With `worker` the page may keep itself, as it does for people."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            color_scheme=scheme,
            reduced_motion=motion,
            has_touch=size == PHONE,
            is_mobile=size == PHONE,
            service_workers="allow" if worker else "block",
        )
        context.set_default_timeout(_WAIT_MS)
        page = context.new_page()
        screen = Screen(page, self.place.origin, [])
        page.on("pageerror", lambda error: screen.errors.append(str(error)))
        page.on("console", lambda said: _note(screen, said.type, said.text))
        self.opened.append(screen)
        return screen

    def signed_in(self, account: str, **how: Any) -> Screen:
        """The browser of somebody who signed in earlier, on the conversations."""
        screen = self.new(**how)
        answer = screen.post("/session", {"account": account, "password": PASSWORD})
        assert answer.ok, answer.text()
        screen.open("/chat")
        return screen

    def close(self) -> None:
        """Close all; fail when a script broke or the content policy stopped something in one of them."""
        failed = [error for screen in self.opened for error in screen.errors]
        for screen in self.opened:
            screen.page.context.close()
        self.opened.clear()
        assert not failed, failed


def _note(screen: Screen, kind: str, text: str) -> None:
    # A refused request and a lost server are part of the journeys; a broken script or policy is not.
    if (
        kind == "error"
        and "Failed to load resource" not in text
        and "WebSocket connection" not in text
    ):
        screen.errors.append(text)


@contextlib.contextmanager
def screens(browser: Browser, place: Place) -> Iterator[Screens]:
    """Browsers that are closed and judged at the end of the block."""
    made = Screens(browser, place, [])
    yield made
    made.close()
