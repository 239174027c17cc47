"""What waits for people reaches them while nobody looks at the page, leads to where it is done, and goes once it is."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from guiju.kernel.clock import HOUR, MINUTE
from guiju.modules.messaging import urging
from guiju.modules.notices import acknowledging, issuing, service
from guiju.modules.notices.types import Audience, NoticeId, Wording
from tests.support import sending
from tests.support.browser import PHONE, Screen, chromium
from tests.support.inside import served_world
from tests.support.office import open_office
from tests.support.stage import Stage, kept, look_away, shown, until

USE = "      - use: messaging.flood\n"
CALLS = "      - use: messaging.urgent\n        with: {repeats: 3, every_minutes: 5}\n"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(whole=True) as started:
        yield started


@pytest.fixture
def stage(browser: Browser) -> Iterator[Stage]:
    with served_world(None, to_browsers=True) as (world, inside):
        made = Stage(browser, open_office(world), inside)
        yield made
        made.close()


def publish(stage: Stage, title: str) -> NoticeId:
    """A notice of HR to two people of the only unit."""
    office, world = stage.office, stage.world
    issuer = world.person("人事唐", "hr")
    to = Audience(people=(office.member.person_id, office.owner.person_id))
    wording = Wording(title, "下班前关闭工位电源。")
    return world.write(
        lambda tx: issuing.publish(tx, issuer, wording=wording, audience=to, hours=8, people=2)
    )


def press(screen: Screen) -> None:
    """Press the notification that is shown."""
    (worker,) = screen.page.context.service_workers
    worker.evaluate(
        "self.registration.getNotifications().then(([one]) => "
        "void self.dispatchEvent(new NotificationEvent('notificationclick', {notification: one})))"
    )


def test_a_notice_is_told_leads_to_its_text_and_goes_once_it_is_acknowledged(stage: Stage) -> None:
    member = stage.office.member
    screen = stage.visit(member, size=PHONE)
    kept(screen)
    screen.page.wait_for_timeout(4500)
    look_away(stage, screen, member)
    notice = publish(stage, "冬季用电安全")
    until(lambda: shown(screen))
    (one,) = shown(screen)
    assert one["body"] == "人事唐 发来通知，请你确认" and one["tag"] == "work:notices"
    press(screen)
    screen.page.wait_for_url(re.compile(f"/notices/{notice}"))
    screen.page.evaluate("window.away = false")
    expect(screen.page.get_by_text("下班前关闭工位电源。")).to_be_visible()
    screen.press("我已知悉")
    expect(screen.page.get_by_text(re.compile("^你已于 .* 确认$"))).to_be_visible()
    look_away(stage, screen, member)
    second = publish(stage, "另一条")
    until(lambda: shown(screen))
    stage.world.write(
        lambda tx: acknowledging.acknowledge(tx, member, second, version=1, answers=())
    )
    until(lambda: not shown(screen))
    assert screen.errors == []


def test_a_repeated_call_is_told_until_it_is_confirmed(stage: Stage) -> None:
    office, world, member = stage.office, stage.world, stage.office.member
    world.adopt(lambda text: text.replace(USE, CALLS + USE, 1))
    group = stage.group()
    screen = stage.visit(member)
    kept(screen)
    screen.page.wait_for_timeout(4500)
    look_away(stage, screen, member)
    sent = sending.urge(world, office.owner, group, "锅炉房漏水", "u")

    def tags() -> dict[str, str]:
        return {one["tag"]: one["body"] for one in shown(screen)}

    until(lambda: group in tags())
    assert f"call:{group}" not in tags()
    world.clock.advance(5 * MINUTE)
    until(lambda: f"call:{group}" in tags())
    assert tags()[f"call:{group}"] == "张群主 再次加急呼叫你，请确认"
    position = int(sent.receipt.position)
    world.write(lambda tx: urging.confirm(tx, member, group, position, needless=False))
    until(lambda: f"call:{group}" not in tags())
    assert screen.errors == []


def test_a_head_finds_who_is_missing_at_the_deadline(stage: Stage) -> None:
    head, world = stage.office.head, stage.world
    notice = publish(stage, "冬季用电安全")
    screen = stage.visit(head, "/notices")
    kept(screen)
    screen.page.wait_for_timeout(4500)
    look_away(stage, screen, head)
    due = world.read(lambda tx: service.get(tx, notice)).due_at
    world.clock.advance(due - world.clock.now() + HOUR)
    until(lambda: shown(screen))
    (one,) = shown(screen)
    assert one["body"].startswith("通知已到期限，") and one["body"].endswith(" 等 2 人 还没有确认")
    late = screen.page.get_by_role("region", name="到期还没有确认")
    expect(late).to_contain_text("赵成员")
    expect(late).to_contain_text("张群主")
    screen.check_access("what is late")
    screen.check_width("what is late")
    press(screen)
    screen.page.wait_for_url(re.compile(f"/issued/{notice}"))
    assert screen.errors == []
