"""Files of messages that wait for their time: inspected, kept past any timer, and asked again when they go."""

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import text

from guiju.kernel import jobs
from guiju.kernel.actor import Actor
from guiju.kernel.blobs import BlobsUnavailableError
from guiju.kernel.clock import DAY, HOUR, MINUTE
from guiju.kernel.db import DatabaseUnavailableError
from guiju.kernel.errors import GuijuError
from guiju.kernel.lane import WriteTx
from guiju.ledger.vault import FileLostError
from guiju.modules.groups import roster
from guiju.modules.identity import service as identity
from guiju.modules.messaging import _file_store, attaching, waiting_files
from guiju.modules.messaging.composing import Body
from guiju.modules.messaging.file_types import (
    FileNotReadyError,
    UploadNotFoundError,
    UploadState,
)
from guiju.modules.messaging.scheduling import Schedule
from guiju.modules.messaging.types import BadMessageError, MessageState
from guiju.modules.messaging.unsent_types import Scheduled, TooManyScheduledError, Waiting
from guiju.modules.messaging.uploading import Uploads
from tests.support.inside import Inside, served_world
from tests.support.office import Office
from tests.support.uploading import attached, close_uploads, door_of, uploads_of
from tests.support.waiting import wait_until

PLAN = "三号厂房下季度搬迁".encode()
RULED = "这是核心配方".encode()
HOLD = "with: {dictionaries: [business_secret], disposition: hold}"


class Desk:
    """A schedule with its uploads, without a server."""

    def __init__(self, office: Office, uploads: Uploads) -> None:
        self.office, self.world, self.uploads = office, office.world, uploads
        self.group = office.group()
        runtime = office.world.runtime
        self.schedule = Schedule(
            door_of(office.world), runtime.notes, runtime.inspector, runtime.clock, lambda *_: None, uploads,
        )  # fmt: skip

    def file(self, data: bytes = PLAN, name: str = "a.txt", who: Actor | None = None) -> str:
        (made,) = attached(self.uploads, who or self.office.member, self.group, name, data)
        return made.stored.id

    def add(self, *files: str, cmid: str = "s1", **extra: Any) -> Scheduled:
        at = extra.pop("at", self.world.clock.now() + 30 * DAY)
        group = extra.pop("group", self.group)
        who = extra.pop("who", self.office.member)
        words = extra.pop("words", "")
        return self.schedule.add(who, group, cmid, Body(words, files=files, **extra), at)

    def later(self, milliseconds: int) -> None:
        """The timers of uploads and of messages run, and what is dropped is destroyed."""
        self.world.later(milliseconds)
        self.schedule.run_due()
        self.uploads.sweep()

    def state(self, file: str) -> UploadState | None:
        found = self.world.read(lambda tx: _file_store.find_upload(tx, file))
        return found.state if found is not None else None

    def is_destroyed(self, file: str, digest: str) -> bool:
        self.uploads.sweep()
        try:
            return b"".join(self.uploads.vault.read(file, digest, len(PLAN))) == b""
        except FileLostError:
            return True

    def list(self) -> list[tuple[Waiting, str | None, tuple[str, ...]]]:
        found = self.schedule.all_of(self.office.member)
        return [(row.state, row.code, body.files) for row, body in found]


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    uploads = uploads_of(office.world)
    yield Desk(office, uploads)
    close_uploads(uploads)


def test_it_waits_past_the_expiry_of_uploads_and_goes_with_its_message(desk: Desk) -> None:
    file = desk.file()
    desk.add(file, words="见附件")
    desk.later(30 * DAY - MINUTE)
    assert desk.state(file) is UploadState.READY and desk.list() == [
        (Waiting.WAITING, None, (file,))
    ]
    assert {key: note.name for key, (_, note) in desk.schedule.shown([file]).items()} == {
        file: "a.txt"
    }
    desk.later(MINUTE)
    (entry,) = desk.world.entries("messaging.sent")
    assert entry.fact.text == "见附件" and [each.id for each in entry.fact.files] == [file]
    assert desk.state(file) is None and desk.list() == []
    desk.later(3 * DAY)
    stored = entry.fact.files[0]
    assert b"".join(desk.uploads.vault.read(file, stored.digest, stored.size)) == PLAN


def test_a_plain_upload_is_dropped_meanwhile(desk: Desk) -> None:
    held, left = desk.file(), desk.file()
    desk.add(held)
    desk.later(attaching.KEPT)
    assert (desk.state(held), desk.state(left)) == (UploadState.READY, None)


@pytest.mark.parametrize("way", ["cancelled", "changed", "forgotten", "closed"])
def test_what_nobody_will_send_is_destroyed(desk: Desk, way: str) -> None:
    office, file = desk.office, desk.file()
    found = desk.world.read(lambda tx: _file_store.find_upload(tx, file))
    assert found is not None and found.digest is not None
    desk.add(file, words="见附件")
    match way:
        case "cancelled":
            desk.schedule.cancel(office.member, "s1")
        case "changed":
            desk.add(words="没有附件了")
        case "forgotten":
            office.world.write(
                lambda tx: roster.remove(
                    tx, office.owner, desk.group, office.member.person_id, reason="x"
                )
            )
            desk.later(30 * DAY)
            assert desk.list() == [(Waiting.FAILED, "groups.not_found", (file,))]
            assert desk.state(file) is UploadState.READY, "its author may still send it elsewhere"
            desk.later(30 * DAY)
        case _:
            admin = office.world.person("系统", "security_admin")
            account = office.world.read(
                lambda tx: identity.find_account_of(tx, office.member.person_id)
            )
            assert account is not None
            office.world.write(lambda tx: identity.close(tx, admin, account.id, reason="离职"))
    desk.uploads.sweep()
    assert desk.state(file) is None and desk.is_destroyed(file, found.digest)
    assert desk.world.entries("messaging.sent") == []


def test_the_rules_of_the_time_of_sending_decide_on_the_file(desk: Desk) -> None:
    """The verdict of the day when it was uploaded is none of the day when it goes."""
    desk.world.adopt(lambda text: text.replace(HOLD, HOLD.replace("hold", "alert")))
    file = desk.file(RULED)
    desk.add(file, words="见附件")
    desk.world.adopt(lambda text: text)
    desk.later(30 * DAY)
    assert desk.world.entries("messaging.sent") == []
    (entry,) = desk.world.entries("messaging.held")
    assert [each.id for each in entry.fact.files] == [file] and entry.fact.found


def test_rules_that_changed_without_touching_it_let_it_go(desk: Desk) -> None:
    file = desk.file()
    desk.add(file, words="见附件")
    desk.world.adopt(lambda text: text.replace(HOLD, HOLD.replace("hold", "block")))
    desk.later(30 * DAY)
    (entry,) = desk.world.entries("messaging.sent")
    assert [each.id for each in entry.fact.files] == [file]


def test_a_file_that_waited_is_held_like_any_other(desk: Desk) -> None:
    file = desk.file(RULED)
    desk.add(file)
    assert desk.schedule.send_now(desk.office.member, "s1", None).state is MessageState.HELD
    (held,) = desk.world.entries("messaging.held")
    assert held.fact.found and desk.list() == []


def test_it_goes_now_also_after_the_rules_have_changed(desk: Desk) -> None:
    file = desk.file()
    desk.add(file)
    desk.world.adopt(lambda text: text.replace(HOLD, HOLD.replace("hold", "block")))
    receipt = desk.schedule.send_now(desk.office.member, "s1", None)
    assert receipt.state is MessageState.DELIVERED
    assert desk.schedule.send_now(desk.office.member, "s1", None).position == receipt.position


def test_a_change_keeps_some_and_takes_others(desk: Desk) -> None:
    first, second, third = (desk.file() for _ in range(3))
    desk.add(first, second)
    desk.add(second, third, words="改")
    assert [desk.state(each) for each in (first, second, third)] == [
        UploadState.DROPPED, UploadState.READY, UploadState.READY,
    ]  # fmt: skip
    assert desk.list() == [(Waiting.WAITING, None, (second, third))]


def test_it_is_taken_by_no_other_message_and_dropped_by_nobody(desk: Desk) -> None:
    file = desk.file()
    desk.add(file)
    member = desk.office.member
    with pytest.raises(FileNotReadyError):
        desk.add(file, cmid="s2")
    with pytest.raises(UploadNotFoundError):
        desk.uploads.drop(member, file)
    other = desk.uploads.attached(member, "now", (file,))
    with pytest.raises(FileNotReadyError):
        desk.world.send(member, desk.group, "抢先", files=other)
    desk.later(30 * DAY)
    assert len(desk.world.entries("messaging.sent")) == 1


def test_only_ones_own_files_of_the_group_wait(desk: Desk) -> None:
    office, theirs = desk.office, desk.file(who=desk.office.owner)
    mine, other = desk.file(), office.group(name="澄远乙班工作群")
    for wrong in (
        {"files": (theirs,)},
        {"files": (mine,), "group": other},
        {"files": ("fil_none",)},
    ):
        files = wrong.pop("files")
        with pytest.raises(FileNotReadyError):
            desk.add(*files, **wrong)
    for bad in ("\x00", "x" * 65, "不行"):
        with pytest.raises(BadMessageError):
            desk.add(bad)
    with pytest.raises(BadMessageError):
        desk.add()
    assert desk.list() == []


def test_there_is_a_bound_and_other_files_may_still_be_sent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_files, "MOST", 2)
    monkeypatch.setattr(attaching, "MOST_UPLOADS", 2)
    first, second = desk.file(), desk.file()
    desk.add(first)
    desk.add(second, cmid="s2")
    third = desk.file()
    with pytest.raises(TooManyScheduledError):
        desk.add(third, cmid="s3")
    desk.add(first, words="改", at=desk.world.clock.now() + HOUR)
    fourth = desk.uploads.attached(desk.office.member, "now", (desk.file(),))
    assert (
        desk.world.send(desk.office.member, desk.group, "另发", files=fourth).state
        is MessageState.DELIVERED
    )


def test_a_file_that_was_lost_fails_its_message(desk: Desk) -> None:
    file = desk.file()
    desk.add(file)
    with desk.world.runtime.database.write() as connection:
        connection.execute(text("UPDATE messaging_upload SET result = NULL"))
    desk.later(30 * DAY)
    assert desk.list() == [(Waiting.FAILED, "messaging.file_not_ready", (file,))]


@pytest.mark.parametrize("outage", [DatabaseUnavailableError, BlobsUnavailableError])
@pytest.mark.parametrize("step", ["attached", "look_again"])
def test_an_outage_that_passes_fails_no_message_with_files(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, outage: type[GuijuError], step: str
) -> None:
    file = desk.file()
    desk.add(file, words="见附件")
    if step == "look_again":
        desk.world.adopt(lambda text: text.replace(HOLD, HOLD.replace("hold", "block")))

    def away(*_: object) -> None:
        raise outage("It cannot be reached; try again.")

    with monkeypatch.context() as patch:
        patch.setattr(desk.uploads, step, away)
        desk.later(30 * DAY)
    assert desk.list() == [(Waiting.WAITING, None, (file,))] and desk.state(file) is not None
    desk.later(MINUTE)
    (entry,) = desk.world.entries("messaging.sent")
    assert [each.id for each in entry.fact.files] == [file] and desk.list() == []


def test_a_timer_that_was_claimed_before_drops_nothing_that_waits(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the claim and its turn in the lane a message took the file along."""
    held, left = desk.file(), desk.file()
    claim = jobs._claim

    def claimed(tx: WriteTx, limit: int) -> Any:
        found = claim(tx, limit)
        assert {held, left} <= {key for _, key, *_ in found}
        waiting = Scheduled(
            desk.office.member.person_id, "s1", desk.group, tx.now + 30 * DAY, b"sealed"
        )
        waiting_files.keep(tx, waiting, (held,))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "_claim", claimed)
        desk.world.later(attaching.KEPT)
    assert (desk.state(held), desk.state(left)) == (UploadState.READY, UploadState.DROPPED)


@pytest.mark.parametrize("how", ["dropped", "altered"])
def test_what_shows_no_more_hides_no_other(desk: Desk, how: str) -> None:
    file, lost = desk.file(), desk.file(name="b.txt")
    desk.add(file, lost, words="见附件")
    if how == "dropped":
        desk.world.write(lambda tx: attaching.expire_upload(tx, lost))
        desk.uploads.vault.destroy(lost, len(PLAN))
    else:
        with desk.world.runtime.database.write() as connection:
            change = text("UPDATE messaging_upload SET result = :other WHERE id = :file")
            connection.execute(change, {"other": bytes(64), "file": lost})
    shown = desk.schedule.shown([file, lost])
    assert {key: (size, note.name) for key, (size, note) in shown.items()} == {
        file: (len(PLAN), "a.txt")
    }
    if how == "dropped":
        desk.uploads.sweep()


def test_a_file_that_was_dropped_is_not_shown_while_its_key_still_stands(desk: Desk) -> None:
    file = desk.file()
    desk.add(file, words="见附件")
    desk.world.write(lambda tx: attaching.expire_upload(tx, file))
    assert desk.schedule.shown([file]) == {}


def test_looking_at_files_again_holds_up_no_other_timer(
    office: Office, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(office, inside.server.uploads)
    held = desk.file()
    desk.add(held, words="见附件")
    desk.world.adopt(lambda text: text.replace(HOLD, HOLD.replace("hold", "block")))
    begun, go, look_again = threading.Event(), threading.Event(), desk.uploads.look_again

    def slow(actor: Actor, files: Sequence[str]) -> None:
        begun.set()
        assert go.wait(60)
        look_again(actor, files)

    monkeypatch.setattr(desk.uploads, "look_again", slow)
    try:
        desk.world.clock.advance(30 * DAY)
        assert begun.wait(20)
        left = desk.file()
        desk.world.clock.advance(attaching.KEPT)
        wait_until(lambda: desk.state(left) is None)
        assert desk.state(held) is UploadState.READY and not go.is_set()
    finally:
        go.set()
    wait_until(lambda: desk.world.entries("messaging.sent"))


def test_no_timer_outlives_its_server(database_url: str | None) -> None:
    def timers() -> set[str]:
        return {each.name for each in threading.enumerate()} & {"jobs", "schedule"}

    with served_world(database_url):
        assert timers() == {"jobs", "schedule"}
    assert timers() == set()
