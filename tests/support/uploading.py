"""Files as people send them: uploaded over HTTP in parts, then named in a message."""

import hashlib
import io
import time
from dataclasses import dataclass
from typing import Any

import httpx2
from PIL import Image

from guiju.kernel.actor import Actor
from guiju.kernel.gate import Gate
from guiju.kernel.ids import GroupId
from guiju.ledger.vault import PART
from guiju.modules.inspection.extraction.reading import Extractor
from guiju.modules.messaging.file_types import Attached, FileKind
from guiju.modules.messaging.origin_types import Origin
from guiju.modules.messaging.uploading import Uploads
from tests.support.inside import Inside, session_for
from tests.support.world import World

_INSPECTED_SECONDS = 60.0
BYTES = {"Content-Type": "application/octet-stream"}


@dataclass
class Sender:
    """Somebody who is signed in at a running server."""

    inside: Inside
    token: str
    group: GroupId
    count: int = 0

    def request(self, method: str, path: str, body: object = None, **extra: Any) -> httpx2.Response:
        return self.inside.request(method, f"/api{path}", self.token, body, **extra)

    def open(self, name: str, data: bytes, kind: str = "file", **changes: Any) -> httpx2.Response:
        body = {"group": self.group, "name": name, "size": len(data), "kind": kind} | changes
        return self.request("POST", "/uploads", body)

    def put(self, upload: str, index: int, data: bytes) -> httpx2.Response:
        part = data[index * PART : (index + 1) * PART]
        return self.request("PUT", f"/uploads/{upload}/{index}", content=part, headers=BYTES)

    def complete(self, upload: str, data: bytes) -> httpx2.Response:
        body = {"sha256": hashlib.sha256(data).hexdigest()}
        return self.request("POST", f"/uploads/{upload}/completion", body)

    def upload(self, name: str, data: bytes, kind: str = "file", **changes: Any) -> str:
        """All of it; the upload's id."""
        opened = self.open(name, data, kind, **changes)
        assert opened.status_code == 200, opened.text
        upload = str(opened.json()["id"])
        for index in range(-(-len(data) // PART)):
            assert self.put(upload, index, data).status_code == 200
        done = self.complete(upload, data)
        deadline = time.monotonic() + _INSPECTED_SECONDS
        while done.status_code == 200 and done.json()["state"] == "inspecting":
            assert time.monotonic() < deadline, "the inspection did not end"
            time.sleep(0.02)
            done = self.request("GET", f"/uploads/{upload}")
        assert done.status_code == 200 and done.json()["state"] == "ready", done.text
        return upload

    def send(self, *files: str, text: str = "", **extra: Any) -> httpx2.Response:
        self.count += 1
        body = {"text": text, "files": list(files)} | extra
        cmid = body.pop("cmid", f"u{self.count}")
        return self.request("POST", f"/groups/{self.group}/messages", {"cmid": cmid, "body": body})

    def sent(self, *files: str, state: str = "delivered", **extra: Any) -> int:
        """Where the message stands."""
        done = self.send(*files, **extra)
        assert done.status_code == 200 and done.json()["state"] == state, done.text
        return int(done.json()["position"])

    def get(self, position: int, file: str, **extra: Any) -> httpx2.Response:
        path = f"/groups/{self.group}/messages/{position}/files/{file}"
        return self.request("GET", path, **extra)


def door_of(world: World) -> Gate:
    """The lane and the readers without a server, in this process."""
    runtime = world.runtime
    return Gate(runtime.lane, runtime.database, runtime.log, runtime.clock)


def uploads_of(world: World) -> Uploads:
    """Uploads without a server, in this process."""
    runtime = world.runtime
    return Uploads(door_of(world), runtime.vault, runtime.inspector, Extractor(), runtime.clock)


def close_uploads(uploads: Uploads) -> None:
    """End its processes."""
    uploads.close()
    uploads._extractor.close()


def begin(uploads: Uploads, actor: Actor, group: GroupId, name: str, data: bytes) -> str:
    """An upload whose first part has come; its id."""
    made = uploads.open(actor, group, name=name, size=len(data), kind=FileKind.FILE, seconds=None)
    uploads.receive(actor, made.id, 0, data[:PART])
    return made.id


def attached(
    uploads: Uploads,
    actor: Actor,
    group: GroupId,
    name: str,
    data: bytes,
    origin: Origin | None = None,
) -> tuple[Attached, ...]:
    """A small file that is ready to go with a message."""
    made = begin(uploads, actor, group, name, data)
    uploads.complete(actor, made, hashlib.sha256(data).hexdigest())
    return uploads.attached(actor, "new", (made,), origin)


def sender(world: World, inside: Inside, person: Actor, group: GroupId) -> Sender:
    return Sender(inside, session_for(world, person), group)


def picture(side: int = 64, kind: str = "PNG", **extra: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (side, side // 2), "teal").save(file, kind, **extra)
    return file.getvalue()
