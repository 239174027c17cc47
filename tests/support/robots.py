"""Bots of a world behind its real server, and receivers of webhooks: what tools outside do with both."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import override

from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import WriteTx
from guiju.modules.bots import _webhook_store, service, webhooks
from guiju.modules.bots.types import Bot
from guiju.modules.bots.webhook_types import WebhookDisabled, WebhookId
from guiju.modules.policy import service as policy
from guiju.setup import SYSTEM
from tests.support.inside import Inside
from tests.support.sending import with_editing
from tests.support.world import World

Json = dict[str, Any]


def free_bots(text: str, more: str = "", approval: str = "none") -> str:
    """A pack that lets bots begin without a decision, or with the head's, under the clause on flooding."""
    wanted = "      - use: messaging.flood\n"
    assert wanted in text
    lines = text.splitlines(keepends=True)
    start = next((n for n, line in enumerate(lines) if "use: bots.incoming" in line), None)
    if start is not None:
        end = start + 1
        while lines[end].startswith("        "):
            end += 1
        del lines[start:end]
    made = "".join(lines)
    use = f"      - use: bots.incoming\n        with: {{approval: {approval}{more}}}\n"
    return made.replace(wanted, use + wanted, 1)


def make_bot(world: World, owner: Actor, group: GroupId, name: str = "告警机器人") -> Bot:
    """A bot that may write: asked for, and approved where a clause wants that."""
    made = world.write(lambda tx: service.ask(tx, owner, group, name=name, purpose="转发设备告警"))
    if made.request is not None:
        world.approve(made.request)
    (found,) = [
        bot
        for bot in world.read(lambda tx: service.list_bots(tx, owner, group))
        if bot.id == made.id
    ]
    return found


@dataclass
class Robot:
    """A tool that knows the address of a bot and nothing else."""

    inside: Inside
    key: str

    def say(self, message: object, **extra: Any) -> Json:
        """Send a message as a tool does: without a session and without an origin."""
        content = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.inside.http.cookies.clear()
        answer = self.inside.http.post(
            f"/cgi-bin/webhook/send?key={self.key}", content=content, **extra
        )
        assert answer.status_code == 200
        found: Json = answer.json()
        return found

    def text(self, content: str, **more: Any) -> Json:
        return self.say({"msgtype": "text", "text": {"content": content} | more})

    def upload(
        self, name: str, data: bytes, kind: str = "file", type_: str = "application/octet-stream"
    ) -> Json:
        answer = self.inside.http.post(
            f"/cgi-bin/webhook/upload_media?key={self.key}&type={kind}",
            files={"media": (name, data, type_)},
        )
        assert answer.status_code == 200
        found: Json = answer.json()
        return found


def robot_of(inside: Inside, world: World, owner: Actor, bot: Bot) -> Robot:
    """The tool with a new key of the bot."""
    return Robot(inside, world.write(lambda tx: service.issue_key(tx, owner, bot.group, bot.id)))


def new_webhook(world: World, number: int, *, is_disabled: bool) -> tuple[str, int]:
    """(a webhook at an address where nobody listens, the position of an event that it is told of).

    Those before it are removed, for there may only be so many.
    """
    webhook, now = WebhookId(f"whk_{number}"), world.clock.now()
    world.runtime.vault.begin(webhook, now)
    secret = world.runtime.vault.seal_note(webhook, "secret", b"x" * 32)

    def make(tx: WriteTx) -> None:
        for standing in _webhook_store.standing(tx)[:-5]:
            webhooks.end(tx, SYSTEM, standing.id)
        webhooks.add(
            tx, SYSTEM, webhook, name="工单", url="http://127.0.0.1:9/x", kinds=["policy.adopted"],
            secret=secret,
        )  # fmt: skip
        if is_disabled:
            tx.record(policy.require(tx, SYSTEM, webhooks.MANAGE), WebhookDisabled(webhook, 12))

    world.write(make)
    edition = f"\n# webhook {number}\n"
    world.adopt(lambda text: with_editing(text) + edition)
    return webhook, world.entries("policy.adopted")[-1].position


# ---- receivers --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """What a receiver was told, with the headers that it came with."""

    id: str
    timestamp: str
    signature: str
    body: bytes

    @property
    def json(self) -> Json:
        found: Json = json.loads(self.body)
        return found

    def is_signed_by(self, secret: str) -> bool:
        """What Standard Webhooks says, computed here for itself."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.id}.{self.timestamp}.".encode() + self.body
        wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return wanted in self.signature.split(" ")


@dataclass
class Receiver:
    """A real HTTP server that takes events. `statuses` are answered first, then 204 to everything."""

    port: int
    events: list[Event] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?tenant=1"

    def kinds(self) -> list[str]:
        return [event.json["type"] for event in self.events]


@contextmanager
def receiving(port: int = 0, receiver: Receiver | None = None) -> Iterator[Receiver]:
    """Receive until the end of the block; `receiver` goes on with what another one has."""
    found = receiver or Receiver(0)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            event, timestamp, signed = (
                self.headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature")
            )
            found.events.append(Event(event, timestamp, signed, body))
            self.send_response(found.statuses.pop(0) if found.statuses else 204)
            self.send_header("location", f"http://127.0.0.1:{found.port}/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        @override
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
