"""Two people write to each other, until a barrier is set between them, in real browsers."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.support.browser import PHONE, Screen, Screens

pytestmark = pytest.mark.timeout(180)


def set_barrier(officer: Screen, first: str, second: str) -> None:
    """Name both sides, see who is kept apart, and set it."""
    officer.open("/barriers")
    officer.press("设置屏障")
    sheet = officer.page.get_by_role("dialog")
    for side, name in (("甲方", first), ("乙方", second)):
        sheet.get_by_role("combobox", name=f"{side} 人员").fill(name)
        sheet.get_by_role("option", name=re.compile(name)).click()
    sheet.get_by_label("理由").fill("评标期间")
    officer.check_access("a barrier, filled in")
    sheet.get_by_role("button", name="预览名单").click()
    expect(sheet.get_by_role("status")).to_have_text("会隔开 1 对人")
    expect(sheet).to_contain_text("将变为只读")
    officer.check_access("the preview of a barrier")
    sheet.get_by_role("button", name="保存屏障").click()
    expect(sheet).to_have_count(0)
    expect(officer.page.locator("li.one").first).to_contain_text("生效中")


def test_two_write_to_each_other_until_a_barrier_stands(people: Screens) -> None:
    writer = people.signed_in("zhouxiaoyu", size=PHONE)
    reader, officer = people.signed_in("sunli"), people.signed_in("youliqun")
    writer.open("/people")
    writer.page.get_by_role("searchbox").fill("孙立")
    writer.page.locator("a.ai", has_text="孙立").click()
    writer.press("给 孙立 发消息")
    expect(writer.page.get_by_role("heading", name="孙立")).to_be_visible()
    expect(writer.page.locator(".main-h")).to_contain_text("由组织存档并检查")
    reader.page.reload()
    expect(reader.page.locator("a.cv").first).to_be_visible()
    expect(reader.row("周小雨")).to_have_count(0)
    writer.send("明早能带一下点检表吗")
    writer.check_access("a direct conversation on a phone")
    reader.row("周小雨").click()
    expect(reader.message("明早能带一下点检表吗")).to_be_visible()
    reader.send("好，七点见")
    expect(writer.message("好，七点见")).to_be_visible()
    reader.check_access("a direct conversation")
    set_barrier(officer, "周小雨", "孙立")
    off = writer.page.locator(".cp-off")
    expect(off).to_contain_text("沟通屏障")
    expect(off.get_by_role("link")).not_to_have_count(0)
    writer.check_access("a direct conversation behind a barrier")
    expect(writer.message("好，七点见")).to_be_visible()
    stands = officer.page.locator("li.one", has_text="孙立")
    stands.get_by_role("button", name="解除").click()
    officer.page.get_by_role("dialog").get_by_label("理由").fill("评标结束")
    officer.page.get_by_role("dialog").get_by_role("button", name="解除").click()
    expect(stands).to_contain_text("已解除")
    expect(off).to_have_count(0)
    writer.send("又能说了")
    expect(reader.message("又能说了")).to_be_visible()


def test_the_end_of_a_barrier_opens_what_is_shown(people: Screens) -> None:
    writer = people.signed_in("zhouxiaoyu")
    writer.page.clock.install()

    def barred(route: Route) -> None:
        answer = route.fetch()
        until = writer.page.evaluate("Date.now()") + 20_000
        data = {"clause": None, "until": until, "groups": []}
        refusal = {"code": "groups.barred", "message": "x", "data": data}
        route.fulfill(response=answer, json={**answer.json(), "refusal": refusal})

    writer.page.route("**/api/direct/*", barred)
    writer.open("/people")
    writer.page.get_by_role("searchbox").fill("孙立")
    writer.page.locator("a.ai", has_text="孙立").click()
    off = writer.page.locator(".cp-off")
    expect(off).to_contain_text("沟通屏障")
    writer.page.unroute("**/api/direct/*")
    writer.page.clock.fast_forward(60_000)
    expect(off).to_have_count(0)


def test_the_jump_box_finds_people(people: Screens) -> None:
    screen = people.signed_in("zhouxiaoyu")
    screen.settle()
    screen.page.keyboard.press("Control+k")
    box = screen.page.get_by_role("dialog")
    box.get_by_role("textbox").fill("彭越")
    box.get_by_role("option", name=re.compile("^彭越")).first.click()
    expect(screen.page.get_by_role("heading", name="彭越")).to_be_visible()
    expect(screen.row("彭越")).to_be_visible()


@pytest.mark.parametrize(
    ("typed", "name"),
    [("wht", "王海涛"), ("wanghaitao", "王海涛"), ("zzycj", "总装一车间"), ("zongzhuang", "总装一车间")],
)  # fmt: skip
def test_the_jump_box_knows_how_names_sound(people: Screens, typed: str, name: str) -> None:
    screen = people.signed_in("zhouxiaoyu")
    expect(screen.row(name).first).to_be_visible()
    screen.page.keyboard.press("Control+k")
    box = screen.page.get_by_role("dialog")
    box.get_by_role("textbox").fill(typed)
    expect(box.get_by_role("option").first).to_contain_text(name)
    screen.page.keyboard.press("Enter")
    expect(screen.page.get_by_role("heading", name=name)).to_be_visible()


def test_a_message_that_comes_while_a_row_is_read_is_kept(people: Screens) -> None:
    writer, reader = people.signed_in("zhouxiaoyu", size=PHONE), people.signed_in("machao")
    reader.settle()
    asked: list[Route] = []
    reader.page.route("**/api/conversations", lambda route: asked.append(route))  # noqa: PLW0108  # it looks at the parameters, which a method of a list does not tell
    writer.open("/people")
    writer.page.get_by_role("searchbox").fill("马超")
    writer.page.locator("a.ai", has_text="马超").click()
    writer.press("给 马超 发消息")
    while not asked:
        reader.page.wait_for_timeout(20)
    before = asked[0].fetch()
    writer.send("今晚盘点")
    expect(reader.row("周小雨")).to_contain_text("今晚盘点")
    asked[0].fulfill(response=before)
    reader.row("周小雨").click()
    expect(reader.message("今晚盘点")).to_be_visible()


def test_who_is_blocked_is_told_calmly_and_work_groups_go_on(people: Screens) -> None:
    writer, reader = people.signed_in("zhouxiaoyu", size=PHONE), people.signed_in("sunli")
    writer.open("/people")
    writer.page.get_by_role("searchbox").fill("孙立")
    writer.page.locator("a.ai", has_text="孙立").click()
    writer.press("给 孙立 发消息")
    writer.send("下班一起走吗")
    reader.row("周小雨").click()
    expect(reader.message("下班一起走吗")).to_be_visible()
    drawer = reader.page.locator("aside.dr")
    drawer.get_by_role("button", name="屏蔽").click()
    sheet = reader.page.get_by_role("dialog")
    expect(sheet).to_contain_text("没有人知道你屏蔽了谁")
    expect(sheet).to_contain_text("工作群不受影响")
    reader.check_access("what blocking means")
    sheet.get_by_role("button", name="屏蔽", exact=True).click()
    expect(sheet).to_have_count(0)
    off = reader.page.locator(".cp-off")
    expect(off).to_contain_text("你屏蔽了对方")
    reader.check_access("a conversation that one blocks")
    writer.send("在吗")
    told = writer.page.locator(".cp-off")
    expect(told).to_contain_text("对方不接收你的一对一消息")
    expect(told.get_by_role("link")).not_to_have_count(0)
    writer.check_access("a conversation that the other one blocks")
    told.get_by_role("link").first.click()
    writer.send("群里照常说")
    reader.open("/me")
    card = reader.page.locator("section.card", has_text="屏蔽的人")
    expect(card).to_contain_text("周小雨")
    reader.check_access("whom I block")
    card.get_by_role("button", name="解除屏蔽 周小雨").click()
    expect(card).to_contain_text("没有屏蔽谁")
    writer.open("/chat").row("孙立").click()
    expect(told).to_have_count(0)
    writer.send("又能说了")


def test_whom_the_work_needs_cannot_be_blocked(people: Screens) -> None:
    screen = people.signed_in("zhouxiaoyu")
    screen.open("/people")
    screen.page.get_by_role("searchbox").fill("赵铁军")
    screen.page.locator("a.ai", has_text="赵铁军").click()
    screen.press("屏蔽")
    sheet = screen.page.get_by_role("dialog")
    sheet.get_by_role("button", name="屏蔽", exact=True).click()
    expect(sheet.get_by_role("alert")).to_contain_text("不能屏蔽")
    expect(sheet.get_by_role("alert")).to_contain_text("第 6.38 条")
    screen.check_access("somebody who cannot be blocked")
