"""Files in messages: uploaded in parts, inspected, and opened by whoever may see the message at that moment."""

from collections.abc import Iterator

import pytest

from guiju.kernel.ids import GroupId
from tests.support.checks import verify_stored
from tests.support.inside import Inside, served
from tests.support.office import Office
from tests.support.uploading import Sender, sender

PLAN = "三号线的检修从周一开始，备件周五到货。".encode()
HELD = "这是核心配方".encode()
BLOCKED = "去赌博网站玩".encode()


@pytest.fixture
def inside(office: Office) -> Iterator[Inside]:
    with served(office.world) as running:
        yield running
        # The check after the test goes on with this runtime, which the server closes.
        office.world.runtime.signer.stop()
        verdict = verify_stored(office.world)
        assert verdict.ok or verdict.first_bad is not None


@pytest.fixture
def group(office: Office) -> GroupId:
    return office.group()


@pytest.fixture
def member(office: Office, inside: Inside, group: GroupId) -> Sender:
    return sender(office.world, inside, office.member, group)


def test_a_file_arrives(member: Sender) -> None:
    upload = member.upload("计划.txt", PLAN)
    position = member.sent(upload)
    assert member.get(position, upload).content == PLAN
