"""The first run of an empty organisation, in a real browser: from the printed token to an organisation with units and staff."""

import re
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.support.browser import Screen, Screens, screens
from tests.support.server import Place

ADMINISTRATORS = {
    "系统管理员": ("方成", "X001", "fangcheng", "阶前梧叶已秋声未觉池塘"),
    "安全管理员": ("许诺", "X002", "xunuo", "春草梦里池塘清如许也"),
    "审计管理员": ("沈静", "X003", "shenjing", "一寸光阴一寸金不可轻"),
}


def test_an_empty_organisation_is_set_up(browser: Browser) -> None:
    folder = Path(tempfile.mkdtemp(prefix="guiju-empty-"))
    place = Place(folder, None)
    try:
        place.guiju("init", "--empty")
        with place.serving(), screens(browser, place) as people:
            set_up(people.new().open("/"), place)
            for title, (name, _, account, password) in ADMINISTRATORS.items():
                screen = people.new().sign_in(account, password).open("/me")
                expect(screen.page.locator(".who")).to_contain_text(title)
                expect(screen.page.locator(".who")).to_contain_text(name)
            late = people.new().open("/setup")
            expect(late.page.get_by_text("本单位已经设置过了")).to_be_visible()
            late.check_access("set up already")
            entrust(people)
            build_up(people)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def set_up(screen: Screen, place: Place) -> None:
    """The three steps of the first run, with the token that the server printed."""
    page = screen.page
    page.wait_for_url(re.compile("/setup$"))
    said = place.log.read_text(encoding="utf-8")
    token = re.search(r"this token:\s+(\S+)", said)
    assert token is not None, said
    page.get_by_label("设置令牌").fill(token[1])
    page.get_by_label("单位全称").fill("海岳重工集团有限公司")
    screen.check_access("set-up, first step")
    screen.press("继续")
    for title, (name, number, account, password) in ADMINISTRATORS.items():
        box = page.get_by_role("group", name=title)
        for label, value in (
            ("姓名", name),
            ("工号", number),
            ("账号", account),
            ("密码", password),
        ):
            box.get_by_label(re.compile(f"^{label}")).fill(value)
    screen.check_access("set-up, second step")
    screen.press("继续")
    page.get_by_role("radio").first.click()
    screen.check_access("set-up, third step")
    screen.press("采用并完成")
    expect(page.get_by_text("设置好了")).to_be_visible()
    screen.go("登录")
    screen.check_access("the login page")


def signed_in(people: Screens, title: str) -> Screen:
    """One of the three administrators, in a browser without any history."""
    _, _, account, password = ADMINISTRATORS[title]
    return people.new().sign_in(account, password)


def choose(screen: Screen, name: str) -> None:
    """Open a person's record from the list of people."""
    screen.open("/people").page.locator("a.ai", has_text=name).click()
    expect(screen.page.get_by_role("heading", name=name)).to_be_visible()


def entrust(people: Screens) -> None:
    """The security administrator gives roles; what the server refuses is said in the screen's words."""
    screen = signed_in(people, "安全管理员")
    page = screen.page
    choose(screen, "许诺")
    expect(page.get_by_text("自己的资料和职责由别的同事来改")).to_be_visible()
    expect(page.get_by_role("button", name="改职责")).to_have_count(0)
    choose(screen, "方成")
    expect(page.get_by_role("button", name="改资料")).to_have_count(0)
    screen.press("改职责")
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("审计管理员").check()
    screen.press("保存")
    expect(sheet.get_by_role("alert")).to_contain_text("三员不能兼任")
    sheet.get_by_label("审计管理员").uncheck()
    sheet.get_by_label("人事").check()
    sheet.get_by_label("信息").check()
    screen.check_access("the roles of a person")
    screen.press("保存")
    expect(sheet).to_have_count(0)
    expect(page.locator(".one")).to_contain_text("人事、信息、系统管理员")


def build_up(people: Screens) -> None:
    """Who has the roles now adds a unit and a person, corrects the record and names the head."""
    screen = signed_in(people, "系统管理员").open("/directory")
    page = screen.page
    page.get_by_role("tab", name="部门").click()
    page.get_by_label("部门名称").fill("总装一车间")
    screen.press("新建部门")
    expect(page.get_by_role("cell", name="总装一车间", exact=True)).to_be_visible()
    page.get_by_role("tab", name="新增人员").click()
    for label, value in (("姓名", "顾远"), ("工号", "X101"), ("岗位", "装配工")):
        page.get_by_label(label, exact=True).fill(value)
    page.locator("form select").select_option("总装一车间")
    page.locator("main").get_by_role("button", name="新增人员").click()
    expect(page.get_by_text("已新增 顾远")).to_be_visible()
    page.get_by_role("tab", name="批量导入").click()
    for encoding in ("gbk", "utf-16"):
        table = "工号,姓名,部门\r\nX102,于清,总装一车间\r\n".encode(encoding)
        page.locator("input[type=file]").set_input_files(
            {"name": f"{encoding}.csv", "mimeType": "text/csv", "buffer": table}
        )
        expect(page.get_by_text(f"{encoding}.csv")).to_be_visible()
        expect(page.get_by_role("status").filter(has_text="新增 1")).to_contain_text("错误 0")
    page.locator("input[type=file]").set_input_files(
        {"name": "照片.csv", "mimeType": "text/csv", "buffer": b"\xff\xd8\xff\xe0"}
    )
    expect(page.get_by_role("alert")).to_contain_text("读不出它的编码")
    choose(screen, "顾远")
    expect(page.get_by_role("button", name="改职责")).to_have_count(0)
    screen.press("改资料")
    page.get_by_role("dialog").get_by_label("岗位").fill("工段长")
    screen.check_access("the record of a person")
    screen.press("保存")
    expect(page.locator(".one")).to_contain_text("工段长")
    screen.open("/directory").page.get_by_role("tab", name="部门").click()
    screen.press("更换 总装一车间 的负责人")
    page.get_by_role("combobox", name="负责人").last.fill("顾")
    page.get_by_role("option", name=re.compile("顾远")).click()
    screen.check_access("the head of a unit")
    screen.press("保存")
    expect(page.get_by_role("cell", name=re.compile("顾远"))).to_be_visible()
    screen.open("/accounts").press("登记，发激活码")
    expect(page.get_by_role("dialog")).to_contain_text("顾远")
