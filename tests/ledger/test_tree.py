"""Merkle trees against vectors that nobody here wrote, and the two implementations against each
other.
"""

import base64
import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju import guiju_verify
from guiju.ledger import tiles, tree
from guiju.ledger.errors import LedgerError, ProofError

LEAVES = [tree.leaf_hash(b"%d" % n) for n in range(700)]


def accepts(module: Any, verb: str, *arguments: Any) -> bool:
    """Whether one of the two implementations accepts a proof. Any other exception is a failure of
    the test.
    """
    try:
        getattr(module, verb)(*arguments)
    except (ProofError, guiju_verify.RefusedError):
        return False
    return True


def verdicts(verb: str, *arguments: Any) -> set[bool]:
    return {accepts(module, verb, *arguments) for module in (tree, guiju_verify)}


def reader(leaf_hashes: Sequence[bytes]) -> tree.HashReader:
    """Hashes straight from the definition, level by level."""
    levels = [list(leaf_hashes)]
    while len(levels[-1]) > 1:
        low = levels[-1]
        levels.append([tree.node_hash(low[i], low[i + 1]) for i in range(0, len(low) - 1, 2)])

    def read(level: int, start: int, count: int) -> list[bytes]:
        found = levels[level][start : start + count]
        assert len(found) == count, "only hashes of complete subtrees may be asked for"
        return found

    return read


def root_by_definition(leaf_hashes: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, word by word."""
    if len(leaf_hashes) < 2:
        return leaf_hashes[0] if leaf_hashes else sha256(b"").digest()
    split = 1
    while split * 2 < len(leaf_hashes):
        split *= 2
    left, right = leaf_hashes[:split], leaf_hashes[split:]
    return sha256(b"\x01" + root_by_definition(left) + root_by_definition(right)).digest()


def vectors(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted(folder.rglob("*.json"))]


def hashes_of(proof: Iterable[str] | None) -> list[bytes]:
    return [base64.b64decode(text) for text in proof or ()]


class TestVectors:
    def test_all_inclusion_probes(self, corpus: Path) -> None:
        """[proof-neg]: most of these probes must not verify."""
        probes = vectors(corpus / "ct/merkle/inclusion")
        assert len(probes) == 98
        for probe in probes:
            leaf, root = base64.b64decode(probe["leafHash"]), base64.b64decode(probe["root"])
            found = verdicts(
                "verify_inclusion",
                leaf,
                probe["leafIdx"],
                probe["treeSize"],
                hashes_of(probe["proof"]),
                root,
            )
            assert found == {not probe["wantErr"]}, probe

    def test_all_consistency_probes(self, corpus: Path) -> None:
        """[proof-neg]: most of these probes must not verify."""
        probes = vectors(corpus / "ct/merkle/consistency")
        assert len(probes) == 98
        for probe in probes:
            roots = hashes_of([probe["root1"], probe["root2"]])
            found = verdicts(
                "verify_consistency",
                probe["size1"],
                probe["size2"],
                *roots,
                hashes_of(probe["proof"]),
            )
            assert found == {not probe["wantErr"]}, probe

    def test_the_reference_tree(self, corpus: Path) -> None:
        known = json.loads((corpus / "ct/reference-tree.json").read_text())
        leaves = [bytes.fromhex(leaf) for leaf in known["leaf_inputs_hex"]]
        for module in (tree, guiju_verify):
            hashes = [module.leaf_hash(leaf) for leaf in leaves]
            assert [value.hex() for value in hashes] == known["node_hashes_hex_by_level"][0]
            assert module.node_hash(b"N123", b"N456").hex() == (
                "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
            )
            assert module.EMPTY_ROOT.hex() == known["root_hashes_hex_by_size"][0]
        read = reader([tree.leaf_hash(leaf) for leaf in leaves])
        for level, expected in enumerate(known["node_hashes_hex_by_level"]):
            assert [value.hex() for value in read(level, 0, len(expected))] == expected
        grown = tree.CompactRange.empty()
        for size, expected in enumerate(known["root_hashes_hex_by_size"]):
            assert grown.root().hex() == expected == tree.root_at(size, read).hex()
            if size < len(leaves):
                grown = grown.append([tree.leaf_hash(leaves[size])])

    def test_the_tiles_of_a_real_log(self, corpus: Path) -> None:
        log = corpus / "ct/tessera/log"
        for width in range(1, 16):
            bundle = (log / f"tile/entries/000.p/{width}").read_bytes()
            entries, at = [], 0
            while at < len(bundle):
                length = int.from_bytes(bundle[at : at + 2], "big")
                entries.append(bundle[at + 2 : at + 2 + length])
                at += 2 + length
            edge, complete = tiles.complete_tiles(0, {}, [tree.leaf_hash(e) for e in entries])
            assert complete == []
            stored = (log / "tile" / tiles.tile_path(0, 0, width)).read_bytes()
            assert b"".join(edge[0]) == stored
            root = tree.CompactRange.empty().append(edge[0]).root()
            checkpoint = (log / f"checkpoint.{width}").read_text().split("\n")
            assert base64.b64encode(root).decode() == checkpoint[2]


class TestCompactRange:
    @given(st.lists(st.integers(0, 40), max_size=8))
    def test_batches_make_the_tree_of_the_definition(self, batches: list[int]) -> None:
        grown, size = tree.CompactRange.empty(), 0
        for batch in batches:
            grown = grown.append(LEAVES[size : size + batch])
            size += batch
            assert grown.size == size
            assert grown.root() == root_by_definition(LEAVES[:size])
            assert tree.CompactRange.decode(grown.encode()) == grown

    @pytest.mark.parametrize("data", [b"", b"\0" * 7, b"\0" * 9, b"\0" * 7 + b"\3" + b"x" * 32])
    def test_bytes_that_no_range_has_are_refused(self, data: bytes) -> None:
        with pytest.raises(LedgerError):
            tree.CompactRange.decode(data)

    def test_an_append_leaves_the_old_value_alone(self) -> None:
        before = tree.CompactRange.empty().append(LEAVES[:3])
        root = before.root()
        before.append(LEAVES[3:9])
        assert before.root() == root


class TestProofs:
    @given(st.data())
    def test_generated_inclusion_verifies_and_mutations_do_not(self, data: st.DataObject) -> None:
        size = data.draw(st.integers(1, len(LEAVES)))
        index = data.draw(st.integers(0, size - 1))
        root = root_by_definition(LEAVES[:size])
        proof = tree.inclusion_proof(index, size, reader(LEAVES[:size]))
        check = "verify_inclusion", LEAVES[index], index, size
        assert verdicts(*check, proof, root) == {True}
        for changed in mutations(data, proof):
            assert verdicts(*check, changed, root) == {False}
        other = data.draw(st.integers(0, 2**64 - 1).filter(lambda n: n != index))
        assert verdicts("verify_inclusion", LEAVES[index], other, size, proof, root) == {False}
        another_leaf = LEAVES[(index + 1) % len(LEAVES)]
        assert verdicts("verify_inclusion", another_leaf, index, size, proof, root) == {False}

    @given(st.data())
    def test_generated_consistency_verifies_and_mutations_do_not(self, data: st.DataObject) -> None:
        new = data.draw(st.integers(1, len(LEAVES)))
        old = data.draw(st.integers(1, new))
        roots = root_by_definition(LEAVES[:old]), root_by_definition(LEAVES[:new])
        proof = tree.consistency_proof(old, new, reader(LEAVES[:new]))
        check = "verify_consistency", old, new
        assert verdicts(*check, *roots, proof) == {True}
        for changed in mutations(data, proof):
            assert verdicts(*check, *roots, changed) == {False}
        if old != new:
            assert verdicts(*check, *roots[::-1], proof) == {False}
            assert verdicts("verify_consistency", new, old, *roots[::-1], proof) == {False}

    @given(st.data())
    def test_both_implementations_agree_on_nonsense(self, data: st.DataObject) -> None:
        number = st.integers(-2, 2**64 + 2) | st.integers(0, 9)
        some = st.sampled_from(LEAVES[:4]) | st.binary(max_size=33)
        numbers = data.draw(st.tuples(number, number))
        proof = data.draw(st.lists(some, max_size=4))
        first, second = data.draw(some), data.draw(some)
        assert len(verdicts("verify_inclusion", first, *numbers, proof, second)) == 1
        assert len(verdicts("verify_consistency", *numbers, first, second, proof)) == 1

    @pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 4), (4, 4)])
    def test_no_proof_for_a_leaf_that_is_not_there(self, index: int, size: int) -> None:
        with pytest.raises(ProofError):
            tree.inclusion_proof(index, size, reader(LEAVES[:size]))

    @pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 4), (5, 4), (-1, 4)])
    def test_no_consistency_proof_without_an_old_tree(self, old: int, new: int) -> None:
        with pytest.raises(ProofError):
            tree.consistency_proof(old, new, reader(LEAVES[:new]))


def mutations(data: st.DataObject, proof: list[bytes]) -> Iterable[list[bytes]]:
    """Changed proofs: one bit flipped, one hash too few, too many, doubled, exchanged or cut."""
    extra = data.draw(st.sampled_from(LEAVES))
    yield [*proof, extra]
    yield [extra, *proof]
    if not proof:
        return
    at = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    flipped = (int.from_bytes(proof[at], "big") ^ 1 << bit).to_bytes(32, "big")
    yield [*proof[:at], flipped, *proof[at + 1 :]]
    yield proof[:at] + proof[at + 1 :]
    yield [*proof[:at], proof[at], *proof[at:]]
    yield [*proof[:at], proof[at][:31], *proof[at + 1 :]]
    if len(set(proof)) > 1:
        yield [proof[-1], *proof[1:-1], proof[0]]


class TestTiles:
    @given(st.lists(st.integers(0, 400), max_size=6))
    def test_batches_make_the_same_tiles_as_one_append(self, batches: list[int]) -> None:
        leaves = LEAVES * 4
        edge: tiles.Edge = {}
        complete: list[tiles.Tile] = []
        size = 0
        for batch in batches:
            edge, more = tiles.complete_tiles(size, edge, leaves[size : size + batch])
            complete, size = complete + more, size + batch
        once, at_once = tiles.complete_tiles(0, {}, leaves[:size])
        assert once == edge
        assert sorted(complete, key=lambda t: (t.level, t.index)) == at_once
        assert tiles.rebuild_edge(size, reader(leaves[:size])) == edge

    def test_the_second_level_completes_and_every_tile_holds_what_it_must(self) -> None:
        leaves = [b"%032d" % n for n in range(66_000)]
        edge, complete = tiles.complete_tiles(0, {}, leaves[:65_000])
        edge, more = tiles.complete_tiles(65_000, edge, leaves[65_000:])
        read = reader(leaves)
        for tile in complete + more:
            assert tile.width == 256
            assert tile.hashes == b"".join(read(8 * tile.level, tile.index * 256, 256))
        assert {(t.level, t.index) for t in complete + more if t.level} == {(1, 0)}
        on_edge = [(level, 66_000 // 256 ** (level + 1), len(h)) for level, h in edge.items()]
        listed = [(t.level, t.index, t.width) for t in complete + more] + on_edge
        assert sorted(listed) == sorted(tiles.tiles_for(66_000))

    def test_the_tiles_of_some_leaves_are_those_on_their_way_up(self) -> None:
        assert list(tiles.tiles_for(66_000, [700, 699, 65_999])) == [
            (0, 2, 256),
            (0, 257, 208),
            (1, 0, 256),
            (1, 1, 1),
            (2, 0, 1),
        ]
        assert list(tiles.tiles_for(0)) == []
        assert list(tiles.tiles_for(256)) == [(0, 0, 256), (1, 0, 1)]

    def test_an_edge_of_another_size_is_refused(self) -> None:
        edge, _ = tiles.complete_tiles(0, {}, LEAVES[:5])
        with pytest.raises(LedgerError):
            tiles.complete_tiles(6, edge, LEAVES[:1])

    @pytest.mark.parametrize(
        ("level", "index", "width", "path"),
        [
            (0, 0, 256, "0/000"),
            (0, 273, 112, "0/273.p/112"),
            (3, 1_234_067, 256, "3/x001/x234/067"),
            (0, 1_000, 1, "0/x001/000.p/1"),
        ],
    )
    def test_paths_are_those_of_the_specification(
        self, level: int, index: int, width: int, path: str
    ) -> None:
        assert tiles.tile_path(level, index, width) == path
        assert guiju_verify.tile_path(level, index, width) == "tiles/" + path
