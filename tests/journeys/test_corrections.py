"""Corrections in real browsers: seen by a reader at once, made from the page of questions, kept as one when a rule asks first."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import DESK, PHONE, Screen, Screens

GROUP = "总装一车间"
WRONG, RIGHT = "M10 螺栓今天按 85 牛米装", "M10 螺栓今天按 58 牛米装"
pytestmark = pytest.mark.timeout(120)


def in_group(people: Screens, account: str, size: tuple[int, int]) -> Screen:
    screen = people.signed_in(account, size=size)
    screen.row(GROUP).click()
    expect(screen.page.get_by_role("log")).to_be_visible()
    return screen


def test_a_reported_error_is_corrected_and_readers_see_it_at_once(people: Screens) -> None:
    writer, reader = in_group(people, "wanghaitao", DESK), in_group(people, "zhouxiaoyu", DESK)
    writer.send(WRONG)
    writer.menu(WRONG, "置顶")
    pin = reader.page.get_by_role("region", name="置顶消息")
    expect(pin).to_contain_text(WRONG)
    reader.menu(WRONG, "报告差错")
    sheet = reader.page.get_by_role("dialog")
    sheet.get_by_label("差错").fill("应是 58 牛米")
    reader.check_access("reporting an error")
    sheet.get_by_role("button", name="提交").click()
    expect(sheet).to_have_count(0)

    writer.page.get_by_role("link", name="问题").first.click()
    card = writer.page.locator(".card", has_text="应是 58 牛米")
    card.get_by_role("button", name="更正", exact=True).click()
    sheet = writer.page.get_by_role("dialog")
    field = sheet.get_by_label("更正后的内容")
    expect(field).to_have_value(WRONG)
    field.fill(RIGHT)
    writer.check_access("correcting from the page of questions")
    sheet.get_by_role("button", name="发出更正").click()
    expect(card).to_contain_text("已发更正")
    expect(card.get_by_role("button", name="更正", exact=True)).to_have_count(0)

    expect(reader.message(RIGHT)).to_contain_text("更正 · 看原消息")
    expect(reader.message(WRONG)).to_contain_text("已更正，看更正")
    expect(pin).to_contain_text(f"[已更正] {WRONG}")
    fresh = in_group(people, "zhouxiaoyu", PHONE)
    expect(fresh.message(RIGHT)).to_be_in_viewport()
    fresh.check_access("a corrected message, on a phone")
    said = [
        one.page.locator("[role=log] article .m-b").all_inner_texts() for one in (reader, fresh)
    ]
    assert said[0][-3:] == said[1][-3:], "as for somebody who comes anew"


def test_a_correction_that_a_rule_asks_about_stays_one_when_it_is_changed(people: Screens) -> None:
    writer = in_group(people, "wanghaitao", DESK)
    writer.send("二号线的货架可以领了")
    writer.menu("二号线的货架可以领了", "更正")
    sheet = writer.page.get_by_role("dialog")
    field = sheet.get_by_label("更正后的内容")
    expect(field).to_have_value("二号线的货架可以领了")
    field.fill("转让二手货架，300元")
    sheet.get_by_role("button", name="发出更正").click()
    sheet.get_by_role("button", name="改后再发").click()
    expect(field).to_have_value("转让二手货架，300元")
    field.fill("三号线的货架可以领了")
    sheet.get_by_role("button", name="发出更正").click()
    expect(writer.message("三号线的货架可以领了")).to_contain_text("更正 · 看原消息")
    expect(writer.page.locator("article.wait")).to_have_count(0)
