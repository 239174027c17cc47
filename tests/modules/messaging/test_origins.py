"""Where shared files come from: asked where a clause wants it, told to every reader, and kept by copies."""

from typing import Any

import pytest

from guiju.kernel.clock import HOUR, MINUTE
from guiju.kernel.ids import GroupId
from guiju.modules.messaging import replaying, review
from guiju.modules.messaging.origin_types import Origin, OriginKind
from tests.modules.messaging.test_forwarding import other_group
from tests.modules.messaging.test_forwarding_files import arrived, forward
from tests.support.checks import verify_stored
from tests.support.inside import Inside, session_for
from tests.support.office import Office
from tests.support.uploading import Sender, picture, sender

PLAN = "三号线的检修从周一开始".encode()
CLASSES = "of: [file, image], classes: [company, comprehensive]"
OWN = {"kind": "own"}
LICENSED = {"kind": "licensed", "note": "设计院李工书面同意"}
Json = dict[str, Any]


def ask(office: Office, words: str = "of: [file, image]", more: tuple[str, str] = ("", "")) -> None:
    """Have the clause ask it in all groups, or as it says."""
    office.world.adopt(lambda text: text.replace(CLASSES, words).replace(*more))


@pytest.fixture
def member(office: Office, inside: Inside) -> Sender:
    group = office.group()
    ask(office)
    return sender(office.world, inside, office.member, group)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def shown(member: Sender, position: int) -> Json:
    items = member.request("GET", f"/groups/{member.group}/messages").json()["items"]
    found: Json = next(each["message"] for each in items if each["position"] == position)
    return found


def origins_of(member: Sender, position: int) -> list[Json | None]:
    return [each["origin"] for each in shown(member, position)["files"]]


class TestSending:
    def test_without_an_origin_nothing_is_sent_and_the_refusal_says_what_to_do(
        self, office: Office, member: Sender
    ) -> None:
        file = member.upload("检修.txt", PLAN)
        before = office.world.read(lambda tx: tx.position)
        answer = member.send(file)
        assert refusal(answer) == (422, "messaging.origin_needed")
        data = answer.json()["data"]
        assert data["clause"]["id"] == "6.39" and data["clause"]["instead"]["zh"]
        assert data["files"] == [file]
        assert office.world.read(lambda tx: tx.position) == before
        assert member.sent(file, origin=OWN) > before

    def test_every_reader_sees_it_and_the_entry_names_the_clause(
        self, office: Office, inside: Inside, member: Sender
    ) -> None:
        files = member.upload("检修.txt", PLAN), member.upload("现场.png", picture(), "image")
        position = member.sent(*files, origin=LICENSED)
        owner = sender(office.world, inside, office.owner, member.group)
        assert origins_of(owner, position) == [LICENSED, LICENSED]
        entry = office.world.entries()[position]
        assert entry.uses == ("6.39/messaging.origin",)
        assert {note.origin for note in entry.fact.notes} == {
            Origin(OriginKind.LICENSED, LICENSED["note"])
        }
        replayed = office.world.read(lambda tx: replaying.replay_for_operator(tx, position))
        assert replayed.is_same and replayed.use is None
        assert verify_stored(office.world).ok

    def test_a_plain_message_is_not_asked(self, member: Sender) -> None:
        assert shown(member, member.sent(text="周一检修"))["files"] == []

    def test_it_is_not_asked_in_groups_of_other_classes(
        self, office: Office, member: Sender
    ) -> None:
        ask(office, "classes: [company]")
        assert origins_of(member, member.sent(member.upload("检修.txt", PLAN))) == [None]

    def test_only_what_the_clause_names_is_asked(self, office: Office, member: Sender) -> None:
        ask(office, "of: [file]")
        assert member.sent(member.upload("现场.png", picture(), "image"))
        assert refusal(member.send(member.upload("检修.txt", PLAN)))[1] == "messaging.origin_needed"

    def test_what_is_said_without_being_asked_is_kept(self, office: Office, member: Sender) -> None:
        ask(office, CLASSES)
        position = member.sent(member.upload("检修.txt", PLAN), origin={"kind": "organisation"})
        assert origins_of(member, position) == [{"kind": "organisation", "note": ""}]
        assert office.world.entries()[position].uses == ()

    @pytest.mark.parametrize(
        ("origin", "code"),
        [
            ({"kind": "licensed"}, "messaging.bad_origin"),
            ({"kind": "public", "note": " "}, "messaging.bad_origin"),
            ({"kind": "own", "note": "我"}, "messaging.bad_origin"),
            ({"kind": "public", "note": "官网\n首页"}, "messaging.bad_origin"),
            ({"kind": "public", "note": "官网\u2028首页"}, "messaging.bad_origin"),
            ({"kind": "public", "note": "官\u200b网"}, "messaging.bad_origin"),
            ({"kind": "public", "note": "官\u202e网"}, "messaging.bad_origin"),
            ({"kind": "public", "note": "官" * 201}, "messaging.bad_origin"),
            ({"kind": "found"}, "messaging.bad_message"),
            ({"kind": "own", "by": "x"}, "messaging.bad_message"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, member: Sender, origin: Json, code: str) -> None:
        assert refusal(member.send(member.upload("检修.txt", PLAN), origin=origin)) == (422, code)

    def test_again_gives_the_first_receipt_and_another_origin_is_another_message(
        self, member: Sender
    ) -> None:
        file = member.upload("检修.txt", PLAN)
        first = member.send(file, cmid="once", origin=LICENSED).json()
        assert member.send(file, cmid="once", origin=LICENSED).json() == first
        assert refusal(member.send(file, cmid="once", origin=OWN)) == (409, "messaging.cmid_reused")

    def test_the_device_is_told_before_anything_waits(
        self, office: Office, inside: Inside, member: Sender
    ) -> None:
        token = session_for(office.world, office.member)
        told = inside.request("GET", "/api/device", token).json()["groups"][member.group]["origin"]
        assert told["of"] == ["file", "image"] and told["clause"]["id"] == "6.39"


class TestNotes:
    """What is written of an origin is inspected like a part of the file."""

    def test_a_note_that_a_rule_blocks_blocks_the_message(self, member: Sender) -> None:
        file = member.upload("检修.txt", PLAN)
        done = member.send(file, origin={"kind": "public", "note": "去赌博网站玩"}).json()
        assert done["state"] == "blocked" and done["clause"]["id"] == "6.11"

    def test_a_note_that_a_rule_would_mask_holds_it_and_a_release_keeps_the_origin(
        self, office: Office, member: Sender
    ) -> None:
        note = "经 11010519491231002X 同意"
        held = member.sent(
            member.upload("检修.txt", PLAN), origin={"kind": "licensed", "note": note}, state="held"
        )
        assert [each.part for each in office.world.entries()[held].fact.found] == ["origin"]
        office.world.write(
            lambda tx: review.release(tx, office.reviewer, held, masked=False, reason="")
        )
        (released,) = office.world.facts("messaging.released")
        assert released.notes[0].origin == Origin(OriginKind.LICENSED, note)
        replayed = office.world.read(lambda tx: replaying.replay_for_operator(tx, held))
        assert replayed.is_same

    def test_what_was_inspected_by_other_rules_is_looked_at_again(
        self, office: Office, member: Sender
    ) -> None:
        file = member.upload("检修.txt", PLAN)
        ask(office, more=("disposition: hold", "disposition: block"))
        answer = member.send(file, origin=LICENSED)
        assert refusal(answer) == (409, "messaging.file_stale")
        member.complete(file, PLAN)
        assert member.sent(file, origin=LICENSED)


class TestForwarding:
    @pytest.fixture
    def target(self, office: Office) -> GroupId:
        return other_group(office)

    def test_a_copy_keeps_what_was_said(self, member: Sender, target: GroupId) -> None:
        sent = member.sent(member.upload("检修.txt", PLAN), origin=LICENSED)
        answer = forward(member, target, sent, origin=OWN).json()
        found = arrived(member, target, answer["receipts"][0]["position"])
        assert [each["origin"] for each in found["files"]] == [LICENSED]

    def test_of_what_nothing_was_said_whoever_forwards_says_it(
        self, office: Office, member: Sender, target: GroupId
    ) -> None:
        ask(office, CLASSES)
        first = member.sent(member.upload("一.txt", PLAN))
        second = member.sent(member.upload("二.txt", PLAN), origin=LICENSED)
        ask(office)
        answer = forward(member, target, first, second, merged=True)
        assert refusal(answer) == (422, "messaging.origin_needed")
        assert answer.json()["data"]["clause"]["id"] == "6.39"
        answer = forward(member, target, first, second, merged=True, origin=OWN)
        found = arrived(member, target, answer.json()["receipts"][0]["position"])
        assert [each["origin"] for each in found["files"]] == [OWN | {"note": ""}, LICENSED]

    def test_what_was_said_is_looked_at_by_the_rules_of_now(
        self, office: Office, member: Sender, target: GroupId
    ) -> None:
        said = {"kind": "public", "note": "官网首页 lucky.example"}
        sent = member.sent(member.upload("检修.txt", PLAN), origin=said)
        ask(office, "of: [file, image]", more=("lucky-bet.example", "lucky.example"))
        (receipt,) = forward(member, target, sent).json()["receipts"]
        assert receipt["state"] == "blocked"


class TestLater:
    def test_it_is_asked_when_it_is_scheduled_and_goes_with_the_message(
        self, office: Office, inside: Inside, member: Sender
    ) -> None:
        file = member.upload("检修.txt", PLAN)
        path = f"/groups/{member.group}/scheduled"
        at = office.world.clock.now() + HOUR
        body = {"text": "", "files": [file]}
        wanted = {"cmid": "s1", "body": body, "at": at}
        answer = member.request("POST", path, wanted)
        assert refusal(answer) == (422, "messaging.origin_needed")
        assert member.request(
            "POST", path, wanted | {"body": body | {"origin": LICENSED}}
        ).is_success
        (row,) = member.request("GET", "/scheduled").json()["scheduled"]
        assert row["origin"] == LICENSED
        office.world.later(HOUR + MINUTE)
        inside.server.schedule.run_due()
        (entry,) = office.world.entries("messaging.sent")
        assert entry.fact.notes[0].origin == Origin(OriginKind.LICENSED, LICENSED["note"])

    def test_without_files_it_says_nothing(self, office: Office, member: Sender) -> None:
        odd = {"kind": "licensed"}
        assert shown(member, member.sent(text="周一检修", origin=odd))["files"] == []
        at = office.world.clock.now() + HOUR
        wanted = {"cmid": "s1", "body": {"text": "周一检修", "origin": odd}, "at": at}
        path = f"/groups/{member.group}/scheduled"
        assert member.request("POST", path, wanted).is_success
        (row,) = member.request("GET", "/scheduled").json()["scheduled"]
        assert row["origin"] is None

    def test_what_was_scheduled_before_the_clause_fails_with_it(
        self, office: Office, inside: Inside, member: Sender
    ) -> None:
        ask(office, CLASSES)
        file = member.upload("检修.txt", PLAN)
        wanted = {
            "cmid": "s1",
            "body": {"text": "", "files": [file]},
            "at": office.world.clock.now() + HOUR,
        }
        assert member.request("POST", f"/groups/{member.group}/scheduled", wanted).is_success
        ask(office)
        office.world.later(HOUR + MINUTE)
        inside.server.schedule.run_due()
        (row,) = member.request("GET", "/scheduled").json()["scheduled"]
        assert (row["state"], row["code"], row["clause"]["id"]) == (
            "failed",
            "messaging.origin_needed",
            "6.39",
        )
