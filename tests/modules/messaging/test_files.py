"""Files in messages: uploaded in parts, inspected, and opened by whoever may see the message at that moment."""

import hashlib
import io
import json
import os
import socket
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typing_extensions import override

from guiju.kernel.clock import DAY
from guiju.kernel.ids import GroupId
from guiju.kernel.malware import Scan, Scanner
from guiju.ledger.vault import PART
from guiju.modules.groups import roster
from guiju.modules.messaging import review
from guiju.modules.messaging.file_types import FileOpened
from tests.support.checks import verify_stored
from tests.support.inside import Inside
from tests.support.office import Office
from tests.support.uploading import BYTES, Sender, picture, sender

PLAN = "三号线的检修从周一开始，备件周五到货。".encode()
SECRET = "这是核心配方".encode()
GAMBLING = "去赌博网站玩".encode()


@pytest.fixture
def group(office: Office) -> GroupId:
    return office.group()


@pytest.fixture
def member(office: Office, inside: Inside, group: GroupId) -> Sender:
    return sender(office.world, inside, office.member, group)


@pytest.fixture
def owner(office: Office, inside: Inside, group: GroupId) -> Sender:
    return sender(office.world, inside, office.owner, group)


@pytest.fixture
def outsider(office: Office, inside: Inside, group: GroupId) -> Sender:
    return sender(office.world, inside, office.outsider, group)


@pytest.fixture
def reviewer(office: Office, inside: Inside, group: GroupId) -> Sender:
    return sender(office.world, inside, office.reviewer, group)


def allow(office: Office, **params: Any) -> None:
    """Have the clause on business secrets say this of files."""
    old = "with: {most_bytes: 104857600, classes: [comprehensive, department, workshop], unread: [image, voice]}"
    office.world.adopt(lambda text: text.replace(old, f"with: {json.dumps(params)}"))


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def stored(office: Office) -> list[Path]:
    return [path for path in Path(office.world.settings.files).rglob("*") if path.is_file()]


def packed(name: str, data: bytes, *, encrypted: bool = False) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, data)
    whole = bytearray(file.getvalue())
    if encrypted:  # the flag in both headers says so; what follows is then no readable text
        whole[6] |= 1
        whole[whole.index(b"PK\x01\x02") + 8] |= 1
    return bytes(whole)


class TestUpload:
    def test_a_file_arrives_and_is_sealed_where_it_lies(
        self, office: Office, member: Sender, owner: Sender
    ) -> None:
        upload = member.upload("计划.txt", PLAN)
        position = member.sent(upload, text="请看附件")
        assert member.get(position, upload).content == owner.get(position, upload).content == PLAN
        (only,) = stored(office)
        assert PLAN not in only.read_bytes() and "计划" not in str(only)
        (fact,) = office.world.facts("messaging.sent")
        assert fact.files[0].digest == hashlib.sha256(only.read_bytes()).hexdigest()
        page = owner.request("GET", f"/groups/{owner.group}/messages").json()
        (shown,) = page["items"][-1]["message"]["files"]
        expected = {
            "id": upload,
            "name": "计划.txt",
            "size": len(PLAN),
            "type": "text/plain",
            "kind": "file",
        }
        assert shown.items() >= expected.items() and shown["thumbnail"] is False

    def test_parts_come_in_any_order_and_again(self, member: Sender) -> None:
        data = os.urandom(2 * PART + 17)
        upload = member.open("data.bin", data).json()["id"]
        assert member.put(upload, 2, data).json() == {"received": 0}
        assert member.put(upload, 0, data).json() == {"received": PART}
        assert code(member.complete(upload, data)) == (409, "messaging.upload_incomplete")
        seen = member.request("GET", f"/uploads/{upload}").json()
        assert (seen["received"], seen["missing"], seen["state"]) == (PART, [1], "receiving")
        assert member.put(upload, 0, data).json() == {"received": PART}
        assert member.put(upload, 1, data).json() == {"received": len(data)}
        assert member.complete(upload, data).json()["state"] == "ready"
        member.put(upload, 0, os.urandom(len(data)))  # too late to change anything
        position = member.sent(upload, state="held")  # bytes that nobody can read
        assert member.get(position, upload).content == data

    def test_what_arrived_wrong_begins_anew(self, member: Sender) -> None:
        upload = member.open("a.txt", PLAN).json()["id"]
        member.put(upload, 0, b"x" * len(PLAN))
        assert code(member.complete(upload, PLAN)) == (409, "messaging.upload_damaged")
        assert member.request("GET", f"/uploads/{upload}").json()["missing"] == [0]
        member.put(upload, 0, PLAN)
        assert member.complete(upload, PLAN).json()["state"] == "ready"

    def test_parts_that_do_not_fit(self, member: Sender) -> None:
        upload = member.open("a.txt", PLAN).json()["id"]
        for index, data in ((0, PLAN[:-1]), (0, b""), (1, b"x"), (99_999, b"x")):
            sent = member.request("PUT", f"/uploads/{upload}/{index}", content=data, headers=BYTES)
            assert code(sent) == (422, "messaging.bad_upload"), (index, data)
        large = member.request(
            "PUT", f"/uploads/{upload}/0", content=b"x" * (PART + 1), headers=BYTES
        )
        assert code(large) == (413, "http.too_large")
        plain = member.request(
            "PUT", f"/uploads/{upload}/0", content=PLAN, headers={"Content-Type": "text/plain"}
        )
        assert code(plain) == (415, "http.not_json")
        elsewhere = member.request(
            "PUT",
            f"/uploads/{upload}/0",
            content=PLAN,
            headers=BYTES | {"Origin": "https://x.example"},
        )
        assert code(elsewhere) == (403, "http.wrong_origin")

    def test_uploads_that_make_no_sense(self, member: Sender) -> None:
        assert code(member.open("a.txt", b"")) == (422, "messaging.bad_upload")
        assert code(member.open("a.txt", PLAN, seconds=3)) == (422, "messaging.bad_upload")
        assert code(member.open("a.webm", PLAN, "voice")) == (422, "messaging.bad_upload")
        assert code(member.open("a.webm", PLAN, "voice", seconds=601)) == (
            422,
            "messaging.bad_upload",
        )
        for name in ("", "a\nb", "x" * 201):
            assert code(member.open(name, PLAN)) == (422, "http.bad_request")

    def test_a_name_is_what_people_see_of_it(self, member: Sender, owner: Sender) -> None:
        upload = member.upload("计划\u202e\u200b.txt", PLAN)
        member.sent(upload)
        page = owner.request("GET", f"/groups/{owner.group}/messages").json()
        assert page["items"][-1]["message"]["files"][0]["name"] == "计划.txt"

    def test_nobody_else_has_it(
        self, office: Office, member: Sender, owner: Sender, outsider: Sender
    ) -> None:
        # Nobody plants or takes what is another's: [media-auth].
        assert code(outsider.open("a.txt", PLAN)) == (404, "groups.not_found")
        upload = member.upload("a.txt", PLAN)
        for other in (owner, outsider):
            assert code(other.request("GET", f"/uploads/{upload}")) == (
                404,
                "messaging.upload_not_found",
            )
            assert code(other.put(upload, 0, PLAN)) == (404, "messaging.upload_not_found")
            assert code(other.complete(upload, PLAN)) == (404, "messaging.upload_not_found")
            assert code(other.request("DELETE", f"/uploads/{upload}")) == (
                404,
                "messaging.upload_not_found",
            )
        assert code(owner.send(upload)) == (409, "messaging.file_not_ready")
        other_group = Sender(
            member.inside, member.token, office.group(name="澄远第99号工作群"), 100
        )
        assert code(other_group.send(upload)) == (409, "messaging.file_not_ready")
        assert stored(office), "and it is still there"

    def test_too_many_wait(self, member: Sender) -> None:
        for _ in range(20):
            assert member.open("a.txt", PLAN).status_code == 200
        assert code(member.open("a.txt", PLAN)) == (429, "messaging.too_many_uploads")

    def test_dropped_and_forgotten_ones_are_destroyed_with_their_keys(
        self, office: Office, member: Sender
    ) -> None:
        keys = office.world.runtime.keys
        before = set(keys.ids())
        dropped, forgotten = member.upload("a.txt", PLAN), member.open("b.txt", PLAN).json()["id"]
        member.put(forgotten, 0, PLAN)
        assert len(set(keys.ids()) - before) == 2
        assert member.request("DELETE", f"/uploads/{dropped}").status_code == 204
        assert code(member.request("GET", f"/uploads/{dropped}")) == (
            404,
            "messaging.upload_not_found",
        )
        office.world.later(DAY + 1)
        assert code(member.put(forgotten, 0, PLAN)) == (404, "messaging.upload_not_found")
        member.inside.server.uploads.sweep()
        assert member.inside.server.uploads.sweep() == 0
        assert stored(office) == [] and set(keys.ids()) == before

    def test_a_sent_one_stays(self, office: Office, member: Sender) -> None:
        upload = member.upload("a.txt", PLAN)
        position = member.sent(upload)
        assert code(member.request("DELETE", f"/uploads/{upload}")) == (
            404,
            "messaging.upload_not_found",
        )
        office.world.later(2 * DAY)
        member.inside.server.uploads.sweep()
        assert member.get(position, upload).content == PLAN


class TestRules:
    def test_size_and_type_by_the_clause(self, office: Office, member: Sender) -> None:
        allow(office, most_bytes=len(PLAN), types=["txt"])
        assert member.open("a.TXT", PLAN).status_code == 200
        large = member.open("a.txt", PLAN + b"x")
        assert code(large) == (403, "messaging.file_too_large")
        assert large.json()["data"]["clause"]["id"] == "6.7" and large.json()["data"][
            "most_bytes"
        ] == len(PLAN)
        for name in ("a.exe", "a", "a.txt.exe"):
            assert code(member.open(name, PLAN)) == (403, "messaging.file_type_not_allowed")
        attempts = office.world.entries("policy.refused")
        assert len(attempts) == 4 and all(
            each.uses == ("6.7/messaging.files",) for each in attempts
        )

    def test_without_a_clause_the_defaults_hold(self, office: Office, member: Sender) -> None:
        office.world.adopt(lambda text: text, pack="plain-office")
        body = {"group": member.group, "name": "a.bin", "size": 200 * 1024 * 1024 + 1}
        assert code(member.request("POST", "/uploads", body)) == (403, "messaging.file_too_large")

    @pytest.mark.parametrize(
        ("name", "data", "state"),
        [
            ("配方.txt", SECRET, "held"),
            ("核心配方.txt", PLAN, "held"),  # its name
            ("赌.zip", packed("a.txt", GAMBLING), "blocked"),
            ("锁.zip", packed("a.txt", PLAN, encrypted=True), "held"),  # nobody can read it
            ("图.png", PLAN, "held"),  # it is not what it says
            ("程序.exe", b"MZ\x90\0" + bytes(200), "held"),
            ("坏.pdf", b"%PDF-1.7\n" + os.urandom(200), "held"),
            (
                "号.txt",
                "证件11010119900307889X".encode(),
                "held",
            ),  # a mask cannot hide what is in a file
            ("计划.txt", PLAN, "delivered"),
        ],
    )
    def test_the_strictest_decides(
        self, office: Office, member: Sender, name: str, data: bytes, state: str
    ) -> None:
        other = member.upload("a.txt", PLAN)
        upload = member.upload(name, data)
        answer = member.send(other, upload, text="请看").json()
        assert answer["state"] == state
        if state == "delivered":
            return
        (fact,) = office.world.facts(f"messaging.{state}")
        assert [each.file for each in (*fact.found, *fact.unread)] == [1] * len(
            (*fact.found, *fact.unread)
        )
        assert fact.found or fact.unread
        assert [each.id for each in fact.files] == [other, upload]
        decided = member.request("GET", f"/groups/{member.group}/messages").json()["items"][-1]
        assert (
            decided["message"]["files"][1]["findings"] or decided["message"]["files"][1]["reasons"]
        )

    def test_a_text_that_is_held_takes_its_files_along(
        self, office: Office, member: Sender, owner: Sender
    ) -> None:
        upload = member.upload("a.txt", PLAN)
        position = member.sent(upload, text=SECRET.decode(), state="held")
        assert code(owner.get(position, upload)) == (404, "messaging.file_not_found")
        assert member.get(position, upload).content == PLAN, "its author has it anyway"

    def test_what_only_alerts(
        self, office: Office, member: Sender, owner: Sender, reviewer: Sender
    ) -> None:
        upload = member.upload("访.txt", "记者采访来了".encode())
        position = member.sent(upload)
        (alert,) = office.world.facts("messaging.alerted")
        assert alert.refs == (position,) and alert.found[0].word and alert.findings == ()
        (sent,) = office.world.entries("messaging.sent")
        assert sent.uses == () and sent.fact.basis is None, "its author must not learn of it"
        (told,) = reviewer.request("GET", "/alerts").json()["alerts"]
        assert told["files"] == 1 and "访.txt" not in str(told), "a row names no file"
        opened = reviewer.request("GET", f"/alerts/{told['alert']}").json()
        assert opened["files"][0]["name"] == "访.txt"

    def test_a_warning_is_answered_with_what_it_gave(self, office: Office, member: Sender) -> None:
        mark = "with: {dictionaries: [business_secret], disposition: hold}"
        office.world.adopt(lambda text: text.replace(mark, mark.replace("hold", "warn")))
        first, second = member.upload("a.txt", SECRET), member.upload("b.txt", SECRET)
        asked = member.send(first, cmid="w").json()
        assert asked["state"] == "warned" and asked["found"][0]["file"] == 0
        other = member.send(second, cmid="w", confirm=asked["confirm"]).json()
        assert other["state"] == "warned", "another file needs another answer"
        done = member.send(first, cmid="w", confirm=asked["confirm"]).json()
        assert done["state"] == "delivered"
        (fact,) = office.world.facts("messaging.sent")
        assert fact.basis.confirmed

    def test_rules_that_changed_since_ask_for_another_look(
        self, office: Office, member: Sender
    ) -> None:
        upload = member.upload("a.txt", PLAN)
        office.world.adopt(
            lambda text: text.replace("[business_secret]", "[business_secret, fraud]")
        )
        assert code(member.send(upload, cmid="s")) == (409, "messaging.file_stale")
        assert member.complete(upload, PLAN).json()["state"] == "ready"
        assert member.send(upload, cmid="s").json()["state"] == "delivered"

    def test_a_group_that_changed_since_asks_for_another_look(
        self, office: Office, member: Sender
    ) -> None:
        clean, found = member.upload("a.txt", PLAN), member.upload("b.txt", SECRET)
        office.world.write(
            lambda tx: roster.admit(tx, office.owner, member.group, [office.outsider.person_id])
        )
        member.sent(clean)
        assert code(member.send(found)) == (409, "messaging.file_stale")
        member.complete(found, SECRET)
        member.sent(found, state="held")

    def test_pictures_and_recordings_pass_unread_only_where_a_clause_says_so(
        self, office: Office, member: Sender
    ) -> None:
        allow(office, unread=[])
        voice = b"OggS" + bytes(24) + b"OpusHead" + os.urandom(400)
        upload = member.upload("a.ogg", voice, "voice", seconds=3)
        member.sent(upload, state="held")
        allow(office, unread=["image", "voice"])
        upload = member.upload("a.ogg", voice, "voice", seconds=3)
        position = member.sent(upload)
        answer = member.get(position, upload)
        assert answer.content == voice and answer.headers["content-type"] == "audio/ogg"
        (shown,) = member.request("GET", f"/groups/{member.group}/messages").json()["items"][-1][
            "message"
        ]["files"]
        assert (shown["kind"], shown["seconds"]) == ("voice", 3)

    def test_a_recording_is_one_by_its_content(self, member: Sender) -> None:
        upload = member.open("a.ogg", PLAN, "voice", seconds=3).json()["id"]
        member.put(upload, 0, PLAN)
        done = member.complete(upload, PLAN).json()
        assert (done["state"], done["reason"]) == ("refused", "not_a_recording")
        assert code(member.send(upload)) == (409, "messaging.file_not_ready")

    def test_what_the_malware_scanner_says(self, office: Office, member: Sender) -> None:
        uploads = member.inside.server.uploads
        uploads._scanner = SaysInfected()
        upload = member.open("a.txt", PLAN).json()["id"]
        member.put(upload, 0, PLAN)
        done = member.complete(upload, PLAN).json()
        assert (done["state"], done["reason"], done["file"]) == ("refused", "malware", None)
        refusal = member.send(upload)
        assert code(refusal) == (403, "messaging.malware_found")
        assert refusal.json()["data"]["file"] == upload
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            uploads._scanner = Scanner(f"127.0.0.1:{nobody.getsockname()[1]}")
            member.sent(member.upload("b.txt", PLAN), state="held")
        (fact,) = office.world.facts("messaging.held")
        assert [each.problem for each in fact.unread] == ["not_scanned"]


class SaysInfected(Scanner):
    """A scanner that finds something in everything."""

    def __init__(self) -> None:
        """It asks nobody."""

    @override
    def scan(self, data: bytes) -> Scan:
        return Scan.INFECTED


class TestSend:
    def test_a_file_goes_once(self, member: Sender) -> None:
        upload = member.upload("a.txt", PLAN)
        first = member.send(upload, cmid="once").json()
        assert member.send(upload, cmid="once").json() == first
        assert code(member.send(cmid="once", text="x")) == (409, "messaging.cmid_reused")
        assert code(member.send(upload)) == (409, "messaging.file_not_ready")

    def test_what_cannot_go(self, office: Office, member: Sender) -> None:
        waiting = member.open("a.txt", PLAN).json()["id"]
        ready = member.upload("b.txt", PLAN)
        before = office.world.read(lambda tx: tx.position)
        for files in ([waiting], ["fil_00000000000000000000000"], [ready, ready], [ready] * 10):
            assert code(member.send(*files)) == (409, "messaging.file_not_ready")
        assert code(member.send("a/b")) == (422, "messaging.bad_message")
        assert code(member.send()) == (422, "messaging.bad_message")
        assert office.world.read(lambda tx: tx.position) == before

    def test_nine_files_and_fifty_mentions_fit_in_a_leaf(
        self, office: Office, inside: Inside
    ) -> None:
        people = [office.world.person(f"成员{n}") for n in range(50)]
        group = office.world.group(office.owner, [office.administrator], [office.member, *people])
        many = sender(office.world, inside, office.member, group)
        files = [many.upload(f"{'长' * 190}{n}.txt", PLAN) for n in range(9)]
        many.sent(*files, text="@全体", mentions=[each.person for each in people])


class TestOpen:
    def test_who_may_not_see_the_message_finds_no_file(
        self, office: Office, member: Sender, owner: Sender, outsider: Sender
    ) -> None:
        # Each file by the right of its message, each message by that of its group: [file-bind].
        upload = member.upload("a.txt", PLAN)
        position = member.sent(upload)
        other = Sender(member.inside, member.token, office.group(name="澄远第99号工作群"))
        assert code(outsider.get(position, upload)) == (404, "groups.not_found")
        assert code(other.get(position, upload)) == (404, "messaging.file_not_found")
        assert code(member.get(position + 1, upload)) == (404, "messaging.file_not_found")
        assert code(member.get(position, upload[:-1] + ("1" if upload.endswith("0") else "0"))) == (
            404,
            "messaging.file_not_found",
        )
        world, late = office.world, office.outsider
        world.write(lambda tx: roster.admit(tx, office.owner, member.group, [late.person_id]))
        assert code(outsider.get(position, upload)) == (404, "messaging.file_not_found"), (
            "from before their time"
        )
        world.write(
            lambda tx: roster.remove(
                tx, office.owner, member.group, office.member.person_id, reason="x"
            )
        )
        assert code(member.get(position, upload)) == (404, "groups.not_found")
        assert owner.get(position, upload).content == PLAN
        assert (
            member.inside.request(
                "GET", f"/api/groups/{member.group}/messages/{position}/files/{upload}"
            ).status_code
            == 401
        )

    def test_a_reviewer_opens_what_waits_and_it_is_recorded(
        self, office: Office, member: Sender, owner: Sender, reviewer: Sender
    ) -> None:
        upload = member.upload("配方.txt", SECRET)
        position = member.sent(upload, state="held")
        assert code(reviewer.get(position, upload)) == (404, "groups.not_found"), "no way around"
        assert code(owner.get(position, upload)) == (404, "messaging.file_not_found")
        seen = reviewer.request("GET", f"/reviews/{position}").json()["files"][0]
        assert seen["name"] == "配方.txt" and seen["findings"][0]["rule"] == "business_secret"
        path = f"/reviews/{position}/files/{upload}"
        assert reviewer.request("GET", path).content == SECRET
        assert office.world.facts("messaging.file_opened") == [
            FileOpened(member.group, (position,), upload)
        ]
        for nobody in (member, owner):
            assert code(nobody.request("GET", path)) == (404, "messaging.review_not_found")
        assert len(office.world.facts("messaging.file_opened")) == 1
        office.world.write(
            lambda tx: review.release(tx, office.reviewer, position, masked=False, reason="")
        )
        (released,) = office.world.entries("messaging.released")
        assert owner.get(released.position, upload).content == SECRET
        assert code(owner.get(position, upload)) == (404, "messaging.file_not_found")

    def test_a_recalled_file_is_gone_for_everybody(
        self, office: Office, member: Sender, owner: Sender
    ) -> None:
        # Files go where their message goes: [file-follow].
        upload = member.upload("a.txt", PLAN)
        position = member.sent(upload)
        path = f"/groups/{member.group}/messages/{position}/recall"
        assert member.request("POST", path, {}).status_code == 200
        for person in (member, owner):
            assert code(person.get(position, upload)) == (404, "messaging.file_not_found")
            shown = person.request("GET", f"/groups/{member.group}/messages").json()["items"]
            assert all(not each["message"]["files"] for each in shown if "message" in each)

    def test_a_refused_file_stays_shut(self, office: Office, member: Sender, owner: Sender) -> None:
        upload = member.upload("配方.txt", SECRET)
        position = member.sent(upload, state="held")
        office.world.write(lambda tx: review.refuse(tx, office.reviewer, position, reason="不宜"))
        assert code(owner.get(position, upload)) == (404, "messaging.file_not_found")

    @pytest.mark.parametrize(
        ("asked", "status", "start", "end"),
        [
            ("bytes=0-9", 206, 0, 10),
            ("bytes=65530-65545", 206, 65530, 65546),
            ("bytes=262000-", 206, 262000, 300_000),
            ("bytes=-5", 206, 299_995, 300_000),
            ("bytes=299999-999999", 206, 299_999, 300_000),
            ("bytes=5-4", 200, 0, 300_000),
            ("bytes=0-1,5-6", 200, 0, 300_000),
            ("lines=0-9", 200, 0, 300_000),
        ],
    )
    def test_a_range(self, member: Sender, asked: str, status: int, start: int, end: int) -> None:
        data = bytes(range(256)) * 1172
        data = data[:300_000]
        upload = member.upload("a.bin", data)
        position = member.sent(upload, state="held")
        answer = member.get(position, upload, headers={"Range": asked})
        assert answer.status_code == status and answer.content == data[start:end]
        if status == 206:
            assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/300000"

    def test_a_range_behind_the_end(self, member: Sender) -> None:
        upload = member.upload("a.txt", PLAN)
        position = member.sent(upload)
        answer = member.get(position, upload, headers={"Range": "bytes=999-"})
        assert (
            answer.status_code == 416 and answer.headers["content-range"] == f"bytes */{len(PLAN)}"
        )

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("页.html", b"<html><script>alert(1)</script></html>"),
            ("画.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
            ('a";\u202ex.txt', PLAN),
        ],
    )
    def test_nothing_runs_in_a_page_of_ours(self, member: Sender, name: str, data: bytes) -> None:
        # Whatever was uploaded is saved and never shown as a page: [inline].
        upload = member.upload(name, data)
        position = member.send(upload).json()["position"]
        headers = member.get(position, upload).headers
        assert headers["content-type"] == "application/octet-stream"
        assert headers["content-disposition"].startswith("attachment; filename=")
        assert (
            headers["content-disposition"].count('"') == 2
            and headers["content-disposition"].isascii()
        )
        assert (
            "sandbox" in headers["content-security-policy"]
            and "default-src 'none'" in headers["content-security-policy"]
        )
        assert (
            headers["x-content-type-options"] == "nosniff"
            and headers["cache-control"] == "no-store"
        )

    def test_a_picture_is_shown_without_what_stood_beside_its_pixels(
        self, office: Office, member: Sender
    ) -> None:
        allow(office, unread=["image"])
        exif = Image.Exif()
        exif[0x013B], exif[0x0112] = "Photographer", 6  # on its side
        data = picture(2000, "JPEG", exif=exif)
        upload = member.upload("照片.jpg", data, "image")
        position = member.sent(upload)
        (shown,) = member.request("GET", f"/groups/{member.group}/messages").json()["items"][-1][
            "message"
        ]["files"]
        assert (shown["kind"], shown["width"], shown["height"], shown["thumbnail"]) == (
            "image",
            1000,
            2000,
            True,
        )
        original = member.get(position, upload)
        assert original.content == data and original.headers["content-disposition"].startswith(
            "inline"
        )
        for copy, longest in (("thumbnail", 400), ("preview", 1600)):
            answer = member.get(position, upload, params={"as": copy})
            assert (
                answer.headers["content-type"] == "image/webp"
                and b"Photographer" not in answer.content
            )
            with Image.open(io.BytesIO(answer.content)) as image:
                assert image.size == (longest // 2, longest) and not image.getexif()
        assert code(member.get(position, upload, params={"as": "poster"})) == (
            404,
            "messaging.file_not_found",
        )

    def test_what_is_no_picture_has_no_copy(self, member: Sender) -> None:
        upload = member.upload("a.txt", PLAN, "image")
        position = member.sent(upload)
        assert code(member.get(position, upload, params={"as": "preview"})) == (
            404,
            "messaging.file_not_found",
        )


class TestAltered:
    @pytest.mark.parametrize("how", ["flipped", "shorter", "swapped", "gone"])
    def test_it_is_found_and_not_given_out(self, office: Office, member: Sender, how: str) -> None:
        data = os.urandom(3 * 65536)
        upload = member.upload("a.bin", data)
        position = member.sent(upload, state="held")
        (file,) = stored(office)
        whole, step = file.read_bytes(), 65536 + 28
        match how:
            case "flipped":
                file.write_bytes(whole[:500] + bytes([whole[500] ^ 1]) + whole[501:])
            case "shorter":
                file.write_bytes(whole[:-step])
            case "swapped":
                file.write_bytes(whole[step : 2 * step] + whole[:step] + whole[2 * step :])
            case _:
                file.unlink()
        verdict = verify_stored(office.world)
        assert verdict.first_bad == {"entry": position, "file": upload}
        assert [check.step for check in verdict.checks if not check.ok] == [9]
        assert code(member.get(position, upload)) == (409, "messaging.file_damaged")
        file.write_bytes(whole)
        assert verify_stored(office.world).ok and member.get(position, upload).content == data
