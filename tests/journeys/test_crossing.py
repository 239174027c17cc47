"""Answers that come late, when the person has gone on meanwhile: nothing that was written goes lost, and nobody is led away."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import FilePayload, Locator, Route, expect

from tests.support.browser import Screen, Screens
from tests.support.waiting import wait_until

WORKSHOP, SAFETY = "总装一车间", "安全生产"
_MICROPHONE = """
window.track = {live: true, stop() { this.live = false; }};
navigator.mediaDevices.getUserMedia = () =>
  new Promise((done) => { window.allow = () => done({getTracks: () => [window.track]}); });
undefined;
"""
pytestmark = pytest.mark.timeout(120)


@contextmanager
def held(screen: Screen, path: str, method: str) -> Iterator[Callable[[], None]]:
    """Hold the requests of a path back until what is given is called."""
    asked: list[Route] = []

    def take(route: Route) -> None:
        if route.request.method == method:
            asked.append(route)
        else:
            route.fallback()

    screen.page.route(path, take)

    def release() -> None:
        while not asked:
            screen.page.wait_for_timeout(20)
        for route in asked:
            with screen.page.expect_response(lambda answer, of=route: answer.request == of.request):  # type: ignore[misc]  # bound at once
                route.continue_()
        asked.clear()

    yield release
    screen.page.unroute(path)


def enter(screen: Screen, group: str) -> None:
    screen.row(group).click()
    expect(screen.page.get_by_role("heading", name=group)).to_be_visible()


def composer(screen: Screen) -> Locator:
    return screen.page.get_by_role("textbox", name="消息")


def for_tomorrow(screen: Screen, text: str) -> None:
    screen.write(text)
    screen.press("定时发送")
    screen.page.get_by_role("menuitem", name="明天 09:00").click()


def test_what_waits_for_its_time_takes_only_itself_from_the_composer(people: Screens) -> None:
    writer = people.signed_in("wanghaitao")
    enter(writer, WORKSHOP)
    with held(writer, "**/scheduled", "POST") as release:
        for_tomorrow(writer, "明早点检")
        writer.write("这时又想到一句")
        release()
        expect(writer.page.locator(".strip", has_text="定时消息 1")).to_be_visible()
        expect(composer(writer)).to_have_value("这时又想到一句")
        for_tomorrow(writer, "明早发图纸")
        enter(writer, SAFETY)
        release()
        enter(writer, WORKSHOP)
        expect(writer.page.locator(".strip", has_text="定时消息 2")).to_be_visible()
        expect(composer(writer)).to_have_value("")
        wait_until(lambda: not any(one["text"] for one in writer.get("/drafts")["drafts"]))


def test_a_draft_still_mentions_and_words_that_come_back_push_nothing_out(people: Screens) -> None:
    writer = people.signed_in("wanghaitao")
    enter(writer, WORKSHOP)
    composer(writer).press_sequentially("@周小")
    writer.page.get_by_role("option", name=re.compile("周小雨")).click()
    composer(writer).press_sequentially("转让二手货架，300元")
    said = FilePayload(name="货架.txt", mimeType="text/plain", buffer="九成新".encode())
    writer.page.locator("input[type=file]").first.set_input_files(said)
    tray = writer.page.locator(".cp .tray")
    writer.uploaded()
    enter(writer, SAFETY)
    enter(writer, WORKSHOP)
    composer(writer).press("Enter")
    writer.page.get_by_role("dialog").press("Escape")
    expect(tray).to_have_count(0)
    writer.write("写到一半的另一句")
    writer.page.locator("article.wait").get_by_role("button", name="改后再发").click()
    expect(composer(writer)).to_have_value("写到一半的另一句\n@周小雨 转让二手货架，300元")
    expect(tray).to_contain_text("货架.txt")
    writer.write("@周小雨 货架在三号库")
    composer(writer).press("Enter")
    expect(writer.message("货架在三号库")).to_contain_text("货架.txt")
    expect(writer.message("货架在三号库").locator(".ment")).to_have_text("@周小雨")


def test_whoever_closed_the_jump_box_stays_where_they_are(people: Screens) -> None:
    writer = people.signed_in("wanghaitao")
    enter(writer, WORKSHOP)
    with held(writer, "**/api/direct", "POST") as release:
        writer.page.keyboard.press("Control+k")
        box = writer.page.get_by_role("dialog")
        box.get_by_role("textbox").fill("彭越")
        box.get_by_role("option", name=re.compile("^彭越")).first.click()
        box.press("Escape")
        release()
        expect(writer.row("彭越")).to_be_visible()
        expect(writer.page.get_by_role("heading", name=WORKSHOP)).to_be_visible()


def test_nothing_listens_once_the_recorder_is_closed(people: Screens) -> None:
    writer = people.signed_in("wanghaitao")
    writer.page.evaluate(_MICROPHONE)
    enter(writer, WORKSHOP)
    writer.page.get_by_role("toolbar", name="输入工具").get_by_role("button", name="录语音").click()
    writer.press("开始录音")
    writer.page.get_by_role("dialog").press("Escape")
    writer.page.evaluate("window.allow()")
    while writer.page.evaluate("window.track.live"):
        writer.page.wait_for_timeout(20)
