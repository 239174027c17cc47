"""The review queue in real browsers: passing on, letting a phrase pass, taking a refusal back, pre-review, figures."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, Screen, Screens

GROUP = "总装一车间"
pytestmark = pytest.mark.timeout(240)


def chatting(people: Screens, account: str) -> Screen:
    screen = people.signed_in(account)
    screen.row(GROUP).click()
    expect(screen.page.get_by_role("textbox", name="消息")).to_be_visible()
    return screen


def queue(people: Screens, account: str = "linjingwen") -> Screen:
    screen = people.signed_in(account).open("/reviews")
    screen.settle()
    return screen


def held_at(sender: Screen, text: str) -> int:
    """Send what waits for a reviewer; its position."""
    sender.send(text)
    expect(sender.message(text).locator(".hold")).to_be_visible()
    group = sender.page.url.rpartition("/")[2]
    items = sender.get(f"/groups/{group}/messages?limit=100")["items"]
    [found] = [one for one in items if "message" in one and one["message"]["text"] == text]
    return int(found["position"])


def open_held(reviewer: Screen, position: int) -> None:
    """Choose a message of the list, where it comes by itself."""
    reviewer.page.locator(f"a.ai[href^='/reviews/{position}']").click()
    reviewer.page.wait_for_url(re.compile(f"/reviews/{position}"))
    reviewer.settle()


def decide(reviewer: Screen, position: int, verdict: str, reason: str, button: str) -> None:
    open_held(reviewer, position)
    reviewer.page.get_by_role("radio", name=re.compile(f"^{verdict}")).click()
    reviewer.page.get_by_label(re.compile("^理由")).fill(reason)
    reviewer.press(button)
    expect(reviewer.page.locator(f"a.ai[href^='/reviews/{position}']")).to_have_count(0)
    # The next text opens only when somebody chooses it: that they read it goes on record.
    expect(reviewer.page.get_by_text("选一条来看")).to_be_visible()
    expect(reviewer.page.locator("a.ai:focus")).to_have_count(1)


def test_what_is_passed_on_is_decided_by_the_named_role_alone(people: Screens) -> None:
    sender = chatting(people, "zhouxiaoyu")
    security = queue(people, "youliqun")
    expect(security.page.get_by_text("都处理完了")).to_be_visible()
    text = "请核对核心配方的存放记录"
    position = held_at(sender, text)
    reviewer = queue(people)
    expect(reviewer.page.locator("a.ai").first).to_be_visible()
    expect(reviewer.page.get_by_text("选一条来看")).to_be_visible()
    reviewer.check_access("a queue of which nothing is open")
    decide(reviewer, position, "上报", "像是正常的保密检查", "上报")
    reviewer.page.get_by_role("tab", name="已上报").click()
    open_held(reviewer, position)
    expect(reviewer.page.get_by_text("已上报安全管理员，等其决定。")).to_be_visible()
    expect(reviewer.page.get_by_role("radio")).to_have_count(0)
    # It came by itself to a queue that was open before.
    security.page.locator("a.ai", has_text="周小雨").click()
    expect(security.page.get_by_text("像是正常的保密检查")).to_be_visible()
    security.page.get_by_role("radio", name=re.compile("^放行")).click()
    security.press("放行")
    shown = sender.message(text)
    expect(shown).to_contain_text("审核后放行")
    expect(shown.locator(".hold")).to_have_count(0)


def test_a_phrase_passes_until_it_is_revoked(people: Screens) -> None:
    sender, reviewer = chatting(people, "wanghaitao"), queue(people)
    first = "投标底价以公告为准"
    open_held(reviewer, held_at(sender, first))
    reviewer.page.get_by_role("radio", name=re.compile("^放行")).click()
    reviewer.page.get_by_text("同时放行这个词").click()
    expect(reviewer.page.get_by_role("combobox", name="词")).to_contain_text("投标底价")
    reviewer.page.get_by_label(re.compile("^理由")).fill("已经公告")
    reviewer.check_access("deciding with an exception")
    reviewer.press("放行")
    expect(sender.message(first).locator(".hold")).to_have_count(0)
    sender.send("投标底价的公告在共享盘")
    expect(sender.message("公告在共享盘").locator(".hold")).to_have_count(0)
    reviewer.open("/exceptions").settle()
    row = reviewer.page.get_by_role("row", name=re.compile("投标底价"))
    expect(row).to_contain_text("林静文")
    row.get_by_role("button", name="撤销").click()
    reviewer.page.get_by_label("理由").fill("公告撤下了")
    reviewer.page.get_by_role("dialog").get_by_role("button", name="撤销").click()
    expect(reviewer.page.get_by_text("没有例外")).to_be_visible()
    reviewer.page.get_by_text("含已结束").click()
    expect(reviewer.page.get_by_role("row", name=re.compile("投标底价"))).to_contain_text("已撤销")
    sender.send("投标底价先不要提")
    expect(sender.message("先不要提").locator(".hold")).to_be_visible()


def test_refusals_lead_to_pre_review_and_another_reviewer_takes_one_back(people: Screens) -> None:
    sender, reviewer, last = chatting(people, "chensiyuan"), queue(people), 0
    for number in range(3):
        last = held_at(sender, f"核心配方我抄了第{number + 1}份")
        decide(reviewer, last, "退回", "涉及技术秘密", "退回")
    banner = sender.page.get_by_text("你在这里的消息先审后发。")
    expect(banner).to_be_visible()
    sender.send("明早我请假")
    held = sender.message("明早我请假").locator(".hold")
    expect(held).to_contain_text("第 6.3 条")
    sender.check_access("a chat under pre-review")
    staff = people.signed_in("tangli").open("/exceptions")
    expect(staff.page.get_by_role("row", name=re.compile("陈思源"))).to_contain_text("3 次")
    staff.check_access("who is under pre-review")
    other = queue(people, "pengyue")
    other.open("/reviews?box=done").settle()
    open_held(other, last)
    expect(other.page.locator(".card", has_text="以前怎么判的")).to_contain_text("涉及技术秘密")
    other.page.get_by_role("radio", name=re.compile("^遮蔽后放行")).click()
    other.page.get_by_label(re.compile("^理由")).fill("只是记账口误")
    other.check_access("taking a refusal back")
    other.press("遮蔽 1 处，放行")
    taken_back = sender.message("我抄了第3份")
    expect(taken_back).to_contain_text("审核后放行")
    expect(taken_back).not_to_contain_text("核心配方")
    expect(banner).to_have_count(0)


def test_who_answers_for_a_bot_is_told_of_its_refusals_and_that_it_waits(people: Screens) -> None:
    """The owner of a group, with a bot that their head approves, on a phone."""
    owner, reviewer = people.signed_in("zhaotiejun", size=PHONE), queue(people)
    owner.row(GROUP).click()
    group = owner.page.url.rpartition("/")[2]
    key = robot_key(people, owner, group)
    answer = tell(owner, key, "核心配方的温度曲线已上传")
    assert answer["errmsg"] == "held for review" and set(answer["guiju"]) == {"state", "position"}
    decide(reviewer, answer["guiju"]["position"], "退回", "设备资料不进群", "退回")
    told = owner.page.get_by_role("status").filter(has_text="设备告警")
    expect(told).to_contain_text("理由：设备资料不进群")
    expect(told).to_contain_text("已计 1 次，满 3 次")
    owner.check_access("what was refused of a bot")
    owner.open("/desk")
    told.get_by_role("link", name="进群看看").click()
    owner.page.wait_for_url(re.compile(f"/chat/{group}"))
    told.get_by_role("button", name="知道了").click()
    expect(told).to_have_count(0)
    owner.page.reload()
    expect(owner.page.get_by_role("textbox", name="消息")).to_be_visible()
    for number in range(2):
        decide(reviewer, held_at(owner, f"核心配方存了{number + 1}份"), "退回", "涉密", "退回")
    banner = owner.page.get_by_role("status").filter(has_text="你在这里的消息先审后发。")
    expect(banner).to_contain_text("由你负责的机器人也一样。")
    expect(told).to_have_count(0)
    owner.check_access("a chat under pre-review, with bots")
    assert tell(owner, key, "一切正常")["errmsg"] == "held for review"


def robot_key(people: Screens, owner: Screen, group: str) -> str:
    """The key of a bot that its owner has asked for, and that their head let them have."""
    asked = owner.post(f"/groups/{group}/bots", {"name": "设备告警", "purpose": "转发设备告警"})
    assert asked.ok, asked.text()
    bot = asked.json()
    head = people.signed_in("gaozhendong")
    approved = {"verdict": "approve", "opinion": ""}
    assert head.post(f"/approvals/{bot['request']}/decision", approved).ok
    shown = owner.post(f"/groups/{group}/bots/{bot['id']}/key", {})
    assert shown.ok, shown.text()
    return str(shown.json()["key"])


def tell(screen: Screen, key: str, text: str) -> Any:
    """What a tool outside with the key says, and is answered."""
    url = f"{screen.origin}/cgi-bin/webhook/send?key={key}"
    return screen.page.request.post(url, data={"msgtype": "text", "text": {"content": text}}).json()


def test_the_figures_sort_and_fit_a_phone(people: Screens) -> None:
    auditor = people.signed_in("ouyangjing").open("/figures")
    auditor.settle()
    heads = auditor.page.locator("th[aria-sort]")
    expect(heads.first).to_have_attribute("aria-sort", "descending")
    auditor.check_access("figures by clause")
    auditor.press("待审")
    expect(heads.nth(4)).to_have_attribute("aria-sort", "descending")
    auditor.press("待审")
    expect(heads.nth(4)).to_have_attribute("aria-sort", "ascending")
    auditor.page.get_by_role("tab", name="按词", exact=True).click()
    expect(auditor.page.get_by_role("row", name=re.compile("^核心配方"))).to_be_visible()
    auditor.check_access("figures by term")
    auditor.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    auditor.check_access("figures on a phone")


def test_the_pages_hold_on_a_phone_and_in_the_dark(people: Screens) -> None:
    for scheme in ("light", "dark"):
        screen = people.signed_in("linjingwen", size=PHONE, scheme=scheme)
        for path in ("/reviews", "/reviews?box=alerts", "/reviews?box=done", "/exceptions", "/exceptions?tab=people", "/figures"):  # fmt: skip
            screen.open(path).check_access(f"{path}, {scheme}")


def test_what_is_not_read_to_its_end_says_so(people: Screens) -> None:
    sender, reviewer = chatting(people, "zhouxiaoyu"), queue(people)
    open_held(reviewer, held_at(sender, "核心配方，" * 501))
    expect(reviewer.page.locator("table.tb tbody tr").first).to_contain_text("没有读完")
    expect(reviewer.page.locator("a.ai.on")).to_contain_text("没有读完")
    expect(reviewer.page.get_by_text("overflow")).to_have_count(0)
