"""An outage: the browser notices it, two presses report it, IT sees the hours and units, and who reported is told."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from guiju.modules.outages.types import Outage
from tests.support.browser import PHONE, chromium, violations
from tests.support.inside import served_world
from tests.support.office import open_office
from tests.support.stage import Stage


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(whole=True) as started:
        yield started


@pytest.fixture(scope="module")
def stage(browser: Browser) -> Iterator[Stage]:
    with served_world(None, to_browsers=True) as (world, inside):
        # Browsers have the time of now, and go on; of an outage that ends ahead the server takes its own.
        world.clock.advance(time.time_ns() // 1_000_000 + 600_000 - world.clock.now())
        made = Stage(browser, open_office(world), inside)
        yield made
        made.close()


def test_an_outage_is_reported_in_two_presses_and_answered(stage: Stage) -> None:
    group = stage.group()
    stage.say(group, "大家好")
    keeper = stage.world.person("徐维护", "it")
    screen = stage.visit(stage.office.member, f"/chat/{group}", PHONE)
    page = screen.page
    expect(screen.message("大家好")).to_be_visible()
    away = f"gj.away.{stage.office.member.person_id}"
    page.evaluate(f"sessionStorage.setItem('{away}', String(Date.now() - 5 * 60 * 1000))")
    page.context.set_offline(True)
    expect(page.locator(".banner")).to_contain_text("急事请打电话")
    page.context.set_offline(False)
    banner = page.locator(".banner")
    expect(banner).to_contain_text("刚才断线")
    banner.get_by_role("button", name="报告故障").click()
    sheet = page.get_by_role("dialog", name="报告收发故障")
    expect(sheet.get_by_label("连不上")).to_be_checked()
    assert violations(page) == []
    screen.check_width("reporting an outage")
    sheet.get_by_role("button", name="发送报告").click()
    expect(sheet).to_have_count(0)
    expect(banner).to_contain_text("已报告给维护人员")
    expect(banner.get_by_role("button", name="知道了")).to_be_focused()
    assert violations(page) == []
    banner.get_by_role("button", name="知道了").click()
    expect(banner).to_have_count(0)
    (fact,) = stage.world.facts("outages.reported")
    assert fact.outage is Outage.OFFLINE
    assert 5 * 60 * 1000 <= fact.until - fact.since < 6 * 60 * 1000

    it = stage.visit(keeper, "/desk")
    it.page.get_by_role("link", name="收发故障").click()
    row = it.page.get_by_role("listitem").filter(has_text="赵成员")
    expect(row).to_contain_text("连不上")
    expect(it.page.locator(".figs")).to_contain_text("澄远装备")
    it.check_access("reports of outages")
    row.get_by_role("checkbox").check()
    it.page.get_by_label("处理结果，会告诉报告人").fill("交换机已更换")
    it.page.get_by_role("button", name="标为已处理（1）").click()
    expect(it.page.locator("#content")).to_contain_text("没有待处理的故障报告")

    expect(banner).to_contain_text("交换机已更换")
    banner.get_by_role("button", name="知道了").click()
    expect(banner).to_have_count(0)
    screen.open("/me")
    expect(page.locator("section", has_text="收发有问题")).to_contain_text("交换机已更换")
    page.get_by_role("button", name="报告收发故障").click()
    page.get_by_role("dialog").get_by_label("收不到消息").check()
    page.get_by_role("button", name="发送报告").click()
    expect(page.locator("section", has_text="收发有问题")).to_contain_text("待处理")
    screen.check_width("what I reported")
    assert screen.errors == [] and it.errors == []
