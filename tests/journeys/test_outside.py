"""People from outside are marked wherever one is about to speak to them, and so are the groups that they are in."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from guiju.modules.directory import service as directory
from guiju.modules.groups import direct, roster
from guiju.setup import SYSTEM
from tests.support.browser import PHONE
from tests.support.inside import served_world
from tests.support.office import open_office
from tests.support.stage import Stage

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def stage(browser: Browser) -> Iterator[Stage]:
    with served_world(None, to_browsers=True) as (world, inside):
        made = Stage(browser, open_office(world), inside)
        yield made
        made.close()


def test_who_is_from_outside_is_marked_until_they_join(stage: Stage) -> None:
    world, office = stage.world, stage.office
    group, plain, guest = stage.group(), stage.group(), world.guest("周来访")
    stage.say(plain, "本单位的群")
    desk = stage.visit(office.member)
    page = desk.page
    expect(page.locator("a.cv .tag-out")).to_have_count(0)
    world.write(lambda tx: roster.admit(tx, office.owner, group, [guest.person_id]))
    row = page.locator(f"a.cv[href='/chat/{group}']")
    expect(row.locator(".tag-out")).to_have_text("外部")
    expect(page.locator(f"a.cv[href='/chat/{plain}'] .tag-out")).to_have_count(0)
    row.click()
    expect(page.locator(".main-h .tag-out")).to_have_attribute("title", "群里有外单位的人")
    drawer = page.get_by_role("complementary", name="群资料")
    expect(drawer.locator(".p", has_text="周来访").locator(".tag-out")).to_be_visible()
    expect(drawer.locator(".p .tag-out")).to_have_count(1)
    page.get_by_role("textbox", name="消息").press_sequentially("@")
    picker = page.get_by_role("listbox")
    expect(picker.get_by_role("option", name="周来访").locator(".tag-out")).to_be_visible()
    expect(picker.locator(".tag-out")).to_have_count(1)
    desk.check_access("somebody from outside in a group")

    pair = world.write(lambda tx: direct.open_direct(tx, office.member, guest.person_id))
    stage.say(pair, "图纸收到了", guest)
    phone = stage.visit(office.member, f"/people/{guest.person_id}", PHONE)
    expect(phone.page.locator("#content h1 + .tag-out")).to_be_visible()
    phone.open(f"/chat/{pair}")
    expect(phone.page.locator(".main-h .tag-out")).to_have_attribute("title", "不是本单位的人")
    phone.check_access("a talk with somebody from outside")

    unit = world.unit
    world.write(lambda tx: directory.change_person(tx, SYSTEM, guest.person_id, unit=unit))
    expect(page.locator("a.cv .tag-out")).to_have_count(0)
    expect(page.locator(".main-h .tag-out")).to_have_count(0)
    expect(drawer.locator(".tag-out")).to_have_count(0)
    expect(phone.page.locator(".main-h .tag-out")).to_have_count(0)
