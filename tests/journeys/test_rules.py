"""Rules over HTTP and the socket: a warning and its confirmation, the composer's check, dictionaries, bad rules."""

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from guiju.modules.messaging import review
from guiju.modules.messaging.types import MessageState
from guiju.modules.policy import service as policy
from guiju.runtime import load_pack
from guiju.setup import SYSTEM
from tests.support.inside import Inside, served_world, session_for
from tests.support.office import Office, open_office

SALE = "九成新自行车转让，300元面交"
PRESS = "听说记者采访要来"
USE = "6.7/messaging.content"
PLAN = "三号厂房的设备在下个季度分两批迁往新址，第一批是冲压线，第二批是涂装线。停产的日子由各车间自己报上来，汇总后另行通知。"


class Desk:
    """A served office whose people act over HTTP."""

    def __init__(self, office: Office, inside: Inside) -> None:
        self.office, self.inside, self.world = office, inside, office.world
        self.group: GroupId = office.group()
        self.admin = office.world.person("周安全", "security_admin")
        self._tokens: dict[str, str] = {}

    def token(self, actor: Actor) -> str:
        if actor.name not in self._tokens:
            self._tokens[actor.name] = session_for(self.world, actor)
        return self._tokens[actor.name]

    def call(self, actor: Actor, method: str, path: str, body: object = None) -> Any:
        return self.inside.request(method, path, self.token(actor), body)

    def post(self, actor: Actor, path: str, body: object) -> Any:
        return self.call(actor, "POST", path, body)


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with served_world(None) as (world, inside):
        yield Desk(open_office(world), inside)


def test_a_warning_is_confirmed_over_http(desk: Desk) -> None:
    path, sender = f"/api/groups/{desk.group}/messages", desk.office.member
    first = desk.post(sender, path, {"cmid": "w1", "body": {"text": SALE}}).json()
    assert (first["state"], first["position"]) == ("warned", None)
    assert first["clause"]["id"] == "5.10" and first["findings"][0]["rule"] == "private_sale"
    assert first["note"] == first["clause"]["instead"]["zh"]
    body = {"text": SALE, "confirm": first["confirm"]}
    done = desk.post(sender, path, {"cmid": "w1", "body": body}).json()
    assert done["state"] == "delivered" and isinstance(done["position"], int)
    assert set(done) == {"type", "cmid", "state", "position", "clause", "note"}
    assert desk.post(sender, path, {"cmid": "w1", "body": body}).json() == done


def test_a_warning_is_confirmed_over_the_socket(desk: Desk) -> None:
    with desk.inside.socket(desk.token(desk.office.member)) as socket:
        socket.send(json.dumps({"type": "hello", "cursor": None}))

        def ask(confirm: str | None) -> Any:
            body: dict[str, Any] = {"text": SALE} | ({"confirm": confirm} if confirm else {})
            frame = {"type": "send", "cmid": "s1", "group": desk.group, "body": body}
            socket.send(json.dumps(frame))
            while (answer := json.loads(socket.recv(10)))["type"] != "receipt":
                pass
            return answer

        warned = ask(None)
        assert warned["state"] == "warned" and warned["position"] is None
        assert ask("older")["state"] == "warned"
        assert ask(warned["confirm"])["state"] == "delivered"


def test_the_composer_is_told_what_the_gate_will_do_in_this_group(desk: Desk) -> None:
    path, writer = f"/api/groups/{desk.group}/check", desk.office.owner

    def check(text: str) -> Any:
        answer = desk.post(writer, path, {"text": text})
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert check(SALE)["disposition"] == "warn" and check(SALE)["clause"]["id"] == "5.10"
    alert = check(PRESS)
    assert (alert["disposition"], alert["findings"], alert["clause"]) == ("deliver", [], None)
    both = check(f"{PRESS}，这是核心配方")
    assert both["disposition"] == "hold" and [one["rule"] for one in both["findings"]] == [
        "business_secret"
    ]
    sent = {"cmid": "k1", "body": "赌博"}
    assert (
        desk.post(writer, f"/api/groups/{desk.group}/messages", sent).json()["state"] == "delivered"
    )
    assert check("网站")["disposition"] == "block", "with what was said right before"


def test_the_check_counts_the_quote_and_a_pre_review(desk: Desk) -> None:
    world, office = desk.world, desk.office
    group = office.group()
    path, writer = f"/api/groups/{group}/check", office.member

    def check(text: str, **more: Any) -> Any:
        return desk.post(writer, path, {"text": text, **more})

    now = load_pack("party-run-plant")[0]
    world.adopt(
        lambda text: text.replace(
            "[business_secret], disposition: hold", "[rumour], disposition: hold"
        )
    )
    quoted = world.send(office.owner, group, "这是核心配方").position
    world.adopt(lambda _: now)
    assert check("同意").json()["disposition"] == "deliver"
    found = check("同意", quote=quoted).json()
    assert (found["disposition"], found["clause"]["id"]) == ("hold", "6.7")
    assert [(each["start"], each["end"]) for each in found["findings"]] == [(0, 0)]
    assert check("同意", quote=quoted + 1).status_code == check("同意", quote=0).status_code == 422
    assert check("同意", quote="x").status_code == 422
    assert desk.post(office.outsider, path, {"text": "同意", "quote": quoted}).status_code == 404
    for _ in range(3):
        held = world.send(writer, group, "这是核心配方").position
        world.write(lambda tx, held=held: review.refuse(tx, office.reviewer, held, reason="涉密"))  # type: ignore[misc]  # bound at once
    watched = check("同意").json()
    assert (watched["disposition"], watched["clause"]["id"], watched["findings"]) == (
        "hold",
        "6.3",
        [],
    )
    assert watched["reviewers"] and check("赌博网站").json()["disposition"] == "block"
    assert world.send(writer, group, "同意").state is MessageState.HELD


def test_an_alert_shows_to_nobody_but_those_who_oversee(desk: Desk) -> None:
    sender = desk.office.administrator
    sent = {"cmid": "a1", "body": PRESS}

    def known() -> tuple[Any, Any]:
        """What the sender learns of the clause: on its page and in the book."""
        page = desk.call(sender, "GET", "/api/clauses/5.13").json()
        book = desk.call(sender, "GET", "/api/clauses").json()
        del page["position"]
        return page, [clause for clause in book["clauses"] if clause["id"] == "5.13"]

    before = known()
    receipt = desk.post(sender, f"/api/groups/{desk.group}/messages", sent).json()
    assert (receipt["state"], receipt["clause"]) == ("delivered", None)
    assert known() == before, "nothing of it moves"
    page = before[0]
    assert (page["evidence"], page["total"], page["more"]) == ([], 0, False)
    unused = {"count": 0, "last_at": None, "last_position": None}
    assert all(control["evidence"] == unused for control in page["controls"])
    seen = desk.call(desk.office.reviewer, "GET", "/api/clauses/5.13").json()
    assert [one["kind"] for one in seen["evidence"]] == ["messaging.alerted"]
    counts = [control["evidence"]["count"] for control in seen["controls"]]
    assert seen["total"] == sum(counts) == 1
    position = seen["evidence"][0]["position"]
    assert desk.call(sender, "GET", f"/api/ledger/proof/{position}").status_code == 404
    deadline = time.monotonic() + 10
    path = f"/api/ledger/proof/{receipt['position']}"
    while (own := desk.call(sender, "GET", path)).status_code == 503:  # not signed yet
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert own.status_code == 200, own.text
    assert own.json()["fact"]["controls"] == []
    again = desk.call(desk.office.reviewer, "GET", f"/api/decisions/{receipt['position']}").json()
    assert again["same"] and again["rules"] == "same" and again["findings"] == []


def test_what_an_alert_looks_for_is_read_by_those_who_oversee(desk: Desk) -> None:
    use, path = "5.13/messaging.patterns", "/api/policy/packs/current"
    shipped, dictionaries = load_pack("party-run-plant")
    desk.world.write(lambda tx: policy.adopt(tx, SYSTEM, text=shipped, dictionaries=dictionaries))
    whole = desk.call(desk.office.reviewer, "GET", path).json()
    assert (whole["yaml"], whole["withheld"]) == (shipped, [])
    shown = desk.call(desk.office.member, "GET", path).json()
    assert shown["withheld"] == [use] and shown["version"] == whole["version"]
    begin = shipped.index("patterns:\n            - {id: outside_coverage")
    end = shipped.index("\n", shipped.index("disposition: alert", begin))
    assert shown["yaml"] == f"{shipped[:begin]}{{}}{shipped[end:]}"
    assert "代购" in shown["yaml"], "what asks for confirmation everybody may read"
    for actor, names in ((desk.office.member, 0), (desk.office.reviewer, 1)):
        page = desk.call(actor, "GET", "/api/clauses/5.13").json()
        (control,) = (one for one in page["controls"] if one["use"] == use)
        assert (len(control["with"]) > 0) == bool(names)
        open_page = desk.call(actor, "GET", "/api/clauses/5.10").json()
        assert open_page["controls"][0]["with"]


def test_a_dictionary_from_import_to_effect(desk: Desk) -> None:
    admin, sender = desk.admin, desk.office.member
    content = base64.b64encode("小金库\n账外账\n我们\n钱\n".encode("gb18030")).decode()
    body = {"title": "财务", "category": "finance", "file": "名单.txt", "content": content}
    looked = desk.post(admin, "/api/dictionaries", body | {"dry_run": True}).json()
    assert looked == {
        "dictionary": None, "count": 3, "duplicates": 0, "unusable": 1,
        "samples": [{"line": 4, "term": "钱"}], "common": ["我们"], "large": False,
    }  # fmt: skip
    many = "\n".join(f"暗号{number}号" for number in range(20_001)).encode()
    long = body | {"content": base64.b64encode(many).decode(), "dry_run": True}
    assert desk.post(admin, "/api/dictionaries", long).json()["large"]
    made = desk.post(admin, "/api/dictionaries", body).json()["dictionary"]
    path = f"/api/dictionaries/{made['id']}"
    switch = {"state": "on", "disposition": "hold", "classes": [], "use": USE}
    refused = desk.post(admin, f"{path}/switch", switch)
    assert (refused.status_code, refused.json()["code"]) == (409, "inspection.not_tried")
    few = desk.post(admin, f"{path}/trial", {"messages": 499})
    assert (few.status_code, few.json()["code"]) == (422, "http.bad_request")
    trial = desk.post(admin, f"{path}/trial", {"messages": 500}).json()
    assert trial["hits"] is None and trial["messages"] >= 1 and trial["terms"] == []
    on = desk.post(admin, f"{path}/switch", switch).json()
    assert on["state"] == "on" and on["clause"]["id"] == "6.7"
    assert on["tried"] == {"messages": trial["messages"], "hits": None}
    sent = {"cmid": "d1", "body": "账外账呢"}
    assert desk.post(sender, f"/api/groups/{desk.group}/messages", sent).json()["state"] == "held"
    shown = desk.call(desk.office.reviewer, "GET", path).json()
    assert shown["terms"] == ["小金库", "账外账", "我们"]
    assert desk.post(admin, f"{path}/switch", {"state": "ended"}).json()["state"] == "ended"


def test_a_list_with_a_million_lines_is_refused_clearly(desk: Desk) -> None:
    content = base64.b64encode("\n".join(f"词{n}" for n in range(1_000_000)).encode()).decode()
    body = {"title": "大", "category": "own", "file": "a.txt", "content": content}
    answer = desk.post(desk.admin, "/api/dictionaries", body)
    assert answer.status_code == 409 and answer.json()["code"] == "inspection.too_many_terms"
    assert answer.json()["data"] == {"limit": 200_000}
    huge = desk.post(desk.admin, "/api/dictionaries", body | {"content": content * 2})
    assert (huge.status_code, huge.json()["code"]) == (413, "http.too_large")
    for wrong in ("%%%", "词"):
        broken = desk.post(desk.admin, "/api/dictionaries", body | {"content": wrong})
        assert (broken.status_code, broken.json()["code"]) == (422, "inspection.bad_list")
    unfit = desk.post(desk.admin, "/api/dictionaries", body | {"content": 7, "more": 1})
    assert (unfit.status_code, unfit.json()["code"]) == (422, "http.bad_request")
    assert {each["where"] for each in unfit.json()["data"]["problems"]} == {
        "body.content",
        "body.more",
    }
    deep = {"content": b"[" * 3_000_000, "headers": {"Content-Type": "application/json"}}
    path, token = "/api/dictionaries", desk.token(desk.admin)
    assert desk.inside.request("POST", path, token, **deep).status_code == 422


def test_a_document_from_its_file_to_its_end(desk: Desk) -> None:
    admin, path = desk.admin, "/api/documents"
    sending = f"/api/groups/{desk.group}/messages"
    body = {
        "title": "迁址方案", "level": "secret", "disposition": "block", "classes": [], "use": USE, "file": "方案.txt",
        "content": base64.b64encode(PLAN.encode("gb18030")).decode(),
    }  # fmt: skip
    for changed, status, code in (
        ({"content": "%%%"}, 422, "inspection.document_unreadable"),
        ({"content": base64.b64encode(b"PK\x03\x04broken").decode(), "file": "a.docx"}, 422, "inspection.document_unreadable"),
        ({"content": "5YaF5a65"}, 422, "inspection.document_too_short"),
        ({"content": "A" * 17_000_000}, 413, "http.too_large"),
        ({"use": "1.1/x"}, 422, "inspection.bad_switch"),
        ({"level": "cosmic"}, 422, "inspection.bad_switch"),
        ({"title": "长" * 61}, 422, "http.bad_request"),
    ):  # fmt: skip
        refused = desk.post(admin, path, body | changed)
        assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
    made = desk.post(admin, path, body).json()
    assert made["clause"]["id"] == "6.7" and made["count"] >= 8 and made["unread"] == []
    listed = desk.call(desk.office.reviewer, "GET", path).json()
    assert listed["documents"] == [made] and [one["id"] for one in listed["levels"]][-1] == "secret"
    shown = desk.call(desk.office.reviewer, "GET", f"{path}/{made['id']}").json()
    assert shown == made | {"position": listed["position"]}
    said = {"cmid": "p1", "body": f"听说{PLAN[8:58]}"}
    receipt = desk.post(desk.office.member, sending, said).json()
    assert receipt["state"] == "blocked" and receipt["clause"]["id"] == "6.7"
    ended = desk.post(admin, f"{path}/{made['id']}/ending", {}).json()
    assert ended["ended_at"] is not None
    again = desk.post(admin, f"{path}/{made['id']}/ending", {})
    assert (again.status_code, again.json()["code"]) == (404, "inspection.document_not_found")
    said = {"cmid": "p2", "body": f"听说{PLAN[8:58]}"}
    assert desk.post(desk.office.member, sending, said).json()["state"] == "delivered"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            "disposition: warn",
            "disposition: warn\n          when: 'audience.size > \"x\"'",
            "no matching overload",
        ),
        (
            "disposition: warn",
            f"disposition: warn\n          when: '{'true || ' * 5000}true'",
            "longer than 4096 bytes",
        ),
        (
            "disposition: warn",
            "disposition: warn\n          when: '[1].all(x, x > 0)'",
            "nothing runs over one",
        ),
        (
            "disposition: warn",
            "disposition: warn\n          classes: [nowhere]",
            "unknown classes: nowhere",
        ),
        ("disposition: warn", "disposition: deliver", "`disposition` is `alert`"),
        ("|私信|加微信", "|(?=私信)", "RE2 does not accept"),
        ("{0,20}", "{0,900}", "is too large"),
        ("domains: [lucky-bet.example, quick-loan.example]", "domains: []", "say `domains`"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_bad_rule_is_refused_with_line_and_reason(
    desk: Desk, old: str, new: str, reason: str
) -> None:
    text, _ = load_pack("party-run-plant")
    assert text.count(old) == 1
    answer = desk.post(
        desk.admin, "/api/policy/packs", {"yaml": text.replace(old, new), "dry_run": True}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "policy.bad_pack"), answer.text
    (problem,) = answer.json()["data"]["problems"]
    assert reason in problem["reason"], problem
    block = text[: text.index(old)].count("\n") + 1
    assert block - 8 < problem["line"] <= block, (problem, block)


def test_a_forbidden_name_is_refused_over_http_with_its_clause(desk: Desk) -> None:
    people = desk.office
    body = {
        "name": "澄远六合彩工作群", "purpose": "生产", "scope": "车间", "class": "workshop", "level": "internal",
        "owner_id": people.owner.person, "administrator_ids": [people.administrator.person], "rules": "",
    }  # fmt: skip
    answer = desk.post(people.owner, "/api/applications", body)
    assert (answer.status_code, answer.json()["code"]) == (403, "inspection.text_refused")
    data = answer.json()["data"]
    assert (
        data["field"] == "name" and data["clause"]["id"] == "6.11" and data["words"] == ["六合彩"]
    )
