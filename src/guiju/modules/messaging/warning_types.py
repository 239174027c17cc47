"""Why a message waits for its author's word."""

from collections.abc import Mapping
from dataclasses import dataclass

from guiju.kernel.errors import Safe
from guiju.modules.inspection.types import Finding
from guiju.modules.messaging.file_types import FileFinding

Limit = Mapping[str, Safe]
"""What a clause allows of how much one person writes."""


@dataclass(frozen=True, slots=True)
class Warned:
    """Why a message was not sent yet. Sent again with this `confirm`, it is delivered.

    `limit`: what a clause on how much one writes allows, where that is the reason.
    """

    ruleset: str
    findings: tuple[Finding, ...]
    confirm: str
    found: tuple[FileFinding, ...] = ()
    limit: Limit | None = None
