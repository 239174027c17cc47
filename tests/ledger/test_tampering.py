"""Every attack on a package that we could think of: none may pass, and the bad entry is named."""

import base64
import io
import random
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pytest

from guiju import guiju_verify
from guiju.ledger.package import Related, Scope, Withheld
from tests.support.packages import (
    BOOK,
    Book,
    Files,
    edit_json,
    edit_rows,
    failed_steps,
    forged,
    packed,
    period_package,
    unpacked,
    verified,
    written,
)


@pytest.fixture(autouse=True, scope="module")
def remembered_signatures() -> Iterable[None]:
    """Ed25519 in plain Python takes milliseconds; thousands of packages here have the same
    signature.
    """
    plain = guiju_verify.ed25519_verify
    guiju_verify.ed25519_verify = lru_cache(plain)
    yield
    guiju_verify.ed25519_verify = plain


ENTRIES, BODIES = "entries/00000.jsonl", "bodies/00000.jsonl"


def leaf_row(n: int, leaf: bytes) -> dict[str, Any]:
    return {"leaf": base64.b64encode(leaf).decode(), "n": n}


def drop(n: int) -> Callable[[Files], None]:
    """Leave out an entry and its text."""

    def leave_out(rows: list[Any]) -> None:
        rows[:] = [row for row in rows if row["n"] != n]

    def attack(files: Files) -> None:
        edit_rows(files, ENTRIES, leave_out)
        edit_rows(files, BODIES, leave_out)

    return attack


def rewrite(n: int, old: bytes, new: bytes) -> Callable[[Files], None]:
    """Change the bytes of a leaf."""

    def change(rows: list[Any]) -> None:
        row = next(row for row in rows if row["n"] == n)
        leaf = base64.b64decode(row["leaf"])
        assert old in leaf
        row["leaf"] = base64.b64encode(leaf.replace(old, new)).decode()

    return lambda files: edit_rows(files, ENTRIES, change)


def rows_of(name: str, change: Callable[[list[Any]], None]) -> Callable[[Files], None]:
    return lambda files: edit_rows(files, name, change)


def json_of(name: str, change: Callable[[Any], None]) -> Callable[[Files], None]:
    return lambda files: edit_json(files, name, change)


def flip_tile(files: Files) -> None:
    data = files["tiles/0/000.p/30"]
    files["tiles/0/000.p/30"] = data[: 32 * 10] + bytes([data[32 * 10] ^ 1]) + data[32 * 10 + 1 :]


def withheld_for(reason: str, record: int | None) -> Callable[[Files], None]:
    """Replace the text of entry 10 by a statement why it is not there."""

    def attack(files: Files) -> None:
        edit_rows(files, BODIES, lambda rows: rows.pop(3))
        row = {"n": 10, "reason": reason, "record": record}
        edit_rows(files, "withheld.jsonl", lambda rows: rows.append(row))

    return attack


ATTACKS: list[tuple[str, Callable[[Files], None], int, int | None]] = [
    ("an entry inside the period left out", drop(12), 7, 16),
    ("the first entry of the period left out", drop(8), 7, 10),
    ("the last entry of the period left out", drop(20), 7, 22),
    ("the neighbour before left out", drop(6), 7, 8),
    ("an approval left out", drop(9), 9, 9),
    ("the export left out", drop(29), 9, 29),
    ("a leaf changed", rewrite(12, b'"per_1"', b'"per_2"'), 6, 12),
    ("a leaf with a second spelling", rewrite(12, b'"v":1', b'"v": 1'), 5, 12),
    ("a leaf with another index", rewrite(12, b'"n":12', b'"n":13'), 5, 12),
    ("a leaf of another ledger", rewrite(12, b"9f2c0a1b", b"9f2c0a1c"), 5, 12),
    ("a time turned back", rewrite(12, b'"t":1012', b'"t":1007'), 5, 12),
    (
        "two leaves exchanged",
        rows_of(
            ENTRIES,
            lambda r: r.__setitem__(
                slice(2, 4),
                [{"leaf": r[3]["leaf"], "n": r[2]["n"]}, {"leaf": r[2]["leaf"], "n": r[3]["n"]}],
            ),
        ),
        5,
        8,
    ),
    (
        "an entry beyond the tree",
        rows_of(ENTRIES, lambda r: r.append(leaf_row(30, BOOK.leaves[29]))),
        5,
        30,
    ),
    (
        "an entry of another group smuggled in",
        rows_of(ENTRIES, lambda r: r.insert(5, leaf_row(11, BOOK.leaves[11]))),
        11,
        11,
    ),
    ("a text changed", rows_of(BODIES, lambda r: r[3].update(plaintext="eHh4")), 8, 10),
    (
        "a salt changed",
        rows_of(BODIES, lambda r: r[3].update(salt=base64.b64encode(b"t" * 32).decode())),
        8,
        10,
    ),
    ("a text left out", rows_of(BODIES, lambda r: r.pop(3)), 11, 10),
    (
        "a text for an entry without one",
        rows_of(BODIES, lambda r: r.insert(3, r[3] | {"n": 9})),
        8,
        9,
    ),
    ("a text for no entry", rows_of(BODIES, lambda r: r.append(r[3] | {"n": 40})), 8, 40),
    (
        "a text both disclosed and withheld",
        rows_of(
            "withheld.jsonl", lambda r: r.append({"n": 10, "reason": "erased", "record": None})
        ),
        11,
        10,
    ),
    (
        "a withheld text of no entry",
        rows_of(
            "withheld.jsonl", lambda r: r.append({"n": 11, "reason": "erased", "record": None})
        ),
        10,
        11,
    ),
    ("a reason that there is not", withheld_for("lost", None), 10, 10),
    ("a record of destruction that is not there", withheld_for("shredded", 28), 10, 10),
    ("a record of destruction that is earlier", withheld_for("shredded", 9), 10, 10),
    ("a shredded text without its record", withheld_for("shredded", None), 10, 10),
    ("a hash in a tile flipped", flip_tile, 4, 10),
    ("a tile left out", lambda files: files.__delitem__("tiles/0/000.p/30"), 4, 4),
    ("a second tile", lambda files: files.__setitem__("tiles/0/000", b"x" * 8192), 4, 4),
    (
        "completeness overstated",
        json_of("completeness.json", lambda v: v["groups"][0].update(first=1)),
        7,
        None,
    ),
    (
        "completeness for one group more",
        json_of(
            "completeness.json", lambda v: v["groups"].append(v["groups"][0] | {"group": "grp_b"})
        ),
        7,
        None,
    ),
    ("a wider period", json_of("manifest.json", lambda v: v["scope"].update({"from": 1005})), 7, 6),
    (
        "the whole ledger claimed",
        json_of(
            "manifest.json", lambda v: v["scope"].update({"from": None, "groups": None, "to": None})
        ),
        7,
        0,
    ),
    (
        "an approval after the export",
        json_of("manifest.json", lambda v: v["related"].update(approvals=[29], export=9)),
        9,
        29,
    ),
    (
        "an approval that is none",
        json_of("manifest.json", lambda v: v["related"].update(approvals=[9, 10])),
        9,
        10,
    ),
    ("another size", json_of("manifest.json", lambda v: v.update(size=29)), 2, None),
    ("a file that means nothing", lambda files: files.__setitem__("extra.txt", b"x"), 11, None),
    (
        "a head of a smaller tree",
        lambda files: files.__setitem__("checkpoint", BOOK.note(29).encode()),
        4,
        29,
    ),
]


class TestTampering:
    @pytest.mark.parametrize(
        ("name", "attack", "step", "first_bad"), ATTACKS, ids=[a[0] for a in ATTACKS]
    )
    def test_a_careful_forgery_is_found_and_named(
        self, name: str, attack: Callable[[Files], None], step: int, first_bad: int | None
    ) -> None:
        files = unpacked(period_package())
        attack(files)
        code, result = verified(forged(files))
        assert (code, result["ok"], result["anchored"]) == (1, False, False)
        assert step in failed_steps(result)
        assert result["first_bad"] == first_bad

    def test_a_forger_without_a_forgery_passes(self) -> None:
        data = period_package()
        assert forged(unpacked(data)) == data

    @pytest.mark.parametrize("name", sorted(unpacked(period_package())))
    def test_a_file_changed_or_left_out_without_care_is_found(self, name: str) -> None:
        files = unpacked(period_package())
        assert verified(packed((files | {name: files[name] + b" "}).items()))[0] in (1, 2)
        del files[name]
        assert verified(packed(files.items()))[0] in (1, 2)

    def test_a_file_that_the_manifest_does_not_list_is_found(self) -> None:
        """[no-extra]."""
        files = unpacked(period_package())
        code, result = verified(packed([*files.items(), ("more.txt", b"x")]))
        assert (code, failed_steps(result)) == (1, [11])

    def test_every_flipped_byte_is_found(self) -> None:
        book = Book(6)
        contents = book.contents(Scope(("grp_a",), 1001), [0, 2, 4], related=Related(others=(4,)))
        told = [Withheld(2, "shredded", 4)]
        bodies = [body for body in contents.bodies if body.n != 2]
        data = written(replace(contents, bodies=bodies, withheld=told))
        policy = book.policy(book.note(6))
        assert verified(data, policy)[0] == 0
        chance = random.Random(1)
        accepted = []
        for at in range(len(data)):
            changed = bytearray(data)
            changed[at] ^= 1 << chance.randrange(8)
            if verified(bytes(changed), policy)[0] not in (1, 2):
                accepted.append(at)
        assert accepted == []

    def test_every_truncation_and_any_addition_is_found(self) -> None:
        """[no-extra]: of bytes."""
        data = period_package()
        assert {verified(data[:length])[0] for length in range(0, len(data), 7)} == {2}
        assert {verified(data + b"\0")[0], verified(b"\0" + data)[0], verified(data + data)[0]} == {
            2
        }


class TestHostileArchives:
    """Exit 2, before anything is read from them."""

    @pytest.mark.parametrize(
        "name",
        [
            "../up",
            "/root",
            "a/../b",
            "a//b",
            "a/",
            "C:\\x",
            "a\\b",
            "tab\t",
            "ü",
            "x" * 300,
            ".hidden",
            "a:b",
        ],
    )
    def test_names_that_lead_elsewhere(self, name: str) -> None:
        """[path-*]: of a package."""
        assert verified(packed([*unpacked(period_package()).items(), (name, b"x")]))[0] == 2

    def test_two_files_of_one_name(self) -> None:
        with pytest.warns(UserWarning, match="Duplicate name"):
            data = packed([*unpacked(period_package()).items(), ("README.txt", b"x")])
        assert verified(data)[0] == 2

    def test_a_bomb(self) -> None:
        """[zip-*]: of a package."""
        bomb = packed([("README.txt", b"\0" * 50_000_000)], compress_type=zipfile.ZIP_DEFLATED)
        assert len(bomb) < 100_000
        assert verified(bomb)[0] == 2

    @pytest.mark.parametrize(
        "attributes",
        [
            {"compress_type": zipfile.ZIP_DEFLATED},
            {"external_attr": 0o120777 << 16},
            {"date_time": (2026, 11, 22, 0, 0, 0)},
            {"comment": b"x"},
            {"extra": b"\xfe\xca\x00\x00"},
            {"create_system": 0},
        ],
    )
    def test_links_comments_extra_fields_and_other_forms(self, attributes: dict[str, Any]) -> None:
        assert verified(packed(unpacked(period_package()).items(), **attributes))[0] == 2

    def test_an_archive_comment_and_a_hole(self) -> None:
        out = io.BytesIO(period_package())
        with zipfile.ZipFile(out, "a") as archive:
            archive.comment = b"hidden"
        assert verified(out.getvalue())[0] == 2
        out = io.BytesIO()
        out.write(b"#!/bin/sh\n")
        out.write(period_package())
        assert verified(out.getvalue())[0] == 2

    @pytest.mark.parametrize(
        "data", [b"", b"{", b"{}", b"[1]", b"PK\x05\x06" + b"\0" * 18, b"{" * 5000]
    )
    def test_what_is_no_package_at_all(self, data: bytes) -> None:
        assert verified(data)[0] == 2
