"""An upload as its owner sees it."""

from dataclasses import dataclass

from guiju.kernel.shapes import learn
from guiju.ledger.vault import PART
from guiju.modules.messaging.file_types import FileNote, Look, Upload, UploadState


@learn
@dataclass(frozen=True, slots=True)
class Result:
    """What stands sealed in the row of an upload that was inspected; `refused` is why it can never be sent."""

    note: FileNote
    look: Look | None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload has come."""

    upload: Upload
    received: frozenset[int]
    result: Result | None
    is_busy: bool

    @property
    def state(self) -> UploadState:
        return UploadState.INSPECTING if self.is_busy else self.upload.state

    @property
    def parts(self) -> int:
        return -(-self.upload.size // PART)

    @property
    def missing(self) -> list[int]:
        """The parts that have not come; none once the file was joined."""
        if self.upload.state is not UploadState.RECEIVING:
            return []
        return [index for index in range(self.parts) if index not in self.received]

    @property
    def bytes_in_order(self) -> int:
        """How many bytes have come without a gap."""
        first = self.missing[0] if self.missing else self.parts
        return min(first * PART, self.upload.size)
