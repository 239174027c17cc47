"""What the tests of files share."""

from collections.abc import Iterator

import pytest

from guiju.modules.inspection.extraction.reading import Extractor


@pytest.fixture(scope="session")
def extractor() -> Iterator[Extractor]:
    """Reads files without reading pictures."""
    with Extractor(images=False) as found:
        yield found
