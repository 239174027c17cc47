"""Made-up requests to a served demonstration: refusals have one shape, nothing breaks, and the ledger still verifies."""

from pathlib import Path

import pytest

from guiju.settings import read_settings
from guiju.verification import verify_organisation
from tests.support.fuzz import Fuzz, make_demo
from tests.support.server import Place

SEED = 20261122
EXAMPLES = 3
SECONDS = 25.0


@pytest.mark.timeout(180)
def test_made_up_requests_break_nothing(tmp_path: Path) -> None:
    place = Place(tmp_path, None)
    accounts = make_demo(place)
    with place.serving() as serving:
        report = Fuzz(place, accounts).run(EXAMPLES, SECONDS, SEED)
        assert serving.process.poll() is None
    print(report.summary())
    assert report.problems == []
    assert len(report.operations) >= 60
    assert report.statuses[200] > 200
    log = place.log.read_text(encoding="utf-8")
    assert "Traceback" not in log
    verdict = verify_organisation(read_settings(place.environment), replay=True)
    assert verdict.ok, verdict
