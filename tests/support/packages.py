"""A small ledger in memory, packages made from it, and what a careful forger does with them."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guiju import guiju_verify
from guiju.ledger import checkpoint, package, tiles, tree
from guiju.ledger.entry import encode_leaf
from guiju.ledger.package import DisclosedBody, PackageContents, Person, Related, Scope
from guiju.ledger.seal import commitment

ORIGIN = "guiju.example/9f2c0a1b"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
SALT = b"s" * 32

Files = dict[str, bytes]


class Book:
    """A small ledger in memory: groups a and b take turns, every fifth entry has no group, even
    ones have a text.
    """

    def __init__(self, size: int, origin: str = ORIGIN) -> None:
        self.origin = origin
        self.leaves: list[bytes] = []
        numbers = {"grp_a": 0, "grp_b": 0}
        for n in range(size):
            group = None if n % 5 == 4 else ("grp_a", "grp_b")[n % 2]
            if group is not None:
                numbers[group] += 1
            body = None
            if n % 2 == 0:
                promise = commitment(origin, n, self.text(n), SALT)
                body = {"c": promise, "h": "0f" * 32, "k": "c:1", "l": 99}
            self.leaves.append(
                encode_leaf(
                    {
                        "a": "per_1", "b": body, "g": group, "gs": group and numbers[group],
                        "k": "messaging.sent" if group else "approvals.decided", "m": {}, "n": n,
                        "o": origin, "p": None, "r": [], "t": 1000 + n, "v": 1, "x": [],
                    }
                )
            )  # fmt: skip
        self.hashes = [tree.leaf_hash(leaf) for leaf in self.leaves]

    @staticmethod
    def text(n: int) -> bytes:
        return b'{"text":"%d"}' % n

    def read(self, level: int, start: int, count: int) -> list[bytes]:
        width = 1 << level
        at = range(start * width, (start + count) * width, width)
        return [tree.CompactRange.empty().append(self.hashes[i : i + width]).root() for i in at]

    def root(self, size: int) -> bytes:
        return tree.CompactRange.empty().append(self.hashes[:size]).root()

    def note(self, size: int, key: Ed25519PrivateKey = KEY) -> str:
        return checkpoint.sign_checkpoint(self.origin, size, self.root(size), key)

    def contents(
        self,
        scope: Scope,
        chosen: Iterable[int],
        *,
        related: Related | None = None,
        all_tiles: bool = True,
    ) -> PackageContents:
        """The package of the entries `chosen`, with every text disclosed."""
        entries = sorted(chosen)
        size = len(self.leaves)
        listed = tiles.tiles_for(size, None if all_tiles else entries)
        return PackageContents(
            origin=self.origin,
            size=size,
            checkpoint=self.note(size),
            scope=scope,
            tiles=[
                tiles.Tile(level, index, b"".join(self.read(8 * level, index * 256, width)))
                for level, index, width in listed
            ],
            entries=[(n, self.leaves[n]) for n in entries],
            bodies=[DisclosedBody(n, self.text(n), SALT) for n in entries if n % 2 == 0],
            people=[Person("per_1", "王工", "0001")],
            related=related or Related(),
        )  # fmt: skip

    def policy(self, *heads: str, quorum: int = 1) -> bytes:
        vkey = checkpoint.verifier_key(ORIGIN, KEY.public_key())
        policy = {"origin": ORIGIN, "log_keys": [vkey], "heads": heads, "quorum": quorum}
        return json.dumps(policy).encode()


BOOK = Book(30)
GROUP_A = [n for n in range(30) if n % 5 != 4 and n % 2 == 0]
"""0, 2, 6, 8, 10, 12, 16, 18, 20, 22, 26, 28: the entries of group a."""
PERIOD = Scope(("grp_a",), 1007, 1021)
IN_PERIOD = [8, 10, 12, 16, 18, 20]
ANCHORED = BOOK.policy(BOOK.note(30))
APPROVED = Related(request=4, approvals=(9,), export=29)


def written(contents: PackageContents) -> bytes:
    out = io.BytesIO()
    package.write_package(out, contents)
    return out.getvalue()


def verified(data: bytes, policy: bytes = ANCHORED) -> tuple[int, dict[str, Any]]:
    report = guiju_verify.verify(io.BytesIO(data), policy)
    return report.exit_code, report.as_dict()


def failed_steps(result: dict[str, Any]) -> list[int]:
    return [check["step"] for check in result["checks"] if not check["ok"]]


def unpacked(data: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Iterable[tuple[str, bytes]], **attributes: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o100600 << 16
            for attribute, value in attributes.items():
                setattr(info, attribute, value)
            archive.writestr(info, data)
    return out.getvalue()


def forged(files: Files) -> bytes:
    """A package by a careful forger, who makes the manifest and SHA256SUMS agree with the changed
    files.
    """
    manifest = json.loads(files["manifest.json"])
    content = [name for name in files if name not in ("manifest.json", "SHA256SUMS")]
    manifest["files"] = [
        {"length": len(files[name]), "path": name, "sha256": sha256(files[name]).hexdigest()}
        for name in content
    ]
    for kind in ("entries", "bodies"):
        manifest["counts"][kind] = files.get(f"{kind}/00000.jsonl", b"").count(b"\n")
    for kind in ("withheld", "people"):
        manifest["counts"][kind] = files[f"{kind}.jsonl"].count(b"\n")
    last = package.canonical(manifest)
    names = [*((name, files[name]) for name in content), ("manifest.json", last)]
    sums = "".join(f"{sha256(data).hexdigest()}  {name}\n" for name, data in names)
    return packed([*names, ("SHA256SUMS", sums.encode())])


def edit_rows(files: Files, name: str, change: Callable[[list[Any]], None]) -> None:
    rows = [json.loads(line) for line in files[name].splitlines()]
    change(rows)
    files[name] = b"".join(package.canonical(row) + b"\n" for row in rows)


def edit_json(files: Files, name: str, change: Callable[[Any], None]) -> None:
    value = json.loads(files[name])
    change(value)
    files[name] = package.canonical(value)


def period_package(**changes: Any) -> bytes:
    contents = BOOK.contents(PERIOD, [6, *IN_PERIOD, 22, 4, 9, 29], related=APPROVED)
    return written(replace(contents, **changes))
