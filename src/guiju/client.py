"""The built client's files: each is read once, and sent as it was compressed when it was built."""

import hashlib
import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

# Names of assets bear a hash of what is in them; everything else is asked for again each time.
_LASTING: Final = "public, max-age=31536000, immutable"
_ASSETS: Final = "assets/"
_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
_CHAT: Final = re.compile(r"chat/([A-Za-z0-9_]{1,40})")
_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


class Client:
    """The files of a built client, by their paths: no path from outside ever reaches the file system."""

    def __init__(self, folder: Path) -> None:
        self._files: Mapping[str, Path] = {
            file.relative_to(folder).as_posix(): file
            for file in folder.rglob("*")
            if file.is_file() and file.suffix not in (".br", ".gz")
        }
        self._read: dict[tuple[str, str], tuple[bytes, str]] = {}

    def answer(self, path: str, request: Request) -> Response | None:
        """The file at `path`, and the page for every other path; None for an asset that does not exist."""
        if path.startswith(_ASSETS) and path not in self._files:
            return None
        name = path if path in self._files else "index.html"
        encoding = self._encoding(name, request.headers.get("accept-encoding", ""))
        body, tag = self._load(name, encoding)
        headers = {
            "Cache-Control": _LASTING if name.startswith(_ASSETS) else "no-cache",
            "ETag": tag,
            "Vary": "Accept-Encoding",
        }
        if tag in [each.strip() for each in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers=headers)
        if encoding:
            headers["Content-Encoding"] = encoding
        chat = _CHAT.fullmatch(path)
        if chat is not None:
            # The messages set out together with the program that shows them.
            first = f"/api/groups/{chat[1]}/messages?limit=60"
            headers["Link"] = f"<{first}>; rel=preload; as=fetch; crossorigin=anonymous"
        return Response(body, headers=headers, media_type=_type_of(name))

    def _encoding(self, name: str, accepted: str) -> str:
        """How the file is sent; empty as it is."""
        words = dict(_weighed(each) for each in accepted.lower().split(","))
        for encoding, suffix in _ENCODINGS:
            if words.get(encoding, 0) and self._compressed(name, suffix).is_file():
                return encoding
        return ""

    def _compressed(self, name: str, suffix: str) -> Path:
        file = self._files[name]
        return file.with_name(file.name + suffix)

    def _load(self, name: str, encoding: str) -> tuple[bytes, str]:
        if (name, encoding) not in self._read:
            suffix = dict(_ENCODINGS).get(encoding, "")
            body = self._compressed(name, suffix).read_bytes()
            tag = hashlib.sha256(body).hexdigest()[:24]
            self._read[name, encoding] = body, f'"{tag}"'
        return self._read[name, encoding]


def _weighed(stated: str) -> tuple[str, float]:
    """An encoding that a browser takes, and how gladly; 0 is not at all."""
    name, _, weight = stated.replace(" ", "").partition(";q=")
    try:
        return name, float(weight or 1)
    except ValueError:
        return name, 0


def _type_of(name: str) -> str:
    suffix = Path(name).suffix
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
