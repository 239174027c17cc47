"""A question about a message, answered by the head of a unit who is not in the group, in real browsers on the demonstration."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, Screens

pytestmark = pytest.mark.timeout(120)
TEXT = "M12 螺栓今天按新图纸装"
QUESTION = "M12 螺栓的扭矩按哪一版标准？"
ANSWER = "按 B 版第 3 页，85 牛米"


def test_raised_answered_by_the_head_outside_and_closed(people: Screens) -> None:
    asker = people.signed_in("wanghaitao")
    units = asker.get("/units")["units"]
    unit = next(one for one in units if one["name"] == "工艺科")
    head = people.signed_in("luming", size=PHONE, scheme="dark")
    asker.row("总装一车间").first.click()
    asker.send(TEXT)
    asker.menu(TEXT, "提出问题")
    dialog = asker.page.get_by_role("dialog")
    dialog.get_by_label("主管部门").select_option(unit["id"])
    dialog.get_by_label("问题", exact=True).fill(QUESTION)
    asker.check_access("raising a question")
    dialog.get_by_role("button", name="提交").click()
    said = asker.message(TEXT)
    expect(said).to_contain_text("待答复")

    head.page.get_by_role("link", name="问题").first.click()
    expect(head.page.get_by_text(QUESTION)).to_be_visible()
    expect(head.page.get_by_text("群内信息不显示")).to_be_visible()
    expect(head.page.get_by_text(TEXT)).to_have_count(0)
    head.press("答复")
    head.page.get_by_label("答复", exact=True).fill(ANSWER)
    head.check_access("answering on the phone")
    head.press("提交")
    expect(said).to_contain_text(ANSWER)
    asker.check_access("an answered question")
    said.get_by_role("button", name="问题已解决").click()
    expect(said).to_contain_text("已关闭")


def test_a_deputy_is_named_on_the_card_and_figures_stand_beside_the_group(people: Screens) -> None:
    owner = people.signed_in("zhaotiejun")
    me, other = (owner.get(f"/people?q={name}")["people"][0] for name in ("赵铁军", "王海涛"))
    owner.open(f"/people/{me['id']}")
    owner.press("指定代理人")
    dialog = owner.page.get_by_role("dialog")
    dialog.get_by_role("combobox").fill("王海涛")
    dialog.get_by_role("option", name="王海涛").click()
    dialog.get_by_label("到", exact=True).fill(dialog.get_by_label("从", exact=True).input_value())
    owner.check_access("naming a deputy")
    dialog.get_by_role("button", name="保存").click()
    expect(owner.page.locator("dd", has_text="王海涛")).to_be_visible()
    owner.open(f"/people/{other['id']}")
    expect(owner.page.locator("dd", has_text="赵铁军")).to_be_visible()
    owner.page.goto(f"{owner.origin}/chat")
    owner.row("总装一车间").first.click()
    figures = owner.page.locator(
        "section", has=owner.page.get_by_role("heading", name="回复与问题")
    )
    expect(figures).to_contain_text("要求回复")
    owner.check_access("figures of a group")
    figures.get_by_role("link", name="查看问题").click()
    expect(owner.page.get_by_text(QUESTION)).to_be_visible()
    owner.check_access("the questions of a group")


def test_a_deputy_decides_on_behalf_of_the_head(people: Screens) -> None:
    head = people.signed_in("yezhiqiu")
    waiting = len(head.get("/approvals?box=todo")["requests"])
    assert waiting, "the demonstration has something that waits for this head"
    head.open(f"/people/{head.get('/me')['person']['id']}")
    head.press("指定代理人")
    dialog = head.page.get_by_role("dialog")
    dialog.get_by_role("combobox").fill("陆鸣")
    dialog.get_by_role("option", name="陆鸣").click()
    dialog.get_by_label("到", exact=True).fill(dialog.get_by_label("从", exact=True).input_value())
    dialog.get_by_role("button", name="保存").click()
    expect(head.page.locator("dd", has_text="陆鸣")).to_be_visible()

    deputy = people.signed_in("luming", size=PHONE)
    assert deputy.get("/me")["todo"]["approvals"] == waiting
    deputy.open("/todo")
    row = deputy.page.locator("a.ai", has_text="代 叶知秋 审批").first
    row.click()
    expect(deputy.page.locator(".note", has_text="你正代理叶知秋")).to_be_visible()
    deputy.check_access("what waits for a deputy on the phone")
    deputy.press("同意")
    expect(deputy.page.locator("a.ai", has_text="代 叶知秋 审批")).to_have_count(waiting - 1)

    head.open("/todo?box=done")
    expect(head.page.locator("a.ai", has_text="陆鸣（代 叶知秋）").first).to_be_visible()
    expect(head.page.locator(".flow")).to_contain_text("陆鸣（代 你）")
    head.check_access("what a deputy decided")
    officer = people.signed_in("ouyangjing")
    clause = next(
        one["clause"]["id"] for one in head.get("/approvals?box=done")["requests"] if one["clause"]
    )
    officer.open(f"/clauses/{clause}")
    line = officer.page.locator(".ev", has_text="陆鸣（代 叶知秋） 审批了申请")
    line.get_by_role("link").click()
    expect(officer.page.get_by_role("status").first).to_contain_text("陆鸣（代 叶知秋）")
