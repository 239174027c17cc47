"""Export packages, proofs and heads, and what the stand-alone verifier says of them."""

import base64
import io
import json
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from guiju import guiju_verify
from guiju.ledger import checkpoint, package, tree
from guiju.ledger.errors import LedgerError
from guiju.ledger.package import Person, Related, Scope, Withheld
from tests.support.packages import (
    ANCHORED,
    BOOK,
    IN_PERIOD,
    KEY,
    ORIGIN,
    OTHER_KEY,
    PERIOD,
    SALT,
    Book,
    edit_rows,
    failed_steps,
    forged,
    period_package,
    unpacked,
    verified,
    written,
)


class TestRoundTrip:
    def test_a_period_of_a_group_is_verified_and_anchored(self) -> None:
        code, result = verified(period_package())
        assert (code, failed_steps(result)) == (0, [])
        assert result["ok"] is result["anchored"] is True
        assert (result["size"], result["root"]) == (30, BOOK.root(30).hex())
        assert result["first_bad"] is None
        assert [check["step"] for check in result["checks"]] == list(range(1, 12))

    def test_the_whole_ledger_is_verified(self) -> None:
        assert verified(written(BOOK.contents(Scope(None), range(30))))[0] == 0

    def test_the_same_contents_are_the_same_bytes(self) -> None:
        assert period_package() == period_package()

    def test_some_entries_of_a_larger_ledger_need_only_their_tiles(self) -> None:
        book = Book(1500)
        chosen = [n for n in range(1500) if b'"grp_b"' in book.leaves[n]]
        scope = Scope(("grp_b",), 1701, 1720)
        inside = [n for n in chosen if 697 <= n <= 721]
        data = written(book.contents(scope, inside, all_tiles=False))
        code, result = verified(data, book.policy(book.note(1500)))
        assert (code, failed_steps(result)) == (0, [])
        assert len([name for name in unpacked(data) if name.startswith("tiles/")]) == 3

    def test_withheld_texts_are_explained(self) -> None:
        contents = BOOK.contents(PERIOD, [6, *IN_PERIOD, 22, 29], related=Related(others=(29,)))
        bodies = [body for body in contents.bodies if body.n not in (6, 8)]
        told = [Withheld(6, "out_of_scope"), Withheld(8, "shredded", 29)]
        assert verified(written(replace(contents, bodies=bodies, withheld=told)))[0] == 0

    def test_an_unproved_end_is_said(self) -> None:
        contents = BOOK.contents(Scope(("grp_a",), 1007), [6, 8, 10])
        code, result = verified(written(contents))
        assert code == 0
        assert "the end of group grp_a is not proved" in str(result["checks"])

    @pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 513])
    def test_whole_ledgers_of_all_sizes(self, size: int) -> None:
        book = Book(size)
        data = written(book.contents(Scope(None), range(size)))
        code, result = verified(data, book.policy(book.note(size)))
        assert (code, failed_steps(result)) == (0 if size else 3, [])

    def test_parts_are_split_and_joined(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(package, "PART", 1000)
        data = period_package()
        assert "entries/00003.jsonl" in unpacked(data)
        assert verified(data)[0] == 0


class TestAnchoring:
    @pytest.mark.parametrize(
        ("heads", "quorum", "code"),
        [
            ([], 1, 3),
            ([30], 1, 0),
            ([30], 2, 3),
            ([30, 30], 2, 0),
            ([29], 1, 3),  # the package has entry 29, beyond that head
            ([7, 30], 2, 3),
            ([7, 13, 30], 1, 0),
        ],
    )
    def test_enough_witnesses_must_reach_the_last_entry(
        self, heads: list[int], quorum: int, code: int
    ) -> None:
        policy = BOOK.policy(*(BOOK.note(size) for size in heads), quorum=quorum)
        found, result = verified(period_package(), policy)
        assert (found, result["ok"], result["anchored"]) == (code, True, code == 0)

    def test_a_witness_of_another_history_is_a_fork(self) -> None:
        fork = checkpoint.sign_checkpoint(ORIGIN, 20, b"f" * 32, KEY)
        code, result = verified(period_package(), BOOK.policy(BOOK.note(30), fork))
        assert (code, failed_steps(result)) == (1, [3])

    @pytest.mark.parametrize(
        "policy",
        [
            b"",
            b"[]",
            b"{}",
            b'{"origin":"x","log_keys":[]}',
            BOOK.policy(quorum=0),
            BOOK.policy("no note"),
            BOOK.policy(BOOK.note(30, OTHER_KEY)),
            BOOK.policy().replace(b'"quorum"', b'"quorun"'),
            BOOK.policy().replace(b'"quorum": 1', b'"quorum": 1, "quorum": 1'),
        ],
    )
    def test_a_policy_that_cannot_be_meant_is_refused(self, policy: bytes) -> None:
        assert verified(period_package(), policy)[0] == 2

    def test_a_head_of_a_stranger_or_of_another_ledger_is_refused(self) -> None:
        """[origin-pin]: the receiver says whose ledger it must be."""
        code, result = verified(period_package(checkpoint=BOOK.note(30, OTHER_KEY)))
        assert (code, failed_steps(result)) == (1, [3])
        other = Book(30, "guiju.example/other")
        data = written(other.contents(Scope(None), range(30)))
        code, result = verified(data, ANCHORED)
        assert code == 1
        assert 3 in failed_steps(result)


class TestSingleAnswers:
    @pytest.mark.parametrize("position", [0, 4, 17, 28, 29])
    def test_a_proof_of_one_entry(self, position: int) -> None:
        answer = proof_answer(position)
        assert verified(json.dumps(answer).encode())[0] == 0
        assert verified(json.dumps(answer).encode(), BOOK.policy())[0] == 3
        for change in (
            {"position": (position + 1) % 30},
            {"leaf": base64.b64encode(BOOK.leaves[position - 1]).decode()},
            {"inclusion": answer["inclusion"][1:]},
            {"size": 31},
            {"checkpoint": BOOK.note(30, OTHER_KEY)},
            {"body": {"plaintext": "eA==", "salt": base64.b64encode(SALT).decode()}},
        ):
            assert verified(json.dumps(answer | change).encode())[0] == 1, change

    def test_a_head_that_continues_a_witnessed_one(self) -> None:
        proof = tree.consistency_proof(13, 30, BOOK.read)
        answer = {
            "size": 30,
            "checkpoint": BOOK.note(30),
            "consistency": [base64.b64encode(value).decode() for value in proof],
        }
        data = json.dumps(answer).encode()
        assert verified(data, BOOK.policy(BOOK.note(13)))[0] == 0
        assert verified(data, BOOK.policy())[0] == 3
        fork = checkpoint.sign_checkpoint(ORIGIN, 13, b"f" * 32, KEY)
        assert verified(data, BOOK.policy(fork))[0] == 1
        assert verified(json.dumps(answer | {"size": 29}).encode(), ANCHORED)[0] == 1


def proof_answer(position: int) -> dict[str, Any]:
    """What the server answers for one fact."""
    path = tree.inclusion_proof(position, 30, BOOK.read)
    body = {
        "plaintext": base64.b64encode(BOOK.text(position)).decode(),
        "salt": base64.b64encode(SALT).decode(),
    }
    return {
        "position": position,
        "leaf": base64.b64encode(BOOK.leaves[position]).decode(),
        "size": 30,
        "checkpoint": BOOK.note(30),
        "inclusion": [base64.b64encode(value).decode() for value in path],
        "body": body if position % 2 == 0 else None,
        "fact": {"kind": "messaging.sent"},
    }


class TestWriter:
    @pytest.mark.parametrize(
        "changes",
        [
            {"size": 29},
            {"origin": "guiju.example/other"},
            {"entries": [(0, BOOK.leaves[1])]},
            {"entries": [(2, BOOK.leaves[2]), (0, BOOK.leaves[0])]},
            {"entries": [(8, BOOK.leaves[8]), (12, BOOK.leaves[12])]},
            {"entries": [(11, BOOK.leaves[11])]},
            {"entries": [(8, BOOK.leaves[8] + b" ")]},
            {"scope": Scope(None, 5, 6)},
            {"withheld": [Withheld(8, "lost")]},
            {"withheld": [Withheld(8, "shredded")]},
            {"people": [Person("per_1", "A", None), Person("per_1", "B", None)]},
        ],
    )
    def test_contents_that_make_no_package_are_refused(self, changes: dict[str, Any]) -> None:
        with pytest.raises(LedgerError):
            period_package(**changes)

    def test_the_hash_of_the_manifest_is_returned(self) -> None:
        out = io.BytesIO()
        digest = package.write_package(out, BOOK.contents(Scope(None), range(30)))
        assert digest == sha256(unpacked(out.getvalue())["manifest.json"]).hexdigest()


class TestCommand:
    def test_it_runs_alone_and_exits_as_promised(self, tmp_path: Path) -> None:
        script = tmp_path / "guiju_verify.py"
        script.write_bytes(Path(guiju_verify.__file__).read_bytes())
        good, bad = tmp_path / "good.gjx", tmp_path / "bad.gjx"
        good.write_bytes(period_package())
        files = unpacked(period_package())
        edit_rows(files, "entries/00000.jsonl", lambda rows: rows.pop(3))
        bad.write_bytes(forged(files))
        policy, lonely = tmp_path / "policy.json", tmp_path / "lonely.json"
        policy.write_bytes(ANCHORED)
        lonely.write_bytes(BOOK.policy())
        for path, trusted, code in (
            (good, policy, 0),
            (good, lonely, 3),
            (bad, policy, 1),
            (policy, policy, 2),
            (tmp_path / "none", policy, 2),
        ):
            command = [sys.executable, "-I", "-S", str(script), str(path), "--policy", str(trusted)]
            done = subprocess.run(
                [*command, "--json"], capture_output=True, check=False, cwd=tmp_path
            )
            assert done.returncode == code, done
            result = json.loads(done.stdout)
            assert set(result) == {"ok", "size", "root", "anchored", "first_bad", "checks"}
            assert result["ok"] is (code in (0, 3))
            command.remove("-I")
            latin = {"PYTHONIOENCODING": "ascii"}
            done = subprocess.run(command, capture_output=True, check=False, env=latin)
            assert (done.returncode, done.stderr) == (code, b"")
