"""What the journeys share."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it has no types

from tests.support.browser import Screens, chromium, screens
from tests.support.site import Site, built_demo, demo_site

# Begun last, it would keep the other workers waiting for minutes.
_LONGEST: Final = "test_instep.py"


class _ByFile(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Whole files to a worker, for what a file sets up is made once; of the longest each test by itself."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.split("::", 1)[0]
        return nodeid if path.endswith(_LONGEST) else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """How the tests of this folder are shared out."""
    return _ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hand the files out with the longest first: in this order workers take them, each as a whole."""
    files = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path.name != _LONGEST, -files[item.path]))


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
