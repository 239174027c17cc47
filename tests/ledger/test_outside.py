"""What leaves the organisation: verdicts, packages, heads and proofs, checked by the verifier that stands alone."""

import base64
import io
import json
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection
from tests.support.tamper import change, fill_tiles, rows_of, undone
from tests.support.world import World

from guiju import cli_verify, guiju_verify
from guiju.app import Server
from guiju.exporting import export_group
from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from guiju.ledger import tables
from guiju.ledger.proof import NotSignedError
from guiju.modules.groups import roster
from guiju.modules.groups.types import GroupNotFoundError
from guiju.modules.messaging import review

Json = dict[str, Any]
VERIFIER = Path(guiju_verify.__file__)


def sign(world: World) -> str:
    """Sign what is there; the note as a client keeps it."""
    world.runtime.signer.sign_now(world.runtime.lane)
    return str(rows_of(world, tables.checkpoint)[-1]["note"])


def policy(world: World, *heads: str) -> Json:
    origin = world.runtime.origin
    return {
        "origin": origin,
        "log_keys": [world.runtime.signer.vkey(origin)],
        "heads": list(heads),
        "quorum": 1,
    }


class Office:
    """A group, people in every relation to it, and messages of every state."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people: dict[str, Actor] = {
            "registrar": world.person("王登记", "registrar"),
            "reviewer": world.person("周审", "reviewer"),
            "auditor": world.person("冯计", "audit_admin"),
            "security": world.person("孙安", "security_admin"),
            "outsider": world.person("外人"),
            "owner": world.person("张三"),
            "administrator": world.person("李四"),
            "sender": world.person("赵六"),
            "member": world.person("钱七"),
            "leaver": world.person("吴八"),
        }
        owner, administrator = self.people["owner"], self.people["administrator"]
        rest = [self.people[name] for name in ("sender", "member", "leaver")]
        self.group: GroupId = world.group(owner, [administrator], rest, rules="一、守纪律")
        sender = self.people["sender"]
        self.sent = world.send(sender, self.group, "大家好").position
        self.masked = world.send(sender, self.group, "证件号 11010119900307889X").position
        self.blocked = world.send(sender, self.group, "去赌博网站玩").position
        held = [world.send(sender, self.group, f"标底清单之{n}").position for n in range(3)]
        self.held = held[2]
        reviewer = self.people["reviewer"]
        world.write(lambda tx: review.release(tx, reviewer, held[0], masked=False, reason="已脱密"))
        world.write(lambda tx: review.refuse(tx, reviewer, held[1], reason="涉密"))
        self.released = self.find("messaging.released")
        self.refused = self.find("messaging.refused")
        leaver = self.people["leaver"]
        world.write(
            lambda tx: roster.remove(tx, owner, self.group, leaver.person_id, reason="私事")
        )
        self.removed = self.find("groups.member_changed")

    def find(self, kind: str) -> int:
        return self.world.entries(kind)[-1].position


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


class DirectGate:
    """The lane and the readers of the world, as routes await them."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def write(self, verb: Callable[[Any], Any]) -> Any:
        return self._world.write(verb)

    async def read(self, verb: Callable[[Any], Any]) -> Any:
        return self._world.read(verb)


def client_of(world: World, actor: Actor) -> TestClient:
    async def authenticate(_connection: HTTPConnection) -> Actor:
        return actor

    app = Server(world.runtime).http
    app.state.authenticate, app.state.gate = authenticate, DirectGate(world)
    return TestClient(app)


# ---- guiju verify --------------------------------------------------------------------------------------------------


class TestCommand:
    def run(self, world: World, *heads: Path, replay: bool = True) -> tuple[int, Json]:
        said: list[str] = []
        code = cli_verify.verify(
            world.settings, replay=replay, heads=heads, as_json=True, write=said.append
        )
        return code, json.loads("".join(said))

    def test_exit_codes(self, world: World, tmp_path: Path) -> None:
        kept, broken = tmp_path / "kept", tmp_path / "broken"
        kept.write_text(sign(world))
        broken.write_text("no head")
        code, found = self.run(world)
        assert (code, found["ok"], found["anchored"], found["first_bad"]) == (3, True, False, None)
        assert found["size"] == world.read(lambda tx: tx.position) + 1
        assert found["root"] == rows_of(world, tables.head)[0]["root"].hex()
        code, found = self.run(world, kept)
        assert (code, found["ok"], found["anchored"]) == (0, True, True)
        assert [check["step"] for check in found["checks"]] == [1, 2, 3, 4, 5, 6, 7, 8]
        assert [check["step"] for check in self.run(world, replay=False)[1]["checks"]] == [
            1,
            2,
            3,
            4,
            5,
            6,
            7,
        ]
        for file in (broken, tmp_path / "absent"):
            code, found = self.run(world, file)
            assert (code, found["ok"], found["first_bad"]) == (2, False, None)
            assert found["error"]
        with undone(world, tables.entry):
            change(world, tables.entry, {"position": 1}, kind="x.y")
            code, found = self.run(world, kept)
            assert (code, found["ok"], found["anchored"]) == (1, False, False)
            assert found["first_bad"]["entry"] == 1

    def test_words_for_people(self, world: World, tmp_path: Path) -> None:
        said: list[str] = []
        settings = world.settings
        assert (
            cli_verify.verify(settings, replay=True, heads=(), as_json=False, write=said.append)
            == 3
        )
        assert "UNANCHORED" in said[0]
        with undone(world, tables.head):
            change(world, tables.head, {"id": 1}, root=bytes(32))
            code = cli_verify.verify(
                settings, replay=True, heads=(), as_json=False, write=said.append
            )
        assert (code, "TAMPERED" in said[1]) == (1, True)
        nowhere = replace(settings, keys=tmp_path / "none")
        assert (
            cli_verify.verify(nowhere, replay=True, heads=(), as_json=False, write=said.append) == 2
        )
        assert not (tmp_path / "none").exists(), "nothing is made that is absent"

    def test_an_organisation_that_does_not_exist(self, tmp_path: Path, world: World) -> None:
        nowhere = replace(world.settings, database=f"sqlite:///{tmp_path / 'none.db'}")
        said: list[str] = []
        assert (
            cli_verify.verify(nowhere, replay=False, heads=(), as_json=True, write=said.append) == 2
        )
        assert not (tmp_path / "none.db").exists()
        (tmp_path / "none.db").write_bytes(b"not a database at all" * 100)
        assert (
            cli_verify.verify(nowhere, replay=False, heads=(), as_json=True, write=said.append) == 2
        )


# ---- packages ------------------------------------------------------------------------------------------------------


class TestPackages:
    def check(self, package: bytes, trusted: Json, folder: Path) -> tuple[int, Json]:
        """As a stranger does: another process without this program, with nothing but its own library."""
        (folder / "package.gjx").write_bytes(package)
        (folder / "policy.json").write_text(json.dumps(trusted))
        done = subprocess.run(
            [sys.executable, "-I", str(VERIFIER), "package.gjx", "--policy", "policy.json", "--json"],
            cwd=folder, capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        assert not done.stderr, done.stderr.decode()
        return done.returncode, json.loads(done.stdout)

    @pytest.mark.parametrize("bodies", [True, False])
    def test_a_group_goes_out_and_is_verified(
        self, office: Office, tmp_path: Path, bodies: bool
    ) -> None:
        world, group = office.world, office.group
        head = sign(world)
        world.send(office.people["sender"], group, "尚未签名")
        out = io.BytesIO()
        done = export_group(world.runtime, group, out, bodies=bodies)
        wanted = [row for row in rows_of(world, tables.entry) if row["grp"] == group]
        assert (done.entries, done.later) == (len(wanted) - 1, 1)
        code, found = self.check(out.getvalue(), policy(world), tmp_path)
        assert (code, found["ok"], found["size"]) == (3, True, done.size), found
        code, found = self.check(out.getvalue(), policy(world, head), tmp_path)
        assert (code, found["anchored"]) == (0, True)
        counts = {check["name"]: check["detail"] for check in found["checks"]}
        sealed = sum(1 for row in wanted[:-1] if row["sealed"] is not None)
        assert counts["bodies"] == f"{sealed if bodies else 0} texts"
        assert counts["withheld"] == f"{0 if bodies else sealed} withheld texts"
        assert ("大家好" in _texts(out.getvalue())) == bodies

    def test_a_package_out_of_a_tree_with_tiles(self, office: Office, tmp_path: Path) -> None:
        world = office.world
        fill_tiles(world)
        world.send(office.people["member"], office.group, "之后")
        head = sign(world)
        out = io.BytesIO()
        export_group(world.runtime, office.group, out, bodies=True)
        assert self.check(out.getvalue(), policy(world, head), tmp_path)[0] == 0

    def test_a_package_of_altered_rows_is_refused_by_its_reader(
        self, office: Office, tmp_path: Path
    ) -> None:
        world = office.world
        sign(world)
        with undone(world, tables.entry):
            row = rows_of(world, tables.entry)[office.sent]
            leaf = (
                row["leaf"]
                .replace(b'"v":1', b'"v":1')
                .replace(b'"mentions":[]', b'"mentions":["per_x"]')
            )
            change(world, tables.entry, {"position": office.sent}, leaf=leaf)
            out = io.BytesIO()
            export_group(world.runtime, office.group, out, bodies=True)
        code, found = self.check(out.getvalue(), policy(world), tmp_path)
        assert (code, found["first_bad"]) == (1, office.sent)

    def test_commands(self, office: Office, tmp_path: Path) -> None:
        world, out, said = office.world, tmp_path / "group.gjx", []
        settings = world.settings
        arguments: Json = {"group": office.group, "out": out, "bodies": True, "write": said.append}
        assert cli_verify.export(settings, **arguments) == 2, "nothing is signed yet"
        assert not out.exists()
        kept = tmp_path / "kept"
        kept.write_text(sign(world))
        assert cli_verify.export(settings, **arguments) == 0
        assert stat.S_IMODE(out.stat().st_mode) == 0o600  # [export-mode]
        assert cli_verify.export(settings, **arguments) == 2, "an existing file is not overwritten"
        unknown = arguments | {"group": "grp_none", "out": tmp_path / "other.gjx"}
        assert cli_verify.export(settings, **unknown) == 2
        assert cli_verify.policy_file(settings, heads=[kept], write=said.append) == 0
        assert self.check(out.read_bytes(), json.loads(said[-1]), tmp_path)[0] == 0

    def test_what_cannot_be_exported(self, office: Office) -> None:
        runtime = office.world.runtime
        with pytest.raises(NotSignedError):
            export_group(runtime, office.group, io.BytesIO(), bodies=True)
        with pytest.raises(GroupNotFoundError):
            export_group(runtime, GroupId("grp_none"), io.BytesIO(), bodies=True)


def _texts(package: bytes) -> str:
    archive = zipfile.ZipFile(io.BytesIO(package))
    lines = [
        json.loads(line)["plaintext"]
        for name in archive.namelist()
        if name.startswith("bodies/")
        for line in archive.read(name).splitlines()
    ]
    return "".join(base64.b64decode(line).decode() for line in lines)


# ---- heads and proofs ----------------------------------------------------------------------------------------------


def judged(answer: Json, trusted: Json) -> Json:
    """The verdict of the verifier that stands alone on an answer of the server."""
    data = json.dumps(answer).encode()
    return guiju_verify.verify(io.BytesIO(data), json.dumps(trusted).encode()).as_dict()


class TestHeads:
    def test_a_head_continues_the_one_that_was_kept(self, office: Office) -> None:
        world = office.world
        client = client_of(world, office.people["outsider"])
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

    def test_a_ledger_that_became_smaller_says_so(self, office: Office) -> None:
        client = client_of(office.world, office.people["outsider"])
        sign(office.world)
        size = office.world.read(lambda tx: tx.position) + 1
        refusal = client.get("/api/ledger/head", params={"since": size + 1})
        assert (refusal.status_code, refusal.json()["code"]) == (409, "ledger.smaller_than_kept")
        office.world.send(office.people["sender"], office.group, "再来")
        refusal = client.get("/api/ledger/head", params={"since": size + 1})
        assert (refusal.status_code, refusal.json()["code"]) == (503, "ledger.not_signed")


NONE, LEAF, BODY = "not found", "leaf", "body"
INSIDE = ("owner", "administrator", "sender", "member")
OVERSEERS = ("registrar", "reviewer", "security", "auditor")


class TestProofs:
    """Who may see what: [tile-parent] is the verifier's, [idor-post] and [by-id] are here."""

    def sight(self, office: Office, name: str, position: int) -> str:
        answer = client_of(office.world, office.people[name]).get(f"/api/ledger/proof/{position}")
        if answer.status_code == 404:
            assert answer.json()["code"] == "ledger.entry_not_found"
            return NONE
        assert answer.status_code == 200, answer.json()
        found = judged(answer.json(), policy(office.world))
        assert found["ok"], found
        return LEAF if answer.json()["body"] is None else BODY

    def expect(self, office: Office, position: int, default: str, **others: str) -> None:
        for name in office.people:
            wanted = others.get(name, default)
            assert self.sight(office, name, position) == wanted, f"{name} at {position}"

    def test_messages(self, office: Office) -> None:
        sign(office.world)
        inside = dict.fromkeys(INSIDE, BODY)
        self.expect(office, office.sent, NONE, **inside, auditor=LEAF)
        masked = dict.fromkeys(INSIDE, LEAF) | {"sender": BODY}
        self.expect(office, office.masked, NONE, **masked, auditor=LEAF)
        for position in (office.held, office.blocked, office.refused):
            self.expect(office, position, NONE, sender=BODY, auditor=LEAF)
        self.expect(office, office.released, NONE, **dict.fromkeys(INSIDE, LEAF), auditor=LEAF)

    def test_facts_of_the_group(self, office: Office) -> None:
        sign(office.world)
        overseers = dict.fromkeys(OVERSEERS, LEAF)
        registered = office.find("groups.registered")
        self.expect(office, registered, NONE, **dict.fromkeys(INSIDE, BODY), **overseers)
        removed = dict.fromkeys(INSIDE, LEAF) | {"owner": BODY}
        self.expect(office, office.removed, NONE, **removed, **overseers)

    def test_approvals_and_policy(self, office: Office) -> None:
        sign(office.world)
        overseers = dict.fromkeys(OVERSEERS, LEAF)
        adopted = office.find("policy.adopted")
        self.expect(office, adopted, NONE, **overseers)
        opened = office.find("approvals.opened")
        for name in ("outsider", "member", "leaver"):
            assert self.sight(office, name, opened) == NONE
        assert self.sight(office, "owner", opened) == BODY
        assert self.sight(office, "reviewer", opened) == LEAF

    def test_records_of_people_are_the_auditors_alone(self, office: Office) -> None:
        sign(office.world)
        self.expect(office, office.find("directory.person_added"), NONE, auditor=LEAF)

    def test_what_does_not_exist_and_what_is_not_signed(self, office: Office) -> None:
        sign(office.world)
        assert self.sight(office, "auditor", 10_000) == NONE
        position = office.world.send(office.people["sender"], office.group, "新的").position
        client = client_of(office.world, office.people["member"])
        refusal = client.get(f"/api/ledger/proof/{position}")
        assert (refusal.status_code, refusal.json()["code"]) == (503, "ledger.not_signed")
        hidden = client_of(office.world, office.people["outsider"]).get(
            f"/api/ledger/proof/{position}"
        )
        assert hidden.status_code == 404

    def test_the_fact_beside_the_proof(self, office: Office) -> None:
        sign(office.world)
        client = client_of(office.world, office.people["member"])
        fact = client.get(f"/api/ledger/proof/{office.masked}").json()["fact"]
        assert fact["kind"] == "messaging.sent"
        assert fact["group"]["id"] == office.group
        assert fact["actor"] == {"id": office.people["sender"].person_id, "name": "赵六"}
        assert any(use.endswith("/messaging.personal_data") for use in fact["controls"])
