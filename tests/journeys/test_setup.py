"""The first run: an empty organisation becomes one with a pack and three administrators, once."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from guiju import setup_routes
from guiju.kernel.clock import ManualClock
from guiju.modules.directory import service as directory
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import NoPackError
from guiju.runtime import Runtime, load_pack, open_runtime
from guiju.settings import read_settings
from guiju.setup import SYSTEM, initialise, needs_setup
from guiju.setup_routes import setup_token
from tests.support.inside import Inside, served
from tests.support.world import MONDAY, World


@pytest.fixture
def empty(database_url: str | None, tmp_path: Path) -> Iterator[tuple[Runtime, Inside]]:
    """A served organisation in which nothing has happened yet."""
    settings = read_settings({"GUIJU_DATA": str(tmp_path), "GUIJU_DATABASE": database_url or ""})
    clock = ManualClock(MONDAY)
    initialise(settings)
    runtime = open_runtime(settings, clock)
    with served(cast(World, SimpleNamespace(settings=settings, runtime=runtime))) as inside:
        yield runtime, inside


def stated(token: str, **changes: Any) -> dict[str, Any]:
    people = {
        line: {
            "name": name,
            "staff_no": f"A{n}",
            "account": f"{line}1",
            "password": "correct horse 9",
        }
        for n, (line, name) in enumerate(
            (("system", "甲系统"), ("security", "乙安全"), ("audit", "丙审计"))
        )
    }
    return {
        "token": token,
        "organisation": "澄远装备",
        "pack": "plain-office",
        "administrators": people,
    } | changes


def test_an_organisation_is_set_up_once(empty: tuple[Runtime, Inside]) -> None:
    runtime, inside = empty
    assert runtime.read(needs_setup)
    with pytest.raises(NoPackError):
        runtime.read(policy.get_pack)
    offered = inside.request("GET", "/api/setup").json()
    assert offered["needed"] and [pack["id"] for pack in offered["packs"]] == [
        "party-run-plant",
        "plain-office",
    ]
    token = setup_token(runtime.settings)

    def refusal(body: dict[str, Any]) -> tuple[int, str]:
        answer = inside.request("POST", "/api/setup", body=body)
        return answer.status_code, answer.json()["code"]

    assert refusal(stated("x" + token)) == (422, "setup.bad_token")
    assert refusal(stated(token, pack="nothing")) == (422, "setup.unknown_pack")
    weak = stated(token)
    weak["administrators"]["audit"]["password"] = "12345678"
    assert refusal(weak) == (422, "identity.weak_password")
    assert runtime.read(needs_setup), "a refusal leaves nothing behind"
    assert inside.request("POST", "/api/setup", body=stated(token)).status_code == 204
    assert refusal(stated(token)) == (409, "setup.already_done")
    assert not inside.request("GET", "/api/setup").json()["needed"]
    assert runtime.read(policy.get_pack).id == "plain-office"
    for line in ("system_admin", "security_admin", "audit_admin"):
        assert len(runtime.read(lambda tx, line=line: directory.people_with_role(tx, line))) == 1  # type: ignore[misc]  # bound at once
    me = inside.request(
        "POST", "/api/session", body={"account": "audit1", "password": "correct horse 9"}
    )
    assert me.status_code == 200 and me.json()["roles"] == ["audit_admin"]


def test_the_pack_can_be_adopted_before_anybody_exists(empty: tuple[Runtime, Inside]) -> None:
    runtime, _ = empty
    runtime.write(lambda tx: directory.name_organisation(tx, SYSTEM, name="澄远装备"))
    assert runtime.read(policy.version) is None


def test_the_packs_are_read_once_and_offered_only_before(
    empty: tuple[Runtime, Inside], monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime, inside = empty
    setup_routes._offered.cache_clear()
    read: list[str] = []

    def load(pack_id: str) -> Any:
        read.append(pack_id)
        return load_pack(pack_id)

    monkeypatch.setattr(setup_routes, "load_pack", load)
    offered = [inside.request("GET", "/api/setup").json()["packs"] for _ in range(3)]
    assert read == ["party-run-plant", "plain-office"] and offered[0] == offered[2] != []
    assert set(offered[0][0]) == {"id", "title", "about", "clauses"}
    token = setup_token(runtime.settings)
    assert inside.request("POST", "/api/setup", None, stated(token)).status_code == 204
    after = inside.request("GET", "/api/setup").json()
    assert (after["needed"], after["packs"]) == (False, [])
