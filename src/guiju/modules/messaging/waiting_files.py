"""Files of messages that wait for their time: no timer drops them, and nothing else takes them.

They go with their message when it is sent; when it is cancelled, changed to go without them, or forgotten, they are destroyed.
"""

from collections.abc import Sequence

from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging import _file_store, attaching
from guiju.modules.messaging.file_types import FileNotReadyError, UploadState
from guiju.modules.messaging.unsent_types import Scheduled, TooManyScheduledError

MOST = 50
"""They do not count among the uploads that wait to be sent, or nothing else could be sent for weeks."""


def keep(tx: WriteTx, wanted: Scheduled, files: Sequence[str]) -> None:
    """Have a message that waits take these files along, and no others. Raises FileNotReadyError or TooManyScheduledError."""
    found = _file_store.uploads(tx, files)
    for file in files:
        row = found.get(file)
        is_ready = row is not None and row.state is UploadState.READY
        is_own = row is not None and (row.person, row.group) == (wanted.person, wanted.group)
        if row is None or not is_ready or not is_own or row.waits_for not in (None, wanted.cmid):
            raise FileNotReadyError("A file is not ready to be sent.", file=file)
    number, size = _file_store.held_by_others(tx, wanted.person, wanted.cmid)
    size += sum(each.size for each in found.values())
    if files and (number + len(files) > MOST or size > attaching.MOST_WAITING):
        raise TooManyScheduledError("So many files cannot wait.", most=MOST)
    for file in _file_store.held(tx, wanted.person, wanted.cmid):
        if file not in files:
            attaching.expire_upload(tx, file)
    _file_store.hold(tx, files, wanted.cmid)
    for file in files:
        tx.cancel(attaching.JOB, file)


def is_kept(tx: ReadTx, file: str) -> bool:
    """Whether a message that waits takes it along."""
    found = _file_store.find_upload(tx, file)
    return found is not None and found.waits_for is not None


def let_go(tx: WriteTx, person: PersonId, cmid: str | None = None) -> None:
    """Destroy what a message would have taken along, or all messages of a person that wait."""
    for file in _file_store.held(tx, person, cmid):
        attaching.expire_upload(tx, file)
