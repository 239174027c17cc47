"""Signing in and out, passwords and accounts over HTTP: parsing, cookies, status and shape."""

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection

from guiju.kernel.actor import Actor, system
from guiju.kernel.db import ReadTx
from guiju.kernel.http import SessionRequiredError
from guiju.modules.identity import service as identity
from guiju.modules.identity._routes import routes
from guiju.modules.identity.types import (
    AccountNotUsableError,
    BadCodeError,
    BadCredentialsError,
    TooManyAttemptsError,
    WeakPasswordError,
    WrongPasswordError,
)
from guiju.modules.policy.types import NotAllowedError
from tests.support.world import World

SYSTEM = system("test")
FIRST, SECOND = "correct horse 7", "battery staple 8"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


class DirectGate:
    """The lane and the readers of the world, awaited by routes without an event loop of their own."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def write(self, verb: Callable[[Any], Any]) -> Any:
        return self._world.write(verb)

    async def read(self, verb: Callable[[Any], Any]) -> Any:
        return self._world.read(verb)


@pytest.fixture
def app(world: World) -> Iterator[FastAPI]:
    made = FastAPI()
    made.include_router(routes)
    made.state.gate, made.state.session_ended = DirectGate(world), Mock()
    made.state.session_cookie = identity.cookie_name(is_https=False)
    made.state.passwords = identity.Passwords()

    def me(tx: ReadTx, actor: Actor) -> dict[str, Any]:
        return {"person": identity.person_mark(tx, actor.person_id)}

    async def authenticate(connection: HTTPConnection) -> Actor:
        hashed = identity.token_hash(connection.cookies.get("guiju", ""))
        session = world.read(lambda tx: identity.find_session(tx, hashed))
        if session is None:
            raise SessionRequiredError("Sign in first.")
        return Actor(person=session.person)

    made.state.me, made.state.authenticate = me, authenticate
    yield made
    made.state.passwords.close()


@pytest.fixture
def browser(app: FastAPI) -> Iterator[Callable[[], TestClient]]:
    """Makes clients with a cookie jar each."""
    made: list[TestClient] = []

    def new() -> TestClient:
        made.append(TestClient(app, headers={"User-Agent": FIREFOX}))
        return made[-1]

    yield new
    for client in made:
        client.close()


@pytest.fixture
def wang(world: World) -> Actor:
    """A certified person whose password is FIRST."""
    return with_password(world, world.person("王小明"))


def with_password(world: World, actor: Actor) -> Actor:
    account = world.read(lambda tx: identity.find_account_of(tx, actor.person_id))
    assert account is not None
    done = world.write(lambda tx: identity.register_account(tx, SYSTEM, account.id))
    hashed = identity.hash_password(FIRST)
    world.write(
        lambda tx: identity.activate(tx, login=account.login, code=done.code, password_hash=hashed)
    )
    return actor


def login_of(world: World, actor: Actor) -> str:
    account = world.read(lambda tx: identity.find_account_of(tx, actor.person_id))
    assert account is not None
    return account.login


class TestSession:
    def test_in_and_out(self, world: World, wang: Actor, browser: Callable[[], TestClient]) -> None:
        client, login = browser(), login_of(world, wang)
        answer = client.post(
            "/api/session", json={"account": f" {login.lower()} ", "password": FIRST}
        )
        assert answer.status_code == 200
        assert answer.json()["person"]["name"] == "王小明"
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("guiju=")
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
        assert "Secure" not in cookie  # plain http, as in a first try on one machine
        (session,) = client.get("/api/sessions").json()["sessions"]
        assert (session["device"], session["current"]) == ("Firefox · Linux", True)
        assert client.delete("/api/session").status_code == 204
        with pytest.raises(SessionRequiredError):
            client.get("/api/sessions")

    def test_over_https_the_cookie_is_bound_to_the_host(
        self, world: World, wang: Actor, app: FastAPI, browser: Callable[[], TestClient]
    ) -> None:
        app.state.session_cookie = identity.cookie_name(is_https=True)
        body = {"account": login_of(world, wang), "password": FIRST}
        cookie = browser().post("/api/session", json=body).headers["set-cookie"]
        assert cookie.startswith("__Host-guiju=")
        assert "Secure" in cookie and "Domain" not in cookie

    def test_the_state_is_told_only_after_the_right_password(
        self, world: World, wang: Actor, browser: Callable[[], TestClient]
    ) -> None:
        """[oracle]: by the words."""
        account = world.read(lambda tx: identity.find_account_of(tx, wang.person_id))
        assert account is not None
        world.write(lambda tx: identity.suspend(tx, SYSTEM, account.id, reason="x"))
        client = browser()
        with pytest.raises(BadCredentialsError):
            client.post("/api/session", json={"account": account.login, "password": "wrong"})
        with pytest.raises(BadCredentialsError):
            client.post("/api/session", json={"account": "nobody", "password": FIRST})
        with pytest.raises(AccountNotUsableError) as refused:
            client.post("/api/session", json={"account": account.login, "password": FIRST})
        assert refused.value.data == {"state": "suspended"}

    def test_after_five_failures_the_right_one_does_not_help(
        self, world: World, wang: Actor, browser: Callable[[], TestClient]
    ) -> None:
        client, login = browser(), login_of(world, wang)
        for _ in range(5):
            with pytest.raises(BadCredentialsError):
                client.post("/api/session", json={"account": login, "password": "wrong"})
        with pytest.raises(TooManyAttemptsError) as refused:
            client.post("/api/session", json={"account": login, "password": FIRST})
        assert refused.value.data["retry_after"] == 900
        assert len(world.facts("identity.signin_locked")) == 1

    def test_bodies_that_do_not_fit(self, browser: Callable[[], TestClient]) -> None:
        client = browser()
        bodies: list[dict[str, Any]] = [
            {},
            {"account": "x"},
            {"account": "x", "password": "x" * 1001},
            {"account": "x" * 201, "password": "x"},
            {"account": "x\0", "password": "x"},
            {"account": "x", "password": 1},
            {"account": "x", "password": "x", "remember": True},
        ]
        for body in bodies:
            assert client.post("/api/session", json=body).status_code == 422, body

    def test_everywhere_at_once(
        self, world: World, wang: Actor, browser: Callable[[], TestClient]
    ) -> None:
        one, two, three = browser(), browser(), browser()
        for client in (one, two, three):
            body = {"account": login_of(world, wang), "password": FIRST}
            assert client.post("/api/session", json=body).status_code == 200
        sessions = one.get("/api/sessions").json()["sessions"]
        mine = next(session["id"] for session in sessions if session["current"])
        assert two.delete(f"/api/sessions/{mine}").status_code == 204
        with pytest.raises(SessionRequiredError):
            one.get("/api/sessions")
        assert two.delete("/api/sessions").status_code == 204
        with pytest.raises(SessionRequiredError):
            three.get("/api/sessions")

    def test_everywhere_else(
        self, world: World, wang: Actor, browser: Callable[[], TestClient]
    ) -> None:
        one, two = browser(), browser()
        for client in (one, two):
            body = {"account": login_of(world, wang), "password": FIRST}
            assert client.post("/api/session", json=body).status_code == 200
        assert two.delete("/api/sessions?others=true").status_code == 204
        (session,) = two.get("/api/sessions").json()["sessions"]
        assert session["current"]
        with pytest.raises(SessionRequiredError):
            one.get("/api/sessions")


class TestPasswords:
    def test_a_change_ends_the_others(
        self, world: World, wang: Actor, browser: Callable[[], TestClient]
    ) -> None:
        one, two = browser(), browser()
        body = {"account": login_of(world, wang), "password": FIRST}
        for client in (one, two):
            client.post("/api/session", json=body)
        with pytest.raises(WrongPasswordError):
            one.post("/api/account/password", json={"old": "wrong", "new": SECOND})
        with pytest.raises(WeakPasswordError):
            one.post("/api/account/password", json={"old": FIRST, "new": "1234567890"})
        changed = one.post("/api/account/password", json={"old": FIRST, "new": SECOND})
        assert changed.status_code == 204
        assert len(one.get("/api/sessions").json()["sessions"]) == 1
        with pytest.raises(SessionRequiredError):
            two.get("/api/sessions")
        with pytest.raises(BadCredentialsError):
            two.post("/api/session", json=body)
        assert two.post("/api/session", json={**body, "password": SECOND}).status_code == 200


class TestAccounts:
    def test_from_the_request_to_certification(
        self, world: World, browser: Callable[[], TestClient]
    ) -> None:
        newcomer = world.person("李雷", certified=False)
        it = with_password(world, world.person("网管", "it"))
        hr = with_password(world, world.person("人事", "hr"))
        clients = {}
        for who in (it, hr):
            clients[who] = browser()
            clients[who].post(
                "/api/session", json={"account": login_of(world, who), "password": FIRST}
            )
        listed = clients[hr].get("/api/accounts", params={"state": "requested", "q": "李雷"}).json()
        (account,) = listed["accounts"]
        assert set(account) == {"id", "login", "state", "person", "since", "code_by"}
        assert account["code_by"] == "it"
        assert account["person"]["name"] == "李雷"
        assert listed["position"] == world.read(lambda tx: tx.position)

        path = f"/api/accounts/{account['id']}"
        with pytest.raises(NotAllowedError):
            clients[hr].post(f"{path}/registration", json={})
        code = clients[it].post(f"{path}/registration", json={}).json()["code"]
        new = browser()
        body = {"account": account["login"], "code": code, "password": SECOND}
        with pytest.raises(BadCodeError):
            new.post("/api/account/activation", json={**body, "code": "AAAA-AAAA-AAAA"})
        with pytest.raises(WeakPasswordError):
            new.post("/api/account/activation", json={**body, "password": "short"})
        assert new.post("/api/account/activation", json=body).status_code == 204
        signed_in = new.post("/api/session", json={"account": account["login"], "password": SECOND})
        assert signed_in.status_code == 200
        certified = clients[hr].post(f"{path}/certification", json={"proof": "身份证原件"}).json()
        assert certified["state"] == "certified"
        assert world.read(lambda tx: identity.is_certified(tx, newcomer.person_id))

    def test_suspending_ends_the_session_at_once(
        self, world: World, wang: Actor, browser: Callable[[], TestClient]
    ) -> None:
        """[leaver]."""
        security = with_password(world, world.person("安全员", "security_admin"))
        officer, client = browser(), browser()
        for browsing, who in ((officer, security), (client, wang)):
            browsing.post("/api/session", json={"account": login_of(world, who), "password": FIRST})
        account = world.read(lambda tx: identity.find_account_of(tx, wang.person_id))
        assert account is not None
        path = f"/api/accounts/{account.id}"
        states = []
        for act in ("suspension", "resumption", "closing"):
            states.append(officer.post(f"{path}/{act}", json={"reason": "调查"}).json()["state"])
            with pytest.raises(SessionRequiredError):
                client.get("/api/sessions")
        assert states == ["suspended", "certified", "closed"]
