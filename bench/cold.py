"""The chat opened on a cheap phone: Chromium at 390 px, 1.6 Mbit/s with 150 ms, CPU ÷ 4, nothing kept from before.

A figure is the time from the beginning of the navigation to the first frame in which one can read: the list of
conversations, or the messages of the group that was asked for. `cold.again` opens it a second time in the same browser,
with what the first visit kept.
"""

import http.client
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.process import BenchError, free_port, running, wait_for_port
from bench.report import Row, short

NAME: Final = "cold"
HOST: Final = "127.0.0.1"
_LOGIN, _PASSWORD = "wanghaitao", "guiju-demo-2026"
_BYTES_PER_S: Final = 1_600_000 / 8
_LATENCY_MS: Final = 150
_SLOWER: Final = 4
_START_SECONDS: Final = 60.0
_SETTLE_MS: Final = 12_000
_WAIT_MS: Final = 30_000
# Two frames after it is there it has been painted.
_WATCH: Final = """
new Promise((resolve) => {
  const look = () => {
    if (!document.querySelector(SELECTOR)) return void requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
  };
  look();
})
"""
_LIST: Final = "a.cv"
_CHAT: Final = "[role=log] article"


def rows(runs: int, folder: Path) -> list[Row]:
    """The figures, each the median of `runs`. Raises BenchError."""
    port = free_port()
    environment = {
        "GUIJU_DATA": str(folder / "cold"),
        "GUIJU_LISTEN": f"{HOST}:{port}",
        "GUIJU_PUBLIC_URL": f"http://{HOST}:{port}",
    }
    guiju, log = str(Path(sys.executable).parent / "guiju"), folder / "cold.log"
    made = subprocess.run(
        [guiju, "init", "--demo"],
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )
    if made.returncode:
        raise BenchError(made.stderr.decode()[-2000:])
    with running((guiju, "serve"), log, environment) as process:
        wait_for_port(process, port, log, _START_SECONDS)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
            try:
                return _measured(browser, port, runs)
            finally:
                browser.close()


def _chromium() -> str:
    for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser"):
        if Path(path).exists():
            return path
    raise BenchError("Chromium is not installed; tests/system_packages.sh says what is needed")


def _measured(browser: Browser, port: int, runs: int) -> list[Row]:
    token, group = _sign_in(port)
    origin = f"http://{HOST}:{port}"
    found: dict[str, list[float]] = {}
    for run in range(runs + 1):
        figures = _visits(browser, origin, token, group)
        print(f"  run {run} " + ", ".join(f"{k} {v:,.0f}" for k, v in figures.items()), flush=True)
        # The first one warms the server up.
        for name, figure in figures.items() if run else ():
            found.setdefault(name, []).append(figure)
    params: dict[str, int | float | str] = {
        "kbit_per_s": 1600,
        "latency_ms": _LATENCY_MS,
        "cpu_slower": _SLOWER,
        "width": 390,
    }
    return [_row(name, values, params) for name, values in found.items()]


def _row(name: str, values: list[float], params: dict[str, int | float | str]) -> Row:
    ordered = sorted(values)
    median = short(ordered[len(ordered) // 2])
    low, high = short(ordered[0]), short(ordered[-1])
    unit = "KiB" if name.endswith("bytes") else "ms"
    return Row(name, "sqlite", params, unit, len(values), median, low, high, None, None)


def _visits(browser: Browser, origin: str, token: str, group: str) -> dict[str, float]:
    """One visit of each kind; each begins with an empty browser but the last one."""
    figures: dict[str, float] = {}
    with _phone(browser, origin, token) as context:
        page = _throttled(context)
        figures["cold"] = _open(page, f"{origin}/chat", _LIST)
        figures["cold.first_paint"] = _first_paint(page)
        figures["cold.bytes"] = _bytes(page) / 1024
    with _phone(browser, origin, token) as context:
        page = _throttled(context)
        figures["cold.chat"] = _open(page, f"{origin}/chat/{group}", _CHAT)
        page.wait_for_timeout(_SETTLE_MS)  # the worker has fetched the page, and the chats are kept
        figures["cold.again"] = _open(_throttled(context), f"{origin}/chat/{group}", _CHAT)
    return figures


def _phone(browser: Browser, origin: str, token: str) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
    )
    context.add_cookies([{"name": "guiju", "value": token, "url": origin}])
    return context


def _throttled(context: BrowserContext) -> Page:
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    line = {
        "offline": False,
        "latency": _LATENCY_MS,
        "downloadThroughput": _BYTES_PER_S,
        "uploadThroughput": _BYTES_PER_S / 2,
    }
    devtools.send("Network.emulateNetworkConditions", line)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    return page


def _open(page: Page, address: str, selector: str) -> float:
    """Milliseconds until what `selector` names was painted."""
    page.goto(address, wait_until="commit", timeout=_WAIT_MS)
    return float(page.evaluate(_WATCH.replace("SELECTOR", json.dumps(selector))))


def _first_paint(page: Page) -> float:
    entry = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
    return float(page.evaluate(entry))


def _bytes(page: Page) -> float:
    sizes = "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
    return float(page.evaluate(f"{sizes}.reduce((sum, one) => sum + one.transferSize, 0)"))


def _sign_in(port: int) -> tuple[str, str]:
    """(the token of a session, the group with the newest message)."""
    origin = f"http://{HOST}:{port}"
    answer = _ask(port, "POST", "/api/session", {"Origin": origin}, {"account": _LOGIN, "password": _PASSWORD})  # fmt: skip
    token = answer[1].partition("=")[2].partition(";")[0]
    said, _ = _ask(port, "GET", "/api/conversations", {"Cookie": f"guiju={token}"}, None)
    return token, str(said["conversations"][0]["group"]["id"])


def _ask(
    port: int, method: str, path: str, headers: dict[str, str], body: object
) -> tuple[Any, str]:
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    sent = None if body is None else json.dumps(body)
    connection.request(method, path, sent, {**headers, "Content-Type": "application/json"})
    response = connection.getresponse()
    said = response.read()
    if response.status >= 400:
        raise BenchError(f"{method} {path} answered {response.status}: {said[:200]!r}")
    cookie = response.headers.get("set-cookie", "")
    connection.close()
    return (json.loads(said) if said else None), cookie
