"""The auditor takes a message down by its proof, and the group sees who did and why."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, Screens

pytestmark = pytest.mark.timeout(120)
TEXT = "客户的报价是每台四万二"
REASON = "泄露报价，举报属实"


def test_the_auditor_takes_down_what_stands_in_a_group(people: Screens) -> None:
    member, auditor = people.signed_in("zhouxiaoyu"), people.signed_in("ouyangjing", size=PHONE)
    member.row("总装一车间").first.click()
    member.send(TEXT)
    expect(member.sent(TEXT)).to_be_visible()
    group = member.page.url.rpartition("/")[2]
    position = member.get(f"/groups/{group}/messages")["items"][-1]["position"]
    assert auditor.get(f"/groups/{group}/messages")["code"] == "groups.not_found"

    while not auditor.page.request.get(f"{auditor.origin}/api/ledger/proof/{position}").ok:
        auditor.page.wait_for_timeout(200)  # a head is signed once a second
    auditor.open(f"/proof/{position}")
    down = auditor.page.get_by_role("button", name="撤下", exact=True)
    down.click()
    sheet = auditor.page.get_by_role("dialog")
    expect(sheet).to_contain_text("群里会留下一条说明")
    expect(sheet).to_contain_text("封存副本留在账本里")
    confirm = sheet.get_by_role("button", name="撤下", exact=True)
    expect(confirm).to_be_disabled()
    sheet.get_by_label("理由").fill(REASON)
    auditor.check_access("taking a message down")
    confirm.click()
    said = auditor.page.get_by_role("status").filter(has_text="撤下")
    expect(said).to_contain_text("欧阳靖")
    expect(said).to_contain_text(REASON)
    expect(down).to_have_count(0)
    expect(said).to_be_focused()
    auditor.check_access("taken down")

    expect(member.message(TEXT)).to_have_count(0)
    expect(member.page.locator(".tl .sys").last).to_contain_text(
        f"欧阳靖 撤下了你的一条消息，理由：{REASON}"
    )
    member.open(f"/proof/{position}")
    expect(member.page.get_by_role("status").filter(has_text=REASON)).to_be_visible()


def test_what_is_taken_down_beside_its_alert_is_closed_and_the_focus_stays(
    people: Screens,
) -> None:
    """An owner who reviews too; what they press last leaves, and so does the text."""
    officer, member = people.signed_in("youliqun"), people.signed_in("zhouxiaoyu")
    [owner] = officer.get("/people?q=赵铁军")["people"]
    changed = officer.page.request.put(
        f"{officer.origin}/api/people/{owner['id']}/roles",
        data={"roles": ["reviewer"]},
        headers={"Origin": officer.origin},
    )
    assert changed.ok, changed.text()
    text = "明天有记者采访二号线"
    member.row("总装一车间").first.click()
    member.send(text)
    expect(member.sent(text)).to_be_visible()

    reviewer = people.signed_in("zhaotiejun").open("/reviews?box=alerts")
    card = reviewer.page.locator("li.card", has_text="周小雨").first
    card.get_by_role("button", name="看原文").click()
    expect(card).to_contain_text(text)
    card.get_by_role("button", name="撤下", exact=True).click()
    sheet = reviewer.page.get_by_role("dialog")
    sheet.get_by_label("理由").fill(REASON)
    sheet.get_by_role("button", name="撤下", exact=True).click()
    said = card.get_by_role("status").filter(has_text=REASON)
    expect(said).to_be_focused()
    expect(card).not_to_contain_text(text)
    reviewer.check_access("taken down beside its alert")
    expect(member.message(text)).to_have_count(0)
