"""A notice from the issuer's desk to everybody's 我已知悉, in real browsers on the demonstration."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, Screen, Screens

pytestmark = pytest.mark.timeout(240)
TITLE = "冬季用电安全"
UNIT = "总装一车间"
KNOWN = "我已知悉"


def expect_badge(screen: Screen, number: int, where: str = "rail") -> None:
    """So many stand beside 通知 in the navigation."""
    link = screen.page.locator(f"nav.{where} a[href='/notices'] .count > span").first
    expect(link).to_have_text(str(number))


def publish(screen: Screen, text: str) -> None:
    """Write a notice to the workshop, check the names, and publish it."""
    screen.open("/issued/new")
    screen.page.get_by_label("标题").fill(TITLE)
    screen.page.get_by_label(re.compile("^正文")).fill(text)
    screen.page.get_by_role("checkbox", name=UNIT, exact=True).click()
    expect(screen.page.locator("aside .card-h")).to_contain_text("共 6 人")
    screen.check_access("writing a notice")
    screen.press("核对并发布")
    sheet = screen.page.get_by_role("dialog")
    expect(sheet).to_contain_text("通知 6 人")
    expect(sheet).to_contain_text("周小雨")
    screen.check_access("the names")
    screen.press("发布")
    screen.page.wait_for_url(re.compile("/issued/ntc_"))


def test_from_the_issuer_to_everybody_and_asked_again(people: Screens) -> None:
    issuer, reader = people.signed_in("tangli"), people.signed_in("zhouxiaoyu", size=PHONE)
    before = 2  # those of the demonstration that wait
    expect_badge(reader, before, "tabbar")
    publish(issuer, "下班前关闭工位电源。")
    expect_badge(reader, before + 1, "tabbar")
    expect(issuer.page.locator(".sum")).to_contain_text("0 / 6 已知悉")

    reader.page.locator("nav.tabbar a[href='/notices']").click()
    reader.page.get_by_role("link", name=re.compile(TITLE)).click()
    expect(reader.page.get_by_text("下班前关闭工位电源。")).to_be_visible()
    reader.check_access("a notice on the phone")
    reader.press(KNOWN)
    expect(reader.page.get_by_text(re.compile("^你已于 今天 .* 确认$"))).to_be_visible()
    expect_badge(reader, before, "tabbar")
    expect(issuer.page.locator(".sum")).to_contain_text("1 / 6 已知悉")
    unit = issuer.page.locator("section.unit", has_text=UNIT)
    expect(unit.locator(".names")).not_to_contain_text("周小雨")
    unit.locator("summary").click()
    expect(unit.locator("ul")).to_contain_text("周小雨")
    issuer.check_access("the roster")

    other = people.signed_in("machao")
    issuer.press("提醒未确认的 5 人")
    expect(issuer.page.get_by_text("已提醒 5 人")).to_be_visible()
    expect(issuer.page.get_by_role("button", name="提醒未确认的 5 人")).to_be_disabled()
    banner = other.page.locator(".banner", has_text="请确认通知")
    expect(banner).to_contain_text(TITLE)
    expect(reader.page.locator(".banner", has_text="请确认通知")).to_have_count(0)
    banner.get_by_role("link").click()
    expect(other.page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(banner).to_have_count(0)

    issuer.go("改正文")
    issuer.page.get_by_label(re.compile("^正文")).fill("下班前关闭工位电源，并由班长检查。")
    issuer.page.get_by_label(re.compile("^改动说明")).fill("增加班长检查")
    issuer.check_access("changing the text")
    issuer.press("发布新版")
    expect(issuer.page.locator(".sum")).to_contain_text("0 / 6 已知悉")
    expect_badge(reader, before + 1, "tabbar")
    expect(reader.page.get_by_text("正文改过，请重新阅读并确认。")).to_be_visible()
    expect(reader.page.get_by_text("改动说明：增加班长检查")).to_be_visible()
    expect(reader.page.get_by_text("并由班长检查")).to_be_visible()
    reader.press(KNOWN)
    expect_badge(reader, before, "tabbar")
    expect(issuer.page.locator(".sum")).to_contain_text("1 / 6 已知悉")


def test_questions_are_passed_before_it_counts(people: Screens) -> None:
    screen = people.signed_in("mengyao").open("/notices")
    screen.go("工作群保密要求学习")
    send = screen.page.get_by_role("button", name="提交回答")
    expect(send).to_be_disabled()
    answers = ("发到项目群里", "姓名", "立即告知群主或者管理员")
    for one in answers:
        screen.page.locator(".choice", has_text=one).click()
    screen.page.locator(".choice", has_text="工号").click()
    screen.check_access("a notice with questions")
    send.click()
    expect(screen.page.get_by_text(re.compile("^有 1 题没有答对"))).to_be_visible()
    expect(screen.page.locator("fieldset.bad")).to_have_count(1)
    screen.page.locator(".choice", has_text="走业务系统").click()
    send.click()
    expect(screen.page.get_by_text("请再读一遍，稍后再答。")).to_be_visible()
    expect_badge(screen, 1)


def test_who_oversees_reads_along_and_exports(people: Screens) -> None:
    screen = people.signed_in("ouyangjing").open("/issued?box=overseen")
    screen.go("工作群保密要求学习")
    expect(screen.page.locator("section.unit").first).to_be_visible()
    expect(screen.page.get_by_role("button", name=re.compile("^提醒"))).to_have_count(0)
    with screen.page.expect_download() as download:
        screen.page.get_by_role("link", name="导出 CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert text.startswith("部门,姓名,工号,状态,确认时间,作答次数")
    assert download.value.suggested_filename == "工作群保密要求学习.csv"
    assert len(text.splitlines()) == 56

    head = people.signed_in("zhaotiejun", size=PHONE).open("/issued?box=overseen")
    head.go("工作群保密要求学习")
    expect(head.page.locator("section.unit")).to_have_count(1)
    head.check_access("a head's people on the phone")


def test_an_employee_is_offered_no_desk_to_issue_from(people: Screens) -> None:
    screen = people.signed_in("zhouxiaoyu").open("/desk")
    expect(screen.page.get_by_role("link", name="发通知")).to_have_count(0)
    screen.open("/issued/new")
    expect(screen.page.get_by_role("alert")).to_contain_text("没有读出来")
