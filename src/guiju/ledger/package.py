"""Write an export package (`.gjx`): chosen entries of the ledger with all that a stranger needs to
check them offline.

The archive is a zip that stores without compressing, in a fixed order, with fixed times and
attributes: one content has one byte string, and `guiju_verify.py` accepts no other. What the
package claims to be complete is worked out here from the leaves, so a caller cannot claim more.
Nothing in this file knows a database.
"""

import base64
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, BinaryIO, Final

from guiju.ledger._readme import README
from guiju.ledger.checkpoint import parse_checkpoint, split_note
from guiju.ledger.entry import Leaf, decode_leaf
from guiju.ledger.errors import LedgerError
from guiju.ledger.tiles import Tile, tile_path

FORMAT: Final = "guiju-package/1"
PART: Final = 4 * 1024 * 1024
"""Bytes after which the next line goes to the next part of a `.jsonl` file."""
REASONS: Final = ("erased", "out_of_scope", "privileged", "shredded")


@dataclass(frozen=True, slots=True)
class Scope:
    """What was asked for: these groups from `start` to `end` (ms, both included), or with None the
    whole ledger.
    """

    groups: tuple[str, ...] | None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """Entries outside the scope that belong to the export itself: its request, approvals and
    record, and others.
    """

    request: int | None = None
    approvals: tuple[int, ...] = ()
    export: int | None = None
    others: tuple[int, ...] = ()

    def indices(self) -> set[int]:
        ends = {n for n in (self.request, self.export) if n is not None}
        return ends | set(self.approvals) | set(self.others)


@dataclass(frozen=True, slots=True)
class DisclosedBody:
    """The opened text of entry `n` with the salt of its commitment."""

    n: int
    plaintext: bytes
    salt: bytes


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why the text of entry `n` is not in the package; `record` is the position of what destroyed
    it.
    """

    n: int
    reason: str
    record: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Who a pseudonym is. The ledger does not prove this; whoever exports states it."""

    id: str
    name: str
    staff_no: str | None


@dataclass(frozen=True, slots=True)
class PackageContents:
    """What goes into a package. `entries`, `bodies` and `withheld` MUST ascend by index, `people`
    by id.

    `entries` are (index, leaf bytes as stored): all entries of the scope, for each group the
    nearest ones before and after the period where they exist, and the related ones. `tiles` are
    those of `tiles_for(size, indices)`, or all.
    """

    origin: str
    size: int
    checkpoint: str
    scope: Scope
    tiles: Iterable[Tile]
    entries: Iterable[tuple[int, bytes]]
    bodies: Iterable[DisclosedBody] = ()
    withheld: Iterable[Withheld] = ()
    people: Iterable[Person] = ()
    related: Related = field(default_factory=Related)


def write_package(out: BinaryIO, contents: PackageContents) -> str:
    """Write the package to `out`, which MUST be seekable; the SHA-256 of its manifest in hex, to be
    recorded.

    LedgerError for contents that cannot make a valid package.
    """
    head = parse_checkpoint(split_note(contents.checkpoint)[0])
    if (head.origin, head.size) != (contents.origin, contents.size):
        raise LedgerError("the checkpoint is of another tree")
    try:
        with zipfile.ZipFile(out, "w", allowZip64=False) as archive:
            return _write(_Writer(archive), contents)
    except (zipfile.LargeZipFile, ValueError) as error:
        raise LedgerError(f"the package cannot be written: {error}") from error


class _Writer:
    """Adds files to the archive and keeps their hashes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.files: list[dict[str, str | int]] = []

    def add(self, path: str, data: bytes) -> None:
        info = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
        info.create_system = 3
        info.external_attr = 0o100600 << 16
        self._archive.writestr(info, data)
        digest = sha256(data).hexdigest()
        self.files.append({"length": len(data), "path": path, "sha256": digest})

    def add_parts(self, folder: str, rows: Iterable[dict[str, Any]]) -> int:
        """Rows as lines in `folder/00000.jsonl` and so on; how many there were."""
        count, part, lines, length = 0, 0, [], 0
        for row in rows:
            line = canonical(row) + b"\n"
            lines.append(line)
            count, length = count + 1, length + len(line)
            if length >= PART:
                self.add(f"{folder}/{part:05d}.jsonl", b"".join(lines))
                part, lines, length = part + 1, [], 0
        if lines:
            self.add(f"{folder}/{part:05d}.jsonl", b"".join(lines))
        return count

    def add_lines(self, path: str, rows: Iterable[dict[str, Any]]) -> int:
        lines = [canonical(row) + b"\n" for row in rows]
        self.add(path, b"".join(lines))
        return len(lines)


def _write(writer: _Writer, contents: PackageContents) -> str:
    ranges = _Ranges(contents)
    writer.add("README.txt", README.encode())
    writer.add("checkpoint", contents.checkpoint.encode())
    for tile in contents.tiles:
        writer.add(f"tiles/{tile_path(tile.level, tile.index, tile.width)}", tile.hashes)
    counts = {
        "entries": writer.add_parts("entries", _entries(contents, ranges)),
        "bodies": writer.add_parts("bodies", _bodies(contents.bodies)),
        "withheld": writer.add_lines("withheld.jsonl", _withheld(contents.withheld)),
        "people": writer.add_lines("people.jsonl", _people(contents.people)),
    }
    writer.add("completeness.json", canonical({"groups": ranges.stated()}))
    scope, related = contents.scope, contents.related
    manifest = {
        "counts": counts,
        "files": list(writer.files),
        "format": FORMAT,
        "origin": contents.origin,
        "related": {
            "approvals": sorted(related.approvals),
            "export": related.export,
            "others": sorted(related.others),
            "request": related.request,
        },
        "scope": {
            "from": scope.start,
            "groups": None if scope.groups is None else sorted(scope.groups),
            "to": scope.end,
        },
        "size": contents.size,
    }
    writer.add("manifest.json", canonical(manifest))
    sums = "".join(f"{file['sha256']}  {file['path']}\n" for file in writer.files)
    writer.add("SHA256SUMS", sums.encode())
    return sha256(canonical(manifest)).hexdigest()


def canonical(value: Any) -> bytes:
    """JSON in its one form: sorted keys, no spaces, UTF-8."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def _entries(contents: PackageContents, ranges: "_Ranges") -> Iterator[dict[str, Any]]:
    for n, data in _ascending(contents.entries, "entries", lambda entry: entry[0]):
        leaf = decode_leaf(data)
        if (leaf.n, leaf.o) != (n, contents.origin) or n >= contents.size:
            raise LedgerError(f"what was given as entry {n} is not that entry of this ledger")
        ranges.see(leaf)
        yield {"leaf": _base64(data), "n": n}


def _bodies(bodies: Iterable[DisclosedBody]) -> Iterator[dict[str, Any]]:
    for body in _ascending(bodies, "bodies", lambda body: body.n):
        yield {"n": body.n, "plaintext": _base64(body.plaintext), "salt": _base64(body.salt)}


def _withheld(withheld: Iterable[Withheld]) -> Iterator[dict[str, Any]]:
    for row in _ascending(withheld, "withheld", lambda row: row.n):
        if row.reason not in REASONS or (row.reason == "shredded") != (row.record is not None):
            raise LedgerError(f"entry {row.n} has no valid reason to be withheld")
        yield {"n": row.n, "reason": row.reason, "record": row.record}


def _people(people: Iterable[Person]) -> Iterator[dict[str, Any]]:
    for person in _ascending(people, "people", lambda person: person.id):
        yield {"id": person.id, "name": person.name, "staff_no": person.staff_no}


def _ascending(rows: Iterable[Any], what: str, key: Any) -> Iterator[Any]:
    last = None
    for row in rows:
        if last is not None and key(row) <= last:
            raise LedgerError(f"the {what} do not ascend")
        last = key(row)
        yield row


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@dataclass(slots=True)
class _Range:
    """What the entries show of one group."""

    first: int | None = None
    last: int | None = None
    count: int = 0
    before: int | None = None
    after: int | None = None


class _Ranges:
    """Works out completeness: per group the numbers in the period, and the neighbours on both
    sides.
    """

    def __init__(self, contents: PackageContents) -> None:
        self._scope = contents.scope
        self._related = contents.related.indices()
        self._groups = {group: _Range() for group in contents.scope.groups or ()}
        if contents.scope.groups is None and (contents.scope.start, contents.scope.end) != (
            None,
            None,
        ):
            raise LedgerError("a package of the whole ledger has no period")

    def see(self, leaf: Leaf) -> None:
        scope = self._scope
        if (
            leaf.g is None
            or leaf.gs is None
            or (scope.groups is not None and leaf.g not in self._groups)
        ):
            if scope.groups is not None and leaf.n not in self._related:
                raise LedgerError(f"entry {leaf.n} is neither in the scope nor related")
            return
        seen = self._groups.setdefault(leaf.g, _Range())
        if scope.start is not None and leaf.t < scope.start:
            seen.before = leaf.n
        elif scope.end is not None and leaf.t > scope.end:
            seen.after = leaf.n if seen.after is None else seen.after
        else:
            if seen.last is not None and leaf.gs != seen.last + 1:
                raise LedgerError(f"entry {seen.last + 1} of group {leaf.g} is missing")
            seen.first = leaf.gs if seen.first is None else seen.first
            seen.last = leaf.gs
            seen.count += 1

    def stated(self) -> list[dict[str, Any]]:
        return [
            {
                "after": seen.after,
                "before": seen.before,
                "count": seen.count,
                "first": seen.first,
                "group": group,
                "last": seen.last,
            }
            for group, seen in sorted(self._groups.items())
        ]
