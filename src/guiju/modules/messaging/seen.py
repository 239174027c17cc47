"""Telling a group how far its members have read, as it happens. No fact: what is missed is read again with the group."""

import asyncio
from collections import defaultdict

import msgspec

from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.live import Hub
from guiju.kernel.wire import text_frame

_encode = msgspec.json.Encoder().encode
PAUSE_SECONDS = 1.0
"""What is read meanwhile leaves as one frame: thirty people who open a chat at once are not thirty times thirty frames."""


class Seen:
    """Collects read marks of groups and tells their members once a second. Lives on the event loop."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._waiting: dict[GroupId, dict[PersonId, int]] = defaultdict(dict)

    def tell(self, group: GroupId, person: PersonId, position: int) -> None:
        """Have the others of the group know that `person` has read up to `position`."""
        waiting = self._waiting[group]
        if not waiting:
            asyncio.get_running_loop().call_later(PAUSE_SECONDS, self._flush, group)
        waiting[person] = max(position, waiting.get(person, position))

    def _flush(self, group: GroupId) -> None:
        reads = self._waiting.pop(group)
        wire = text_frame(_encode({"type": "seen", "group": group, "reads": reads}))
        for connection in self._hub.of_group(group):
            connection.push(wire)
