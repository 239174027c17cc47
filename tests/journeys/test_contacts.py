"""When the network fails one phones: colleagues' numbers on their cards, and kept on the device for those who may see them."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from guiju.kernel.actor import Actor
from guiju.modules.directory import service as directory
from guiju.setup import SYSTEM
from tests.support.browser import PHONE, Screen, chromium, violations
from tests.support.inside import served_world
from tests.support.office import open_office
from tests.support.stage import Stage, kept, until

NUMBERS = {"member": "13800001111", "owner": "13800002222", "stranger": "13800009999"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(whole=True) as started:
        yield started


@pytest.fixture(scope="module")
def stage(browser: Browser) -> Iterator[Stage]:
    with served_world(None, to_browsers=True) as (world, inside):
        made = Stage(browser, open_office(world), inside)
        yield made
        made.close()


def phone(stage: Stage, actor: Actor, number: str) -> None:
    person, email = actor.person_id, "mail@example.org"
    stage.world.write(
        lambda tx: directory.change_person(tx, SYSTEM, person, phone=number, email=email)
    )


def test_numbers_are_on_the_card_and_on_the_device_until_signing_out(stage: Stage) -> None:
    office = stage.office
    stranger = stage.world.person("吴远方", unit=stage.world.add_unit("远处"))
    for actor, who in ((office.member, "member"), (office.owner, "owner"), (stranger, "stranger")):
        phone(stage, actor, NUMBERS[who])
    group = stage.group()
    stage.say(group, "大家好")
    screen = stage.visit(office.member, f"/people/{office.owner.person_id}", PHONE)
    page = screen.page
    expect(page.get_by_role("link", name=NUMBERS["owner"])).to_have_attribute(
        "href", f"tel:{NUMBERS['owner']}"
    )
    screen.open(f"/people/{stranger.person_id}")
    expect(page.locator("dl.kv")).to_contain_text("只给一起工作的同事看")
    screen.open(f"/chat/{group}")
    kept(screen)
    until(lambda: NUMBERS["owner"] in screen.stored())
    assert NUMBERS["stranger"] not in screen.stored()
    page.get_by_role("button", name="群资料").click()
    expect(page.get_by_role("link", name=f"给 张群主 打电话：{NUMBERS['owner']}")).to_be_visible()

    page.context.set_offline(True)
    page.reload()
    page.locator(".banner").get_by_role("link", name="通讯录").click()
    expect(page.get_by_role("heading", name="存在这台设备上的通讯录")).to_be_visible()
    expect(page.locator(".note")).to_contain_text("可能已经过时")
    page.get_by_role("searchbox").fill("zhangqun")
    expect(page.get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_role("listitem").get_by_role("link").first).to_have_attribute(
        "href", f"tel:{NUMBERS['owner']}"
    )
    assert violations(page) == []
    screen.check_width("contacts without the line")

    page.context.set_offline(False)
    expect(page.locator(".banner")).to_have_count(0)
    what_was_loaded_stays(screen)
    screen.open("/me")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/login**")
    until(lambda: NUMBERS["owner"] not in screen.stored())
    assert json.loads(screen.stored())["mark"] == [
        {"epoch": json.loads(screen.stored())["mark"][0]["epoch"], "ended": True}
    ]
    assert screen.errors == []


def what_was_loaded_stays(screen: Screen) -> None:
    """Losing the line takes no list away, nor what is typed; what this device kept is one press away."""
    page = screen.open("/people").page
    name = "张群主"
    page.get_by_role("searchbox").fill(name)
    row = page.locator("a.ai.p", has_text=name)
    expect(row).to_have_count(1)
    page.context.set_offline(True)
    expect(page.locator(".banner")).to_be_visible()
    expect(row).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value(name)
    assert violations(page) == []
    page.locator(".find").get_by_role("link", name="存在这台设备上的通讯录").click()
    expect(page.get_by_role("heading", name="存在这台设备上的通讯录")).to_be_visible()
    expect(row).to_be_hidden()
    page.context.set_offline(False)
    expect(row).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value(name)
