"""Files that go along with a forward: copies of their own, looked at by the rules of the target."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from guiju.kernel.clock import HOUR
from guiju.kernel.ids import GroupId
from guiju.ledger.vault import PART
from guiju.modules.groups import roster
from guiju.modules.messaging import forwarding, recalling, review
from guiju.modules.messaging._file_store import open_uploads
from guiju.modules.messaging.attaching import MOST_UPLOADS
from guiju.modules.messaging.file_types import MOST_FILES
from guiju.modules.messaging.forward_types import Wanted
from tests.modules.messaging.test_files import SECRET, SaysInfected, code, stored
from tests.modules.messaging.test_files import allow as files_of
from tests.modules.messaging.test_forwarding import SALE, allow, other_group
from tests.modules.messaging.test_pacing import pace
from tests.modules.messaging.test_quieting import quiet
from tests.support.checks import verify_stored
from tests.support.inside import Inside
from tests.support.office import Office
from tests.support.uploading import Sender, picture, sender

PLAN = "三号线的检修从周一开始".encode()
Json = dict[str, Any]


@pytest.fixture
def source(office: Office) -> GroupId:
    return office.group()


@pytest.fixture
def target(office: Office) -> GroupId:
    return other_group(office)


@pytest.fixture
def member(office: Office, inside: Inside, source: GroupId) -> Sender:
    return sender(office.world, inside, office.member, source)


def forward(member: Sender, target: GroupId, *positions: int, **extra: Any) -> Any:
    body = {"cmid": "f1", "from": member.group, "positions": list(positions)} | extra
    return member.request("POST", f"/groups/{target}/forwards", body)


def arrived(member: Sender, target: GroupId, position: int) -> Json:
    items = member.request("GET", f"/groups/{target}/messages").json()["items"]
    found: Json = next(each["message"] for each in items if each["position"] == position)
    return found


def test_a_file_and_a_picture_arrive_with_their_message(
    office: Office, member: Sender, target: GroupId
) -> None:
    files = member.upload("检修.txt", PLAN), member.upload("现场.png", picture())
    sent = member.sent(*files, text="请看")
    (receipt,) = forward(member, target, sent, text="转给你们").json()["receipts"]
    assert receipt["state"] == "delivered"
    found = arrived(member, target, receipt["position"])
    assert found["text"] == "转给你们"
    assert found["forward"]["items"][0]["text"] == "请看\n[检修.txt]\n[现场.png]"
    assert [each["name"] for each in found["files"]] == ["检修.txt", "现场.png"]
    assert {each["id"] for each in found["files"]}.isdisjoint(files)
    there = replace(member, group=target)
    assert there.get(receipt["position"], found["files"][0]["id"]).content == PLAN
    assert there.get(receipt["position"], found["files"][1]["id"]).content == picture()
    again = forward(member, target, sent, text="转给你们").json()["receipts"]
    assert again == [receipt]
    assert verify_stored(office.world).ok


def test_the_copy_stays_when_the_original_goes_and_ends_with_its_own_message(
    office: Office, member: Sender, target: GroupId
) -> None:
    sent = member.sent(member.upload("检修.txt", PLAN))
    position = forward(member, target, sent).json()["receipts"][0]["position"]
    copy = arrived(member, target, position)["files"][0]["id"]
    office.world.write(lambda tx: recalling.recall(tx, office.member, member.group, sent))
    there = replace(member, group=target)
    assert there.get(position, copy).content == PLAN
    office.world.write(lambda tx: recalling.recall(tx, office.member, target, position))
    assert there.get(position, copy).status_code == 404


def test_only_readers_of_the_new_message_open_the_copy(
    office: Office, inside: Inside, member: Sender, target: GroupId
) -> None:
    sent = member.sent(member.upload("检修.txt", PLAN))
    position = forward(member, target, sent).json()["receipts"][0]["position"]
    copy = arrived(member, target, position)["files"][0]["id"]
    outsider = sender(office.world, inside, office.outsider, target)
    assert outsider.get(position, copy).status_code == 404
    # Nor does the right to read the original open the copy, or the other way round.
    assert member.get(position, copy).status_code == 404
    assert member.get(sent, copy).status_code == 404
    office.world.write(
        lambda tx: roster.remove(tx, office.owner, target, office.member.person_id, reason="调岗")
    )
    assert replace(member, group=target).get(position, copy).status_code == 404


def test_the_rules_of_the_target_look_at_the_copy(
    office: Office, member: Sender, target: GroupId
) -> None:
    sent = member.sent(member.upload("配方.txt", SECRET), state="held")
    office.world.write(
        lambda tx: review.release(tx, office.reviewer, sent, masked=False, reason="")
    )
    items = member.request("GET", f"/groups/{member.group}/messages").json()["items"]
    released = items[-1]["position"]
    (receipt,) = forward(member, target, released).json()["receipts"]
    assert receipt["state"] == "held"


def test_each_by_itself_takes_its_own_files(
    office: Office, member: Sender, target: GroupId
) -> None:
    first = member.sent(member.upload("一.txt", PLAN))
    second = member.sent(text="没有文件")
    third = member.sent(member.upload("三.txt", PLAN + b"!"))
    receipts = forward(member, target, first, second, third).json()["receipts"]
    found = [arrived(member, target, each["position"]) for each in receipts]
    names = [[one["name"] for one in each.get("files") or []] for each in found]
    assert names == [["一.txt"], [], ["三.txt"]]


def test_what_is_refused_leaves_nothing_behind(
    office: Office, inside: Inside, member: Sender, target: GroupId
) -> None:
    sent = member.sent(member.upload("检修.txt", PLAN))
    kept = len(stored(office))
    allow(office, "to: nowhere, down: false, outside: false")
    attempts = office.world.read(lambda tx: tx.position)
    refusal = forward(member, target, sent)
    assert code(refusal) == (403, "messaging.forward_not_allowed")
    assert refusal.json()["data"]["clause"]["id"] == "6.9"
    assert office.world.read(lambda tx: tx.position) > attempts, "the attempt is on record"
    outsider = sender(office.world, inside, office.outsider, member.group)
    assert forward(outsider, target, sent).status_code == 404
    inside.server.uploads.sweep()
    assert len(stored(office)) == kept


REFUSALS = {
    "flood": (429, "messaging.flood"),
    "pace": (429, "messaging.pace"),
    "quiet": (403, "messaging.quiet_hours"),
    "type": (403, "messaging.file_type_not_allowed"),
    "room": (429, "messaging.too_many_uploads"),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_what_the_gate_would_refuse_anyway_is_refused_before_anything_is_copied(
    office: Office, inside: Inside, target: GroupId, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    member = sender(office.world, inside, office.member, office.group())
    sent = member.sent(member.upload("检修.txt", PLAN), member.upload("现场.png", picture()))
    if why == "flood":
        for n in range(20):
            office.world.send(office.member, target, f"第{n}条")
    elif why == "pace":
        pace(office, "messages: 1, seconds: 60, action: refuse")
        office.world.send(office.member, target, "大家好")
    elif why == "quiet":
        quiet(office, "refuse")
        member = sender(office.world, inside, office.member, member.group)
    elif why == "type":
        files_of(office, types=["txt"])
    else:
        for n in range(MOST_UPLOADS - 1):
            replace(member, group=target).open(f"{n}.txt", PLAN)
    opened = list[str]()
    monkeypatch.setattr(inside.server.uploads, "open", lambda *_, **of: opened.append(of["name"]))
    before = office.world.read(lambda tx: tx.position)
    refusal = forward(member, target, sent)
    assert code(refusal) == REFUSALS[why]
    if why != "room":
        assert refusal.json()["data"]["clause"]["id"]
    assert opened == []
    on_record = [each.kind for each in office.world.entries()[before + 1 :]]
    assert on_record == (["policy.refused"] if why == "type" else [])


def test_a_copy_in_which_malware_is_found_is_refused_by_that_name(
    office: Office, inside: Inside, member: Sender, target: GroupId
) -> None:
    sent = member.sent(member.upload("检修.txt", PLAN))
    kept = len(stored(office))
    inside.server.uploads._scanner = SaysInfected()
    refusal = forward(member, target, sent)
    assert code(refusal) == (403, "messaging.malware_found")
    assert refusal.json()["data"]["clause"]["id"] == "6.7"
    assert len(office.world.entries("messaging.sent")) == 1
    inside.server.uploads.sweep()
    assert len(stored(office)) == kept


def test_more_files_than_a_message_takes_are_not_merged(
    office: Office, member: Sender, target: GroupId
) -> None:
    positions = []
    for start in (0, 5):
        files = [member.upload(f"{start + n}.txt", PLAN + bytes([48 + n])) for n in range(5)]
        positions.append(member.sent(*files))
    refusal = forward(member, target, *positions, merged=True)
    assert code(refusal) == (422, "messaging.forward_too_long")
    assert refusal.json()["data"]["most"] == MOST_FILES
    assert forward(member, target, *positions).status_code == 200


def test_more_files_than_may_wait_for_their_messages_are_not_forwarded_at_once(
    member: Sender, target: GroupId
) -> None:
    positions = []
    for start in (0, 7, 14):
        files = [member.upload(f"{start + n}.txt", PLAN + bytes([48 + n])) for n in range(7)]
        positions.append(member.sent(*files))
    refusal = forward(member, target, *positions)
    assert code(refusal) == (422, "messaging.forward_too_long")
    assert refusal.json()["data"]["most"] == MOST_UPLOADS
    assert forward(member, target, *positions[:2]).status_code == 200


def test_a_file_of_several_parts_is_copied_where_files_are_read(
    office: Office, inside: Inside, member: Sender, target: GroupId, monkeypatch: pytest.MonkeyPatch
) -> None:
    long, threads = PLAN * (PART // len(PLAN) + 10), list[str]()
    uploads = inside.server.uploads
    copies = uploads.copies

    def noted(*args: Any) -> Any:
        threads.append(threading.current_thread().name)
        return copies(*args)

    monkeypatch.setattr(uploads, "copies", noted)
    sent = member.sent(member.upload("长.txt", long))
    position = forward(member, target, sent).json()["receipts"][0]["position"]
    there, copy = replace(member, group=target), arrived(member, target, position)["files"][0]["id"]
    assert there.get(position, copy).content == long
    # Elsewhere copies that take minutes would keep all others from the few threads of the loop.
    assert [name.partition("_")[0] for name in threads] == ["inspect"]


def test_a_copy_that_a_crash_left_over_goes_within_the_hour(
    office: Office, inside: Inside, member: Sender, target: GroupId
) -> None:
    sent = member.sent(member.upload("检修.txt", PLAN))
    wish = Wanted("f1", member.group, target, (sent,), merged=False)
    plan = office.world.read(lambda tx: forwarding.plan(tx, office.member, wish))
    inside.server.uploads.copies(office.member, target, plan.files)
    assert office.world.read(lambda tx: open_uploads(tx, office.member.author))[0] == 1
    office.world.later(HOUR + 1)
    assert office.world.read(lambda tx: open_uploads(tx, office.member.author))[0] == 0


def test_a_warning_is_confirmed_as_for_any_message(
    office: Office, inside: Inside, member: Sender, target: GroupId
) -> None:
    sent = member.sent(member.upload("检修.txt", PLAN))
    (warned,) = forward(member, target, sent, text=SALE).json()["receipts"]
    assert warned["state"] == "warned"
    inside.server.uploads.sweep()
    assert len(office.world.entries("messaging.sent")) == 1
    confirm = {warned["cmid"]: warned["confirm"]}
    (receipt,) = forward(member, target, sent, text=SALE, confirm=confirm).json()["receipts"]
    assert receipt["state"] == "delivered"
    assert [each["name"] for each in arrived(member, target, receipt["position"])["files"]] == [
        "检修.txt"
    ]
