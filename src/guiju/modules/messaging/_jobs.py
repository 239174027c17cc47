"""The deadline of held messages, the end of pre-reviews, calls that are repeated, and uploads that nobody sent."""

from typing import Any

from guiju.kernel.actor import system
from guiju.kernel.jobs import on_job
from guiju.kernel.lane import WriteTx
from guiju.modules.messaging import attaching, prereview, review, urging, waiting_files


@on_job("messaging.review")
def review_is_late(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
    review.record_late(tx, system("review"), int(key))


@on_job(prereview.CONTROL)
def prereview_ends(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
    prereview.end(tx, system("review"), int(key))


@on_job(urging.JOB)
def urgent_is_repeated(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
    urging.repeat(tx, system("urgent"), int(key))


@on_job(attaching.JOB)
def upload_expires(tx: WriteTx, key: str, payload: dict[str, Any]) -> None:
    if not waiting_files.is_kept(tx, key):  # since this timer was claimed
        attaching.expire_upload(tx, key)
