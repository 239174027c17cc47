"""The server: routes, errors, the socket and what runs beside them, joined around one Runtime."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from guiju import ledger_routes, me, setup_routes, spelling
from guiju.client import Client
from guiju.edge import Edge, Message, Receive, Send, error_body, status_of
from guiju.kernel.blobs import BlobsUnavailableError
from guiju.kernel.db import DatabaseUnavailableError, ReadTx
from guiju.kernel.errors import GuijuError, NotFoundError
from guiju.kernel.facts import Recorded
from guiju.kernel.gate import Gate
from guiju.kernel.http import BadRequestError
from guiju.kernel.ids import PersonId
from guiju.kernel.jobs import parked
from guiju.kernel.live import Hub, tell_person
from guiju.kernel.malware import Scanner
from guiju.kernel.posting import Poster
from guiju.ledger.keystore import secret_file
from guiju.migrations import schema
from guiju.modules.approvals import _routes as approvals_routes
from guiju.modules.bots import _routes as bots_routes
from guiju.modules.bots.dispatching import Dispatcher
from guiju.modules.bots.incoming import Incoming
from guiju.modules.directory import _routes as directory_routes
from guiju.modules.directory import sheets
from guiju.modules.followup import _routes as followup_routes
from guiju.modules.groups import _routes as groups_routes
from guiju.modules.identity import _routes as identity_routes
from guiju.modules.identity import service as identity
from guiju.modules.inspection import _routes as inspection_routes
from guiju.modules.inspection import dictionaries, documents
from guiju.modules.inspection.extraction.reading import Extractor
from guiju.modules.inspection.governed import OwnDictionary
from guiju.modules.inspection.service import is_public_host
from guiju.modules.inspection.types import DocumentRule
from guiju.modules.messaging import _routes as messaging_routes
from guiju.modules.messaging.alerting import Alerter
from guiju.modules.messaging.composing import Composer
from guiju.modules.messaging.drafting import Drafts
from guiju.modules.messaging.pushing import POST_SECONDS, Pusher
from guiju.modules.messaging.scheduling import Schedule
from guiju.modules.messaging.searching import Searcher
from guiju.modules.messaging.uploading import Uploads
from guiju.modules.notices import _routes as notices_routes
from guiju.modules.outages import _routes as outages_routes
from guiju.modules.policy import _routes as policy_routes
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Pack
from guiju.runtime import FORESEEABLE, PRESENCE, ROUTERS, WORK, Runtime, load_dictionaries
from guiju.sessions import SessionGuard
from guiju.socket import SocketEndpoint

_log = logging.getLogger("guiju")
RULES_CHANGED = frozenset(
    {
        "policy.adopted",
        "inspection.dictionary_switched",
        "inspection.document_registered",
        "inspection.document_ended",
    }
)
ROUTES = (
    identity_routes,
    policy_routes,
    directory_routes,
    outages_routes,
    inspection_routes,
    approvals_routes,
    groups_routes,
    messaging_routes,
    followup_routes,
    bots_routes,
    notices_routes,
    ledger_routes,
    me,
    setup_routes,
)


PUSH_KEY = "push.key"
TICK_SECONDS = 1.0
"""How often what is due is looked for, in seconds."""


class NoSuchPathError(NotFoundError):
    """No such path, or not with this method."""

    code = "http.not_found"


def web_folder() -> Path | None:
    """The built client: in the package, or in the checkout beside it."""
    for folder in (Path(__file__).parent / "web", Path(__file__).parents[2] / "web" / "dist"):
        if (folder / "index.html").is_file():
            return folder
    return None


class Server:
    """An ASGI application. `/ws` is the socket, everything else is HTTP."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.gate = Gate(runtime.lane, runtime.database, runtime.log, runtime.clock)
        self.hub = Hub(ROUTERS, PRESENCE, runtime.new_view, FORESEEABLE)
        self.guard = SessionGuard(self.gate, self.hub, runtime.settings)
        self.extractor = Extractor()
        self.sheets = sheets.reader()
        self.uploads = Uploads(
            self.gate, runtime.vault, runtime.inspector, self.extractor, runtime.clock,
            scanner=Scanner(runtime.settings.clamd) if runtime.settings.clamd else None,
        )  # fmt: skip
        # Few at a time: each of them holds a whole file in memory.
        self._inspecting = ThreadPoolExecutor(2, thread_name_prefix="inspect")
        self.composer = Composer(self.gate, runtime.inspector, self.uploads, self._inspecting)
        self.drafts = Drafts(self.gate, runtime.notes, runtime.clock)
        self.searcher = Searcher(self.gate, runtime.segments)
        self.schedule = Schedule(
            self.gate, runtime.notes, runtime.inspector, runtime.clock, self._tell, self.uploads
        )
        self.incoming = Incoming(
            self.gate, self.composer, self.uploads, runtime.clock, self._inspecting
        )
        self.dispatcher = Dispatcher(
            self.gate, Poster(is_public_host, runtime.settings.inside_hosts), runtime.vault, runtime.clock
        )  # fmt: skip
        self.pusher = Pusher(
            self.gate, Poster(is_public_host, runtime.settings.inside_hosts, POST_SECONDS),
            lambda: secret_file(runtime.settings.keys / PUSH_KEY), runtime.clock,
            runtime.settings.push_contact, self.hub.is_watching, work=WORK,
        )  # fmt: skip
        self.alerter = Alerter(self.gate, runtime.clock, WORK, self.hub.people, self._tell)
        self.socket = SocketEndpoint(
            self.gate,
            self.hub,
            self.composer,
            runtime.new_view,
            self.guard.session_of,
            runtime.settings.origin,
        )
        self.http = self._build()
        self._edge = Edge(self.http, runtime.settings.origin, self.guard.authenticate)
        self._stopping = threading.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            if scope["path"] == "/ws":
                await self.socket(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return
        await self._edge(scope, receive, send)

    def _build(self) -> FastAPI:
        app = FastAPI(
            title="Guiju 规矩",
            version="0.1.0",
            openapi_url="/api/openapi.json",
            docs_url=None,
            redoc_url=None,
            lifespan=self._lifespan,
        )
        state = app.state
        state.runtime, state.gate, state.hub = self.runtime, self.gate, self.hub
        state.composer, state.new_view = self.composer, self.runtime.new_view
        state.seen = self.socket.seen
        state.drafts, state.schedule = self.drafts, self.schedule
        state.searcher = self.searcher
        state.incoming, state.dispatcher = self.incoming, self.dispatcher
        state.pusher, state.session_of = self.pusher, self.guard.session_of
        state.origin = self.runtime.origin
        state.authenticate, state.me = self.guard.authenticate, me.describe
        state.session_ended = self.guard.session_ended
        state.passwords = identity.Passwords()
        state.session_cookie = identity.cookie_name(is_https=self.runtime.settings.is_https)
        state.extractor, state.uploads = self.extractor, self.uploads
        state.sheets = self.sheets
        state.inspecting = self._inspecting
        state.load_dictionaries = load_dictionaries
        state.prepare_rules, state.prepare_pack = self._prepare_rules, self._prepare_pack
        state.check_pack = _check_pack
        for module in ROUTES:
            app.include_router(module.routes)
        app.add_api_route("/healthz", self._healthz, methods=["GET"], include_in_schema=False)
        app.add_api_route("/readyz", self._readyz, methods=["GET"], include_in_schema=False)
        app.add_exception_handler(GuijuError, _on_refusal)
        app.add_exception_handler(RequestValidationError, _on_bad_request)
        app.add_exception_handler(HTTPException, _on_http_error)
        app.add_exception_handler(Exception, _on_bug)
        _serve_client(app)
        return app

    @asynccontextmanager
    async def _lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        runtime = self.runtime
        self.gate.attach(asyncio.get_running_loop())
        self.gate.subscribe(runtime.forget_names)
        self.gate.subscribe(self.guard.on_entries)
        self.gate.subscribe(self.hub.publish)
        self.gate.subscribe_ahead(self.hub.foresee)
        self.gate.subscribe(self._swap_rules)
        # The first compilation of what is hot happens now, not under the first message.
        await self.gate.read(policy.find_pack)
        await asyncio.to_thread(spelling.fill, runtime.lane)
        runtime.signer.start(runtime.lane)
        timers = self._start_timers()
        beside = [asyncio.create_task(self.guard.watch()), asyncio.create_task(self.gate.follow())]
        try:
            yield
        finally:
            for task in beside:
                task.cancel()
            self._stopping.set()
            for timer in timers:
                await asyncio.to_thread(timer.join)
            await asyncio.to_thread(self._inspecting.shutdown, cancel_futures=True)
            await asyncio.to_thread(self.extractor.close)
            await asyncio.to_thread(self.sheets.close)
            await asyncio.to_thread(self.uploads.close)
            await asyncio.to_thread(self.dispatcher.close)
            await asyncio.to_thread(self.pusher.close)
            await asyncio.to_thread(runtime.close)
            self.gate.close()

    def _start_timers(self) -> list[threading.Thread]:
        """What waits for its time runs beside all else: after a change of the rules it inspects files for minutes."""
        jobs = (
            self.runtime.run_due, self.uploads.sweep, self.dispatcher.run, self.alerter.run, self.pusher.run,
        )  # fmt: skip
        named = {"jobs": jobs, "schedule": (self.schedule.run_due,)}
        timers = [
            threading.Thread(target=self._run_jobs, args=(steps,), name=name, daemon=True)
            for name, steps in named.items()
        ]
        for timer in timers:
            timer.start()
        return timers

    def _run_jobs(self, steps: Sequence[Callable[[], object]]) -> None:
        while not self._stopping.wait(TICK_SECONDS):
            for step in steps:
                try:
                    step()
                except (DatabaseUnavailableError, BlobsUnavailableError):  # what is due stays due
                    break
                except Exception:  # noqa: BLE001  # one that breaks must not end the others for good
                    _log.exception("a step of the timers failed")

    def _tell(self, person: PersonId, frame: dict[str, Any]) -> None:
        """Show something on the screens of a person. From any thread; no fact, so what is missed is read again."""
        self.gate.on_loop(lambda: tell_person(self.hub, person, frame))

    def _swap_rules(self, entries: Sequence[Recorded]) -> None:
        """Inspect by the new pack from now on, wherever it was adopted; compiled off the loop and off the lane."""
        if any(entry.kind in RULES_CHANGED for entry in entries):
            task = asyncio.get_running_loop().create_task(self.gate.read(self._load_rules))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _load_rules(self, tx: ReadTx) -> None:
        self.runtime.inspector.follow(tx)

    def _prepare_rules(
        self, tx: ReadTx, own: Sequence[OwnDictionary], registered: Sequence[DocumentRule]
    ) -> None:
        """Compile what is about to come into force, so that no message waits for it."""
        self.runtime.inspector.prepare(tx, policy.get_pack(tx), own, registered)

    def _prepare_pack(self, tx: ReadTx, pack: Pack) -> None:
        own, registered = dictionaries.in_force(tx), documents.rules_in_force(tx)
        self.runtime.inspector.prepare(tx, pack, own, registered)

    async def _healthz(self) -> dict[str, bool]:
        return {"ok": True}

    async def _readyz(self) -> JSONResponse:
        runtime = self.runtime
        position, waiting = await self.gate.read(_state)
        ready = runtime.signer.alarm is None
        content = {
            "ready": ready,
            "position": position,
            "signed": runtime.signer.signed,
            "alarm": runtime.signer.alarm,
            "parked_jobs": waiting,
            "database": "sqlite" if runtime.database.is_sqlite else "postgresql",
            "schema": schema.newest(),
            "ruleset": runtime.inspector.ruleset,
        }
        return JSONResponse(content, 200 if ready else 503)


def _check_pack(tx: ReadTx, pack: Pack) -> None:
    """Whether the pack has room for the dictionaries in force; asked in the lane. Raises TooManyTermsError."""
    dictionaries.check_room(pack, dictionaries.in_force(tx))


def _state(tx: ReadTx) -> tuple[int, int]:
    """(the position, how many jobs are parked)."""
    return tx.position, parked(tx)


async def _on_refusal(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, GuijuError)
    headers = {}
    if "retry_after" in error.data:
        headers["Retry-After"] = str(error.data["retry_after"])
    return JSONResponse(error_body(error), status_of(error), headers)


async def _on_bad_request(_request: Request, error: Exception) -> JSONResponse:
    """Where the request does not fit. The values themselves are left out: they may be secrets, or no text at all."""
    assert isinstance(error, RequestValidationError)
    problems: list[Any] = [
        {
            "where": ".".join(str(part) for part in each["loc"])[:200],
            "reason": str(each["msg"])[:200],
        }
        for each in error.errors()[:20]
    ]
    for problem in problems:
        problem["where"] = problem["where"].encode("utf-8", "replace").decode()
        problem["reason"] = problem["reason"].encode("utf-8", "replace").decode()
    refusal = BadRequestError("The request does not fit.", problems=problems)
    return JSONResponse(error_body(refusal), status_of(refusal))


async def _on_http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code in (400, 422):  # FastAPI answers 400 to a body that is no JSON at all
        refusal: GuijuError = BadRequestError("The body is not JSON.")
    else:
        refusal = NoSuchPathError("There is no such path.")
    return JSONResponse(error_body(refusal), status_of(refusal))


async def _on_bug(request: Request, error: Exception) -> JSONResponse:
    _log.error("a bug at %s %s", request.method, request.url.path, exc_info=error)
    content = {
        "code": "http.internal",
        "message": "Something broke here; it was logged.",
        "data": {},
    }
    return JSONResponse(content, 500)


def _serve_client(app: FastAPI) -> None:
    folder = web_folder()
    if folder is None:
        return
    app.state.client = Client(folder)

    @app.get("/{path:path}", include_in_schema=False)
    async def client(request: Request, path: str) -> Response:
        found: Response | None = None
        if not path.startswith(("api/", "cgi-bin/", "ws")) and path != "api":
            found = app.state.client.answer(path, request)
        if found is None:
            raise NoSuchPathError("There is no such path.")
        return found
