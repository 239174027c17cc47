"""The first run of an empty organisation, in a real browser: from the printed token to three people who are signed in."""

import re
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.support.browser import Screen, screens
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
