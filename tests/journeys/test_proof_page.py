"""What a browser says when the ledger that it is shown is not the one that it knows."""

import base64
import functools
import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from guiju.ledger.checkpoint import sign_checkpoint
from guiju.ledger.signer import signing_key
from guiju.ledger.tree import leaf_hash, node_hash
from tests.support.browser import Screen, Screens
from tests.support.site import Site

POSITION = 500
GOOD, BAD = "未经改动", "不相符"
pytestmark = pytest.mark.timeout(180)
Json = dict[str, Any]


def answer_with(screen: Screen, change: Callable[[Json], Json]) -> None:
    """From now on the server's proofs arrive changed."""

    def handle(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=change(answer.json()))

    screen.page.route("**/api/ledger/proof/*", handle)


def signed_fork(site: Site, proof: Json, *, size: int) -> Json:
    """The same entry as the last of another past of `size` entries, under the server's own signature."""
    assert size == proof["position"] + 1, "the entry is the last one, so its way up has any hashes"
    path = [bytes([level]) * 32 for level in range(proof["position"].bit_count())]
    root = functools.reduce(
        lambda below, beside: node_hash(beside, below),
        path,
        leaf_hash(base64.b64decode(proof["leaf"])),
    )
    origin = proof["checkpoint"].splitlines()[0]
    note = sign_checkpoint(origin, size, root, signing_key(site.place.folder / "keys"))
    inclusion = [base64.b64encode(each).decode() for each in path]
    return proof | {"size": size, "checkpoint": note, "inclusion": inclusion}


def other_leaf(proof: Json) -> Json:
    """An entry that says another actor."""
    leaf = json.loads(base64.b64decode(proof["leaf"]))
    leaf["a"] = "per_00000000000000000000000000"
    text = json.dumps(leaf, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return proof | {"leaf": base64.b64encode(text.encode()).decode()}


def auditor(people: Screens) -> Screen:
    """Somebody who has seen an honest proof, so that the browser knows the ledger."""
    screen = people.signed_in("ouyangjing").open(f"/proof/{POSITION}")
    expect(screen.page.locator(".vd")).to_contain_text(GOOD)
    expect(screen.page.get_by_role("alert")).to_have_count(0)
    return screen


def test_an_entry_that_was_altered_on_its_way(people: Screens) -> None:
    screen = auditor(people)
    answer_with(screen, other_leaf)
    screen.page.reload()
    expect(screen.page.locator(".vd")).to_contain_text(BAD)
    expect(screen.page.locator(".vd")).not_to_contain_text(GOOD)
    expect(screen.page.locator(".flow .fs.fail")).to_have_count(1)


def test_a_head_of_another_past_under_the_right_signature(people: Screens, site: Site) -> None:
    screen = auditor(people)
    answer_with(screen, lambda proof: signed_fork(site, proof, size=POSITION + 1))
    screen.page.reload()
    expect(screen.page.locator(".vd")).to_contain_text(BAD)
    expect(screen.page.locator(".vd")).not_to_contain_text(GOOD)
    # The entry, its place and the signature hold; only the comparison with what was kept tells.
    expect(screen.page.locator(".flow .fs.done")).to_have_count(3)
    expect(screen.page.get_by_role("alert").first).to_contain_text("不是同一本")
    screen.page.unroute("**/api/ledger/proof/*")
    screen.page.reload()
    expect(screen.page.get_by_role("alert").first).to_contain_text("账本对不上")
    expect(screen.page.locator(".vd")).to_contain_text(BAD)


def test_a_database_that_was_set_back(people: Screens, site: Site) -> None:
    # Before the copy: somebody whose session was set back too would see it only after signing in again.
    screen = people.signed_in("zhouxiaoyu")
    site.stop()
    site.keep("before")
    site.start()
    screen.row("总装一车间").click()
    for words in ("甲班交接完毕", "乙班已到岗"):
        screen.send(words)
        expect(screen.message(words)).to_be_visible()
        expect(screen.page.locator("article.wait")).to_have_count(0, timeout=40_000)
    position = screen.get("/me")["position"]
    screen.open("/ledger")
    kept: Json = {"size": "0"}
    for _ in range(20):
        screen.press("现在比对")
        expect(screen.page.locator("p.k-passed")).to_be_visible()
        kept = json.loads(screen.page.evaluate("localStorage.getItem('gj.ledger.head')"))
        if int(kept["size"]) > position:
            break
        screen.page.wait_for_timeout(500)  # a head is signed once a second
    assert int(kept["size"]) > position
    expect(screen.page.get_by_role("alert")).to_have_count(0)
    site.stop()
    site.keep("after")
    try:
        site.put_back("before")
        site.start()
        expect(screen.page.get_by_role("alert").first).to_contain_text("更短", timeout=40_000)
    finally:
        site.stop()
        site.put_back("after")
        site.start()
