"""A message that asks for answers, from 需要回复 to 已明白, in real browsers on the demonstration."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, Screens

pytestmark = pytest.mark.timeout(120)
TEXT = "请确认明早的排班"


def test_asked_answered_and_seen_by_the_author(people: Screens) -> None:
    author = people.signed_in("wanghaitao")
    reader = people.signed_in("sunli", size=PHONE, scheme="dark")
    author.row("总装一车间").first.click()
    author.send(TEXT)
    author.menu(TEXT, "需要回复")
    author.page.get_by_role("checkbox", name="孙立").check()
    author.check_access("asking for answers")
    author.page.get_by_role("dialog").get_by_role("button", name="需要回复").click()
    mark = author.message(TEXT).locator("button.an")
    expect(mark).to_contain_text("0/1 已回复 · 剩余")
    author.check_access("a message that asks")

    reader.page.locator("a.answer").click()
    expect(reader.page.locator(".card", has_text="王海涛")).to_be_visible()
    reader.check_access("what I must answer")
    reader.page.locator(".card", has_text="王海涛").get_by_role("link").click()
    reader.message(TEXT).locator("button.an").click()
    reader.check_access("the answers on the phone")
    reader.press("已明白")
    expect(mark).to_have_text("1/1 已回复")
    expect(reader.page.locator("a.answer")).to_have_count(0)
    mark.click()
    expect(author.page.get_by_role("dialog")).to_contain_text("孙立")
    expect(author.page.get_by_role("dialog")).to_contain_text("已明白")
