"""Every numbered step of the verification, each with what it must catch; and the verdict's outside forms."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from guiju.kernel.db import governed_tables
from guiju.kernel.facts import Content
from guiju.ledger import tables, tree
from guiju.ledger.checkpoint import sign_checkpoint
from guiju.ledger.keystore import wrapped_key
from guiju.ledger.seal import Unsealed, key_id, seal_many
from guiju.ledger.signer import Signer, read_state
from guiju.modules.messaging.types import MessageState
from guiju.verification import CannotVerifyError, verify_organisation
from tests.support.checks import verify_stored
from tests.support.tamper import (
    change,
    failing,
    fill_tiles,
    open_town,
    put_rows,
    rewrite_head,
    rewrite_leaf,
    rows_of,
    undone,
)
from tests.support.world import World

Json = dict[str, Any]
MESSAGE = next(table for table in governed_tables() if table.name == "messaging_message")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest) -> Iterator[World]:
    """One world for the whole module, in which every table has rows."""
    with open_town(request) as world:
        yield world


def newest_note(world: World) -> str:
    return str(rows_of(world, tables.checkpoint)[-1]["note"])


def last(world: World) -> int:
    return len(rows_of(world, tables.entry)) - 1


def first_of(world: World, kind: str) -> int:
    return int(next(row["position"] for row in rows_of(world, tables.entry) if row["kind"] == kind))


def first_failing(world: World, *heads: str) -> tuple[int, Json]:
    """The first step that fails, with what it names."""
    found = failing(world, *heads)
    step = min(found)
    return step, found[step]


# ---- the steps -----------------------------------------------------------------------------------------------------


class TestStep1Tables:
    def test_a_head_row_that_is_missing(self, town: World) -> None:
        with undone(town, tables.head):
            put_rows(town, tables.head, [])
            assert first_failing(town) == (1, {"table": "ledger_head", "row": 1})

    @pytest.mark.parametrize("name", ["ledger_use", "messaging_message", "ledger_head"])
    def test_a_table_that_is_missing(self, town: World, name: str) -> None:
        database = town.runtime.database
        with database.write() as connection:
            connection.execute(text(f"ALTER TABLE {name} RENAME TO gone"))
        try:
            assert first_failing(town) == (1, {"table": name})
        finally:
            with database.write() as connection:
                connection.execute(text(f"ALTER TABLE gone RENAME TO {name}"))

    def test_an_origin_that_cannot_be_one(self, town: World) -> None:
        with undone(town, tables.head):
            change(town, tables.head, {"id": 1}, origin="a b")
            place = {"table": "ledger_head", "row": 1, "column": "origin"}
            assert first_failing(town) == (1, place)


def _set(**values: Any) -> Any:
    return lambda leaf: leaf.update(values)


class TestStep2Entries:
    """Leaves that are valid by themselves, in a tree that was made to fit: only the order gives them away."""

    def expect(self, town: World, position: int, edit: Any, step: int = 2) -> None:
        with undone(town, tables.entry, tables.head, tables.tile):
            rewrite_leaf(town, position, edit)
            rewrite_head(town)
            found, place = first_failing(town)
            assert (found, place.get("entry")) == (step, position)

    def test_an_index_that_is_not_the_position(self, town: World) -> None:
        self.expect(town, 7, _set(n=6, r=[]))

    def test_another_origin(self, town: World) -> None:
        self.expect(town, 7, _set(o="guiju/another"))

    def test_time_that_goes_back(self, town: World) -> None:
        self.expect(town, last(town), lambda leaf: leaf.update(t=leaf["t"] - 1))

    @pytest.mark.parametrize("by", [-1, 1])
    def test_a_gap_or_a_repetition_in_a_group(self, town: World, by: int) -> None:
        self.expect(town, last(town), lambda leaf: leaf.update(gs=leaf["gs"] + by))

    def test_a_use_that_no_row_states(self, town: World) -> None:
        self.expect(town, 7, _set(x=["1.1/some.control"]))

    @pytest.mark.parametrize("edit", [b' {"a"', b'{"a" ', b'{"A"'])
    def test_another_form_of_the_same_leaf(self, town: World, edit: bytes) -> None:
        row = rows_of(town, tables.entry)[7]
        with undone(town, tables.entry):
            change(town, tables.entry, {"position": 7}, leaf=row["leaf"].replace(b'{"a"', edit, 1))
            assert first_failing(town) == (2, {"entry": 7})

    def test_a_reference_to_a_later_entry(self, town: World) -> None:
        position = first_of(town, "approvals.decided")
        row = rows_of(town, tables.entry)[position]
        leaf = json.loads(row["leaf"])
        leaf["r"] = [position + 1]
        forged = json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        with undone(town, tables.entry):
            change(town, tables.entry, {"position": position}, leaf=forged.encode())
            assert first_failing(town) == (2, {"entry": position})

    def test_an_entry_beyond_the_end_and_one_that_is_missing(self, town: World) -> None:
        rows = rows_of(town, tables.entry)
        with undone(town, tables.entry):
            put_rows(town, tables.entry, rows[:9] + rows[10:])
            assert first_failing(town) == (2, {"entry": 9})
            put_rows(town, tables.entry, [*rows, {**rows[-1], "position": len(rows)}])
            assert first_failing(town) == (2, {"entry": len(rows)})


class TestStep3Blobs:
    def test_a_body_that_was_taken_away_or_exchanged_or_added(self, town: World) -> None:
        rows = rows_of(town, tables.entry)
        sealed = [row["position"] for row in rows if row["sealed"] is not None]
        bare = next(row["position"] for row in rows if row["sealed"] is None)
        first, second = sealed[:2]
        for position, blob in ((first, None), (first, rows[second]["sealed"]), (bare, b"x" * 60)):
            with undone(town, tables.entry):
                change(town, tables.entry, {"position": position}, sealed=blob)
                assert first_failing(town) == (3, {"entry": position})


class TestStep4Bodies:
    def test_a_key_that_is_missing(self, town: World) -> None:
        position = first_of(town, "messaging.sent")
        key = json.loads(rows_of(town, tables.entry)[position]["leaf"])["b"]["k"]
        with undone(town, wrapped_key):
            put_rows(
                town, wrapped_key, [row for row in rows_of(town, wrapped_key) if row["id"] != key]
            )
            step, place = first_failing(town)
            assert (step, place["table"], place["row"]) == (4, "wrapped_key", key)

    def test_a_key_that_no_entry_uses_must_be_whole_too(self, town: World) -> None:
        town.runtime.keys.make("c:made_ahead:2027-01", town.clock.now())
        assert verify_stored(town).ok
        with undone(town, wrapped_key):
            change(town, wrapped_key, {"id": "c:made_ahead:2027-01"}, wrapped=b"x" * 60)
            place = {"table": "wrapped_key", "row": "c:made_ahead:2027-01"}
            assert first_failing(town) == (4, place)

    def test_a_text_sealed_anew_by_somebody_who_has_the_keys(self, town: World) -> None:
        """The blob opens and its hash fits; only the commitment says that the text was another."""
        position = first_of(town, "messaging.sent")
        leaf = json.loads(rows_of(town, tables.entry)[position]["leaf"])
        key = key_id(Content.CONTENT, leaf["g"], None, leaf["t"])
        words = b'{"cmid":"c","text":"never said","original":null}'
        sealed = [Unsealed(key, position, words)]
        ((blob, body),) = seal_many(town.runtime.keys, leaf["t"], leaf["o"], sealed)
        with undone(town, tables.entry, tables.head, tables.tile):
            kept = leaf["b"]["c"]
            rewrite_leaf(town, position, _set(b={**body, "c": kept}))
            change(town, tables.entry, {"position": position}, sealed=blob)
            rewrite_head(town)
            assert first_failing(town) == (4, {"entry": position})


class TestStep5Tree:
    def test_an_entry_that_was_altered_lies_in_the_range_that_is_named(self, town: World) -> None:
        for position in (3, 20, last(town) - 1):
            with undone(town, tables.entry):
                rewrite_leaf(town, position, lambda leaf: leaf["m"].update(added=1))
                step, place = first_failing(town)
                assert step == 5
                assert place["entry"] <= position <= (place.get("until") or place["entry"])

    @pytest.mark.parametrize("column", ["root", "range", "at", "size"])
    def test_the_head_row(self, town: World, column: str) -> None:
        head = rows_of(town, tables.head)[0]
        value = head[column] + 1 if isinstance(head[column], int) else bytes(len(head[column]))
        with undone(town, tables.head):
            change(town, tables.head, {"id": 1}, **{column: value})
            place = {"table": "ledger_head", "row": 1, "column": column}
            assert first_failing(town) == (5, place)

    def test_a_tile(self, world: World) -> None:
        fill_tiles(world)
        rows = rows_of(world, tables.tile)
        with undone(world, tables.tile):
            put_rows(world, tables.tile, rows[1:])
            assert first_failing(world) == (5, {"table": "ledger_tile", "row": [0, 0]})
            put_rows(world, tables.tile, [*rows, {**rows[0], "number": 9}])
            assert first_failing(world) == (5, {"table": "ledger_tile", "row": [0, 9]})
            put_rows(world, tables.tile, [{**rows[0], "hashes": rows[1]["hashes"]}, *rows[1:]])
            place = {"table": "ledger_tile", "row": [0, 0], "column": "hashes"}
            assert first_failing(world) == (5, place)


class TestStep6Signatures:
    def test_a_published_head_that_a_stranger_signed(self, town: World) -> None:
        row = rows_of(town, tables.checkpoint)[0]
        origin = rows_of(town, tables.head)[0]["origin"]
        stranger = Ed25519PrivateKey.generate()
        note = sign_checkpoint(origin, row["size"], tree.EMPTY_ROOT, stranger)
        with undone(town, tables.checkpoint):
            change(town, tables.checkpoint, {"size": row["size"]}, note=note)
            place = {"table": "ledger_checkpoint", "row": row["size"], "column": "note"}
            assert first_failing(town) == (6, place)

    def test_a_published_head_that_was_never_signed_at_that_size(self, town: World) -> None:
        """The signer's own key was used on another history."""
        row = rows_of(town, tables.checkpoint)[0]
        origin = rows_of(town, tables.head)[0]["origin"]
        key = town.runtime.signer._key  # a thief has it
        with undone(town, tables.checkpoint):
            note = sign_checkpoint(origin, row["size"], b"r" * 32, key)
            change(town, tables.checkpoint, {"size": row["size"]}, note=note)
            assert first_failing(town)[0] == 6

    def test_a_head_that_was_taken_out(self, town: World) -> None:
        rows = rows_of(town, tables.checkpoint)
        assert len(rows) >= 2
        with undone(town, tables.checkpoint):
            put_rows(town, tables.checkpoint, rows[1:])
            next_one = {"table": "ledger_checkpoint", "row": rows[1]["size"], "column": "chain"}
            assert first_failing(town) == (6, next_one)

    def test_a_state_of_the_signer_from_earlier(self, town: World) -> None:
        path = town.settings.keys / "signer.json"
        earlier = path.read_bytes()
        town.person("新来")
        town.runtime.signer.sign_now(town.runtime.lane)
        with undone(town, tables.checkpoint):
            path.write_bytes(earlier)
            assert first_failing(town) == (6, {"file": "signer.json"})

    def test_a_head_signed_before_a_crash_is_published_at_the_next_start(self, town: World) -> None:
        runtime = town.runtime
        town.person("新来")
        dying = Signer(runtime.database, town.settings.keys, town.clock)
        assert dying.step() is not None  # and the process ends before it is published
        assert verify_stored(town).ok
        later = Signer(runtime.database, town.settings.keys, town.clock)
        town.person("又来")
        later.sign_now(runtime.lane)
        state = read_state(town.settings.keys)
        assert state is not None
        assert [row["size"] for row in rows_of(town, tables.checkpoint)][-2:] == [
            state.size - 5,
            state.size,
        ]
        assert verify_stored(town).ok
        runtime.signer = later


class TestStep7Heads:
    def test_heads_that_were_kept_anchor_the_ledger(self, town: World) -> None:
        assert not verify_stored(town).anchored
        rows = rows_of(town, tables.checkpoint)
        verdict = verify_stored(town, rows[0]["note"], rows[-1]["note"])
        assert (verdict.ok, verdict.anchored) == (True, True)

    def test_a_head_of_another_history_of_another_ledger_and_of_a_stranger(
        self, town: World
    ) -> None:
        head = rows_of(town, tables.head)[0]
        key = town.runtime.signer._key  # whoever kept a head got it from this signer
        stranger = Ed25519PrivateKey.generate()
        origin, size, root = head["origin"], head["size"], head["root"]
        for note in (
            sign_checkpoint(origin, size, b"r" * 32, key),
            sign_checkpoint(origin, size + 1, b"r" * 32, key),
            sign_checkpoint("guiju/another", size, root, key),
            sign_checkpoint(origin, size, root, stranger),
        ):
            verdict = verify_stored(town, newest_note(town), note)
            assert failing(town, newest_note(town), note) == {7: {"head": 1}}
            assert (verdict.ok, verdict.anchored) == (False, False)

    def test_what_is_no_head_is_refused(self, town: World) -> None:
        with pytest.raises(CannotVerifyError):
            verify_organisation(town.settings, replay=False, heads=["nothing"])


class TestStep8Replay:
    def test_a_row_that_no_fact_made_and_a_value_that_no_fact_states(self, town: World) -> None:
        rows = rows_of(town, MESSAGE)
        blocked = next(row for row in rows if row["state"] == MessageState.BLOCKED)
        with undone(town, MESSAGE):
            change(town, MESSAGE, {"position": blocked["position"]}, state="delivered")
            place = {"table": MESSAGE.name, "row": blocked["position"], "column": "state"}
            assert failing(town) == {8: place}
            assert verify_stored(town, replay=False).ok
        with undone(town, MESSAGE):
            put_rows(town, MESSAGE, [row for row in rows if row is not blocked])
            assert failing(town) == {8: {"table": MESSAGE.name, "row": blocked["position"]}}

    def test_a_fact_that_nobody_could_have_recorded_here(self, town: World) -> None:
        """A whole ledger rewritten around a forged fact: the tables would never have taken it."""
        position = first_of(town, "messaging.released")

        def edit(leaf: Json) -> None:
            leaf["r"] = [first_of(town, "messaging.blocked")]

        with undone(town, tables.entry, tables.head, tables.tile):
            rewrite_leaf(town, position, edit)
            rewrite_head(town)
            assert failing(town)[8] == {"entry": position}
