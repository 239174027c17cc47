"""Statements compiled once in a process: a world lives for one test, and its engines would compile them all again."""

from typing import Any

from sqlalchemy import Engine, create_engine

from guiju.kernel import db

_first: dict[str, Engine] = {}


def share_compiled() -> None:
    """From now on engines of this process that open the same kind of database share what they have compiled."""
    db.create_engine = _create_sharing  # type: ignore[assignment, attr-defined]  # it takes what is used here


def _create_sharing(url: str, **how: Any) -> Engine:
    made = create_engine(url, **how)
    kind = f"{made.dialect.name} {how.get('connect_args', {}).get('options')}"
    first = _first.setdefault(kind, made)
    # A dialect knows its server only once it has been connected.
    if first is not made and first.dialect.default_schema_name is not None:
        made.dialect.initialize = _known  # type: ignore[method-assign]  # nobody uses this dialect
        made.dialect, made._compiled_cache = first.dialect, first._compiled_cache
    elif first.dialect.default_schema_name is None:
        _first[kind] = made
    return made


def _known(connection: object) -> None:
    """What a dialect asks its server at its first connection: half a dozen questions, for each engine of each world."""
