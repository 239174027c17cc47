"""Order in a group, in real browsers: moving aside and back, a frozen thread, named publishers, a message by a template."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, Screen, Screens, choose

GROUP = "总装一车间"
USE = "        with: {only: announcements, replies: true, most: 5, classes: [company]}\n"
EVERYBODY = USE.replace("announcements", "all").replace("company", "workshop")
pytestmark = pytest.mark.timeout(180)


def in_group(people: Screens, account: str, *, size: tuple[int, int] | None = None) -> Screen:
    screen = people.signed_in(account) if size is None else people.signed_in(account, size=size)
    screen.row(GROUP).click()
    expect(screen.page.get_by_role("log")).to_be_visible()
    return screen


def give_reason(screen: Screen, reason: str, action: str) -> None:
    sheet = screen.page.get_by_role("dialog")
    sheet.get_by_label("理由").fill(reason)
    sheet.get_by_role("button", name=action, exact=True).click()
    expect(sheet).to_have_count(0)


def test_what_is_off_topic_stands_aside_and_comes_back(people: Screens) -> None:
    owner, member = in_group(people, "zhaotiejun"), in_group(people, "zhouxiaoyu", size=PHONE)
    member.write("周末有人去钓鱼吗")
    member.press("发送")
    member.message("周末有人去钓鱼吗").wait_for()
    owner.menu("周末有人去钓鱼吗", "置顶")
    pinned = member.page.get_by_role("region", name="置顶消息")
    expect(pinned).to_contain_text("周末有人去钓鱼吗")
    owner.menu("周末有人去钓鱼吗", "移到题外")
    owner.check_access("the sheet that asks why")
    give_reason(owner, "与工作无关，请到群外约", "移到题外")
    note = member.page.locator(".sys", has_text="移到题外，理由：与工作无关")
    expect(note).to_be_visible()
    expect(pinned).not_to_contain_text("周末有人去钓鱼吗")
    expect(member.message("周末有人去钓鱼吗")).to_have_count(0)
    note.get_by_role("button", name="查看").click()
    aside = member.page.get_by_role("complementary", name="题外消息")
    expect(aside.locator("article.m").last).to_contain_text("周末有人去钓鱼吗")
    aside.locator("article.m").last.click(button="right")
    expect(member.page.get_by_role("menuitem", name="复制")).to_be_visible()
    expect(member.page.get_by_role("menuitem", name="转发")).to_have_count(0)
    member.page.keyboard.press("Escape")
    member.check_access("what was moved aside, on a phone")
    owner.page.locator(".sys", has_text="与工作无关").get_by_role("button", name="查看").click()
    owner.menu("周末有人去钓鱼吗", "移回群里")
    moved = owner.page.get_by_role("complementary", name="题外消息")
    expect(moved.locator("article.m")).to_have_count(1)
    aside.get_by_role("button", name="返回").click()
    expect(member.message("周末有人去钓鱼吗")).to_be_visible()


def test_a_frozen_thread_takes_no_replies_and_the_superior_sees_it(people: Screens) -> None:
    owner, member = in_group(people, "wanghaitao"), in_group(people, "zhouxiaoyu")
    member.send("食堂承包的事大家怎么看")
    owner.menu("食堂承包的事大家怎么看", "冻结话题")
    give_reason(owner, "易起争议，由综合办统一答复", "冻结话题")
    said = member.message("食堂承包的事大家怎么看")
    expect(said).to_contain_text("话题已冻结")
    member.menu("食堂承包的事大家怎么看", "多选")
    member.press("逐条转发")
    sheet = member.page.get_by_role("dialog")
    sheet.get_by_role("radio", name=GROUP).click()
    sheet.get_by_role("button", name="转发", exact=True).click()
    expect(sheet).to_contain_text("这个话题已冻结")
    member.check_access("a forward that is refused")
    sheet.get_by_role("button", name="回去").click()
    member.page.keyboard.press("Escape")
    member.menu("食堂承包的事大家怎么看", "在话题中回复")
    thread = member.page.get_by_role("complementary", name="话题")
    expect(thread).to_contain_text("由综合办统一答复")
    expect(thread.get_by_role("textbox")).to_have_count(0)
    thread.locator("article.m").first.click(button="right")
    expect(member.page.get_by_role("menuitem", name="复制")).to_be_visible()
    expect(member.page.get_by_role("menuitem", name="转发")).to_have_count(0)
    member.page.keyboard.press("Escape")
    member.check_access("a frozen thread")
    head = people.signed_in("gaozhendong", size=PHONE)
    head.open("/desk")
    tile = head.page.locator("a.tile", has_text="冻结的话题")
    expect(tile).to_contain_text("1")
    tile.click()
    expect(head.page.locator("article")).to_contain_text("由综合办统一答复")
    expect(head.page.locator("article")).not_to_contain_text("食堂承包")
    head.check_access("the frozen threads, on a phone")


def test_what_somebody_else_takes_down_says_so_to_everybody(people: Screens) -> None:
    owner, member = in_group(people, "zhaotiejun"), in_group(people, "zhouxiaoyu")
    member.send("内部价转让手机")
    owner.menu("内部价转让手机", "撤下")
    give_reason(owner, "违规", "撤下")
    expect(member.page.locator(".tl .sys").last).to_contain_text(
        "赵铁军 撤下了你的一条消息，理由：违规"
    )
    expect(owner.page.locator(".tl .sys").last).to_contain_text("你撤下了 周小雨 的一条消息")
    expect(owner.row(GROUP)).to_contain_text("你撤下了 周小雨 的一条消息")


def test_a_group_on_another_tool_says_where_its_messages_are(people: Screens) -> None:
    screen = people.signed_in("zhaotiejun")
    row = screen.row("机加工车间换班QQ群")
    expect(row).to_contain_text("消息在 QQ 里")
    row.click()
    expect(screen.page.get_by_role("main")).to_contain_text("说话请到 QQ")
    expect(screen.page.get_by_role("main").get_by_role("textbox")).to_have_count(0)
    screen.check_access("a group on another tool")


def test_topics_stand_under_the_name_and_flags_reach_the_owner(people: Screens) -> None:
    owner, member = in_group(people, "zhaotiejun"), in_group(people, "zhouxiaoyu", size=PHONE)
    drawer = owner.page.get_by_role("complementary", name="群资料")
    drawer.get_by_role("button", name="修改议题").click()
    sheet = owner.page.get_by_role("dialog")
    sheet.get_by_label("议题").fill("生产进度\n设备异常和检修安排")
    sheet.get_by_role("button", name="保存").click()
    expect(
        member.page.get_by_role("button", name="议题：生产进度、设备异常和检修安排")
    ).to_be_visible()
    owner.send("谁家有闲置的婴儿车")
    member.message("谁家有闲置的婴儿车").click(button="right")
    choose(member.page.get_by_role("menu"), "提请移到题外")
    give_reason(member, "与议题无关", "提请")
    expect(member.message("谁家有闲置的婴儿车")).to_contain_text("已告诉群主和管理员")
    expect(drawer).to_contain_text("与议题无关")
    rail = owner.page.get_by_role("navigation", name="主导航")
    todo = owner.get("/me")["todo"]
    kinds = ("joining", "leaving", "flagged")
    count = sum(one[kind] for one in todo["groups"] for kind in kinds)
    apart = ("approvals", "reviews", "notices", "answers", "questions")
    count += sum(todo[kind] for kind in apart)
    expect(rail.get_by_role("link", name="待办")).to_contain_text(f"{count} 件待办")
    owner.go("待办")
    row = owner.page.locator("a.ai", has_text="2 条消息被提请处理")
    expect(row).to_be_visible()
    owner.check_access("what waits in a group")
    row.click()
    flagged = drawer.locator(".flag", has_text="与议题无关")
    flagged.get_by_role("button", name="留在群里").click()
    expect(drawer).not_to_contain_text("与议题无关")
    path = f"/groups/{owner.page.url.split('/chat/')[1].split('?')[0]}"
    assert member.post(f"{path}/leave", {"reason": "调去二车间"}).ok
    owner.go("待办")
    owner.page.locator("a.ai", has_text="2 人申请退群").click()
    expect(drawer).to_contain_text("调去二车间")
    person = member.get("/me")["person"]["id"]
    stays = {"verdict": "refuse", "reason": "人手不足"}
    assert owner.post(f"{path}/members/{person}/leaving", stays).ok
    owner.go("待办")
    expect(owner.page.locator("a.ai", has_text="1 人申请退群")).to_be_visible()


def test_a_message_by_a_template_says_what_is_missing_and_is_a_card(people: Screens) -> None:
    owner, member = in_group(people, "zhaotiejun"), in_group(people, "zhouxiaoyu", size=PHONE)
    drawer = owner.page.get_by_role("complementary", name="群资料")
    drawer.get_by_role("button", name="新建模板").click()
    form = owner.page.get_by_role("dialog")
    form.get_by_label("标题").fill("检修安排")
    form.get_by_label("第 1 项名称").fill("事由")
    form.get_by_role("button", name="加一项").click()
    form.get_by_label("第 2 项名称").fill("时间和地点")
    owner.check_access("the form of a template")
    form.get_by_role("button", name="保存模板").click()
    expect(drawer).to_contain_text("检修安排")
    office = people.signed_in("fangxiaotang", size=PHONE)
    office.open("/templates")
    office.press("新建模板")
    wide = office.page.get_by_role("dialog")
    wide.get_by_label("标题").fill("通报")
    wide.get_by_label("第 1 项名称").fill("正文")
    wide.get_by_role("button", name="保存模板").click()
    expect(office.page.locator("article", has_text="通报")).to_be_visible()
    office.check_access("the templates of the organisation, on a phone")
    member.press("更多功能")
    member.page.get_by_role("menuitem", name="按模板写").click()
    sheet = member.page.get_by_role("dialog")
    expect(sheet).to_contain_text("通报")
    sheet.get_by_role("button", name="检修安排").click()
    sheet.get_by_label("事由").fill("二号压机换模")
    sheet.get_by_role("button", name="发送", exact=True).click()
    expect(sheet.get_by_role("alert")).to_contain_text("时间和地点")
    member.check_access("a template on a phone")
    sheet.get_by_label("时间和地点").fill("周四 13:00，冲压间")
    sheet.get_by_role("button", name="发送", exact=True).click()
    card = owner.page.locator("article.m .tpl", has_text="检修安排")
    expect(card).to_contain_text("二号压机换模")
    owner.check_access("a card in the timeline")


def test_where_only_publishers_write_others_are_told_and_reply_in_threads(
    people: Screens,
) -> None:
    officer = people.signed_in("youliqun")
    pack = officer.get("/policy/packs/current")["yaml"]
    assert pack.count(USE) == 1
    changed = {"yaml": pack.replace(USE, EVERYBODY), "dry_run": False}
    answer = officer.post("/policy/packs", changed)
    assert answer.ok, answer.text()
    member, owner = in_group(people, "zhouxiaoyu", size=PHONE), in_group(people, "zhaotiejun")
    calm = member.page.locator(".cp-off")
    expect(calm).to_contain_text("本群由专人发布")
    expect(calm).to_contain_text("可以在消息的话题里回复")
    expect(member.page.get_by_role("textbox", name="消息")).to_have_count(0)
    member.check_access("a group of publishers, on a phone")
    owner.send("明天停线检修")
    member.message("明天停线检修").click(button="right")
    member.page.get_by_role("menuitem", name="在话题中回复").click()
    field = member.page.get_by_role("complementary", name="话题").get_by_role("textbox")
    field.fill("收到")
    member.page.get_by_role("complementary", name="话题").get_by_role(
        "button", name="发送", exact=True
    ).click()
    expect(owner.page.get_by_role("button", name="1 条回复")).to_be_visible()
    drawer = owner.page.get_by_role("complementary", name="群资料")
    drawer.get_by_role("button", name="指定发布人").click()
    sheet = owner.page.get_by_role("dialog")
    sheet.get_by_role("checkbox", name="周小雨").click()
    sheet.get_by_role("button", name="保存").click()
    expect(drawer).to_contain_text("周小雨")
