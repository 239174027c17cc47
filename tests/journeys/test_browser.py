"""What people do, in real browsers on a real server: from an application to a proof, and what must hold on every page."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.support.browser import PHONE, Screen, Screens, violations
from tests.support.site import Site

NAME = "澄远涂胶质量攻关工作群"
SHORT = "涂胶质量攻关"
GROUP = "总装一车间"
HELD = "二号线的投标底价先按上次的口径"
EVERYWHERE = "全部退出，包括这台"
RULES_SIGNED = "我已读，愿意遵守"
pytestmark = pytest.mark.timeout(180)


def pick(screen: Screen, label: str, name: str) -> None:
    """Choose a person in a picker."""
    field = screen.page.get_by_role("combobox", name=label)
    field.fill(name)
    screen.page.get_by_role("option", name=re.compile(name)).click()


def apply_for_group(applicant: Screen) -> None:
    """Fill in the form; the name is judged while it is typed."""
    applicant.open("/apply")
    page = applicant.page
    name = page.locator("#f-name")
    refused = page.locator(".chk .f-bad")
    name.press_sequentially("下班聚一聚")
    expect(refused.first).to_contain_text("群名的格式不符合规定")
    refused.first.get_by_role("button", name="第 3.2 条").click()
    expect(page.locator(".clause-card")).to_contain_text("群名称")
    page.keyboard.press("Escape")
    name.fill("")
    name.press_sequentially(NAME)
    expect(page.get_by_text("名称符合规定")).to_be_visible()
    expect(refused).to_have_count(0)
    page.get_by_role("radio", name=re.compile("^车间")).click()
    page.get_by_label(re.compile("^用途与必要性")).fill("涂胶不良从 3% 降到 1% 以内")
    page.get_by_label("成员范围").fill("总装一车间骨干")
    pick(applicant, "群管理员", "陈思源")
    pick(applicant, "首批成员", "王海涛")
    page.get_by_label(re.compile("^群规")).fill("一、数据先核对再上群。")
    applicant.check_access("the form, filled in")
    applicant.press("提交报备")
    page.wait_for_url(re.compile("/applications$"))
    expect(page.locator("section.one", has_text=NAME)).to_contain_text("部门负责人审核")


def approve(decider: Screen, opinion: str) -> None:
    """Decide on the application in an inbox that is already open: it arrives by itself."""
    entry = decider.page.locator("a.ai", has_text=NAME)
    entry.click()
    expect(decider.page.locator("#content")).to_contain_text("涂胶不良从 3% 降到 1% 以内")
    decider.page.get_by_label(re.compile("^意见")).fill(opinion)
    decider.press("同意")
    expect(entry).to_have_count(0)


def enter(member: Screen) -> None:
    """Open the new group, which came by itself, and sign its rules: nothing of the chat before."""
    row = member.row(SHORT)
    expect(row).to_contain_text("[待签群规]")
    row.click()
    expect(member.page.get_by_text("一、数据先核对再上群。")).to_be_visible()
    expect(member.page.get_by_role("log")).to_have_count(0)
    member.press(RULES_SIGNED)
    expect(member.page.get_by_role("textbox", name="消息")).to_be_visible()


def hold_a_message(owner: Screen, other: Screen) -> tuple[int, int]:
    """Send what must be reviewed: told before sending, framed for the sender, nothing for others. Its position and time."""
    owner.write(HELD)
    notice = owner.page.locator(".cp-w")
    expect(notice).to_contain_text("这条会先送审核")
    expect(notice).to_contain_text("第 6.7 条")
    owner.press("提交审核")
    frame = owner.message(HELD).locator(".hold")
    expect(frame).to_contain_text("待审，还没有发出")
    assert frame.evaluate("one => getComputedStyle(one).borderTopStyle") == "dashed"
    frame.get_by_role("button", name="第 6.7 条").click()
    expect(owner.page.locator(".clause-card")).to_contain_text("工作秘密")
    owner.page.keyboard.press("Escape")
    # What was sent after it has come, so it would have come too.
    owner.send("另外，胶枪校准完了")
    expect(other.message("胶枪校准完了")).to_be_visible()
    expect(other.message(HELD)).to_have_count(0)
    assert HELD not in json.dumps(messages(other), ensure_ascii=False)
    held = next(one for one in messages(owner) if one["message"]["text"] == HELD)
    assert held["message"]["state"] == "held"
    return held["position"], held["message"]["at"]


def messages(screen: Screen) -> list[Any]:
    """What the server gives this person of the open group."""
    group = screen.page.url.rpartition("/")[2]
    items = screen.get(f"/groups/{group}/messages?limit=100")["items"]
    return [one for one in items if "message" in one]


def release(reviewer: Screen) -> None:
    """Decide in a queue that was open before the message came."""
    reviewer.page.locator("a.ai", has_text="周小雨").click()
    expect(reviewer.page.locator(".held mark")).to_have_text(["投标底价"])
    reviewer.page.get_by_role("radio", name=re.compile("^放行")).click()
    reviewer.page.get_by_label(re.compile("^理由")).fill("口径已公开")
    reviewer.press("放行")
    expect(reviewer.page.locator("a.ai", has_text="周小雨")).to_have_count(0)


def verify(screen: Screen, words: str) -> None:
    """On a proof page: every check holds, computed in this browser, and the head is remembered."""
    expect(screen.page.locator(".vd")).to_contain_text("未经改动")
    expect(screen.page.locator(".flow .fs.done")).to_have_count(4)
    expect(screen.page.locator(".flow")).to_contain_text(words)
    kept = json.loads(screen.page.evaluate("localStorage.getItem('gj.ledger.head')"))
    assert int(kept["size"]) > 0
    assert re.fullmatch("[0-9a-f]{64}", kept["root"])


def test_from_an_application_to_a_proof(people: Screens) -> None:
    owner = people.new().sign_in("zhouxiaoyu")
    second, member = people.signed_in("chensiyuan"), people.signed_in("wanghaitao")
    head, registrar = people.signed_in("zhaotiejun"), people.signed_in("fangxiaotang")
    reviewer = people.signed_in("linjingwen")
    for screen in (head, registrar):
        screen.go("待办")
    reviewer.open("/reviews")
    expect(reviewer.page.locator("a.ai").first).to_be_visible()
    apply_for_group(owner)
    approve(head, "同意，三个月为限")
    expect(owner.page.locator("section.one", has_text=NAME)).to_contain_text("同意，三个月为限")
    approve(registrar, "予以备案")
    card = owner.page.locator("section.one", has_text=NAME)
    expect(card).to_contain_text(re.compile(r"澄群备〔\d{4}〕\d{4} 号"))
    owner.go("进群")
    expect(owner.page.get_by_role("log")).to_contain_text("备案号")
    for screen in (second, member):
        enter(screen)
    talk(owner, second, member)
    position, written = hold_a_message(owner, member)
    release(reviewer)
    for screen in (owner, member):
        shown = screen.message(HELD)
        expect(shown).to_have_count(1)
        expect(shown).to_contain_text("审核后放行，写于")
        expect(shown.locator(".hold")).to_have_count(0)
        [item] = [one for one in messages(screen) if one["message"]["text"] == HELD]
        assert (item["kind"], item["held"]) == ("messaging.released", position)
        assert item["message"]["at"] == written
    see_the_evidence(people, owner, position)


def talk(owner: Screen, second: Screen, member: Screen) -> None:
    """Two chat live; a third, who looks elsewhere, sees one more unread with each message."""
    second.row("总装一车间").click()
    owner.send("今天的胶宽数据放在共享盘了")
    expect(member.message("胶宽数据")).to_be_visible()
    member.send("收到，下午核对")
    expect(owner.message("下午核对")).to_be_visible()
    count = second.row(SHORT).locator(".count")
    expect(count).to_contain_text("2")
    second.row(SHORT).click()
    expect(second.message("下午核对")).to_be_visible()
    expect(count).to_have_count(0)


def see_the_evidence(people: Screens, owner: Screen, position: int) -> None:
    """The clause shows the act with a link, and the proofs hold: without the text for the auditor, with it for the sender."""
    auditor = people.signed_in("ouyangjing").open("/clauses/6.7")
    link = auditor.page.get_by_role("link", name=f"查看 {position} 号的证明")
    expect(link).to_be_visible()
    auditor.check_access("a clause with evidence")
    link.click()
    verify(auditor, "这里不出示正文")
    auditor.check_access("a proof")
    before = auditor.page.evaluate("localStorage.getItem('gj.ledger.head')")
    auditor.page.reload()
    verify(auditor, "从上次见到的")
    assert json.loads(before)["vkey"] in auditor.page.evaluate(
        "localStorage.getItem('gj.ledger.head')"
    )
    said = owner.message("胶宽数据")
    said.hover()
    said.get_by_role("link", name="查看证明").click()
    verify(owner, "正文算出的承诺与账本所存一致")


def waiting_rows(screen: Screen) -> Locator:
    return screen.page.locator("article.wait")


def test_outbox_outlives_a_killed_server(people: Screens, site: Site) -> None:
    writer, reader = people.signed_in("wanghaitao"), people.signed_in("sunli")
    for screen in (writer, reader):
        screen.row(GROUP).click()
        # A page that lacks a script when the server goes says so.
        expect(screen.page.locator(".dr .kv").first).to_be_visible()
    site.kill()
    expect(writer.page.locator(".banner")).to_contain_text("连接")
    writer.send("甲班已经交接，夹具在二号柜")
    expect(waiting_rows(writer)).to_contain_text("等待发出")
    # It is on this machine, not in the page.
    assert "夹具在二号柜" in writer.stored()
    site.start()
    for screen in (reader, writer):
        expect(screen.message("夹具在二号柜")).to_have_count(1, timeout=40_000)
    expect(waiting_rows(writer)).to_have_count(0)
    expect(writer.page.locator(".banner")).to_have_count(0)
    writer.page.reload()
    expect(writer.message("夹具在二号柜")).to_have_count(1)
    assert sum("夹具在二号柜" in one["message"]["text"] for one in messages(reader)) == 1


def test_sign_out_everywhere_closes_the_other_browser(people: Screens) -> None:
    here, there = people.signed_in("zhongling"), people.signed_in("zhongling")
    there.row(GROUP).click()
    expect(there.page.get_by_role("log")).to_be_visible()
    here.open("/me")
    expect(here.page.get_by_role("button", name="退出", exact=True)).not_to_have_count(0)
    here.press(EVERYWHERE)
    for screen in (here, there):
        screen.page.wait_for_url(re.compile("/login"))
        assert screen.page.request.get(f"{screen.origin}/api/me").status == 401


WATERMARK = """() => {
  const shown = [...document.querySelectorAll("*")].filter(one => [getComputedStyle(one), getComputedStyle(one, "::after"),
    getComputedStyle(one, "::before")].some(style => style.backgroundImage.includes("data:image/svg")));
  return decodeURIComponent(getComputedStyle(document.documentElement).getPropertyValue("--wm")) + "|" + shown.length;
}"""


def test_every_page_inside_carries_its_readers_name_and_staff_number(people: Screens) -> None:
    screen = people.signed_in("wanghaitao")
    number = screen.get("/me")["person"]["staff_no"]
    for path in ("/chat", "/register", "/me"):
        screen.open(path)
        expect(screen.page.locator("#content")).to_be_visible()
        text, _, painted = screen.page.evaluate(WATERMARK).rpartition("|")
        assert f"王海涛 {number}" in text, path
        assert int(painted) > 0, f"nothing on {path} is painted with it"
    screen.press(EVERYWHERE)
    screen.page.wait_for_url(re.compile("/login"))
    assert "王海涛" not in screen.page.evaluate(WATERMARK)


def test_the_language_is_chosen_and_kept(people: Screens) -> None:
    screen = people.signed_in("wanghaitao")
    page = screen.page
    for language, heading, send in (
        ("English", "Messages", "Send"),
        ("繁體中文", "訊息", "傳送"),
        ("简体中文", "消息", "发送"),
    ):
        screen.open("/me")
        page.get_by_role("radio", name=language).click()
        screen.open("/chat")
        expect(page.get_by_role("navigation").first).to_contain_text(heading)
        screen.row(GROUP).click()
        expect(page.get_by_role("button", name=send, exact=True)).to_be_visible()
        expect(page.locator("html")).to_have_attribute(
            "lang", {"English": "en", "繁體中文": "zh-TW"}.get(language, "zh-CN")
        )


def test_phone_goes_from_the_list_to_a_chat_and_back(people: Screens) -> None:
    phone = people.signed_in("mengyao", size=PHONE)
    listed = phone.row(GROUP)
    expect(listed).to_be_visible()
    phone.check_access("the conversations on a phone")
    listed.tap()
    log = phone.page.get_by_role("log")
    expect(log).to_be_visible()
    expect(listed).to_be_hidden()
    phone.check_access("a chat on a phone")
    phone.page.get_by_role("link", name=re.compile("^返回")).tap()
    expect(listed).to_be_visible()
    expect(log).to_have_count(0)


def test_a_week_of_talk(people: Screens) -> None:
    """The demonstration's talk stands under the days of a week, oldest first, and none of it in the future."""
    screen = people.signed_in("wanghaitao")
    screen.row(GROUP).click()
    log = screen.page.get_by_role("log")
    expect(log).to_be_visible()
    for _ in range(10):
        if screen.page.get_by_text("这里是开头。").count():
            break
        log.evaluate("one => { one.scrollTop = 0 }")
        screen.page.wait_for_load_state("networkidle")
    days = [one for one in screen.page.locator(".day").all_inner_texts() if "新消息" not in one]
    assert len(days) == len(set(days)) >= 5, days
    assert days[-1].startswith("今天"), days
    times = [one["message"]["at"] for one in messages(screen)]
    week = 7 * 24 * 3600 * 1000
    assert max(times) - min(times) > week / 2
    assert max(times) <= screen.page.evaluate("Date.now()")


PAGES = [
    (
        "zhouxiaoyu",
        [
            "/chat",
            "/todo",
            "/people",
            "/desk",
            "/apply",
            "/applications",
            "/join",
            "/me",
            "/nowhere",
        ],
    ),
    ("yezhiqiu", ["/todo"]),
    ("linjingwen", ["/reviews"]),
    ("fangxiaotang", ["/register", "/todo?box=done"]),
    ("ouyangjing", ["/clauses", "/clauses/6.7", "/ledger", "/proof/500"]),
    ("tangli", ["/directory", "/accounts"]),
    ("youliqun", ["/pack"]),
]


@pytest.mark.parametrize(("account", "paths"), PAGES, ids=[account for account, _ in PAGES])
def test_pages_are_accessible(people: Screens, account: str, paths: list[str]) -> None:
    screen = people.signed_in(account)
    for path in paths:
        screen.open(path)
        expect(screen.page.locator("#content")).to_be_visible()
        screen.check_access(path)
        if path == "/chat":
            screen.row(GROUP).click()
            expect(screen.page.locator(".dr .kv").first).to_be_visible()
            screen.check_access("a chat with its drawer")
    screen.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    for path in paths:
        screen.open(path).settle()
        screen.check_width(f"{path} on a phone")


def test_the_check_of_access_can_fail(people: Screens) -> None:
    screen = people.new().open("/login")
    screen.settle()
    assert violations(screen.page) == []
    screen.page.evaluate("""() => {
        document.querySelector('input').removeAttribute('placeholder');
        document.querySelector('label .f-l').remove();
        document.querySelector('h1').style.color = '#ddd';
    }""")
    assert {found.partition(" ")[0] for found in violations(screen.page)} >= {
        "label",
        "color-contrast",
    }
    screen.page.evaluate("document.body.style.width = '2000px'")
    with pytest.raises(AssertionError, match="wider than the screen"):
        screen.check_width("it")


def test_dark_pages_are_dark_and_accessible(people: Screens) -> None:
    screen = people.signed_in("zhouxiaoyu", scheme="dark")
    screen.row(GROUP).click()
    expect(screen.page.locator(".dr .kv").first).to_be_visible()
    paper = screen.page.evaluate(
        "getComputedStyle(document.querySelector('.main')).backgroundColor"
    )
    assert max(int(part) for part in re.findall(r"\d+", paper)[:3]) < 60, paper
    screen.check_access("a chat, dark")
    for path in (
        "/apply",
        "/clauses/6.7",
        "/proof/500" if screen.get("/ledger/proof/500").get("leaf") else "/me",
    ):
        screen.open(path)
        expect(screen.page.locator("#content")).to_be_visible()
        screen.check_access(f"{path}, dark")
