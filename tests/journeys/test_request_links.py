"""A link to a request in a chat: its state, and the way to decide for whoever may; to all others only that there is one."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, Screen, Screens

pytestmark = pytest.mark.timeout(180)
GROUP = "总装一车间"
NAME = "澄远涂胶改善工作群"


def person(screen: Screen, name: str) -> str:
    return str(screen.get(f"/people?q={name}")["people"][0]["id"])


def apply(screen: Screen) -> str:
    """Apply for a group; the id of the request."""
    options: Any = screen.get("/applications/options")
    body = {
        "name": NAME,
        "purpose": "涂胶不良从 3% 降到 1% 以内",
        "scope": "总装一车间骨干",
        "class": options["classes"][0]["id"],
        "level": options["levels"][0]["id"],
        "kind": "internal",
        "tool": None,
        "owner_id": person(screen, "周小雨"),
        "administrator_ids": [person(screen, "陈思源")],
        "member_ids": [],
        "end_date": None,
        "rules": "一、数据先核对再上群。",
    }
    made = screen.post("/applications", body)
    assert made.ok, made.text()
    return str(made.json()["request"]["id"])


def test_a_request_in_a_chat_says_how_it_stands(people: Screens) -> None:
    applicant = people.signed_in("zhouxiaoyu")
    head = people.signed_in("zhaotiejun", size=PHONE, scheme="dark")
    colleague = people.signed_in("wanghaitao")
    for screen in (applicant, head, colleague):
        screen.row(GROUP).first.click()
    request = apply(applicant)
    applicant.send(f"{applicant.origin}/todo/{request}")
    cards = [screen.page.locator("article.m a.lk").last for screen in (applicant, head, colleague)]
    for card in cards[:2]:
        expect(card).to_contain_text(NAME)
        expect(card.locator(".mark")).to_have_text("审批中")
    expect(cards[0]).to_contain_text("周小雨 的申请")
    expect(cards[1]).to_contain_text("等你审批")
    expect(cards[2]).to_contain_text("内容只给申请人和审批人看")
    expect(cards[2]).not_to_contain_text(NAME)
    expect(cards[2].locator(".mark")).to_have_count(0)
    head.check_access("a request in a chat")

    cards[1].click()
    head.page.get_by_label(re.compile("^意见")).fill("人手不够，下月再报")
    head.press("不同意")
    expect(cards[0].locator(".mark")).to_have_text("未同意")
    head.open("/chat")
    head.row(GROUP).first.click()
    expect(cards[1].locator(".mark")).to_have_text("未同意")
    expect(cards[1]).not_to_contain_text("等你审批")
    expect(cards[2].locator(".mark")).to_have_count(0)
