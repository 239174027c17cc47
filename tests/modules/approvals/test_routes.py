"""The inbox over HTTP: parsing, status and shape."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection

from guiju.kernel.actor import Actor
from guiju.modules.approvals._routes import routes
from guiju.modules.approvals.types import RequestNotFoundError
from tests.modules.approvals.plant import Plant, step

HEAD = {"head_of_unit": "applicant"}


class DirectGate:
    """The lane and the readers of the world, as routes await them."""

    def __init__(self, plant: Plant) -> None:
        self._world = plant.world

    async def write(self, verb: Callable[[Any], Any]) -> Any:
        return self._world.write(verb)

    async def read(self, verb: Callable[[Any], Any]) -> Any:
        return self._world.read(verb)


@pytest.fixture
def as_person(plant: Plant) -> Callable[[str], TestClient]:
    def client(name: str) -> TestClient:
        async def authenticate(connection: HTTPConnection) -> Actor:
            return plant.people[name]

        app = FastAPI()
        app.include_router(routes)
        app.state.authenticate = authenticate
        app.state.gate = DirectGate(plant)
        return TestClient(app)

    return client


class TestRoutes:
    def test_from_the_inbox_to_the_end(
        self, plant: Plant, as_person: Callable[[str], TestClient]
    ) -> None:
        request = plant.open(step(HEAD))
        li, chen = as_person("li"), as_person("chen")
        todo = chen.get("/api/approvals", params={"box": "todo"}).json()
        assert [found["id"] for found in todo["requests"]] == [request.id]
        assert todo["position"] == plant.world.read(lambda tx: tx.position)
        assert todo["requests"][0]["mine"]

        assert li.post(f"/api/approvals/{request.id}/reminder", json={}).status_code == 204
        decided = chen.post(
            f"/api/approvals/{request.id}/decision", json={"verdict": "approve", "opinion": "同意"}
        )
        assert decided.status_code == 200
        assert decided.json()["state"] == "approved"
        assert decided.json()["steps"][0]["approvers"][0]["opinion"] == "同意"
        shown = li.get(f"/api/approvals/{request.id}").json()
        assert shown["steps"][0]["approvers"] == decided.json()["steps"][0]["approvers"]
        assert (shown["state"], shown["mine"]) == ("approved", False)
        assert chen.get("/api/approvals", params={"box": "todo"}).json()["requests"] == []
        assert len(chen.get("/api/approvals", params={"box": "done"}).json()["requests"]) == 1

    def test_a_withdrawal(self, plant: Plant, as_person: Callable[[str], TestClient]) -> None:
        request = plant.open(step(HEAD))
        answer = as_person("li").post(f"/api/approvals/{request.id}/withdrawal", json={})
        assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")

    def test_a_body_that_does_not_fit(
        self, plant: Plant, as_person: Callable[[str], TestClient]
    ) -> None:
        request = plant.open(step(HEAD))
        path = f"/api/approvals/{request.id}/decision"
        bodies: list[dict[str, Any]] = [
            {},
            {"verdict": "maybe", "opinion": ""},
            {"verdict": "approve", "opinion": 1},
            {"verdict": "approve", "opinion": "", "more": 1},
            {"verdict": "approve", "opinion": "x" * 10_001},
            {"verdict": "approve", "opinion": "a\u0000b"},
        ]
        for body in bodies:
            assert as_person("chen").post(path, json=body).status_code == 422
        assert plant.get(request) == request

    def test_an_unknown_box(self, as_person: Callable[[str], TestClient]) -> None:
        assert as_person("li").get("/api/approvals", params={"box": "bin"}).status_code == 422
        assert as_person("li").get("/api/approvals").status_code == 422

    def test_what_is_not_mine_is_not_found(
        self, plant: Plant, as_person: Callable[[str], TestClient]
    ) -> None:
        request = plant.open(step(HEAD))
        with pytest.raises(RequestNotFoundError):
            as_person("wu").get(f"/api/approvals/{request.id}")
