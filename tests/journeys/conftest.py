"""What the journeys share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import Screens, chromium, screens
from tests.support.site import Site, built_demo, demo_site


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hand the files out with the longest first: in this order workers take them, each as a whole.

    How long journeys take shows in how much is written down of them.
    """
    sizes = {item.path: item.path.stat().st_size for item in items}
    items.sort(key=lambda item: -sizes[item.path])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for as long as a module's tests: its event loop must not be there for others."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration as it is built, once for all workers."""
    folder = tmp_path_factory.getbasetemp()
    return built_demo(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)


@pytest.fixture(scope="module")
def site(demo: Path) -> Iterator[Site]:
    """A demonstration for a module's tests."""
    with demo_site(demo) as made:
        yield made


@pytest.fixture
def people(browser: Browser, site: Site) -> Iterator[Screens]:
    """Somebody's screens on it, as many as a test opens."""
    with screens(browser, site.place) as made:
        yield made
