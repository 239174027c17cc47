"""Heads, keys and proofs over HTTP, judged by the verifier that stands alone; and who may see which entry."""

import io
import json
from functools import partial
from typing import Any

import pytest

from guiju import guiju_verify
from guiju.ledger import tables
from guiju.modules.groups import roster
from guiju.modules.messaging import recalling
from tests.support.bureau import Bureau, policy, sign
from tests.support.tamper import fill_tiles, rows_of
from tests.support.world import World

Json = dict[str, Any]


@pytest.fixture
def bureau(world: World) -> Bureau:
    return Bureau(world)


def judged(answer: Json, trusted: Json) -> Json:
    """The verdict of the verifier that stands alone on an answer of the server."""
    data = json.dumps(answer).encode()
    return guiju_verify.verify(io.BytesIO(data), json.dumps(trusted).encode()).as_dict()


class TestHeads:
    def test_a_head_continues_the_one_that_was_kept(self, bureau: Bureau) -> None:
        world = bureau.world
        client = bureau.client("outsider")
        refusal = client.get("/api/ledger/head")
        assert (refusal.status_code, refusal.json()["code"]) == (503, "ledger.not_signed")
        first = sign(world)
        size = rows_of(world, tables.checkpoint)[-1]["size"]
        assert client.get("/api/ledger/head").json()["consistency"] is None
        fill_tiles(world)
        answer = client.get("/api/ledger/head", params={"since": size}).json()
        assert answer["size"] > 512
        assert judged(answer, policy(world, first))["anchored"]
        assert not judged(
            {**answer, "consistency": answer["consistency"][1:]}, policy(world, first)
        )["ok"]
        assert client.get("/api/ledger/key").json() == {"vkey": policy(world)["log_keys"][0]}
        same = client.get("/api/ledger/head", params={"since": answer["size"]}).json()
        assert same["consistency"] == []

    def test_a_ledger_that_became_smaller_says_so(self, bureau: Bureau) -> None:
        client = bureau.client("outsider")
        sign(bureau.world)
        size = bureau.world.read(lambda tx: tx.position) + 1
        refusal = client.get("/api/ledger/head", params={"since": size + 1})
        assert (refusal.status_code, refusal.json()["code"]) == (409, "ledger.smaller_than_kept")
        bureau.world.send(bureau.people["sender"], bureau.group, "再来")
        refusal = client.get("/api/ledger/head", params={"since": size + 1})
        assert (refusal.status_code, refusal.json()["code"]) == (503, "ledger.not_signed")


NONE, LEAF, BODY = "not found", "leaf", "body"
INSIDE = ("owner", "administrator", "sender", "member")
OVERSEERS = ("registrar", "reviewer", "security", "auditor")


class TestProofs:
    """Who may see what: [tile-parent] is the verifier's, [idor-post], [by-id] and [audit-role] are here."""

    def sight(self, bureau: Bureau, name: str, position: int) -> str:
        answer = bureau.client(name).get(f"/api/ledger/proof/{position}")
        if answer.status_code == 404:
            assert answer.json()["code"] == "ledger.entry_not_found"
            return NONE
        assert answer.status_code == 200, answer.json()
        found = judged(answer.json(), policy(bureau.world))
        assert found["ok"], found
        return LEAF if answer.json()["body"] is None else BODY

    def expect(self, bureau: Bureau, position: int, default: str, **others: str) -> None:
        for name in bureau.people:
            wanted = others.get(name, default)
            assert self.sight(bureau, name, position) == wanted, f"{name} at {position}"

    def test_messages(self, bureau: Bureau) -> None:
        sign(bureau.world)
        inside = dict.fromkeys(INSIDE, BODY)
        self.expect(bureau, bureau.sent, NONE, **inside, auditor=LEAF)
        masked = dict.fromkeys(INSIDE, LEAF) | {"sender": BODY}
        self.expect(bureau, bureau.masked, NONE, **masked, auditor=LEAF)
        for position in (bureau.held, bureau.blocked, bureau.refused):
            self.expect(bureau, position, NONE, sender=BODY, auditor=LEAF)
        self.expect(bureau, bureau.released, NONE, **dict.fromkeys(INSIDE, LEAF), auditor=LEAF)

    def test_why_a_message_was_taken_down_its_group_reads_and_who_did_it(
        self, bureau: Bureau
    ) -> None:
        world, people = bureau.world, bureau.people
        take = partial(recalling.recall, group_id=bureau.group, reason="泄露报价")
        world.write(lambda tx: take(tx, people["administrator"], shown=bureau.released))
        other = world.person("另一审计", "audit_admin")
        bureau.people["other"] = other
        world.write(lambda tx: take(tx, other, shown=bureau.masked))
        world.write(
            lambda tx: roster.admit(
                tx, people["owner"], bureau.group, [people["outsider"].person_id]
            )
        )
        sign(world)
        recall = bureau.find("messaging.recalled")
        self.expect(bureau, recall, NONE, **dict.fromkeys(INSIDE, BODY), auditor=LEAF, other=LEAF)
        self.expect(
            bureau, bureau.released, NONE, **dict.fromkeys(INSIDE, LEAF), auditor=LEAF, other=LEAF
        )

        def told(name: str, position: int) -> Json:
            answer = bureau.client(name).get(f"/api/ledger/proof/{position}").json()
            found: Json = answer["fact"]["message"]
            return found

        for name in (*INSIDE, "auditor", "other"):
            found = told(name, bureau.released)
            assert found["recalled"]["by"]["name"] == "李四" and not found["by_author"]
            assert found["recalled"]["reason"] == ("泄露报价" if name in INSIDE else None), name
            why = told(name, bureau.masked)["recalled"]["reason"]
            assert why == (None if name == "auditor" else "泄露报价"), name

    def test_facts_of_the_group(self, bureau: Bureau) -> None:
        sign(bureau.world)
        overseers = dict.fromkeys(OVERSEERS, LEAF)
        registered = bureau.find("groups.registered")
        self.expect(bureau, registered, NONE, **dict.fromkeys(INSIDE, BODY), **overseers)
        removed = dict.fromkeys(INSIDE, LEAF) | {"owner": BODY}
        self.expect(bureau, bureau.removed, NONE, **removed, **overseers)

    def test_approvals_and_policy(self, bureau: Bureau) -> None:
        sign(bureau.world)
        overseers = dict.fromkeys(OVERSEERS, LEAF)
        adopted = bureau.find("policy.adopted")
        self.expect(bureau, adopted, NONE, **overseers)
        opened = bureau.find("approvals.opened")
        for name in ("outsider", "member", "leaver"):
            assert self.sight(bureau, name, opened) == NONE
        assert self.sight(bureau, "owner", opened) == BODY
        assert self.sight(bureau, "reviewer", opened) == LEAF

    def test_records_of_people_are_the_auditors_alone(self, bureau: Bureau) -> None:
        sign(bureau.world)
        self.expect(bureau, bureau.find("directory.person_added"), NONE, auditor=LEAF)

    def test_what_does_not_exist_and_what_is_not_signed(self, bureau: Bureau) -> None:
        sign(bureau.world)
        assert self.sight(bureau, "auditor", 10_000) == NONE
        position = bureau.world.send(bureau.people["sender"], bureau.group, "新的").position
        client = bureau.client("member")
        refusal = client.get(f"/api/ledger/proof/{position}")
        assert (refusal.status_code, refusal.json()["code"]) == (503, "ledger.not_signed")
        hidden = bureau.client("outsider").get(f"/api/ledger/proof/{position}")
        assert hidden.status_code == 404

    def test_the_fact_beside_the_proof(self, bureau: Bureau) -> None:
        sign(bureau.world)
        client = bureau.client("member")
        fact = client.get(f"/api/ledger/proof/{bureau.masked}").json()["fact"]
        assert fact["kind"] == "messaging.sent"
        assert fact["group"]["id"] == bureau.group
        assert fact["actor"] == {"id": bureau.people["sender"].person_id, "name": "赵六"}
        assert any(use.endswith("/messaging.personal_data") for use in fact["controls"])
