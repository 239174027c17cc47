"""A message with nothing beside its text is none of the other stores' business, so that these are not asked."""

from typing import Any

from guiju.modules.messaging import _store
from guiju.modules.messaging.types import MessageSent
from tests.support.office import Office


class Untouched:
    """A transaction in which nothing may be written or read."""

    def many(self, statement: object, rows: list[Any]) -> None:
        assert not rows, f"{statement} keeps something of a plain message"

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} is used for a plain message")


def test_no_store_keeps_anything_of_a_plain_message(office: Office) -> None:
    group = office.group()
    office.world.send(office.member, group, "下午三点开会")
    (entry,) = [each for each in office.world.entries() if isinstance(each.fact, MessageSent)]
    assert _store._is_plain(entry)
    for store in _store._STORES:
        store.apply(Untouched(), [entry])
