"""The organisations of `bench.history` as servers: made once for each database, kept in a folder, and let grow."""

import contextlib
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec

from bench.history import LARGE, SMALL, STALE, Wanted, mark
from bench.postgres import Cluster, Place, prepare, started
from bench.process import free_port
from bench.scenarios import SEATS
from bench.servers import Server, environment_of, run, served
from bench.world import Made

__all__ = ["LARGE", "SMALL", "histories"]
_SECONDS: Final = 900.0


@contextlib.contextmanager
def histories(
    name: str, kept: Path, *, is_postgresql: bool
) -> Iterator[tuple[list[Server], list[int]]]:
    """The small and the large organisation, as products named after the pair, and the processes of their database.

    They lie in `kept` afterwards. Raises `BenchError`.
    """
    home = kept / f"history-{mark()}-{'postgresql' if is_postgresql else 'sqlite'}"
    home.mkdir(mode=0o755, parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(started(_cluster(home))) if is_postgresql else None
        small = _made(name, home, "small", place, SMALL)
        large = _made(name, home, "large", place, LARGE)
        yield [small, large], [place.process] if place else []


def _cluster(home: Path) -> Place:
    """The cluster that is kept, on a port that is free now."""
    note = home / "cluster.json"
    if note.exists():
        stored = msgspec.json.decode(
            note.read_bytes(), type=Place, dec_hook=lambda kind, value: kind(value)
        )
        return replace(stored, port=free_port())
    shutil.rmtree(home / "cluster", ignore_errors=True)
    made = prepare(home / "cluster")
    note.touch(mode=0o600)
    note.write_bytes(msgspec.json.encode(made, enc_hook=str))
    return made


def _made(name: str, home: Path, size: str, place: Cluster | None, entries: int) -> Server:
    """One of the two, made or let grow; the large one begins with what the small one has."""
    folder, database = home / size, f"history_{size}"
    wanted = msgspec.json.encode(Wanted(entries, SEATS))
    for _ in range(2):
        if not (folder / "whole").exists():
            _begin(home, folder, place, database)
        environment = environment_of(folder, place.dsn(database) if place else None)
        print(f"  {folder}: {entries:,} entries …", flush=True)
        said = run(
            (sys.executable, "-m", "bench.history"), environment, wanted, _SECONDS, stale=STALE
        )
        if said:
            (folder / "whole").touch()
            made = msgspec.json.decode(said, type=Made)
            return served(f"{name}.{size}", folder, environment, made)
        (folder / "whole").unlink()
    raise AssertionError("what was just made has not grown")


def _begin(home: Path, folder: Path, place: Cluster | None, database: str) -> None:
    """An empty place, or a copy of the small organisation."""
    shutil.rmtree(folder, ignore_errors=True)
    before = home / "small"
    copies = folder != before
    if copies:
        shutil.copytree(before, folder)
        (folder / "whole").unlink()
    else:
        folder.mkdir()
    if place is not None:
        place.replace(database, f"history_{before.name}" if copies else None)
