"""A running server whose processes for reading files go on from test to test."""

from collections.abc import Iterator

import pytest
from typing_extensions import override

from guiju.kernel.lane import answer_inline
from guiju.modules.inspection.extraction.reading import Extractor
from tests.support.inside import Inside, served
from tests.support.office import Office


class _Kept(Extractor):
    """Goes on from test to test: to start its processes takes longer than most tests here."""

    @override
    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    made = _Kept()
    yield made
    Extractor.close(made)


@pytest.fixture
def inside(
    office: Office, extractor: Extractor, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Inside]:
    runtime = office.world.runtime
    monkeypatch.setattr("guiju.app.Extractor", lambda: extractor)
    with served(office.world) as running:
        yield running
    runtime.lane.deliver = answer_inline
    runtime.lane.start()  # the check after the test writes once more
