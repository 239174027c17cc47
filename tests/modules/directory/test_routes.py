"""People, units, roles and imports over HTTP: parsing, status and shape."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection

from guiju.kernel.actor import Actor
from guiju.modules.directory._routes import routes
from guiju.modules.directory.types import OwnRecordError, PersonNotFoundError
from guiju.modules.policy.types import NotAllowedError
from tests.support.world import World


class DirectGate:
    """The lane and the readers of the world, awaited by routes without an event loop of their own."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def write(self, verb: Callable[[Any], Any]) -> Any:
        return self._world.write(verb)

    async def read(self, verb: Callable[[Any], Any]) -> Any:
        return self._world.read(verb)


@pytest.fixture
def as_person(world: World) -> Callable[[Actor], TestClient]:
    def client(actor: Actor) -> TestClient:
        async def authenticate(connection: HTTPConnection) -> Actor:
            return actor

        app = FastAPI()
        app.include_router(routes)
        app.state.authenticate = authenticate
        app.state.gate = DirectGate(world)
        return TestClient(app)

    return client


class TestPeople:
    def test_one_is_added_found_changed_and_shown(
        self, world: World, as_person: Callable[[Actor], TestClient]
    ) -> None:
        hr, plain = as_person(world.person("人事", "hr")), as_person(world.person("李雷"))
        unit = hr.post("/api/units", json={"name": "生产部", "parent_id": world.unit}).json()
        assert unit == {
            "id": unit["id"], "name": "生产部", "parent_id": world.unit, "head": None, "people": 0,
        }  # fmt: skip
        body = {
            "name": "王小明",
            "staff_no": "CY1",
            "unit_id": unit["id"],
            "post": "班长",
            "roles": [],
        }
        added = hr.post("/api/people", json=body).json()
        assert (added["name"], added["posts"], added["roles"]) == ("王小明", ["班长"], [])
        assert added["unit"] == {"id": unit["id"], "name": "生产部"}
        assert (added["account"]["login"], added["account"]["state"]) == ("CY1", "requested")

        found = plain.get("/api/people", params={"q": "王", "unit": unit["id"]}).json()
        assert found["people"] == [
            {
                "id": added["id"], "name": "王小明", "staff_no": "CY1",
                "unit": {"id": unit["id"], "name": "生产部"}, "posts": ["班长"],
            }
        ]  # fmt: skip
        assert (found["total"], found["position"]) == (1, world.read(lambda tx: tx.position))
        assert plain.get(f"/api/people/{added['id']}").json()["account"] is None

        moved = hr.patch(f"/api/people/{added['id']}", json={"unit_id": world.unit, "post": "主任"})
        assert (moved.json()["unit"]["name"], moved.json()["posts"]) == ("澄远装备", ["主任"])
        headed = hr.put(f"/api/units/{unit['id']}/head", json={"person_id": added["id"]}).json()
        assert headed["head"]["name"] == "王小明"
        assert hr.get(f"/api/people/{added['id']}").json()["roles"] == ["head"]
        units = plain.get("/api/units").json()["units"]
        assert [each["people"] for each in units] == [3, 0]
        with pytest.raises(PersonNotFoundError):
            plain.get("/api/people/per_x")

    def test_ones_own_record_is_closed_to_everybody(
        self, world: World, as_person: Callable[[Actor], TestClient]
    ) -> None:
        hr = world.person("人事", "hr")
        with pytest.raises(OwnRecordError) as refused:
            as_person(hr).patch(f"/api/people/{hr.person}", json={"name": "别名"})
        clause = refused.value.data["clause"]
        assert isinstance(clause, dict) and clause["instead"]
        assert len(world.facts("policy.refused")) == 1

    def test_roles_take_a_security_administrator(
        self, world: World, as_person: Callable[[Actor], TestClient]
    ) -> None:
        person = world.person("李雷").person
        hr = as_person(world.person("人事", "hr"))
        security = as_person(world.person("安全员", "security_admin"))
        with pytest.raises(NotAllowedError):
            hr.put(f"/api/people/{person}/roles", json={"roles": ["it"]})
        body = {
            "name": "王",
            "staff_no": "CY1",
            "unit_id": world.unit,
            "post": "x",
            "roles": ["it"],
        }
        with pytest.raises(NotAllowedError):
            hr.post("/api/people", json=body)
        assert hr.get("/api/people", params={"q": "CY1"}).json()["total"] == 0
        for roles in (["it", "registrar"], ["registrar"]):
            shown = security.put(f"/api/people/{person}/roles", json={"roles": roles}).json()
            assert shown["roles"] == roles

    def test_bodies_that_do_not_fit(
        self, world: World, as_person: Callable[[Actor], TestClient]
    ) -> None:
        hr = as_person(world.person("人事", "hr"))
        body = {"name": "王", "staff_no": "CY1", "unit_id": world.unit, "post": "x", "roles": []}
        changes: list[dict[str, Any]] = [
            {"name": ""},
            {"name": "x\ny"},
            {"name": "x" * 61},
            {"unit_id": 1},
            {"admin": True},
            {"roles": "hr"},
        ]
        for change in changes:
            assert hr.post("/api/people", json=body | change).status_code == 422, change


class TestImport:
    def test_the_template_is_tried_and_then_applied(
        self, world: World, as_person: Callable[[Actor], TestClient]
    ) -> None:
        hr = as_person(world.person("人事", "hr"))
        template = hr.get("/api/people/template.csv")
        assert template.headers["content-type"].startswith("text/csv")
        assert template.content.startswith("\ufeff工号,姓名,部门".encode())
        text = template.content.decode() + "CY1,王小明,澄远装备/生产部,班长,,\r\n"
        bad = hr.post(
            "/api/people/import", json={"csv": text + "CY1,=1,x,,,\r\n", "dry_run": False}
        )
        assert bad.json()["started"] is None
        assert [(e["line"], e["column"], e["code"]) for e in bad.json()["errors"]] == [
            (3, "姓名", "directory.csv_formula"),
            (3, "工号", "directory.csv_duplicate"),
        ]
        tried = hr.post("/api/people/import", json={"csv": text, "dry_run": True}).json()
        assert tried == {"new": 1, "moved": 0, "unchanged": 0, "errors": [], "started": None}
        world.later(1_000)
        assert len(world.facts("directory.person_added")) == 1
        applied = hr.post("/api/people/import", json={"csv": text, "dry_run": False}).json()
        import_id = applied["started"]
        assert import_id is not None and applied == {**tried, "started": import_id}
        begun = hr.get(f"/api/people/imports/{import_id}").json()
        assert (begun["rows"], begun["applied"], begun["done"]) == (1, 0, False)
        world.later(1_000)
        ended = hr.get(f"/api/people/imports/{import_id}").json()
        assert (ended["applied"], ended["refused"], ended["done"]) == (1, [], True)
        again = hr.post("/api/people/import", json={"csv": text, "dry_run": False}).json()
        assert (again["unchanged"], again["started"]) == (1, None)
        assert (
            hr.get("/api/people", params={"q": "CY1"}).json()["people"][0]["unit"]["name"]
            == "生产部"
        )
