"""What the journeys share."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for as long as a module's tests: its event loop must not be there for others."""
    with chromium() as started:
        yield started
