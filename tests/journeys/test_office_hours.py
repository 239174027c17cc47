"""Fixed communication times: set in the group's sheet, seen by everybody above the talk, and nobody is kept from writing."""

import re

from playwright.sync_api import expect

from tests.support.browser import DESK, PHONE, Screen, Screens

GROUP = "总装一车间"


def opened(people: Screens, login: str, size: tuple[int, int] = DESK) -> Screen:
    screen = people.signed_in(login, size=size)
    screen.row(GROUP).click()
    return screen


def test_the_owner_states_them_and_a_member_reads_them(people: Screens) -> None:
    owner, member = opened(people, "zhaotiejun"), opened(people, "zhouxiaoyu", PHONE)
    page = owner.page
    page.get_by_role("button", name="固定沟通时间", exact=True).click()
    sheet = page.get_by_role("dialog", name="固定沟通时间")
    sheet.get_by_role("button", name="星期三").click()
    sheet.get_by_label("从").fill("15:00")
    sheet.get_by_label("到", exact=True).fill("14:00")
    expect(sheet.get_by_role("button", name="保存")).to_be_disabled()
    sheet.get_by_label("到", exact=True).fill("16:00")
    sheet.get_by_label("说明，可不填").fill("对进度")
    owner.check_access("stating communication times")
    sheet.get_by_role("button", name="保存").click()
    said = "每周一、三 15:00–16:00（对进度）"
    expect(page.locator(".dr")).to_contain_text(said)
    bar = member.page.get_by_role("button", name=re.compile("固定沟通时间：" + re.escape(said)))
    expect(bar).to_be_visible()
    member.check_access("communication times above the talk")
    member.check_width("communication times on a phone")
    expect(member.page.get_by_role("log")).to_contain_text("本群的固定沟通时间已更新")
    member.send("别的时间也能发")
    expect(member.sent("别的时间也能发").first).to_be_visible()
