"""Long runs of what `make test` does for a moment: `make campaign NAME=kill`, `make campaign NAME=fuzz`.

The report goes to `tests/out/campaign-NAME.json`; the last line says whether anything was found.
"""

import argparse
import asyncio
import contextlib
import json
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from bench.machine import commit, machine
from bench.postgres import cluster
from guiju.settings import read_settings
from guiju.verification import verify_organisation
from tests.support.fuzz import Fuzz, make_demo
from tests.support.kill_operations import OPERATIONS, make_beside
from tests.support.kills import LATER, kill_again_and_again, make_load, make_place
from tests.support.postgres import fresh_database
from tests.support.server import Place

ROOT: Final = Path(__file__).parents[2]
OUT: Final = ROOT / "tests" / "out"
KILLS: Final = 1000
READY_SECONDS: Final = 5.0
EXAMPLES: Final = 5
FUZZ_SECONDS: Final = 1800.0
Json = dict[str, Any]


def kill(folder: Path, url: str | None, seed: int) -> Json:
    """Kill a server under load and all other operations GUIJU_KILLS times (1,000)."""
    kills = int(os.environ.get("GUIJU_KILLS") or KILLS)
    ready_within = float(os.environ.get("GUIJU_READY_SECONDS") or READY_SECONDS)
    place, accounts = make_place(folder, url)
    beside = make_beside(place, accounts, [kind.name for kind in OPERATIONS])
    with place.serving():
        load = make_load(place, accounts, seed, beside)
    report = asyncio.run(kill_again_and_again(place, load, kills, seed, LATER))
    return report.summary() | {"problems": report.judge(place.log, ready_within)[:20]}


def fuzz(folder: Path, url: str | None, seed: int) -> Json:
    """Make up requests by everybody for each operation for GUIJU_SECONDS (1,800), then verify the ledger."""
    seconds = float(os.environ.get("GUIJU_SECONDS") or FUZZ_SECONDS)
    place = Place(folder, url)
    accounts = make_demo(place)
    with place.serving() as serving:
        begun, everybody = time.monotonic(), Fuzz(place, accounts)
        report = everybody.report
        while (left := begun + seconds - time.monotonic()) > 0 and not report.problems:
            seed += 1
            everybody.run(EXAMPLES, left, seed)
        if serving.process.poll() is not None:
            report.problems.append(f"the server ended with {serving.process.returncode}")
    if "Traceback" in place.log.read_text(encoding="utf-8"):
        report.problems.append("the server's log has a traceback")
    verdict = verify_organisation(read_settings(place.environment), replay=True)
    if not verdict.ok:
        report.problems.append(f"the ledger does not verify: {verdict.first_bad}")
    return report.summary()


CAMPAIGNS: Final[dict[str, Callable[[Path, str | None, int], Json]]] = {"kill": kill, "fuzz": fuzz}


@contextlib.contextmanager
def databases(folder: Path) -> Iterator[dict[str, str | None]]:
    """An empty place for each database: None for SQLite, the URL for PostgreSQL."""
    with (
        cluster(folder / "cluster") as started,
        fresh_database(started.dsn("postgres"), f"guiju_{secrets.token_hex(6)}") as url,
    ):
        yield {"sqlite": None, "postgresql": url}


def main() -> int:
    """Run one campaign on both databases; 0 when it found nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=CAMPAIGNS)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="run on one only")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31))
    options = parser.parse_args()
    os.environ["PYTHONDONTWRITEBYTECODE"] = ""
    folder = Path(tempfile.mkdtemp(prefix="guiju-campaign-"))
    folder.chmod(0o755)
    results: Json = {}
    with databases(folder) as places:
        for database, url in places.items():
            if options.database in (None, database):
                home = folder / database
                home.mkdir()
                begun = time.monotonic()
                result = CAMPAIGNS[options.name](home, url, options.seed)
                results[database] = {"seconds": round(time.monotonic() - begun, 1), **result}
                print(database, json.dumps(results[database], ensure_ascii=False), flush=True)
    found = any(result["problems"] for result in results.values())
    where = {"commit": commit(ROOT), "machine": machine(folder), "seed": options.seed}
    OUT.mkdir(parents=True, exist_ok=True)
    report = OUT / f"campaign-{options.name}.json"
    report.write_text(
        json.dumps(
            {"name": options.name, **where, "databases": results}, indent=2, ensure_ascii=False
        )
    )
    if found:
        print(f"problems were found; everything is in {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{options.name}: {'FAILED' if found else 'nothing found'}, {report.relative_to(ROOT)}")
    return int(found)


if __name__ == "__main__":
    sys.exit(main())
