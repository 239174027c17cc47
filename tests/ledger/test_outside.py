"""What the commands give out: verdicts, and packages that the verifier which stands alone accepts."""

import base64
import io
import json
import stat
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from guiju import cli_verify, guiju_verify
from guiju.exporting import export_group
from guiju.kernel.ids import GroupId
from guiju.ledger import tables
from guiju.ledger.errors import LedgerError
from guiju.ledger.proof import NotSignedError
from guiju.modules.groups.types import GroupNotFoundError
from tests.support.bureau import Bureau, policy, sign
from tests.support.tamper import change, fill_tiles, rewrite_leaf, rows_of, undone
from tests.support.world import World

Json = dict[str, Any]
VERIFIER = Path(guiju_verify.__file__)


@pytest.fixture
def bureau(world: World) -> Bureau:
    return Bureau(world)


# ---- guiju verify --------------------------------------------------------------------------------------------------


class TestCommand:
    def run(self, world: World, *heads: Path, replay: bool = True) -> tuple[int, Json]:
        said: list[str] = []
        code = cli_verify.verify(
            world.settings, replay=replay, heads=heads, as_json=True, write=said.append
        )
        return code, json.loads("".join(said))

    def test_exit_codes(self, world: World, tmp_path: Path) -> None:
        kept, broken = tmp_path / "kept", tmp_path / "broken"
        kept.write_text(sign(world))
        broken.write_text("no head")
        code, found = self.run(world)
        assert (code, found["ok"], found["anchored"], found["first_bad"]) == (3, True, False, None)
        assert found["size"] == world.read(lambda tx: tx.position) + 1
        assert found["root"] == rows_of(world, tables.head)[0]["root"].hex()
        code, found = self.run(world, kept)
        assert (code, found["ok"], found["anchored"]) == (0, True, True)
        assert [check["step"] for check in found["checks"]] == list(range(1, 10))
        plain = self.run(world, replay=False)[1]["checks"]
        assert [check["step"] for check in plain] == [1, 2, 3, 4, 5, 6, 7, 9]
        for file in (broken, tmp_path / "absent"):
            code, found = self.run(world, file)
            assert (code, found["ok"], found["first_bad"]) == (2, False, None)
            assert found["error"]
        with undone(world, tables.entry):
            change(world, tables.entry, {"position": 1}, kind="x.y")
            code, found = self.run(world, kept)
            assert (code, found["ok"], found["anchored"]) == (1, False, False)
            assert found["first_bad"]["entry"] == 1

    def test_words_for_people(self, world: World, tmp_path: Path) -> None:
        said: list[str] = []
        settings = world.settings
        assert (
            cli_verify.verify(settings, replay=True, heads=(), as_json=False, write=said.append)
            == 3
        )
        assert "UNANCHORED" in said[0]
        with undone(world, tables.head):
            change(world, tables.head, {"id": 1}, root=bytes(32))
            code = cli_verify.verify(
                settings, replay=True, heads=(), as_json=False, write=said.append
            )
        assert (code, "TAMPERED" in said[1]) == (1, True)
        nowhere = replace(settings, keys=tmp_path / "none")
        assert (
            cli_verify.verify(nowhere, replay=True, heads=(), as_json=False, write=said.append) == 2
        )
        assert not (tmp_path / "none").exists(), "nothing is made that is absent"

    def test_an_organisation_that_does_not_exist(self, tmp_path: Path, world: World) -> None:
        nowhere = replace(world.settings, database=f"sqlite:///{tmp_path / 'none.db'}")
        said: list[str] = []
        assert (
            cli_verify.verify(nowhere, replay=False, heads=(), as_json=True, write=said.append) == 2
        )
        assert not (tmp_path / "none.db").exists()
        (tmp_path / "none.db").write_bytes(b"not a database at all" * 100)
        assert (
            cli_verify.verify(nowhere, replay=False, heads=(), as_json=True, write=said.append) == 2
        )


# ---- packages ------------------------------------------------------------------------------------------------------


class TestPackages:
    def check(self, package: bytes, trusted: Json, folder: Path) -> tuple[int, Json]:
        """As a stranger does: another process without this program, with nothing but its own library."""
        (folder / "package.gjx").write_bytes(package)
        (folder / "policy.json").write_text(json.dumps(trusted))
        done = subprocess.run(
            [sys.executable, "-I", str(VERIFIER), "package.gjx", "--policy", "policy.json", "--json"],
            cwd=folder, capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        assert not done.stderr, done.stderr.decode()
        return done.returncode, json.loads(done.stdout)

    @pytest.mark.parametrize("bodies", [True, False])
    def test_a_group_goes_out_and_is_verified(
        self, bureau: Bureau, tmp_path: Path, bodies: bool
    ) -> None:
        world, group = bureau.world, bureau.group
        head = sign(world)
        world.send(bureau.people["sender"], group, "尚未签名")
        out = io.BytesIO()
        done = export_group(world.runtime, group, out, bodies=bodies)
        wanted = [row for row in rows_of(world, tables.entry) if row["grp"] == group]
        assert (done.entries, done.later) == (len(wanted) - 1, 1)
        code, found = self.check(out.getvalue(), policy(world), tmp_path)
        assert (code, found["ok"], found["size"]) == (3, True, done.size), found
        code, found = self.check(out.getvalue(), policy(world, head), tmp_path)
        assert (code, found["anchored"]) == (0, True)
        counts = {check["name"]: check["detail"] for check in found["checks"]}
        sealed = sum(1 for row in wanted[:-1] if row["sealed"] is not None)
        assert counts["bodies"] == f"{sealed if bodies else 0} texts"
        assert counts["withheld"] == f"{0 if bodies else sealed} withheld texts"
        assert ("大家好" in _texts(out.getvalue())) == bodies

    def test_a_package_out_of_a_tree_with_tiles(self, bureau: Bureau, tmp_path: Path) -> None:
        world = bureau.world
        fill_tiles(world)
        world.send(bureau.people["member"], bureau.group, "之后")
        head = sign(world)
        out = io.BytesIO()
        export_group(world.runtime, bureau.group, out, bodies=True)
        assert self.check(out.getvalue(), policy(world, head), tmp_path)[0] == 0

    def test_altered_rows_are_not_given_out(self, bureau: Bureau) -> None:
        world = bureau.world
        sign(world)
        with undone(world, tables.entry):
            rewrite_leaf(world, bureau.sent, lambda leaf: leaf["m"].update(mentions=["per_x"]))
            with pytest.raises(LedgerError):
                export_group(world.runtime, bureau.group, io.BytesIO(), bodies=True)

    def test_commands(self, bureau: Bureau, tmp_path: Path) -> None:
        world, out = bureau.world, tmp_path / "group.gjx"
        said: list[str] = []
        settings = world.settings
        arguments: Json = {"group": bureau.group, "out": out, "bodies": True, "write": said.append}
        assert cli_verify.export(settings, **arguments) == 2, "nothing is signed yet"
        assert not out.exists()
        kept = tmp_path / "kept"
        kept.write_text(sign(world))
        assert cli_verify.export(settings, **arguments) == 0
        assert stat.S_IMODE(out.stat().st_mode) == 0o600  # [export-mode]
        assert cli_verify.export(settings, **arguments) == 2, "an existing file is not overwritten"
        unknown = arguments | {"group": "grp_none", "out": tmp_path / "other.gjx"}
        assert cli_verify.export(settings, **unknown) == 2
        assert cli_verify.policy_file(settings, heads=[kept], write=said.append) == 0
        assert self.check(out.read_bytes(), json.loads(said[-1]), tmp_path)[0] == 0

    def test_what_cannot_be_exported(self, bureau: Bureau) -> None:
        runtime = bureau.world.runtime
        with pytest.raises(NotSignedError):
            export_group(runtime, bureau.group, io.BytesIO(), bodies=True)
        with pytest.raises(GroupNotFoundError):
            export_group(runtime, GroupId("grp_none"), io.BytesIO(), bodies=True)


def _texts(package: bytes) -> str:
    archive = zipfile.ZipFile(io.BytesIO(package))
    lines = [
        json.loads(line)["plaintext"]
        for name in archive.namelist()
        if name.startswith("bodies/")
        for line in archive.read(name).splitlines()
    ]
    return "".join(base64.b64decode(line).decode() for line in lines)
