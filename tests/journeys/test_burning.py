"""Burning after reading in real browsers: said before, opened once, wiped, and kept by no browser."""

import pytest
from playwright.sync_api import Route, expect

from tests.support.browser import PHONE, Screens

WORKSHOP = "总装一车间"
SECRET = "蓝色飞马七号柜钥匙在老地方"
pytestmark = pytest.mark.timeout(180)


def test_it_is_said_before_read_once_and_wiped(people: Screens) -> None:
    officer = people.signed_in("youliqun")
    pack = officer.get("/policy/packs/current")["yaml"]
    assert "with: {seconds: []}" in pack
    allowed = pack.replace("with: {seconds: []}", "with: {most_people: 30}")
    assert officer.post("/policy/packs", {"yaml": allowed, "dry_run": False}).ok
    writer, reader = people.signed_in("wanghaitao"), people.signed_in("zhouxiaoyu", size=PHONE)
    for screen in (writer, reader):
        screen.row(WORKSHOP).click()
    mode = writer.page.get_by_role("toolbar", name="输入工具").get_by_role(
        "button", name="阅后即焚"
    )
    writer.write(SECRET)
    mode.click()
    strip = writer.page.get_by_role("group", name="阅后即焚")
    expect(strip).to_contain_text("对方看后即消失；按《小事一对一》")
    expect(strip).to_contain_text("密封副本仍会留存备查")
    expect(strip).to_contain_text("只对这一条")
    strip.get_by_role("radio", name="10 秒").click()
    writer.write(f"{SECRET}！")
    writer.page.wait_for_timeout(1500)
    writer.check_access("writing what burns")
    assert SECRET not in writer.stored() and SECRET not in str(writer.get("/drafts"))
    writer.page.keyboard.press("Enter")
    card = writer.message("阅后即焚消息 · 10 秒").last
    expect(card).to_contain_text("密封副本留存备查")
    expect(writer.page.get_by_text(SECRET)).to_have_count(0)
    expect(strip).to_have_count(0)
    writer.send("这一条照常")
    expect(writer.sent("这一条照常")).to_have_count(1)
    writer.menu_of(card)
    expect(writer.page.get_by_role("menuitem", name="撤回")).to_be_visible()
    for act in ("复制文字", "转发", "收藏", "稍后处理", "引用", "多选"):
        expect(writer.page.get_by_role("menuitem", name=act)).to_have_count(0)
    writer.page.keyboard.press("Escape")

    card = reader.message("阅后即焚消息 · 10 秒").last
    reader.check_access("a message that burns")
    card.get_by_role("button", name="打开阅读").click()
    expect(card).to_contain_text(SECRET)
    expect(card.get_by_role("timer")).to_contain_text("还剩")
    reader.check_access("an open message that burns")
    assert SECRET not in reader.stored(), "no browser keeps it"
    expect(card).to_contain_text("你已看过，已焚", timeout=15_000)
    assert SECRET not in reader.page.content() and SECRET not in reader.stored()
    told = writer.message("阅后即焚消息 · 10 秒").last
    expect(told).to_contain_text("周小雨")
    assert SECRET not in writer.stored() and SECRET not in writer.page.content()
    # The rules of one group must not come to stand for another that was opened meanwhile.
    asked: list[Route] = []

    def first(route: Route) -> None:
        if asked:
            route.continue_()
        else:
            asked.append(route)

    writer.page.route("**/rest", first)
    writer.row("安全生产").click()
    while not asked:
        writer.page.wait_for_timeout(20)
    with writer.page.expect_response("**/rest"):
        writer.row(WORKSHOP).click()
    with writer.page.expect_response("**/rest"):
        asked[0].continue_()
    writer.page.wait_for_timeout(200)
    expect(mode).to_be_visible()
    reader.page.reload()
    expect(reader.message("阅后即焚消息 · 10 秒").last).to_contain_text("你已看过，已焚")
